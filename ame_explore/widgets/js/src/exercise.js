// An exercise: find the sabotaged student. Questions, a clock, the answers as a token, and what was hidden.

import { copyField, freshId, h, setShown, setText } from "./dom.js";
import { Memo } from "./state.js";
import { clock } from "./time.js";

/** @typedef {import("./state.js").Frame} Frame */
/** @typedef {import("./messages").ExerciseState} State */
/** @typedef {import("./messages").Question} Question */

/** Panels that would give the fault away. @type {string[]} */
export const HIDING = ["dials", "breaks", "diagnosis", "recipe", "one_step"];

/** Seconds as minutes and seconds. @param {number} seconds */
export function minutes(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** What the clock shows. @param {number} seconds @param {number | null} limit */
export function clockText(seconds, limit) {
  if (limit === null) return minutes(seconds);
  return seconds <= limit ? `${minutes(Math.ceil(limit - seconds))} left` : `time is up since ${minutes(seconds - limit)}`;
}

export class Exercise {
  /** @param {import("./lab.js").Lab} lab */
  constructor(lab) {
    this.lab = lab;
    this.shape = new Memo();
    /** @type {Record<string, string>} */
    this.answers = {};
    /** @type {Map<string, HTMLElement>} */
    this.outcomes = new Map();
    /** @type {State | null} */
    this.state = null;
    this.told = new Memo();
    this.at = 0; // when the state came
    this.ticking = 0;
    this.time = h("span", { class: "ame-clock", role: "timer", "data-testid": "exercise-clock" });
    this.beside = this.time;
    this.intro = h("p", {}, "One of these students is sabotaged. Play, look, and find out which one and how. What would give it away stays hidden until you have answered; every question may be left open.");
    this.body = h("div", {});
    this.commit = h("button", { type: "submit", class: "ame-button ame-primary", "data-testid": "exercise-answer" }, "Answer");
    this.solution = h("p", { class: "ame-solution", role: "status", "data-testid": "exercise-told", hidden: true });
    this.token = h("input", { type: "text", readonly: true, "aria-label": "Your answers as one token", "data-testid": "exercise-token", onfocus: () => this.token.select() });
    this.copy = h("button", { type: "button", class: "ame-button", onclick: () => void copyField(this.token, this.copy) }, "Copy");
    this.field = h("div", { hidden: true }, h("p", { class: "ame-muted" }, "Your answers, to hand in:"), h("div", { class: "ame-field" }, this.token, this.copy));
    this.el = h("section", { class: "ame-card ame-predict ame-exercise", "aria-label": "Exercise", "data-testid": "exercise" }, h("header", {}, h("h3", {}, "Exercise")),
      this.intro, this.solution, h("form", { onsubmit: (/** @type {Event} */ event) => this.submit(event) }, this.body, this.commit), this.field);
  }

  close() {
    window.clearInterval(this.ticking);
  }

  /** @param {Frame} frame */
  there({ exercise }) {
    return Boolean(exercise);
  }

  /** @param {Event} event */
  submit(event) {
    event.preventDefault();
    if (this.state && !this.state.given) this.lab.command("answer", { answers: this.answers });
  }

  /** @param {Frame} frame */
  draw({ exercise }) {
    if (!exercise) return;
    this.state = exercise;
    this.at = clock();
    if (this.shape.isNew([exercise.questions, exercise.given])) {
      if (exercise.given) this.answers = { ...exercise.answers };
      this.outcomes = new Map();
      this.body.replaceChildren(...exercise.questions.map((question) => this.question(question, exercise.given)));
    }
    for (const [id, node] of this.outcomes) {
      const found = exercise.outcome[id];
      setShown(node, Boolean(found));
      if (!found) continue;
      node.className = `ame-outcome ${found.right ? "ame-right" : "ame-wrong"}`;
      setText(node, `${found.right ? "✓" : "✗"} ${found.text}`);
    }
    setShown(this.commit, !exercise.given);
    setShown(this.intro, exercise.hidden && !exercise.given);
    const words = exercise.told || (exercise.given ? "Your answers are saved. The solution is shown later." : "");
    setShown(this.solution, words !== "");
    setText(this.solution, words);
    setShown(this.field, exercise.token !== "");
    if (this.token.value !== exercise.token) this.token.value = exercise.token;
    this.tick();
    if (exercise.running && !this.ticking) this.ticking = window.setInterval(() => this.tick(), 1000);
    if (!exercise.running && this.ticking) {
      window.clearInterval(this.ticking);
      this.ticking = 0;
    }
  }

  tick() {
    const { state } = this;
    if (!state) return;
    const seconds = state.seconds + (state.running ? clock() - this.at : 0);
    setText(this.time, clockText(seconds, state.limit));
    this.time.classList.toggle("ame-wrong", state.limit !== null && seconds > state.limit);
  }

  /** @param {Question} question @param {boolean} given */
  question({ id, text, options }, given) {
    const outcome = h("p", { class: "ame-outcome", hidden: true });
    this.outcomes.set(id, outcome);
    const kept = this.answers[id] ?? "";
    if (!options) {
      const area = h("textarea", { rows: 2, maxlength: 2000, disabled: given, "data-testid": `answer-${id}`, "aria-label": text, oninput: () => (this.answers[id] = area.value) });
      area.value = kept;
      return h("fieldset", {}, h("legend", {}, text), area, outcome);
    }
    const name = freshId();
    return h("fieldset", { disabled: given, "data-testid": `answer-${id}` }, h("legend", {}, text),
      h("div", { class: "ame-options" }, options.map((option) => h("label", {},
        h("input", { type: "radio", name, value: option, checked: kept === option, onchange: () => (this.answers[id] = option) }), ` ${option}`))), outcome);
  }
}

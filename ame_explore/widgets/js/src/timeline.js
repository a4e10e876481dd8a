// The timeline: a scrubber over the recorded steps, the branches, and forks.

import { h, setShown, setText } from "./dom.js";
import { spelled } from "./format.js";
import { armColor, lookOf } from "./looks.js";
import { movedTo } from "./scales.js";
import { Memo, isBack, shownStep } from "./state.js";
import { clock, throttled } from "./time.js";

/** @typedef {import("./state.js").Frame} Frame */
/** @typedef {import("./messages").Turn} Turn */

const FORK = "Start a new branch from this step (F)";
const SETTLE = 0.6; // seconds after a move in which frames that were on their way do not move it back

/** @param {Turn} turn */
const said = ({ step, text }) => `${text} from step ${step} on`;

export class Timeline {
  /** @param {import("./lab.js").Lab} lab */
  constructor(lab) {
    this.lab = lab;
    this.shown = 0;
    this.touched = -Infinity;
    this.step = 0; // at which the form forks
    this.send = throttled((/** @type {number} */ step) => lab.command("scrub", { step }), 80);
    this.range = h("input", { type: "range", min: 0, max: 1, step: 1, "data-testid": "scrubber", "aria-label": "Recorded steps", class: "ame-scrub",
      oninput: () => this.moved() });
    this.live = h("button", { type: "button", class: "ame-button", "data-testid": "live-head", onclick: () => lab.command("scrub", { step: null }), title: "Back to the newest step (L)" }, "Back to live");
    this.fork = h("button", { type: "button", class: "ame-button", "data-testid": "fork", "aria-expanded": "false", onclick: () => this.toggle(), title: FORK }, "Fork from here…");
    this.bars = h("div", { class: "ame-branches", role: "list", "aria-label": "Branches", "data-testid": "branches" });
    /** @type {Memo[]} */
    this.marks = [];
    this.arm = h("select", { "aria-label": "Branch off", "data-testid": "fork-arm", onchange: () => this.editor() });
    this.from = h("span", { "data-testid": "fork-step" });
    this.field = h("select", { "aria-label": "Dial to change", "data-testid": "fork-field", onchange: () => this.editor() });
    /** @type {HTMLInputElement | HTMLSelectElement | null} */
    this.input = null;
    this.value = h("span", {});
    this.again = h("p", { class: "ame-muted ame-repeats", role: "status" });
    this.form = h("form", { class: "ame-fork", hidden: true, "data-testid": "fork-form", onsubmit: (/** @type {Event} */ event) => this.submit(event),
      onkeydown: (/** @type {KeyboardEvent} */ event) => event.key === "Escape" && this.toggle(false) },
      h("label", {}, "Branch off ", this.arm), this.from, h("label", {}, "and set ", this.field), this.value,
      h("button", { type: "submit", class: "ame-button ame-primary", "data-testid": "fork-go" }, "Fork and run on"),
      h("button", { type: "button", class: "ame-button", onclick: () => this.toggle(false) }, "Cancel"), this.again);
    this.note = h("p", { class: "ame-scrub-note", hidden: true });
    this.el = h("div", { class: "ame-timeline", role: "group", "aria-label": "Time" }, h("div", { class: "ame-scrub-row" },
      h("div", { class: "ame-track" }, this.range, this.bars), this.live, this.fork), this.note, this.form);
  }

  toggle(open = this.form.hidden) {
    this.form.hidden = !open;
    this.fork.setAttribute("aria-expanded", String(open));
    if (!open) return this.fork.focus();
    const { frame } = this.lab;
    this.step = shownStep(frame); // it may train on while the form is open
    setText(this.from, `at step ${this.step}`);
    this.arm.replaceChildren(...frame.arms.map((arm) => h("option", { value: arm.name, title: arm.label }, arm.name)));
    const dials = frame.dials.filter((dial) => dial.steerable && !dial.locked);
    this.field.replaceChildren(h("option", { value: "" }, "nothing"), ...dials.map((dial) => h("option", { value: dial.field }, dial.label)));
    if (dials.length) this.field.value = (dials.find(({ field }) => field === "omega") ?? dials[0]).field;
    const newest = frame.arms.at(-1);
    if (newest) this.arm.value = newest.name;
    this.editor();
    this.field.focus();
  }

  editor() {
    const { frame } = this.lab;
    const dial = frame.dials.find(({ field }) => field === this.field.value);
    const parent = frame.arms.find(({ name }) => name === this.arm.value);
    const later = (parent?.turns ?? []).filter(({ step, field }) => step > this.step && field !== this.field.value);
    setText(this.again, parent && later.length ? `The fork repeats the later changes of ${parent.name}: ${later.map(said).join("; ")}.` : "");
    this.input = null;
    if (!dial) return this.value.replaceChildren();
    const now = dial.values[this.arm.value] ?? dial.value;
    const named = { "aria-label": `New value of ${dial.label}`, "data-testid": "fork-value" };
    if (dial.kind === "number") {
      const step = dial.step ?? (dial.whole ? 1 : "any");
      this.input = h("input", { ...named, type: "number", step, min: dial.low, max: dial.high, value: now ?? "", required: true });
    } else {
      const choices = dial.kind === "switch" ? [true, false] : dial.choices;
      this.input = h("select", named, choices.map((choice) => h("option", { value: JSON.stringify(choice) }, spelled(choice))));
      this.input.value = JSON.stringify(dial.kind === "switch" ? !now : now);
    }
    this.value.replaceChildren("to ", this.input);
  }

  /** @param {Event} event */
  submit(event) {
    event.preventDefault();
    const { input } = this;
    const value = !input ? null : input.type === "number" ? Number(input.value) : JSON.parse(input.value);
    this.lab.command("fork", { step: this.step, field: this.field.value || null, value, arm: this.arm.value, play: true });
    this.toggle(false);
  }

  moved() {
    const step = movedTo(this.lab.frame.recorded_steps, this.shown, Number(this.range.value));
    this.range.value = String(step);
    this.shown = step;
    this.touched = clock();
    this.send(step);
  }

  /** @param {Frame} frame */
  draw(frame) {
    const steps = Math.max(1, frame.steps);
    const any = frame.recorded_steps.length > 0;
    if (this.range.max !== String(steps)) this.range.max = String(steps);
    if (clock() - this.touched >= SETTLE) {
      this.shown = shownStep(frame);
      if (this.range.value !== String(this.shown)) this.range.value = String(this.shown);
    }
    this.range.setAttribute("aria-valuetext", `step ${this.shown} of ${steps}`);
    this.range.disabled = this.lab.locked("scrub") || !any;
    const back = isBack(frame);
    this.live.disabled = !back;
    this.fork.disabled = this.lab.locked("fork") || !any || frame.state === "preparing" || frame.state === "closed";
    setShown(this.note, back);
    if (back) setText(this.note, `Looking back at step ${frame.scrubbed}; the newest is ${frame.recorded_steps.at(-1) ?? frame.step}. Dials and curves are as they were then: fork from here to change one, or go back to live.`);
    if (!back || frame.arms.length !== this.bars.children.length) this.branches(frame, steps); // they end at the head
  }

  /** @param {Frame} frame @param {number} steps */
  branches({ arms }, steps) {
    while (this.bars.children.length > arms.length) this.bars.lastChild?.remove();
    while (this.bars.children.length < arms.length)
      this.bars.append(h("div", { role: "listitem", class: "ame-branch" }, h("span", { class: "ame-branch-rail" }, h("i", {}), h("span", {})), h("span", { class: "ame-branch-name" })));
    arms.forEach((arm, i) => {
      const branch = /** @type {HTMLElement} */ (this.bars.children[i]);
      const [rail, name] = branch.children;
      const [bar, turns] = /** @type {HTMLCollectionOf<HTMLElement>} */ (rail.children);
      const start = arm.fork_step ?? 0;
      bar.style.left = `${(100 * start) / steps}%`;
      bar.style.width = `${(100 * Math.max(0, arm.step - start)) / steps}%`;
      bar.style.background = armColor(lookOf(arms, i));
      setText(name, arm.name);
      this.marks[i] ??= new Memo();
      if (this.marks[i].isNew([arm.turns, steps]))
        turns.replaceChildren(...arm.turns.map((turn) => h("b", { style: `left: ${(100 * turn.step) / steps}%`, title: said(turn) })));
      branch.title = `${arm.label}: step ${arm.step}${arm.finished ? ", finished" : ""}`;
    });
  }
}

// The panels beside the views: diagnosis, what the last step changed, prediction, selection, recipe.

import { copyField, freshId, h, setShown, setText } from "./dom.js";
import { answerClass, answerText, fmt } from "./format.js";
import { Sketch } from "./sketch.js";
import { Memo } from "./state.js";
import { clock } from "./time.js";

/** @typedef {import("./lab.js").Lab} Lab */
/** @typedef {import("./state.js").Frame} Frame */
/** @typedef {import("./messages").Question} Question */
/** @typedef {import("./messages").PredictArgs["answers"]} Answers */

const READ = 0.4; // seconds: full speed is faster than anybody reads

const SIGNS = { ok: { sign: "✓", name: "Fine" }, warn: { sign: "!", name: "Watch" }, alarm: { sign: "✗", name: "Broken" } };
/** @type {Frame["diagnosis"]} */
const NOTHING_FOUND = [{ level: "ok", text: "Nothing to report yet.", sensitivity: "", advice: "" }];

export class Diagnosis {
  constructor() {
    this.shown = new Memo();
    this.list = h("ul", { class: "ame-findings", "data-testid": "diagnosis" });
    this.el = h("section", { class: "ame-card", "aria-label": "Diagnosis" }, h("header", {}, h("h3", {}, "Diagnosis")), this.list);
  }

  /** @param {Frame} frame */
  draw({ diagnosis }) {
    if (!this.shown.isNew(diagnosis)) return;
    const found = diagnosis.length ? diagnosis : NOTHING_FOUND;
    this.list.replaceChildren(...found.map(({ level, text, sensitivity, advice }) => h("li", { "data-level": level },
      h("b", { "aria-hidden": "true" }, SIGNS[level].sign),
      h("div", {}, h("p", {}, h("span", { class: "ame-hidden" }, `${SIGNS[level].name}: `), text),
        advice && h("p", { class: "ame-try" }, h("b", {}, "Try: "), advice),
        sensitivity && h("p", { class: "ame-muted" }, sensitivity)))));
  }
}

/** The most severe finding in one line, which opens the diagnosis. */
export class Finding {
  /** @param {() => void} open */
  constructor(open) {
    this.shown = new Memo();
    this.sign = h("b", { "aria-hidden": "true" });
    this.text = h("span", { class: "ame-first" });
    this.more = h("span", { class: "ame-more" });
    this.el = h("button", { type: "button", class: "ame-finding", "data-testid": "first-finding", title: "Open the diagnosis", onclick: open }, this.sign, this.text, this.more);
  }

  /** @param {Frame} frame @param {boolean} shown */
  draw({ diagnosis }, shown) {
    setShown(this.el, shown);
    if (!shown || !this.shown.isNew(diagnosis)) return;
    const [first] = diagnosis.length ? diagnosis : NOTHING_FOUND;
    this.el.dataset.level = first.level;
    setText(this.sign, SIGNS[first.level].sign);
    this.text.replaceChildren(h("span", { class: "ame-hidden" }, `Diagnosis, ${SIGNS[first.level].name}: `), first.text);
    const others = diagnosis.length - 1;
    setText(this.more, others > 0 ? `+ ${others} more` : "more");
  }
}

export class Delta {
  constructor() {
    this.shape = new Memo();
    this.drawnAt = 0;
    this.table = h("table", { "data-testid": "delta" });
    this.body = h("tbody", {});
    this.el = h("section", { class: "ame-card", "aria-label": "What the last step changed" },
      h("header", {}, h("h3", {}, "What the last step changed")), h("div", { class: "ame-delta", tabindex: "0", role: "region", "aria-label": "Delta table" }, this.table));
  }

  /** @param {Frame} frame */
  draw(frame) {
    if (frame.state === "playing" && clock() - this.drawnAt < READ) return;
    this.drawnAt = clock();
    const { columns, rows } = frame.delta;
    if (this.shape.isNew([columns, rows.map((row) => row.length)])) {
      this.body = h("tbody", {}, rows.map((row) => row.length === 1
        ? h("tr", { class: "ame-since" }, h("th", { scope: "rowgroup", colspan: columns.length }))
        : h("tr", {}, columns.map((_, i) => (i ? h("td", {}, h("b", {}), h("small", {})) : h("th", { scope: "row" }))))));
      this.table.dataset.columns = String(columns.length);
      this.table.style.setProperty("--ame-columns", String(columns.length));
      this.table.replaceChildren(h("thead", {}, h("tr", {}, columns.map((text) => h("th", { scope: "col", title: text || null }, text || h("span", { class: "ame-hidden" }, "quantity"))))), this.body);
    }
    rows.forEach((row, r) => row.forEach((value, c) => {
      const cell = this.body.children[r].children[c];
      const now = typeof value === "string" ? { value, trend: null, by: "" } : value;
      if (!c) return setText(cell, now.value);
      const [number, change] = cell.children;
      setText(number, now.value);
      setText(change, now.trend === null ? "" : now.trend === "same" ? "= same" : `${now.trend === "up" ? "▲ +" : "▼ −"}${now.by}`);
    }));
  }
}

export class Predict {
  /** @param {Lab} lab */
  constructor(lab) {
    this.lab = lab;
    this.shape = new Memo();
    /** @type {Question[]} */
    this.questions = [];
    /** @type {Answers} */
    this.answers = {};
    /** @type {Sketch[]} */
    this.sketches = [];
    /** @type {Map<string, HTMLElement>} */
    this.outcomes = new Map();
    this.tried = false;
    this.body = h("div", {});
    this.commit = h("button", { type: "submit", class: "ame-button ame-primary", "data-testid": "commit" }, "Commit my prediction");
    this.note = h("p", { class: "ame-muted", role: "status" });
    this.el = h("section", { class: "ame-card ame-predict", "aria-label": "Predict, then run" }, h("header", {}, h("h3", {}, "Predict, then run")),
      h("form", { onsubmit: (/** @type {Event} */ event) => this.submit(event) }, this.body, this.note, this.commit));
  }

  /** @param {Event} event */
  submit(event) {
    event.preventDefault();
    this.tried = true;
    this.tell();
    if (!this.missing().length) this.lab.command("predict", { answers: this.answers });
  }

  missing() {
    return this.questions.filter(({ id }) => this.answers[id] === undefined);
  }

  /** @param {string} id @param {string | number[]} value */
  answer(id, value) {
    this.answers[id] = value;
    this.tell();
  }

  tell() {
    const waiting = this.lab.frame.prediction?.waiting;
    const open = this.tried ? this.missing() : [];
    setText(this.note, !waiting ? "Committed. The result appears below your answer."
      : open.length ? `Still open: ${open.map(({ text }) => text).join(" ")}` : "Commit your prediction to unlock play.");
  }

  /** @param {Frame} frame */
  there({ prediction }) {
    return prediction !== null;
  }

  /** @param {Frame} frame */
  draw(frame) {
    const { prediction } = frame;
    if (!prediction) return;
    const { questions, answers, outcome, waiting } = prediction;
    if (this.shape.isNew([questions, waiting])) {
      this.questions = questions;
      this.answers = { ...answers };
      this.tried = false;
      this.sketches = [];
      this.outcomes = new Map();
      this.body.replaceChildren(...questions.map((question) => this.question(question, !waiting)));
    }
    setShown(this.commit, waiting);
    this.tell();
    for (const [id, node] of this.outcomes) {
      const found = outcome[id];
      setShown(node, Boolean(found));
      if (!found) continue;
      const { text, right } = found;
      node.className = `ame-outcome ${right === true ? "ame-right" : right === false ? "ame-wrong" : ""}`;
      setText(node, `${right === true ? "✓ " : right === false ? "✗ " : ""}${text}`);
    }
    for (const sketch of this.sketches) sketch.draw(frame);
  }

  /** @param {Question} question @param {boolean} locked */
  question({ id, text, options, sketch }, locked) {
    const outcome = h("p", { class: "ame-outcome", hidden: true });
    this.outcomes.set(id, outcome);
    const given = this.answers[id];
    if (sketch) {
      const pad = new Sketch(this.lab, sketch, Array.isArray(given) ? [...given] : null, locked, (values) => this.answer(id, values));
      this.sketches.push(pad);
      return h("fieldset", { "data-testid": `predict-${id}` }, h("legend", {}, text), pad.el, outcome);
    }
    const name = freshId();
    return h("fieldset", { disabled: locked, "data-testid": `predict-${id}` }, h("legend", {}, text),
      h("div", { class: "ame-options" }, (options ?? []).map((option) => h("label", {},
        h("input", { type: "radio", name, value: option, checked: given === option, onchange: () => this.answer(id, option) }), ` ${option}`))), outcome);
  }
}

const LISTED = 40; // selected images

export class Selection {
  /** @param {Lab} lab */
  constructor(lab) {
    this.lab = lab;
    this.listed = new Memo();
    this.drawnAt = 0;
    this.count = h("span", { class: "ame-muted" });
    this.whose = h("span", { class: "ame-muted", "data-testid": "selection-arm" });
    this.clear = h("button", { type: "button", class: "ame-quiet", "data-testid": "clear-selection", onclick: () => lab.command("select", { ids: [] }) }, "Clear");
    this.body = h("tbody", {});
    this.hint = h("p", { class: "ame-muted" }, "Draw a lasso around points, or click one. In Python: .selection of this lab is a table of them.");
    this.scroll = h("div", { class: "ame-scroll", hidden: true, tabindex: "0", role: "region", "aria-label": "Selected images" }, h("table", { "data-testid": "selection" },
      h("thead", {}, h("tr", {}, ["", "id", "class", "answer", "entropy"].map((text) => h("th", { scope: "col" }, text || h("span", { class: "ame-hidden" }, "picture"))))), this.body));
    this.el = h("section", { class: "ame-card", "aria-label": "Selection" }, h("header", {}, h("h3", {}, "Selection"), this.count, this.whose, h("span", { class: "ame-push" }), this.clear), this.hint, this.scroll);
  }

  /** @param {Frame} frame */
  draw(frame) {
    const { lab } = this;
    const { scene } = lab;
    const ids = frame.selection;
    if (frame.state === "playing" && ids.length && clock() - this.drawnAt < READ) return;
    this.drawnAt = clock();
    setShown(this.hint, !ids.length);
    setShown(this.scroll, ids.length > 0);
    setShown(this.clear, ids.length > 0);
    setText(this.count, ids.length ? `${ids.length} image${ids.length > 1 ? "s" : ""}` : "");
    const shown = scene ? ids.slice(0, LISTED).flatMap((id) => lab.rowOf.get(id) ?? []) : [];
    const arm = frame.arms.at(-1);
    setText(this.whose, arm && frame.arms.length > 1 && shown.length ? `answers of ${arm.name}` : "");
    if (this.listed.isNew([lab.scenes, shown])) {
      this.body.replaceChildren(...shown.map((row) => {
        const canvas = h("canvas", { class: "ame-thumb-small", "aria-hidden": "true" });
        lab.thumbnail(canvas, row);
        return h("tr", {}, h("td", {}, canvas), h("td", {}), h("td", {}), h("td", {}), h("td", {}));
      }));
    }
    if (!scene) return;
    shown.forEach((row, i) => {
      const said = lab.manifold.describe(scene, row, arm);
      const [, id, label, answer, entropy] = this.body.children[i].children;
      setText(id, String(said.id));
      setText(label, said.label);
      setText(answer, answerText(said));
      answer.className = answerClass(said);
      setText(entropy, fmt(said.entropy));
    });
  }
}

/** The token in what was typed: it may stand in the call that the sentence below shows. @param {string} typed */
export function tokenIn(typed) {
  const text = typed.trim();
  return text.match(/^lab\(\s*["'](.*)["']\s*\)$/)?.[1] ?? text;
}

export class RecipeBox {
  /** @param {Lab} lab */
  constructor(lab) {
    this.lab = lab;
    this.names = new Memo();
    this.arm = h("select", { "aria-label": "Arm of the recipe", onchange: () => this.draw(lab.frame) });
    this.token = h("input", { type: "text", readonly: true, "data-testid": "recipe-token", "aria-label": "Recipe as one token", onfocus: () => this.token.select() });
    this.copy = h("button", { type: "button", class: "ame-button", "data-testid": "copy-recipe", onclick: () => this.put(this.token, this.copy) }, "Copy the run");
    this.whole = h("input", { type: "text", readonly: true, placeholder: "lab1:…", "data-testid": "lab-token", "aria-label": "The whole lab as one token", onfocus: () => this.whole.select() });
    this.share = h("button", { type: "button", class: "ame-button", title: "All arms with their steering, the arrangement, what is locked, and the kept probes", "data-testid": "copy-lab", onclick: () => this.ask() }, "Copy the lab");
    this.sharing = false; // whether the lab's token was asked for
    this.given = h("input", { type: "text", placeholder: "ame1:… or lab1:…", "data-testid": "restore-token", oninput: () => this.forget(), "aria-label": "Token to restore", spellcheck: "false" });
    this.restore = h("button", { type: "submit", class: "ame-button", "data-testid": "restore" }, "Restore");
    /** Why the last token was refused, beside its button. */
    this.refused = h("p", { class: "ame-refused", role: "alert", "data-testid": "restore-refused", hidden: true });
    this.asked = false; // whether a token was sent and nothing has come of it yet
    this.el = h("section", { class: "ame-card ame-recipe", "aria-label": "Recipe" },
      h("header", {}, h("h3", {}, "Recipe"), h("span", { class: "ame-push" }), this.arm),
      h("div", { class: "ame-field" }, this.token, this.copy), h("div", { class: "ame-field" }, this.whole, this.share),
      h("form", { class: "ame-field", onsubmit: (/** @type {Event} */ event) => {
        event.preventDefault();
        const token = tokenIn(this.given.value);
        if (token) lab.anew(() => this.send(token), this.lost(lab.frame));
      } }, this.given, this.restore), this.refused,
      h("p", { class: "ame-muted" }, "As one string: a run with its steering (ame1:…), or the whole lab with all arms, arrangement and probes (lab1:…). Restore takes both, and so does lab(\"…\") in a cell."));
  }

  /** What a token holds takes the place of all arms. @param {Frame} frame */
  lost({ arms, step, to_lose: lost }) {
    if (arms.length < 2) return lost;
    return `All ${arms.length} arms as they are at step ${step}${lost && `, with ${lost},`}`;
  }

  /** The reader is typing another token. */
  forget() {
    this.asked = false;
    setShown(this.refused, false);
  }

  /** @param {string} token */
  send(token) {
    this.asked = true;
    setShown(this.refused, false);
    this.lab.command("restore", { token });
  }

  /** Ask Python for the token of the whole lab, to copy it when it comes. */
  ask() {
    this.sharing = true;
    this.lab.command("share");
  }

  /** @param {string} token */
  shared(token) {
    if (!this.sharing) return; // another page has asked
    this.sharing = false;
    this.whole.value = token;
    void this.put(this.whole, this.share);
  }

  /** @param {HTMLInputElement} field @param {HTMLButtonElement} button */
  async put(field, button) {
    await copyField(field, button);
    this.lab.say("Copied.");
  }

  /** @param {Frame} frame */
  draw({ arms }) {
    this.share.disabled = this.lab.locked("share");
    if (this.names.isNew(arms.map((arm) => arm.name))) {
      const kept = this.arm.value;
      this.arm.replaceChildren(...arms.map((arm) => h("option", { value: arm.name }, arm.name)));
      this.arm.value = arms.some((arm) => arm.name === kept) ? kept : (arms.at(-1)?.name ?? "");
      setShown(this.arm, arms.length > 1);
    }
    const token = arms.find((arm) => arm.name === this.arm.value)?.recipe_token ?? "";
    const whole = token && token + this.lab.probe.token;
    if (this.token.value !== whole) this.token.value = whole;
    this.restore.disabled = this.given.disabled = this.lab.locked("restore");
    const { note, state } = this.lab.frame;
    if (state === "preparing") this.asked = false; // it was taken
    setShown(this.refused, this.asked && Boolean(note));
    if (this.asked && note) setText(this.refused, note);
  }
}

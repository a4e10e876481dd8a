// What teacher and students say of the probe: bars, entropy, nearest texts and images, and a walk's strips.

import { contextOf, fitCanvas } from "./canvas.js";
import { h, setShown, setText } from "./dom.js";
import { number } from "./format.js";
import { armColor, lookOf } from "./looks.js";
import { titled, told, written } from "./quantities.js";
import { Memo } from "./state.js";

/** @typedef {import("./messages").ProbeState} State */
/** @typedef {import("./messages").ProbeAnswer} Answer */

const TOP = 3; // classes of each model
const ROWS = 6;
const PICTURES = 4;

/** The classes with the largest shares, the largest first. @param {ArrayLike<number>} shares @param {number} count */
export function best(shares, count) {
  return [...Array.from(shares).keys()].sort((a, b) => shares[b] - shares[a]).slice(0, count);
}

/** The classes that any model names first, by their largest share, without those nobody believes. @param {{shares: ArrayLike<number>}[]} answers */
export function classesOf(answers) {
  const named = [...new Set(answers.flatMap(({ shares }) => best(shares, TOP).filter((c) => shares[c] >= 0.01)))];
  const most = (/** @type {number} */ c) => Math.max(...answers.map(({ shares }) => shares[c]));
  return named.sort((a, b) => most(b) - most(a)).slice(0, ROWS);
}

export class Answers {
  /** @param {import("./lab.js").Lab} lab */
  constructor(lab) {
    this.lab = lab;
    this.rows = new Memo();
    /** What the cells with pictures show. @type {Memo[]} */
    this.pictures = [];
    /** @type {HTMLElement[][]} */
    this.cells = [];
    this.body = h("tbody", {});
    this.head = h("thead", {});
    this.caption = h("caption", { class: "ame-muted" });
    this.table = h("table", { class: "ame-probe-table", "data-testid": "probe-answers" }, this.caption, this.head, this.body);
    this.el = h("div", { class: "ame-probe-answers", hidden: true, tabindex: "0", role: "region", "aria-label": "Answers to the probe" }, this.table);
  }

  /** Colour of a model. @param {string} name */
  color(name) {
    const index = this.lab.frame.arms.findIndex((arm) => arm.name === name);
    return index < 0 ? this.lab.ink.muted : armColor(lookOf(this.lab.frame.arms, index));
  }

  /** @param {number} row @param {number} model */
  inner(row, model) {
    return /** @type {HTMLElement} */ (this.cells[row][model].firstChild);
  }

  /** @param {number} cell */
  pictured(cell) {
    return (this.pictures[cell] ??= new Memo());
  }

  /** @param {State} state */
  draw({ answers, kind }) {
    const { scene } = this.lab;
    setShown(this.el, answers.length > 0 && scene !== null);
    if (!answers.length || !scene) return;
    const classes = classesOf(answers);
    const isText = kind === "text";
    setText(this.caption, isText ? "Classes of the images that this text finds" : "Which class text it is");
    if (this.rows.isNew([classes, answers.map(({ name }) => [name, this.color(name)]), isText, this.lab.scenes])) {
      this.head.replaceChildren(h("tr", {}, h("th", { scope: "col" }, h("span", { class: "ame-hidden" }, "class")), answers.map(({ name }) =>
        h("th", { scope: "col", title: name }, h("span", { class: "ame-swatch", style: `background: ${this.color(name)}`, "aria-hidden": "true" }), h("span", { class: "ame-called" }, name)))));
      const line = (/** @type {string} */ text, title = "", kind = "") => h("tr", { class: kind || null }, h("th", { scope: "row", title: title || null }, text), answers.map(() => h("td", {}, h("div", {}))));
      this.body.replaceChildren(
        ...classes.map((c) => h("tr", { class: "ame-probe-bar" }, h("th", { scope: "row", title: scene.class_names[c] }, scene.short[c]),
          answers.map(({ name }) => h("td", {}, h("span", { class: "ame-bar-of", style: `--ame-bar: ${this.color(name)}` }), h("b", {}))))),
        line(titled("predictive_entropy"), isText ? "of these classes" : "of the answer over all class texts"), line("nearest texts", "", "ame-probe-texts"), line("nearest images", "", "ame-probe-images"),
        ...(isText ? [line("claims", "images that are nearer to this text than to every class text", "ame-probe-claims")] : []),
        // The same height for few and many classes: a panel that changes its height makes the whole lab draw again.
        ...Array.from({ length: ROWS - classes.length }, () => h("tr", { class: "ame-probe-bar", "aria-hidden": "true" }, h("td", { colspan: answers.length + 1 }, "\u00a0"))));
      this.cells = [...this.body.children].map((row) => /** @type {HTMLElement[]} */ ([...row.children].slice(1)));
      this.pictures = [];
    }
    classes.forEach((c, r) => answers.forEach(({ shares }, m) => {
      const cell = this.cells[r][m];
      /** @type {HTMLElement} */ (cell.firstChild).style.setProperty("--ame-share", `${Math.round(100 * shares[c])}%`);
      setText(/** @type {Node} */ (cell.lastChild), `${Math.round(100 * shares[c])} %`);
    }));
    answers.forEach((answer, m) => {
      const at = classes.length;
      setText(this.inner(at, m), written("predictive_entropy", answer.entropy));
      setText(this.inner(at + 1, m), answer.texts.slice(0, 3).map(({ text }) => text).join(", "));
      this.cells[at + 1][m].title = answer.texts.map(({ text, cosine }) => `${text}: cosine ${number(cosine, 2)}`).join("\n");
    });
    answers.forEach((answer, m) => {
      const at = classes.length + 2;
      const shown = [...answer.images].slice(0, PICTURES);
      if (this.pictured(m).isNew([this.lab.scenes, shown])) this.inner(at, m).replaceChildren(this.thumbs(shown));
      if (answer.claims && this.pictured(answers.length + m).isNew([this.lab.scenes, [...answer.claims], answer.claimed, answer.of]))
        this.inner(at + 1, m).replaceChildren(`${answer.claimed} of ${answer.of}`, this.thumbs([...answer.claims].slice(0, PICTURES)),
          answer.claimed ? h("button", { type: "button", class: "ame-quiet", onclick: () => this.lab.command("select", { ids: [.../** @type {Int32Array} */ (answer.claims)] }) }, "Select") : "");
    });
  }

  /** @param {number[]} ids */
  thumbs(ids) {
    const { lab } = this;
    return h("span", { class: "ame-probe-thumbs" }, ids.map((id) => {
      const row = lab.rowOf.get(id);
      const canvas = h("canvas", { class: "ame-thumb-small", "aria-hidden": "true" });
      const name = row === undefined ? String(id) : (lab.scene?.captions[row] ?? String(id));
      const pictured = row !== undefined && lab.thumbnail(canvas, row);
      return h("button", { type: "button", class: "ame-probe-thumb", title: name, "aria-label": `Select ${name}`, onclick: () => lab.command("select", { ids: [id] }) }, pictured ? canvas : name);
    }));
  }

  /** The answers in one sentence. @param {State} state */
  sentence({ answers, kind }) {
    const { scene } = this.lab;
    if (!scene || !answers.length) return "";
    return `${answers.map(({ name, shares, entropy, claimed, texts }) => {
      const [c] = best(shares, 1);
      const near = texts[0] && texts[0].text !== scene.class_names[c] ? `, nearest text ${texts[0].text}` : "";
      return `${name}: ${scene.class_names[c]} ${Math.round(100 * shares[c])} %${kind === "text" ? `, claims ${claimed} images` : near}, ${told("predictive_entropy", entropy)}`;
    }).join("; ")}.`;
  }
}

/** A walk: for each model the entropy as a curve over a strip of its answers. */
export class WalkChart {
  /** @param {import("./lab.js").Lab} lab */
  constructor(lab) {
    this.lab = lab;
    this.canvas = h("canvas", { class: "ame-walk", role: "img", "data-testid": "walk" });
    this.words = h("p", { class: "ame-muted", "data-testid": "walk-words" });
    this.el = h("div", { hidden: true }, this.canvas, this.words);
  }

  /** @param {State} state @param {(name: string) => string} color */
  draw({ walk }, color) {
    const { scene, ink } = this.lab;
    setShown(this.el, Boolean(walk && scene));
    if (!walk || !scene) return;
    this.canvas.style.height = `${56 * walk.paths.length + 16}px`;
    const { width, height, scale } = fitCanvas(this.canvas);
    if (!width || !height) return;
    const context = contextOf(this.canvas);
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, width, height);
    const most = Math.max(0.1, ...walk.paths.flatMap(({ entropy }) => [...entropy]));
    const left = 4, right = width - 4, each = 56, strip = 16;
    context.textBaseline = "middle";
    walk.paths.forEach(({ name, answers, entropy }, row) => {
      const top = row * each + 4, floor = top + each - strip - 8, count = answers.length;
      const x = (/** @type {number} */ i) => left + ((right - left) * i) / (count - 1);
      for (const { answer, from, to } of runsOf(answers)) {
        const [a, b] = [x(Math.max(0, from - 0.5)), x(Math.min(count - 1, to + 0.5))];
        context.fillStyle = scene.colors[answer] ?? ink.muted;
        context.fillRect(a, floor + 2, b - a - 1, 4);
        context.font = `11.5px ${ink.font}`;
        context.fillStyle = ink.text;
        const text = scene.short[answer] ?? "";
        if (context.measureText(text).width < b - a) context.fillText(text, a + 1, floor + 13);
      }
      context.strokeStyle = color(name);
      context.lineWidth = 2;
      context.beginPath();
      entropy.forEach((h, i) => context.lineTo(x(i), floor - ((floor - top - 2) * h) / most));
      context.stroke();
      context.font = `600 11.5px ${ink.font}`;
      context.fillStyle = ink.muted;
      context.fillText(name, left, top + 6);
    });
    context.font = `11.5px ${ink.font}`;
    context.fillStyle = ink.muted;
    const ends = [walk.first || "now", walk.second || "now"];
    context.fillText(ends[0], left, height - 7);
    context.fillText(ends[1], right - context.measureText(ends[1]).width, height - 7);
    const words = walk.paths.map(({ name, answers, entropy }) =>
      `${name}: ${runsOf(answers).map(({ answer }) => scene.short[answer]).join(" → ")}, largest ${told("predictive_entropy", Math.max(...entropy))}`).join("; ");
    setText(this.words, words);
    this.canvas.setAttribute("aria-label", `Walk from ${ends[0]} to ${ends[1]}. ${words}. Curves: predictive entropy; strips: the answer.`);
  }
}

/** Runs of one answer. @param {ArrayLike<number>} answers */
export function runsOf(answers) {
  /** @type {{answer: number, from: number, to: number}[]} */
  const runs = [];
  for (let i = 0; i < answers.length; i++) {
    const last = runs.at(-1);
    if (last?.answer === answers[i]) last.to = i;
    else runs.push({ answer: answers[i], from: i, to: i });
  }
  return runs;
}

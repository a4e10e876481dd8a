// One training step in slow motion: teacher, student, KD's pull, the rows of M, AME's push, the optimizer; part by part.

import { contextOf, fitCanvas } from "./canvas.js";
import { h, setShown, setText } from "./dom.js";
import { armColor, lookOf } from "./looks.js";
import { drawRows, drawShares, drawVectors } from "./one_step_figures.js";
import { paintStep } from "./one_step_layer.js";
import { Pictures } from "./pictures.js";
import { Memo, isBack, shownStep } from "./state.js";
import { clock } from "./time.js";

/** @typedef {import("./messages").OneStepState} State */
/** @typedef {import("./messages").OneStepArm} Arm */
/** @typedef {import("./state.js").Frame} Frame */
/** @typedef {"teacher" | "student" | "kd" | "rows" | "ame" | "optimizer"} Part */

/** @type {[Part, string][]} */
export const PARTS = [["teacher", "Teacher"], ["student", "Student"], ["kd", "KD pulls"], ["rows", "Rows compete"],
  ["ame", "H pushes"], ["optimizer", "Optimizer"]];
const EACH = 1.8; // seconds of each part in a loop
const GROWS = 0.5; // seconds in which an arrow grows

/** A short name for what is shown: another one means another step. @param {Frame} frame */
export function keyOf(frame) {
  const text = JSON.stringify([frame.arms.map(({ name, step, recipe_token: token }) => [name, step, token]), shownStep(frame)]);
  let sum = 5381;
  for (let i = 0; i < text.length; i++) sum = ((sum * 33) ^ text.charCodeAt(i)) >>> 0;
  return `${frame.scrubbed ?? "newest"} ${frame.step} ${sum.toString(36)}`;
}

export class OneStep {
  /** @param {import("./lab.js").Lab} lab */
  constructor(lab) {
    this.lab = lab;
    /** @type {State | null} */
    this.state = null;
    /** Of the minibatch. @type {Pictures | null} */
    this.pictures = null;
    this.part = 0;
    this.place = 0; // of the chosen image
    this.asked = ""; // the key that was asked for last, with the place
    this.key = ""; // of what is shown now
    this.open = false;
    this.since = 0; // when the part began
    this.timer = 0;
    this.frame = 0; // animation frame
    this.arms = new Memo();
    this.shownBatch = new Memo();
    this.figureShown = new Memo();
    const button = (/** @type {string} */ text, /** @type {string} */ label, /** @type {string} */ id, /** @type {() => void} */ act) =>
      h("button", { type: "button", class: "ame-quiet", "aria-label": label, title: label, "data-testid": id, onclick: act }, text);
    this.looping = button("Loop", "Go round this one step", "step-loop", () => this.loop(!this.timer));
    this.looping.setAttribute("aria-pressed", "false");
    this.arm = h("select", { "aria-label": "Student whose step is told", "data-testid": "step-arm", onchange: () => this.show() });
    this.controls = h("div", { class: "ame-step-controls" }, h("div", { class: "ame-group", role: "group", "aria-label": "Parts of the step" },
      button("◀", "Part before", "step-back", () => this.go(this.part - 1)), button("▶", "Next part", "step-next", () => this.go(this.part + 1)), this.looping), this.arm);
    this.tabs = h("ol", { class: "ame-step-parts", "data-testid": "step-parts" }, PARTS.map(([, title], i) =>
      h("li", {}, h("button", { type: "button", class: "ame-quiet", onclick: () => this.go(i) }, title))));
    this.batch = h("div", { class: "ame-step-batch", role: "group", "aria-label": "Images of the minibatch" });
    this.image = h("select", { "aria-label": "Image of the minibatch", onchange: () => this.choose(Number(this.image.value)) });
    this.told = h("p", { class: "ame-step-told", role: "status", "data-testid": "step-told" });
    this.note = h("p", { class: "ame-muted", "data-testid": "step-note" });
    this.canvas = h("canvas", { class: "ame-step-figure", role: "img", "data-testid": "step-figure" });
    this.words = h("div", { class: "ame-step-words" }, this.told, this.note);
    this.el = h("section", { class: "ame-card ame-one-step", "aria-label": "One step", "data-testid": "one-step" },
      h("header", {}, h("h3", {}, "One step")), h("div", { class: "ame-step-head" }, this.tabs, this.controls), h("div", { class: "ame-step-body" }, h("div", { class: "ame-step-images" }, this.image, this.batch), this.words, this.canvas));
  }

  // What Python sends

  /** @param {string} name @param {any} body */
  retained(name, body) {
    if (name !== "one_step") return;
    const state = /** @type {State} */ (body);
    const before = this.state;
    this.state = state;
    this.place = state.error ? this.place : state.place;
    if (!state.error && state.key === this.key) this.asked = `${this.key} ${this.place}`; // another page may have chosen
    if (!state.error && (!before || state.ids.join() !== before.ids.join())) {
      this.pictures = null;
      if (state.pictures) void this.decode(state, state.pictures);
    }
    this.since = clock();
    this.show();
  }

  /** @param {State} state @param {import("./messages").Atlas} atlas */
  async decode(state, atlas) {
    try {
      const pictures = await Pictures.load(atlas);
      if (this.state?.ids.join() !== state.ids.join()) return;
      this.pictures = pictures;
      this.show();
    } catch (error) {
      console.error("ame_explore: the minibatch could not be decoded", error);
    }
  }

  // What the reader does

  /** @param {number} part */
  go(part) {
    this.part = (part + PARTS.length) % PARTS.length;
    this.since = clock();
    this.show();
  }

  /** @param {boolean} on */
  loop(on) {
    window.clearInterval(this.timer);
    this.timer = on ? window.setInterval(() => this.go(this.part + 1), 1000 * EACH) : 0;
    this.looping.setAttribute("aria-pressed", String(on));
    this.told.setAttribute("aria-live", on ? "off" : "polite");
  }

  /** @param {number} place */
  choose(place) {
    this.place = place;
    this.draw(this.lab.frame);
  }

  // Drawing

  /** Only called while the tab is open. @param {Frame} frame */
  draw(frame) {
    this.open = true;
    this.key = keyOf(frame);
    const still = frame.state === "paused" || frame.state === "finished";
    const wanted = `${this.key} ${this.place}`;
    if (still && this.asked !== wanted && !this.lab.locked("take_apart") && frame.arms.length) {
      this.asked = wanted;
      this.lab.command("take_apart", { place: this.place, key: this.key });
    }
    this.show();
  }

  /** After every frame: whether the tab is open. @param {boolean} open */
  follow(open) {
    if (this.open === open) return;
    this.open = open;
    if (!open) this.loop(false);
    this.paint();
  }

  /** The state, if it belongs to what is shown now. */
  get current() {
    return this.state && !this.state.error && this.state.key === this.key ? this.state : null;
  }

  /** The arm that is told about: the chosen one, else the last. @returns {Arm | null} */
  get chosen() {
    const arms = this.current?.arms ?? [];
    return arms.find(({ name }) => name === this.arm.value) ?? arms.at(-1) ?? null;
  }

  show() {
    const { state, current, lab: { frame } } = this;
    if (!this.open) return;
    const names = (current?.arms ?? []).map(({ name }) => name);
    if (names.length && this.arms.isNew(names)) {
      const kept = this.arm.value;
      this.arm.replaceChildren(...names.map((name) => h("option", { value: name }, name)));
      this.arm.value = names.includes(kept) ? kept : names[names.length - 1];
    }
    setShown(this.arm, names.length > 1);
    this.showBatch();
    const [part] = PARTS[this.part];
    [...this.tabs.children].forEach((item, i) => item.firstElementChild?.setAttribute("aria-current", i === this.part ? "step" : "false"));
    const { chosen } = this;
    const waiting = frame.state === "playing" ? "Pause, and the next step is taken apart here: what the teacher says, how KD pulls, how the rows of M compete, how H pushes, and what the optimizer makes of it."
      : this.lab.locked("take_apart") ? "This lab does not show single steps."
      : state?.error && state.key === this.key ? state.error : "Taking the next step apart …";
    setText(this.told, chosen ? (chosen.said[part] ?? "") : waiting);
    setText(this.note, chosen ? this.remark(chosen, part) : "");
    setShown(this.canvas, chosen !== null);
    this.el.dataset.step = chosen ? String(chosen.step) : "";
    this.el.dataset.part = part;
    this.paint();
  }

  /** What the map shows of it. @param {Arm} arm @param {Part} part */
  remark(arm, part) {
    const percent = (/** @type {number} */ share) => `${Math.round(100 * share)} %`;
    const back = isBack(this.lab.frame) ? ", as it was taken then" : "";
    const which = `Step ${arm.step}${back}, with the weights before it; the run itself has not moved.`;
    if (part === "kd") return `${which} The map shows ${percent(arm.seen_pull)} of the pull's squared length.`;
    if (part === "ame") return `${which} On the map both arrows have one scale; it shows ${percent(arm.seen_push)} of the push's squared length.`;
    if (part === "optimizer") return `${which} Press Step to take it.`;
    return which;
  }

  /** The images of the minibatch, to choose from. */
  showBatch() {
    const { current, pictures } = this;
    if (!current) return;
    if (this.shownBatch.isNew([[...current.ids], pictures !== null])) {
      const captions = current.captions;
      this.image.replaceChildren(...captions.map((caption, i) => h("option", { value: String(i) }, `${i + 1}: ${caption}`)));
      this.batch.replaceChildren(...(pictures ? captions.map((caption, i) => {
        const canvas = h("canvas", { "aria-hidden": "true" });
        pictures.fill(canvas, i);
        return h("button", { type: "button", title: caption, "aria-label": `Image ${i + 1}: ${caption}`, onclick: () => this.choose(i) }, canvas);
      }) : []));
      setShown(this.image, !pictures);
    }
    this.image.value = String(this.place);
    [...this.batch.children].forEach((node, i) => node.setAttribute("aria-pressed", String(i === this.place)));
  }

  /** The figure and the maps' layers; again until the part's arrow is grown. */
  paint() {
    const grown = Math.min(1, (clock() - this.since) / GROWS);
    if (this.open) this.paintFigure();
    for (const pane of this.lab.manifold.panes) this.paintOn(pane);
    if (this.open && grown < 1 && !this.frame && this.current)
      this.frame = requestAnimationFrame(() => {
        this.frame = 0;
        this.paint();
      });
  }

  paintFigure() {
    const { chosen, lab: { ink, scene, frame } } = this;
    const { width, height, scale } = fitCanvas(this.canvas);
    if (!chosen || !width || !height || !scene) return;
    const context = contextOf(this.canvas);
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, width, height);
    const box = { width, height };
    const color = armColor(lookOf(frame.arms, frame.arms.findIndex(({ name }) => name === chosen.name)));
    const [part] = PARTS[this.part];
    const words = part === "rows" ? drawRows(context, box, ink, chosen.rows, scene.short, color, false)
      : part === "optimizer" && chosen.rows ? drawRows(context, box, ink, chosen.rows, scene.short, color, true)
      : part === "kd" || part === "ame" ? drawVectors(context, box, ink, chosen, part === "ame")
      : drawShares(context, box, ink, chosen, scene.short, color, part === "teacher" ? ["teacher"] : part === "student" ? ["teacher", "before"] : ["before", "after"]);
    if (this.figureShown.isNew(words)) this.canvas.setAttribute("aria-label", words);
  }

  /** @param {import("./pane.js").Pane} pane */
  paintOn(pane) {
    const state = this.open ? this.current : null;
    const [part] = PARTS[this.part];
    paintStep(pane, state, this.part, part, this.pictures, Math.min(1, (clock() - this.since) / GROWS));
  }
}

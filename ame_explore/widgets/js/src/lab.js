// The cockpit: all the panels, laid out, in one theme, with one keyboard.

import { textsFirst } from "./canvas.js";
import { Charts } from "./charts.js";
import { Breaks, Dials } from "./dials.js";
import { h, isDark, setShown, setText } from "./dom.js";
import { Exercise, HIDING } from "./exercise.js";
import { Layout } from "./layout.js";
import { Manifold } from "./manifold.js";
import { rgbaOf } from "./marks.js";
import { Delta, Diagnosis, Finding, Predict, RecipeBox, Selection } from "./panels.js";
import { OneStep } from "./one_step.js";
import { Pictures } from "./pictures.js";
import { ProbePanel } from "./probe.js";
import { lastAt, nearestOf } from "./scales.js";
import { NOTHING_YET, shownStep } from "./state.js";
import { Timeline } from "./timeline.js";
import { clock } from "./time.js";
import { Transport } from "./transport.js";

/** @typedef {import("./state.js").Frame} Frame */
/** @typedef {import("./state.js").Scene} Scene */
/** @typedef {import("./messages").Commands} Commands */

const KEYS = [
  ["K", "play or pause"], ["S", "one minibatch"], ["E", "one epoch"], ["R", "reset"], ["[ and ]", "earlier and later recorded step"],
  ["L", "back to live"], ["F", "fork from here"], ["D", "to the dials"], ["M", "to the manifold"], ["P", "fill the browser, and back"], ["?", "this list"],
];
const TRAITS = ["change:images", "change:arrangement", "change:opened"];
/** Panels that have a tab, which a reader can move. */
const TITLES = { predict: "Predict", exercise: "Exercise", dials: "Dials", breaks: "Break it", charts: "Curves", diagnosis: "Diagnosis", delta: "Last step",
  one_step: "One step", selection: "Selection", probe: "Probe", recipe: "Recipe" };

export class Lab {
  /** @param {import("./channel.js").Client} client */
  constructor(client) {
    this.client = client;
    /** @type {Scene | null} */
    this.scene = null;
    this.scenes = 0; // how many there were, with and without their pictures
    /** The scene's images, once they are decoded. @type {Pictures | null} */
    this.pictures = null;
    this.frame = NOTHING_YET;
    /** id -> row of the scene @type {Map<number, number>} */
    this.rowOf = new Map();
    /** Numbers of the sentences that were said already. @type {Set<number>} */
    this.heard = new Set();
    this.newest = "";
    this.ink = this.readInk();
    /** The step under the pointer in a chart. @type {number | null} */
    this.cursor = null;
    /** The control that had the focus when it was disabled. @type {HTMLElement | null} */
    this.unfocused = null;
    /** The control of the lab that had the focus last. @type {HTMLElement | null} */
    this.focused = null;
    this.inside = false; // whether the focus is, or last was, in the lab
    this.due = this.cursorDue = 0; // animation frames
    this.finishedAt = -Infinity;
    this.quiet = 0; // seconds without a word from Python
    this.lateBy = 0; // seconds
    this.gone = false;
    this.act = () => {}; // what is done if the reader is sure

    this.transport = new Transport(this);
    this.timeline = new Timeline(this);
    this.manifold = new Manifold(this);
    this.charts = new Charts(this);
    this.dials = new Dials(this);
    this.probe = new ProbePanel(this);
    this.oneStep = new OneStep(this);
    this.exercise = new Exercise(this);
    this.recipe = new RecipeBox(this);
    /** Each has a tab. @type {Record<keyof typeof TITLES, import("./state.js").Panel>} */
    const tabbed = { predict: new Predict(this), exercise: this.exercise, dials: this.dials, breaks: new Breaks(this), charts: this.charts, diagnosis: new Diagnosis(),
      delta: new Delta(), one_step: this.oneStep, selection: new Selection(this), probe: this.probe, recipe: this.recipe };
    /** Each has a place of its own. @type {Record<string, import("./state.js").Panel>} */
    this.fixed = { transport: this.transport, timeline: this.timeline, manifold: this.manifold };
    this.live = h("div", { class: "ame-hidden", role: "log", "aria-live": "polite", "data-testid": "said" });
    this.error = h("div", { class: "ame-error", role: "alert", "data-testid": "error", hidden: true });
    this.note = h("div", { class: "ame-note", role: "status", "data-testid": "note", hidden: true });
    this.progress = h("progress", { max: 1, value: 0, "aria-label": "Preparation", hidden: true });
    this.caption = h("p", { class: "ame-caption", "data-testid": "caption" });
    this.help = h("dialog", { class: "ame-keys", "aria-label": "Keyboard" }, h("h3", {}, "Keyboard, while the focus is in the lab"),
      h("dl", {}, KEYS.map(([key, what]) => [h("dt", {}, h("kbd", {}, key)), h("dd", {}, what)])),
      h("p", {}, "In a manifold: arrows move, + and − zoom, 0 shows everything, N and B go from image to image, Enter selects, Esc clears, I shows images or dots, O draws all students in one map."),
      h("button", { type: "button", class: "ame-button", onclick: () => this.help.close() }, "Close"));
    this.losing = h("p", {});
    this.sure = h("dialog", { class: "ame-keys", "aria-label": "Start over?", "data-testid": "sure" }, h("h3", {}, "Start over?"), this.losing,
      h("div", { class: "ame-choices" },
        h("button", { type: "button", class: "ame-button ame-primary", "data-testid": "keep", onclick: () => this.sure.close() }, "Keep the run"),
        h("button", { type: "button", class: "ame-button", "data-testid": "drop", onclick: () => this.dropped() }, "Start over")));
    this.finding = new Finding(() => this.layout.open("diagnosis"));
    this.said = h("div", { class: "ame-said" }, this.caption, this.finding.el);
    this.layout = new Layout(this, tabbed, TITLES, [this.manifold.el, this.said]);
    this.el = h("div", { class: "ame-lab", "data-testid": "lab", role: "region", "aria-label": "Live lab", tabindex: "-1",
      onkeydown: (/** @type {KeyboardEvent} */ event) => this.key(event), "oname-size": () => this.again(),
      onfocusin: (/** @type {FocusEvent} */ event) => this.focusCame(event), onfocusout: (/** @type {FocusEvent} */ event) => this.focusLeft(event) },
      h("div", { class: "ame-bar" }, this.transport.el,
        h("div", { class: "ame-menu" }, this.layout.arrange, this.layout.present,
          h("button", { type: "button", class: "ame-quiet ame-keys-button", title: "Keyboard shortcuts (?)", onclick: () => this.help.showModal() }, "Keys")), this.progress, this.timeline.el),
      this.error, this.note, this.layout.el, this.help, this.sure, this.layout.dialog, this.live);
    this.themes = new MutationObserver(() => requestAnimationFrame(() => this.theme()));
    this.themes.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light", "data-jp-theme-name", "class"] });
    requestAnimationFrame(() => this.theme());
    this.sizes = new ResizeObserver(() => {
      this.layout.fit();
      this.again();
    });
    this.sizes.observe(this.el);
    this.onTrait = () => this.again();
    for (const name of TRAITS) client.model.on(name, this.onTrait);
    this.draw(this.frame);
  }

  close() {
    this.themes.disconnect();
    this.sizes.disconnect();
    this.layout.close();
    this.oneStep.loop(false);
    this.exercise.close();
    for (const name of TRAITS) this.client.model.off(name, this.onTrait);
  }

  // What Python sends

  /** @param {string} name @param {any} body */
  retained(name, body) {
    this.probe.retained(name, body);
    this.oneStep.retained(name, body);
    if (name !== "scene") return;
    const scene = /** @type {Scene} */ (body);
    this.scene = scene;
    this.scenes += 1;
    this.pictures = null;
    if (scene.thumbnails) void this.decode(scene, scene.thumbnails);
    this.rowOf = new Map([...scene.ids].map((id, row) => [id, row]));
    this.manifold.scene(scene);
    this.probe.scene(scene);
    this.again();
  }

  /** @param {{type: string}} body */
  message(body) {
    if (body.type === "shared") this.recipe.shared(/** @type {import("./messages").Shared & {type: string}} */ (body).token);
  }

  /** @param {Scene} scene @param {import("./messages").Atlas} atlas */
  async decode(scene, atlas) {
    try {
      const pictures = await Pictures.load(atlas);
      if (this.scene !== scene) return;
      this.pictures = pictures;
      this.scenes += 1;
      this.manifold.forget();
      this.again();
    } catch (error) {
      console.error("ame_explore: the images could not be decoded", error);
    }
  }

  /** @param {Frame} frame */
  draw(frame) {
    textsFirst(() => this.write(frame));
    this.keepFocus();
  }

  /** @param {Frame} frame */
  write(frame) {
    const { state } = frame;
    if (state === "finished" && this.frame.state === "playing") this.finishedAt = clock();
    this.frame = frame;
    const show = frame.show && new Set(/** @type {string[]} */ (frame.show));
    for (const [name, panel] of Object.entries(this.fixed)) {
      const hidden = show !== null && !show.has(name);
      panel.el.classList.toggle("ame-off", hidden);
      if (!hidden) panel.draw(frame);
    }
    this.layout.draw(frame);
    this.oneStep.follow(this.layout.isOpen("one_step"));
    this.finding.draw(frame, !this.hides("diagnosis") && (show === null || show.has("diagnosis")) && !this.layout.isOpen("diagnosis"));
    setShown(this.error, Boolean(frame.error));
    if (frame.error) setText(this.error, frame.error);
    const { done, of } = frame.progress ?? { done: 0, of: 0 };
    setShown(this.progress, state === "preparing");
    if (of > 0) this.progress.value = done / of;
    else this.progress.removeAttribute("value");
    this.tell();
    this.hear(frame.said);
    setText(this.caption, frame.caption ?? this.newest);
    Object.assign(this.el.dataset, { state, step: shownStep(frame), frame: frame.n,
      ageMs: Math.round(1000 * this.client.drawnAge), drawMs: this.client.drawMs.toFixed(1) }); // drawMs: of the frame before
  }

  /** A disabled control loses the focus to the page, where the lab's keys do nothing: keep the focus, and give it back. */
  keepFocus() {
    let active = document.activeElement;
    if (this.inside && (active === null || active === document.body)) { // its control is gone, or disabled and left already
      this.el.focus({ preventScroll: true });
      active = this.focused?.isConnected ? this.focused : this.el;
    }
    if (active instanceof HTMLElement && active !== this.el && this.el.contains(active) && active.matches(":disabled")) {
      this.unfocused = active;
      this.el.focus({ preventScroll: true });
    } else if (this.unfocused && active !== this.el) this.unfocused = null; // the reader has gone elsewhere
    else if (this.unfocused && !this.unfocused.matches(":disabled")) {
      this.unfocused.focus({ preventScroll: true });
      this.unfocused = null;
    }
  }

  /** @param {FocusEvent} event */
  focusCame({ target }) {
    this.inside = true;
    if (target instanceof HTMLElement && target !== this.el) this.focused = target;
  }

  /** The focus goes to nothing when its control is disabled or taken away, and then the lab keeps it. @param {FocusEvent} event */
  focusLeft(event) {
    const { relatedTarget: next, target } = event;
    const gone = target instanceof HTMLElement && (!target.isConnected || target.matches(":disabled") || !target.checkVisibility());
    if (next instanceof Node ? !this.el.contains(next) : !gone && document.hasFocus()) this.inside = false;
  }

  /** Draw the same frame again, because size, theme or pointer changed. */
  again() {
    if (this.due) return;
    this.due = requestAnimationFrame(() => {
      this.due = 0;
      if (this.el.isConnected) this.draw(this.frame);
    });
  }

  /** @param {number} seconds */
  late(seconds) {
    this.el.dataset.late = seconds ? seconds.toFixed(2) : "";
    this.lateBy = seconds;
    this.tell();
  }

  /** @param {number} seconds @param {boolean} gone */
  silent(seconds, gone) {
    this.quiet = seconds;
    this.gone = gone;
    this.tell();
  }

  tell() {
    const text = this.gone
      ? "Python has stopped: the kernel was restarted or shut down. Run the cell again for a new lab; this page still shows the last state."
      : this.quiet && this.frame.state !== "closed"
      ? `No answer from Python for ${Math.round(this.quiet)} s: it may be busy with a cell.`
      : this.lateBy ? `The connection is slow: this picture is ${this.lateBy.toFixed(1)} s old.`
      : (this.frame.note ?? "");
    setShown(this.note, Boolean(text));
    setText(this.note, text);
  }

  /** @param {Frame["said"]} said */
  hear(said) {
    const fresh = said.filter(({ id }) => !this.heard.has(id));
    const first = this.heard.size === 0;
    for (const { id } of fresh) this.heard.add(id);
    if (!fresh.length) return;
    this.newest = fresh[fresh.length - 1].text;
    for (const { text } of first ? fresh.slice(-1) : fresh.slice(-3)) this.say(text);
  }

  /** For readers who cannot see the lab. @param {string} text */
  say(text) {
    this.live.append(h("p", {}, text));
    while (this.live.childElementCount > 20) this.live.firstChild?.remove();
  }

  // What the reader asks for

  /**
   * @template {keyof Commands} K
   * @param {K} name
   * @param {Commands[K] extends import("./messages").NoArgs ? [Commands[K]?] : [Commands[K]]} args
   */
  command(name, ...args) {
    if (this.locked(name)) return;
    this.client.send({ type: "command", name, args: args[0] ?? {} });
  }

  /** Whether an exercise hides this panel. @param {string} name */
  hides(name) {
    return (this.frame.exercise?.hidden ?? false) && HIDING.includes(name);
  }

  /** @param {string} name of a command or dial */
  locked(name) {
    return this.frame.locked.includes(name);
  }

  /** Starting over loses forks and steering: ask first if there are any. @param {() => void} act */
  anew(act, lost = this.frame.to_lose) {
    if (!lost) return act();
    this.act = act;
    setText(this.losing, `${lost} would be lost. To keep a run, copy its recipe token first.`);
    this.sure.showModal();
  }

  dropped() {
    this.sure.close();
    this.act();
  }

  toggle() {
    if (this.transport.play.disabled) return;
    this.intoView();
    if (this.frame.state !== "finished") return this.command(this.frame.state === "playing" ? "pause" : "play");
    if (clock() - this.finishedAt < 0.6) return; // meant as a pause, and the run was faster
    this.anew(() => {
      this.command("reset");
      this.command("play");
    });
  }

  /** Scroll a lab that is partly out of sight into view before something in it moves. */
  intoView() {
    const { top, bottom } = this.el.getBoundingClientRect();
    if (this.el.dataset.shape !== "narrow" && (top < 0 || bottom > window.innerHeight)) this.el.scrollIntoView({ block: "nearest" });
  }

  /** @param {number} step */
  scrubTo(step) {
    if (!this.timeline.range.disabled) this.command("scrub", { step: nearestOf(this.frame.recorded_steps, step) });
  }

  /** @param {number | null} at */
  chartCursor(at) {
    if (at === this.cursor) return;
    this.cursor = at;
    if (this.cursorDue) return;
    this.cursorDue = requestAnimationFrame(() => {
      this.cursorDue = 0;
      this.charts.draw(this.frame, this.cursor);
    });
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const target = /** @type {HTMLElement & {type?: string}} */ (event.target);
    // With a modifier, Enter would run the cell again, which makes a new lab and loses this run.
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey || event.shiftKey)) return this.enter(event, target);
    if (event.ctrlKey || event.metaKey || event.altKey || event.key === "Tab") return;
    if (this.help.open || this.sure.open || this.layout.dialog.open) return event.stopPropagation();
    if (event.key === "Escape" && this.el.classList.contains("ame-presented")) this.layout.toggle();
    // Keep keys that are typed into the lab from JupyterLab, whose one-letter commands cut and insert cells.
    if (!event.shiftKey || event.key.length === 1) event.stopPropagation();
    const { tagName: tag } = target;
    const typing = (tag === "INPUT" && target.type !== "range" && target.type !== "radio") || tag === "SELECT" || tag === "TEXTAREA";
    if (typing) return;
    const go = (/** @type {HTMLButtonElement} */ node) => !node.disabled && node.click();
    /** @type {Record<string, () => unknown>} */
    const actions = {
      k: () => this.toggle(), s: () => go(this.transport.step), e: () => go(this.transport.epoch), r: () => go(this.transport.reset),
      "[": () => this.move(-1), "]": () => this.move(1), l: () => go(this.timeline.live), f: () => go(this.timeline.fork),
      d: () => this.toDials(), m: () => this.manifold.panes[0]?.over.focus(),
      p: () => this.layout.toggle(), "?": () => this.help.showModal(),
    };
    const act = actions[event.key.toLowerCase()];
    if (!act) return;
    event.preventDefault();
    act();
  }

  toDials() {
    this.layout.open("dials");
    /** @type {HTMLElement | null} */ (this.dials.el.querySelector("input:enabled, select:enabled, button:enabled"))?.focus();
  }

  /** @param {KeyboardEvent} event @param {HTMLElement & {type?: string}} target */
  enter(event, target) {
    event.stopPropagation();
    if (target.type !== "number") return;
    event.preventDefault();
    target.blur(); // takes what was typed
    target.focus();
  }

  /** @param {1 | -1} by */
  move(by) {
    const { recorded_steps: recorded } = this.frame;
    if (!recorded.length || this.timeline.range.disabled) return;
    const i = Math.max(0, Math.min(recorded.length - 1, lastAt(recorded, shownStep(this.frame)) + by));
    this.command("scrub", { step: recorded[i] });
  }

  /** Draw a row's picture; whether there is one. @param {HTMLCanvasElement} canvas @param {number} row */
  thumbnail(canvas, row) {
    if (!this.pictures || row >= this.pictures.count) return false;
    this.pictures.fill(canvas, row);
    return true;
  }

  /** @returns {import("./state.js").Ink} */
  readInk() {
    const style = this.el ? getComputedStyle(this.el) : null;
    const value = (/** @type {string} */ name, /** @type {string} */ other) => style?.getPropertyValue(name).trim() || other;
    const card = value("--ame-card", "#ffffff");
    const [r, g, b] = rgbaOf(card);
    return { dark: isDark(), text: value("--ame-text", "#1a1a1a"), muted: value("--ame-muted", "#5a5a5a"), grid: value("--ame-line", "#e4e4e4"),
      card, soft: value("--ame-soft", "#f4f5f7"), accent: value("--ame-accent", "#0072B2"), wash: value("--ame-wash", "rgba(0,114,178,.12)"),
      font: style?.fontFamily || "sans-serif", paper32: (0xff000000 | (b << 16) | (g << 8) | r) >>> 0 };
  }

  theme() {
    this.el.dataset.theme = isDark() ? "dark" : "light";
    this.ink = this.readInk();
    this.manifold.theme();
    this.probe.show(); // its swatches and bars
    this.again();
  }
}

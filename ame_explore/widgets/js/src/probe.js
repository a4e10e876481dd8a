// The probe: a learner puts a drawing, an image or a text into the space and sees at once where it lands in every arm.

import { h, setShown, setText } from "./dom.js";
import { Answers, WalkChart } from "./probe_answers.js";
import { Asker } from "./probe_asker.js";
import { paintProbes } from "./probe_layer.js";
import { Pad, put } from "./probe_pad.js";
import { bitmapOf, givenOf } from "./probe_pixels.js";
import { Memo } from "./state.js";
import { clock } from "./time.js";

/** @typedef {import("./messages").ProbeState} State */
/** @typedef {import("./messages").ProbeWorld} World */
/** @typedef {import("./messages").GivenProbe} Given */
/** @typedef {import("./geometry.js").Point} Point */

const SAY_AFTER = 0.8; // seconds of rest after which the answers are said
// Seconds between two questions. On few cores, drawing the page slows training down, so the first stroke is answered at
// once and later ones a few times a second, like frames.
const GAP = { playing: 0.25, still: 0.03 };
const TRAIL = 80; // places of a probe that are drawn while students learn

export class ProbePanel {
  /** @param {import("./lab.js").Lab} lab */
  constructor(lab) {
    this.lab = lab;
    /** @type {World | null} */
    this.world = null;
    /** @type {State | null} */
    this.state = null;
    /** What was asked last. @type {Given | null} */
    this.given = null;
    /** @type {"image" | "text"} */
    this.mode = "image";
    this.saying = 0;
    this.asker = new Asker(lab.client.page, (args) => lab.command("probe", args), clock, (act, seconds) => void setTimeout(act, 1000 * seconds));
    /** arm -> where the probe was @type {Map<string, Point[]>} */
    this.trails = new Map();
    this.keptShown = new Memo();
    /** @type {Map<string, HTMLCanvasElement>} */
    this.keptPictures = new Map();
    /** The rows of data without pixels. @type {{first: number | null, second: number | null}} */
    this.ids = { first: null, second: null };
    this.pad = new Pad(lab, (image) => this.drawn(image));
    this.answers = new Answers(lab);
    this.walk = new WalkChart(lab);
    const button = (/** @type {string} */ text, /** @type {string} */ id, /** @type {() => void} */ act, kind = "ame-button") =>
      h("button", { type: "button", class: kind, "data-testid": id, onclick: act }, text);
    this.modes = { image: button("Draw or pick", "probe-image", () => this.setMode("image"), "ame-quiet"), text: button("Type", "probe-text-mode", () => this.setMode("text"), "ame-quiet") };
    this.text = h("input", { type: "text", maxlength: 200, placeholder: "a sad cat", "aria-label": "Text to put on the maps", "data-testid": "probe-text", spellcheck: "false", oninput: () => this.typed() });
    this.texts = h("select", { "aria-label": "Class text to put on the maps", "data-testid": "probe-class-text", onchange: () => this.typed() });
    this.list = h("datalist", { id: `${lab.client.page}-captions` });
    const pick = (/** @type {"first" | "second"} */ role, /** @type {string} */ label) => {
      const field = h("input", { type: "text", list: this.list.id, placeholder: "caption or number", "aria-label": label, "data-testid": `pick-${role}`, onchange: () => this.choose(role, field.value) });
      return { field, el: h("label", { class: "ame-probe-pick" }, h("span", {}, label), field,
        h("button", { type: "button", class: "ame-quiet", title: "Take the image that is selected on the map", onclick: () => this.chooseSelected(role) }, "Selected"),
        h("button", { type: "button", class: "ame-quiet", title: "Let go of it", "aria-label": `No ${label.toLowerCase()}`, onclick: () => this.letGo(role) }, "×")) };
    };
    this.picks = { first: pick("first", "Image"), second: pick("second", "Blend with") };
    /** @param {keyof import("./probe_pixels.js").Changes} name @param {string} label @param {number} low @param {number} high @param {number} step */
    const slider = (name, label, low, high, step) => h("label", {}, h("span", {}, label), h("input", { type: "range", min: low, max: high, step, value: String(this.pad.changes[name]), "data-change": name, "data-testid": `change-${name}`,
      oninput: (/** @type {Event} */ event) => this.change(name, Number(/** @type {HTMLInputElement} */ (event.target).value)) }));
    this.share = slider("share", "Blend", 0, 1, 0.01);
    this.edits = h("div", { class: "ame-probe-edits" }, slider("rotate", "Rotate", -180, 180, 1), slider("blur", "Blur", 0, 4, 0.1), slider("noise", "Noise", 0, 1, 0.02));
    this.note = h("p", { class: "ame-probe-note", role: "status", "data-testid": "probe-note" });
    this.cannot = h("p", { class: "ame-muted", "data-testid": "probe-cannot", hidden: true });
    this.imageBox = h("div", { class: "ame-probe-input" }, this.pad.el, this.picks.first.el, this.picks.second.el, this.share, this.edits);
    this.textBox = h("div", { class: "ame-probe-input", hidden: true }, h("label", { class: "ame-field" }, this.text, this.texts));
    this.name = h("input", { type: "text", maxlength: 40, placeholder: "name", "aria-label": "Name of the probe", "data-testid": "probe-name" });
    this.keeping = h("button", { type: "submit", class: "ame-button", "data-testid": "keep-probe" }, "Keep");
    this.kept = h("ul", { class: "ame-probe-kept", "aria-label": "Kept probes", "data-testid": "kept-probes" });
    this.ends = [0, 1].map((i) => h("select", { "aria-label": i ? "Walk to" : "Walk from", "data-testid": `walk-${i}` }));
    this.walking = button("Walk", "walk-start", () => this.startWalk());
    this.stopping = button("×", "walk-stop", () => this.asker.tell({ action: "walk", between: null }), "ame-quiet");
    this.stopping.setAttribute("aria-label", "End the walk");
    this.walkBox = h("div", { class: "ame-field ame-probe-walk" }, this.ends[0], "→", this.ends[1], this.walking, this.stopping);
    this.empty = h("p", { class: "ame-muted" }, "Draw, pick an image or type a text: it appears on every map, with the answers of the teacher and each student.");
    this.el = h("section", { class: "ame-card ame-probe", "aria-label": "Probe", "data-testid": "probe" },
      h("header", {}, h("h3", {}, "Probe"), h("div", { class: "ame-group", role: "group", "aria-label": "Kind of probe" }, this.modes.image, this.modes.text), h("span", { class: "ame-push" }),
        button("Take off", "probe-clear", () => this.clear(), "ame-quiet")),
      this.cannot, this.list,
      h("div", { class: "ame-probe-body" }, h("div", {}, this.imageBox, this.textBox,
        h("form", { class: "ame-field", onsubmit: (/** @type {Event} */ event) => this.keep(event) }, this.name, this.keeping)),
        h("div", { class: "ame-probe-said" }, this.note, this.empty, this.answers.el),
        h("div", { class: "ame-probe-more" }, this.kept, this.walkBox, this.walk.el)));
    this.setMode("image");
  }

  // What Python sends

  /** @param {string} name @param {any} body */
  retained(name, body) {
    if (name === "probe_world") this.meet(body);
    else if (name === "probe") this.answered(body);
    else if (name === "picked" && body.by === this.lab.client.page) this.picked(body);
  }

  /** @param {World} world */
  meet(world) {
    this.world = world;
    setShown(this.cannot, Boolean(world.cannot));
    setText(this.cannot, world.cannot);
    setShown(this.pad.el, world.shape !== null);
    setShown(this.edits, world.shape !== null);
    setText(this.modes.image, world.shape ? "Draw or pick" : "Pick");
    setShown(this.text, world.reads_text);
    setShown(this.texts, !world.reads_text);
    if (world.shape) this.pad.world(world.shape, world.ground);
    this.given = null;
    this.ids = { first: null, second: null };
  }

  /** The scene's captions, for picking. @param {import("./state.js").Scene} scene */
  scene(scene) {
    this.list.replaceChildren(...[...scene.ids].slice(0, 2000).map((id, row) => h("option", { value: `${scene.captions[row] ?? scene.class_names[scene.labels[row]]} · ${id}` })));
    this.texts.replaceChildren(h("option", { value: "" }, "choose a class text"), ...scene.class_names.map((name) => h("option", { value: name }, name)));
  }

  /** @param {State} state */
  answered(state) {
    const taken = this.asker.answered(state);
    if (taken !== null) this.el.dataset.taken = taken.toFixed(4);
    const anew = this.state?.n !== state.n;
    if (anew) this.trails.clear();
    for (const { name, point } of state.answers) {
      const trail = this.trails.get(name) ?? [];
      trail.push([point[0], point[1]]);
      this.trails.set(name, trail.slice(-TRAIL));
    }
    this.state = state;
    if (anew || state.error) {
      window.clearTimeout(this.saying);
      if (state.by === this.lab.client.page) this.saying = window.setTimeout(() => this.say(), 1000 * SAY_AFTER);
    }
    this.show();
  }

  say() {
    if (this.state && !this.state.error && !this.asker.busy) this.lab.say([this.state.remark, this.answers.sentence(this.state)].filter(Boolean).join(" "));
  }

  show() {
    const { state } = this;
    if (!state) return;
    const text = state.error ?? state.remark;
    setText(this.note, text);
    this.note.classList.toggle("ame-probe-wrong", state.error !== null);
    setShown(this.empty, !state.kind && !state.error && !state.kept.length);
    this.answers.draw(state);
    this.drawKept(state);
    this.walk.draw(state, (name) => this.answers.color(name));
    setShown(this.stopping, state.walk !== null);
    this.paint();
    Object.assign(this.el.dataset, { answered: state.n, steps: state.answers.map(({ step }) => step ?? "").join(" ") });
  }

  /** The probes on the maps. */
  paint() {
    for (const pane of this.lab.manifold.panes) this.paintOn(pane);
  }

  /** @param {import("./pane.js").Pane} pane */
  paintOn(pane) {
    paintProbes(pane, this.state, (name) => this.lookOf(name), this.trails.get(pane.shown?.arm.name ?? "") ?? []);
  }

  /** @param {string} name @returns {import("./probe_layer.js").Look} */
  lookOf(name) {
    if (name) return { picture: this.keptPictures.get(name) ?? null, kind: this.state?.kept.find((one) => one.name === name)?.kind ?? null, name };
    const kind = this.state?.kind ?? null;
    const called = kind === "text" ? (this.given?.text ?? "my text") : kind === "image" && !this.pad.picked.first ? "my drawing" : "my image";
    return { picture: kind === "image" && this.world?.shape && !this.pad.empty ? this.pad.seen : null, kind, name: called };
  }

  /** @param {State} state */
  drawKept({ kept }) {
    const { scene } = this.lab;
    const names = kept.map(({ name }) => name);
    if (this.keptShown.isNew(kept.map(({ name, kind, text, id, pixels }) => [name, kind, text, id, pixels && pixels.join()]))) {
      this.keptPictures.clear();
      for (const { name, pixels } of kept) {
        if (!pixels) continue;
        const canvas = h("canvas", { class: "ame-thumb-small", "aria-hidden": "true" });
        put(canvas, bitmapOf(pixels, pixels.shape[1], pixels.shape[0]));
        this.keptPictures.set(name, canvas);
      }
      this.kept.replaceChildren(...kept.map((one) => {
        const field = h("input", { type: "text", value: one.name, maxlength: 40, "aria-label": `Name of ${one.name}`, onchange: () => this.asker.tell({ action: "rename", name: one.name, to: field.value }) });
        return h("li", {}, h("button", { type: "button", class: "ame-probe-thumb", title: "Go on with it", "aria-label": `Go on with ${one.name}`, onclick: () => this.resume(one) }, this.keptPictures.get(one.name) ?? "★"), field, h("span", { class: "ame-muted" }),
          h("button", { type: "button", class: "ame-quiet", "aria-label": `Forget ${one.name}`, title: "Forget", onclick: () => this.asker.tell({ action: "forget", name: one.name }) }, "×"));
      }));
      this.ends.forEach((select, i) => {
        const was = select.value;
        const options = ["", ...names];
        select.replaceChildren(...options.map((name) => h("option", { value: name }, name || "the probe now")));
        select.value = options.includes(was) && (was || i) ? was : (names[i ? names.length - 1 : 0] ?? "");
        if (i && names.length < 2) select.value = "";
      });
      this.lab.again(); // the token in the recipe
    }
    kept.forEach(({ marks }, i) => setText(this.kept.children[i].children[2], marks.map(({ name, answer, share }) => `${name}: ${scene?.short[answer] ?? answer} ${Math.round(100 * share)} %`).join(" · ")));
    setShown(this.walkBox, kept.length > 0);
  }

  /** The kept probes as a recipe's token holds them. */
  get token() {
    return this.state?.token ? `+${this.state.token}` : "";
  }

  // What the reader does

  /** @param {"image" | "text"} mode */
  setMode(mode) {
    this.mode = mode;
    for (const [name, button] of Object.entries(this.modes)) button.setAttribute("aria-pressed", String(name === mode));
    setShown(this.imageBox, mode === "image");
    setShown(this.textBox, mode === "text");
  }

  /** @param {Given} given */
  ask(given) {
    this.given = given;
    this.asker.ask(given);
  }

  /** @param {import("./probe_pixels.js").Bitmap} image */
  drawn(image) {
    if (this.pad.empty) this.clear(false);
    else this.ask(givenOf(image));
  }

  typed() {
    const text = this.world?.reads_text === false ? this.texts.value : this.text.value;
    if (text.trim()) this.ask({ kind: "text", text });
    else this.clear(false);
  }

  /** @param {"first" | "second"} role @param {string} typed a caption with its number, a number or a caption */
  choose(role, typed) {
    const { scene } = this.lab;
    const text = typed.trim();
    if (!text) return this.letGo(role);
    const row = scene?.captions.indexOf(text) ?? -1;
    const id = text.match(/(?:^|· )(\d+)$/)?.[1] ?? (row >= 0 ? String(scene?.ids[row]) : "");
    if (!id) {
      setText(this.note, `No image is called “${text.slice(0, 40)}”: choose one from the list, or type its number.`);
      return;
    }
    this.pickId(role, Number(id));
  }

  /** @param {"first" | "second"} role */
  chooseSelected(role) {
    const [id] = this.lab.frame.selection;
    if (id === undefined) {
      setText(this.note, "Select an image on a map first: click it.");
      return;
    }
    const row = this.lab.rowOf.get(id);
    this.picks[role].field.value = `${row === undefined ? "" : (this.lab.scene?.captions[row] ?? "")} · ${id}`;
    this.pickId(role, id);
  }

  /** @param {"first" | "second"} role @param {number} id */
  pickId(role, id) {
    if (this.world?.shape) this.asker.tell({ action: "pick", id, role });
    else {
      this.ids[role] = id;
      this.askRow();
    }
  }

  /** @param {"first" | "second"} role */
  letGo(role) {
    this.picks[role].field.value = "";
    this.ids[role] = null;
    this.lab.again();
    if (this.world?.shape) this.pad.take(role, null);
    else this.askRow();
  }

  askRow() {
    this.lab.again();
    const { first, second } = this.ids;
    if (first === null) return this.clear(false);
    this.ask({ kind: "row", id: first, other: second, share: second === null ? 0 : this.pad.changes.share });
  }

  /** @param {import("./messages").Picked} picked */
  picked({ role, pixels }) {
    this.setMode("image");
    this.pad.take(role, bitmapOf(pixels, pixels.shape[1], pixels.shape[0]));
    this.lab.again(); // the slider of the blend
  }

  /** @param {keyof import("./probe_pixels.js").Changes} name @param {number} value */
  change(name, value) {
    this.pad.changes = { ...this.pad.changes, [name]: value };
    if (this.world?.shape) this.pad.renew();
    else this.askRow();
  }

  /** @param {Event} event */
  keep(event) {
    event.preventDefault();
    if (!this.given) {
      setText(this.note, "Draw something, pick an image or type a text first.");
      return;
    }
    this.asker.tell({ action: "keep", probe: this.given, name: this.name.value });
    this.name.value = "";
  }

  /** Put a kept probe back under the pen. @param {import("./messages").KeptProbe} kept */
  resume({ kind, text, id, pixels }) {
    this.setMode(kind === "text" ? "text" : "image");
    if (kind === "text") {
      this.text.value = this.texts.value = text;
      this.typed();
    } else if (pixels) this.pad.load(bitmapOf(pixels, pixels.shape[1], pixels.shape[0]));
    else this.pickId("first", id);
  }

  startWalk() {
    this.asker.tell({ action: "walk", between: this.ends.map((select) => select.value) });
  }

  /** @param {boolean} all also what is on the pad and in the fields */
  clear(all = true) {
    this.given = null;
    this.asker.drop();
    this.asker.tell({ action: "clear" });
    if (!all) return;
    this.text.value = this.texts.value = "";
    for (const { field } of Object.values(this.picks)) field.value = "";
    this.ids = { first: null, second: null };
    if (this.world?.shape && !this.pad.empty) this.pad.clear();
  }

  /** @param {import("./state.js").Frame} frame */
  draw(frame) {
    const off = this.lab.locked("probe") || frame.state === "closed" || !this.world;
    if (this.el.inert !== off) this.el.inert = off;
    this.el.classList.toggle("ame-probe-off", off);
    this.asker.gap = frame.state === "playing" && frame.speed === null ? GAP.playing : GAP.still;
    const blending = this.pad.picked.second !== null || this.ids.second !== null;
    setShown(this.share, blending);
    if (this.state?.walk) this.walk.draw(this.state, (name) => this.answers.color(name));
    for (const input of /** @type {NodeListOf<HTMLInputElement>} */ (this.el.querySelectorAll("input[data-change]"))) {
      const value = String(this.pad.changes[/** @type {keyof import("./probe_pixels.js").Changes} */ (input.dataset.change)]);
      if (document.activeElement !== input && input.value !== value) input.value = value;
    }
  }
}

// The shared manifold: every arm in the same frozen axes, side by side; zoom, lasso and hover act on all at once.

import { contextOf } from "./canvas.js";
import { h, setShown, setText } from "./dom.js";
import { boxAround } from "./geometry.js";
import { armColor, armShape, lookOf } from "./looks.js";
import { drawMark, shapeOf, sprite } from "./marks.js";
import { Pane } from "./pane.js";
import { countInView, imageSide } from "./pictures.js";
import { titled } from "./quantities.js";
import { tableToggle } from "./tables.js";

/** @typedef {import("./state.js").ArmState} ArmState */
/** @typedef {import("./state.js").Frame} Frame */
/** @typedef {import("./state.js").Scene} Scene */
/** @typedef {import("./state.js").Ink} Ink */
/** @typedef {{x: number, y: number, w: number, h: number}} View centre, and the data units that fit the panel */
/** @typedef {import("./format.js").Described} Described */
/** @typedef {{radius: number, plain: import("./marks.js").Sprite[], dim: import("./marks.js").Sprite[], strong: import("./marks.js").Sprite[]}} Sprites */
/** @typedef {{side: number, plain: Sheet, strong: Sheet | null}} Sheets strong: of selected images, once there are some */
/** @typedef {import("./pictures.js").Sheet} Sheet */

const MARGIN = 1.04; // Python has left room around the extent already
const MOST_NAMED = 24; // classes in the legend
const MOST_HUES = 10; // more classes share hues, which shapes tell apart, but images have none

/** @param {[number, number, number, number]} extent @returns {View} */
const viewOf = ([x0, x1, y0, y1]) => ({ x: (x0 + x1) / 2, y: (y0 + y1) / 2, w: MARGIN * (x1 - x0 || 1), h: MARGIN * (y1 - y0 || 1) });

export class Manifold {
  /** @param {import("./lab.js").Lab} lab */
  constructor(lab) {
    this.lab = lab;
    /** @type {Pane[]} */
    this.panes = [];
    /** @type {ArmState[]} */
    this.arms = [];
    /** @type {View | null} */
    this.view = null;
    /** @type {View | null} */
    this.home = null;
    /** @type {"lasso" | "move"} */
    this.tool = "lasso";
    /** @type {Set<number>} */
    this.selected = new Set();
    /** The point under the pointer or the keyboard's cursor, as a row. @type {number | null} */
    this.at = null;
    /** @type {Sprites | null} */
    this.sprites = null;
    /** @type {Sheets | null} */
    this.sheets = null;
    /** Whether all arms are drawn in one map, each in its own colour and shape. */
    this.overlaid = false;
    /** Of the arms, in one map. @type {Sprites | null} */
    this.armSprites = null;
    this.legend = h("ul", { class: "ame-legend", "aria-label": "Classes: colour and shape; filled marks are base classes, open ones new" });
    /** @param {"lasso" | "move"} name @param {string} label @param {string} text */
    const tool = (name, label, text) =>
      h("button", { class: "ame-quiet", type: "button", "aria-pressed": String(this.tool === name), "data-tool": name, title: label,
        "aria-label": label, onclick: () => this.setTool(name) }, text);
    this.tools = [tool("lasso", "Drag selects with a lasso", "Lasso"), tool("move", "Drag moves the view", "Move")];
    /** @param {string} label @param {string} text @param {() => void} act */
    const zoom = (label, text, act) =>
      h("button", { class: "ame-quiet", type: "button", title: label, "aria-label": label, onclick: act }, text);
    this.images = h("button", { class: "ame-quiet", type: "button", hidden: true, title: "Draw points as their images (I)", "data-testid": "images", onclick: () => this.toggleImages() }, "Images");
    this.overlay = h("button", { class: "ame-quiet", type: "button", hidden: true, "aria-pressed": "false", title: "All students in one map, each in its own colour and shape (O)", "data-testid": "overlay", onclick: () => this.toggleOverlay() }, "Overlay");
    this.table = tableToggle("manifold", "Shared manifold", () => this.rows());
    this.note = "";
    this.row = h("div", { class: "ame-panes" });
    this.footnote = h("p", { class: "ame-muted" });
    this.el = h("section", { class: "ame-card ame-manifold", "aria-label": "Shared manifold", "data-view": "manifold" },
      h("header", {}, h("h3", {}, "Shared manifold"), h("span", { class: "ame-push" }), this.overlay, this.images,
        h("div", { class: "ame-group", role: "group", "aria-label": "What dragging does" }, this.tools),
        h("div", { class: "ame-group", role: "group", "aria-label": "Zoom" }, zoom("Zoom out", "−", () => this.zoom(1.25)),
          zoom("Zoom in", "+", () => this.zoom(0.8)), zoom("Fit what is drawn now; again: the full range of the axes", "Fit", () => this.fit())), this.table.button),
      this.row, this.legend, this.footnote, this.table.box);
  }

  /** @param {"lasso" | "move"} name */
  setTool(name) {
    this.tool = name;
    for (const button of this.tools) button.setAttribute("aria-pressed", String(button.dataset.tool === name));
    for (const pane of this.panes) pane.over.style.cursor = name === "move" ? "grab" : "crosshair";
  }

  /** @param {Scene} scene */
  scene(scene) {
    this.home = scene.extent && viewOf(scene.extent);
    this.view = this.home && { ...this.home };
    this.forget();
    this.at = null;
    if (this.home) this.shape(this.home);
    this.legendOf(scene);
  }

  /** Forget what was prepared for drawing, because colours or images changed. */
  forget() {
    this.sprites = this.sheets = this.armSprites = null;
  }

  /** Whether points are drawn as images: as the reader chose, or else as the data says. */
  get asImages() {
    const { lab: { client, pictures, scene } } = this;
    return pictures !== null && Boolean(client.model.get("images") ?? scene?.show_images);
  }

  /** All arms in one map, or each in its own. */
  toggleOverlay() {
    if (this.arms.length < 2) return;
    this.overlaid = !this.overlaid;
    this.lab.say(this.overlaid ? `One map: ${this.arms.map(({ name }) => name).join(" and ")}, each in its own colour and shape.` : "A map for each student.");
    this.lab.draw(this.lab.frame);
    if (this.lab.scene) this.legendOf(this.lab.scene);
  }

  toggleImages() {
    if (!this.lab.pictures) return;
    const { model } = this.lab.client;
    model.set("images", !this.asImages);
    try {
      model.save_changes(); // so that other views and a page that is loaded again keep it
    } catch {
      // without a kernel, only this page keeps it
    }
    this.lab.say(this.asImages ? "Points are images." : "Points are dots.");
    this.lab.again();
  }

  /**
   * The side of a panel's images in CSS pixels; 0: dots.
   * @param {import("./canvas.js").Size} size @param {import("./geometry.js").Place} place @param {ArrayLike<number>} points
   */
  sideFor(size, place, points) {
    const { home, lab: { scene } } = this;
    if (!this.asImages || !home || !scene || this.overlaid) return 0;
    const zoom = place.k / Math.min(size.width / home.w, size.height / home.h);
    return imageSide(size, scene.ids.length, countInView(points, place, size), zoom);
  }

  /** The images' tiles. @param {Scene} scene @param {number} side CSS pixels @param {number} scale @param {boolean} strong whether some are selected */
  sheetsFor(scene, side, scale, strong) {
    const { ink, pictures } = this.lab;
    if (!pictures) return null;
    const pixels = Math.round(side * scale);
    const ring = Math.max(1, Math.round(scale * (side < 20 ? 1.25 : 1.75)));
    const look = (/** @type {string | null} */ halo) => (/** @type {number} */ row) => ({ ...this.mark(scene, scene.labels[row]), halo });
    if (this.sheets?.side !== pixels) this.sheets = { side: pixels, plain: pictures.sheet(pixels, look(null), ring), strong: null };
    if (strong) this.sheets.strong ??= pictures.sheet(Math.round(pixels * 1.25), look(ink.text), ring);
    return this.sheets;
  }

  /** @param {Scene} scene */
  legendOf(scene) {
    if (this.overlaid) {
      this.legend.replaceChildren(...this.arms.map(({ name }, i) => {
        const canvas = h("canvas", { width: 28, height: 28, "aria-hidden": "true" });
        drawMark(contextOf(canvas), this.armMark(i), 14, 14, 8.5);
        return h("li", {}, canvas, name);
      }));
      return;
    }
    const seen = new Set(scene.labels);
    const named = scene.short.map((name, c) => ({ name, c })).filter(({ c }) => c < MOST_NAMED && (!seen.size || seen.has(c)));
    this.legend.replaceChildren(...named.map(({ name, c }) => {
      const canvas = h("canvas", { width: 28, height: 28, "aria-hidden": "true" });
      const mark = this.mark(scene, c);
      /** @type {import("./marks.js").Mark} as around images */
      const ring = { ...mark, shape: mark.filled ? "square" : "circle", filled: false };
      drawMark(contextOf(canvas), this.asImages ? ring : mark, 14, 14, 8.5);
      return h("li", {}, canvas, name);
    }));
  }

  /** How a class looks. @param {Scene} scene @param {number} c @param {boolean} halo @returns {import("./marks.js").Mark} */
  mark(scene, c, halo = true) {
    const { ink } = this.lab;
    return { shape: shapeOf(c), color: scene.colors[c] ?? ink.text, filled: scene.base ? Boolean(scene.base[c]) : true, halo: halo ? ink.card : null };
  }

  /** How the points of an arm look where all arms share one map. @param {number} index @returns {import("./marks.js").Mark} */
  armMark(index) {
    return { shape: armShape(index), color: armColor(lookOf(this.arms, index)), filled: true, halo: this.lab.ink.card };
  }

  /** Panels as wide as what they show. @param {View} view */
  shape({ w, h: height }) {
    this.row.style.setProperty("--ame-aspect", Math.max(0.9, Math.min(2, w / height)).toFixed(3));
  }

  /** Without an extent from Python the first frame gives it, and it stays: what moves has moved. @returns {View | null} */
  frameExtent() {
    const box = boxAround(this.arms.flatMap(({ manifold }) => (manifold ? [manifold.points, manifold.anchors] : [])));
    return box && viewOf(box);
  }

  fit() {
    const now = this.frameExtent();
    if (!now) return;
    const closest = this.view && Math.abs(this.view.w - now.w) + Math.abs(this.view.x - now.x) < 1e-9 * now.w;
    this.view = { ...(closest && this.home ? this.home : now) }; // pressed again: back to where the run began
    this.redraw();
  }

  /** @param {number} factor @param {import("./geometry.js").Point | null} at what stays in its place */
  zoom(factor, at = null) {
    const { view } = this;
    if (!view) return;
    if (at) {
      view.x = at[0] + (view.x - at[0]) * factor;
      view.y = at[1] + (view.y - at[1]) * factor;
    }
    view.w *= factor;
    view.h *= factor;
    this.redraw();
  }

  /** @param {Frame} frame */
  draw(frame) {
    this.arms = frame.arms;
    this.selected = new Set(frame.selection);
    if (!this.home) {
      this.home = this.frameExtent();
      this.view = this.home && { ...this.home };
      if (this.home) this.shape(this.home);
    }
    const count = this.lab.scene?.ids.length ?? 0;
    const drawn = Math.min(...this.arms.map(({ manifold }) => (manifold?.points.length ?? 0) / 2));
    const all = count.toLocaleString("en");
    this.note = !count ? "" : drawn > 0 && drawn < count ? `${drawn} of ${all} images while it trains` : `${all} images`;
    if (this.arms.length < 2) this.overlaid = false;
    setShown(this.overlay, this.arms.length > 1);
    this.overlay.setAttribute("aria-pressed", String(this.overlaid));
    const panes = this.overlaid ? 1 : this.arms.length;
    this.row.dataset.arms = String(panes);
    while (this.panes.length > panes) this.panes.pop()?.el.remove();
    while (this.panes.length < panes) {
      const pane = new Pane(this, this.panes.length);
      this.panes.push(pane);
      this.row.append(pane.el);
    }
    this.redraw();
    this.table.update();
  }

  redraw() {
    const { view, lab: { scene } } = this;
    if (!view || !scene) return;
    for (const [i, pane] of this.panes.entries()) pane.draw(this.overlaid ? this.arms : [this.arms[i]], scene, view);
    this.explain(scene);
    this.hover();
  }

  /** Say what points look like now. @param {Scene} scene */
  explain(scene) {
    const { asImages, lab: { frame: { explained } } } = this;
    const dots = asImages && !this.overlaid && this.panes.some(({ shown }) => shown?.side === 0);
    if (this.images.getAttribute("aria-pressed") !== String(asImages)) {
      this.images.setAttribute("aria-pressed", String(asImages));
      this.legendOf(scene);
    }
    setShown(this.images, Boolean(scene.thumbnails) && !this.overlaid);
    setShown(this.legend, this.overlaid || !asImages || scene.short.length <= MOST_HUES);
    const kinds = this.overlaid ? "colour and shape: the student" : !scene.base ? "" : asImages && !dots ? "square: base class, round: new class" : "filled: base class, open: new class";
    const { sampled } = scene;
    const parts = [this.note && dots ? `${this.note}, as dots until you zoom in` : this.note, sampled && `scores: of ${sampled}`, "★ class text", kinds, explained && `axes: ${explained}`];
    setText(this.footnote, parts.filter(Boolean).join(" · "));
  }

  theme() {
    this.forget();
    if (this.lab.scene) this.legendOf(this.lab.scene);
    this.redraw();
  }

  /** The classes' marks as pixels: as they are, dimmed, and selected. @param {Scene} scene @param {number} radius @returns {Sprites} */
  spritesFor(scene, radius) {
    if (this.sprites?.radius === radius) return this.sprites;
    const { ink } = this.lab;
    const halo = radius > 4;
    const classes = Math.max(1, scene.short.length);
    /** @param {Partial<import("./marks.js").Mark>} extra @param {number} opacity */
    const make = (extra, opacity) =>
      Array.from({ length: classes }, (_, c) => sprite({ ...this.mark(scene, c, halo), ...extra }, radius, opacity));
    const strong = Array.from({ length: classes }, (_, c) =>
      sprite({ ...this.mark(scene, c), halo: ink.text, inside: ink.card, edge: 0.4 }, radius * 1.2));
    this.sprites = { radius, plain: make({}, halo ? 0.95 : 0.8), dim: make({ halo: null }, 0.16), strong };
    return this.sprites;
  }

  /** The arms' marks as pixels, for one map. @param {number} radius @returns {Sprites} */
  armSpritesFor(radius) {
    if (this.armSprites?.radius === radius && this.armSprites.plain.length === this.arms.length) return this.armSprites;
    const { ink } = this.lab;
    const make = (/** @type {Partial<import("./marks.js").Mark>} */ extra, /** @type {number} */ opacity, scale = 1) =>
      this.arms.map((_, i) => sprite({ ...this.armMark(i), ...extra }, scale * radius, opacity));
    this.armSprites = { radius, plain: make({ halo: radius > 4 ? ink.card : null }, 0.75), dim: make({ halo: null }, 0.14), strong: make({ halo: ink.text, edge: 0.4 }, 1, 1.2) };
    return this.armSprites;
  }

  /** @param {number[]} ids @param {boolean} add */
  select(ids, add = false) {
    const chosen = add ? [...new Set([...this.selected, ...ids])] : ids;
    this.selected = new Set(chosen);
    this.lab.command("select", { ids: chosen });
    this.redraw();
  }

  /** @param {number | null} row @param {Pane | null} pane the one that says what is there */
  hover(row = this.at, pane = null) {
    for (const each of this.panes) each.overlay(row, pane === each || (pane === null && each === this.panes[0]));
  }

  /** @param {Scene} scene @param {number} row @param {ArmState | undefined} arm @returns {Described} */
  describe(scene, row, arm) {
    const label = scene.labels[row];
    const predicted = arm?.manifold?.prediction[row];
    const name = (/** @type {number} */ c) => scene.short[c] ?? "–";
    return { id: scene.ids[row], caption: scene.captions[row] ?? scene.class_names[label] ?? "", label: name(label),
      predicted: predicted === undefined ? "–" : name(predicted), right: predicted === undefined ? null : predicted === label,
      entropy: arm?.manifold?.entropy[row] };
  }

  /** @returns {import("./tables.js").Table} */
  rows() {
    const { scene } = this.lab;
    /** @type {unknown[][]} */
    const rows = [];
    if (scene) {
      const order = [...scene.ids.keys()];
      const isSelected = (/** @type {number} */ row) => Number(this.selected.has(scene.ids[row]));
      if (this.selected.size) order.sort((a, b) => isSelected(b) - isSelected(a));
      for (const arm of this.arms)
        for (const i of order.slice(0, Math.ceil(200 / this.arms.length))) {
          const { id, label, predicted, entropy } = this.describe(scene, i, arm);
          const points = arm.manifold?.points;
          rows.push([arm.name, id, label, predicted, entropy, points?.[2 * i], points?.[2 * i + 1]]);
        }
    }
    return { columns: ["arm", "id", "class", "answer", titled("predictive_entropy"), "axis 1", "axis 2"], rows };
  }
}

// The pad: a small canvas to draw on, with pen, touch, mouse or keys, over an image of the data or an empty ground.

import { contextOf } from "./canvas.js";
import { h } from "./dom.js";
import { blank, bytesOf, changed, covered, hexOf, UNCHANGED } from "./probe_pixels.js";
import { clock } from "./time.js";

/** @typedef {import("./probe_pixels.js").Bitmap} Bitmap */
/** @typedef {{color: string, size: number, points: [number, number, number][]}} Stroke points: x, y in pixels of the image, and the pen's pressure */

const APART = 0.03; // seconds between two images of a stroke
const SIDE = 240; // pixels of the pad, about
const COLORS = [["#1f1f1f", "black"], ["#ffffff", "white"], ["#d81e2c", "red"], ["#f28c1c", "orange"], ["#f9cc30", "yellow"], ["#2e9e4f", "green"],
  ["#2b78d0", "blue"], ["#8645b8", "purple"], ["#f06ea9", "pink"], ["#8a5a35", "brown"]];
const GREYS = [["#000000", "black"], ["#555555", "dark grey"], ["#999999", "grey"], ["#cccccc", "light grey"], ["#ffffff", "white"]];

export class Pad {
  /** @param {import("./lab.js").Lab} lab @param {(image: Bitmap) => void} report called with what the models would see */
  constructor(lab, report) {
    this.lab = lab;
    this.report = report;
    this.scale = 10;
    /** @type {import("./probe_pixels.js").Rgb} */
    this.ground = [255, 255, 255];
    this.base = blank(24, 24, this.ground);
    /** The picked images: the one that is drawn on, and the one it is blended with. @type {{first: Bitmap | null, second: Bitmap | null}} */
    this.picked = { first: null, second: null };
    this.changes = { ...UNCHANGED };
    /** The base with its changes. */
    this.shown = this.base;
    this.image = this.base;
    /** @type {Stroke[]} */
    this.strokes = [];
    /** @type {Stroke | null} */
    this.stroke = null;
    this.color = COLORS[2][0];
    this.erasing = false;
    /** The keyboard's pen, in pixels of the image. */
    this.pen = { x: 12, y: 12, down: false };
    this.due = 0;
    this.finished = -Infinity;
    this.layer = document.createElement("canvas");
    this.canvas = h("canvas", { class: "ame-pad", tabindex: "0", role: "application", "data-testid": "pad",
      "aria-label": "Drawing pad. Arrow keys move the pen, Space puts it down or lifts it, Enter makes a dot, U undoes, X erases." });
    this.seen = h("canvas", { class: "ame-pad-seen", "aria-hidden": "true", title: "What the models see" });
    this.swatches = h("div", { class: "ame-swatches", role: "group", "aria-label": "Colour" });
    this.size = h("input", { type: "range", min: 0.5, max: 8, step: 0.5, value: "2.5", "aria-label": "Brush, pixels of the image", "data-testid": "brush" });
    this.eraser = h("button", { type: "button", class: "ame-quiet", "aria-pressed": "false", title: "Erase (X)", onclick: () => this.erase(!this.erasing) }, "Eraser");
    this.undoing = h("button", { type: "button", class: "ame-quiet", title: "Undo the last stroke (U)", "data-testid": "undo", onclick: () => this.undo() }, "Undo");
    this.clearing = h("button", { type: "button", class: "ame-quiet", title: "Empty the pad", "data-testid": "clear-pad", onclick: () => this.clear() }, "Clear");
    this.el = h("div", { class: "ame-pad-box" }, h("div", { class: "ame-pad-row" }, this.canvas,
      h("div", { class: "ame-pad-tools" }, this.swatches, h("label", { class: "ame-pad-size" }, "Brush", this.size),
        h("div", {}, this.eraser, this.undoing, this.clearing), h("div", { class: "ame-pad-note" }, this.seen, h("span", { class: "ame-muted" }, "as the models see it")))));
    this.canvas.addEventListener("pointerdown", (event) => this.down(event));
    this.canvas.addEventListener("pointermove", (event) => this.move(event));
    this.canvas.addEventListener("pointerup", () => this.lift());
    this.canvas.addEventListener("pointercancel", () => this.lift());
    this.canvas.addEventListener("keydown", (event) => this.key(event));
    this.canvas.addEventListener("focus", () => this.paint());
    this.canvas.addEventListener("blur", () => {
      this.pen.down = false;
      this.lift();
      this.paint();
    });
  }

  /** @param {number[]} shape (channels, height, width) @param {number[]} ground */
  world([channels, height, width], ground) {
    this.ground = /** @type {[number, number, number]} */ (ground);
    this.scale = Math.max(1, Math.round(SIDE / Math.max(height, width)));
    this.base = blank(width, height, this.ground);
    this.picked = { first: null, second: null };
    this.strokes = [];
    this.canvas.width = this.layer.width = width * this.scale;
    this.canvas.height = this.layer.height = height * this.scale;
    this.seen.width = width;
    this.seen.height = height;
    this.pen = { x: width / 2, y: height / 2, down: false };
    this.size.max = String(Math.max(2, Math.round(height / 3)));
    this.size.value = String(Math.max(0.5, Math.round(height / 9)));
    const colors = channels === 1 ? GREYS : COLORS;
    const dark = ground[0] + ground[1] + ground[2] < 382;
    this.color = channels === 1 ? (dark ? "#ffffff" : "#000000") : colors[2][0];
    this.swatches.replaceChildren(...colors.map(([color, name]) =>
      h("button", { type: "button", class: "ame-swatch-button", style: `background: ${color}`, title: name, "aria-label": name, "data-color": color, onclick: () => this.pickColor(color) })),
      channels === 1 ? "" : h("input", { type: "color", "aria-label": "Another colour", value: "#d81e2c", oninput: (/** @type {Event} */ event) => this.pickColor(/** @type {HTMLInputElement} */ (event.target).value) }));
    this.pickColor(this.color);
    this.renew(false);
  }

  /** @param {string} color */
  pickColor(color) {
    this.color = color;
    this.erase(false);
    for (const button of this.swatches.querySelectorAll("button")) button.setAttribute("aria-pressed", String(button.dataset.color === color));
  }

  /** @param {boolean} on */
  erase(on) {
    this.erasing = on;
    this.eraser.setAttribute("aria-pressed", String(on));
  }

  get empty() {
    return !this.strokes.length && !this.picked.first;
  }

  /** Draw on an image of the data, or blend with one. @param {"first" | "second"} role @param {Bitmap | null} image */
  take(role, image) {
    this.picked[role] = image;
    if (role === "first") this.strokes = [];
    this.renew();
  }

  /** Start anew from a kept drawing. @param {Bitmap} image */
  load(image) {
    this.picked = { first: image, second: null };
    this.strokes = [];
    this.changes = { ...UNCHANGED };
    this.renew();
  }

  clear() {
    this.picked = { first: null, second: null };
    this.strokes = [];
    this.changes = { ...UNCHANGED };
    this.renew();
    this.lab.say("The pad is empty.");
  }

  undo() {
    this.stroke = null;
    if (!this.strokes.pop()) return this.lab.say("Nothing to undo.");
    this.lab.say("Undone.");
    this.renew();
  }

  /** Draw everything again, because images, changes or strokes changed. */
  renew(report = true) {
    const base = this.picked.first ?? this.base;
    this.shown = changed(base, this.picked.second, this.changes, this.ground);
    const context = contextOf(this.layer, { willReadFrequently: true });
    context.clearRect(0, 0, this.layer.width, this.layer.height);
    for (const stroke of this.strokes) for (let i = 0; i < stroke.points.length; i++) this.segment(context, stroke, i);
    this.finish(report);
  }

  /** @param {CanvasRenderingContext2D} context @param {Stroke} stroke @param {number} i its point */
  segment(context, { color, size, points }, i) {
    const { scale } = this;
    const [x, y, pressure] = points[i];
    const [x0, y0] = points[Math.max(0, i - 1)];
    context.strokeStyle = color;
    context.lineWidth = size * scale * pressure;
    context.lineCap = context.lineJoin = "round";
    context.beginPath();
    context.moveTo(x0 * scale, y0 * scale);
    context.lineTo(x * scale + (i ? 0 : 0.01), y * scale);
    context.stroke();
  }

  /** @param {boolean} report */
  finish(report) {
    this.finished = clock();
    const { layer, scale } = this;
    const { data } = contextOf(layer, { willReadFrequently: true }).getImageData(0, 0, layer.width, layer.height);
    this.image = covered(this.shown, data, scale);
    this.undoing.disabled = !this.strokes.length;
    this.paint();
    if (report) this.report(this.image);
  }

  paint() {
    const { canvas, shown, scale, image } = this;
    const context = contextOf(canvas);
    put(this.seen, image);
    const small = document.createElement("canvas");
    small.width = shown.width;
    small.height = shown.height;
    put(small, shown);
    context.imageSmoothingEnabled = false;
    context.drawImage(small, 0, 0, canvas.width, canvas.height);
    context.drawImage(this.layer, 0, 0);
    if (document.activeElement !== canvas || !canvas.matches(":focus-visible")) return;
    const [x, y, r] = [this.pen.x * scale, this.pen.y * scale, Math.max(3, (Number(this.size.value) * scale) / 2)];
    for (const [color, width] of /** @type {[string, number][]} */ ([["#fff", 4], [this.pen.down ? "#d81e2c" : "#1f1f1f", 2]])) {
      context.strokeStyle = color;
      context.lineWidth = width;
      context.beginPath();
      context.arc(x, y, r, 0, 2 * Math.PI);
      context.stroke();
    }
  }

  /** Start a stroke. @param {number} x @param {number} y @param {number} pressure */
  begin(x, y, pressure = 1) {
    this.stroke = { color: this.erasing ? hexOf(this.ground) : this.color, size: Number(this.size.value), points: [] };
    this.strokes.push(this.stroke);
    this.extend(x, y, pressure);
  }

  /** @param {number} x @param {number} y @param {number} pressure */
  extend(x, y, pressure = 1) {
    if (!this.stroke) return;
    this.stroke.points.push([x, y, pressure]);
    this.segment(contextOf(this.layer, { willReadFrequently: true }), this.stroke, this.stroke.points.length - 1);
    if (this.due) return;
    if (clock() - this.finished > APART) return this.finish(true); // at once, and then once in each animation frame
    this.due = requestAnimationFrame(() => {
      this.due = 0;
      this.finish(true);
    });
  }

  lift() {
    this.stroke = null;
  }

  /** @param {PointerEvent} event @returns {[number, number, number]} */
  place(event) {
    const box = this.canvas.getBoundingClientRect();
    const pressure = event.pointerType === "pen" && event.pressure > 0 ? 0.4 + 1.2 * event.pressure : 1;
    return [((event.clientX - box.left) / box.width) * this.base.width, ((event.clientY - box.top) / box.height) * this.base.height, pressure];
  }

  /** @param {PointerEvent} event */
  down(event) {
    if (event.button > 0 && event.button !== 5) return; // 5: a pen's eraser
    event.preventDefault();
    this.canvas.focus({ preventScroll: true });
    try {
      this.canvas.setPointerCapture(event.pointerId);
    } catch {
      // the pointer is already up
    }
    if (event.button === 5) this.erase(true);
    this.begin(...this.place(event));
  }

  /** @param {PointerEvent} event */
  move(event) {
    if (!this.stroke || !event.buttons) return;
    for (const one of event.getCoalescedEvents?.() ?? []) this.extend(...this.place(one));
    this.extend(...this.place(event));
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const { pen, base } = this;
    const undo = event.key.toLowerCase() === "z" && (event.ctrlKey || event.metaKey);
    if ((event.ctrlKey || event.metaKey || event.altKey) && !undo) return;
    const by = (event.shiftKey ? 4 : 1) * Math.max(0.5, base.width / 24);
    /** @type {Record<string, [number, number]>} */
    const moves = { ArrowLeft: [-by, 0], ArrowRight: [by, 0], ArrowUp: [0, -by], ArrowDown: [0, by] };
    const move = moves[event.key];
    const key = undo ? "u" : event.key.toLowerCase();
    if (!move && ![" ", "enter", "u", "x"].includes(key)) return;
    event.preventDefault();
    event.stopPropagation();
    if (move) {
      pen.x = Math.max(0, Math.min(base.width, pen.x + move[0]));
      pen.y = Math.max(0, Math.min(base.height, pen.y + move[1]));
      if (pen.down) this.extend(pen.x, pen.y);
    } else if (key === " ") {
      pen.down = !pen.down;
      if (pen.down) this.begin(pen.x, pen.y);
      else this.lift();
      this.lab.say(pen.down ? "Pen down." : "Pen up.");
    } else if (key === "enter") {
      this.begin(pen.x, pen.y);
      if (!pen.down) this.lift();
    } else if (key === "u") this.undo();
    else {
      this.erase(!this.erasing);
      this.lab.say(this.erasing ? "Eraser." : "Brush.");
    }
    if (move && !pen.down) this.lab.say(`${Math.round(pen.x)} across, ${Math.round(pen.y)} down`);
    this.paint();
  }
}

/** @param {HTMLCanvasElement} canvas of the image's size @param {Bitmap} image */
export function put(canvas, image) {
  const bytes = bytesOf(image);
  const data = new ImageData(image.width, image.height);
  for (let i = 0, j = 0; i < data.data.length; i += 4, j += 3) {
    data.data[i] = bytes[j];
    data.data[i + 1] = bytes[j + 1];
    data.data[i + 2] = bytes[j + 2];
    data.data[i + 3] = 255;
  }
  canvas.width = image.width;
  canvas.height = image.height;
  contextOf(canvas).putImageData(data, 0, 0);
}

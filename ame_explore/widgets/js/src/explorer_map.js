// All pairs as points on a canvas: images as circles, texts as diamonds. A lasso selects, the wheel zooms, hovering names.

import { contextOf, drawLasso, drawNames, fitCanvas, listen, Pixels, placeTip } from "./canvas.js";
import { h, isDark } from "./dom.js";
import { boxAround, isInside, placeIn, placeNames, toData, toPixels } from "./geometry.js";
import { rgbaOf, sprite, stamp } from "./marks.js";

/** @typedef {import("./geometry.js").Point} Point */
/** @typedef {import("./geometry.js").Place} Place */
/** @typedef {import("./marks.js").Sprite} Sprite */
/** @typedef {{plain: Sprite, dim: Sprite, strong: Sprite}} Three */
/** @typedef {{image: Float32Array, text: Float32Array}} Points */
/** @typedef {{view: {x: number, y: number, w: number, h: number} | null, picture: string}} Frame the middle and the size of what is seen, and of which map */

const SHADES = 32; // of a scale
const TIES_UP_TO = 400; // lines from images to texts: more would be a wall
const MOVE_STEP = 60; // pixels for an arrow key
const INK = { light: { paper: "#ffffff", text: "#1a1a1a", muted: "#5a5a5a", faint: "#dcdcdc", accent: "#0072b2", wash: "rgba(0,114,178,0.12)" },
  dark: { paper: "#111111", text: "#ececec", muted: "#b8b8b8", faint: "#333333", accent: "#5ab0ee", wash: "rgba(90,176,238,0.18)" } };

/** A colour that can be seen on the page's paper. @param {string} color @param {boolean} dark */
function seen(color, dark) {
  const [r, g, b] = rgbaOf(color);
  const light = (0.3 * r + 0.59 * g + 0.11 * b) / 255;
  const mix = dark && light < 0.45 ? 0.45 - light + 0.1 : 0;
  return `rgb(${[r, g, b].map((part) => Math.round(part + mix * (255 - part))).join()})`;
}

/** Which pairs lie within an outline with their image or their text.
 * @param {Point[]} outline in data @param {Points | null} places @param {import("./explorer.js").Model} model */
export function pairsWithin(outline, places, { facts, mask }) {
  if (!facts || !places) return [];
  const flat = outline.flat();
  const box = boxAround([flat]);
  if (!box) return [];
  const [x0, x1, y0, y1] = box;
  /** @param {ArrayLike<number>} points */
  const inside = (points) => {
    const found = new Uint8Array(points.length / 2);
    for (let i = 0; i < found.length; i++) {
      const x = points[2 * i], y = points[2 * i + 1];
      if (x >= x0 && x <= x1 && y >= y0 && y <= y1 && isInside(outline, x, y)) found[i] = 1;
    }
    return found;
  };
  const image = inside(places.image), text = inside(places.text);
  const rows = [];
  for (let p = 0; p < facts.pairs; p++) if ((!mask || mask[p]) && (image[facts.image[p]] || text[facts.text[p]])) rows.push(p);
  return rows;
}

export class PairMap {
  /** @param {import("./explorer.js").Explorer} owner @param {boolean} [beside] whether it is the second model's */
  constructor(owner, beside = false) {
    this.owner = owner;
    this.beside = beside;
    this.canvas = h("canvas", { class: "ame-points", "aria-hidden": "true" });
    this.over = h("canvas", { class: "ame-over", tabindex: "0", role: "application", "data-testid": beside ? "pair-map-beside" : "pair-map",
      "aria-label": "Map of images and texts. Arrow keys move, plus and minus zoom, 0 shows everything, N and B go to the next and previous pair, Escape clears the selection." });
    this.tip = h("div", { class: "ame-tip", hidden: true, role: "status" });
    this.name = h("div", { class: "ame-model-name", hidden: true });
    this.el = h("div", { class: "ame-stage", hidden: beside }, this.canvas, this.over, this.name, this.tip);
    /** @type {Frame} */
    this.own = { view: null, picture: "" };
    this.pointed = false;
    /** @type {Place | null} */
    this.place = null;
    this.pixels = new Pixels(this.canvas);
    this.moving = false;
    /** @type {Point[] | null} */
    this.lasso = null;
    /** @type {{x: number, y: number, far: boolean, add: boolean} | null} */
    this.drag = null;
    this.spriteKey = "";
    /** @type {{image: Three[], text: Three[], ghost: Sprite} | null} */
    this.made = null;
    this.asked = false;
    listen(this.over, this);
    this.over.addEventListener("pointerleave", () => this.hover(null));
    this.over.addEventListener("dblclick", () => this.whole());
    this.el.addEventListener("ame-size", () => this.redraw());
  }

  get ink() {
    return isDark() ? INK.dark : INK.light;
  }

  /** Where the points are. @returns {Points | null} */
  get points() {
    const { places } = this.owner.model;
    return this.beside ? places?.beside ?? null : places;
  }

  /** What is seen; two maps with the same axes see the same. */
  get frame() {
    return this.owner.model.places?.shared ? this.owner.frame : this.own;
  }

  get view() {
    return this.frame.view;
  }

  whole() {
    this.frame.view = null;
    this.moved();
  }

  /** What is seen has changed. */
  moved() {
    if (this.frame === this.own) this.redraw();
    else this.owner.redrawMaps();
  }

  /** Paint everything that has changed, with the page's next frame. */
  redraw() {
    if (this.asked || this.el.hidden) return;
    this.asked = true;
    requestAnimationFrame(() => {
      this.asked = false;
      this.paint();
    });
  }

  /** @param {{width: number, height: number}} size */
  settle(size) {
    const { places } = this.owner.model;
    const { points, frame } = this;
    if (!places || !points) return;
    if (places.picture !== frame.picture) [frame.picture, frame.view] = [places.picture, null];
    if (!frame.view) {
      const every = places.shared && places.beside ? [places, places.beside] : [points];
      const [x0, x1, y0, y1] = boxAround(every.flatMap(({ image, text }) => [image, text])) ?? [0, 1, 0, 1];
      frame.view = { x: (x0 + x1) / 2, y: (y0 + y1) / 2, w: 1.08 * (x1 - x0) || 1, h: 1.08 * (y1 - y0) || 1 };
    }
    this.place = placeIn(frame.view, size);
  }

  /** The sprites of each code: of images, of texts; plain, dimmed, strong. @param {number} radius */
  sprites(radius) {
    const { colors } = this.owner.model;
    const dark = isDark();
    const key = [colors?.colors.join(), colors?.scale, radius, dark].join("|");
    if (this.spriteKey !== key || !this.made) {
      this.spriteKey = key;
      const all = (colors?.colors ?? ["#0072B2", "#D55E00"]).map((color) => seen(color, dark));
      const halo = this.ink.paper;
      /** @param {import("./marks.js").Shape} shape @param {string} color */
      const three = (shape, color) => ({
        plain: sprite({ shape, color, filled: true, halo: null }, radius, 0.8),
        dim: sprite({ shape, color, filled: true, halo: null }, radius, 0.26),
        strong: sprite({ shape, color, filled: true, halo, edge: 0.5 }, 1.25 * radius),
      });
      this.made = { image: all.map((color) => three("circle", color)), text: all.map((color) => three("diamond", color)),
        ghost: sprite({ shape: "circle", color: this.ink.faint, filled: true, halo: null }, Math.max(1, 0.6 * radius), 0.7) };
    }
    return this.made;
  }

  paint() {
    const size = fitCanvas(this.canvas);
    fitCanvas(this.over);
    const { facts, colors, mask, selected, codes } = this.owner.model;
    const places = this.points;
    const { width, height } = this.canvas;
    if (!facts || !places || !width || !height) return;
    this.settle(size);
    const { k, x0, y0 } = /** @type {Place} */ (this.place);
    const [r, g, b] = rgbaOf(this.ink.paper);
    const pixels = this.pixels.clear(0xff000000 | (b << 16) | (g << 8) | r);
    const s = size.scale;
    const count = facts.pairs;
    const radius = s * Math.max(1, Math.min(4.5, Math.round(30 * Math.sqrt((size.width * size.height) / (2 * count))) / 100));
    const made = this.sprites(radius);
    const [kx, bx, by] = [k * s, x0 * s, y0 * s];
    const scaled = colors?.scale ?? false;
    const last = (colors?.colors.length ?? 2) - 1;
    let some = !mask && selected.size > 0;
    if (mask) for (const row of selected) if ((some = mask[row] === 1)) break; // hidden ones dim nothing
    const flags = this.owner.flags();
    /** Which colour a code has. @param {number} code */
    const colorOf = (code) => Math.min(last, !scaled ? code : code === 255 ? last : Math.min(SHADES - 1, (code * SHADES) >> 8));
    // Of each pair: hidden, shown, or shown and selected.
    const [HIDDEN, SHOWN, CHOSEN] = [0, 1, 2];
    const state = new Uint8Array(count).fill(SHOWN);
    if (mask) state.set(mask);
    if (some) for (let p = 0; p < count; p++) if (flags[p] && state[p]) state[p] = CHOSEN;
    /** @param {number} wanted a state @param {(three: Three) => Sprite} look */
    const stampAll = (wanted, look) => {
      for (const side of [1, 0]) {
        const points = side ? places.text : places.image;
        const of = side ? facts.text : facts.image;
        const marks = side ? made.text : made.image;
        const looks = codes ? Array.from({ length: 256 }, (_, code) => look(marks[colorOf(code)])) : [look(marks[Math.min(side, last)])];
        for (let p = 0; p < count; p++) {
          if (state[p] !== wanted) continue;
          const i = of[p];
          const x = points[2 * i];
          if (x === x) stamp(pixels, width, height, codes ? looks[codes[p]] : looks[0], x * kx + bx, by - points[2 * i + 1] * kx);
        }
      }
    };
    if (mask && this.owner.model.hidden) stampAll(HIDDEN, () => made.ghost);
    stampAll(SHOWN, ({ dim, plain }) => (some ? dim : plain));
    if (some) stampAll(CHOSEN, ({ strong }) => strong);
    this.pixels.show();
    this.overlay();
    if (!this.beside) this.owner.root.dataset.painted = String(selected.size);
  }

  /** Names of regions, lines of the selection, the outline, and what is hovered or looked at. */
  overlay() {
    const { facts, mask, shown, selected, regions, active } = this.owner.model;
    const { place, points: places } = this;
    const { hovered } = this.owner;
    if (!facts || !places || !place) return;
    const size = fitCanvas(this.over);
    const { ink } = this;
    const context = contextOf(this.over);
    context.setTransform(size.scale, 0, 0, size.scale, 0, 0);
    context.clearRect(0, 0, size.width, size.height);
    /** @param {number} p */
    const ends = (p) => [places.image, places.text].map((all, side) => {
      const i = side ? facts.text[p] : facts.image[p];
      return toPixels(place, all[2 * i], all[2 * i + 1]);
    });
    /** @param {Iterable<number>} rows @param {number} width @param {string} color */
    const ties = (rows, width, color) => {
      context.beginPath();
      for (const p of rows) {
        const [a, b] = ends(p);
        context.moveTo(...a);
        context.lineTo(...b);
      }
      context.lineWidth = width;
      context.strokeStyle = color;
      context.stroke();
    };
    const few = selected.size || (shown?.count ?? 0);
    if (few && few <= TIES_UP_TO) { // those selected, else all that are shown
      const rows = selected.size ? selected : Array.from({ length: facts.pairs }, (_, p) => p).filter((p) => !mask || mask[p]);
      context.globalAlpha = Math.max(0.15, 1 / Math.sqrt(few));
      ties(rows, 1.2, ink.text);
      context.globalAlpha = 1;
    }
    if (regions.length && !this.beside) {
      context.font = "600 13px system-ui, sans-serif";
      context.textBaseline = "middle";
      context.lineJoin = "round";
      const named = regions.map(({ name, x, y, count }) => {
        const [px, py] = toPixels(place, x, y);
        return { text: name, x: px, y: py, count, width: context.measureText(name).width, side: 2 };
      }).filter(({ x, y }) => x > 0 && y > 0 && x < size.width && y < size.height).sort((a, b) => b.count - a.count);
      drawNames(context, named, placeNames(named, size), ink.text, ink.paper);
    }
    for (const [p, width] of /** @type {[number | null, number][]} */ ([[active, 2], [hovered, 1.5]])) {
      if (p === null) continue;
      ties([p], width, ink.text);
      for (const [x, y] of ends(p)) {
        context.beginPath();
        context.arc(x, y, 8, 0, 2 * Math.PI);
        context.lineWidth = 2;
        context.strokeStyle = p === active ? ink.accent : ink.text;
        context.stroke();
      }
    }
    drawLasso(context, this.lasso, ink);
    this.say(size, ends);
  }

  /** @param {{width: number, height: number}} size @param {(p: number) => Point[]} ends */
  say(size, ends) {
    const { hovered } = this.owner;
    const words = hovered === null || !this.pointed ? null : this.owner.wordsOf(hovered);
    this.tip.hidden = words === null;
    if (hovered === null || words === null) return;
    this.tip.replaceChildren(h("div", {}, ...words.map((line, i) => h(i ? "div" : "strong", {}, line))));
    placeTip(this.tip, ends(hovered)[this.side], size);
  }

  side = 0;

  /** The shown pair under the pointer. @param {MouseEvent} event */
  under(event) {
    const { facts, mask } = this.owner.model;
    const places = this.points;
    if (!facts || !places || !this.place) return null;
    const { k, x0, y0 } = this.place;
    let best = 144;
    let found = null;
    for (const side of [0, 1]) {
      const points = side ? places.text : places.image;
      const of = side ? facts.text : facts.image;
      for (let p = 0; p < facts.pairs; p++) {
        if (mask && !mask[p]) continue;
        const dx = points[2 * of[p]] * k + x0 - event.offsetX;
        const dy = y0 - points[2 * of[p] + 1] * k - event.offsetY;
        const far = dx * dx + dy * dy;
        if (far < best) [best, found, this.side] = [far, p, side];
      }
    }
    return found;
  }

  /** @param {number | null} row */
  hover(row) {
    this.pointed = row !== null;
    if (row === this.owner.hovered) return;
    this.owner.hovered = row;
    if (row !== null) this.owner.need(row);
    this.owner.overlays();
  }

  /** @param {PointerEvent} event */
  down(event) {
    if (event.button !== 0 || !this.place) return;
    this.over.focus({ preventScroll: true });
    this.over.setPointerCapture(event.pointerId);
    this.drag = { x: event.offsetX, y: event.offsetY, far: false, add: event.shiftKey };
    this.lasso = this.moving ? null : [[event.offsetX, event.offsetY]];
  }

  /** @param {PointerEvent} event */
  move(event) {
    const { drag, view, place } = this;
    if (!drag) return this.hover(this.under(event));
    drag.far ||= Math.hypot(event.offsetX - drag.x, event.offsetY - drag.y) > 4;
    if (!drag.far) return;
    if (this.lasso) {
      this.lasso.push([event.offsetX, event.offsetY]);
      this.owner.hovered = null;
      this.overlay();
    } else if (view && place) {
      view.x -= event.movementX / place.k;
      view.y += event.movementY / place.k;
      this.moved();
    }
  }

  /** @param {PointerEvent} event */
  up(event) {
    const { drag, lasso, place } = this;
    this.cancel();
    if (!drag || !place) return;
    if (!drag.far) {
      const row = this.under(event);
      if (row !== null) this.owner.pick([row], drag.add);
      else if (!drag.add) this.owner.pick([], false);
    } else if (lasso) this.owner.pick(pairsWithin(lasso.map(([x, y]) => toData(place, x, y)), this.points, this.owner.model), drag.add);
    this.overlay();
  }

  cancel() {
    this.drag = this.lasso = null;
  }

  /** @param {number} factor @param {number} [px] @param {number} [py] */
  zoom(factor, px, py) {
    const { view, place } = this;
    if (!view || !place) return;
    if (px !== undefined && py !== undefined) {
      const [x, y] = toData(place, px, py);
      view.x = x + (view.x - x) * factor;
      view.y = y + (view.y - y) * factor;
    }
    view.w *= factor;
    view.h *= factor;
    this.moved();
  }

  /** @param {WheelEvent} event */
  wheel(event) {
    event.preventDefault();
    this.zoom(Math.exp(0.0015 * event.deltaY), event.offsetX, event.offsetY);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const { view, place } = this;
    if (!view || !place || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = MOVE_STEP / place.k;
    const key = event.key.toLowerCase();
    if (key === "arrowleft") view.x -= step;
    else if (key === "arrowright") view.x += step;
    else if (key === "arrowup") view.y += step;
    else if (key === "arrowdown") view.y -= step;
    else if (key === "+" || key === "=") this.zoom(0.8);
    else if (key === "-") this.zoom(1.25);
    else if (key === "0") this.frame.view = null;
    else if (key === "n" || key === "b") this.owner.step(key === "n" ? 1 : -1);
    else if (key === "escape") this.owner.pick([], false);
    else return;
    event.preventDefault();
    event.stopPropagation();
    this.moved();
  }
}

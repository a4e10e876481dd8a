// One arm's panel of the manifold: points and named stars, and over them the marks of pointer, lasso and keyboard.

import { contextOf, drawLasso, drawNames, fitCanvas, listen, paintLater, Pixels, placeTip } from "./canvas.js";
import { h, setShown, setText } from "./dom.js";
import { answerClass, answerText } from "./format.js";
import { isInside, nearest, placeIn, placeNames, toData, toPixels } from "./geometry.js";
import { armColor, lookOf } from "./looks.js";
import { drawMark, stamp } from "./marks.js";
import { stampTile } from "./pictures.js";
import { told } from "./quantities.js";

/** @typedef {import("./state.js").ArmState} ArmState */
/** @typedef {import("./state.js").Scene} Scene */
/** @typedef {import("./geometry.js").Point} Point */
/** @typedef {import("./geometry.js").Place} Place */
/**
 * What is drawn, and where. arm: the last of `arms`. side: of the images in CSS pixels; 0: points are dots.
 * @typedef {{arm: ArmState, arms: ArmState[], scene: Scene, size: import("./canvas.js").Size, place: Place, side: number}} Shown
 */
/** A class text on the map. spot: where its name begins, from the star; null: there was no room. @typedef {{text: string, x: number, y: number, width: number, side: number, spot: Point | null}} Star */

const SMALL = 180; // pixels of a map's height under which stars get smaller
const FEW = 24; // class texts; more get smaller stars
const MOST_CAPTIONS = 80; // images in view with captions, and how large they must be
const LEAST_CAPTIONED = 20;
const DIMMED = 5; // of 32: the opacity of images that are not selected

export class Pane {
  /** @param {import("./manifold.js").Manifold} owner @param {number} index */
  constructor(owner, index) {
    this.owner = owner;
    this.index = index;
    this.canvas = h("canvas", { class: "ame-points", "aria-hidden": "true" });
    this.over = h("canvas", { class: "ame-over", tabindex: "0", role: "application", "data-testid": `manifold-${index}` });
    this.swatch = h("span", { class: "ame-swatch", "aria-hidden": "true" });
    this.title = h("span", { class: "ame-name" });
    this.figures = h("p", { class: "ame-muted ame-figures" });
    this.tip = h("div", { class: "ame-tip", hidden: true, role: "status", "data-testid": `tip-${index}` });
    this.thumb = h("canvas", { class: "ame-thumb", "aria-hidden": "true" });
    this.tipText = h("div", {});
    this.tip.append(this.thumb, this.tipText);
    this.el = h("div", { class: "ame-pane" }, h("div", { class: "ame-pane-head" }, h("h4", {}, this.swatch, this.title), this.figures),
      h("div", { class: "ame-stage" }, this.canvas, this.over, this.tip));
    this.blank = true; // whether nothing is drawn over the points
    /** The class texts as they were drawn last, by class. @type {Star[]} */
    this.starsDrawn = [];
    /** What they and their names cover. @type {import("./geometry.js").Box[]} */
    this.covered = [];
    /** @type {Shown | null} */
    this.shown = null;
    this.pixels = new Pixels(this.canvas, { alpha: false }); // it covers all that is behind it
    /** @type {Point[] | null} */
    this.lasso = null;
    /** @type {{x: number, y: number, far: boolean, moving: boolean, add: boolean} | null} */
    this.drag = null;
    listen(this.over, this);
    this.over.addEventListener("pointerleave", () => !this.drag && this.owner.hover((this.owner.at = null)));
  }

  /** @param {ArmState[]} arms those of this map @param {Scene} scene @param {import("./manifold.js").View} view */
  draw(arms, scene, view) {
    const arm = arms[arms.length - 1];
    const size = fitCanvas(this.canvas);
    fitCanvas(this.over);
    if (!this.canvas.width || !this.canvas.height) return;
    const place = placeIn(view, size);
    const shown = { arm, arms, scene, size, place, side: this.owner.sideFor(size, place, arm.manifold?.points ?? []) };
    this.shown = shown;
    this.over.dataset.points = shown.side ? "images" : "dots";
    this.head(arm, arms, scene);
    paintLater(() => {
      this.paint(shown);
      this.owner.lab.probe.paintOn(this); // after the stars' names, between which it finds its own
    });
    this.owner.lab.oneStep.paintOn(this);
  }

  /** @param {Shown} shown */
  paint(shown) {
    const { arm, arms, scene, size, place, side } = shown;
    const { k, x0, y0 } = place;
    const { ink, pictures } = this.owner.lab;
    const { width, height } = this.canvas;
    const pixels = this.pixels.clear(ink.paper32);
    const s = size.scale;
    const points = arm.manifold?.points ?? [];
    const count = arms.length > 1 ? 0 : points.length / 2; // several arms are drawn by themselves
    // As large as their number leaves room for; from 4 pixels on a mark's shape is legible. While a run is in motion only
    // some are drawn, at the same size.
    const radius = s * Math.max(2, Math.min(5.2, Math.round(3 * Math.sqrt((size.width * size.height) / Math.max(1, scene.ids.length))) / 10));
    if (arms.length > 1) this.stampArms(shown, radius);
    const sprites = this.owner.spritesFor(scene, radius);
    const { labels, ids } = scene;
    const chosen = this.owner.selected;
    const some = chosen.size > 0;
    const kx = k * s, bx = x0 * s, by = y0 * s;
    const plain = some ? sprites.dim : sprites.plain;
    const sheets = side ? this.owner.sheetsFor(scene, side, s, some) : null;
    const tiled = sheets ? Math.min(count, pictures?.count ?? 0) : 0; // points without an image are dots
    for (let i = tiled; i < count; i++)
      stamp(pixels, width, height, plain[labels[i]], points[2 * i] * kx + bx, by - points[2 * i + 1] * kx);
    if (sheets)
      for (let i = 0; i < tiled; i++)
        stampTile(pixels, width, height, sheets.plain, i, points[2 * i] * kx + bx, by - points[2 * i + 1] * kx, some ? DIMMED : 32);
    if (some)
      for (let i = 0; i < count; i++) {
        if (!chosen.has(ids[i])) continue;
        const [x, y] = [points[2 * i] * kx + bx, by - points[2 * i + 1] * kx];
        if (sheets?.strong && i < tiled) stampTile(pixels, width, height, sheets.strong, i, x, y);
        else stamp(pixels, width, height, sprites.strong[labels[i]], x, y);
      }
    this.pixels.show();
    this.starsDrawn = this.covered = [];
    if (!arm.manifold) return;
    const { context } = this.pixels;
    context.save();
    context.scale(s, s);
    context.textBaseline = "middle";
    context.lineJoin = "round";
    const taken = this.stars(context, arm.manifold.anchors, shown);
    if (tiled && this.owner.lab.frame.state !== "playing") this.captions(context, shown, tiled, taken);
    context.restore();
  }

  /** The points of several arms, image by image, so that no arm covers another. @param {Shown} shown @param {number} radius */
  stampArms({ arms, scene, size, place }, radius) {
    const { width, height } = this.canvas;
    const { owner } = this;
    const sprites = owner.armSpritesFor(radius);
    const s = size.scale;
    const some = owner.selected.size > 0;
    const most = Math.max(...arms.map(({ manifold }) => (manifold?.points.length ?? 0) / 2));
    for (const strong of some ? [false, true] : [false])
      for (let i = 0; i < most; i++) {
        if (strong && !owner.selected.has(scene.ids[i])) continue;
        arms.forEach(({ manifold }, a) => {
          if (!manifold || 2 * i >= manifold.points.length) return;
          const kind = strong ? sprites.strong : some ? sprites.dim : sprites.plain;
          stamp(this.pixels.all, width, height, kind[a], (manifold.points[2 * i] * place.k + place.x0) * s, (place.y0 - manifold.points[2 * i + 1] * place.k) * s);
        });
      }
  }

  /**
   * The class texts: filled or open as the images of their class, with their names where there is room.
   * @param {CanvasRenderingContext2D} context @param {ArrayLike<number>} anchors @param {Shown} shown
   * @returns {import("./geometry.js").Box[]} what marks and names cover
   */
  stars(context, anchors, { scene, size, place }) {
    const { ink } = this.owner.lab;
    /** @type {import("./geometry.js").Box[]} */
    const taken = [];
    const small = size.height < SMALL;
    context.font = `600 ${small ? 12 : 13}px ${ink.font}`;
    const r = small ? 4.5 : anchors.length > 2 * FEW ? 6 : size.width < 380 ? 7.5 : 9;
    const stars = Array.from({ length: anchors.length / 2 }, (_, c) => {
      const [x, y] = toPixels(place, anchors[2 * c], anchors[2 * c + 1]);
      const text = scene.short[c] ?? String(c);
      const mark = this.owner.mark(scene, c);
      drawMark(context, { ...mark, shape: "star", filled: true, halo: ink.text }, x, y, r);
      drawMark(context, { ...mark, shape: "star", halo: null, inside: ink.card }, x, y, mark.filled ? r : 0.86 * r);
      return { text, x, y, width: context.measureText(text).width, side: 2.3 * r, spot: /** @type {Point | null} */ (null) };
    });
    const seen = stars.filter(({ x, y }) => x >= -20 && y >= -20 && x <= size.width + 20 && y <= size.height + 20);
    const spots = placeNames(seen, size, taken);
    seen.forEach((star, i) => (star.spot = spots[i]));
    drawNames(context, seen, spots, ink.text, ink.card);
    this.starsDrawn = stars;
    this.covered = [...taken];
    return taken;
  }

  /**
   * The captions of images, where these are large and few and there is room.
   * @param {CanvasRenderingContext2D} context @param {Shown} shown @param {number} tiled points with images
   * @param {import("./geometry.js").Box[]} taken
   */
  captions(context, { arm, scene, size, place, side }, tiled, taken) {
    const { ink } = this.owner.lab;
    const points = arm.manifold?.points ?? [];
    const seen = [];
    for (let i = 0; i < tiled && side >= LEAST_CAPTIONED && scene.captions.length; i++) {
      const [x, y] = toPixels(place, points[2 * i], points[2 * i + 1]);
      if (x >= 0 && y >= 0 && x <= size.width && y <= size.height) seen.push({ i, x, y, side });
    }
    if (!seen.length || seen.length > MOST_CAPTIONS) return;
    context.font = `12px ${ink.font}`;
    const named = seen.map(({ i, ...mark }) => ({ ...mark, text: scene.captions[i], width: context.measureText(scene.captions[i]).width }));
    drawNames(context, named, placeNames(named, size, taken), ink.muted, ink.card);
  }

  /** @param {ArmState} arm @param {ArmState[]} arms @param {Scene} scene */
  head(arm, arms, scene) {
    const several = arms.length > 1;
    this.swatch.hidden = several;
    this.swatch.style.background = armColor(lookOf(this.owner.arms, this.index));
    setText(this.title, several ? arms.map(({ name }) => name).join(" and ") : arm.name);
    this.title.title = arms.map(({ label }) => label).join("; ");
    const answers = arm.manifold?.prediction;
    const { labels } = scene;
    const some = answers && answers.length < labels.length ? ` of these ${answers.length}` : "";
    let words = answers?.length ? `${rightOf(arm, scene)} right${some} among all ${scene.class_names.length} classes` : "";
    if (several) words = arms.map((one) => `${one.name} ${rightOf(one, scene)}`).join(", ");
    setText(this.figures, arm.error ? `stopped: ${arm.error}` : words);
    const label = `Shared manifold of ${several ? arms.map(({ name }) => name).join(" and ") : arm.name} at step ${arm.manifold?.step ?? arm.step}. ${words}. `
      + "Arrow keys move the view, plus and minus zoom, 0 shows everything, N and B go from image to image, Enter selects, Escape clears, I shows images or dots.";
    if (this.over.getAttribute("aria-label") !== label) this.over.setAttribute("aria-label", label);
  }

  /** The image under the pointer, as a row. @param {MouseEvent} event */
  under(event) {
    const points = this.shown?.arm.manifold?.points;
    if (!this.shown || !points) return null;
    const { arms, place, side } = this.shown;
    for (const one of [...arms].reverse()) {
      const row = one.manifold && nearest(one.manifold.points, place, event.offsetX, event.offsetY, Math.max(12, 0.7 * side));
      if (row !== null) return row;
    }
    return null;
  }

  /** @param {number | null} row @param {boolean} here whether this panel says what is there */
  overlay(row, here) {
    if (!this.shown) return;
    const { arm, arms, scene, size, place, side } = this.shown;
    const { width, height, scale } = size;
    const { ink, pictures } = this.owner.lab;
    const context = contextOf(this.over);
    const { manifold } = arm;
    const none = row === null || !manifold || 2 * row >= manifold.points.length;
    if (!this.blank || !none || this.lasso) {
      context.setTransform(scale, 0, 0, scale, 0, 0);
      context.clearRect(0, 0, width, height);
    } // a canvas that is touched is composed again, which takes longer than the drawing
    this.blank = none && !this.lasso;
    drawLasso(context, this.lasso, ink);
    if (none) {
      this.tip.hidden = true;
      return;
    }
    const { points, anchors } = manifold;
    const [x, y] = toPixels(place, points[2 * row], points[2 * row + 1]);
    for (const [a, other] of arms.entries()) {
      if (other === arm || !other.manifold || 2 * row >= other.manifold.points.length) continue;
      const there = toPixels(place, other.manifold.points[2 * row], other.manifold.points[2 * row + 1]);
      context.strokeStyle = armColor(lookOf(arms, a));
      context.lineWidth = 2;
      context.beginPath();
      context.moveTo(x, y);
      context.lineTo(...there);
      context.stroke();
      drawMark(context, { ...this.owner.armMark(a), halo: ink.text }, ...there, 6);
    }
    const label = scene.labels[row];
    const large = side > 0 && pictures !== null && row < pictures.count ? Math.max(32, 1.5 * side) : 0;
    if (large) {
      context.globalAlpha = 0.5; // the others step back
      context.fillStyle = ink.card;
      context.fillRect(0, 0, width, height);
      context.globalAlpha = 1;
    }
    context.strokeStyle = ink.text;
    if (2 * label < anchors.length) {
      const star = toPixels(place, anchors[2 * label], anchors[2 * label + 1]);
      context.setLineDash([3, 3]);
      context.lineWidth = 1.5;
      context.beginPath();
      context.moveTo(x, y);
      context.lineTo(...star);
      context.stroke();
      context.setLineDash([]);
      if (large) drawMark(context, { ...this.owner.mark(scene, label), shape: "star", filled: true, halo: ink.text }, ...star, 9);
    }
    if (large && pictures) pictures.tile(context, row, { ...this.owner.mark(scene, label), halo: ink.text }, x - large / 2, y - large / 2, large, 2);
    else {
      context.beginPath();
      context.arc(x, y, 9, 0, 2 * Math.PI);
      context.lineWidth = 2.5;
      context.stroke();
    }
    if (!here) {
      this.tip.hidden = true;
      return;
    }
    const said = this.owner.describe(scene, row, arm);
    this.tip.hidden = false;
    this.tipText.replaceChildren(h("strong", {}, said.caption || said.label),
      h("div", {}, `class ${said.label} · image ${said.id}`),
      h("div", { class: answerClass(said) }, answerText({ ...said, predicted: `answer: ${said.predicted}` })),
      h("div", {}, told("predictive_entropy", said.entropy)));
    setShown(this.thumb, this.owner.lab.thumbnail(this.thumb, row));
    placeTip(this.tip, [x, y], size);
  }

  /** @param {PointerEvent} event */
  down(event) {
    if (event.button !== 0 || !this.shown) return;
    this.over.setPointerCapture(event.pointerId);
    const moving = this.owner.tool === "move" || (event.shiftKey && event.altKey);
    this.drag = { x: event.offsetX, y: event.offsetY, far: false, moving, add: event.shiftKey };
    this.lasso = moving ? null : [[event.offsetX, event.offsetY]];
  }

  /** @param {PointerEvent} event */
  move(event) {
    const { drag, shown, owner } = this;
    if (!shown) return;
    if (!drag) return owner.hover((owner.at = this.under(event)), this);
    drag.far ||= Math.hypot(event.offsetX - drag.x, event.offsetY - drag.y) > 4;
    if (!drag.far) return;
    if (this.lasso) {
      this.lasso.push([event.offsetX, event.offsetY]);
      owner.hover(null);
    } else if (owner.view) {
      owner.view.x -= event.movementX / shown.place.k;
      owner.view.y += event.movementY / shown.place.k;
      owner.redraw();
    }
  }

  /** @param {PointerEvent} event */
  up(event) {
    const { drag, lasso, shown } = this;
    this.cancel();
    if (!drag || !shown) return;
    const row = this.under(event);
    if (drag.far) {
      if (lasso) this.owner.select(this.within(shown, lasso), drag.add);
    } else if (row !== null) this.owner.select([shown.scene.ids[row]], drag.add);
    else if (this.owner.selected.size) this.owner.select([]);
  }

  cancel() {
    this.drag = this.lasso = null;
    this.owner.hover(null);
  }

  /** The ids within a lasso. @param {Shown} shown @param {Point[]} lasso */
  within({ arms, scene, place }, lasso) {
    /** @type {Set<number>} */
    const found = new Set();
    for (const { manifold } of arms)
      for (let i = 0; manifold && i < manifold.points.length / 2; i++)
        if (isInside(lasso, ...toPixels(place, manifold.points[2 * i], manifold.points[2 * i + 1]))) found.add(scene.ids[i]);
    return [...found];
  }

  /** @param {WheelEvent} event */
  wheel(event) {
    if (!(event.ctrlKey || event.metaKey) || !this.shown) return; // else the notebook scrolls
    event.preventDefault();
    this.owner.zoom(Math.exp(event.deltaY * 0.002), toData(this.shown.place, event.offsetX, event.offsetY));
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const { owner, shown } = this;
    if (!shown || !owner.view || event.ctrlKey || event.metaKey || event.altKey) return;
    const { arm, scene } = shown;
    const count = scene.ids.length;
    /** @type {Record<string, Point>} */
    const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
    const step = steps[event.key];
    const key = event.key.toLowerCase();
    if (step) {
      owner.view.x += 0.1 * owner.view.w * step[0];
      owner.view.y += 0.1 * owner.view.h * step[1];
      owner.redraw();
    } else if (key === "+" || key === "=") owner.zoom(0.8);
    else if (key === "-") owner.zoom(1.25);
    else if (key === "0") owner.fit();
    else if (key === "n" || key === "b") {
      const next = ((owner.at ?? (key === "n" ? -1 : 0)) + (key === "n" ? 1 : -1) + count) % count;
      owner.at = next;
      owner.hover(next, this);
      const said = owner.describe(scene, next, arm);
      owner.lab.say(`Image ${said.id}: class ${said.label}, answer ${said.predicted}, ${told("predictive_entropy", said.entropy)}.`);
    } else if (key === "i") owner.toggleImages();
    else if (key === "o") owner.toggleOverlay();
    else if (key === "enter" && owner.at !== null) owner.select([scene.ids[owner.at]], true);
    else if (key === "escape") owner.select([]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

/** @param {ArmState} arm @param {Scene} scene */
function rightOf({ manifold }, { labels }) {
  const answers = manifold?.prediction;
  if (!answers?.length) return "–";
  let right = 0;
  for (let i = 0; i < answers.length; i++) right += Number(answers[i] === labels[i]);
  return `${Math.round((100 * right) / answers.length)} %`;
}

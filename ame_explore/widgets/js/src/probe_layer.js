// The probes on one arm's map, in a layer between its points and the pointer's marks.

import { contextOf, fitCanvas } from "./canvas.js";
import { h } from "./dom.js";
import { toPixels } from "./geometry.js";
import { drawMark } from "./marks.js";

/** @typedef {import("./messages").ProbeState} State */
/** @typedef {import("./geometry.js").Point} Point */
/** @typedef {{picture: HTMLCanvasElement | null, kind: string | null, name: string}} Look */

/** @type {WeakMap<import("./pane.js").Pane, HTMLCanvasElement>} */
const layers = new WeakMap();
/** Layers with nothing on them, which are left alone. @type {WeakSet<HTMLCanvasElement>} */
const blank = new WeakSet();

/** @param {import("./pane.js").Pane} pane */
function layerOf(pane) {
  let layer = layers.get(pane);
  if (!layer) {
    layers.set(pane, (layer = h("canvas", { class: "ame-probe-layer", "aria-hidden": "true" })));
    pane.canvas.after(layer);
  }
  return layer;
}

/**
 * @param {import("./pane.js").Pane} pane
 * @param {State | null} state
 * @param {(name: string) => Look} lookOf of the current ("") and the kept probes
 * @param {Point[]} trail where the current probe was
 */
export function paintProbes(pane, state, lookOf, trail) {
  if (!pane.shown || (!state?.answers.length && !state?.kept.length && !layers.has(pane))) return;
  const { arm, size, place, scene } = pane.shown;
  const { ink } = pane.owner.lab;
  const layer = layerOf(pane);
  fitCanvas(layer);
  const nothing = !state || (!state.answers.length && !state.kept.length && !state.walk && trail.length < 2);
  if (nothing && blank.has(layer)) return;
  const context = contextOf(layer);
  context.setTransform(size.scale, 0, 0, size.scale, 0, 0);
  context.clearRect(0, 0, size.width, size.height);
  if (nothing) blank.add(layer);
  else blank.delete(layer);
  if (!state) return;
  context.lineJoin = "round";
  const at = (/** @type {ArrayLike<number>} */ point, i = 0) => toPixels(place, point[2 * i], point[2 * i + 1]);
  /** @param {Point[]} points @param {string} color @param {number} width @param {number[]} dash */
  const line = (points, color, width, dash = []) => {
    context.strokeStyle = color;
    context.lineWidth = width;
    context.setLineDash(dash);
    context.beginPath();
    for (const [x, y] of points) context.lineTo(x, y);
    context.stroke();
    context.setLineDash([]);
  };
  const path = state.walk?.paths.find(({ name }) => name === arm.name);
  if (path) {
    const points = Array.from(path.answers, (_, i) => at(path.points, i));
    line(points, ink.card, 5);
    line(points, ink.text, 2);
    points.forEach(([x, y], i) => drawMark(context, { ...pane.owner.mark(scene, path.answers[i]), halo: ink.card }, x, y, 4));
  }
  for (const kept of state.kept) {
    const mark = kept.marks.find(({ name }) => name === arm.name);
    if (mark) own(context, at(mark.point), lookOf(kept.name), 20, ink);
  }
  const mine = state.answers.find(({ name }) => name === arm.name);
  const teacher = state.answers.find(({ name }) => name === "teacher");
  if (!mine) return;
  const here = at(mine.point);
  if (trail.length > 1) line(trail.map(([x, y]) => toPixels(place, x, y)), ink.accent, 2);
  if (teacher && state.kind !== "text") {
    const there = at(teacher.point);
    line([here, there], ink.text, 1.5, [3, 3]);
    drawMark(context, { shape: "diamond", color: ink.text, filled: false, halo: ink.card, inside: ink.card }, ...there, 6.5);
    label(context, "teacher", there, 9, ink, "12px");
  }
  own(context, here, lookOf(""), 32, ink);
}

/** @param {CanvasRenderingContext2D} context @param {Point} here @param {Look} look @param {number} side @param {import("./state.js").Ink} ink */
function own(context, [x, y], { picture, kind, name }, side, ink) {
  const r = side / 2;
  if (picture) {
    context.fillStyle = ink.card;
    context.fillRect(x - r - 4, y - r - 4, side + 8, side + 8);
    context.imageSmoothingEnabled = false;
    context.drawImage(picture, x - r, y - r, side, side);
    context.strokeStyle = ink.accent;
    context.lineWidth = 3;
    context.strokeRect(x - r - 2, y - r - 2, side + 4, side + 4);
  } else drawMark(context, { shape: kind === "text" ? "star" : "circle", color: ink.accent, filled: true, halo: ink.text, edge: 0.3 }, x, y, 0.42 * side);
  label(context, name, [x, y], r + 5, ink);
}

/** @param {CanvasRenderingContext2D} context @param {string} text @param {Point} at @param {number} beside @param {import("./state.js").Ink} ink */
function label(context, text, [x, y], beside, ink, size = "600 13px") {
  if (!text) return;
  context.font = `${size} ${ink.font}`;
  context.textBaseline = "middle";
  const wide = context.measureText(text).width;
  const left = x + beside + wide > context.canvas.clientWidth - 2 ? x - beside - wide : x + beside;
  context.fillStyle = ink.card; // over the names of stars, with which it would read as one
  context.fillRect(left - 2, y - 9, wide + 4, 18);
  context.fillStyle = ink.text;
  context.fillText(text, left, y);
}

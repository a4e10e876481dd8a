// One step on one arm's map: teacher and student of the chosen image, and the arrows of the parts so far.

import { PUSH_COLOR, arrow, factors } from "./arrows.js";
import { contextOf, fitCanvas } from "./canvas.js";
import { h } from "./dom.js";
import { toPixels } from "./geometry.js";
import { drawMark } from "./marks.js";

/** @typedef {import("./messages").OneStepState} State */
/** @typedef {import("./geometry.js").Point} Point */

const SIDE = 30; // of the image
/** @type {WeakMap<import("./pane.js").Pane, HTMLCanvasElement>} */
const layers = new WeakMap();
/** Layers with nothing on them, which are left alone. @type {WeakSet<HTMLCanvasElement>} */
const blank = new WeakSet();

/**
 * @param {import("./pane.js").Pane} pane @param {State | null} state @param {number} part its place @param {string} name of the part
 * @param {import("./pictures.js").Pictures | null} pictures of the minibatch @param {number} grown of the last arrow, 0..1
 */
export function paintStep(pane, state, part, name, pictures, grown) {
  const { shown } = pane;
  let layer = layers.get(pane);
  if (!shown || (!state && !layer)) return;
  if (!layer) {
    layers.set(pane, (layer = h("canvas", { class: "ame-step-layer", "aria-hidden": "true", "data-testid": `step-layer-${pane.index}` })));
    pane.over.before(layer);
  }
  const { width, height, scale } = fitCanvas(layer);
  const arm = state?.arms.find((one) => one.name === shown.arm.name);
  if (!arm && blank.has(layer)) return;
  const context = contextOf(layer);
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, width, height);
  if (arm) blank.delete(layer);
  else blank.add(layer);
  if (!state || !arm) return;
  const { ink } = pane.owner.lab;
  const { place, scene } = shown;
  const at = (/** @type {ArrayLike<number>} */ point) => toPixels(place, point[0], point[1]);
  const here = at(arm.before);
  const there = at(arm.teacher);
  context.globalAlpha = 0.55; // the others step back
  context.fillStyle = ink.card;
  context.fillRect(0, 0, width, height);
  context.globalAlpha = 1;
  context.font = `600 13px ${ink.font}`;
  context.textBaseline = "middle";
  context.lineJoin = "round";
  const anchors = shown.arm.manifold?.anchors ?? [];
  const answer = name === "teacher" ? arm.shares.teacher : name === "student" ? arm.shares.before : null;
  if (answer) star(context, pane, scene, anchors, answer.indexOf(Math.max(...answer)), at);
  if (name === "rows" && arm.rows && arm.rows.texts === scene.short.length) {
    const p = arm.rows.p.subarray(0, arm.rows.texts);
    star(context, pane, scene, anchors, p.indexOf(Math.max(...arm.rows.p)), at);
  }
  context.setLineDash([3, 4]);
  context.strokeStyle = ink.muted;
  context.lineWidth = 1.5;
  context.beginPath();
  if (part > 0) {
    context.moveTo(...here);
    context.lineTo(...there);
  }
  context.stroke();
  context.setLineDash([]);
  drawMark(context, { shape: "diamond", color: ink.text, filled: name === "teacher", halo: ink.card, inside: ink.card }, ...there, 8);
  label(context, ink, "teacher", there, 12, ink.text);
  if (part > 0 || !pictures) image(context, state.place, pictures, part > 0 ? here : there, ink, part === 0);
  const { force, move } = factors(state.arms, place.k);
  /** @param {string} mine @param {ArrayLike<number>} vector @param {number} factor @param {string} color @param {string} text */
  const draw = (mine, vector, factor, color, text) => {
    const long = (name === mine ? grown : 1) * factor * place.k;
    const to = /** @type {Point} */ ([here[0] + long * vector[0], here[1] - long * vector[1]]);
    context.globalAlpha = name === mine ? 1 : 0.6;
    arrow(context, here, to, ink.card, name === mine ? 7 : 5);
    arrow(context, here, to, color, name === mine ? 4 : 2.5);
    context.globalAlpha = 1;
    const short = Math.hypot(vector[0], vector[1]) * factor * place.k < 5;
    if (name === mine) label(context, ink, short ? `${text}: too short to be seen` : text, short ? [here[0], here[1] + SIDE] : to, 8, color);
  };
  if (part >= 2) draw("kd", arm.pull, force, ink.accent, "KD's pull");
  if (part >= 4 && arm.norms.ame > 0) draw("ame", arm.push, force, PUSH_COLOR, "AME's push");
  if (part >= 5) {
    const moved = [arm.after[0] - arm.before[0], arm.after[1] - arm.before[1]];
    draw("optimizer", moved, move, ink.text, move > 1 ? `moved (drawn ${move.toLocaleString("en")} times as long)` : "moved");
  }
}

/** @param {CanvasRenderingContext2D} context @param {number} row @param {import("./pictures.js").Pictures | null} pictures @param {Point} at @param {import("./state.js").Ink} ink @param {boolean} faint */
function image(context, row, pictures, [x, y], ink, faint) {
  const r = SIDE / 2;
  if (faint) return;
  if (!pictures) return drawMark(context, { shape: "circle", color: ink.text, filled: true, halo: ink.card }, x, y, 7);
  context.fillStyle = ink.text;
  context.fillRect(x - r - 2, y - r - 2, SIDE + 4, SIDE + 4);
  pictures.draw(context, row, x - r, y - r, SIDE, SIDE);
}

/** A ring around a class text. @param {CanvasRenderingContext2D} context @param {import("./pane.js").Pane} pane @param {import("./state.js").Scene} scene @param {ArrayLike<number>} anchors @param {number} c @param {(point: ArrayLike<number>) => Point} at */
function star(context, pane, scene, anchors, c, at) {
  if (c < 0 || 2 * c + 1 >= anchors.length) return;
  const { ink } = pane.owner.lab;
  const [x, y] = at([anchors[2 * c], anchors[2 * c + 1]]);
  drawMark(context, { ...pane.owner.mark(scene, c), shape: "star", filled: true, halo: ink.text }, x, y, 10);
  context.strokeStyle = ink.text;
  context.lineWidth = 2;
  context.beginPath();
  context.arc(x, y, 16, 0, 2 * Math.PI);
  context.stroke();
  label(context, ink, scene.short[c] ?? "", [x, y], 19, ink.text);
}

/** @param {CanvasRenderingContext2D} context @param {import("./state.js").Ink} ink @param {string} text @param {Point} at @param {number} beside @param {string} color */
function label(context, ink, text, [x, y], beside, color) {
  const wide = context.measureText(text).width;
  const panel = context.canvas.clientWidth;
  const left = x + beside + wide > panel - 2 ? Math.max(2, x - beside - wide) : x + beside;
  context.lineWidth = 4;
  context.strokeStyle = ink.card;
  context.fillStyle = color;
  context.strokeText(text, left, y);
  context.fillText(text, left, y);
}

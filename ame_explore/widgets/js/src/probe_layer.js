// The probes on one arm's map, in a layer between its points and the pointer's marks.

import { contextOf, fitCanvas } from "./canvas.js";
import { h } from "./dom.js";
import { placeNames, toPixels } from "./geometry.js";
import { drawMark } from "./marks.js";
import { best } from "./probe_answers.js";

/** @typedef {import("./messages").ProbeState} State */
/** @typedef {import("./geometry.js").Point} Point */
/** @typedef {{picture: HTMLCanvasElement | null, kind: string | null, name: string}} Look */

/** Words beside a mark. spot: where they begin, from the mark, if that is known. @typedef {{text: string, x: number, y: number, side: number, spot?: Point | null, light?: boolean}} Word */

const [OWN, KEPT, RIM] = [32, 20, 10]; // pixels: the sides of the current and of kept probes, and their frame
const MOST_LETTERS = 18; // of a probe's name on the maps

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
  /** @type {Word[]} */
  const words = [];
  /** The classes that the probes are taken for. @type {Set<number>} */
  const answers = new Set();
  const calledBy = (/** @type {Look} */ { name, kind }, /** @type {number} */ answer) => {
    answers.add(answer);
    return kind === "text" ? cut(name) : `${cut(name)}: ${scene.short[answer] ?? answer}`;
  };
  for (const kept of state.kept) {
    const mark = kept.marks.find(({ name }) => name === arm.name);
    if (!mark) continue;
    const [here, look] = [at(mark.point), lookOf(kept.name)];
    own(context, here, look, KEPT, ink);
    words.push({ text: calledBy(look, mark.answer), x: here[0], y: here[1], side: KEPT + RIM });
  }
  const mine = state.answers.find(({ name }) => name === arm.name);
  const teacher = state.answers.find(({ name }) => name === "teacher");
  if (mine) {
    const [here, look] = [at(mine.point), lookOf("")];
    if (trail.length > 1) line(trail.map(([x, y]) => toPixels(place, x, y)), ink.accent, 2);
    words.unshift({ text: calledBy(look, best(mine.shares, 1)[0]), x: here[0], y: here[1], side: OWN + RIM });
    if (teacher && state.kind !== "text") {
      const there = at(teacher.point);
      line([here, there], ink.text, 1.5, [3, 3]);
      drawMark(context, { shape: "diamond", color: ink.text, filled: false, halo: ink.card, inside: ink.card }, ...there, 6.5);
      words.push({ text: "teacher", x: there[0], y: there[1], side: 16, light: true });
    }
    own(context, here, look, OWN, ink);
  }
  for (const c of answers) {
    const star = pane.starsDrawn[c];
    if (!star || star.x < 0 || star.y < 0 || star.x > size.width || star.y > size.height) continue;
    context.strokeStyle = ink.accent;
    context.lineWidth = 2;
    context.beginPath();
    context.arc(star.x, star.y, 0.5 * star.side + 4, 0, 2 * Math.PI);
    context.stroke();
    words.unshift(star); // the word that it finds is named even where names have no room
  }
  write(context, words, pane, ink);
}

/** @param {string} text */
const cut = (text) => (text.length > MOST_LETTERS ? `${text.slice(0, MOST_LETTERS - 1).trimEnd()}…` : text);

/** @param {CanvasRenderingContext2D} context @param {Point} here @param {Look} look @param {number} side @param {import("./state.js").Ink} ink */
function own(context, [x, y], { picture, kind }, side, ink) {
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
}

/**
 * Write words beside their marks: over no star and no name if there is room, or else over none of the probes' own.
 * @param {CanvasRenderingContext2D} context @param {Word[]} words @param {import("./pane.js").Pane} pane @param {import("./state.js").Ink} ink
 */
function write(context, words, { shown, covered }, ink) {
  if (!shown) return;
  const { size } = shown;
  context.textBaseline = "middle";
  /** @type {import("./geometry.js").Box[]} */
  const own = words.map(({ x, y, side }) => [x - side / 2, y - side / 2, side, side]);
  for (const { text, x, y, side, spot, light } of words) {
    if (!text) continue;
    context.font = `${light ? "12px" : "600 13px"} ${ink.font}`;
    const width = context.measureText(text).width;
    const mark = { x, y, width, side };
    const beside = side / 2 + 3;
    const [dx, dy] = spot ?? placeNames([mark], size, [...covered, ...own])[0] ?? placeNames([mark], size, [...own])[0]
      ?? [x + beside + width > size.width - 2 ? -beside - width : beside, 0];
    own.push([x + dx - 2, y + dy - 9, width + 4, 18]);
    context.fillStyle = ink.card; // over the names of stars, with which it would read as one
    context.fillRect(x + dx - 2, y + dy - 9, width + 4, 18);
    context.fillStyle = ink.text;
    context.fillText(text, x + dx, y + dy);
  }
}

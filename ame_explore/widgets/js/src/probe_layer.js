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

/** Pixels: the sides of the current probe and of kept ones, on maps as large as theirs. */
const SIDES = { large: [32, 20], small: [22, 14] };
const RIM = 10; // of their frame
const SMALL = 220; // pixels of a map's width under which a probe is called by its answer alone
const LINE = 16; // a name's height
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
  /** The classes that the probes are taken for, and whether their stars have to be named. @type {Map<number, boolean>} */
  const answers = new Map();
  const small = size.width < SMALL;
  const [OWN, KEPT] = small ? SIDES.small : SIDES.large;
  const calledBy = (/** @type {Look} */ { name, kind }, /** @type {number} */ answer) => {
    answers.set(answer, answers.get(answer) || !small || kind === "text"); // else the probe itself is called so
    const word = scene.short[answer] ?? String(answer);
    return kind === "text" ? cut(name) : small ? word : `${cut(name)}: ${word}`;
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
  for (const [c, named] of answers) {
    const star = pane.starsDrawn[c];
    if (!star || star.x < 0 || star.y < 0 || star.x > size.width || star.y > size.height) continue;
    context.strokeStyle = ink.accent;
    context.lineWidth = 2;
    context.beginPath();
    context.arc(star.x, star.y, 0.5 * star.side + 4, 0, 2 * Math.PI);
    context.stroke();
    if (named || star.spot) words.unshift(star); // the word that it finds is named even where names have no room
  }
  write(context, words, pane, ink);
  layer.dataset.words = words.map(({ text }) => text).join("; ");
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
    const [dx, dy] = spot ?? placeNames([mark], size, [...covered, ...own])[0] ?? placeNames([mark], size, [...own])[0] ?? squeezed(mark, size, own);
    own.push(boxOf(mark, [dx, dy]));
    context.fillStyle = ink.card; // over the names of stars, with which it would read as one
    context.fillRect(...boxOf(mark, [dx, dy]));
    context.fillStyle = ink.text;
    context.fillText(text, x + dx, y + dy);
  }
}

/** What a name covers. @param {{x: number, y: number, width: number}} mark @param {Point} spot @returns {import("./geometry.js").Box} */
const boxOf = ({ x, y, width }, [dx, dy]) => [x + dx - 2, y + dy - LINE / 2, width + 4, LINE];

/**
 * A line for a name that has no room beside its mark: near it, as far in the panel as it can be, over no other name.
 * @param {{x: number, y: number, width: number, side: number}} mark @param {{width: number, height: number}} size
 * @param {import("./geometry.js").Box[]} own @returns {Point}
 */
function squeezed(mark, size, own) {
  const { x, y, width, side } = mark;
  const dx = Math.max(3, Math.min(size.width - 3 - width, x - width / 2)) - x;
  const lines = Array.from({ length: 12 }, (_, i) => (i % 2 ? -1 : 1) * (side / 2 + LINE * (0.6 + Math.floor(i / 2))));
  const inside = lines.filter((dy) => y + dy > LINE / 2 && y + dy < size.height - LINE / 2);
  const free = inside.find((dy) => {
    const [left, top, wide, high] = boxOf(mark, [dx, dy]);
    return !own.some((b) => left < b[0] + b[2] && b[0] < left + wide && top < b[1] + b[3] && b[1] < top + high);
  });
  return [dx, free ?? inside[0] ?? 0];
}

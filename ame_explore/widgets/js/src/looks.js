// What tells arms apart: colours, dashes and symbols as figures have them.

import { COLORS, COLORS_DARK, DASHES, SYMBOLS } from "./style.js";
import { isDark } from "./dom.js";

/** Plotly's dashes, on a canvas. @type {Record<typeof DASHES[number], number[]>} */
const PATTERNS = { solid: [], dash: [6, 3], dot: [2, 2.5], dashdot: [7, 3, 2, 3], longdash: [12, 4], longdashdot: [12, 3, 3, 3] };

/** @template T @param {readonly T[]} list @param {number} index */
const cyclic = (list, index) => list[index % list.length];

/** @param {number} index */
export const armColor = (index) => cyclic(isDark() ? COLORS_DARK : COLORS, index);
/** @param {number} index */
export const armDash = (index) => PATTERNS[cyclic(DASHES, index)];
/** @param {number} index @returns {import("./marks.js").Shape} */
export const armShape = (index) => {
  const symbol = cyclic(SYMBOLS, index);
  return symbol === "triangle-up" ? "triangle" : symbol;
};

/** Which look an arm has: where several seeds run, all of them have that of the first. @param {{name: string, family: string}[]} arms @param {number} i */
export function lookOf(arms, i) {
  const { family } = arms[i];
  if (!family) return i;
  return [...new Set(arms.map((arm) => arm.family || arm.name))].indexOf(family);
}

// What tells arms apart.

import { isDark } from "./dom.js";

const ARM_LIGHT = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00"]; // figures/base/style.py's
const ARM_DARK = ["#5AB0EE", "#FF8F45", "#3CC79B", "#E39BC4", "#9BD3F5", "#F0B93A"]; // the same hues, lighter
const DASHES = [[], [6, 3], [2, 2.5], [7, 3, 2, 3], [12, 4], [12, 3, 3, 3]];
/** @type {import("./marks.js").Shape[]} */
const ARM_SHAPES = ["circle", "diamond", "square", "triangle", "x", "cross"];

/** @param {number} index */
export const armColor = (index) => (isDark() ? ARM_DARK : ARM_LIGHT)[index % ARM_LIGHT.length];
/** @param {number} index */
export const armDash = (index) => DASHES[index % DASHES.length];
/** @param {number} index */
export const armShape = (index) => ARM_SHAPES[index % ARM_SHAPES.length];

/** Which look an arm has: where several seeds run, all of them have that of the first. @param {{name: string, family: string}[]} arms @param {number} i */
export function lookOf(arms, i) {
  const { family } = arms[i];
  if (!family) return i;
  return [...new Set(arms.map((arm) => arm.family || arm.name))].indexOf(family);
}

/** Of the arms with AME alone: another arm's is no measure for them. */
export const AME_ONLY = new Set(["ame", "share.ame"]);

// Quantities as ame_explore/quantities.py declares them.

import { fmt, number } from "./format.js";

/** By name, in the order of the declarations; filled before anything is drawn. @type {Record<string, import("./messages").QuantityFacts>} */
export const QUANTITIES = {};

/** @param {Record<string, import("./messages").QuantityFacts>} given */
export const declare = (given) => Object.assign(QUANTITIES, given);

/** The name of a quantity, with its unit in parentheses. @param {string} name */
export function titled(name) {
  const { short = name, unit = "" } = QUANTITIES[name] ?? {};
  return unit ? `${short} (${unit})` : short;
}

/** A quantity and its value with the unit, as "predictive entropy 1.234 nats". @param {string} name @param {number | null | undefined} value */
export function told(name, value) {
  const { short = name, unit = "" } = QUANTITIES[name] ?? {};
  return `${short} ${written(name, value)} ${unit}`.trim();
}

/** A value of a quantity, as Python writes it; of one that is not declared, in three significant digits. @param {string} name @param {number | null | undefined} value */
export function written(name, value) {
  const known = QUANTITIES[name];
  return known ? number(value, known.decimals, { fine: known.fine }) : fmt(value);
}

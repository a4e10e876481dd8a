// Numbers and settings as text.

const MINUS = "\u2212";

/** @param {unknown} value @param {number} digits */
export function fmt(value, digits = 3) {
  if (value === null || value === undefined || value === "") return "–";
  if (typeof value !== "number") return String(value);
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  let text;
  if (Number.isInteger(value) && size < 1e6) text = String(value);
  else if (size >= 1e5 || size < 1e-4) text = value.toExponential(2);
  else if (size >= 100) text = value.toFixed(1);
  else if (size < 0.05) text = value.toPrecision(2);
  else text = value.toFixed(digits);
  return text.replace("-", MINUS);
}

/** @param {number} value */
const power = (value) => value.toExponential(0).replace("e+", "e").replaceAll("-", MINUS);

/**
 * A tick of a linear axis, to the decimals that tell it from its neighbours.
 * @param {number} value
 * @param {number[]} ticks all of them
 */
export function tickText(value, ticks) {
  const gap = ticks.length > 1 ? Math.abs(ticks[1] - ticks[0]) : Math.abs(value) || 1;
  if (value !== 0 && (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e4)) return power(value);
  return value.toFixed(Math.max(0, Math.min(4, -Math.floor(Math.log10(gap) + 1e-9)))).replace("-", MINUS);
}

/** A tick of a logarithmic axis. @param {number} value */
export const logText = (value) => (value >= 1e-3 && value < 1e4 ? String(Number(value.toPrecision(1))) : power(value));

/** A setting's value as a reader knows it. @param {unknown} value */
export const spelled = (value) =>
  value === null ? "default"
  : value === true ? "on"
  : value === false ? "off"
  : typeof value === "number" ? String(Number(value.toPrecision(4)))
  : String(value);

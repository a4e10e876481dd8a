// Numbers, settings and answers as text.

/** An image and what a student answers. @typedef {{id: number, caption: string, label: string, predicted: string, right: boolean | null, entropy: number | undefined}} Described */

const MINUS = "\u2212";

/** @param {string} text */
const trueMinus = (text) => text.replaceAll("-", MINUS);

/**
 * So many decimals, as `number` of quantities.py; 0: thousands are separated, one decimal where it is not whole.
 * @param {number | null | undefined} value @param {number} decimals
 * @param {{signed?: boolean, fine?: boolean}} how fine: two significant digits below 0.1
 */
export function number(value, decimals = 3, { signed = false, fine = false } = {}) {
  if (typeof value !== "number" || !Number.isFinite(value)) return "–";
  let text;
  if (fine && value !== 0 && Math.abs(value) < 0.1) {
    const exponent = Math.floor(Math.log10(Number(Math.abs(value).toPrecision(2))));
    text = exponent < -4 ? value.toExponential(1).replace(/e([+-])(\d)$/, "e$10$2") : value.toPrecision(2);
  } else text = fine && value === 0 ? "0.0" : value.toFixed(decimals || (Number.isInteger(value) ? 0 : 1));
  if (Number(text) === 0) return text.replace("-", "");
  if (decimals === 0 && !fine) text = text.replace(/\B(?=(\d{3})+($|\.))/g, ",");
  return trueMinus(signed && value > 0 ? `+${text}` : text);
}

/**
 * So many significant digits, for values of any size, as `significant` of quantities.py.
 * @param {number | null | undefined} value @param {number} digits @param {{signed?: boolean}} how
 */
export function significant(value, digits = 3, { signed = false } = {}) {
  if (typeof value !== "number" || !Number.isFinite(value)) return "–";
  if (value === 0) return "0";
  const [mantissa, exponent] = value.toExponential(digits - 1).split("e");
  const places = digits - 1 - Number(exponent);
  const text = places >= -3 && places <= digits + 2 ? value.toFixed(Math.max(places, 0)) : `${mantissa}e${Number(exponent)}`;
  return trueMinus(signed && value > 0 ? `+${text}` : text);
}

/** Whatever stands in a table: text as it is, whole numbers whole, others in three significant digits. @param {unknown} value */
export function fmt(value) {
  if (value === null || value === undefined || value === "") return "–";
  if (typeof value !== "number") return String(value);
  return Number.isInteger(value) && Math.abs(value) < 1e6 ? trueMinus(String(value)) : significant(value);
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

/** An answer with its sign; none is known of an image that is not drawn while it trains. @param {Described} of @returns {string} */
export const answerText = ({ right, predicted }) => (right === null ? predicted : `${right ? "✓" : "✗"} ${predicted}`);
/** @param {Described} of */
export const answerClass = ({ right }) => (right === null ? "ame-muted" : right ? "ame-right" : "ame-wrong");

// A dial's value on its slider, and back.

/** @typedef {Pick<import("./messages").DialState, "low" | "high" | "scale" | "whole" | "step" | "value">} NumberDial */

const FINE = 1000; // positions of a slider over values that are not counted
const NOTCH = 30; // of them: a logarithmic slider that begins at zero has it at its left end, apart from all else
const DECADES = 4; // that such a slider has below its upper end

/**
 * How a number lies on a slider of so many positions, of which each stands for a value that the setting may have.
 * @param {NumberDial} dial
 */
export function numberScale({ low: lowest, high: highest, scale, whole, step: given, value }) {
  const low = lowest ?? 0;
  const high = highest ?? Math.max(1, 2 * (typeof value === "number" ? value : 1));
  const step = given ?? (whole ? 1 : null);
  const log = scale === "log";
  const notch = log && low <= 0 ? NOTCH : 0;
  const floor = low > 0 ? low : high / 10 ** DECADES;
  const last = step !== null && !log ? Math.round((high - low) / step) : FINE;

  /** @param {number} v */
  const within = (v) => Math.max(low, Math.min(high, v));
  /** @param {number} v */
  const offered = (v) => {
    const stepped = step === null ? Number(v.toPrecision(log ? 2 : 3)) : low + Math.round((v - low) / step) * step;
    return within(whole ? Math.round(stepped) : Number(stepped.toPrecision(12)));
  };
  /** @param {number} v */
  const toSlider = (v) => {
    if (!log) return (last * (v - low)) / (high - low);
    if (notch && v <= 0) return 0;
    return notch + ((last - notch) * Math.log(Math.max(v, floor) / floor)) / Math.log(high / floor);
  };
  /** @param {number} position */
  const fromSlider = (position) => {
    if (!log) return offered(low + ((high - low) * position) / last);
    if (position < notch / 2) return 0;
    return offered(floor * Math.exp((Math.max(0, position - notch) / (last - notch)) * Math.log(high / floor)));
  };
  /** One visible step of the value: an arrow key. @param {number} v @param {1 | -1} way */
  const nudge = (v, way) =>
    step !== null ? offered(v + way * step) : within(fromSlider(Math.max(0, Math.min(last, toSlider(v) + (way * last) / 40))));
  return { low, last, toSlider, fromSlider, nudge, box: step ?? "any" };
}

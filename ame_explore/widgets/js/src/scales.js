// Numbers of axes and curves: ticks, limits, and the last measured value.

/** @typedef {import("./messages").Series} Series */
/** @typedef {ArrayLike<number>} Numbers */

/**
 * About `count` round numbers from low to high.
 * @param {number} low @param {number} high @param {number} count
 */
export function niceTicks(low, high, count) {
  const span = high - low;
  if (!(span > 0)) return [low];
  const raw = span / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * (/** @type {number} */ ([1, 2, 5, 10].find((k) => k * power >= raw * 0.999)));
  const ticks = [];
  for (let i = Math.ceil(low / step - 1e-9) + 0; i * step <= high + 1e-9 * span; i++) ticks.push(i * step);
  return ticks;
}

/**
 * 1 and 3 of each power of ten; 1 alone over more than four of them.
 * @param {number} low @param {number} high
 */
export function logTicks(low, high) {
  const all = [];
  for (let p = Math.floor(Math.log10(low)); p <= Math.ceil(Math.log10(high)); p++)
    for (const digit of high / low > 1e4 ? [1] : [1, 3]) all.push(digit * 10 ** p);
  const inside = all.filter((v) => v >= low && v <= high);
  return inside.length > 5 ? inside.filter((_, i) => i % 2 === 0) : inside;
}

/**
 * The limits of the axis of these curves.
 * @param {Numbers[]} curves
 * @returns {{low: number, high: number, log: boolean}}
 */
export function limits(curves) {
  let [low, high] = [Infinity, -Infinity];
  for (const curve of curves)
    for (let i = 0; i < curve.length; i++)
      if (Number.isFinite(curve[i])) {
        low = Math.min(low, curve[i]);
        high = Math.max(high, curve[i]);
      }
  if (low > high) return { low: 0, high: 1, log: false };
  if (low > 0 && high / low > 30) return { low: low / 1.2, high: high * 1.2, log: true };
  const pad = (high - low) * 0.08 || Math.abs(high) * 0.05 || 0.5;
  return { low: low >= 0 && low < 0.35 * high ? 0 : low - pad, high: high + pad, log: false };
}

/** The place of the last of these rising steps at or before `step`, -1 for none. @param {Numbers} steps @param {number} step */
export function lastAt(steps, step) {
  let low = 0;
  let high = steps.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (steps[middle] <= step) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The one of these rising steps that is nearest to `step`; `step` itself if there is none. @param {number[]} steps @param {number} step */
export function nearestOf(steps, step) {
  if (!steps.length) return step;
  const i = lastAt(steps, step);
  const below = steps[Math.max(0, i)];
  const above = steps[Math.min(steps.length - 1, i + 1)];
  return step - below <= above - step ? below : above;
}

/**
 * The recorded step that a slider snaps to. A key press moves the slider by one step, and must reach the next recorded
 * step even if that is farther away.
 * @param {number[]} steps @param {number} was @param {number} value
 */
export function movedTo(steps, was, value) {
  const step = nearestOf(steps, value);
  if (Math.abs(value - was) !== 1 || step !== was) return step;
  const i = steps.indexOf(was) + Math.sign(value - was);
  return steps[Math.max(0, Math.min(steps.length - 1, i))] ?? step;
}

/** The least and the largest value at each step at which all were measured. @param {Series[]} all @returns {[number, number, number][]} step, least, largest */
export function spread(all) {
  const [first, ...others] = all.map(({ x, y }) => new Map([...x].map((step, i) => [step, y[i]])));
  /** @type {[number, number, number][]} */
  const rows = [];
  for (const [step, value] of first ?? []) {
    const values = [value, ...others.map((one) => one.get(step) ?? NaN)];
    if (values.every(Number.isFinite)) rows.push([step, Math.min(...values), Math.max(...values)]);
  }
  return rows;
}

/** The second minus the first, where both were measured. @param {Series} first @param {Series} second @returns {[number, number][]} */
export function differences(first, second) {
  /** @type {[number, number][]} */
  const rows = [];
  for (let i = 0, j = 0; i < first.x.length && j < second.x.length; ) {
    if (first.x[i] === second.x[j]) {
      const d = second.y[j] - first.y[i];
      if (Number.isFinite(d)) rows.push([first.x[i], d]);
      i++;
      j++;
    } else if (first.x[i] < second.x[j]) i++;
    else j++;
  }
  return rows;
}

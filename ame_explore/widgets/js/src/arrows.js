// Arrows, and how long they are drawn.

/** @typedef {import("./messages").OneStepArm} Arm */

export const PUSH_COLOR = "#d55e00";
const LONGEST = 84; // pixels of the longest arrow

/**
 * The factors that make pulls and pushes, and moves, long enough to be seen: each kind has one for all arms.
 * @param {Arm[]} arms @param {number} k pixels of a unit of the map
 */
export function factors(arms, k) {
  const longest = (/** @type {ArrayLike<number>[]} */ all) => Math.max(...all.map((one) => Math.hypot(one[0], one[1])), 0);
  const forces = longest(arms.flatMap(({ pull, push }) => [pull, push]));
  const moves = longest(arms.map(({ before, after }) => [after[0] - before[0], after[1] - before[1]]));
  const needed = moves > 0 ? (0.6 * LONGEST) / (k * moves) : 1;
  return { force: forces > 0 ? LONGEST / (k * forces) : 0, move: needed <= 1 ? 1 : rounded(needed) };
}

/** 1, 2 or 5 times a power of ten, at most this. @param {number} value */
export function rounded(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return ([5, 2, 1].find((digit) => digit * power <= value * 1.000001) ?? 1) * power;
}

/** @param {CanvasRenderingContext2D} context @param {[number, number]} from @param {[number, number]} to @param {string} color @param {number} width */
export function arrow(context, [x0, y0], [x1, y1], color, width) {
  const length = Math.hypot(x1 - x0, y1 - y0);
  if (length < 0.5) return;
  const head = Math.min(4.5 * width, 0.6 * length);
  const [u, v] = [(x1 - x0) / length, (y1 - y0) / length];
  context.strokeStyle = context.fillStyle = color;
  context.lineWidth = width;
  context.lineCap = "round";
  context.beginPath();
  context.moveTo(x0, y0);
  context.lineTo(x1 - 0.8 * head * u, y1 - 0.8 * head * v);
  context.stroke();
  context.beginPath();
  context.moveTo(x1, y1);
  context.lineTo(x1 - head * u + 0.5 * head * v, y1 - head * v - 0.5 * head * u);
  context.lineTo(x1 - head * u - 0.5 * head * v, y1 - head * v + 0.5 * head * u);
  context.fill();
}

import assert from "node:assert/strict";
import { test } from "node:test";
import { differences, lastAt, limits, logTicks, movedTo, nearestOf, niceTicks } from "../src/scales.js";

/** @param {number[]} x @param {number[]} y @returns {any} */
const series = (x, y) => ({ x: Int32Array.from(x), y: Float32Array.from(y) });

test("ticks of a linear axis are round, evenly spaced and within it", () => {
  assert.deepEqual(niceTicks(0, 1, 3), [0, 0.5, 1]);
  for (const [low, high] of [[0, 1], [-3, 7], [0.0123, 0.0456], [1e-7, 3e-7], [12345, 67890]]) {
    const ticks = niceTicks(low, high, 3);
    assert.ok(ticks.length >= 2 && ticks.length <= 8, `${low} to ${high}: ${ticks}`);
    assert.ok(ticks.every((tick) => tick >= low - 1e-9 * (high - low) && tick <= high + 1e-9 * (high - low)));
    const digit = (ticks[1] - ticks[0]) / 10 ** Math.floor(Math.log10(ticks[1] - ticks[0]) + 1e-9);
    assert.ok([1, 2, 5].some((k) => Math.abs(digit - k) < 1e-6), `steps of ${digit}`);
  }
  assert.deepEqual(niceTicks(4, 4, 3), [4]);
});

test("ticks of a logarithmic axis are 1 and 3 of each power, or fewer where there would be many", () => {
  assert.deepEqual(logTicks(0.5, 40), [1, 3, 10, 30]);
  assert.deepEqual(logTicks(1, 1e5), [1, 1e2, 1e4]);
  assert.ok(logTicks(1e-6, 1e6).length <= 7);
});

test("an axis reaches around what is finite, from zero where that is near, and is logarithmic over more than 30 fold", () => {
  assert.deepEqual(limits([[1, 2]]), { low: 0.92, high: 2.08, log: false });
  assert.deepEqual(limits([[0.1, 2], [NaN, Infinity]]).low, 0);
  assert.deepEqual(limits([[1, 31]]), { low: 1 / 1.2, high: 31 * 1.2, log: true });
  assert.equal(limits([[-1, 31]]).log, false);
  assert.deepEqual(limits([[], [NaN]]), { low: 0, high: 1, log: false });
  const flat = limits([[5, 5]]);
  assert.ok(flat.low < 5 && flat.high > 5);
});

test("the last measurement at or before a step", () => {
  const steps = [0, 10, 20];
  assert.deepEqual([-1, 0, 9, 10, 99].map((step) => lastAt(steps, step)), [-1, 0, 0, 1, 2]);
  assert.equal(lastAt([], 3), -1);
});

test("a slider comes to rest at the nearest recorded step, and a key press always moves it", () => {
  const steps = [0, 10, 20, 30];
  assert.deepEqual([4, 5, 6, 99].map((step) => nearestOf(steps, step)), [0, 0, 10, 30]);
  assert.equal(nearestOf([], 7), 7);
  assert.equal(movedTo(steps, 10, 11), 20);
  assert.equal(movedTo(steps, 10, 9), 0);
  assert.equal(movedTo(steps, 30, 31), 30);
  assert.equal(movedTo(steps, 10, 27), 30);
});

test("the difference of two curves, where both were measured", () => {
  const rows = differences(series([0, 1, 2, 4], [1, 1, 1, 1]), series([1, 2, 3, 4], [2, NaN, 9, 0.5]));
  assert.deepEqual(rows, [[1, 1], [4, -0.5]]);
});

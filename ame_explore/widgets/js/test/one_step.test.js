// One step, exercises and seeds: what their panels compute.

import assert from "node:assert/strict";
import { test } from "node:test";
import { factors, rounded } from "../src/arrows.js";
import { clockText } from "../src/exercise.js";
import { lookOf } from "../src/looks.js";
import { ordered } from "../src/one_step_figures.js";
import { spread } from "../src/scales.js";

test("bars stand in the order of p, and the chosen image's are never left out", () => {
  const p = [0.1, 0.4, 0.2, 0.3];
  assert.deepEqual(ordered({ p, mine: [0] }), [1, 3, 2, 0]);
  assert.deepEqual(ordered({ p, mine: [0] }, 2), [1, 0]);
  assert.deepEqual(ordered({ p, mine: [1] }, 2), [1, 3]);
});

test("all arms' forces have one scale, and moves are lengthened by a round factor", () => {
  const arm = (/** @type {number[]} */ pull, /** @type {number[]} */ push, /** @type {number[]} */ after) =>
    /** @type {any} */ ({ pull, push, before: [0, 0], after });
  const { force, move } = factors([arm([3, 4], [0, 1], [0.001, 0]), arm([0, 0], [0, 0], [0, 0])], 10);
  assert.ok(Math.abs(force * 10 * 5 - 84) < 1e-9);
  assert.equal(move, 5000);
  assert.equal(factors([arm([0, 0], [0, 0], [100, 0])], 10).move, 1);
  assert.deepEqual([7, 4.9, 1, 0.03].map(rounded), [5, 2, 1, 0.02]);
});

test("the clock runs up, or down to when time is up", () => {
  assert.equal(clockText(65.9, null), "1:05");
  assert.equal(clockText(65, 120), "0:55 left");
  assert.equal(clockText(130, 120), "time is up since 0:10");
});

test("a band holds the steps at which all seeds were measured", () => {
  const series = (/** @type {number[]} */ x, /** @type {number[]} */ y) => /** @type {any} */ ({ x: Int32Array.from(x), y: Float32Array.from(y) });
  assert.deepEqual(spread([series([0, 1, 2], [1, 2, NaN]), series([0, 1, 2], [3, 0, 1])]), [[0, 1, 3], [1, 0, 2]]);
  assert.deepEqual(spread([]), []);
});

test("all seeds of an arm look like its first", () => {
  const arms = [["KD", "KD"], ["AME", "AME"], ["KD 2", "KD"], ["AME 2", "AME"], ["fork", ""]].map(([name, family]) => ({ name, family }));
  assert.deepEqual(arms.slice(0, 4).map((_, i) => lookOf(arms, i)), [0, 1, 0, 1]);
  assert.equal(lookOf([{ name: "a", family: "" }, { name: "b", family: "" }], 1), 1);
});

import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { tokenIn } from "../src/panels.js";
import { stroked } from "../src/sketch.js";
import { Memo } from "../src/state.js";
import { throttled } from "../src/time.js";

test("a token is found in what was typed or pasted", () => {
  assert.deepEqual(["  ame1:AbC ", 'lab("ame1:AbC")', "lab( 'ame1:AbC' )"].map(tokenIn), ["ame1:AbC", "ame1:AbC", "ame1:AbC"]);
});

test("a quick stroke draws a straight line over the places that it skips", () => {
  assert.deepEqual(stroked([0, 0, 0, 0, 0], 0, 4, 1), [0, 0.25, 0.5, 0.75, 1]);
  assert.deepEqual(stroked([0, 0, 0, 8, 0], 3, 1, 4), [0, 4, 6, 8, 0]);
  const before = [1, 2];
  assert.deepEqual([stroked(before, 1, 1, 5), before], [[1, 5], [1, 2]]);
});

test("a memo tells what differs from the last, by value", () => {
  const memo = new Memo();
  assert.deepEqual([memo.isNew([1, { a: 2 }]), memo.isNew([1, { a: 2 }]), memo.isNew([1, { a: 3 }])], [true, false, true]);
  memo.forget();
  assert.ok(memo.isNew([1, { a: 3 }]));
});

test("of many quick calls the first goes at once and the last of the rest after the wait", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  /** @type {number[]} */
  const got = [];
  const call = throttled((/** @type {number} */ value) => got.push(value), 100);
  [1, 2, 3].forEach(call);
  assert.deepEqual(got, [1]);
  mock.timers.tick(100);
  assert.deepEqual(got, [1, 3]);
  call(4);
  mock.timers.tick(99);
  assert.deepEqual(got, [1, 3]);
  mock.timers.tick(1);
  assert.deepEqual(got, [1, 3, 4]);
  mock.timers.tick(1000);
  call(5);
  assert.deepEqual(got, [1, 3, 4, 5]);
  mock.timers.reset();
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { numberScale } from "../src/dial_scale.js";

/** @param {Partial<import("../src/dial_scale.js").NumberDial>} dial */
const scaleOf = (dial) => numberScale({ low: 0, high: 1, scale: "linear", whole: false, step: null, value: 0, ...dial });
/** @param {ReturnType<typeof numberScale>} scale */
const offered = (scale) => Array.from({ length: scale.last + 1 }, (_, position) => scale.fromSlider(position));

const DIALS = {
  shots: { low: 1, high: 24, whole: true },
  seed: { low: 0, high: 99, whole: true },
  steps: { low: 20, high: 2000, whole: true },
  "steps, logarithmic": { low: 20, high: 2000, whole: true, scale: /** @type {const} */ ("log") },
  ambiguity: { low: 0, high: 1 },
  noise: { low: 0, high: 0.5, step: 0.05 },
  omega: { low: 0, high: 100, scale: /** @type {const} */ ("log") },
  tau: { low: 0.25, high: 20, scale: /** @type {const} */ ("log") },
  learning_rate: { low: 1e-5, high: 0.1, scale: /** @type {const} */ ("log") },
};

for (const [name, dial] of Object.entries(DIALS)) {
  test(`every position of ${name}'s slider is a value that it may have, from end to end and rising`, () => {
    const values = offered(scaleOf(dial));
    assert.equal(values[0], dial.low);
    assert.equal(values[values.length - 1], dial.high);
    for (const [position, value] of values.entries()) {
      assert.ok(value >= dial.low && value <= dial.high, `${value} at ${position}`);
      if ("whole" in dial) assert.ok(Number.isInteger(value), `${value} at ${position}`);
      if ("step" in dial) assert.ok(Math.abs(value / dial.step - Math.round(value / dial.step)) < 1e-9, `${value} at ${position}`);
      if (position) assert.ok(value >= values[position - 1], `${value} after ${values[position - 1]}`);
    }
  });

  test(`${name}'s slider gives back what is set`, () => {
    const scale = scaleOf(dial);
    for (const value of offered(scale)) {
      const position = Math.round(scale.toSlider(value));
      const back = scale.fromSlider(position);
      assert.ok(Math.abs(back - value) <= 0.03 * Math.abs(value) + 1e-12, `${value} came back as ${back}`);
    }
  });

  test(`an arrow key moves ${name}, and stops at its ends`, () => {
    const scale = scaleOf(dial);
    assert.equal(scale.nudge(dial.high, 1), dial.high);
    assert.equal(scale.nudge(dial.low, -1), dial.low);
    const middle = scale.fromSlider(Math.round(scale.last / 2));
    assert.ok(scale.nudge(middle, 1) > middle && scale.nudge(middle, -1) < middle);
    if ("whole" in dial) assert.ok(Number.isInteger(scale.nudge(middle, 1)));
  });
}

test("a whole linear dial has one position for each of its values, and its key moves by one", () => {
  const scale = scaleOf(DIALS.seed);
  assert.deepEqual(offered(scale), Array.from({ length: 100 }, (_, value) => value));
  assert.equal(scale.nudge(7, 1), 8);
  assert.equal(scale.box, 1);
  assert.equal(scaleOf(DIALS.ambiguity).box, "any");
});

test("a logarithmic dial that begins at zero has a notch for it", () => {
  const scale = scaleOf(DIALS.omega);
  assert.deepEqual([0, 14].map(scale.fromSlider), [0, 0]);
  assert.ok(scale.fromSlider(31) > 0);
  assert.equal(scale.toSlider(0), 0);
});

test("a dial without an upper end reaches to twice its value", () => {
  assert.equal(scaleOf({ low: null, high: null, value: 8 }).fromSlider(1000), 16);
  assert.equal(scaleOf({ high: null, value: null }).fromSlider(1000), 2);
});

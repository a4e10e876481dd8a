// Probes: images as numbers, requests with one in flight, and which answers are listed.

import assert from "node:assert/strict";
import { test } from "node:test";
import { classesOf, runsOf } from "../src/probe_answers.js";
import { Asker } from "../src/probe_asker.js";
import { blank, blended, blurred, changed, covered, givenOf, noisy, rotated, UNCHANGED } from "../src/probe_pixels.js";

const WHITE = /** @type {[number, number, number]} */ ([255, 255, 255]);

/** A white image with one black pixel. @param {number} x @param {number} y */
function dotted(x, y, side = 5) {
  const image = blank(side, side, WHITE);
  image.data.fill(0, 3 * (y * side + x), 3 * (y * side + x) + 3);
  return image;
}

/** @param {import("../src/probe_pixels.js").Bitmap} image */
const dark = ({ data }) => data.reduce((sum, value) => sum + 255 - value, 0) / 3;

test("a turn of a right angle moves a pixel about the centre, and none changes nothing", () => {
  const turned = rotated(dotted(2, 0), 90, WHITE); // the top goes to the right
  assert.deepEqual(turned.data.map(Math.round), dotted(4, 2).data);
  assert.deepEqual(rotated(dotted(1, 1), 360, WHITE).data, dotted(1, 1).data);
});

test("a blur keeps the amount of ink and spreads it", () => {
  const image = blurred(dotted(7, 7, 15), 1);
  assert.ok(Math.abs(dark(image) - 255) < 0.5);
  const at = (/** @type {number} */ x) => 255 - image.data[3 * (7 * 15 + x)];
  assert.ok(Math.abs(at(8) / at(7) - Math.exp(-0.5)) < 1e-3 && at(6) === at(8));
});

test("noise is the same at each call, stays in range, and grows with its strength", () => {
  const grey = blank(24, 24, [128, 128, 128]);
  const spread = (/** @type {number} */ strength) => Math.sqrt(noisy(grey, strength).data.reduce((sum, v) => sum + (v - 128) ** 2, 0) / grey.data.length);
  assert.deepEqual(noisy(grey, 0.2).data, noisy(grey, 0.2).data);
  assert.ok(Math.abs(spread(0.2) - 255 * 0.2 * 0.5) < 3); // standard deviation 0.5 of the strength
  assert.ok(noisy(grey, 1).data.every((value) => value >= 0 && value <= 255));
  assert.equal(noisy(grey, 0), grey);
});

test("images blend by their share, and changes come in order", () => {
  const [one, other] = [blank(2, 2, [0, 0, 0]), blank(2, 2, [200, 100, 0])];
  assert.deepEqual([...blended(one, other, 0.25).data.slice(0, 3)], [50, 25, 0]);
  assert.deepEqual(changed(one, other, { ...UNCHANGED, share: 1 }, WHITE).data, other.data);
  assert.deepEqual(changed(one, null, UNCHANGED, WHITE).data, one.data);
});

test("strokes cover an image by the area that they take of each pixel", () => {
  const strokes = new Uint8ClampedArray(4 * 16); // 2 x 2 pixels, twice as fine
  strokes.set([255, 0, 0, 255], 0); // a quarter of the first pixel
  const image = covered(blank(2, 2, WHITE), strokes, 2);
  assert.deepEqual([...image.data.slice(0, 6)], [255, 191.25, 191.25, 255, 255, 255]);
  assert.equal(atob(/** @type {string} */ (givenOf(image).pixels)).length, 12);
});

test("one request is in flight, the latest waits, and silence does not block for good", () => {
  let now = 0;
  /** @type {any[]} */
  const sent = [];
  /** @type {(() => void)[]} */
  const later = [];
  const asker = new Asker("p", (args) => sent.push(args), () => now, (act) => void later.push(act));
  for (const text of ["a", "b", "c"]) asker.ask({ kind: "text", text });
  assert.deepEqual(sent.map(({ probe }) => probe.text), ["a"]);
  assert.equal(asker.answered({ by: "another", n: sent[0].n }), null);
  now = 0.05;
  assert.equal(asker.answered({ by: "p", n: sent[0].n }), 0.05);
  assert.deepEqual(sent.map(({ probe }) => probe.text), ["a", "c"]);
  asker.ask({ kind: "text", text: "d" });
  assert.equal(asker.answered({ by: "p", n: sent[0].n }), null); // the earlier answer, as training moves it
  assert.equal(sent.length, 2);
  now = 9;
  later.forEach((act) => act());
  assert.deepEqual(sent.map(({ probe }) => probe.text), ["a", "c", "d"]);
  asker.answered({ by: "p", n: sent[2].n });
  assert.ok(!asker.busy);
});

test("a question after a rest is asked at once, those that follow it are apart", () => {
  let now = 0;
  /** @type {any[]} */
  const sent = [];
  /** @type {{act: () => void, at: number}[]} */
  const later = [];
  const asker = new Asker("p", (args) => sent.push(args), () => now, (act, seconds) => void later.push({ act, at: now + seconds }));
  asker.gap = 0.25;
  asker.ask({ kind: "text", text: "a" });
  assert.equal(sent.length, 1);
  now = 0.1;
  asker.answered({ by: "p", n: sent[0].n });
  for (const text of ["b", "c"]) asker.ask({ kind: "text", text });
  assert.equal(sent.length, 1);
  const waits = later.filter(({ at }) => Math.abs(at - 0.25) < 1e-9);
  assert.equal(waits.length, 1);
  now = 0.25;
  waits[0].act();
  assert.deepEqual(sent.map(({ probe }) => probe.text), ["a", "c"]);
});

test("the classes that any model names are listed, without those nobody believes", () => {
  const answers = [{ shares: [0.9, 0.095, 0.005, 0] }, { shares: [0.2, 0.1, 0, 0.7] }];
  assert.deepEqual(classesOf(answers), [0, 3, 1]);
});

test("a walk's answers as runs", () => {
  assert.deepEqual(runsOf([4, 4, 1, 4]), [{ answer: 4, from: 0, to: 1 }, { answer: 1, from: 2, to: 2 }, { answer: 4, from: 3, to: 3 }]);
  assert.deepEqual(runsOf([]), []);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { boxAround, isInside, nearest, placeIn, placeNames, toData, toPixels } from "../src/geometry.js";

const place = { k: 10, x0: 100, y0: 200 };

test("pixels and data are each other's inverse, and data rise upwards", () => {
  assert.deepEqual(toPixels(place, 1, 2), [110, 180]);
  assert.deepEqual(toData(place, ...toPixels(place, 1.5, -2.25)), [1.5, -2.25]);
});

test("the nearest point within reach", () => {
  const points = Float32Array.of(0, 0, 1, 0, 5, 5);
  assert.equal(nearest(points, place, 108, 200), 1);
  assert.equal(nearest(points, place, 130, 200), null);
  assert.equal(nearest([], place, 100, 200), null);
});

test("a lasso holds what lies within it, also where it is not convex", () => {
  /** @type {[number, number][]} */
  const horseshoe = [[0, 0], [10, 0], [10, 10], [7, 10], [7, 3], [3, 3], [3, 10], [0, 10]];
  assert.deepEqual([[1, 9], [9, 9], [5, 1], [5, 9], [11, 5]].map(([x, y]) => isInside(horseshoe, x, y)), [true, true, true, false, false]);
});

test("a box around all points", () => {
  assert.deepEqual(boxAround([[1, 2, 3, -4], [0, 0]]), [0, 3, -4, 2]);
  assert.deepEqual(boxAround([[NaN, NaN, 1, 2, 3, 4], Float32Array.of(2, 9)]), [1, 3, 2, 9]); // some have no place
  assert.equal(boxAround([[]]), null);
});

test("a part of the plane fits into a panel, its middle in the middle", () => {
  const place = placeIn({ x: 3, y: -2, w: 4, h: 1 }, { width: 400, height: 300 });
  assert.deepEqual(place, { k: 100, x0: -100, y0: -50 });
  assert.deepEqual(toPixels(place, 3, -2), [200, 150]);
});

test("names cover neither marks nor each other, and stay in the panel", () => {
  const panel = { width: 600, height: 400 };
  const marks = [[300, 200], [330, 200], [300, 225], [585, 20], [20, 390], [320, 180]].map(([x, y]) => ({ x, y, width: 50 }));
  const spots = placeNames(marks, panel).map((spot) => spot ?? assert.fail("there is room"));
  const boxes = spots.map(([dx, dy], i) => [marks[i].x + dx - 2, marks[i].y + dy - 8, marks[i].width + 4, 16]);
  const rims = marks.map(({ x, y }) => [x - 9, y - 9, 18, 18]);
  /** @param {number[]} a @param {number[]} b */
  const meet = (a, b) => a[0] < b[0] + b[2] && b[0] < a[0] + a[2] && a[1] < b[1] + b[3] && b[1] < a[1] + a[3];
  boxes.forEach((box, i) => {
    assert.ok(box[0] > 0 && box[1] > 0 && box[0] + box[2] < panel.width && box[1] + box[3] < panel.height, `name ${i} is in the panel`);
    for (const [j, rim] of rims.entries()) assert.ok(!meet(box, rim), `name ${i} covers mark ${j}`);
    for (const [j, other] of boxes.entries()) if (i !== j) assert.ok(!meet(box, other), `names ${i} and ${j} cover each other`);
  });
  assert.deepEqual(spots[0], [-62, 0], "its right is taken by a mark");
});

test("a name finds a corner where a mark's four sides are taken", () => {
  const panel = { width: 200, height: 100 };
  /** @type {import("../src/geometry.js").Box[]} */
  const sides = [[110, 46, 60, 4], [30, 46, 60, 4], [98, 25, 4, 12], [98, 63, 4, 12]];
  assert.deepEqual(placeNames([{ x: 100, y: 50, width: 30 }], panel, sides), [[12, -13]]);
});

test("where there is no room there is no name, and it takes none from others", () => {
  const panel = { width: 200, height: 100 };
  assert.deepEqual(placeNames([{ x: 5, y: 50, width: 500 }, { x: 100, y: 50, width: 40 }], panel), [null, [12, 0]]);
  const crowd = Array.from({ length: 400 }, (_, i) => ({ x: 10 * (i % 20), y: 5 * Math.floor(i / 20), width: 40 }));
  assert.ok(placeNames(crowd, panel).every((spot) => spot === null));
});

test("names keep clear of large marks and of what is taken already", () => {
  /** @type {import("../src/geometry.js").Box[]} */
  const taken = [];
  const panel = { width: 600, height: 400 };
  assert.deepEqual(placeNames([{ x: 300, y: 200, width: 50, side: 40 }], panel, taken), [[23, 0]]);
  assert.deepEqual(taken, [[280, 180, 40, 40], [321, 192, 54, 16]]);
  assert.deepEqual(placeNames([{ x: 250, y: 200, width: 25, side: 18 }], panel, taken), [[-37, 0]], "its right is taken");
});

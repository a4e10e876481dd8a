import assert from "node:assert/strict";
import { test } from "node:test";
import { countInView, imageSide, MOST_IMAGES, stampTile } from "../src/pictures.js";

const panel = { width: 480, height: 400 };

test("images are drawn up to so many points in view, and dots beyond", () => {
  assert.ok(imageSide(panel, MOST_IMAGES, MOST_IMAGES, 1) >= 8);
  assert.equal(imageSide(panel, MOST_IMAGES + 1, MOST_IMAGES + 1, 1), 0);
  assert.ok(imageSide(panel, 20_000, 500, 16) >= 8, "closer, with few in view");
});

test("images grow as the reader zooms in, within limits, and become dots on zooming out", () => {
  const zooms = Array.from({ length: 80 }, (_, i) => 1.15 ** (i - 40));
  const sides = zooms.map((zoom) => imageSide(panel, 700, 100, zoom));
  assert.equal(sides[0], 0);
  assert.equal(sides.at(-1), 48);
  sides.forEach((side, i) => assert.ok(i === 0 || side >= sides[i - 1], "never smaller when closer"));
  assert.ok(sides.every((side) => side === 0 || side >= 8));
  assert.ok(new Set(sides).size <= 12, "few sizes: each makes a sheet");
  assert.ok(imageSide(panel, 3, 3, 1) < 29, "few points are no posters");
  assert.equal(imageSide(panel, 700, 100, NaN), 0);
  assert.equal(imageSide({ width: 0, height: 0 }, 700, 100, 1), 0);
});

test("points in view are counted in pixels", () => {
  const place = { k: 10, x0: 100, y0: 200 };
  const points = Float32Array.of(0, 0, 37.9, 0, 38.1, 0, 0, 20.1, 0, -19.9);
  assert.equal(countInView(points, place, panel), 3);
  assert.equal(countInView([], place, panel), 0);
});

// Two tiles of 2 x 2 beside each other: row 0 red, opaque; row 1 blue, half transparent, one corner empty.
const RED = 0xff0000ff, BLUE = 0x80ff0000;
const sheet = { side: 2, columns: 2, width: 4, pixels: Uint32Array.of(RED, RED, 0, BLUE, RED, RED, BLUE, BLUE) };
const paper = () => new Uint32Array(16).fill(0xffffffff);

test("a tile is copied around its centre, and cut off at the edges", () => {
  const pixels = paper();
  stampTile(pixels, 4, 4, sheet, 0, 2, 2);
  assert.deepEqual([...pixels].flatMap((pixel, i) => (pixel === RED ? i : [])), [5, 6, 9, 10]);
  for (const [x, y, held] of [[0, 0, [0]], [4, 4, [15]], [0, 2, [4, 8]], [-1, 2, []], [9, 9, []], [2, -5, []]]) {
    const image = paper();
    stampTile(image, 4, 4, sheet, 0, Number(x), Number(y));
    assert.deepEqual([...image].flatMap((pixel, i) => (pixel === RED ? i : [])), held, `at ${x}, ${y}`);
  }
});

test("what is transparent lets the paper through, and opacity dims", () => {
  const pixels = paper();
  stampTile(pixels, 4, 4, sheet, 1, 1, 1);
  assert.equal(pixels[0], 0xffffffff, "the empty corner");
  const [blue, green, red] = [16, 8, 0].map((shift) => (pixels[1] >>> shift) & 255);
  assert.ok(blue === 255 && Math.abs(green - 127) < 6 && green === red, "half blue over white");
  const dim = paper();
  stampTile(dim, 4, 4, sheet, 0, 1, 1, 8);
  assert.equal(dim[0] & 255, 255);
  assert.ok(Math.abs(((dim[0] >>> 8) & 255) - 191) < 4, "a quarter of red over white");
  assert.equal(dim[0] >>> 24, 255, "an image stays opaque");
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { readFileSync } from "node:fs";
import { csvCell, nextSelection, sayCount, short } from "../src/linked.js";
import { hasIds, idsAt, idsOf, isSame, placeOf, restyleOf, selectionChanges, undrawn } from "../src/selection.js";

// A map of three pairs, of which the last two share a text: segments, an empty trace to light some, images, texts.
/** @returns {import("../src/plotly").Trace[]} */
const map = () => [
  { mode: "lines", meta: { role: "segments" }, x: [0, 9, null, 1, 8, null, 2, 8, null], y: [0, 5, null, 1, 6, null, 2, 6, null] },
  { mode: "lines", meta: { role: "lit" }, x: [], y: [] },
  { mode: "markers", customdata: Int32Array.of(10, 11, 12), x: [0, 1, 2], y: [0, 1, 2] },
  { mode: "markers", customdata: [10, [11, 12]], x: [9, 8], y: [5, 6] },
  { mode: "markers", x: [null], y: [null] }, // a mark of the legend
];
const none = new Set();

test("a point stands for one id, several or none", () => {
  const [, , images, texts, legend] = map();
  assert.deepEqual([idsAt(images, 1, false), idsAt(texts, 0, false), idsAt(texts, 1, false), idsAt(legend, 0, false)], [[11], [10], [11, 12], []]);
  assert.deepEqual(idsAt({ customdata: [Int32Array.of(7)] }, 0, false), [7]);
  assert.deepEqual(idsAt({ customdata: ["words", 0.5, null] }, 0, false), []);
  assert.deepEqual(idsAt({ customdata: [0.5] }, 0, false), []);
  assert.deepEqual(idsAt({ customdata: [3], meta: { role: "places" } }, 0, false), []);
  assert.deepEqual(idsAt({ x: [5, 6] }, 1, true), [1]);
});

test("an event's ids, each once; points are known by their place only where no trace has ids", () => {
  const traces = map();
  const points = [[2, 1], [2, 2], [3, 1], [4, 0]].map(([curveNumber, pointNumber]) =>
    ({ curveNumber, pointNumber, data: traces[curveNumber], fullData: traces[curveNumber] }));
  assert.deepEqual(idsOf({ points }, traces), [11, 12]);
  const plain = [{ x: [4, 5, 6] }];
  assert.deepEqual(idsOf({ points: [{ curveNumber: 0, pointNumber: 2, data: plain[0], fullData: plain[0] }] }, plain), [2]);
  assert.deepEqual(idsOf(undefined, traces), []);
});

test("a click on a place is told from one on a thing", () => {
  /** @type {import("../src/plotly").Trace} */
  const places = { mode: "markers", meta: { role: "places" }, customdata: Int32Array.of(0, 1, 2) };
  const point = { curveNumber: 0, pointNumber: 2, data: places, fullData: places };
  assert.equal(placeOf({ points: [point] }), 2);
  assert.deepEqual(idsOf({ points: [point] }, [places]), []);
  assert.equal(placeOf({ points: [{ ...point, data: map()[2], fullData: map()[2] }] }), null);
  assert.ok(!hasIds(places) && hasIds(map()[2]) && !hasIds(map()[4]));
});

test("a selection marks its points, lights its segments and fades the others", () => {
  const changes = selectionChanges(map(), new Set([12]));
  assert.deepEqual([...changes.keys()], [0, 1, 2, 3]);
  assert.deepEqual(changes.get(0), { opacity: 0.3 });
  assert.deepEqual(changes.get(1), { x: [2, 8, null], y: [2, 6, null], opacity: 1 });
  assert.deepEqual([changes.get(2), changes.get(3)], [{ selectedpoints: [2] }, { selectedpoints: [1] }]);
});

test("no selection gives everything back", () => {
  const changes = selectionChanges(map(), none);
  assert.deepEqual(changes.get(0), { opacity: 1 });
  assert.deepEqual([changes.get(1)?.x, changes.get(2), changes.get(3)], [[], { selectedpoints: null }, { selectedpoints: null }]);
});

test("what is hidden for good is left alone, what the legend hides is not", () => {
  const traces = map();
  traces[2].visible = false;
  traces[3].visible = "legendonly";
  assert.deepEqual([...selectionChanges(traces, new Set([10])).keys()], [0, 1, 3]);
});

test("more lit pairs than 400 would be a wall, and many are fainter", () => {
  const count = 900;
  const ids = Int32Array.from({ length: count }, (_, i) => i);
  const flat = new Float32Array(3 * count);
  /** @type {import("../src/plotly").Trace[]} */
  const traces = [
    { mode: "lines", meta: { role: "segments" }, x: flat, y: flat },
    { mode: "lines", meta: { role: "lit" }, x: [], y: [] },
    { mode: "markers", customdata: ids, x: flat, y: flat },
  ];
  const lit = (/** @type {number} */ n) => selectionChanges(traces, new Set(ids.slice(0, n))).get(1);
  assert.equal(lit(400)?.x?.length, 1200);
  assert.equal(lit(401)?.x?.length, 0);
  assert.ok(/** @type {number} */ (lit(100)?.opacity) < 0.5);
});

test("what plotly has marked itself is not drawn again, but for what the legend hides", () => {
  const traces = map();
  const changes = selectionChanges(traces, new Set([10]));
  assert.deepEqual([...undrawn(changes, traces, true).keys()], [0, 1]);
  assert.deepEqual([...undrawn(changes, traces, false).keys()], [0, 1, 2, 3]);
  traces[3].visible = "legendonly";
  assert.deepEqual([...undrawn(changes, traces, true).keys()], [0, 1, 3]);
  assert.deepEqual([...undrawn(selectionChanges(traces, none), traces, false).keys()], [0, 2, 3], "nothing was lit");
});

test("changes as plotly takes them: a list a property, undefined where a trace keeps its own", () => {
  const [changes, numbers] = restyleOf(new Map([[0, { opacity: 0.3 }], [2, { selectedpoints: [1] }]]));
  assert.deepEqual(numbers, [0, 2]);
  assert.deepEqual(changes, { opacity: [0.3, undefined], selectedpoints: [undefined, [1]] });
});

test("selections are the same whatever their order", () => {
  assert.ok(isSame(new Set([1, 2]), new Set([2, 1])) && !isSame(new Set([1]), new Set([2])) && !isSame(new Set([1]), new Set([1, 2])));
});

test("a report's next selection: anew, or with Shift each id turned", () => {
  const chosen = new Set([1, 2]);
  assert.deepEqual([...nextSelection(chosen, [3, 3], false)], [3]);
  assert.deepEqual([...nextSelection(chosen, [2, 3, 3], true)], [1, 3]);
  assert.deepEqual([...chosen], [1, 2]);
});

test("what a report says of a selection", () => {
  /** @type {{what: [string, string], of: string, others: string, called: Record<string, string>}} */
  const given = { what: ["pair", "pairs"], of: "", others: "", called: {} };
  assert.match(sayCount(given, 0, [], false)[0], /^No pair selected\./);
  assert.deepEqual(sayCount(given, 1, [], false), ["1 pair selected."]);
  assert.deepEqual(sayCount(given, 1234, [], true), ["1,234 pairs selected, the first 50 listed.",
    "To click a point within the outline, change to zoom or pan first, or press Clear."]);
  const two = { ...given, of: "A", others: "B", called: { 9: "photo 9" } };
  assert.deepEqual(sayCount(two, 1, [9], false), ["1 pair selected, as A has it.", "The pair photo 9 is only in B, and not listed here."]);
  assert.deepEqual(sayCount(two, 2, [8, 7], false), ["2 pairs selected, as A has them.", "2 more are only in B, and not listed here."]);
});

test("cells of a report's panel and of its CSV file", () => {
  assert.deepEqual([null, 3, -0.12345, "x".repeat(161)].map((value) => short(value)), ["–", "3", "\u22120.123", `${"x".repeat(159)}…`]);
  assert.deepEqual([null, 3, 2.5, 1234].map((value) => short(value, { decimals: 0, fine: false })), ["–", "3", "2.5", "1,234"]);
  assert.equal(short(0.01234, { decimals: 3, fine: true }), "0.012");
  const cells = JSON.parse(readFileSync(new URL("../../../../tests/analysis/pairs/formula_cells.json", import.meta.url), "utf8"));
  for (const [cell, written] of cells) assert.equal(csvCell(cell), `"${written}"`);
  assert.deepEqual([null, 3, "a", 'say "a"', "=1+1", "-x", "@x"].map(csvCell), ["", "3", '"a"', '"say ""a"""', '"\'=1+1"', '"\'-x"', '"\'@x"']);
});

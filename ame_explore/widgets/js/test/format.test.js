import assert from "node:assert/strict";
import { test } from "node:test";
import { fmt, logText, spelled, tickText } from "../src/format.js";

test("numbers are as long as they are worth reading, with a true minus sign", () => {
  const shown = [null, undefined, "", NaN, "x", 0, 12, -3, 0.5, -0.25, 123.456, 0.0123, 0.00001234, 1234567.5].map((value) => fmt(value));
  assert.deepEqual(shown, ["–", "–", "–", "–", "x", "0", "12", "\u22123", "0.500", "\u22120.250", "123", "0.0123", "1.23e\u22125", "1.23e6"]);
});

test("ticks have the decimals that tell them apart", () => {
  assert.deepEqual([0, 0.5, 1].map((tick, _, all) => tickText(tick, all)), ["0.0", "0.5", "1.0"]);
  assert.deepEqual([-20, 0, 20].map((tick, _, all) => tickText(tick, all)), ["\u221220", "0", "20"]);
  assert.equal(tickText(2e-5, [0, 1e-5]), "2e\u22125");
  assert.deepEqual([0.001, 0.03, 3, 1000, 3e4, 1e-5].map(logText), ["0.001", "0.03", "3", "1000", "3e4", "1e\u22125"]);
});

test("settings are spelled as a reader knows them", () => {
  assert.deepEqual([null, true, false, 0.30000000000000004, "rows"].map(spelled), ["default", "on", "off", "0.3", "rows"]);
});

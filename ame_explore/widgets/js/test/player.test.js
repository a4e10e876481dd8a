// A recorded run: where the playhead stands, and what is shown there.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Player } from "../src/player.js";

const told = ["zero", "five", "ten", "twenty"].map((caption, i) => ({ caption, findings: i > 1 ? 1 : 0, rows: [[caption]] }));
const picture = (/** @type {number} */ step, /** @type {number} */ at) =>
  ({ step, points: Int16Array.of(at, -32767), anchors: Int16Array.of(32767, 32767), prediction: Int16Array.of(1), entropy: Int16Array.of(32767) });

/** Two pictures, at steps 0 and 10; numbers at 0, 5, 10 and 20. */
function opened() {
  /** @type {any[]} */
  const shown = [];
  const recording = /** @type {any} */ ({ moments: [0, 5, 10, 20], told, findings: [["fine"], ["collapse"]], columns: ["", "KD"], steps: 20, units: {},
    arms: [{ name: "KD", series: {} }], pictures: [[picture(0, -32767), picture(10, 32767)]], box: [10, 20, -1, 1], most_entropy: 2, show: [], locked: ["fork"], explained: "axes" });
  const player = new Player(recording, (frame) => shown.push(frame));
  return { player, shown, now: () => shown[shown.length - 1] };
}

test("a frame is what was recorded last up to the playhead", () => {
  const { player } = opened();
  const { arms: [{ manifold }], ...frame } = /** @type {any} */ (player.frame());
  assert.deepEqual([[...manifold.points], [...manifold.anchors], [...manifold.entropy]], [[10, -1], [20, 1], [2]]);
  assert.deepEqual([frame.state, frame.step, frame.scrubbed, frame.caption, frame.diagnosis, frame.delta.rows], ["paused", 0, 0, "zero", ["fine"], [["zero"]]]);
  assert.match(frame.explained, /as recorded at step 0/);
});

test("one can go to every recorded step, and no further", () => {
  const { player, now } = opened();
  player.command("scrub", { step: 9 });
  assert.deepEqual([now().step, now().arms[0].manifold.step, now().caption], [5, 0, "five"]);
  player.command("step", {});
  assert.deepEqual([now().step, now().arms[0].manifold.step, [...now().arms[0].manifold.points], now().diagnosis], [10, 10, [20, -1], ["collapse"]]);
  player.command("step", {});
  player.command("step", {});
  assert.deepEqual([now().step, now().state], [20, "finished"]);
  player.command("reset", {});
  assert.deepEqual([now().step, now().state], [0, "paused"]);
});

test("it plays to the end, with points on their way between pictures, and begins anew after it", () => {
  const { player, shown, now } = opened();
  player.command("speed", { value: 4 });
  player.command("play", {});
  for (let ms = 0; ms <= 1250; ms += 125) player.tick(ms); // 20 steps in 20 s, four times as fast: 5 steps
  assert.equal(now().step, 5);
  assert.deepEqual([...now().arms[0].manifold.points].map((value) => Math.round(value * 100)), [1500, -100]);
  assert.match(now().explained, /straight lines/);
  player.command("pause", {});
  assert.deepEqual([[...now().arms[0].manifold.points], now().state, now().said[0].text], [[10, -1], "paused", "five"]);
  player.command("play", {});
  for (let ms = 0; ms <= 10_000; ms += 200) player.tick(ms);
  assert.deepEqual([now().state, now().step], ["finished", 20]);
  const frames = shown.length;
  player.tick(11_000);
  assert.equal(shown.length, frames);
  player.command("play", {});
  assert.deepEqual([now().state, now().step], ["playing", 0]);
});

test("a selection stays while it plays, and a command that a record cannot follow changes nothing", () => {
  const { player, now } = opened();
  player.command("select", { ids: [7] });
  player.command("fork", { step: 0 });
  player.command("scrub", { step: 10 });
  assert.deepEqual([now().selection, now().step], [[7], 10]);
});

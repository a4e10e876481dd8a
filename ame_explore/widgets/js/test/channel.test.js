// The channel with Python and the browser played by the test.

import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { Client, unpack } from "../src/channel.js";

let now = 1000; // seconds
/** @type {(() => void)[]} */
let frames = [];
const page = { hidden: false };

/** @type {any[]} */
let sent = [];
/** @type {Client[]} */
const clients = [];
/** @type {any} */
const model = { on() {}, off() {}, send: (/** @type {any} */ message) => sent.push(message) };

const world = /** @type {any} */ (globalThis);
world.document = Object.defineProperty(new EventTarget(), "hidden", { get: () => page.hidden });
world.requestAnimationFrame = (/** @type {() => void} */ act) => frames.push(act);
world.IntersectionObserver = class { observe() {} disconnect() {} };
mock.method(performance, "now", () => 1000 * now - performance.timeOrigin);

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setInterval"] });
  clients.splice(0).forEach((client) => client.close());
  [now, frames, sent, page.hidden] = [1000, [], [], false];
});

/** A page with one view on it, whose clock is `ahead` seconds behind Python's. */
function opened(ahead = 0) {
  const client = new Client(model);
  clients.push(client);
  /** @type {any[]} */
  const drawn = [];
  /** @type {any} */
  const view = { el: { isConnected: true }, draw: (/** @type {any} */ frame) => drawn.push(frame.n) };
  client.mount(view);
  client.receive({ type: "hello", page: client.page, t: now, time: now + ahead });
  const frame = (/** @type {number} */ n, /** @type {object} */ more = {}) =>
    client.receive({ type: "frame", n, time: now + ahead, moving: true, heard: {}, ask: true, ...more });
  const paint = () => frames.splice(0).forEach((act) => act());
  return { client, view, drawn, frame, paint };
}
const of = (/** @type {string} */ type) => sent.filter((message) => message.type === type);

test("arrays come out of their buffers with their shape, wherever they stand", () => {
  const bytes = new Uint8Array(20);
  new Float32Array(bytes.buffer, 4, 2).set([1.5, -2]);
  const view = new DataView(bytes.buffer, 4, 8);
  const { deep: [{ array }, rest] } = unpack({ deep: [{ array: { buffer: 0, dtype: "f4", shape: [2, 1] } }, "a"] }, [view]);
  assert.deepEqual([array.constructor, [...array], array.shape, rest], [Float32Array, [1.5, -2], [2, 1], "a"]);
  assert.deepEqual([...unpack({ buffer: 0, dtype: "u1", shape: [2] }, [Uint8Array.of(3, 4).buffer])], [3, 4]);
  assert.deepEqual([...unpack({ buffer: 0, dtype: "i4", shape: [1] }, [Int32Array.of(-5).buffer])], [-5]);
});

test("a page says that it is ready, draws a frame, and acknowledges it with its age", () => {
  const { drawn, frame, paint } = opened();
  assert.deepEqual(of("ready")[0].have, {});
  frame(1);
  assert.deepEqual(drawn, [], "drawn in an animation frame");
  now += 0.1;
  paint();
  assert.deepEqual(drawn, [1]);
  const [ack] = of("ack");
  assert.equal(ack.n, 1);
  assert.ok(Math.abs(ack.age_ms - 100) < 1 && ack.stale === false && typeof ack.page === "string");
});

test("of several frames before a painting the newest is drawn", () => {
  const { drawn, frame, paint } = opened();
  [1, 2, 3].forEach((n) => frame(n));
  paint();
  assert.deepEqual([drawn, of("ack").map(({ n }) => n)], [[3], [3]]);
});

test("a frame that does not ask is not acknowledged, and the next one tells of the oldest since", () => {
  const { frame, paint } = opened();
  frame(1, { ask: false });
  now += 0.2;
  paint();
  frame(2);
  paint();
  const [ack, ...more] = of("ack");
  assert.equal(more.length, 0);
  assert.ok(ack.n === 2 && Math.abs(ack.age_ms - 200) < 1);
});

test("an old frame is dropped and said to be stale, until nothing else has come for three seconds", () => {
  const { client, view, drawn, frame, paint } = opened();
  /** @type {number[]} */
  const late = [];
  view.late = (/** @type {number} */ seconds) => late.push(seconds);
  frame(1);
  paint();
  for (let n = 2; n < 9; n++) {
    frame(n, { ask: false });
    now += 0.6;
    paint();
  }
  assert.deepEqual(drawn, [1, 6, 7, 8]);
  assert.deepEqual(of("ack").filter(({ stale }) => stale).map(({ n }) => n), [2, 3, 4, 5]);
  assert.ok(late[0] === 0 && late[1] > 0.5);
  assert.equal(client.frame?.n, 8);
});

test("ages are counted on Python's clock", () => {
  const { client, frame, paint } = opened(50);
  frame(1);
  now += 0.1;
  paint();
  assert.ok(Math.abs(of("ack")[0].age_ms - 100) < 1);
  assert.ok(client.age({ ...(/** @type {any} */ (client.frame)), time: now + 50 - 2 }) > 1.9);
});

test("what is retained reaches views that come later, and the page says which of it it has", () => {
  const { client } = opened();
  client.receive({ type: "scene", retained: 3, ids: [1] });
  /** @type {any[]} */
  const got = [];
  client.mount(/** @type {any} */ ({ el: { isConnected: true }, draw: () => {}, retained: (/** @type {string} */ name, /** @type {any} */ body) => got.push([name, body.ids]) }));
  assert.deepEqual(got, [["scene", [1]]]);
  assert.deepEqual(of("ready").at(-1).have, { scene: 3 });
});

test("a hidden page draws nothing and says that it is away; back again it asks anew", () => {
  const { drawn, frame, paint } = opened();
  page.hidden = true;
  world.document.dispatchEvent(new Event("visibilitychange"));
  assert.deepEqual(of("away").map(({ left }) => left), [false]);
  frame(1);
  paint();
  assert.deepEqual(drawn, []);
  page.hidden = false;
  world.document.dispatchEvent(new Event("visibilitychange"));
  assert.equal(of("ready").length, 2);
});

test("a view that is taken out of the page leaves for good", () => {
  const { client, view } = opened();
  view.el.isConnected = false;
  client.watch();
  assert.deepEqual(of("away").map(({ left }) => left), [true]);
});

test("a page that hears nothing pings, sooner while something moves, and tells its views", () => {
  const { client, view, frame, paint } = opened();
  /** @type {any[]} */
  const silent = [];
  view.silent = (/** @type {number} */ seconds, /** @type {boolean} */ gone) => silent.push([Math.round(seconds), gone]);
  frame(1);
  paint();
  now += 1.5;
  client.watch();
  assert.equal(of("ping").length, 1);
  client.watch();
  assert.equal(of("ping").length, 1, "once a second");
  now += 8;
  client.watch();
  assert.deepEqual(silent, [[0, false], [0, false], [10, false]]);
});

test("a kernel that is gone is told of", () => {
  const { client } = opened();
  const { send } = model;
  model.send = () => {
    throw new Error("comm is closed");
  };
  client.tell({ type: "ping", have: {} });
  model.send = send;
  assert.ok(client.gone);
});

test("one view that cannot be drawn does not stop the others", () => {
  const { client, view, drawn, frame, paint } = opened();
  const complaints = mock.method(console, "error", () => {});
  client.mount(/** @type {any} */ ({ el: { isConnected: true }, draw: (/** @type {any} */ { n }) => drawn.push(-n) }));
  view.draw = () => {
    throw new Error("no canvas");
  };
  frame(4);
  paint();
  assert.deepEqual([drawn, complaints.mock.callCount(), of("ack").length], [[-4], 1, 1]);
  complaints.mock.restore();
});

// plotly.js, loaded once for the page: the first figure asks Python for it.

import { clock } from "./time.js";

/** @typedef {import("./plotly").PlotlyModule} PlotlyModule */
/** @typedef {import("./channel.js").Client} Client */
/** @typedef {{promise: Promise<PlotlyModule>, resolve: (loaded: PlotlyModule) => void, ready: boolean, asked: number}} Shared */

const KEY = Symbol.for("ame_explore.plotly"); // on window, where all bundles of the page find it
const page = /** @type {Record<symbol, Shared | undefined>} */ (/** @type {unknown} */ (globalThis));

/** @returns {Shared} */
function shared() {
  let found = page[KEY];
  if (!found) {
    /** @type {(loaded: PlotlyModule) => void} */
    let resolve = () => {};
    const promise = new Promise((/** @type {(loaded: PlotlyModule) => void} */ done) => (resolve = done));
    page[KEY] = found = { promise, resolve, ready: false, asked: -Infinity };
  }
  return found;
}

/** The promise of it. Whoever asked first may be gone before the answer came: call this again after a while. @param {Client} client */
export function plotly(client) {
  const found = shared();
  if (!found.ready && clock() - found.asked > 10) {
    found.asked = clock();
    client.send(/** @type {import("./messages").Need} */ ({ type: "need" }));
  }
  return found.promise;
}

/** Wait until the page has nothing else to do, but at most a second. */
function idle() {
  return new Promise((done) => {
    if ("requestIdleCallback" in globalThis) requestIdleCallback(done, { timeout: 1000 });
    else setTimeout(done); // Safari, and tests without a browser
  });
}

/** Its source has come, compressed. @param {DataView} buffer */
export async function loadPlotly(buffer) {
  const found = shared();
  if (found.ready) return;
  found.ready = true;
  try {
    const bytes = /** @type {DataView<ArrayBuffer>} */ (buffer);
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    const source = await new Response(stream).text();
    await idle(); // its start takes a second, and anywidget gives up a model that takes two to open
    const module = { exports: {} };
    new Function("module", "exports", "define", source)(module, module.exports, undefined);
    found.resolve(/** @type {PlotlyModule} */ (module.exports));
  } catch (error) {
    console.error("ame_explore: plotly.js could not be loaded", error);
    found.ready = false;
  }
}

// A report: draws its figures from the data beside them, and links figures and tables that have ids in common.

import { link } from "./linked.js";

/** @typedef {import("./plotly").Plot} Plot */

const { Plotly } = /** @type {{Plotly: import("./plotly").PlotlyModule}} */ (/** @type {unknown} */ (globalThis));
const linked = document.getElementById("linked-data");
const tools = linked ? ["autoScale2d"] : ["lasso2d", "select2d", "autoScale2d"]; // that the figures lack

/** @type {Promise<Plot>[]} */
const drawings = [];
for (const source of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(".figure-data"))) {
  const name = source.dataset.for ?? "";
  const { data, layout } = JSON.parse(source.textContent ?? "");
  const place = /** @type {Plot} */ (document.getElementById(name));
  const picture = { format: "png", scale: 2, filename: name };
  const options = { responsive: true, displaylogo: false, showSendToCloud: false, modeBarButtonsToRemove: tools, toImageButtonOptions: picture };
  drawings.push(Plotly.newPlot(place, data, layout, options).then(() => place));
}

Promise.all(drawings).then((places) => {
  document.documentElement.dataset.drawn = String(places.length);
  // Paper has a width of its own: draw again for printing (the style sheet scales it), and once more afterwards.
  addEventListener("beforeprint", () => places.forEach((place) => Plotly.relayout(place, { width: 1200, autosize: false })));
  addEventListener("afterprint", () => places.forEach((place) => Plotly.relayout(place, { width: null, autosize: true })));
});

if (linked) link(JSON.parse(linked.textContent ?? ""), Plotly, Promise.all(drawings));

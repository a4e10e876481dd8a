// A figure in the page's theme. Figures are made for white paper, in the colours of figures/base/style.py; on a dark page
// each becomes its dark counterpart. Texts, names and captions are not changed.

import { ON_DARK } from "./style.js";
import { isDark } from "./dom.js";

const PAPER_DARK = "#111111";
/** @type {Record<string, string>} */
const DARK = {
  ...Object.fromEntries(Object.entries(ON_DARK).map(([light, dark]) => [light.toLowerCase(), dark])),
  white: PAPER_DARK,
  "#fff": PAPER_DARK,
  "#ffffff": PAPER_DARK,
  "#440154": "#9a75c4", // the dark ends of Viridis and Cividis, which cannot be seen on black
  "#482878": "#8a7fcd",
  "#3e4989": "#7387c9",
  "#31688e": "#5a97bb",
  "#00224e": "#6a86b8",
  "#123570": "#6d8cc0",
  "#3b496c": "#7d8cae",
  "#e5ecf6": "#1c222b", // plotly's own template
  "#2a3f5f": "#d7dfeb",
};
const WRITTEN = new Set(["hovertext", "hovertemplate", "customdata", "ids", "x", "y", "z", "name", "labels", "ticktext"]);

const FIELDS = new Set(["heatmap", "contour", "surface", "image"]);
const KEPT = new Set(["colorscale", "contours", "line"]);
const HALO = new Set(["shadow", "color"]);

/** @param {string} text */
function darkColor(text) {
  const known = DARK[text.toLowerCase()];
  if (known) return known;
  const parts = /^rgba\((\d+), ?(\d+), ?(\d+), ?([\d.]+)\)$/.exec(text);
  if (parts) {
    const [red, green, blue] = parts.slice(1, 4).map(Number);
    if (red === green && green === blue) return `rgba(${[1, 2, 3].map(() => (red > 200 ? 17 : 270 - red)).join()},${parts[4]})`;
  }
  return text;
}

/** @param {any} tree of a figure @param {string} key what it is called there @returns {any} */
function darkened(tree, key = "") {
  if (typeof tree === "string") {
    if (key === "shadow") return tree.replaceAll("white", PAPER_DARK);
    if (key === "text") return tree.replace(/color: ?(#\w{6})/g, (/** @type {string} */ _, /** @type {string} */ color) => `color:${darkColor(color)}`);
    return darkColor(tree);
  }
  if (tree === null || typeof tree !== "object" || ArrayBuffer.isView(tree) || WRITTEN.has(key)) return tree;
  if (Array.isArray(tree)) {
    if (key === "text" || (typeof tree[0] === "number" && typeof tree[1] !== "string")) return tree;
    return tree.map((item) => darkened(item, key));
  }
  // A field that fills its panel needs no brighter ends, and the white words with a dark halo on it stay white.
  const kept = FIELDS.has(tree.type) ? KEPT : /black/.test(tree.shadow) ? HALO : null;
  return Object.fromEntries(
    Object.entries(tree).map(([name, item]) => [name, kept?.has(name) ? item : darkened(item, name)]),
  );
}

/** A figure as this page shows it. @param {import("./plotly").Figure} figure */
export function themed(figure) {
  if (!isDark()) return figure;
  const { data, layout } = darkened({ data: figure.data, layout: figure.layout });
  const quiet = { bgcolor: "rgba(0,0,0,0)", color: "#8f8f8f", activecolor: "#ececec" };
  layout.modebar = { ...quiet, ...layout.modebar };
  layout.newselection = { line: { color: "#ececec" }, ...layout.newselection };
  layout.paper_bgcolor ??= PAPER_DARK;
  layout.plot_bgcolor ??= PAPER_DARK;
  // plotly's pressed button is always white: its words must be legible on white and on black.
  const button = (/** @type {any} */ menu) => ({ bgcolor: "#2b2b2b", ...menu, font: { ...menu.font, color: "#8f8f8f" } });
  if (layout.updatemenus) layout.updatemenus = layout.updatemenus.map(button);
  return { data, layout };
}

// A Plotly figure, drawn with the one plotly.js that the page has.

import { widget } from "./channel.js";
import { h, isDark } from "./dom.js";
import { themed } from "./figure_theme.js";
import { loadPlotly, plotly } from "./library.js";
import { idsOf, isSame, placeOf, restyleOf, selectionChanges, undrawn } from "./selection.js";
import { clock } from "./time.js";

/** @typedef {import("./messages").FrameHeader & import("./messages").FigureFrame} Frame */

/** Two-dimensional arrays are sent flat: split them into rows. @param {any} tree @returns {any} */
export function rows(tree) {
  if (ArrayBuffer.isView(tree)) {
    const flat = /** @type {Float32Array & {shape?: number[]}} */ (tree);
    if (flat.shape?.length !== 2) return flat;
    const [count, width] = flat.shape;
    return Array.from({ length: count }, (_, i) => flat.subarray(i * width, (i + 1) * width));
  }
  if (Array.isArray(tree)) return tree.map(rows);
  if (tree === null || typeof tree !== "object") return tree;
  return Object.fromEntries(Object.entries(tree).map(([key, value]) => [key, rows(value)]));
}

/** @param {import("./channel.js").Client} client @param {HTMLElement} el @returns {import("./channel.js").View} */
function buildFigure(client, el) {
  const plot = /** @type {import("./plotly").Plot} */ (h("div", { class: "ame-figure-plot", "data-testid": "figure-plot", role: "img" }));
  const sentence = h("p", { class: "ame-figure-sentence", "data-testid": "figure-sentence", "aria-live": "polite" });
  const note = h("p", { class: "ame-figure-note", "data-testid": "figure-note", role: "status" });
  const root = h("div", { class: "ame-figure", "data-testid": "figure-view" }, plot, sentence, note);
  el.append(root);
  note.textContent = "Drawing…";
  /** @type {import("./plotly").PlotlyModule | null} */
  let Plotly = null;
  /** A frame that is not drawn yet, and the one that is. @type {Frame | null} */
  let newest = null;
  /** @type {Frame | null} */
  let current = null;
  let bound = false;
  let drawing = false;
  let closed = false;

  // The selection and the one before it, when the reader made it, whether an outline in this figure marks it, and how
  // often a selection made elsewhere replaced one that was outlined here.
  /** @type {Set<number>} */
  const nothing = new Set();
  const chosen = { ids: nothing, before: nothing, at: -Infinity, own: false, revision: 0 };
  /** The selection that is drawn. */
  let marked = { ids: nothing, revision: 0 };

  /** @param {number[]} ids @param {boolean} own */
  function report(ids, own = false) {
    Object.assign(chosen, { before: chosen.ids, ids: new Set(ids), at: clock(), own });
    client.send(/** @type {import("./messages").Select} */ ({ type: "select", ids }));
    setTimeout(redraw); // after plotly has dealt with the reader's outline
  }

  // From Python, or from another view through Python.
  /** @param {number[]} ids */
  function select(ids) {
    const wanted = new Set(ids);
    const late = isSame(wanted, chosen.before) && clock() - chosen.at < 1; // sent before Python heard of the reader's own choice
    if (isSame(wanted, chosen.ids) || late) return;
    Object.assign(chosen, { ids: wanted, before: wanted, own: false, revision: chosen.revision + 1 });
    requestAnimationFrame(() => setTimeout(redraw)); // once the view in which the reader selected has been painted
  }

  function bind() {
    bound = true;
    // Drawing a selection makes plotly report its outlines again, which the reader did not draw.
    plot.on("plotly_selected", (event) => {
      if (event && !drawing) choose(event, event.points.length > 0);
    });
    plot.on("plotly_click", (event) => {
      if (event && !drawing) choose(event, false);
    });
    plot.on("plotly_deselect", () => {
      if (!drawing) report([]);
    });
  }

  /** @param {import("./plotly").PointEvent} event @param {boolean} own */
  function choose(event, own) {
    const ids = idsOf(event, plot.data);
    const place = placeOf(event);
    if (ids.length || place === null) report(ids, own);
    else client.send(/** @type {import("./messages").PlaceClicked} */ ({ type: "place", place }));
  }

  /** @param {import("./plotly").PlotlyModule} library @param {Frame} frame */
  async function drawFigure(library, frame) {
    const given = rows(frame.figure);
    const { data, layout: own } = themed({ data: given.data ?? [], layout: given.layout ?? {} });
    if (chosen.ids.size) for (const [number, change] of selectionChanges(data, chosen.ids)) Object.assign(data[number], change);
    /** @type {Record<string, any>} */
    const layout = { uirevision: "live", ...own, autosize: true, height: frame.height };
    if (chosen.revision !== marked.revision) layout.selections = [];
    layout.selectionrevision = chosen.revision;
    delete layout.width;
    plot.style.height = `${frame.height}px`;
    const title = String(layout.title?.text ?? layout.title ?? "").replace(/<[^>]*>/g, "");
    await library.react(plot, data, layout, { responsive: true, displaylogo: false, showSendToCloud: false,
      toImageButtonOptions: { filename: title.replace(/[^\w.-]+/g, "_") || "figure", scale: 2 } });
    if (!bound) bind();
  }

  // Only the selection: nothing is sent again, and the zoom stays.
  /** @param {import("./plotly").PlotlyModule} library */
  async function drawSelection(library) {
    const [changes, numbers] = restyleOf(undrawn(selectionChanges(plot.data, chosen.ids), plot.data, chosen.own));
    const anew = chosen.revision !== marked.revision;
    const layout = anew ? { selections: [], selectionrevision: chosen.revision } : {};
    if (numbers.length || anew) await library.update(plot, changes, layout, numbers);
  }

  async function redraw() {
    if (drawing || !Plotly || closed) return;
    // Without a size plotly cannot measure its titles, and writes them over each other. While JupyterLab changes its
    // theme a figure may have none for less than a frame, of which no observer hears.
    if (!plot.clientWidth) {
      requestAnimationFrame(() => {
        if (plot.clientWidth) redraw();
      });
      return;
    }
    drawing = true;
    while (!closed && (newest || (current && !isSame(marked.ids, chosen.ids)))) {
      const [frame, now] = [newest, { ids: chosen.ids, revision: chosen.revision }];
      newest = null;
      if (frame) current = frame;
      const shown = /** @type {Frame} */ (current);
      try {
        if (frame) await drawFigure(Plotly, frame);
        else await drawSelection(Plotly);
        note.textContent = "";
      } catch (error) {
        note.textContent = `The figure could not be drawn: ${error instanceof Error ? error.message : error}`;
      }
      marked = now;
      plot.setAttribute("aria-label", shown.sentence || shown.figure.layout?.title?.text || "figure");
      if (sentence.textContent !== shown.sentence) sentence.textContent = shown.sentence;
      root.dataset.drawn = String(shown.n);
      root.dataset.selected = String(chosen.ids.size);
    }
    drawing = false;
  }

  const sizes = new ResizeObserver(() => {
    if (newest) redraw();
  });
  sizes.observe(plot);

  let dark = isDark();
  const themes = new MutationObserver(() => {
    if (isDark() === dark) return;
    dark = !dark;
    newest ??= current;
    redraw();
  });
  themes.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light", "class"] });

  // Its start takes a second or more of the page's time: a figure below the fold does without until it is near.
  let loading = false;
  function load() {
    if (Plotly) return;
    const found = plotly(client);
    if (loading) return;
    loading = true;
    found.then((loaded) => {
      Plotly = loaded;
      redraw();
    });
  }
  return {
    el: root,
    draw(frame) {
      newest = frame;
      load();
      redraw();
    },
    retained(name, body) {
      if (name === "selection") select(/** @type {import("./messages").SelectionBody} */ (body).selection);
    },
    message(body, buffers) {
      if (body.type === "library") loadPlotly(buffers[0]);
    },
    silent(seconds, gone) {
      load();
      const text = gone ? "Python has stopped: run the cell again." : seconds ? `No answer from Python for ${Math.round(seconds)} s.` : "";
      if (text || note.dataset.quiet) note.textContent = text;
      note.dataset.quiet = text;
    },
    close() {
      closed = true;
      themes.disconnect();
      sizes.disconnect();
      if (Plotly) Plotly.purge(plot);
    },
  };
}

export default widget(buildFigure);

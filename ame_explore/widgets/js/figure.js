// A Plotly figure, drawn with the one plotly.js that the page has.

const PLOTLY = Symbol.for("ame_explore.plotly"); // on window: {promise, resolve, asked}

function plotly(client) {
  let shared = window[PLOTLY];
  if (!shared) {
    shared = window[PLOTLY] = { asked: -Infinity };
    shared.promise = new Promise((resolve) => (shared.resolve = resolve));
  }
  // Whoever asked first may be gone before the answer came: ask again after a while.
  if (!shared.ready && clock() - shared.asked > 10) {
    shared.asked = clock();
    client.send({ type: "need", what: "plotly" });
  }
  return shared;
}

async function loadPlotly(buffer) {
  const shared = window[PLOTLY];
  if (!shared || shared.ready) return;
  shared.ready = true;
  try {
    const stream = new Blob([buffer]).stream().pipeThrough(new DecompressionStream("gzip"));
    const source = await new Response(stream).text();
    const module = { exports: {} };
    new Function("module", "exports", "define", source)(module, module.exports, undefined);
    shared.resolve(module.exports);
  } catch (error) {
    console.error("ame_explore: plotly.js could not be loaded", error);
    shared.ready = false;
  }
}

// Two-dimensional arrays travel flat: rows again.
function rows(tree) {
  if (ArrayBuffer.isView(tree)) {
    if (tree.shape?.length !== 2) return tree;
    const [count, width] = tree.shape;
    return Array.from({ length: count }, (_, i) => tree.subarray(i * width, (i + 1) * width));
  }
  if (Array.isArray(tree)) return tree.map(rows);
  if (tree === null || typeof tree !== "object") return tree;
  return Object.fromEntries(Object.entries(tree).map(([key, value]) => [key, rows(value)]));
}

const idOf = (trace, index) => {
  const given = trace.customdata?.[index];
  if (given === undefined || given === null) return index;
  return Number(typeof given === "object" ? given[0] : given);
};

function buildFigure(client, el) {
  const plot = h("div", { class: "ame-figure-plot", "data-testid": "figure-plot", role: "img" });
  const sentence = h("p", { class: "ame-figure-sentence", "data-testid": "figure-sentence", "aria-live": "polite" });
  const note = h("p", { class: "ame-figure-note", "data-testid": "figure-note", role: "status" });
  const root = h("div", { class: "ame-figure", "data-testid": "figure-view" }, plot, sentence, note);
  el.append(root);
  note.textContent = "Drawing…";
  let Plotly = null;
  let newest = null;
  let bound = false;
  let drawing = false;
  let closed = false;

  // The selection that is drawn, the one before it, when the reader made it, and how often another took its place.
  const keyOf = (ids) => [...(ids ?? [])].map(Number).sort((a, b) => a - b).join();
  const shown = { key: "", before: "", at: -Infinity, revision: 0 };

  const report = (ids) => {
    const own = [...new Set(ids)];
    Object.assign(shown, { before: shown.key, key: keyOf(own), at: clock() });
    client.send({ type: "select", ids: own });
  };

  function bind() {
    bound = true;
    const chosen = (event) => {
      if (event) report(event.points.map((point) => idOf(point.data, point.pointNumber)));
    };
    plot.on("plotly_selected", chosen);
    plot.on("plotly_click", (event) => chosen(event));
    plot.on("plotly_deselect", () => report([]));
  }

  async function redraw() {
    if (drawing || !Plotly || !newest) return;
    drawing = true;
    while (newest && !closed) {
      const frame = newest;
      newest = null;
      const figure = rows(frame.figure);
      figure.data = figure.data ?? [];
      const wanted = new Set(frame.selection);
      for (const trace of figure.data) {
        const count = (trace.customdata ?? trace.x ?? []).length;
        if (!wanted.size || !count) continue;
        trace.selectedpoints = Array.from({ length: count }, (_, i) => i).filter((i) => wanted.has(idOf(trace, i)));
      }
      const layout = { uirevision: "live", ...figure.layout, autosize: true, height: frame.height };
      const key = keyOf(frame.selection);
      const late = key === shown.before && clock() - shown.at < 1; // sent before the reader's own choice was heard
      if (key !== shown.key && !late) {
        // Made elsewhere: the outline that the reader drew here, and the points within it, are no longer the selection.
        Object.assign(shown, { key, before: key, revision: shown.revision + 1 });
        layout.selections = [];
      }
      layout.selectionrevision = shown.revision;
      delete layout.width;
      plot.style.height = `${frame.height}px`;
      try {
        await Plotly.react(plot, figure.data, layout, { responsive: true, displaylogo: false, showSendToCloud: false });
        note.textContent = "";
        if (!bound) bind();
      } catch (error) {
        note.textContent = `The figure could not be drawn: ${error.message}`;
      }
      plot.setAttribute("aria-label", frame.sentence || layout.title?.text || "figure");
      if (sentence.textContent !== frame.sentence) sentence.textContent = frame.sentence;
      root.dataset.drawn = String(frame.n);
    }
    drawing = false;
  }

  const view = {
    el: root,
    draw(frame) {
      newest = frame;
      if (Plotly) return redraw();
      plotly(client).promise.then((loaded) => {
        Plotly = loaded;
        redraw();
      });
    },
    message(body, buffers) {
      if (body.type === "library") loadPlotly(buffers[0]);
    },
    silent(seconds, gone) {
      if (!Plotly) plotly(client);
      const text = gone ? "Python is gone: run the cell again." : seconds ? `No answer from Python for ${Math.round(seconds)} s.` : "";
      if (text || note.dataset.quiet) note.textContent = text;
      note.dataset.quiet = text;
    },
    close() {
      closed = true;
      if (Plotly) Plotly.purge(plot);
    },
  };
  plotly(client).promise.then((loaded) => (Plotly = loaded));
  return view;
}

export default widget(buildFigure);

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

function buildFigure(client, el) {
  const plot = h("div", { class: "ame-figure-plot", "data-testid": "figure-plot", role: "img" });
  const sentence = h("p", { class: "ame-figure-sentence", "data-testid": "figure-sentence", "aria-live": "polite" });
  const note = h("p", { class: "ame-figure-note", "data-testid": "figure-note", role: "status" });
  const root = h("div", { class: "ame-figure", "data-testid": "figure-view" }, plot, sentence, note);
  el.append(root);
  note.textContent = "Drawing…";
  let Plotly = null;
  let newest = null; // a frame that is not drawn yet
  let current = null; // the frame that is
  let wanted = new Set(); // the ids that are selected
  let marked = { key: "", revision: 0 }; // the selection that is drawn
  let bound = false;
  let drawing = false;
  let closed = false;

  // The selection that is shown, the one before it, when the reader made it, and how often another took its place.
  const keyOf = (ids) => [...(ids ?? [])].map(Number).sort((a, b) => a - b).join();
  const shown = { key: "", before: "", at: -Infinity, revision: 0, own: false };

  const report = (ids, marksThere = false) => {
    const own = [...new Set(ids)];
    Object.assign(shown, { before: shown.key, key: keyOf(own), at: clock(), own: marksThere });
    wanted = new Set(own);
    client.send({ type: "select", ids: own });
    setTimeout(redraw); // when plotly has ended what it does with the reader's outline
  };

  // From Python, or from another view by way of it.
  function select(ids) {
    const key = keyOf(ids);
    const late = key === shown.before && clock() - shown.at < 1; // sent before the reader's own choice was heard
    if (key === shown.key || late) return;
    // Made elsewhere: the outline that the reader drew here, and the points within it, are no longer the selection.
    Object.assign(shown, { key, before: key, revision: shown.revision + 1, own: false });
    wanted = new Set(ids);
    redraw();
  }

  function bind() {
    bound = true;
    // Drawing a selection makes plotly look again at its outlines, and tell of them: that is no choice of the reader's.
    const chosen = (event, byLasso) => {
      if (event && !drawing) report(event.points.map((point) => idOf(point.data, point.pointNumber)), byLasso);
    };
    plot.on("plotly_selected", (event) => chosen(event, event?.points.length > 0));
    plot.on("plotly_click", (event) => chosen(event, false));
    plot.on("plotly_deselect", () => {
      if (!drawing) report([]);
    });
  }

  async function drawFigure(frame) {
    const given = rows(frame.figure);
    const { data, layout: own } = themed({ data: given.data ?? [], layout: given.layout ?? {} });
    if (wanted.size) for (const [number, change] of selectionChanges(data, wanted)) Object.assign(data[number], change);
    const layout = { uirevision: "live", ...own, autosize: true, height: frame.height };
    if (shown.revision !== marked.revision) layout.selections = [];
    layout.selectionrevision = shown.revision;
    delete layout.width;
    plot.style.height = `${frame.height}px`;
    await Plotly.react(plot, data, layout, { responsive: true, displaylogo: false, showSendToCloud: false });
    if (!bound) bind();
  }

  // The selection alone: nothing is sent again, and what the reader zoomed to stays.
  async function drawSelection() {
    const [changes, numbers] = restyleOf(undrawn(selectionChanges(plot.data, wanted), plot.data, shown.own));
    const layout = shown.revision !== marked.revision ? { selections: [], selectionrevision: shown.revision } : {};
    if (numbers.length || layout.selections) await Plotly.update(plot, changes, layout, numbers);
  }

  async function redraw() {
    if (drawing || !Plotly || closed) return;
    drawing = true;
    while (!closed && (newest || (current && marked.key !== shown.key))) {
      const [frame, now] = [newest, { key: shown.key, revision: shown.revision }];
      newest = null;
      try {
        if (frame) await drawFigure((current = frame));
        else await drawSelection();
        note.textContent = "";
      } catch (error) {
        note.textContent = `The figure could not be drawn: ${error.message}`;
      }
      marked = now;
      plot.setAttribute("aria-label", current.sentence || current.figure.layout?.title?.text || "figure");
      if (sentence.textContent !== current.sentence) sentence.textContent = current.sentence;
      root.dataset.drawn = String(current.n);
      root.dataset.selected = String(wanted.size);
    }
    drawing = false;
  }

  let dark = pageIsDark();
  const themes = new MutationObserver(() => {
    if (pageIsDark() === dark) return;
    dark = !dark;
    newest ??= current;
    redraw();
  });
  themes.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light", "class"] });

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
    retained(name, body) {
      if (name === "selection") select(body.selection);
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
      themes.disconnect();
      if (Plotly) Plotly.purge(plot);
    },
  };
  plotly(client).promise.then((loaded) => (Plotly = loaded));
  return view;
}

export default widget(buildFigure);

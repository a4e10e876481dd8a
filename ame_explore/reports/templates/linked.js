// One selection for the whole page: made in a figure or a table, shown in all of them and in the panel below.
// All words are set as text (textContent), so that nothing in a caption is ever read as HTML.
(() => {
  const { ids, columns, what, pictures, groups, of, others, called } =
    JSON.parse(document.getElementById("linked-data").textContent);
  const place = new Map(ids.map((id, row) => [id, row]));
  const panel = document.getElementById("panel");
  const said = panel.querySelector("output");
  const list = panel.querySelector(".rows");
  const rows = [...document.querySelectorAll("tr[data-ids]")].map((row) => [row, row.dataset.ids.split(" ").map(Number)]);
  const names = Object.keys(columns);
  const numeric = new Set(names.filter((name) => columns[name].some((value) => typeof value === "number")));
  const wide = new Set(names.filter((name) => columns[name].some((value) => typeof value === "string" && value.length > 24)));
  const kind = (name) => (numeric.has(name) ? "number" : wide.has(name) ? "words" : "");
  const SHOWN = 50;
  const LONG = 160; // letters of a caption, as in the tables
  let chosen = new Set();
  let under = null; // what Shift adds an outline to, and in which figure that is drawn
  let figures = [];
  let drawing = 0;

  const cut = (value) => (value.length > LONG ? `${value.slice(0, LONG - 1)}…` : value);
  const short = (value) => (value === null ? "–" : typeof value !== "number" ? cut(value)
    : Number.isInteger(value) ? String(value) : value.toFixed(3)).replace(/^-/, "\u2212");

  function element(name, text, className) {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    if (className) made.className = className;
    return made;
  }

  function table() {
    const made = element("table");
    const head = made.createTHead().insertRow();
    const some = [...chosen].slice(0, SHOWN);
    const seen = some.some((id) => pictures[id]);
    if (seen) head.append(element("th", "image"));
    for (const name of ["id", ...names]) head.append(element("th", name, numeric.has(name) ? "number" : ""));
    const body = made.createTBody();
    for (const id of some) {
      const row = body.insertRow();
      if (seen) {
        const cell = row.insertCell();
        if (pictures[id]) {
          const image = element("img");
          image.src = pictures[id];
          image.alt = `image ${id}`;
          cell.append(image);
        }
      }
      row.append(element("td", String(id)));
      for (const name of names) {
        row.append(element("td", short(columns[name][place.get(id)]), kind(name)));
      }
    }
    return made;
  }

  // How much is selected, and below it the ids that are in figures alone, and how to click within an outline.
  function say(strange, outline) {
    const count = chosen.size;
    const whole = count === 0
      ? `No ${what[0]} selected. Click a point or a row, or draw a lasso (its button is at the top right of a figure).`
      : `${count.toLocaleString("en")} ${count === 1 ? what[0] : what[1]} selected${of && `, as ${of} has ${count === 1 ? "it" : "them"}`}`
        + (count > SHOWN ? `, the first ${SHOWN} listed.` : ".");
    const hints = strange.length === 1 ? [`The ${what[0]} ${called[strange[0]] ?? strange[0]} is only in ${others}, and not listed here.`]
      : strange.length ? [`${strange.length.toLocaleString("en")} more are only in ${others}, and not listed here.`] : [];
    if (outline) hints.push("To click a point within the outline, change to zoom or pan first, or press Clear.");
    said.replaceChildren(whole, ...hints.map((hint) => element("small", hint)));
  }

  function show(by, strange = []) {
    const count = chosen.size;
    say(strange, by);
    for (const button of panel.querySelectorAll("button")) button.disabled = count === 0;
    list.replaceChildren(...(count ? [table()] : []));
    for (const [row, mine] of rows) {
      const on = mine.some((id) => chosen.has(id));
      row.classList.toggle("chosen", on);
      row.setAttribute("aria-selected", String(on));
    }
    if (!by) return draw();
    setTimeout(draw, 0, by); // when plotly has ended what it does with the reader's outline
  }

  // The selection in every figure, and no outline but in the one it was drawn in, where plotly marks the points itself.
  function draw(by) {
    const count = chosen.size;
    drawing += 1;
    const updates = figures.map((figure) => {
      const { lines, lit, traces } = partsOf(figure);
      const changes = new Map(); // trace -> what changes; all in one go, for each costs a drawing
      // What has no ids, such as the segments of a map, steps back while something is selected.
      for (const number of lines) changes.set(number, { opacity: count ? 0.3 : 1 });
      for (const { index, of, at } of lit) changes.set(index, ends(figure._fullData[of], at));
      for (const { index, hidden, at } of traces) if (figure !== by || hidden) {
        changes.set(index, { selectedpoints: count ? [...chosen].flatMap((id) => at.get(id) ?? []) : null });
      }
      if (!changes.size) return null;
      const given = [...changes.values()];
      const whole = ["opacity", "x", "y", "selectedpoints"].map((name) => [name, given.map((one) => one[name])]);
      const without = figure !== by && outlined(figure) ? { selections: [] } : {};
      return Plotly.update(figure, Object.fromEntries(whole), without, [...changes.keys()]);
    });
    Promise.all(updates).finally(() => {
      drawing -= 1;
      document.documentElement.dataset.chosen = count;
    });
  }

  function choose(found, add, by) {
    const known = found.flatMap((id) => groups[id] ?? (place.has(id) ? [id] : []));
    const strange = others ? [...new Set(found.filter((id) => id >= 0 && !place.has(id)))] : [];
    if (strange.length && !known.length && !by) return say(strange, figures.some(outlined)); // a click
    if (add) for (const id of known) (chosen.has(id) ? chosen.delete(id) : chosen.add(id));
    else chosen = new Set(known);
    show(by, strange);
  }

  // Where each id lies in a trace; one that stands for several lies there for each of them.
  function index(values) {
    const at = new Map();
    values.forEach((value, point) => {
      const id = Array.isArray(value) ? value[0] : value;
      for (const one of groups[id] ?? [id]) at.has(one) ? at.get(one).push(point) : at.set(one, [point]);
    });
    return at;
  }

  // The traces of a figure, without a map's other pictures: points with ids, lines without, and lines that are there to
  // be lit. What a reader has hidden in the legend is among them: it shall come back as things then are.
  function partsOf(figure) {
    const all = figure._fullData;
    const own = (number) => all[number].visible || all[number].meta?.role === "lit";
    const numbers = all.map((_, number) => number).filter(own);
    const lit = numbers.filter((number) => all[number].meta?.role === "lit" && all[number + 1].customdata?.length);
    return {
      lines: numbers.filter((number) => all[number].mode === "lines" && !all[number].customdata && !lit.includes(number)),
      lit: lit.map((number) => ({ index: number, of: number - 1, at: index([...all[number + 1].customdata]) })),
      traces: numbers.filter((number) => all[number].customdata?.length)
        .map((number) => ({ index: number, hidden: all[number].visible !== true, at: index([...all[number].customdata]) })),
    };
  }

  // The segments of chosen pairs: three places each (image, text, gap), in the order of the images.
  function ends({ x, y }, at) {
    const points = chosen.size > 400 ? [] : [...chosen].flatMap((id) => at.get(id) ?? []); // more would be a wall
    const take = (values) => points.flatMap((point) => [values[3 * point], values[3 * point + 1], null]);
    const opacity = Math.max(0.12, Math.min(1, 2 / Math.sqrt(points.length || 1)));
    return { x: take(x), y: take(y), opacity };
  }

  const outlined = (figure) => figure.layout.selections?.length > 0;

  const idsOf = (event) => (event?.points ?? [])
    .map(({ customdata }) => (Array.isArray(customdata) ? customdata[0] : customdata))
    .filter((id) => id !== undefined && id !== null);

  Promise.all(typeof drawn === "undefined" ? [] : drawn).then((places) => {
    figures = places.filter((figure) => partsOf(figure).traces.length);
    for (const figure of figures) {
      // Drawing makes plotly look again at its outlines, and tell of them: that is no choice of the reader's.
      figure.on("plotly_selected", (event) => {
        if (!event || drawing) return;
        if (under?.figure !== figure) return choose(idsOf(event), false, figure);
        setTimeout(choose, 0, [...under.ids, ...idsOf(event)], false); // without an outline: plotly would mark it alone
      });
      figure.on("plotly_deselect", () => { if (!drawing) choose([], false); });
      figure.on("plotly_click", (event) => choose(idsOf(event), event.event?.shiftKey));
      figure.on("plotly_buttonclicked", () => setTimeout(show)); // another picture: the choice shows in it too
      // The legend brought a trace back: plotly marks what an outline holds of it. The choice stays, the outline goes.
      figure.on("plotly_restyle", () => { if (!drawing) setTimeout(show); });
    }
    show();
    document.documentElement.dataset.linked = figures.length;
  });

  // Plotly itself adds to the outlines of one figure alone: Shift adds to all else that was selected as the drag began.
  addEventListener("mousedown", (event) => {
    const figure = figures.find((one) => one.contains(event.target));
    under = event.shiftKey && chosen.size && figure && !outlined(figure) ? { figure, ids: [...chosen] } : null;
  }, true);

  for (const [row, mine] of rows) {
    row.addEventListener("mousedown", (event) => { if (event.shiftKey) event.preventDefault(); }); // selects rows, not letters
    row.addEventListener("click", (event) => choose(mine, event.shiftKey));
    row.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      choose(mine, event.shiftKey);
    });
  }

  // A cell that begins like a formula would be run by a spreadsheet: a quote before it keeps it text.
  const cell = (value) => {
    if (typeof value === "number" || value === null) return value ?? "";
    return `"${(/^[=+\-@\t\r]/.test(value) ? "'" + value : value).replaceAll('"', '""')}"`;
  };

  panel.querySelector("[data-do=clear]").addEventListener("click", () => choose([], false));
  panel.querySelector("[data-do=save]").addEventListener("click", () => {
    const lines = [["id", ...names].map(cell), ...[...chosen].map((id) => [id, ...names.map((name) => cell(columns[name][place.get(id)]))])];
    const link = element("a");
    link.href = URL.createObjectURL(new Blob([lines.map((line) => line.join(",")).join("\r\n")], { type: "text/csv" }));
    link.download = "selection.csv";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  });
  show();
})();

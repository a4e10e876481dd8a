// One selection for a whole report: made in a figure or a table, shown in all of them and in the panel below.
// All words are set as text, so that nothing in a caption is ever read as HTML.

import { copyField, h } from "./dom.js";
import { fmt, number } from "./format.js";
import { hasIds, idsOf, restyleOf, selectionChanges, undrawn } from "./selection.js";

/** @typedef {import("./messages").LinkedData} LinkedData */
/** @typedef {import("./plotly").Plot} Plot */
/** @typedef {string | number | null} Cell */

const SHOWN = 50; // rows of the panel
const LONG = 160; // letters of a caption, as in the tables

/** A value as the panel shows it. @param {Cell} value @param {{decimals: number, fine: boolean}} [how] of a quantity's column */
export function short(value, how) {
  if (typeof value === "string") return value.length > LONG ? `${value.slice(0, LONG - 1)}…` : value;
  return how ? number(value, how.decimals, { fine: how.fine }) : fmt(value);
}

// As in analysis/pairs/export.py: a spreadsheet reads a formula at the start of a cell, after invisible characters, or
// after something that it takes for a cell separator.
const UNSEEN = "[\\s\\x00-\\x1f\\x7f-\\xa0\\xad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180e\\u200b-\\u200f\\u2028-\\u202f\\u205f-\\u206f\\u3000\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0]";
// eslint-disable-next-line no-misleading-character-class -- the class lists single characters
const FORMULA = new RegExp(`(^|[;\\t\\r\\n|])(${UNSEEN}*[=+@\\uff1d\\uff0b\\uff20\\uff0d\\u2212-])`, "g");

/** A value in a CSV file, with a quote before what a spreadsheet would run. @param {Cell} value */
export function csvCell(value) {
  if (typeof value !== "string") return String(value ?? "");
  const quoted = value.replace(FORMULA, "$1'$2");
  return `"${(/^[\t\r]/.test(quoted) ? `'${quoted}` : quoted).replaceAll('"', '""')}"`;
}

/**
 * How much is selected, and further hints.
 * @param {Pick<LinkedData, "what" | "of" | "others" | "called">} given
 * @param {number} count
 * @param {number[]} strange ids that are in figures alone
 * @param {boolean} outlined whether an outline is in the way of clicks
 * @returns {[string, ...string[]]} a sentence, and hints below it
 */
export function sayCount({ what: [one, many], of, others, called }, count, strange, outlined) {
  const whose = of && `, as ${of} has ${count === 1 ? "it" : "them"}`;
  const whole =
    count === 0 ? `No ${one} selected. Click a point or a row, or draw a lasso (its button is at the top right of a figure).`
    : `${count.toLocaleString("en")} ${count === 1 ? one : many} selected${whose}${count > SHOWN ? `, the first ${SHOWN} listed.` : "."}`;
  const hints =
    strange.length === 1 ? [`The ${one} ${called[strange[0]] ?? strange[0]} is only in ${others}, and not listed here.`]
    : strange.length ? [`${strange.length.toLocaleString("en")} more are only in ${others}, and not listed here.`]
    : [];
  if (outlined) hints.push("To click a point within the outline, change to zoom or pan first, or press Clear.");
  return [whole, ...hints];
}

/**
 * The next selection: these ids alone, or with `toggle` those that were not selected added and the others dropped.
 * @param {Set<number>} chosen @param {number[]} ids @param {boolean} toggle
 */
export function nextSelection(chosen, ids, toggle) {
  if (!toggle) return new Set(ids);
  const next = new Set(chosen);
  for (const id of new Set(ids)) if (!next.delete(id)) next.add(id);
  return next;
}

/**
 * @param {LinkedData} given
 * @param {import("./plotly").PlotlyModule} Plotly
 * @param {Promise<Plot[]>} drawn
 */
export function link(given, Plotly, drawn) {
  const { ids, columns, formats, pictures, others } = given;
  const place = new Map(ids.map((id, row) => [id, row]));
  const panel = /** @type {HTMLElement} */ (document.getElementById("panel"));
  const said = /** @type {HTMLElement} */ (panel.querySelector("output"));
  const list = /** @type {HTMLElement} */ (panel.querySelector(".rows"));
  const button = (/** @type {string} */ name) => /** @type {HTMLButtonElement} */ (panel.querySelector(`[data-do=${name}]`));
  const rows = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("tr[data-ids]")])
    .map((row) => ({ row, mine: (row.dataset.ids ?? "").split(" ").map(Number) }));
  const names = Object.keys(columns);
  /** @type {Record<string, string>} */
  const kinds = Object.fromEntries(names.map((name) => {
    const some = (/** @type {(value: Cell) => boolean} */ is) => columns[name].some(is);
    return [name, some((value) => typeof value === "number") ? "number" : some((value) => typeof value === "string" && value.length > 24) ? "words" : ""];
  }));
  const valueOf = (/** @type {string} */ name, /** @type {number} */ id) => columns[name][place.get(id) ?? -1] ?? null;
  /** @type {Set<number>} */
  let chosen = new Set();
  /** The selection that Shift adds an outline to, and the figure in which the outline is drawn. @type {{figure: Plot, ids: number[]} | null} */
  let under = null;
  /** @type {Plot[]} */
  let figures = [];
  let drawing = 0;

  const outlined = (/** @type {Plot} */ figure) => figure.layout.selections?.length > 0;

  function table() {
    const some = [...chosen].slice(0, SHOWN);
    const seen = some.some((id) => pictures[id]);
    const picture = (/** @type {number} */ id) => h("td", {}, pictures[id] && h("img", { src: pictures[id], alt: `image ${id}` }));
    return h("table", {},
      h("thead", {}, h("tr", {}, seen && h("th", {}, "image"), h("th", {}, "id"),
        names.map((name) => h("th", { class: kinds[name] === "number" && "number" }, name)))),
      h("tbody", {}, some.map((id) => h("tr", {}, seen && picture(id), h("td", {}, String(id)),
        names.map((name) => h("td", { class: kinds[name] }, short(valueOf(name, id), formats[name])))))));
  }

  /** @param {number[]} strange @param {boolean} outline */
  function say(strange, outline) {
    const [whole, ...hints] = sayCount(given, chosen.size, strange, outline);
    said.replaceChildren(whole, ...hints.map((hint) => h("small", {}, hint)));
  }

  /** @param {Plot} [by] the figure in which it was outlined @param {number[]} strange */
  function show(by, strange = []) {
    say(strange, Boolean(by));
    for (const name of ["save", "test", "clear"]) button(name).disabled = chosen.size === 0;
    list.replaceChildren(...(chosen.size ? [table()] : []));
    for (const { row, mine } of rows) {
      const on = mine.some((id) => chosen.has(id));
      row.classList.toggle("chosen", on);
      row.setAttribute("aria-selected", String(on));
    }
    if (!by) return draw();
    setTimeout(draw, 0, by); // after plotly has dealt with the reader's outline
  }

  /** The selection in every figure, and no outline but in the one it was drawn in. @param {Plot} [by] */
  function draw(by) {
    drawing += 1;
    const updates = figures.map((figure) => {
      const traces = figure._fullData;
      const [changes, numbers] = restyleOf(undrawn(selectionChanges(traces, chosen), traces, figure === by));
      const layout = figure !== by && outlined(figure) ? { selections: [] } : {};
      return numbers.length ? Plotly.update(figure, changes, layout, numbers) : null;
    });
    Promise.all(updates).finally(() => {
      drawing -= 1;
      document.documentElement.dataset.chosen = String(chosen.size);
    });
  }

  /** @param {number[]} found @param {boolean} toggle @param {Plot} [by] */
  function choose(found, toggle, by) {
    const known = found.filter((id) => place.has(id));
    const strange = others ? found.filter((id) => !place.has(id)) : [];
    if (strange.length && !known.length && !by) return say(strange, figures.some(outlined)); // a click
    chosen = nextSelection(chosen, known, toggle);
    show(by, strange);
  }

  drawn.then((places) => {
    figures = places.filter((figure) => figure._fullData.some((trace) => trace.visible !== false && hasIds(trace)));
    for (const figure of figures) {
      const found = (/** @type {import("./plotly").PointEvent | undefined} */ event) => idsOf(event, figure._fullData);
      // Drawing makes plotly report its outlines again, which the reader did not draw.
      figure.on("plotly_selected", (event) => {
        if (!event || drawing) return;
        if (under?.figure !== figure) return choose(found(event), false, figure);
        setTimeout(choose, 0, [...under.ids, ...found(event)], false); // without an outline: plotly would mark it alone
      });
      figure.on("plotly_deselect", () => {
        if (!drawing) choose([], false);
      });
      figure.on("plotly_click", (event) => choose(found(event), Boolean(event?.event?.shiftKey)));
      figure.on("plotly_buttonclicked", () => setTimeout(show)); // another picture: it shows the selection too
      // The legend brought a trace back, and plotly selects its points within the outline: keep the selection, drop the outline.
      figure.on("plotly_restyle", () => {
        if (!drawing) setTimeout(show);
      });
    }
    show();
    document.documentElement.dataset.linked = String(figures.length);
  });

  // Plotly adds only to outlines in the same figure. Here Shift adds to everything that was selected when the drag began.
  addEventListener("mousedown", (event) => {
    const figure = figures.find((one) => one.contains(/** @type {Node} */ (event.target)));
    under = event.shiftKey && chosen.size && figure && !outlined(figure) ? { figure, ids: [...chosen] } : null;
  }, true);

  for (const { row, mine } of rows) {
    row.addEventListener("mousedown", (event) => {
      if (event.shiftKey) event.preventDefault(); // selects rows, not letters
    });
    row.addEventListener("click", (event) => choose(mine, event.shiftKey));
    row.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      choose(mine, event.shiftKey);
    });
  }

  button("clear").addEventListener("click", () => choose([], false));
  button("test").addEventListener("click", async () => {
    const line = h("input", { readonly: true, value: `ame_explore.explore(features).pin([${[...chosen].join(", ")}])  # features: those of this report` });
    panel.append(line);
    await copyField(line, button("test"));
    line.remove();
  });
  button("save").addEventListener("click", () => {
    const lines = [["id", ...names].map(csvCell), ...[...chosen].map((id) => [String(id), ...names.map((name) => csvCell(valueOf(name, id)))])];
    const file = new Blob([lines.map((line) => line.join(",")).join("\r\n")], { type: "text/csv" });
    const save = h("a", { href: URL.createObjectURL(file), download: "selection.csv" });
    save.click();
    setTimeout(() => URL.revokeObjectURL(save.href), 1000);
  });
  show();
}

// The explorer: a map of all pairs, the pair that is looked at, and a table, with one selection and one set of filters.
// Python decides what is shown, in which order and colour; the page draws it, and highlights a selection at once.

import { widget } from "./channel.js";
import { h, isDark, setShown, setText } from "./dom.js";
import { Filters } from "./explorer_filters.js";
import { PairMap } from "./explorer_map.js";
import { PairPanel } from "./explorer_pair.js";
import { download, picture, pictureOf } from "./explorer_picture.js";
import { Sheets } from "./explorer_sheets.js";
import { countWords, PairTable } from "./explorer_table.js";
import { clock } from "./time.js";

/**
 * @typedef {object} Model what the page knows
 * @property {import("./messages").PairFacts | null} facts
 * @property {import("./messages").PairPlaces | null} places
 * @property {import("./messages").PairColors | null} colors
 * @property {Uint8Array | null} codes
 * @property {import("./messages").PairsShown | null} shown
 * @property {Uint8Array | null} mask of the pairs that are shown; null for all
 * @property {boolean} hidden whether the others leave a trace on the map
 * @property {Set<number>} selected rows
 * @property {number | null} active row that is looked at
 * @property {import("./messages").RegionName[]} regions
 * @property {import("./messages").PairFace | null} face
 * @property {import("./messages").PairGrid | null} grid
 */

const POINTS = new Set(["facts", "places", "colors", "shown"]); // messages that change what is drawn of all pairs

export class Explorer {
  /** @param {import("./channel.js").Client} client */
  constructor(client) {
    this.client = client;
    /** @type {Model} */
    this.model = { facts: null, places: null, colors: null, codes: null, shown: null, mask: null, hidden: true, selected: new Set(), active: null,
      regions: [], face: null, grid: null };
    /** @type {{of: Set<number>, made: Uint8Array} | null} */
    this.flagged = null;
    this.picked = -Infinity; // when the reader last selected something in this view
    this.heard = -Infinity; // the latest selection in this page that Python has answered
    /** Words of pairs that were hovered. @type {Map<number, string[]>} */
    this.words = new Map();
    /** What both maps see if they have the same axes. @type {import("./explorer_map.js").Frame} */
    this.frame = { view: null, picture: "" };
    /** @type {number | null} */
    this.hovered = null;
    this.map = new PairMap(this);
    this.second = new PairMap(this, true);
    this.filters = new Filters(this);
    this.table = new PairTable(this);
    this.panel = new PairPanel(this);
    this.pictures = h("select", { "aria-label": "map", "data-testid": "picture", onchange: () => this.send({ type: "picture", picture: this.pictures.value }) });
    this.models = h("select", { "aria-label": "model", "data-testid": "model", onchange: () => this.send({ type: "model", model: this.models.value }) });
    this.modelLabel = h("label", { hidden: true }, "model", this.models);
    this.color = h("select", { "aria-label": "colour", "data-testid": "color", onchange: () => this.send({ type: "color", column: this.color.value }) });
    this.search = h("input", { type: "search", placeholder: "words in captions", "aria-label": "search", "data-testid": "search" });
    this.search.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Enter") this.find(false);
    });
    this.search.addEventListener("input", () => this.search.value || this.send({ type: "search", text: "" })); // an answer to what stood there goes
    this.meaning = h("button", { type: "button", class: "ame-button", hidden: true, onclick: () => this.find(true) }, "by meaning");
    this.concept = h("button", { type: "button", class: "ame-button", hidden: true, title: "A direction between two texts, with “ vs ” between them, as an axis of the map", onclick: () => this.askConcept() }, "as concept");
    this.tool = h("button", { type: "button", class: "ame-button", "aria-pressed": "false", title: "Drag to move the map in place of drawing a lasso", onclick: () => this.turnTool() }, "move");
    this.image = h("button", { type: "button", class: "ame-button", title: "Save the map as an image", "data-testid": "png", onclick: () => this.save() }, "PNG");
    this.only = h("button", { type: "button", class: "ame-button", title: "Show only the selected pairs", "data-testid": "only", onclick: () => this.send({ type: "only" }) }, "only selected");
    this.files = /** @type {[string, string][]} */ ([["csv", "Write the selected pairs with all columns to a CSV file beside the notebook"],
      ["test", "Write a pytest file that checks the ranks of the selected pairs, for the next model"]]).map(([as, title]) =>
      h("button", { type: "button", class: "ame-button", title, "data-testid": `as-${as}`, onclick: () => this.send({ type: "hand_on", as }) }, as === "csv" ? "CSV" : "test"));
    this.name_regions = h("button", { type: "button", class: "ame-button", title: "Find clusters in the full space and name them by their words", "data-testid": "regions", onclick: () => this.send({ type: "regions" }) }, "name regions");
    this.legend = h("div", { class: "ame-legend", "data-testid": "legend" });
    this.count = h("span", { class: "ame-count", role: "status", "data-testid": "count" });
    this.told = h("p", { class: "ame-told", role: "status", "data-testid": "told", hidden: true });
    this.caption = h("p", { class: "ame-muted ame-caption-line" });
    this.cross = h("div", { class: "ame-cross", "data-testid": "cross", hidden: true });
    this.below = h("button", { type: "button", class: "ame-button ame-at-end", title: "Save what is below as an image", "data-testid": "png-below",
      onclick: () => this.sheets.open ? this.saveView(this.sheets.sheet, this.sheets.open) : this.saveView(this.table.el, "table", this.table.el.offsetHeight) }, "PNG");
    this.sheets = new Sheets(this, this.table.el, this.cross);
    this.root = h("div", { class: "ame-explorer", "data-testid": "explorer" },
      h("div", { class: "ame-row ame-bar" }, this.modelLabel, h("label", {}, "map", this.pictures), h("label", {}, "colour", this.color), this.tool,
        h("button", { type: "button", class: "ame-button", title: "Show the whole map (0)", onclick: () => [this.map, this.second].forEach((map) => map.whole()) }, "whole"), this.image, this.name_regions,
        h("div", { class: "ame-search" }, this.search, h("button", { type: "button", class: "ame-button", onclick: () => this.find(false) }, "search"), this.meaning, this.concept)),
      this.told,
      h("div", { class: "ame-upper" }, h("div", { class: "ame-left" }, this.legend, h("div", { class: "ame-stages" }, this.map.el, this.second.el), this.caption), this.panel.el),
      h("div", { class: "ame-row ame-over-table" }, this.sheets.tabs, this.count, h("div", { class: "ame-row" }, this.only, ...this.files), this.filters.chips, this.below),
      this.table.el, this.sheets.sheet, this.filters.window);
    this.themes = new MutationObserver(() => this.theme());
    this.themes.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light", "class"] });
    this.theme();
  }

  theme() {
    this.root.dataset.dark = String(isDark());
    this.redrawMaps();
    this.table.redraw();
    if (this.model.colors) this.drawLegend();
  }

  redrawMaps() {
    this.map.redraw();
    this.second.redraw();
  }

  /** What lies over the points: names, lines, and what is hovered. */
  overlays() {
    this.map.overlay();
    if (!this.second.el.hidden) this.second.overlay();
  }

  /** @param {{type: string} & Record<string, unknown>} message */
  send(message) {
    this.client.send(message);
  }

  /** The maps as they are seen, with their names and the legend's words, as an image that the browser downloads. */
  save() {
    const { facts, colors } = this.model;
    const legend = !colors ? "" : colors.scale ? `${colors.title}: ${colors.low} to ${colors.high}` : "";
    const keys = colors && !colors.scale ? colors.names.map((name, code) => ({ name, color: colors.colors[code] })) : [];
    const shown = [this.map, this.second].filter(({ el }) => !el.hidden);
    const made = picture(shown.map(({ canvas, over, name }) => ({ layers: [canvas, over], name: shown.length > 1 ? name.textContent ?? "" : "" })), {
      title: legend, keys, ink: this.map.ink });
    download(made, facts?.name ?? "map");
  }

  /** A table or the pair as an image. @param {HTMLElement} el @param {string} what @param {number} [high] */
  async saveView(el, what, high) {
    download(await pictureOf(el, this.map.ink.paper, high), `${this.model.facts?.name ?? "pairs"}-${what}`);
  }

  /** @param {boolean} meaning */
  find(meaning) {
    if (this.search.value.trim()) this.send({ type: "search", text: this.search.value, meaning });
  }

  askConcept() {
    if (this.search.value.trim()) this.send({ type: "concept", text: this.search.value });
  }

  turnTool() {
    this.map.moving = this.second.moving = !this.map.moving;
    this.tool.setAttribute("aria-pressed", String(this.map.moving));
  }

  /** 1 for each selected row, made once for each selection. */
  flags() {
    const { selected, facts } = this.model;
    if (this.flagged?.of !== selected) {
      const made = new Uint8Array(facts?.pairs ?? 0);
      for (const row of selected) made[row] = 1;
      this.flagged = { of: selected, made };
    }
    return this.flagged.made;
  }

  /** The reader selects rows; shown at once, and told to Python. @param {number[]} rows @param {boolean} add */
  pick(rows, add) {
    const { selected } = this.model;
    let wanted = new Set(rows);
    if (add) {
      wanted = new Set(selected);
      for (const row of rows) if (!wanted.delete(row) || rows.length > 1) wanted.add(row);
    }
    /** @type {{of: Set<number>, made: Uint8Array} | null} */
    this.flagged = null;
    this.picked = clock();
    this.light(wanted);
    this.send({ type: "select", rows: [...wanted], pick: this.picked });
  }

  /** @param {number} row look at it without changing the selection */
  look(row) {
    this.send({ type: "look", row });
  }

  /** The next pair in the order of the table, or the one before. @param {number} by */
  step(by) {
    this.send({ type: "step", by });
  }

  /** @param {Set<number>} rows */
  light(rows) {
    this.model.selected = rows;
    this.root.dataset.selected = String(rows.size);
    this.redrawMaps();
    this.table.redraw();
    this.drawCount();
  }

  /** What is said of a pair that is hovered; null until it is known. @param {number} row */
  wordsOf(row) {
    return this.words.get(row) ?? null;
  }

  /** @param {number} row */
  need(row) {
    if (!this.words.has(row)) this.send({ type: "words", row });
  }

  drawCount() {
    const { facts, shown, selected } = this.model;
    if (!facts) return;
    countWords(this.count, shown?.count ?? facts.pairs, facts.pairs, selected.size);
    for (const button of [this.only, ...this.files]) setShown(button, selected.size > 0);
  }

  drawLegend() {
    const { colors } = this.model;
    if (!colors) return;
    const parts = colors.scale
      ? [h("span", {}, colors.low), h("span", { class: "ame-ramp", style: `background: linear-gradient(90deg, ${colors.colors.slice(0, -1).join(", ")})` }), h("span", {}, colors.high),
        colors.unknown ? h("span", { class: "ame-muted" }, `unknown: ${colors.unknown.toLocaleString("en")}`) : null]
      : colors.names.map((name, code) => h("button", { type: "button", class: "ame-key", title: colors.column === "modality" ? null : `Show only ${name}`, onclick: () => this.send({ type: "legend", code }) },
        h("span", { class: `ame-swatch${colors.column === "modality" && code ? " ame-diamond" : ""}`, style: `background: ${colors.colors[code]}` }), h("span", { class: "ame-key-name" }, name),
        colors.column === "modality" ? null : h("b", {}, colors.counts[code].toLocaleString("en"))));
    this.legend.replaceChildren(h("span", { class: "ame-muted" }, colors.column === "modality" ? "" : colors.title), ...parts.filter((part) => part !== null));
  }

  drawFacts() {
    const { facts, colors } = this.model;
    if (!facts) return;
    const names = ["modality", ...facts.columns.filter(({ colorable }) => colorable).map(({ name }) => name)];
    const title = (/** @type {string} */ name) => facts.columns.find((column) => column.name === name)?.title ?? "image or text";
    this.color.replaceChildren(...names.map((name) => h("option", { value: name }, title(name))));
    if (colors) this.color.value = colors.column;
    for (const button of [this.meaning, this.concept]) setShown(button, facts.meaning);
    this.table.renew();
  }

  /** @param {string} name @param {any} body */
  retained(name, body) {
    const { model } = this;
    if (name === "facts") {
      model.facts = body;
      this.drawFacts();
    } else if (name === "places") {
      model.places = body;
      this.pictures.replaceChildren(...body.pictures.map((/** @type {import("./messages").PictureChoice} */ one) => h("option", { value: one.name }, one.label)));
      this.pictures.value = body.picture;
      this.models.replaceChildren(...(body.models.length > 1 ? [h("option", { value: "" }, "side by side")] : []), ...body.models.map((/** @type {string} */ one) => h("option", { value: one }, one)));
      this.models.value = body.model;
      setShown(this.second.el, Boolean(body.beside));
      setText(this.map.name, body.models[0] ?? "");
      setText(this.second.name, body.beside?.model ?? "");
      for (const map of [this.map, this.second]) setShown(map.name, Boolean(body.beside));
      setShown(this.modelLabel, body.models.length > 1);
      setText(this.caption, body.words);
    } else if (name === "colors") {
      [model.colors, model.codes] = [body, body.column === "modality" ? null : body.codes];
      this.color.value = body.column;
      this.drawLegend();
    } else if (name === "shown") {
      [model.shown, model.mask] = [body, body.count === model.facts?.pairs ? null : body.mask];
      this.filters.draw();
      this.table.renew(body.rows);
      this.drawCount();
    } else if (name === "selection") {
      if (body.page === this.client.page ? body.pick < this.picked : this.heard < this.picked) return; // sent before the reader's latest selection was heard
      this.heard = body.page === this.client.page ? body.pick : this.heard;
      const rows = new Set(/** @type {Int32Array} */ (body.rows));
      if (rows.size !== model.selected.size || [...rows].some((row) => !model.selected.has(row))) this.light(rows);
    } else if (name === "face") {
      model.face = body.face;
      model.grid = body.grid;
      model.active = body.face?.row ?? null;
      this.panel.draw();
      this.table.redraw();
      if (body.face) this.table.reveal(body.face.place);
      this.overlays();
    } else if (name === "regions") {
      model.regions = body.regions;
      this.overlays();
    } else if (name === "told") {
      setText(this.told, body.text);
      setShown(this.told, Boolean(body.text));
      this.told.classList.toggle("ame-bad", body.bad);
    } else if (name === "sheets") this.sheets.draw(body);
    else if (name === "cross") this.drawCross(body);
    if (POINTS.has(name)) this.redrawMaps();
    this.root.dataset.drawn = "true";
  }

  /** @param {import("./messages").CrossTable} table */
  drawCross({ title, names, counts, words }) {
    setShown(this.cross, names.length > 0);
    const n = names.length;
    const most = Math.max(1, ...counts);
    const cell = (/** @type {number} */ i, /** @type {number} */ j) => {
      const count = counts[i * n + j];
      const share = Math.sqrt(count / most);
      return h("td", {}, count ? h("button", { type: "button", class: i === j ? "ame-right" : "ame-wrong", style: `--ame-share: ${share.toFixed(3)}`, title: `${count} of ${names[i]} taken for ${names[j]}: show these`,
        onclick: () => this.send({ type: "cell", of: i, as: j }) }, count.toLocaleString("en")) : "");
    };
    this.cross.replaceChildren(h("h5", {}, title), h("div", { class: "ame-scroll" }, h("table", {},
      h("thead", {}, h("tr", {}, h("td", {}), h("th", { colspan: n, class: "ame-over-classes" }, "predicted class"), h("td", {})), h("tr", {}, h("th", {}, "true class"), ...names.map((name) => h("th", {}, h("span", {}, name))), h("th", {}, "accuracy [95% interval]"))),
      h("tbody", {}, ...names.map((name, i) => h("tr", {}, h("th", { scope: "row" }, name), ...names.map((_, j) => cell(i, j)), h("td", { class: "ame-words" }, words[i])))))));
  }

  /** @param {any} body */
  message(body) {
    if (body.type === "rows") this.table.take(body);
    else if (body.type === "words") {
      if (this.words.size > 5000) this.words.clear();
      this.words.set(body.row, body.words);
      if (this.hovered === body.row) this.overlays();
    }
  }

  close() {
    this.themes.disconnect();
  }
}

/** @param {import("./channel.js").Client} client @param {HTMLElement} el @returns {import("./channel.js").View} */
function buildExplorer(client, el) {
  const explorer = new Explorer(client);
  el.append(explorer.root);
  return {
    el: explorer.root,
    draw() {},
    retained: (name, body) => explorer.retained(name, body),
    message: (body) => explorer.message(body),
    silent(_, gone) {
      if (gone) explorer.retained("told", { text: "Python has stopped: run the cell again.", bad: true });
    },
    close: () => explorer.close(),
  };
}

export default widget(buildExplorer);

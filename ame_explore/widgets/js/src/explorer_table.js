// A table of all pairs that scrolls through any number of them: only the rows in sight are asked for and drawn.

import { h, setText } from "./dom.js";

/** @typedef {import("./messages").TableRow} TableRow */

const HIGH = 250; // pixels, as in explorer.css: while a theme is loaded, an element has no height at all
const ROW = 28; // pixels, as in explorer.css
const PAGE = 60; // rows that are asked for at once
const TALLEST = 8_000_000; // pixels: browsers draw nothing beyond some 16 million
const KEPT = 3000; // rows that are kept

/** How wide a column is at least, in pixels: a long title has two lines. @param {import("./messages").ColumnFacts} column */
function width({ name, kind, title }) {
  if (name === "caption") return 260;
  return kind === "number" && title.length <= 14 ? 104 : 132;
}

export class PairTable {
  /** @param {import("./explorer.js").Explorer} owner */
  constructor(owner) {
    this.owner = owner;
    this.head = h("div", { class: "ame-table-row ame-table-head", role: "row" });
    this.body = h("div", { class: "ame-table-body" });
    this.spacer = h("div", { class: "ame-table-spacer" }, this.body);
    this.el = h("div", { class: "ame-table", role: "grid", tabindex: "0", "data-testid": "pair-table", "aria-label": "Table of the pairs: up and down go to the next and previous pair" }, this.head, this.spacer);
    /** By place in the order. @type {Map<number, TableRow>} */
    this.rows = new Map();
    /** @type {Set<number>} pages that were asked for */
    this.asked = new Set();
    this.turn = -1;
    this.clicked = { place: -1, turn: -1 }; // the last row that was clicked, and in which order
    this.due = false;
    this.el.addEventListener("scroll", () => this.redraw());
    this.el.addEventListener("keydown", (event) => {
      const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (!by) return;
      event.preventDefault();
      event.stopPropagation();
      owner.step(by);
    });
    new ResizeObserver(() => this.redraw()).observe(this.el);
  }

  /** The columns changed, or the sorting. */
  drawHead() {
    const { facts, shown } = this.owner.model;
    if (!facts) return;
    const wide = facts.columns.map((column) => (column.name === "caption" ? `minmax(${width(column)}px, 3fr)` : `${width(column)}px`));
    this.el.style.setProperty("--ame-columns", `64px ${wide.join(" ")}`);
    this.el.style.setProperty("--ame-width", `${64 + facts.columns.reduce((sum, column) => sum + width(column), 0)}px`);
    this.el.setAttribute("aria-colcount", String(facts.columns.length + 1));
    this.head.replaceChildren(h("div", { role: "columnheader", class: "ame-number" }, "pair"), ...facts.columns.map(({ name, title, kind }) => {
      const sorted = shown?.sort === name;
      return h("div", { role: "columnheader", "aria-sort": sorted ? (shown.descending ? "descending" : "ascending") : "none", class: kind === "number" && "ame-number" },
        h("button", { type: "button", title: `Sort by ${title}`, "data-sort": name, onclick: () => this.owner.send({ type: "sort", column: name, descending: sorted ? !shown.descending : kind === "number" }) },
          title, sorted ? (shown.descending ? " ↓" : " ↑") : ""),
        h("button", { type: "button", class: "ame-filter-button", title: `Filter by ${title}`, "aria-label": `Filter by ${title}`, "data-filter": name,
          onclick: (/** @type {MouseEvent} */ event) => this.owner.filters.open(name, /** @type {HTMLElement} */ (event.currentTarget)) }, "⚲"));
    }));
  }

  /** The order or the columns changed: forget all rows. @param {TableRow[]} first those that came with the order */
  renew(first = []) {
    this.rows.clear();
    this.asked.clear();
    this.turn = this.owner.model.shown?.turn ?? -1;
    const count = this.owner.model.shown?.count ?? 0;
    first.forEach((row, place) => this.rows.set(place, row));
    if (first.length >= Math.min(PAGE, count)) this.asked.add(0);
    this.el.setAttribute("aria-rowcount", String(count + 1));
    this.spacer.style.height = `${Math.min(TALLEST, count * ROW)}px`;
    this.drawHead();
    this.redraw();
  }

  redraw() {
    if (this.due) return;
    this.due = true;
    requestAnimationFrame(() => {
      this.due = false;
      this.draw();
    });
  }

  get high() {
    return this.el.clientHeight || HIGH;
  }

  /** The first row in sight; in a very long table the scroll bar moves by more rows than pixels. */
  top() {
    const count = this.owner.model.shown?.count ?? 0;
    const high = this.high - ROW;
    const most = Math.min(TALLEST, count * ROW) - high;
    const share = most > 0 ? Math.min(1, this.el.scrollTop / most) : 0;
    return Math.max(0, share * (count - high / ROW));
  }

  draw() {
    const { shown, selected, active } = this.owner.model;
    if (!shown) return;
    const top = this.top();
    const first = Math.floor(top);
    const some = Math.ceil(this.high / ROW) + 1;
    this.body.style.transform = `translateY(${this.el.scrollTop - (top - first) * ROW}px)`;
    const lines = [];
    for (let place = first; place < Math.min(shown.count, first + some); place++) {
      const known = this.rows.get(place);
      if (!known) this.ask(place);
      const chosen = known ? selected.has(known.row) : false;
      const line = h("div", { role: "row", class: `ame-table-row${chosen ? " ame-chosen" : ""}${known && known.row === active ? " ame-active" : ""}`,
        "aria-selected": String(chosen), "aria-rowindex": place + 2, "data-row": known?.row },
        ...(known?.cells ?? ["…"]).map((cell, i) => h("div", { role: "gridcell", class: this.kind(i), title: i && cell.length > 20 ? cell : null }, cell)));
      if (known) line.addEventListener("click", (event) => this.click(place, known.row, event));
      line.addEventListener("mousedown", (event) => event.shiftKey && event.preventDefault()); // marks no words
      lines.push(line);
    }
    this.body.replaceChildren(...lines);
    this.el.dataset.drawn = String(lines.filter((line) => line.dataset.row !== undefined).length);
    this.el.dataset.turn = String(this.turn);
  }

  /** Shift selects all rows from the one that was clicked before, Ctrl adds or takes away one.
   * @param {number} place @param {number} row @param {MouseEvent} event */
  click(place, row, event) {
    const from = this.clicked.turn === this.turn ? this.clicked.place : -1;
    if (!event.shiftKey) this.clicked = { place, turn: this.turn };
    if (!event.shiftKey || from < 0) return this.owner.pick([row], event.ctrlKey || event.metaKey || event.shiftKey);
    const between = [...this.rows].filter(([at]) => at >= Math.min(from, place) && at <= Math.max(from, place)).sort(([a], [b]) => a - b);
    this.owner.pick(between.map(([, known]) => known.row), event.ctrlKey || event.metaKey);
  }

  /** @param {number} i the cell's place; the first is the id */
  kind(i) {
    const column = i ? this.owner.model.facts?.columns[i - 1] : null;
    return !column || column.kind === "number" ? "ame-number" : column.name === "caption" ? "ame-caption" : "";
  }

  /** @param {number} place */
  ask(place) {
    const page = Math.floor(place / PAGE);
    if (this.asked.has(page)) return;
    this.asked.add(page);
    this.owner.send({ type: "rows", turn: this.turn, start: page * PAGE, count: PAGE });
  }

  /** @param {import("./messages").TableRows} answer */
  take({ turn, start, rows }) {
    if (turn !== this.turn) return;
    if (this.rows.size > KEPT) {
      this.rows.clear();
      this.asked.clear();
    }
    rows.forEach((row, i) => this.rows.set(start + i, row));
    this.redraw();
  }

  /** Bring a place of the order into sight. @param {number} place */
  reveal(place) {
    const count = this.owner.model.shown?.count ?? 0;
    const inside = (this.high - 2 * ROW) / ROW;
    const top = this.top();
    if (place < 0 || (place >= top && place < top + inside - 0.5)) return;
    const most = Math.min(TALLEST, count * ROW) - (this.high - ROW);
    const wanted = place < top ? place : place - inside + 1;
    this.el.scrollTop = (wanted / Math.max(1, count - inside - 1)) * most;
    this.redraw();
  }
}

/** How many of how many. @param {HTMLElement} where @param {number} count @param {number} all @param {number} selected */
export function countWords(where, count, all, selected) {
  const shown = count === all ? `${all.toLocaleString("en")} pairs` : `${count.toLocaleString("en")} of ${all.toLocaleString("en")} pairs`;
  setText(where, selected ? `${shown}, ${selected.toLocaleString("en")} selected` : shown);
}

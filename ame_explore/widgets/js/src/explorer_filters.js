// What is shown of all pairs: chips for the conditions, and a small window to add one for a column.

import { h } from "./dom.js";
import { fmt } from "./format.js";

/** @typedef {import("./messages").ColumnFacts} ColumnFacts */

/** Seconds since 1970 as the date of an input, and back. @param {number | null} seconds */
const dateOf = (seconds) => (seconds === null ? "" : new Date(1000 * seconds).toISOString().slice(0, 10));

export class Filters {
  /** @param {import("./explorer.js").Explorer} owner */
  constructor(owner) {
    this.owner = owner;
    this.chips = h("div", { class: "ame-chips", "data-testid": "chips", "aria-live": "polite" });
    this.window = h("div", { class: "ame-window", hidden: true, role: "dialog", "data-testid": "filter-window" });
    /** @type {HTMLElement | null} */
    this.opener = null;
    this.window.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Escape") this.close();
    });
  }

  draw() {
    const { shown } = this.owner.model;
    const made = (shown?.chips ?? []).map(({ words, count }, place) =>
      h("span", { class: "ame-chip" }, h("span", { class: "ame-chip-words", title: words }, words), h("b", {}, count.toLocaleString("en")),
        h("button", { type: "button", title: "Remove this filter", "aria-label": `Remove the filter ${words}`, onclick: () => this.owner.send({ type: "drop", place }) }, "×")));
    if (made.length > 1) made.push(h("button", { type: "button", class: "ame-link", onclick: () => this.owner.send({ type: "clear" }) }, "remove all"));
    this.chips.replaceChildren(...made);
  }

  /** @param {string} name @param {HTMLElement} opener */
  open(name, opener) {
    const column = this.owner.model.facts?.columns.find((one) => one.name === name);
    if (!column) return;
    if (!this.window.hidden && this.opener === opener) return this.close();
    this.opener = opener;
    const title = h("strong", {}, `Show pairs by ${column.title}`);
    const form = column.kind === "number" || column.kind === "date" ? this.range(column) : column.kind === "category" ? this.words(column) : this.text(column);
    this.window.replaceChildren(title, form);
    this.window.hidden = false;
    const at = opener.getBoundingClientRect();
    const root = this.owner.root.getBoundingClientRect();
    this.window.style.left = `${Math.max(8, Math.min(at.left - root.left, root.width - 330))}px`;
    this.window.style.top = "";
    this.window.style.bottom = `${root.bottom - at.top + 6}px`;
    /** @type {HTMLElement | null} */ (this.window.querySelector("input"))?.focus();
  }

  close() {
    this.window.hidden = true;
    this.opener?.focus();
    this.opener = null;
  }

  /** @param {Record<string, unknown>} condition */
  keep(condition) {
    this.owner.send({ type: "keep", condition });
    this.close();
  }

  /** @param {() => void} act @param {...import("./dom.js").Child} parts */
  form(act, ...parts) {
    return h("form", { onsubmit: (/** @type {Event} */ event) => {
      event.preventDefault();
      act();
    } }, ...parts, h("div", { class: "ame-row" }, h("button", { type: "submit", class: "ame-button" }, "Show these"),
      h("button", { type: "button", class: "ame-button", onclick: () => this.close() }, "Cancel")));
  }

  /** @param {ColumnFacts} column */
  range(column) {
    const date = column.kind === "date";
    /** @param {string} label @param {number | null} end */
    const input = (label, end) => h("input", date ? { type: "date", "aria-label": label, value: dateOf(end) } : { type: "number", step: "any", "aria-label": label, placeholder: fmt(end) });
    const low = input("from", column.low);
    const high = input("to", column.high);
    /** @param {HTMLInputElement} field @param {number} more */
    const read = (field, more) => (field.value === "" ? null : date ? Date.parse(`${field.value}T00:00:00Z`) / 1000 + more : Number(field.value));
    return this.form(() => this.keep({ kind: "between", column: column.name, low: read(low, 0), high: read(high, 86399) }),
      h("div", { class: "ame-row" }, "from", low, "to", high),
      date ? null : h("div", { class: "ame-muted" }, `known values: ${fmt(column.low)} to ${fmt(column.high)}`));
  }

  /** @param {ColumnFacts} column */
  words(column) {
    /** @type {(string | null)[]} */
    const every = [...column.words, null];
    const boxes = every.map((word, i) => ({ word, box: h("input", { type: "checkbox" }), count: column.counts[i] }));
    return this.form(() => {
      const values = boxes.filter(({ box }) => box.checked).map(({ word }) => word);
      if (values.length) this.keep({ kind: "one of", column: column.name, values });
    }, h("div", { class: "ame-choices" }, ...boxes.filter(({ count }) => count > 0).map(({ word, box, count }) =>
      h("label", {}, box, h("span", {}, word ?? "unknown"), h("b", {}, count.toLocaleString("en"))))));
  }

  /** @param {ColumnFacts} column */
  text(column) {
    const field = h("input", { type: "text", "aria-label": "words" });
    return this.form(() => field.value.trim() && this.keep({ kind: "says", text: field.value, column: column.name }),
      h("div", { class: "ame-row" }, "says", field));
  }
}

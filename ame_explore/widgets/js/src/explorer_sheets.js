// Sheets beside the table of pairs: small tables of findings, in which a click on a number shows the pairs behind it.

import { h, setShown } from "./dom.js";

export class Sheets {
  /** @param {import("./explorer.js").Explorer} owner @param {HTMLElement} table what the first tab shows @param {HTMLElement} cross what the tab of classes shows */
  constructor(owner, table, cross) {
    this.owner = owner;
    this.table = table;
    this.cross = cross;
    this.tabs = h("div", { class: "ame-tabs", role: "tablist", "aria-label": "what is below the map" });
    this.sheet = h("div", { class: "ame-sheet", role: "tabpanel", "data-testid": "sheet", hidden: true });
    this.open = "";
  }

  /** @param {import("./messages").Sheets} body */
  draw({ tabs, open }) {
    const name = open?.name ?? "";
    this.open = name;
    setShown(this.tabs, tabs.length > 0);
    this.tabs.replaceChildren(...[{ name: "", title: "Pairs" }, ...tabs].map((tab) => h("button", { type: "button", role: "tab", "data-tab": tab.name || "pairs",
      "aria-selected": String(tab.name === name), onclick: () => this.owner.send({ type: "sheet", name: tab.name, choice: "" }) }, tab.title)));
    setShown(this.table, !open);
    setShown(this.sheet, Boolean(open));
    this.sheet.replaceChildren(...(open ? this.parts(open) : []));
    if (!open) this.owner.table.redraw();
  }

  /** @param {import("./messages").SheetFacts} sheet */
  parts(sheet) {
    const { name, words, head, lines, choices, choice, code } = sheet;
    return [
      choices.length ? h("div", { class: "ame-row ame-choice" }, h("span", {}, sheet.choosing), ...choices.map((one) => h("button", { type: "button", class: "ame-button",
        "aria-pressed": String(one.name === choice), "data-choice": one.name, onclick: () => this.owner.send({ type: "sheet", name, choice: one.name }) }, one.label))) : null,
      sheet.asks.length ? this.question(sheet) : null,
      ...words.map((line) => h("p", { class: "ame-muted" }, line)),
      name === "classes" ? this.cross : null,
      head.length && lines.length ? h("table", {}, h("thead", {}, h("tr", {}, ...head.map((one) => h("th", { scope: "col" }, one)))),
        h("tbody", {}, ...lines.map((line, i) => h("tr", {}, ...line.map((cell, j) => h("td", { class: cell.warn ? "ame-warn" : null }, cell.act
          ? h("button", { type: "button", title: "Show these pairs", onclick: () => this.owner.send({ type: "entry", name, line: i, place: j }) }, cell.text) : cell.text)))))) : null,
      code ? h("pre", { "data-testid": "code" }, code) : null,
      code ? h("button", { type: "button", class: "ame-button", onclick: () => navigator.clipboard?.writeText(code) }, "copy") : null,
    ].filter((part) => part !== null);
  }

  /** @param {import("./messages").SheetFacts} sheet */
  question({ name, asks }) {
    const fields = asks.map((ask) => h("input", { type: "text", value: ask.value, "data-testid": `ask-${ask.name}` }));
    for (const field of fields) field.addEventListener("keydown", (event) => event.stopPropagation());
    return h("form", { class: "ame-row", onsubmit: (/** @type {Event} */ event) => {
      event.preventDefault();
      this.owner.send({ type: name, ...Object.fromEntries(asks.map((ask, i) => [ask.name, fields[i].value])) });
    } }, ...asks.map((ask, i) => h("label", {}, ask.label, fields[i])), h("button", { type: "submit", class: "ame-button" }, "classify"));
  }
}

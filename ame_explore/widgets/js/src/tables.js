// The table behind a view, shown on demand.

import { h } from "./dom.js";
import { fmt } from "./format.js";
import { clock } from "./time.js";

/** @typedef {{columns: string[], rows: unknown[][]}} Table */

/**
 * A button that shows and hides the table behind a view; rows are made only while it is open, at most twice a second.
 * @param {string} name @param {string} label @param {() => Table} make
 */
export function tableToggle(name, label, make) {
  const box = h("div", { class: "ame-table-box", hidden: true, tabindex: "0", role: "region", "data-testid": `table-${name}`,
    "aria-label": `${label}: the data` });
  const button = h("button", { class: "ame-quiet", type: "button", "aria-expanded": "false", "aria-label": `${label}: show the data as a table`,
    title: "Show the data as a table", "data-testid": `table-toggle-${name}` }, "▦");
  let due = 0;
  const fill = () => {
    const { columns, rows } = make();
    box.replaceChildren(
      h("table", {},
        h("thead", {}, h("tr", {}, columns.map((text) => h("th", { scope: "col" }, text)))),
        h("tbody", {}, rows.map((row) => h("tr", {}, row.map((cell) => h("td", {}, fmt(cell))))))));
  };
  const update = () => {
    if (box.hidden || clock() - due < 0.5) return;
    due = clock();
    fill();
  };
  button.addEventListener("click", () => {
    box.hidden = !box.hidden;
    button.setAttribute("aria-expanded", String(!box.hidden));
    if (!box.hidden) fill();
  });
  return { button, box, update };
}

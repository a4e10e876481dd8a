// The pair that is looked at: its image, its texts, what it is confused with, and its neighbours; or a selection as pictures.

import { h, setText } from "./dom.js";

/** @typedef {import("./messages").NearPair} NearPair */

export class PairPanel {
  /** @param {import("./explorer.js").Explorer} owner */
  constructor(owner) {
    this.owner = owner;
    /** @param {string} text @param {string} title @param {number} by */
    const turn = (text, title, by) => h("button", { type: "button", class: "ame-button", title, onclick: () => owner.step(by) }, text);
    this.title = h("strong", { "data-testid": "pair-title" });
    this.where = h("span", { class: "ame-muted" });
    this.content = h("div", { class: "ame-pair-content" });
    this.note = h("textarea", { rows: 2, "aria-label": "Your note on this pair", placeholder: "Your note on this pair" });
    this.note.addEventListener("change", () => this.row !== null && owner.send({ type: "note", row: this.row, text: this.note.value }));
    this.note.addEventListener("keydown", (event) => event.stopPropagation());
    this.el = h("section", { class: "ame-pair", "aria-label": "The selected pair", "data-testid": "pair-panel", tabindex: "0" },
      h("div", { class: "ame-row ame-pair-head" }, turn("‹", "Previous pair (B or ↑)", -1), turn("›", "Next pair (N or ↓)", 1), this.title, this.where,
        h("button", { type: "button", class: "ame-button ame-at-end", title: "Save this pair as an image", "data-testid": "png-pair", onclick: () => owner.saveView(this.el, this.title.textContent || "pairs") }, "PNG")),
      this.content);
    this.el.addEventListener("keydown", (event) => {
      const by = { n: 1, ArrowRight: 1, b: -1, ArrowLeft: -1 }[event.key];
      if (!by) return;
      owner.step(by);
      event.preventDefault();
      event.stopPropagation();
    });
    /** @type {number | null} */
    this.row = null;
  }

  draw() {
    const { face, grid, selected } = this.owner.model;
    this.row = face?.row ?? null;
    const many = grid && selected.size > 1 ? this.grid(grid) : null;
    if (!face) {
      setText(this.title, selected.size ? "" : "No pair selected");
      setText(this.where, "");
      this.content.replaceChildren(many ?? h("p", { class: "ame-muted" }, "Draw a lasso on the map, click a point or a row of the table, or press N for the next pair."));
      return;
    }
    setText(this.title, `pair ${face.id}`);
    setText(this.where, face.place < 0 ? "not among the pairs that are shown" : `${(face.place + 1).toLocaleString("en")} of ${face.count.toLocaleString("en")}`);
    if (document.activeElement !== this.note) this.note.value = face.note;
    const [own, ...others] = face.captions;
    this.content.replaceChildren(...[
      many,
      face.picture ? h("img", { class: "ame-large", src: face.picture, alt: `image of pair ${face.id}` }) : null,
      h("p", { class: "ame-own" }, own),
      ...others.map((caption) => h("p", { class: "ame-muted" }, caption)),
      h("dl", { class: "ame-figures-list" }, ...face.figures.flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)])),
      ...face.groups.filter(({ pairs }) => pairs.length).map(({ title, pairs }) =>
        h("div", { class: "ame-near" }, h("h5", {}, title), ...pairs.map((pair) => this.near(pair)))),
      h("div", { class: "ame-row" }, "pairs like this one in", ...["image", "text", "joint"].map((space) =>
        h("button", { type: "button", class: "ame-button", "data-like": space, onclick: () => this.owner.send({ type: "like", row: face.row, space }) }, space === "joint" ? "both" : space))),
      this.note,
    ].filter((part) => part !== null));
  }

  /** @param {NearPair} pair */
  near({ row, caption, figures, warn, picture }) {
    return h("button", { type: "button", class: `ame-near-pair${warn ? " ame-warn" : ""}`, onclick: () => this.owner.pick([row], false) },
      picture ? h("img", { src: picture, alt: "" }) : null, h("span", { class: "ame-near-words" }, caption), h("span", { class: "ame-near-figures" }, figures));
  }

  /** @param {import("./messages").PairGrid} grid */
  grid({ count, pairs }) {
    const more = count > pairs.length ? `, the first ${pairs.length}` : "";
    return h("div", { class: "ame-grid-of", "data-testid": "pair-grid" }, h("div", { class: "ame-muted" }, `${count.toLocaleString("en")} pairs selected${more}`),
      h("div", { class: "ame-tiles" }, ...pairs.map(({ row, caption, picture }) =>
        h("button", { type: "button", class: row === this.row ? "ame-chosen" : null, title: caption, onclick: () => this.owner.look(row) },
          picture ? h("img", { src: picture, alt: caption }) : h("span", {}, caption)))));
  }
}

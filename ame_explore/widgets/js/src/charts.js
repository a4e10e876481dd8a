// All the curves: one chart per quantity, in the groups that it is declared for; the rest goes under "More curves".

import { contextOf } from "./canvas.js";
import { Chart } from "./chart.js";
import { h, isDark, setShown, setText } from "./dom.js";
import { armColor, armDash, armShape } from "./looks.js";
import { drawMark } from "./marks.js";
import { QUANTITIES } from "./quantities.js";
import { Memo } from "./state.js";
import { clock } from "./time.js";

/** @typedef {import("./state.js").Frame} Frame */

const GROUPS = { accuracy: "Accuracy on test images", entropy: "Entropy, and how strongly AME pulls", loss: "Losses" };

export class Charts {
  /** @param {import("./lab.js").Lab} lab */
  constructor(lab) {
    this.lab = lab;
    /** @type {Map<string, Chart>} */
    this.charts = new Map();
    this.arms = new Memo();
    this.drawnAt = 0;
    this.key = h("ul", { class: "ame-legend", "aria-label": "Arms" });
    this.hint = h("span", { class: "ame-muted" });
    /** @param {keyof typeof GROUPS} group */
    const section = (group) => {
      const row = h("div", { class: "ame-chart-row" });
      return { row, box: h("section", { class: "ame-chart-group", hidden: true, "aria-label": GROUPS[group] }, h("h4", {}, GROUPS[group]), row) };
    };
    const more = h("div", { class: "ame-chart-row" });
    this.groups = { accuracy: section("accuracy"), entropy: section("entropy"), loss: section("loss"),
      "": { row: more, box: h("details", { class: "ame-chart-group ame-later", hidden: true, ontoggle: () => lab.again() }, h("summary", {}, "More curves"), more) } };
    this.el = h("section", { class: "ame-card ame-charts", "aria-label": "Curves" },
      h("header", {}, h("h3", {}, "Curves"), this.key, h("span", { class: "ame-push" }), this.hint),
      h("div", { class: "ame-groups" }, Object.values(this.groups).map(({ box }) => box)));
    for (const [term, { group }] of Object.entries(QUANTITIES)) if (group) this.add(term); // the others as they come
  }

  /** @param {string} term */
  add(term) {
    const chart = new Chart(this.lab, term);
    this.charts.set(term, chart);
    this.groups[QUANTITIES[term]?.group ?? ""].row.append(chart.el);
  }

  /** @param {Frame} frame @param {number | null} at a step to read the curves at */
  draw(frame, at = null) {
    const { arms } = frame;
    for (const arm of arms) for (const term of Object.keys(arm.series)) if (!this.charts.has(term)) this.add(term);
    if (this.arms.isNew([isDark(), arms.map((arm) => arm.name)])) {
      this.key.replaceChildren(...arms.map((arm, i) => {
        const canvas = h("canvas", { width: 60, height: 24, class: "ame-key", "aria-hidden": "true" });
        const context = contextOf(canvas);
        context.strokeStyle = armColor(i);
        context.lineWidth = 4;
        context.setLineDash(armDash(i).map((d) => 2 * d));
        context.beginPath();
        context.moveTo(2, 12);
        context.lineTo(58, 12);
        context.stroke();
        drawMark(context, { shape: armShape(i), color: armColor(i), filled: true }, 30, 12, 7);
        return h("li", { title: arm.label }, canvas, arm.name);
      }));
      setText(this.hint, arms.length > 1 ? `shaded below each: ${arms[1].name} − ${arms[0].name}` : "");
    }
    // The points move with every frame; curves that grow by a pixel now and then need not.
    if (frame.state === "playing" && at === null && this.lab.cursor === null && clock() - this.drawnAt < 0.45) return;
    this.drawnAt = clock();
    for (const chart of this.charts.values()) chart.draw(frame, at);
    for (const { box, row } of Object.values(this.groups)) setShown(box, [...row.children].some((node) => !(/** @type {HTMLElement} */ (node).hidden)));
  }
}

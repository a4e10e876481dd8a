// The curves, a group at a time: the headline first, then the groups that quantities are declared for, then the rest.

import { contextOf } from "./canvas.js";
import { Chart } from "./chart.js";
import { h, isDark } from "./dom.js";
import { armColor, armDash, armShape, lookOf } from "./looks.js";
import { drawMark } from "./marks.js";
import { QUANTITIES } from "./quantities.js";
import { Memo } from "./state.js";
import { clock } from "./time.js";

/** @typedef {import("./state.js").Frame} Frame */

const GROUPS = { headline: "Headline", accuracy: "Accuracy", entropy: "Entropy and AME", loss: "Losses", "": "More" };
/** @typedef {keyof typeof GROUPS} Group */

export class Charts {
  /** @param {import("./lab.js").Lab} lab */
  constructor(lab) {
    this.lab = lab;
    /** @type {Map<string, Chart>} */
    this.charts = new Map();
    this.arms = new Memo();
    this.laid = new Memo();
    this.drawnAt = 0;
    /** @type {Group} */
    this.group = "headline";
    this.key = h("ul", { class: "ame-legend", "aria-label": "Arms" });
    this.choice = h("select", { "data-testid": "curves", "aria-label": "Which curves", onchange: () => this.choose(/** @type {Group} */ (this.choice.value)) },
      Object.entries(GROUPS).map(([value, text]) => h("option", { value }, text)));
    this.beside = h("div", { class: "ame-chart-tools" }, this.key, this.choice);
    this.row = h("div", { class: "ame-chart-row" });
    this.el = h("section", { class: "ame-card ame-charts", "aria-label": "Curves" }, this.row);
    for (const term of Object.keys(QUANTITIES)) if (QUANTITIES[term].group) this.charts.set(term, new Chart(lab, term)); // the others as they come
  }

  /** @param {Group} group */
  choose(group) {
    this.group = group;
    this.drawnAt = 0;
    this.lab.draw(this.lab.frame);
  }

  /** The charts of the chosen group that have curves. @param {Frame} frame */
  chosen({ arms }) {
    const has = (/** @type {string} */ term) => arms.some((arm) => arm.series[term]?.x.length);
    if (this.group !== "headline") return [...this.charts.keys()].filter((term) => (QUANTITIES[term]?.group ?? "") === this.group && has(term));
    const found = Object.keys(QUANTITIES).filter((term) => QUANTITIES[term].headline && has(term));
    return found.length ? found : [...this.charts.keys()].filter(has).slice(0, 2);
  }

  /** @param {Frame} frame @param {number | null} at a step to read the curves at */
  draw(frame, at = null) {
    const { arms } = frame;
    for (const arm of arms) for (const term of Object.keys(arm.series)) if (!this.charts.has(term)) this.charts.set(term, new Chart(this.lab, term));
    if (this.arms.isNew([isDark(), arms.map((arm) => arm.name)])) {
      const told = arms.filter((arm) => !arm.family || arm.family === arm.name); // one for all seeds of an arm
      this.key.replaceChildren(...told.map((arm) => {
        const i = lookOf(arms, arms.indexOf(arm));
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
        const seeds = arm.family ? arms.filter(({ family }) => family === arm.name).length : 1;
        const name = seeds > 1 ? `${arm.name.split(" · ")[0]}: ${seeds} seeds, the best strong` : arm.name;
        return h("li", { title: arm.label }, canvas, name);
      }));
    }
    const terms = this.chosen(frame);
    const changed = this.laid.isNew(terms);
    if (changed) {
      this.row.dataset.count = String(terms.length);
      this.row.replaceChildren(...terms.map((term) => /** @type {Chart} */ (this.charts.get(term)).el));
      if (!terms.length) this.row.append(h("p", { class: "ame-muted" }, arms.length ? "No curve of this kind yet." : ""));
    }
    // The points move with every frame, but the curves grow slowly: draw them less often.
    if (!changed && frame.state === "playing" && at === null && this.lab.cursor === null && clock() - this.drawnAt < 0.45) return;
    this.drawnAt = clock();
    for (const term of terms) this.charts.get(term)?.draw(frame, at);
  }
}

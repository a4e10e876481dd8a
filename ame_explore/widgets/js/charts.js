// All the curves: one chart per quantity, in groups.

// By a quantity's group; what has none goes under "More curves".
const GROUPS = { accuracy: "Accuracy on test images", entropy: "Entropy, and how hard AME pulls", loss: "Losses" };

class Charts {
  constructor(lab) {
    this.lab = lab;
    this.charts = new Map();
    this.groups = new Map();
    this.key = h("ul", { class: "ame-legend", "aria-label": "Arms" });
    this.body = h("div", { class: "ame-groups" });
    this.el = h("section", { class: "ame-card ame-charts", "aria-label": "Curves" },
      h("header", {}, h("h3", {}, "Curves"), this.key, h("span", { class: "ame-push" }), (this.hint = h("span", { class: "ame-muted" }))), this.body);
    for (const group of [...Object.keys(GROUPS), ""]) {
      const row = h("div", { class: "ame-chart-row" });
      const box = group === ""
        ? h("details", { class: "ame-chart-group ame-later", hidden: true, ontoggle: () => lab.again() }, h("summary", {}, "More curves"), row)
        : h("section", { class: "ame-chart-group", hidden: true, "aria-label": GROUPS[group] }, h("h4", {}, GROUPS[group]), row);
      this.groups.set(group, { box, row });
      this.body.append(box);
    }
    for (const [term, { group }] of Object.entries(QUANTITIES)) if (group) this.add(term); // the others as they come
  }

  add(term) {
    const chart = new Chart(this.lab, term);
    this.charts.set(term, chart);
    this.groups.get(QUANTITIES[term]?.group ?? "").row.append(chart.el);
  }

  draw(frame, at = null) {
    for (const arm of frame.arms ?? [])
      for (const term of Object.keys(arm.series ?? {})) if (!this.charts.has(term)) this.add(term);
    const arms = frame.arms ?? [];
    const names = JSON.stringify([isDark(), arms.map((arm) => arm.name)]);
    if (names !== this.names) {
      this.names = names;
      this.key.replaceChildren(...arms.map((arm, i) => {
        const canvas = h("canvas", { width: 60, height: 24, class: "ame-key", "aria-hidden": "true" });
        const context = canvas.getContext("2d");
        context.strokeStyle = armColor(i);
        context.lineWidth = 4;
        context.setLineDash(DASHES[i % DASHES.length].map((d) => 2 * d));
        context.beginPath();
        context.moveTo(2, 12);
        context.lineTo(58, 12);
        context.stroke();
        drawMark(context, { shape: ARM_SHAPES[i % ARM_SHAPES.length], color: armColor(i), filled: true }, 30, 12, 7);
        return h("li", { title: arm.label ?? arm.name }, canvas, arm.name);
      }));
      setText(this.hint, arms.length > 1 ? `shaded below each: ${arms[1].name} − ${arms[0].name}` : "");
    }
    // The points move with every frame; curves that grow by a pixel now and then need not.
    if (frame.state === "playing" && at === null && !Number.isFinite(this.lab.cursor ?? NaN) && clock() - (this.drawnAt ?? 0) < 0.45) return;
    this.drawnAt = clock();
    for (const chart of this.charts.values()) chart.draw(frame, at);
    for (const { box, row } of this.groups.values()) setShown(box, [...row.children].some((node) => !node.hidden));
  }
}

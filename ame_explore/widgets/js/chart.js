// One recorded number over the steps, every arm a line; with two arms or more, their difference is drawn below.

class Chart {
  constructor(lab, term) {
    const known = QUANTITIES[term];
    this.lab = lab;
    this.term = term;
    this.label = known?.short ?? term.replaceAll("_", " ");
    this.unit = known?.unit ?? "";
    this.range = known?.limits;
    this.at = null; // the step under the pointer
    this.values = h("span", { class: "ame-values" });
    this.canvas = h("canvas", { class: "ame-line", role: "img", tabindex: "0", "data-testid": `chart-${term}` });
    this.table = tableToggle(term, this.label, () => this.rows());
    this.el = h("div", { class: "ame-chart", "data-term": term },
      h("div", { class: "ame-chart-head" }, h("h5", { title: known?.definition || this.label }, this.label), this.table.button),
      h("div", { class: "ame-readout" }, this.values, this.unit ? h("small", {}, this.unit) : null), this.canvas, this.table.box);
    this.canvas.addEventListener("pointermove", (event) => this.point(event.offsetX));
    this.canvas.addEventListener("pointerleave", () => this.point(null));
    this.canvas.addEventListener("click", (event) => this.lab.scrubTo(Math.round(this.stepAt(event.offsetX))));
  }

  stepAt(px) {
    const { left, right } = this.frame_;
    return Math.max(0, Math.min(1, (px - left) / (right - left))) * this.steps;
  }

  point(px) {
    if (!this.frame_) return;
    this.at = px === null ? null : this.stepAt(px);
    this.lab.chartCursor(this.at);
  }

  lines(frame) {
    return (frame.arms ?? []).map((arm, index) => ({ arm, index, series: arm.series?.[this.term] })).filter(({ series }) => series?.x?.length);
  }

  draw(frame, at = this.at) {
    const lines = this.lines(frame);
    setShown(this.el, lines.length > 0);
    if (!lines.length) return;
    this.steps = Math.max(1, frame.steps ?? 1);
    const cursor = at ?? frame.scrubbed ?? null;
    this.readout(lines, cursor, frame);
    paintLater(() => this.paint(lines, cursor, frame));
    this.table.update();
  }

  readout(lines, cursor, frame) {
    const now = lines.map(({ arm, index, series }) => {
      const i = cursor === null ? series.x.length - 1 : lastAt(series.x, cursor);
      const old = i >= 0 && isOld(arm, series.x[i], cursor);
      return { index, name: arm.name, value: i < 0 || old ? null : series.y[i], old: old ? series.x[i] : null };
    });
    while (this.values.childElementCount > now.length) this.values.lastChild.remove();
    while (this.values.childElementCount < now.length) this.values.append(h("span", { class: "ame-value" }, h("i", {}), h("b", {})));
    now.forEach(({ index, name, value, old }, i) => {
      const node = this.values.children[i];
      node.firstChild.style.background = armColor(index);
      node.title = old === null ? name : `${name}: not measured since step ${old}`;
      setText(node.lastChild, written(this.term, value));
    });
    const words = `${this.label}${this.unit ? ` in ${this.unit}` : ""}: `
      + now.map(({ name, value }) => `${name} ${written(this.term, value)}`).join(", ") + ` at step ${Math.round(cursor ?? frame.step ?? 0)}`;
    if (clock() - (this.saidAt ?? 0) > 1 || frame.state !== "playing") {
      this.saidAt = clock();
      this.canvas.setAttribute("aria-label", words);
    }
  }

  paint(lines, cursor, frame) {
    const { width, height, scale } = fitCanvas(this.canvas);
    if (!width || !height) return;
    const { ink } = this.lab;
    const context = this.canvas.getContext("2d");
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, width, height);
    const pair = lines.length > 1 && this.term !== "ame" && this.term !== "share.ame" ? [lines[0], lines[1]] : null;
    const below = pair ? 30 : 0;
    const [low, high, log] = this.limits(lines);
    const ticks = log ? logTicks(low, high) : niceTicks(low, high, 3);
    const texts = ticks.map((tick) => (log ? logText(tick) : tickText(tick, ticks)));
    const rows = pair ? differences(lines[0].series, lines[1].series) : [];
    const most = Math.max(...rows.map(([, d]) => Math.abs(d)), 1e-12);
    const reach = rows.length && most > 1e-12 ? `±${tickText(most, [0, most / 2])}` : "0";
    context.font = `12px ${ink.font}`;
    const widest = Math.max(...[...texts, pair ? reach : ""].map((text) => context.measureText(text).width));
    const box = { left: Math.max(40, Math.ceil(widest) + 7), right: width - 8, top: 5, bottom: height - 16 - below };
    this.frame_ = box;
    const f = log ? Math.log10 : (v) => v;
    const x = (step) => box.left + ((box.right - box.left) * step) / this.steps;
    const y = (v) => box.bottom - ((box.bottom - box.top) * (f(v) - f(low))) / (f(high) - f(low));
    context.textBaseline = "middle";
    context.lineWidth = 1;
    context.textAlign = "right";
    for (const [i, tick] of ticks.entries()) {
      const at = Math.round(y(tick)) + 0.5;
      context.strokeStyle = ink.grid;
      context.beginPath();
      context.moveTo(box.left, at);
      context.lineTo(box.right, at);
      context.stroke();
      context.fillStyle = ink.muted;
      context.fillText(texts[i], box.left - 5, at);
    }
    const chance = this.lab.scene?.chance?.[this.term];
    if (chance > low && chance < high) this.level(context, box, y(chance), "chance", ink);
    context.textBaseline = "alphabetic";
    context.fillStyle = ink.muted;
    context.textAlign = "left";
    context.fillText("0", box.left, height - 3);
    context.textAlign = "right";
    context.fillText(`${this.steps} steps`, box.right, height - 3);
    context.lineJoin = "round";
    for (const { arm, index } of lines) this.turned(context, arm, index, x, box);
    for (const { arm, index, series } of lines) {
      context.setLineDash(DASHES[index % DASHES.length]);
      context.strokeStyle = armColor(index);
      context.lineWidth = 1.8;
      context.beginPath();
      let pen = false;
      // Where H became another quantity its line is broken.
      const breaks = QUANTITIES[this.term]?.per_reading ? (arm.turns ?? []).filter(({ redefines }) => redefines).map(({ step }) => step) : [];
      for (let i = 0; i < series.x.length; i++) {
        const v = series.y[i];
        if (!Number.isFinite(v) || (log && v <= 0)) {
          pen = false;
          continue;
        }
        if (i && breaks.some((step) => series.x[i - 1] <= step && step < series.x[i])) pen = false;
        const px = x(series.x[i]);
        const py = Math.max(box.top, Math.min(box.bottom, y(v)));
        context[pen ? "lineTo" : "moveTo"](px, py);
        pen = true;
      }
      context.stroke();
      context.setLineDash([]);
      const last = series.x.length - 1;
      if (Number.isFinite(series.y[last]) && !(log && series.y[last] <= 0))
        drawMark(context, { shape: ARM_SHAPES[index % ARM_SHAPES.length], color: armColor(index), filled: true, halo: ink.card },
          x(series.x[last]), Math.max(box.top, Math.min(box.bottom, y(series.y[last]))), 4);
      if (arm.fork_step > 0 && arm.parent) {
        const i = lastAt(series.x, arm.fork_step);
        if (i >= 0) drawMark(context, { shape: "diamond", color: ink.text, filled: false, halo: ink.card }, x(series.x[i]), y(series.y[i]), 3.5);
      }
    }
    if (pair) this.difference(context, rows, most, reach, armColor(pair[1].index), x, { ...box, top: box.bottom + 4, bottom: box.bottom + below }, ink);
    if (cursor !== null) {
      context.strokeStyle = ink.text;
      context.globalAlpha = 0.5;
      context.beginPath();
      context.moveTo(Math.round(x(cursor)) + 0.5, box.top);
      context.lineTo(Math.round(x(cursor)) + 0.5, height - 16);
      context.stroke();
      context.globalAlpha = 1;
    }
  }

  // A dotted line where a dial of the arm was turned.
  turned(context, arm, index, x, box) {
    const steps = new Set((arm.turns ?? []).map(({ step }) => step).filter((step) => step > 0));
    if (!steps.size) return;
    context.strokeStyle = armColor(index);
    context.globalAlpha = 0.75;
    context.setLineDash([1.5, 3]);
    context.beginPath();
    for (const step of steps) {
      const at = Math.round(x(step)) + 0.5;
      context.moveTo(at, box.top);
      context.lineTo(at, box.bottom);
    }
    context.stroke();
    context.setLineDash([]);
    context.globalAlpha = 1;
  }

  level(context, box, at, text, ink) {
    context.strokeStyle = ink.muted;
    context.setLineDash([2, 3]);
    context.beginPath();
    context.moveTo(box.left, at);
    context.lineTo(box.right, at);
    context.stroke();
    context.setLineDash([]);
    context.textAlign = "right";
    context.textBaseline = "bottom";
    context.fillStyle = ink.muted;
    context.setLineDash([]);
    context.lineWidth = 3;
    context.strokeStyle = ink.card;
    context.strokeText(text, box.right, at - 1);
    context.fillText(text, box.right, at - 1);
    context.lineWidth = 1;
  }

  // The second arm minus the first, as an area about zero on a scale of its own.
  difference(context, rows, most, text, color, x, box, ink) {
    const middle = (box.top + box.bottom) / 2;
    const reach = (box.bottom - box.top) / 2 - 2;
    context.fillStyle = ink.soft;
    context.fillRect(box.left, box.top, box.right - box.left, box.bottom - box.top);
    context.fillStyle = color;
    context.globalAlpha = 0.75;
    context.beginPath();
    rows.forEach(([step, d], i) => {
      if (!i) context.moveTo(x(step), middle);
      context.lineTo(x(step), middle - (reach * d) / most);
    });
    if (rows.length) context.lineTo(x(rows[rows.length - 1][0]), middle);
    context.fill();
    context.globalAlpha = 1;
    context.strokeStyle = ink.muted;
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(box.left, Math.round(middle) + 0.5);
    context.lineTo(box.right, Math.round(middle) + 0.5);
    context.stroke();
    context.fillStyle = ink.muted;
    context.textAlign = "right";
    context.textBaseline = "middle";
    context.fillText(text, box.left - 5, middle);
  }

  limits(lines) {
    const all = [];
    for (const { series } of lines) for (const v of series.y) if (Number.isFinite(v)) all.push(v);
    if (this.range) return [...this.range, false];
    if (!all.length) return [0, 1, false];
    let low = Math.min(...all);
    let high = Math.max(...all);
    if (low > 0 && high / low > 30) return [low / 1.2, high * 1.2, true];
    const pad = (high - low) * 0.08 || Math.abs(high) * 0.05 || 0.5;
    if (low >= 0 && low < 0.35 * high) return [0, high + pad, false];
    return [low - pad, high + pad, false];
  }

  rows() {
    const lines = this.lines(this.lab.frame);
    const steps = [...new Set(lines.flatMap(({ series }) => [...series.x]))].sort((a, b) => a - b);
    const keep = steps.length > 120 ? steps.filter((_, i) => i % Math.ceil(steps.length / 120) === 0 || i === steps.length - 1) : steps;
    const maps = lines.map(({ series }) => new Map([...series.x].map((step, i) => [step, series.y[i]])));
    const columns = ["step", ...lines.map(({ arm }) => arm.name)];
    if (lines.length > 1) columns.push(`${columns[2]} − ${columns[1]}`);
    return { columns, rows: keep.map((step) => {
      const found = maps.map((map) => map.get(step) ?? null);
      const difference = found[0] === null || found[1] === null ? null : found[1] - found[0];
      return lines.length > 1 ? [step, ...found, difference] : [step, ...found];
    }).reverse() };
  }
}

// Whether the arm was measured again after `step` without this number: another reading has it no more.
function isOld(arm, step, cursor) {
  const checks = arm.series?.harmonic_mean?.x;
  const i = !checks?.length ? -1 : cursor === null ? checks.length - 1 : lastAt(checks, cursor);
  return i >= 0 && step < checks[i];
}

function lastAt(xs, step) {
  let low = 0, high = xs.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (xs[middle] <= step) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function differences(first, second) {
  const rows = [];
  for (let i = 0, j = 0; i < first.x.length && j < second.x.length; ) {
    if (first.x[i] === second.x[j]) {
      const d = second.y[j] - first.y[i];
      if (Number.isFinite(d)) rows.push([first.x[i], d]);
      i++;
      j++;
    } else if (first.x[i] < second.x[j]) i++;
    else j++;
  }
  return rows;
}

function logTicks(low, high) {
  const all = [];
  for (let p = Math.floor(Math.log10(low)); p <= Math.ceil(Math.log10(high)); p++)
    for (const digit of high / low > 1e4 ? [1] : [1, 3]) all.push(digit * 10 ** p);
  const inside = all.filter((v) => v >= low && v <= high);
  return inside.length > 5 ? inside.filter((_, i) => i % 2 === 0) : inside;
}

const logText = (value) => (value >= 1e-3 && value < 1e4 ? String(Number(value.toPrecision(1))) : value.toExponential(0).replace("e+", "e").replaceAll("-", "\u2212"));

function tickText(value, ticks) {
  const gap = ticks.length > 1 ? Math.abs(ticks[1] - ticks[0]) : Math.abs(value) || 1;
  if (value !== 0 && (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e4)) return value.toExponential(0).replace("e+", "e").replaceAll("-", "\u2212");
  return value.toFixed(Math.max(0, Math.min(4, -Math.floor(Math.log10(gap) + 1e-9)))).replace("-", "\u2212");
}

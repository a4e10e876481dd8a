// One recorded number over the steps, every arm a line; with two arms or more, their difference is drawn below.

import { contextOf, fitCanvas, paintLater } from "./canvas.js";
import { h, setShown, setText } from "./dom.js";
import { logText, tickText } from "./format.js";
import { armColor, armDash, armShape, lookOf } from "./looks.js";
import { drawMark } from "./marks.js";
import { QUANTITIES, written } from "./quantities.js";
import { differences, lastAt, limits, logTicks, niceTicks, spread } from "./scales.js";
import { tableToggle } from "./tables.js";
import { clock } from "./time.js";

/** @typedef {import("./state.js").ArmState} ArmState */
/** @typedef {import("./state.js").Frame} Frame */
/** @typedef {import("./state.js").Ink} Ink */
/** @typedef {import("./messages").Series} Series */
/** @typedef {{arm: ArmState, index: number, series: Series}} Line */
/** @typedef {{left: number, right: number, top: number, bottom: number}} Box */
/** @typedef {(value: number) => number} Axis */

const BELOW = 30; // pixels of the difference
const FLAT = 130; // height of a canvas under which the difference gets less
const FLATTER = 84; // and under which it is told by the values alone
/** How the lines to compare with are drawn. @type {Record<string, number[]>} */
const REFERENCES = { teacher: [8, 3], backbone: [5, 3], chance: [2, 3] };

export class Chart {
  /** @param {import("./lab.js").Lab} lab @param {string} term */
  constructor(lab, term) {
    const known = QUANTITIES[term];
    this.lab = lab;
    this.term = term;
    this.label = known?.short ?? term.replaceAll("_", " ");
    this.range = known?.limits;
    /** The step under the pointer. @type {number | null} */
    this.at = null;
    this.steps = 1;
    this.saidAt = 0;
    /** Where the curves lie in the canvas. @type {Box | null} */
    this.box = null;
    this.values = h("span", { class: "ame-values" });
    this.unit = h("small", {});
    /** What the difference between two arms shows. */
    this.verdict = h("span", { class: "ame-verdict", "data-testid": `verdict-${term}` });
    this.canvas = h("canvas", { class: "ame-line", role: "img", tabindex: "0", "data-testid": `chart-${term}` });
    this.table = tableToggle(term, this.label, () => this.rows());
    this.el = h("div", { class: "ame-chart", "data-term": term },
      h("div", { class: "ame-chart-head" }, h("h5", { title: known?.definition || this.label }, this.label),
        h("div", { class: "ame-readout" }, this.values, this.unit), this.verdict, this.table.button), this.canvas, this.table.box);
    this.canvas.addEventListener("pointermove", (event) => this.point(event.offsetX));
    this.canvas.addEventListener("pointerleave", () => this.point(null));
    this.canvas.addEventListener("click", (event) => this.box && this.lab.scrubTo(Math.round(this.stepAt(event.offsetX, this.box))));
  }

  /** @param {number} px @param {Box} box */
  stepAt(px, { left, right }) {
    return Math.max(0, Math.min(1, (px - left) / (right - left))) * this.steps;
  }

  /** @param {number | null} px */
  point(px) {
    if (!this.box) return;
    this.at = px === null ? null : this.stepAt(px, this.box);
    this.lab.chartCursor(this.at);
  }

  /** @param {Frame} frame @returns {Line[]} */
  lines(frame) {
    return frame.arms.map((arm, i) => ({ arm, index: lookOf(frame.arms, i), series: arm.series[this.term] })).filter(({ series }) => series?.x.length);
  }

  /** @param {Frame} frame @param {number | null} at */
  draw(frame, at = this.at) {
    const lines = this.lines(frame);
    setShown(this.el, lines.length > 0);
    if (!lines.length) return;
    this.steps = Math.max(1, frame.steps);
    const cursor = at ?? frame.scrubbed;
    this.readout(readable(lines), cursor, frame);
    const verdict = cursor === null && frame.verdict?.term === this.term ? frame.verdict : null;
    const low = this.lab.el.classList.contains("ame-low");
    setText(this.verdict, (low ? verdict?.short : verdict?.text) ?? "");
    this.verdict.title = verdict ? `${verdict.text}. ${verdict.details}` : "";
    paintLater(() => this.paint(lines, cursor));
    this.table.update();
  }

  /** @param {Line[]} lines @param {number | null} cursor @param {Frame} frame */
  readout(lines, cursor, frame) {
    const shown = lines.map(({ arm, index, series }) => {
      const i = cursor === null ? series.x.length - 1 : lastAt(series.x, cursor);
      const old = i >= 0 && isOld(arm, series.x[i], cursor);
      return { index, name: arm.name, value: i < 0 || old ? null : series.y[i], old: old ? series.x[i] : null };
    });
    while (this.values.children.length > shown.length) this.values.lastChild?.remove();
    while (this.values.children.length < shown.length) this.values.append(h("span", { class: "ame-value" }, h("i", {}), h("b", {})));
    shown.forEach(({ index, name, value, old }, i) => {
      const node = /** @type {HTMLElement} */ (this.values.children[i]);
      const [swatch, number] = /** @type {HTMLCollectionOf<HTMLElement>} */ (node.children);
      swatch.style.background = armColor(index);
      node.title = old === null ? name : `${name}: not measured since step ${old}`;
      setText(number, written(this.term, value));
    });
    const unit = frame.units[this.term] ?? QUANTITIES[this.term]?.unit ?? "";
    setText(this.unit, unit);
    setShown(this.unit, unit !== "");
    const words = `${this.label}${unit ? ` in ${unit}` : ""}: `
      + shown.map(({ name, value }) => `${name} ${written(this.term, value)}`).join(", ") + ` at step ${Math.round(cursor ?? frame.step)}` + this.compared();
    if (clock() - this.saidAt > 1 || frame.state !== "playing") {
      this.saidAt = clock();
      this.canvas.setAttribute("aria-label", words);
    }
  }

  /** The lines to compare with, in words. */
  compared() {
    const found = Object.entries(this.lab.scene?.references[this.term] ?? {}).map(([name, value]) => `${name} ${written(this.term, value)}`);
    return found.length ? `; for comparison: ${found.join(", ")}` : "";
  }

  /** @param {Line[]} lines @param {number | null} cursor */
  paint(lines, cursor) {
    const { width, height, scale } = fitCanvas(this.canvas);
    if (!width || !height) return;
    const { ink } = this.lab;
    const context = contextOf(this.canvas);
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, width, height);
    const pair = lines.length > 1 && !lines[0].arm.family && !QUANTITIES[this.term]?.ame_only;
    const below = !pair || height < FLATTER ? 0 : height < FLAT ? BELOW / 2 : BELOW;
    const references = Object.entries(this.lab.scene?.references[this.term] ?? {});
    const { low, high, log } = this.range ? { low: this.range[0], high: this.range[1], log: false } : limits(lines.map(({ series }) => series.y));
    const ticks = log ? logTicks(low, high) : niceTicks(low, high, height < FLATTER ? 2 : 3);
    const texts = ticks.map((tick) => (log ? logText(tick) : tickText(tick, ticks)));
    const rows = pair ? differences(lines[0].series, lines[1].series) : [];
    const most = Math.max(...rows.map(([, d]) => Math.abs(d)), 1e-12);
    const reach = rows.length && most > 1e-12 ? `±${tickText(most, [0, most / 2])}` : "0";
    context.font = `12px ${ink.font}`;
    const widest = Math.max(...[...texts, below ? reach : ""].map((text) => context.measureText(text).width));
    const box = { left: Math.max(40, Math.ceil(widest) + 7), right: width - 8, top: 5, bottom: height - 16 - below };
    this.box = box;
    const f = log ? Math.log10 : (/** @type {number} */ v) => v;
    /** @type {Axis} */
    const x = (step) => box.left + ((box.right - box.left) * step) / this.steps;
    /** @type {Axis} */
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
    this.levels(context, box, references.filter(([, value]) => value > low && value < high).map(([name, value]) => ({ name, value, at: y(value) })), ink);
    context.textBaseline = "alphabetic";
    context.fillStyle = ink.muted;
    context.textAlign = "left";
    context.fillText("0", box.left, height - 3);
    context.textAlign = "right";
    context.fillText(`${this.steps} steps`, box.right, height - 3);
    context.lineJoin = "round";
    for (const line of lines) this.turned(context, line, x, box);
    const groups = bySeed(lines);
    for (const group of groups) this.band(context, group, x, y, box, log);
    const best = new Set(groups.map((group) => bestOf(group)));
    for (const line of lines) this.curve(context, line, x, y, box, log, !groups.length || best.has(line));
    if (below) this.difference(context, rows, most, reach, armColor(lines[1].index), x, { ...box, top: box.bottom + 4, bottom: box.bottom + below }, ink);
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

  /**
   * From the lowest to the highest seed of an arm, where all were measured.
   * @param {CanvasRenderingContext2D} context @param {Line[]} group @param {Axis} x @param {Axis} y @param {Box} box @param {boolean} log
   */
  band(context, group, x, y, box, log) {
    const rows = spread(group.map(({ series }) => series)).filter(([, low]) => !log || low > 0);
    const inside = (/** @type {number} */ v) => Math.max(box.top, Math.min(box.bottom, y(v)));
    context.fillStyle = armColor(group[0].index);
    context.globalAlpha = 0.16;
    context.beginPath();
    for (const [step, low] of rows) context.lineTo(x(step), inside(low));
    for (const [step, , high] of rows.reverse()) context.lineTo(x(step), inside(high));
    context.fill();
    context.globalAlpha = 1;
  }

  /**
   * A line, its mark at the end, and a diamond where it was forked; of several seeds the best one is strong.
   * @param {CanvasRenderingContext2D} context @param {Line} line @param {Axis} x @param {Axis} y @param {Box} box @param {boolean} log @param {boolean} strong
   */
  curve(context, { arm, index, series }, x, y, box, log, strong) {
    const { ink } = this.lab;
    const isDrawn = (/** @type {number} */ v) => Number.isFinite(v) && !(log && v <= 0);
    const inside = (/** @type {number} */ v) => Math.max(box.top, Math.min(box.bottom, y(v)));
    const breaks = QUANTITIES[this.term]?.per_reading ? arm.turns.filter(({ redefines }) => redefines).map(({ step }) => step) : [];
    context.setLineDash(armDash(index));
    context.strokeStyle = armColor(index);
    context.lineWidth = strong ? 1.8 : 0.8;
    context.globalAlpha = strong ? 1 : 0.45;
    context.beginPath();
    let pen = false;
    for (let i = 0; i < series.x.length; i++) {
      if (!isDrawn(series.y[i])) {
        pen = false;
        continue;
      }
      if (i && breaks.some((step) => series.x[i - 1] <= step && step < series.x[i])) pen = false;
      context[pen ? "lineTo" : "moveTo"](x(series.x[i]), inside(series.y[i]));
      pen = true;
    }
    context.stroke();
    context.setLineDash([]);
    context.globalAlpha = 1;
    const last = series.x.length - 1;
    if (strong && isDrawn(series.y[last]))
      drawMark(context, { shape: armShape(index), color: armColor(index), filled: true, halo: ink.card }, x(series.x[last]), inside(series.y[last]), 4);
    if (arm.parent !== null && arm.fork_step) {
      const i = lastAt(series.x, arm.fork_step);
      if (i >= 0) drawMark(context, { shape: "diamond", color: ink.text, filled: false, halo: ink.card }, x(series.x[i]), y(series.y[i]), 3.5);
    }
  }

  /** A dotted line where a dial of the arm was turned. @param {CanvasRenderingContext2D} context @param {Line} line @param {Axis} x @param {Box} box */
  turned(context, { arm, index }, x, box) {
    const steps = new Set(arm.turns.map(({ step }) => step).filter((step) => step > 0));
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

  /**
   * Lines to compare the curves with, named at the right where names do not overlap.
   * @param {CanvasRenderingContext2D} context @param {Box} box @param {{name: string, value: number, at: number}[]} levels @param {Ink} ink
   */
  levels(context, box, levels, ink) {
    let lowest = -Infinity;
    context.textAlign = "right";
    context.textBaseline = "bottom";
    for (const { name, value, at } of levels.sort((a, b) => a.at - b.at)) {
      context.strokeStyle = ink.muted;
      context.setLineDash(REFERENCES[name] ?? []);
      context.lineWidth = name === "chance" ? 1 : 1.4;
      context.beginPath();
      context.moveTo(box.left, at);
      context.lineTo(box.right, at);
      context.stroke();
      context.setLineDash([]);
      const line = Math.max(at - 1, lowest + 13, box.top + 12);
      lowest = line;
      const text = `${name} ${written(this.term, value)}`;
      context.fillStyle = ink.muted;
      context.lineWidth = 3;
      context.strokeStyle = ink.card;
      context.strokeText(text, box.right, line);
      context.fillText(text, box.right, line);
    }
    context.lineWidth = 1;
  }

  /**
   * The second arm minus the first, as an area around zero with its own scale.
   * @param {CanvasRenderingContext2D} context @param {[number, number][]} rows @param {number} most @param {string} text
   * @param {string} color @param {Axis} x @param {Box} box @param {Ink} ink
   */
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

  /** @returns {import("./tables.js").Table} */
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

const SCORE = "harmonic_mean"; // by which one seed is better than another

/** The curves of arms that differ in their seeds alone, together. @param {Line[]} lines @returns {Line[][]} */
function bySeed(lines) {
  /** @type {Map<string, Line[]>} */
  const groups = new Map();
  for (const line of lines) if (line.arm.family) groups.set(line.arm.family, [...(groups.get(line.arm.family) ?? []), line]);
  return [...groups.values()];
}

/** The lines whose values are written: of several seeds the best. @param {Line[]} lines */
function readable(lines) {
  const groups = bySeed(lines);
  return groups.length ? groups.map((group) => bestOf(group)) : lines;
}

/** The one whose arm has the highest score so far. @param {Line[]} group */
function bestOf(group) {
  const score = (/** @type {Line} */ { arm }) => arm.series[SCORE]?.y.at(-1) ?? -Infinity;
  return group.reduce((best, line) => (score(line) > score(best) ? line : best));
}

/** Whether the arm was measured again after `step` without this number: another reading has it no more. @param {ArmState} arm @param {number} step @param {number | null} cursor */
function isOld(arm, step, cursor) {
  const always = Object.keys(arm.series).find((name) => QUANTITIES[name]?.always);
  if (always === undefined) return false;
  const checks = arm.series[always].x;
  const i = !checks.length ? -1 : cursor === null ? checks.length - 1 : lastAt(checks, cursor);
  return i >= 0 && step < checks[i];
}

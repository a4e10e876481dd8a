// A curve drawn by hand over the run; arrow keys set it as well.

import { contextOf, fitCanvas } from "./canvas.js";
import { h } from "./dom.js";
import { fmt } from "./format.js";
import { armColor } from "./looks.js";
import { QUANTITIES } from "./quantities.js";

export const PLACES = 11; // of a curve, evenly over the run

/**
 * The curve with another value at one of its places. A quick stroke skips places: these get a straight line from the
 * pointer's last place.
 * @param {number[]} values @param {number} from @param {number} to @param {number} value
 */
export function stroked(values, from, to, value) {
  const next = [...values];
  const start = values[from];
  for (let k = from; k !== to; k += Math.sign(to - from)) next[k] = start + ((value - start) * (k - from)) / (to - from);
  next[to] = value;
  return next;
}

export class Sketch {
  /**
   * @param {import("./lab.js").Lab} lab @param {import("./messages").SketchOf} of @param {number[] | null} values
   * @param {boolean} locked @param {(values: number[]) => void} report
   */
  constructor(lab, { term, low, high }, values, locked, report) {
    this.lab = lab;
    this.term = term;
    this.low = low;
    this.high = high;
    this.locked = locked;
    this.report = report;
    this.values = values;
    this.cursor = 0;
    /** The place where the pointer was. @type {number | null} */
    this.last = null;
    this.canvas = h("canvas", { class: "ame-sketch", tabindex: "0", role: "application",
      "aria-label": `Sketch ${QUANTITIES[term]?.label ?? term} from ${low} to ${high} over the run. Left and right choose a place, up and down set its height.` });
    this.el = h("div", {}, this.canvas);
    const drag = (/** @type {PointerEvent} */ event) =>
      !locked && event.buttons && this.put(event.offsetX / this.canvas.clientWidth, 1 - event.offsetY / this.canvas.clientHeight);
    this.canvas.addEventListener("pointerdown", (event) => {
      this.canvas.setPointerCapture(event.pointerId);
      this.last = null;
      drag(event);
    });
    this.canvas.addEventListener("pointermove", drag);
    this.canvas.addEventListener("keydown", (event) => this.key(event));
  }

  /** @param {number} x @param {number} y shares of the canvas */
  put(x, y) {
    const i = Math.round(Math.max(0, Math.min(1, x)) * (PLACES - 1));
    const value = this.low + (this.high - this.low) * Math.max(0, Math.min(1, y));
    this.values = stroked(this.values ?? new Array(PLACES).fill(value), this.last ?? i, i, value);
    this.last = i;
    this.report(this.values);
    this.draw(this.lab.frame);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key] ?? 0;
    const rise = { ArrowUp: 0.05, ArrowDown: -0.05 }[event.key] ?? 0;
    if ((!step && !rise) || this.locked) return;
    event.preventDefault();
    event.stopPropagation();
    if (step) this.cursor = Math.max(0, Math.min(PLACES - 1, this.cursor + step));
    else {
      const values = this.values ?? new Array(PLACES).fill((this.low + this.high) / 2);
      this.values = values;
      this.last = this.cursor;
      this.put(this.cursor / (PLACES - 1), (values[this.cursor] - this.low) / (this.high - this.low) + rise);
    }
    this.lab.say(`Place ${this.cursor + 1} of ${PLACES}: ${fmt(this.values?.[this.cursor])}`);
    this.draw(this.lab.frame);
  }

  /** @param {import("./state.js").Frame} frame */
  draw(frame) {
    const { width, height, scale } = fitCanvas(this.canvas);
    if (!width) return;
    const { ink } = this.lab;
    const context = contextOf(this.canvas);
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.fillStyle = ink.soft;
    context.fillRect(0, 0, width, height);
    const y = (/** @type {number} */ v) => height - (height * (v - this.low)) / (this.high - this.low);
    context.font = `11px ${ink.font}`;
    context.fillStyle = ink.muted;
    context.fillText(fmt(this.high), 3, 12);
    context.fillText(fmt(this.low), 3, height - 4);
    if (this.values) {
      context.strokeStyle = ink.text;
      context.lineWidth = 2;
      context.setLineDash([4, 3]);
      context.beginPath();
      this.values.forEach((v, i) => context[i ? "lineTo" : "moveTo"]((width * i) / (PLACES - 1), y(v)));
      context.stroke();
      context.setLineDash([]);
    } else context.fillText("draw here", width / 2 - 22, height / 2);
    (this.locked ? frame.arms : []).forEach((arm, index) => {
      const series = arm.series[this.term];
      if (!series) return;
      context.strokeStyle = armColor(index);
      context.beginPath();
      for (let i = 0; i < series.x.length; i++) context[i ? "lineTo" : "moveTo"]((width * series.x[i]) / (frame.steps || 1), y(series.y[i]));
      context.stroke();
    });
    if (document.activeElement === this.canvas) {
      context.fillStyle = ink.accent;
      context.fillRect((width * this.cursor) / (PLACES - 1) - 1, 0, 2, height);
    }
  }
}

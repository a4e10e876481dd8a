// Marks for points: colour and shape tell classes apart; base classes are filled, new ones open.
// Points are written straight into an image's pixels: 20,000 of them take a few milliseconds without a graphics card.

import { contextOf } from "./canvas.js";

/** @typedef {"circle" | "diamond" | "square" | "triangle" | "cross" | "triangle-down" | "pentagon" | "bar" | "hexagon" | "x" | "star"} Shape */
/**
 * @typedef {object} Mark
 * @property {Shape} shape
 * @property {string} color
 * @property {boolean} filled
 * @property {string | null} [halo] a rim around it
 * @property {string} [inside] of an open mark; the halo's colour if unset
 * @property {number} [edge] the rim's width, in radii
 */
/** @typedef {{half: number, dx: Int32Array, dy: Int32Array, rb: Int32Array, g: Int32Array, a: Int32Array}} Sprite a mark as pixels: offsets from its centre, colour split for blending, opacity 0..32 */

/** @type {Shape[]} */
const SHAPES = ["circle", "diamond", "square", "triangle", "cross", "triangle-down", "pentagon", "bar", "hexagon", "x"];

/** The shape of a class. @param {number} c */
export const shapeOf = (c) => SHAPES[c % SHAPES.length];

/** @param {CanvasRenderingContext2D} context @param {Shape} shape @param {number} x @param {number} y @param {number} r */
function shapePath(context, shape, x, y, r) {
  /** @param {number[][]} points */
  const polygon = (points) => {
    context.beginPath();
    points.forEach(([px, py], i) => context[i ? "lineTo" : "moveTo"](x + px * r, y + py * r));
    context.closePath();
  };
  /** @param {number} n @param {number} turn */
  const regular = (n, turn, stretch = 1) =>
    Array.from({ length: n }, (_, i) => {
      const angle = turn + (2 * Math.PI * i) / n;
      return [stretch * Math.cos(angle), stretch * Math.sin(angle)];
    });
  /** @param {number} w */
  const plus = (w) => [
    [-w, -1], [w, -1], [w, -w], [1, -w], [1, w], [w, w], [w, 1], [-w, 1], [-w, w], [-1, w], [-1, -w], [-w, -w],
  ];
  /** @param {number[][]} points */
  const turned = (points) => points.map(([a, b]) => [(a - b) * Math.SQRT1_2, (a + b) * Math.SQRT1_2]);
  if (shape === "circle") {
    context.beginPath();
    context.arc(x, y, 0.92 * r, 0, 2 * Math.PI);
  } else if (shape === "diamond") polygon([[0, -1.1], [0.95, 0], [0, 1.1], [-0.95, 0]]);
  else if (shape === "square") polygon([[-0.82, -0.82], [0.82, -0.82], [0.82, 0.82], [-0.82, 0.82]]);
  else if (shape === "triangle") polygon(regular(3, -Math.PI / 2, 1.15));
  else if (shape === "triangle-down") polygon(regular(3, Math.PI / 2, 1.15));
  else if (shape === "cross") polygon(plus(0.38));
  else if (shape === "x") polygon(turned(plus(0.36)));
  else if (shape === "pentagon") polygon(regular(5, -Math.PI / 2, 1.05));
  else if (shape === "hexagon") polygon(regular(6, 0, 1.05));
  else if (shape === "bar") polygon([[-1.05, -0.5], [1.05, -0.5], [1.05, 0.5], [-1.05, 0.5]]);
  else if (shape === "star")
    polygon(
      Array.from({ length: 10 }, (_, i) => {
        const angle = -Math.PI / 2 + (Math.PI * i) / 5;
        const reach = i % 2 ? 0.48 : 1.15;
        return [reach * Math.cos(angle), reach * Math.sin(angle)];
      }),
    );
}

/** @type {Partial<Record<Shape, number[][]>>} */
const STROKES = { cross: [[-1, 0, 1, 0], [0, -1, 0, 1]], x: [[-0.8, -0.8, 0.8, 0.8], [-0.8, 0.8, 0.8, -0.8]] };

/** @param {CanvasRenderingContext2D} context @param {Mark} mark @param {number} x @param {number} y @param {number} r */
export function drawMark(context, { shape, color, filled, halo, inside, edge = 0.55 }, x, y, r) {
  const strokes = STROKES[shape];
  if (!filled && strokes) {
    // Too small for an outline: open crosses are thin lines.
    context.lineCap = "round";
    for (const { style, width } of [{ style: halo, width: (0.2 + edge) * r }, { style: color, width: Math.max(1.2, 0.32 * r) }]) {
      if (!style) continue;
      context.strokeStyle = style;
      context.lineWidth = width;
      context.beginPath();
      for (const [x0, y0, x1, y1] of strokes) {
        context.moveTo(x + x0 * r, y + y0 * r);
        context.lineTo(x + x1 * r, y + y1 * r);
      }
      context.stroke();
    }
    return;
  }
  shapePath(context, shape, x, y, r);
  if (halo) {
    context.lineWidth = edge * r;
    context.strokeStyle = halo;
    context.stroke();
  }
  if (filled) {
    context.fillStyle = color;
    context.fill();
  } else {
    context.fillStyle = inside || halo || "transparent";
    context.fill();
    context.lineWidth = Math.max(1.2, 0.36 * r);
    context.strokeStyle = color;
    context.stroke();
  }
}

/** @param {Mark} mark @param {number} r @param {number} opacity @returns {Sprite} */
export function sprite(mark, r, opacity = 1) {
  const half = Math.ceil(r * 1.6) + 1;
  const size = 2 * half + 1;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = size;
  const context = contextOf(canvas, { willReadFrequently: true });
  drawMark(context, mark, half + 0.5, half + 0.5, r);
  const { data } = context.getImageData(0, 0, size, size);
  const dx = [], dy = [], redBlue = [], green = [], alpha = [];
  for (let i = 0; i < size * size; i++) {
    const a = Math.round((data[4 * i + 3] / 255) * 32 * opacity);
    if (!a) continue;
    dx.push((i % size) - half);
    dy.push(Math.floor(i / size) - half);
    redBlue.push(data[4 * i] | (data[4 * i + 2] << 16));
    green.push(data[4 * i + 1] << 8);
    alpha.push(a);
  }
  return { half, dx: Int32Array.from(dx), dy: Int32Array.from(dy), rb: Int32Array.from(redBlue),
    g: Int32Array.from(green), a: Int32Array.from(alpha) };
}

/** @param {Uint32Array} pixels @param {number} width @param {number} height @param {Sprite} mark @param {number} x @param {number} y */
export function stamp(pixels, width, height, mark, x, y) {
  const { half, dx, dy, rb, g, a } = mark;
  const px = Math.round(x);
  const py = Math.round(y);
  if (px < half || py < half || px >= width - half || py >= height - half) return;
  const base = py * width + px;
  for (let k = 0; k < a.length; k++) {
    const at = base + dy[k] * width + dx[k];
    const under = pixels[at];
    const left = 32 - a[k];
    const redBlue = (((under & 0xff00ff) * left + rb[k] * a[k]) >>> 5) & 0xff00ff;
    const green = (((under & 0xff00) * left + g[k] * a[k]) >>> 5) & 0xff00;
    pixels[at] = 0xff000000 | redBlue | green;
  }
}

/** A CSS colour as red, green, blue and opacity, 0..255. @param {string} color */
export function rgbaOf(color) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  const context = contextOf(canvas);
  context.fillStyle = color;
  context.fillRect(0, 0, 1, 1);
  return context.getImageData(0, 0, 1, 1).data;
}

// Canvases: their sizes, and when they are painted.

/** @type {(() => void)[] | null} */
let paintings = null;

/**
 * Paint now, or once all texts of `textsFirst` are written: measuring a word on a canvas makes the browser lay out
 * everything that has changed so far, once for each canvas.
 * @param {() => void} paint
 */
export function paintLater(paint) {
  if (paintings) paintings.push(paint);
  else paint();
}

/** @param {() => void} draw */
export function textsFirst(draw) {
  const outer = paintings;
  /** @type {(() => void)[]} */
  const due = (paintings = []);
  try {
    draw();
  } finally {
    paintings = outer;
  }
  for (const paint of due) paint();
}

let zoom = 1; // of a presenter's view: its canvases need as many more pixels

/** @param {number} factor */
export const setZoom = (factor) => (zoom = factor);

/** @typedef {{width: number, height: number, scale: number}} Size CSS pixels, and device pixels in each */

// Sizes of canvases as the page laid them out. Asking an element for its size in the middle of a drawing makes the
// browser lay out the whole notebook, once for each canvas.
/** @type {WeakMap<Element, [number, number]>} */
const laidOut = new WeakMap();
/** @type {ResizeObserver | undefined} */
let layouts;

/**
 * Give a canvas the pixels of its box; "ame-size" bubbles from it when the box changes.
 * @param {HTMLCanvasElement} canvas
 * @returns {Size}
 */
export function fitCanvas(canvas) {
  layouts ??= new ResizeObserver((entries) => {
    for (const { target } of entries) {
      laidOut.set(target, [target.clientWidth, target.clientHeight]);
      target.dispatchEvent(new Event("ame-size", { bubbles: true }));
    }
  });
  const scale = Math.min(2, zoom * (window.devicePixelRatio || 1));
  let size = laidOut.get(canvas);
  if (!size) {
    layouts.observe(canvas);
    laidOut.set(canvas, (size = [canvas.clientWidth, canvas.clientHeight]));
  }
  const [width, height] = size;
  const [columns, rows] = [Math.round(width * scale), Math.round(height * scale)];
  if (canvas.width !== columns || canvas.height !== rows) {
    canvas.width = columns;
    canvas.height = rows;
  }
  return { width, height, scale };
}

/** @param {HTMLCanvasElement} canvas @param {CanvasRenderingContext2DSettings} [how] */
export function contextOf(canvas, how) {
  return /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", how));
}

/** The pixels of a canvas, into which marks are stamped. */
export class Pixels {
  /** @param {HTMLCanvasElement} canvas @param {CanvasRenderingContext2DSettings} [how] */
  constructor(canvas, how) {
    this.canvas = canvas;
    this.how = how;
    this.all = new Uint32Array();
    /** @type {ImageData | null} */
    this.image = null;
  }

  get context() {
    return contextOf(this.canvas, this.how);
  }

  /** As many as the canvas has now, all of one colour. @param {number} paper */
  clear(paper) {
    const { width, height } = this.canvas;
    if (this.image?.width !== width || this.image.height !== height) {
      this.image = this.context.createImageData(width, height);
      this.all = new Uint32Array(this.image.data.buffer);
    }
    return this.all.fill(paper);
  }

  show() {
    if (this.image) this.context.putImageData(this.image, 0, 0);
  }
}

/**
 * Tell a map of what the reader does on its canvas.
 * @param {HTMLCanvasElement} over
 * @param {{down(event: PointerEvent): void, move(event: PointerEvent): void, up(event: PointerEvent): void, cancel(): void, wheel(event: WheelEvent): void, key(event: KeyboardEvent): void}} map
 */
export function listen(over, map) {
  over.addEventListener("pointerdown", (event) => map.down(event));
  over.addEventListener("pointermove", (event) => map.move(event));
  over.addEventListener("pointerup", (event) => map.up(event));
  over.addEventListener("pointercancel", () => map.cancel());
  over.addEventListener("wheel", (event) => map.wheel(event), { passive: false });
  over.addEventListener("keydown", (event) => map.key(event));
}

/**
 * Names beside their marks, with a halo.
 * @param {CanvasRenderingContext2D} context @param {{text: string, x: number, y: number}[]} marks
 * @param {([number, number] | null)[]} spots from each mark; null: no name @param {string} color @param {string} halo
 */
export function drawNames(context, marks, spots, color, halo) {
  context.lineWidth = 4;
  context.strokeStyle = halo;
  context.fillStyle = color;
  spots.forEach((spot, i) => {
    if (!spot) return;
    const { text, x, y } = marks[i];
    context.strokeText(text, x + spot[0], y + spot[1]);
    context.fillText(text, x + spot[0], y + spot[1]);
  });
}

/**
 * The outline that the reader draws around points; nothing while it is a single point.
 * @param {CanvasRenderingContext2D} context @param {[number, number][] | null} points @param {{wash: string, accent: string}} ink
 */
export function drawLasso(context, points, ink) {
  if (!points || points.length < 2) return;
  context.beginPath();
  points.forEach(([x, y], i) => context[i ? "lineTo" : "moveTo"](x, y));
  context.closePath();
  context.fillStyle = ink.wash;
  context.fill();
  context.strokeStyle = ink.accent;
  context.lineWidth = 1.5;
  context.setLineDash([5, 3]);
  context.stroke();
  context.setLineDash([]);
}

const TIP = { away: 16, above: 30, high: 96 }; // pixels: from the point, and how high a tip may be

/**
 * Put a tip beside a point, on the side that has more room.
 * @param {HTMLElement} tip @param {[number, number]} point @param {{width: number, height: number}} size of the canvas
 */
export function placeTip(tip, [x, y], { width, height }) {
  const right = x > 0.55 * width;
  tip.style.left = right ? "" : `${x + TIP.away}px`;
  tip.style.right = right ? `${width - x + TIP.away}px` : "";
  tip.style.top = `${Math.max(4, Math.min(height - TIP.high, y - TIP.above))}px`;
}

// Canvases: their sizes, and when they are painted.

/** @type {(() => void)[] | null} */
let paintings = null;

/**
 * Paint now, or when all texts of `textsFirst` are written: to measure a word on a canvas makes the browser lay out what
 * has changed by then, once for each canvas.
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

// Sizes of canvases as the page laid them out: to ask an element for its own in the middle of a drawing makes the
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

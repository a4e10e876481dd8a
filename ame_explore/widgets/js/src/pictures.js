// The images of a scene: one atlas, decoded once; and copies of all its tiles at the size at which a map draws them.

import { contextOf } from "./canvas.js";

/** @typedef {import("./marks.js").Mark} Mark */
/**
 * Tiles as pixels. A tile's row and column in the sheet are those in the atlas.
 * @typedef {{side: number, columns: number, width: number, pixels: Uint32Array}} Sheet side: of a tile. width: of the sheet
 */

export const MOST_IMAGES = 2000; // in view at once; more are dots
const SIDES = [8, 10, 12, 14, 17, 20, 24, 29, 34, 40, 48]; // CSS pixels; few, for each new one makes a sheet
const DENSE = 1.3; // of the side that would tile the panel: overlapping, but pictures can be told apart
const FIRST = 28; // the largest side before the reader zooms in
const SHEET = 1 << 23; // pixels: 32 MiB
const PIXELATED = 16; // an original below this has pixels worth seeing

/**
 * The side of a point's image in CSS pixels; 0: draw dots. It grows with the root of the zoom, so that zooming in also
 * moves images apart.
 * @param {{width: number, height: number}} panel
 * @param {number} count points of the scene
 * @param {number} inView points in view
 * @param {number} zoom 1 where the run began, larger when closer
 */
export function imageSide({ width, height }, count, inView, zoom) {
  if (inView > MOST_IMAGES || !(zoom > 0)) return 0;
  const side = Math.min(FIRST, DENSE * Math.sqrt((width * height) / Math.max(1, count))) * Math.sqrt(zoom);
  return SIDES.findLast((one) => one <= side) ?? 0;
}

/**
 * How many points lie in the panel.
 * @param {ArrayLike<number>} points x and y in turn
 * @param {import("./geometry.js").Place} place
 * @param {{width: number, height: number}} panel
 */
export function countInView(points, { k, x0, y0 }, { width, height }) {
  let found = 0;
  for (let i = 0; i < points.length; i += 2) {
    const x = points[i] * k + x0;
    const y = y0 - points[i + 1] * k;
    if (x >= 0 && y >= 0 && x <= width && y <= height) found++;
  }
  return found;
}

/**
 * Copy a tile into an image with its centre at x, y; the part beyond the edge is cut off.
 * @param {Uint32Array} pixels @param {number} width @param {number} height of the image
 * @param {Sheet} sheet @param {number} row of the atlas
 * @param {number} x @param {number} y
 * @param {number} opacity 0..32
 */
export function stampTile(pixels, width, height, sheet, row, x, y, opacity = 32) {
  const { side } = sheet;
  const left = Math.round(x - side / 2);
  const top = Math.round(y - side / 2);
  const [fromX, toX] = [Math.max(0, -left), Math.min(side, width - left)];
  const [fromY, toY] = [Math.max(0, -top), Math.min(side, height - top)];
  const corner = Math.floor(row / sheet.columns) * side * sheet.width + (row % sheet.columns) * side;
  for (let v = fromY; v < toY; v++) {
    const from = corner + v * sheet.width;
    const to = (top + v) * width + left;
    for (let u = fromX; u < toX; u++) {
      const over = sheet.pixels[from + u];
      const a = over >>> 24 === 255 ? opacity : ((over >>> 24) * opacity + 127) / 255 | 0;
      if (a === 32) pixels[to + u] = over;
      else if (a) {
        const under = pixels[to + u];
        const redBlue = (((under & 0xff00ff) * (32 - a) + (over & 0xff00ff) * a) >>> 5) & 0xff00ff;
        const green = (((under & 0xff00) * (32 - a) + (over & 0xff00) * a) >>> 5) & 0xff00;
        pixels[to + u] = 0xff000000 | redBlue | green;
      }
    }
  }
}

/** A tile's outline: square for base classes, round for new ones. @param {Mark} mark @param {number} x @param {number} y left and top @param {number} side */
function outline(mark, x, y, side) {
  const path = new Path2D();
  path.roundRect(x, y, side, side, side * (mark.filled ? 0.16 : 0.5));
  return path;
}

export class Pictures {
  /** @param {ImageBitmap} image @param {import("./messages").Atlas} atlas */
  constructor(image, { count, columns, width, height }) {
    this.image = image;
    this.count = count;
    this.columns = columns;
    this.width = width;
    this.height = height;
  }

  /** @param {import("./messages").Atlas} atlas */
  static async load(atlas) {
    const bytes = /** @type {Uint8Array<ArrayBuffer>} */ (/** @type {unknown} */ (atlas.file));
    return new Pictures(await createImageBitmap(new Blob([bytes], { type: "image/webp" })), atlas);
  }

  /** Draw a picture as it is into a canvas of its size. @param {HTMLCanvasElement} canvas @param {number} row */
  fill(canvas, row) {
    canvas.width = this.width;
    canvas.height = this.height;
    this.draw(contextOf(canvas), row, 0, 0, this.width, this.height);
  }

  /** @param {CanvasRenderingContext2D} context @param {number} row @param {number} x @param {number} y @param {number} width @param {number} height */
  draw(context, row, x, y, width, height) {
    context.imageSmoothingEnabled = Math.min(this.width, this.height) >= PIXELATED;
    context.imageSmoothingQuality = "high";
    const [left, top] = [(row % this.columns) * this.width, Math.floor(row / this.columns) * this.height];
    context.drawImage(this.image, left, top, this.width, this.height, x, y, width, height);
  }

  /**
   * One tile: the picture in a ring of its class's colour, and around a selected one another ring.
   * @param {CanvasRenderingContext2D} context @param {number} row @param {Mark} mark its halo is the outer ring's colour
   * @param {number} x @param {number} y left and top @param {number} side @param {number} ring the ring's width
   */
  tile(context, row, mark, x, y, side, ring) {
    const outer = mark.halo ? ring : 0;
    context.save();
    if (mark.halo) {
      context.fillStyle = mark.halo;
      context.fill(outline(mark, x, y, side));
    }
    context.fillStyle = mark.color;
    context.fill(outline(mark, x + outer, y + outer, side - 2 * outer));
    const inset = outer + ring;
    context.clip(outline(mark, x + inset, y + inset, side - 2 * inset));
    this.draw(context, row, x + inset, y + inset, side - 2 * inset, side - 2 * inset);
    context.restore();
  }

  /**
   * All tiles with this side.
   * @param {number} side device pixels; less where all of them would not fit into memory
   * @param {(row: number) => Mark} markOf @param {number} ring device pixels
   * @returns {Sheet}
   */
  sheet(side, markOf, ring) {
    const most = Math.floor(Math.sqrt(SHEET / (this.columns * Math.ceil(this.count / this.columns))));
    const fits = Math.max(1, Math.min(side, most));
    const canvas = document.createElement("canvas");
    canvas.width = fits * this.columns;
    canvas.height = fits * Math.ceil(this.count / this.columns);
    const context = contextOf(canvas, { willReadFrequently: true });
    for (let row = 0; row < this.count; row++)
      this.tile(context, row, markOf(row), (row % this.columns) * fits, Math.floor(row / this.columns) * fits, fits, ring);
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    return { side: fits, columns: this.columns, width: canvas.width, pixels: new Uint32Array(data.buffer) };
  }
}

// Points in the plane: which is nearest, which lie within an outline, where names have room.

/** @typedef {[number, number]} Point */
/** @typedef {{k: number, x0: number, y0: number}} Place data to pixels: x -> x k + x0, y -> y0 - y k */

/** @param {Place} place @param {number} x @param {number} y @returns {Point} */
export const toPixels = ({ k, x0, y0 }, x, y) => [x * k + x0, y0 - y * k];

/** @param {Place} place @param {number} px @param {number} py @returns {Point} */
export const toData = ({ k, x0, y0 }, px, py) => [(px - x0) / k, (y0 - py) / k];

/**
 * Where the data lies when a part of the plane, given by its middle and its sides, just fits into a panel.
 * @param {{x: number, y: number, w: number, h: number}} seen @param {{width: number, height: number}} panel @returns {Place}
 */
export function placeIn({ x, y, w, h }, { width, height }) {
  const k = Math.min(width / w, height / h);
  return { k, x0: width / 2 - x * k, y0: height / 2 + y * k };
}

/**
 * The number of the point nearest to a pixel, or null if none is near enough.
 * @param {ArrayLike<number>} points x and y in turn
 * @param {Place} place
 * @param {number} px @param {number} py @param {number} within
 * @returns {number | null}
 */
export function nearest(points, { k, x0, y0 }, px, py, within = 12) {
  let best = within * within;
  let found = null;
  for (let i = 0; i < points.length / 2; i++) {
    const dx = points[2 * i] * k + x0 - px;
    const dy = y0 - points[2 * i + 1] * k - py;
    const far = dx * dx + dy * dy;
    if (far < best) [best, found] = [far, i];
  }
  return found;
}

/** Whether a point lies within an outline, by the even-odd rule. @param {Point[]} outline @param {number} x @param {number} y */
export function isInside(outline, x, y) {
  let inside = false;
  for (let a = 0, b = outline.length - 1; a < outline.length; b = a++) {
    const [ax, ay] = outline[a];
    const [bx, by] = outline[b];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
  }
  return inside;
}

/** The smallest x0, x1, y0, y1 around all points that have a place (NaN: none), null around none. @param {ArrayLike<number>[]} all @returns {[number, number, number, number] | null} */
export function boxAround(all) {
  let [x0, x1, y0, y1] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const points of all)
    for (let i = 0; i < points.length; i += 2) {
      const x = points[i], y = points[i + 1];
      if (x < x0) x0 = x;
      if (x > x1) x1 = x;
      if (y < y0) y0 = y;
      if (y > y1) y1 = y;
    }
  return x0 < x1 ? [x0, x1, y0, y1] : null;
}

/** @typedef {{x: number, y: number, width: number, side?: number}} Named a mark's place in pixels, how wide its name is, and the mark's side */
/** @typedef {[number, number, number, number]} Box left, top, width, height */

const MARK = 18; // pixels: a mark's side, unless it has another
const LINE = 16; // a name's height
const MANY = 200; // marks; more have only the first four places for their names

/**
 * Where each name begins, relative to its mark, so that names cover neither marks nor each other: to the right, or else to
 * the left, above, below, or at a corner; null where there is no room. Names of the first marks come first.
 * @param {Named[]} marks
 * @param {{width: number, height: number}} panel
 * @param {Box[]} taken what else must not be covered; the marks and names are added
 * @returns {(Point | null)[]}
 */
export function placeNames(marks, panel, taken = []) {
  taken.push(...marks.map(({ x, y, side = MARK }) => /** @type {Box} */ ([x - side / 2, y - side / 2, side, side])));
  return marks.map(({ x, y, width: w, side = MARK }) => {
    const r = side / 2;
    /** @type {Point[]} */
    const spots = [[r + 3, 0], [-r - 3 - w, 0], [-w / 2, -r - 8], [-w / 2, r + 8]];
    if (marks.length <= MANY) {
      for (const dx of [r + 3, -r - 3 - w]) spots.push([dx, -r - 4], [dx, r + 4]);
      for (const dx of [-r, r - w]) spots.push([dx, -r - 8], [dx, r + 8]);
    }
    /** @param {Point} spot @returns {Box} */
    const boxAt = ([dx, dy]) => [x + dx - 2, y + dy - LINE / 2, w + 4, LINE];
    const spot = spots.find((one) => {
      const [left, top, width, height] = boxAt(one);
      return left > 0 && top > 0 && left + width < panel.width && top + height < panel.height
        && !taken.some((b) => left < b[0] + b[2] && b[0] < left + width && top < b[1] + b[3] && b[1] < top + height);
    });
    if (spot) taken.push(boxAt(spot));
    return spot ?? null;
  });
}

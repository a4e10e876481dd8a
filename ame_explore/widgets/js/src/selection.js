// One selection for all figures: which ids a point stands for, and what a selection changes in the traces of a figure.
// `meta.role` says what a trace of lines is for, or that its points are places rather than items (figures/base/style.py).

/** @typedef {import("./plotly").Trace} Trace */
/** @typedef {import("./plotly").Changes} Changes */
/** @typedef {import("./plotly").PointEvent} PointEvent */
/** @typedef {import("./plotly").Plot} Plot */

const MOST_LIT = 400; // pairs: more would be a wall, and each is a path of its own in the page
const FADED = 0.3; // the segments of all pairs, while some are selected

/** Whether points are known by their place in the trace: no trace of the figure says otherwise. @param {Trace[]} traces */
const byPlace = (traces) => !traces.some((trace) => trace.customdata);

/**
 * The ids that a point of a trace stands for: one, several or none.
 * @param {Trace} trace
 * @param {number} point
 * @param {boolean} placed whether they are places in the trace
 * @returns {number[]}
 */
export function idsAt(trace, point, placed) {
  if (trace.meta?.role === "places") return [];
  const given = placed ? point : trace.customdata?.[point];
  const ids = typeof given === "object" && given !== null ? Array.from(/** @type {ArrayLike<unknown>} */ (given)) : [given];
  return ids.filter((one) => typeof one === "number" && Number.isInteger(one)).map(Number);
}

/** The ids of an event's points, each once. @param {PointEvent | undefined} event @param {Trace[]} traces of its figure */
export function idsOf(event, traces) {
  const placed = byPlace(traces);
  return [...new Set((event?.points ?? []).flatMap(({ fullData, pointNumber }) => idsAt(fullData, pointNumber, placed)))];
}

/** The place that was clicked, where an event's points stand for no ids; null for none. @param {PointEvent | undefined} event */
export function placeOf(event) {
  const found = event?.points.find(({ fullData }) => fullData.meta?.role === "places");
  return found ? Number(found.fullData.customdata?.[found.pointNumber]) : null;
}

/** Whether a trace has points with ids of their own. @param {Trace} trace */
export const hasIds = (trace) => (trace.customdata?.length ?? 0) > 0 && trace.meta?.role !== "places";

/** How many points a trace has that could be selected. @param {Trace} trace @param {boolean} placed */
function count(trace, placed) {
  if (trace.mode === "lines" || trace.meta?.role) return 0;
  return (placed ? trace.x : trace.customdata)?.length ?? 0;
}

/** Which points of a trace stand for one of these ids. @param {Trace} trace @param {Set<number>} wanted @param {boolean} placed */
function pointsOf(trace, wanted, placed) {
  const found = [];
  const all = wanted.size ? count(trace, placed) : 0;
  for (let i = 0; i < all; i++) if (idsAt(trace, i, placed).some((id) => wanted.has(id))) found.push(i);
  return found;
}

/**
 * The segments of the selected pairs: three places each (image, text, gap), in the order of the images.
 * @param {Trace} segments @param {Trace} images @param {Set<number>} wanted
 * @returns {Changes}
 */
function litEnds(segments, images, wanted) {
  const points = pointsOf(images, wanted, false);
  const some = points.length > MOST_LIT ? [] : points;
  /** @param {ArrayLike<number | null> | undefined} values */
  const take = (values) => some.flatMap((point) => [values?.[3 * point] ?? null, values?.[3 * point + 1] ?? null, null]);
  const opacity = Math.max(0.12, Math.min(1, 2 / Math.sqrt(some.length || 1)));
  return { x: take(segments.x), y: take(segments.y), opacity };
}

/**
 * Trace number -> what changes in it while these ids are selected; null removes a property. Traces that are always hidden
 * are left out; those that the legend hides are not, so that they come back in their current state.
 * @param {Trace[]} traces as drawn, arrays as arrays
 * @param {Set<number>} wanted
 * @returns {Map<number, Changes>}
 */
export function selectionChanges(traces, wanted) {
  /** @type {Map<number, Changes>} */
  const changes = new Map();
  const placed = byPlace(traces);
  traces.forEach((trace, number) => {
    const role = trace.meta?.role;
    // Between the segments and the images; plotly hides it while it has no ends.
    if (role === "lit") changes.set(number, litEnds(traces[number - 1], traces[number + 1], wanted));
    else if (trace.visible === false) return;
    else if (role === "segments") changes.set(number, { opacity: wanted.size ? FADED : 1 });
    else if (count(trace, placed)) changes.set(number, { selectedpoints: wanted.size ? pointsOf(trace, wanted, placed) : null });
  });
  return changes;
}

/**
 * Of these changes, those that are not drawn yet.
 * @param {Map<number, Changes>} changes
 * @param {Trace[]} traces
 * @param {boolean} own whether the reader has drawn an outline in this figure: there plotly marks the points itself, but
 *   for those that the legend hides
 */
export function undrawn(changes, traces, own) {
  /** @param {number} number @param {Changes} change */
  const isDrawn = (number, change) =>
    change.selectedpoints !== undefined
      ? own && traces[number].visible !== "legendonly"
      : change.x?.length === 0 && !((traces[number].x?.length ?? 0) > 0);
  return new Map([...changes].filter(([number, change]) => !isDrawn(number, change)));
}

/**
 * The changes in the form that `Plotly.update` takes; undefined leaves a trace as it is.
 * @param {Map<number, Changes>} changes
 * @returns {[Record<string, unknown[]>, number[]]}
 */
export function restyleOf(changes) {
  const given = [...changes.values()];
  const names = /** @type {(keyof Changes)[]} */ ([...new Set(given.flatMap((one) => Object.keys(one)))]);
  return [Object.fromEntries(names.map((name) => [name, given.map((one) => one[name])])), [...changes.keys()]];
}

/** Whether two selections hold the same ids. @param {Set<number>} a @param {Set<number>} b */
export const isSame = (a, b) => a.size === b.size && [...a].every((id) => b.has(id));

// Which points of a figure are selected, and what that changes in its traces.

const idOf = (trace, index) => {
  const given = trace.customdata?.[index];
  if (given === undefined || given === null) return index;
  return Number(typeof given === "object" ? given[0] : given);
};

const MOST_LIT = 400; // pairs: more would be a wall, and each is a path of its own in the page

// Segments hold three places a pair (image, text, gap) in the order of the images, whose trace is the second after.
function litEnds(segments, points, wanted) {
  const x = [];
  const y = [];
  const count = wanted.size ? (points?.customdata?.length ?? 0) : 0;
  for (let i = 0; i < count; i++) {
    if (!wanted.has(idOf(points, i))) continue;
    if (x.length >= 3 * MOST_LIT) return { x: [], y: [], opacity: 1 };
    x.push(segments.x[3 * i], segments.x[3 * i + 1], null);
    y.push(segments.y[3 * i], segments.y[3 * i + 1], null);
  }
  return { x, y, opacity: Math.max(0.12, Math.min(1, 2 / Math.sqrt(x.length / 3 || 1))) };
}

// Trace number -> what changes in it while these ids are selected; null takes a property away.
function selectionChanges(data, wanted) {
  const changes = new Map();
  data.forEach((trace, number) => {
    const role = trace.meta?.role;
    if (role === "segments") changes.set(number, { opacity: wanted.size ? 0.3 : 1 });
    else if (role === "lit") changes.set(number, litEnds(data[number - 1], data[number + 1], wanted));
    else if (trace.mode !== "lines") {
      const count = (trace.customdata ?? trace.x ?? []).length;
      if (!count) return;
      const chosen = [];
      if (wanted.size) for (let i = 0; i < count; i++) if (wanted.has(idOf(trace, i))) chosen.push(i);
      changes.set(number, { selectedpoints: wanted.size ? chosen : null });
    }
  });
  return changes;
}

// Of these, what is not drawn yet: plotly itself has marked the points that the reader has just chosen in it.
function undrawn(changes, data, own) {
  const drawn = (number, change) =>
    change.selectedpoints !== undefined ? own : change.x?.length === 0 && !(data[number].x?.length > 0);
  return new Map([...changes].filter(([number, change]) => !drawn(number, change)));
}

// The same as Plotly.restyle takes it: undefined leaves a trace as it is.
function restyleOf(changes) {
  const given = [...changes.values()];
  const names = [...new Set(given.flatMap(Object.keys))];
  return [Object.fromEntries(names.map((name) => [name, given.map((one) => one[name])])), [...changes.keys()]];
}

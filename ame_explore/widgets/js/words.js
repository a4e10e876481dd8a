// Colours and small helpers that every panel uses.

const ARM_LIGHT = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00"]; // figures/base/style.py's
const ARM_DARK = ["#5AB0EE", "#FF8F45", "#3CC79B", "#E39BC4", "#9BD3F5", "#F0B93A"]; // the same hues, lighter
const DASHES = [[], [6, 3], [2, 2.5], [7, 3, 2, 3], [12, 4], [12, 3, 3, 3]];
const ARM_SHAPES = ["circle", "diamond", "square", "triangle", "x", "cross"];

const SPELLED = { paused: "Paused", playing: "Training", finished: "Finished", failed: "Failed", closed: "Closed",
  preparing: "Preparing", waiting: "Connecting" };

function isDark() {
  const light = document.body.dataset.jpThemeLight;
  if (light !== undefined) return light === "false";
  return document.body.classList.contains("vscode-dark");
}

const armColor = (index) => (isDark() ? ARM_DARK : ARM_LIGHT)[index % ARM_LIGHT.length];

function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

// Canvases are painted when all texts are written: to measure a word on a canvas makes the browser lay out what has
// changed by then, once for each canvas.
let paintings = null;

function paintLater(paint) {
  if (paintings) paintings.push(paint);
  else paint();
}

function textsFirst(draw) {
  const outer = paintings;
  const due = (paintings = []);
  try {
    draw();
  } finally {
    paintings = outer;
  }
  for (const paint of due) paint();
}

function setShown(node, shown) {
  if (node.hidden === shown) node.hidden = !shown;
}

// The last of many quick calls within `wait` ms, and the first at once.
function throttled(call, wait) {
  let timer = null;
  let kept = null;
  return (...given) => {
    if (timer !== null) {
      kept = given;
      return;
    }
    call(...given);
    const again = () => {
      timer = null;
      if (!kept) return;
      const last = kept;
      kept = null;
      call(...last);
      timer = setTimeout(again, wait);
    };
    timer = setTimeout(again, wait);
  };
}

function niceTicks(low, high, count) {
  const span = high - low;
  if (!(span > 0)) return [low];
  const raw = span / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((k) => k * power).find((k) => k >= raw * 0.999);
  const ticks = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + 1e-9 * span; i++) ticks.push(i * step);
  return ticks;
}

// A canvas that keeps to its box: resize() says [width, height, scale] in CSS pixels, and whether it changed.
// Sizes of canvases as the page laid them out: to ask an element for its own in the middle of a drawing makes the
// browser lay out the whole notebook, once for each canvas.
const laidOut = new WeakMap();
const layouts = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    laidOut.set(target, [target.clientWidth, target.clientHeight]);
    target.dispatchEvent(new Event("ame-size", { bubbles: true }));
  }
});

function fitCanvas(canvas) {
  const scale = Math.min(2, window.devicePixelRatio || 1);
  if (!laidOut.has(canvas)) {
    layouts.observe(canvas);
    laidOut.set(canvas, [canvas.clientWidth, canvas.clientHeight]);
  }
  const [width, height] = laidOut.get(canvas);
  const w = Math.round(width * scale);
  const hh = Math.round(height * scale);
  const changed = canvas.width !== w || canvas.height !== hh;
  if (changed) {
    canvas.width = w;
    canvas.height = hh;
  }
  return { width, height, scale, changed };
}

// A button that shows and hides the table behind a view; rows are made only while it is open, at most twice a second.
function tableToggle(name, label, make) {
  const box = h("div", { class: "ame-table-box", hidden: true, tabindex: "0", role: "region", "data-testid": `table-${name}`,
    "aria-label": `${label}: the data` });
  const button = h("button", { class: "ame-quiet", type: "button", "aria-expanded": "false", "aria-label": `${label}: show the data as a table`,
    title: "Show the data as a table", "data-testid": `table-toggle-${name}` }, "▦");
  let due = 0;
  const fill = () => {
    const { columns, rows } = make();
    box.replaceChildren(
      h("table", {},
        h("thead", {}, h("tr", {}, columns.map((text) => h("th", { scope: "col" }, text)))),
        h("tbody", {}, rows.map((row) => h("tr", {}, row.map((cell) => h("td", {}, fmt(cell))))))));
  };
  const update = () => {
    if (box.hidden || clock() - due < 0.5) return;
    due = clock();
    fill();
  };
  button.addEventListener("click", () => {
    box.hidden = !box.hidden;
    button.setAttribute("aria-expanded", String(!box.hidden));
    if (!box.hidden) fill();
  });
  return { button, box, update };
}

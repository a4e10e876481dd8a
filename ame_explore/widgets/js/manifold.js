// The shared manifold: every arm in the same frozen axes, side by side; zoom, lasso and hover act on all at once.

// An answer with its sign; none is known of an image that is not drawn while it trains.
const answerText = ({ right, predicted }) => (right === null ? predicted : `${right ? "✓" : "✗"} ${predicted}`);
const answerClass = ({ right }) => (right === null ? "ame-muted" : right ? "ame-right" : "ame-wrong");

const MARGIN = 1.04; // Python has left room around the extent already

class Manifold {
  constructor(lab) {
    this.lab = lab;
    this.panes = [];
    this.view = null; // {x, y, span}: centre and the data units that fit the smaller side
    this.home = null;
    this.tool = "lasso";
    this.selected = new Set();
    this.at = null; // the point under the keyboard's cursor, as a row
    this.legend = h("ul", { class: "ame-legend", "aria-label": "Classes: colour and shape; filled marks are base classes, open ones new" });
    const tool = (name, label, text) =>
      h("button", { class: "ame-quiet", type: "button", "aria-pressed": String(this.tool === name), "data-tool": name, title: label,
        "aria-label": label, onclick: () => this.setTool(name) }, text);
    this.tools = [tool("lasso", "Drag selects with a lasso", "Lasso"), tool("move", "Drag moves the view", "Move")];
    const zoom = (label, text, act) =>
      h("button", { class: "ame-quiet", type: "button", title: label, "aria-label": label, onclick: act }, text);
    this.table = tableToggle("manifold", "Shared manifold", () => this.rows());
    this.note = h("span", { class: "ame-muted" });
    this.row = h("div", { class: "ame-panes" });
    this.key = "";
    this.footnote = h("p", { class: "ame-muted" });
    this.el = h("section", { class: "ame-card ame-manifold", "aria-label": "Shared manifold", "data-view": "manifold" },
      h("header", {}, h("h3", {}, "Shared manifold"), this.note, h("span", { class: "ame-push" }),
        h("div", { class: "ame-group", role: "group", "aria-label": "What dragging does" }, this.tools),
        h("div", { class: "ame-group", role: "group", "aria-label": "Zoom" }, zoom("Zoom out", "−", () => this.zoom(1.25)),
          zoom("Zoom in", "+", () => this.zoom(0.8)), zoom("Fit to what is drawn now; once more: the axes' full range", "Fit", () => this.fit())), this.table.button),
      this.row, this.legend, this.footnote, this.table.box);
  }

  setTool(name) {
    this.tool = name;
    for (const button of this.tools) button.setAttribute("aria-pressed", String(button.dataset.tool === name));
    for (const pane of this.panes) pane.over.style.cursor = name === "move" ? "grab" : "crosshair";
  }

  scene(scene) {
    this.home = scene.extent ? this.box(scene.extent) : null;
    this.view = this.home && { ...this.home };
    this.sprites = null;
    this.at = null;
    const count = scene.ids?.length ?? 0;
    const seen = new Set(scene.labels ?? []);
    this.count = count;
    this.key = scene.base ? "★ class text · filled: base class, open: new class" : "★ class text";
    if (scene.extent) this.shape(this.home);
    this.legendOf = () => {
      const ink = this.lab.ink;
      this.legend.replaceChildren(...(scene.short ?? []).map((name, c) => {
        if (c >= 24 || (seen.size && !seen.has(c))) return null;
        const canvas = h("canvas", { width: 28, height: 28, "aria-hidden": "true" });
        drawMark(canvas.getContext("2d"), this.mark(c, ink), 14, 14, 8.5);
        return h("li", {}, canvas, name);
      }).filter(Boolean));
    };
    this.legendOf();
  }

  mark(c, ink, halo = true) {
    const { scene } = this.lab;
    return { shape: SHAPES[this.shapeOf(c)], color: (ink.dark ? scene.colors_dark : scene.colors)?.[c] ?? scene.colors?.[c] ?? ink.text,
      filled: scene.base ? Boolean(scene.base[c]) : true, halo: halo ? ink.card : null };
  }

  shapeOf(c) {
    return c % SHAPES.length;
  }

  box([x0, x1, y0, y1]) {
    return { x: (x0 + x1) / 2, y: (y0 + y1) / 2, w: MARGIN * (x1 - x0 || 1), h: MARGIN * (y1 - y0 || 1) };
  }

  // Panels as wide as what they show.
  shape({ w, h: height }) {
    this.row.style.setProperty("--ame-aspect", Math.max(0.9, Math.min(2, w / height)).toFixed(3));
  }

  // Without an extent from Python the first frame gives it, and it stays: what moves has moved.
  frameExtent(arms) {
    let [x0, x1, y0, y1] = [Infinity, -Infinity, Infinity, -Infinity];
    for (const { manifold } of arms)
      for (const points of [manifold?.points, manifold?.anchors])
        for (let i = 0; i < (points?.length ?? 0); i += 2) {
          x0 = Math.min(x0, points[i]);
          x1 = Math.max(x1, points[i]);
          y0 = Math.min(y0, points[i + 1]);
          y1 = Math.max(y1, points[i + 1]);
        }
    return x0 < x1 ? this.box([x0, x1, y0, y1]) : null;
  }

  fit() {
    const now = this.frameExtent(this.arms ?? []);
    if (!now) return;
    const closest = this.view && Math.abs(this.view.w - now.w) + Math.abs(this.view.x - now.x) < 1e-9 * now.w;
    this.view = { ...(closest && this.home ? this.home : now) }; // pressed again: back to where the run began
    this.redraw();
  }

  zoom(factor, at = null) {
    if (!this.view) return;
    const { view } = this;
    if (at) {
      view.x = at[0] + (view.x - at[0]) * factor;
      view.y = at[1] + (view.y - at[1]) * factor;
    }
    view.w *= factor;
    view.h *= factor;
    this.redraw();
  }

  draw(frame) {
    this.arms = frame.arms ?? [];
    this.selected = new Set(frame.selection ?? []);
    setText(this.footnote, frame.explained ? `${this.key} · axes: ${frame.explained}` : this.key);
    if (!this.home) {
      this.home = this.frameExtent(this.arms);
      this.view = this.home && { ...this.home };
      if (this.home) this.shape(this.home);
    }
    const drawn = Math.min(...this.arms.map(({ manifold }) => (manifold?.points?.length ?? 0) / 2));
    const all = this.count?.toLocaleString("en");
    setText(this.note, !this.count ? "" : drawn > 0 && drawn < this.count ? `${drawn} of ${all} images while it trains` : `${all} images`);
    this.row.dataset.arms = this.arms.length;
    while (this.panes.length > this.arms.length) this.panes.pop().el.remove();
    while (this.panes.length < this.arms.length) {
      const pane = new Pane(this, this.panes.length);
      this.panes.push(pane);
      this.row.append(pane.el);
    }
    this.redraw();
    this.table.update();
  }

  redraw() {
    if (!this.view || !this.lab.scene) return;
    for (const [i, pane] of this.panes.entries()) pane.draw(this.arms[i]);
    this.hover();
  }

  theme() {
    this.sprites = null;
    this.legendOf?.();
    this.redraw();
  }

  // Sprites for each class: [plain, dimmed, selected]
  spritesFor(radius) {
    if (this.sprites?.radius === radius) return this.sprites;
    const { scene, ink } = this.lab;
    const halo = radius > 4;
    const classes = Math.max(1, scene.short?.length ?? 1);
    const make = (extra, opacity) =>
      Array.from({ length: classes }, (_, c) => sprite({ ...this.mark(c, ink, halo), ...extra }, radius, opacity));
    const strong = Array.from({ length: classes }, (_, c) => sprite({ ...this.mark(c, ink), halo: ink.text, inside: ink.card, edge: 0.4 }, radius * 1.2));
    this.sprites = { radius, plain: make({}, halo ? 0.95 : 0.8), dim: make({ halo: null }, 0.16), strong };
    return this.sprites;
  }

  select(ids, add) {
    const chosen = add ? [...new Set([...this.selected, ...ids])] : ids;
    this.selected = new Set(chosen);
    this.lab.command("select", { ids: chosen });
    this.redraw();
  }

  hover(row = this.at, pane = null) {
    for (const each of this.panes) each.overlay(row, pane === each || (pane === null && each === this.panes[0]));
  }

  describe(row, arm) {
    const { scene } = this.lab;
    const label = scene.labels?.[row];
    const predicted = arm?.manifold?.prediction?.[row];
    const entropy = arm?.manifold?.entropy?.[row];
    const name = (c) => scene.short?.[c] ?? "–";
    return { id: scene.ids[row], caption: scene.captions?.[row] ?? scene.class_names?.[label] ?? "", label: name(label),
      predicted: predicted === undefined ? "–" : name(predicted), right: predicted === undefined ? null : predicted === label, entropy };
  }

  rows() {
    const { scene } = this.lab;
    const order = [...(scene?.ids ?? [])].map((_, i) => i);
    if (this.selected.size) order.sort((a, b) => this.selected.has(scene.ids[b]) - this.selected.has(scene.ids[a]));
    const rows = [];
    for (const arm of this.arms ?? [])
      for (const i of order.slice(0, Math.ceil(200 / this.arms.length))) {
        const { id, label, predicted, entropy } = this.describe(i, arm);
        const points = arm.manifold?.points ?? [];
        rows.push([arm.name, id, label, predicted, entropy, points[2 * i], points[2 * i + 1]]);
      }
    return { columns: ["arm", "id", "class", "answer", "entropy (nats)", "axis 1", "axis 2"], rows };
  }
}

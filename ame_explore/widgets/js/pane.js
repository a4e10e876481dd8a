// One arm's panel of the manifold: points, stars with names, and over them the pointer's, the lasso's and the keyboard's marks.

class Pane {
  constructor(owner, index) {
    this.owner = owner;
    this.index = index;
    this.canvas = h("canvas", { class: "ame-points", "aria-hidden": "true" });
    this.over = h("canvas", { class: "ame-over", tabindex: "0", role: "application", "data-testid": `manifold-${index}` });
    this.swatch = h("span", { class: "ame-swatch", "aria-hidden": "true" });
    this.title = h("span", { class: "ame-name" });
    this.figures = h("p", { class: "ame-muted ame-figures" });
    this.tip = h("div", { class: "ame-tip", hidden: true, role: "status", "data-testid": `tip-${index}` });
    this.thumb = h("canvas", { class: "ame-thumb", "aria-hidden": "true" });
    this.tipText = h("div", {});
    this.tip.append(this.thumb, this.tipText);
    this.el = h("div", { class: "ame-pane" }, h("h4", {}, this.swatch, this.title), this.figures,
      h("div", { class: "ame-stage" }, this.canvas, this.over, this.tip));
    this.lasso = null;
    this.over.addEventListener("pointerdown", (event) => this.down(event));
    this.over.addEventListener("pointermove", (event) => this.move(event));
    this.over.addEventListener("pointerup", (event) => this.up(event));
    this.over.addEventListener("pointercancel", () => this.cancel());
    this.over.addEventListener("pointerleave", () => !this.drag && this.owner.hover((this.owner.at = null)));
    this.over.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    this.over.addEventListener("keydown", (event) => this.key(event));
  }

  // Data to CSS pixels, and back.
  place() {
    const { view } = this.owner;
    const k = Math.min(this.size.width / view.w, this.size.height / view.h);
    return { k, x0: this.size.width / 2 - view.x * k, y0: this.size.height / 2 + view.y * k };
  }

  toData(px, py) {
    const { k, x0, y0 } = this.place();
    return [(px - x0) / k, (y0 - py) / k];
  }

  draw(arm) {
    this.arm = arm;
    this.size = fitCanvas(this.canvas);
    fitCanvas(this.over);
    if (!this.canvas.width || !this.canvas.height) return;
    this.head(arm);
    paintLater(() => this.paint(arm));
  }

  paint(arm) {
    const { scene, ink } = this.owner.lab;
    const { width, height } = this.canvas;
    const context = (this.context ??= this.canvas.getContext("2d"));
    if (!this.image || this.image.width !== width || this.image.height !== height) {
      this.image = context.createImageData(width, height);
      this.pixels = new Uint32Array(this.image.data.buffer);
    }
    this.pixels.fill(ink.paper32);
    const { k, x0, y0 } = this.place();
    const s = this.size.scale;
    const points = arm.manifold?.points ?? [];
    const count = points.length / 2;
    // As large as their number leaves room for: a mark's shape is read from 4 pixels on.
    const radius = s * Math.max(2, Math.min(5.2, Math.round(3 * Math.sqrt((this.size.width * this.size.height) / Math.max(1, scene.ids?.length ?? count))) / 10)); // of a run in motion some are drawn, at the same size
    const sprites = this.owner.spritesFor(radius);
    const { labels, ids } = scene;
    const chosen = this.owner.selected;
    const some = chosen.size > 0;
    const kx = k * s, bx = x0 * s, by = y0 * s;
    const plain = some ? sprites.dim : sprites.plain;
    const last = plain.length - 1;
    for (let i = 0; i < count; i++)
      stamp(this.pixels, width, height, plain[Math.min(last, labels?.[i] ?? 0)], points[2 * i] * kx + bx, by - points[2 * i + 1] * kx);
    if (some)
      for (let i = 0; i < count; i++)
        if (chosen.has(ids[i]))
          stamp(this.pixels, width, height, sprites.strong[Math.min(last, labels?.[i] ?? 0)], points[2 * i] * kx + bx, by - points[2 * i + 1] * kx);
    context.putImageData(this.image, 0, 0);
    this.stars(context, k, x0, y0, s);
  }

  stars(context, k, x0, y0, s) {
    const { scene, ink } = this.owner.lab;
    const anchors = this.arm.manifold?.anchors ?? [];
    context.save();
    context.scale(s, s);
    context.font = `600 13px ${ink.font}`;
    context.textBaseline = "middle";
    context.lineJoin = "round";
    const taken = [];
    const named = anchors.length / 2 <= 24;
    const r = this.size.width < 380 ? 7.5 : 9;
    for (let c = 0; c < anchors.length / 2; c++) {
      const x = anchors[2 * c] * k + x0;
      const y = y0 - anchors[2 * c + 1] * k;
      const mark = this.owner.mark(c, ink);
      drawMark(context, { ...mark, shape: "star", filled: true, halo: ink.text }, x, y, r);
      drawMark(context, { ...mark, shape: "star", halo: null, filled: true }, x, y, r);
      taken.push([x - 9, y - 9, 18, 18]);
    }
    for (let c = 0; named && c < anchors.length / 2; c++) {
      const x = anchors[2 * c] * k + x0;
      const y = y0 - anchors[2 * c + 1] * k;
      if (x < -20 || y < -20 || x > this.size.width + 20 || y > this.size.height + 20) continue;
      const text = scene.short?.[c] ?? String(c);
      const w = context.measureText(text).width;
      const spots = [[12, 0], [-12 - w, 0], [-w / 2, -17], [-w / 2, 17], [10, -14], [10, 14], [-10 - w, -14], [-10 - w, 14]];
      const free = ([dx, dy]) => {
        const a = [x + dx - 2, y + dy - 8, w + 4, 16];
        const inside = a[0] > 0 && a[1] > 0 && a[0] + a[2] < this.size.width && a[1] + a[3] < this.size.height;
        return inside && !taken.some((b) => a[0] < b[0] + b[2] && b[0] < a[0] + a[2] && a[1] < b[1] + b[3] && b[1] < a[1] + a[3]);
      };
      const [dx, dy] = spots.find(free) ?? spots[0];
      taken.push([x + dx - 2, y + dy - 8, w + 4, 16]);
      context.lineWidth = 4;
      context.strokeStyle = ink.card;
      context.strokeText(text, x + dx, y + dy);
      context.fillStyle = ink.text;
      context.fillText(text, x + dx, y + dy);
    }
    context.restore();
  }

  head(arm) {
    this.swatch.style.background = armColor(this.index);
    setText(this.title, arm.name);
    this.title.title = arm.label ?? arm.name;
    const answers = arm.manifold?.prediction;
    const labels = this.owner.lab.scene.labels;
    let words = "";
    if (answers?.length && labels?.length) {
      let right = 0;
      for (let i = 0; i < answers.length; i++) right += answers[i] === labels[i];
      const some = answers.length < labels.length ? ` of these ${answers.length}` : "";
      words = `${Math.round((100 * right) / answers.length)} % right${some} among all ${this.owner.lab.scene.class_names.length} classes`;
    }
    setText(this.figures, arm.error ? `stopped: ${arm.error}` : words);
    const label = `Shared manifold of ${arm.name} at step ${arm.step}. ${words}. `
      + "Arrow keys move the view, plus and minus zoom, 0 shows everything, N and B go from image to image, Enter selects, Escape clears.";
    if (this.over.getAttribute("aria-label") !== label) this.over.setAttribute("aria-label", label);
  }

  nearest(px, py, within = 12) {
    const { k, x0, y0 } = this.place();
    const points = this.arm?.manifold?.points ?? [];
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

  overlay(row, here) {
    if (!this.size) return;
    const { width, height, scale } = this.size;
    const context = this.over.getContext("2d");
    const { ink, scene } = this.owner.lab;
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, width, height);
    if (this.lasso?.length > 1) {
      context.beginPath();
      this.lasso.forEach(([x, y], i) => context[i ? "lineTo" : "moveTo"](x, y));
      context.closePath();
      context.fillStyle = ink.wash;
      context.fill();
      context.strokeStyle = ink.accent;
      context.lineWidth = 1.5;
      context.setLineDash([5, 3]);
      context.stroke();
      context.setLineDash([]);
    }
    const points = this.arm?.manifold?.points;
    if (row === null || row === undefined || !points || 2 * row >= points.length) {
      this.tip.hidden = true;
      return;
    }
    const { k, x0, y0 } = this.place();
    const x = points[2 * row] * k + x0;
    const y = y0 - points[2 * row + 1] * k;
    context.beginPath();
    context.arc(x, y, 9, 0, 2 * Math.PI);
    context.lineWidth = 2.5;
    context.strokeStyle = ink.text;
    context.stroke();
    const anchors = this.arm.manifold.anchors;
    const label = scene.labels?.[row];
    if (anchors && 2 * label < anchors.length) {
      context.setLineDash([3, 3]);
      context.lineWidth = 1.5;
      context.beginPath();
      context.moveTo(x, y);
      context.lineTo(anchors[2 * label] * k + x0, y0 - anchors[2 * label + 1] * k);
      context.stroke();
      context.setLineDash([]);
    }
    if (!here) {
      this.tip.hidden = true;
      return;
    }
    const said = this.owner.describe(row, this.arm);
    this.tip.hidden = false;
    this.tipText.replaceChildren(h("strong", {}, said.caption || said.label),
      h("div", {}, `class ${said.label} · image ${said.id}`),
      h("div", { class: answerClass(said) }, answerText({ ...said, predicted: `answer: ${said.predicted}` })),
      h("div", {}, `entropy ${fmt(said.entropy)} nats`));
    const has = this.owner.lab.thumbnail(this.thumb, row);
    setShown(this.thumb, has);
    const right = x > width * 0.55;
    this.tip.style.left = right ? "" : `${x + 16}px`;
    this.tip.style.right = right ? `${width - x + 16}px` : "";
    this.tip.style.top = `${Math.max(4, Math.min(height - 96, y - 30))}px`;
  }

  down(event) {
    if (event.button !== 0 || !this.size) return;
    this.over.setPointerCapture(event.pointerId);
    const moving = this.owner.tool === "move" || event.shiftKey === true && event.altKey === true;
    this.drag = { x: event.offsetX, y: event.offsetY, far: false, moving, add: event.shiftKey };
    this.lasso = moving ? null : [[event.offsetX, event.offsetY]];
  }

  move(event) {
    if (!this.size) return;
    const { drag } = this;
    if (!drag) {
      this.owner.at = this.nearest(event.offsetX, event.offsetY);
      this.owner.hover(this.owner.at, this);
      return;
    }
    drag.far ||= Math.hypot(event.offsetX - drag.x, event.offsetY - drag.y) > 4;
    if (!drag.far) return;
    if (drag.moving) {
      const { k } = this.place();
      this.owner.view.x -= event.movementX / k;
      this.owner.view.y += event.movementY / k;
      this.owner.redraw();
    } else {
      this.lasso.push([event.offsetX, event.offsetY]);
      this.owner.hover(null);
    }
  }

  up(event) {
    const { drag, lasso } = this;
    this.cancel();
    if (!drag) return;
    const { ids } = this.owner.lab.scene;
    if (!drag.far) {
      const row = this.nearest(event.offsetX, event.offsetY);
      if (row !== null) this.owner.select([ids[row]], drag.add);
      else if (this.owner.selected.size) this.owner.select([]);
    } else if (lasso) this.owner.select(this.within(lasso), drag.add);
  }

  cancel() {
    this.drag = this.lasso = null;
    this.owner.hover(null);
  }

  within(lasso) {
    const { k, x0, y0 } = this.place();
    const { ids } = this.owner.lab.scene;
    const points = this.arm.manifold?.points ?? [];
    const found = [];
    for (let i = 0; i < points.length / 2; i++) {
      const x = points[2 * i] * k + x0;
      const y = y0 - points[2 * i + 1] * k;
      let inside = false;
      for (let a = 0, b = lasso.length - 1; a < lasso.length; b = a++) {
        const [ax, ay] = lasso[a];
        const [bx, by] = lasso[b];
        if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
      }
      if (inside) found.push(ids[i]);
    }
    return found;
  }

  wheel(event) {
    if (!(event.ctrlKey || event.metaKey) || !this.size) return; // else the notebook scrolls
    event.preventDefault();
    this.owner.zoom(Math.exp(event.deltaY * 0.002), this.toData(event.offsetX, event.offsetY));
  }

  key(event) {
    const { owner } = this;
    const ids = owner.lab.scene?.ids;
    if (!ids || !owner.view || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    const key = event.key.toLowerCase();
    if (step) {
      owner.view.x += 0.1 * owner.view.w * step[0];
      owner.view.y += 0.1 * owner.view.h * step[1];
      owner.redraw();
    } else if (key === "+" || key === "=") owner.zoom(0.8);
    else if (key === "-") owner.zoom(1.25);
    else if (key === "0") owner.fit();
    else if (key === "n" || key === "b") {
      owner.at = ((owner.at ?? (key === "n" ? -1 : 0)) + (key === "n" ? 1 : -1) + ids.length) % ids.length;
      owner.hover(owner.at, this);
      const said = owner.describe(owner.at, this.arm);
      owner.lab.say(`Image ${said.id}: class ${said.label}, answer ${said.predicted}, entropy ${fmt(said.entropy)} nats.`);
    } else if (key === "enter" && owner.at !== null) owner.select([ids[owner.at]], true);
    else if (key === "escape") owner.select([]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

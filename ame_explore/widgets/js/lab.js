// The cockpit: all the panels, laid out, in one theme, with one keyboard.

const KEYS = [
  ["K", "play or pause"], ["S", "one minibatch"], ["E", "one epoch"], ["R", "reset"], ["[ and ]", "earlier and later recorded step"],
  ["L", "back to live"], ["F", "fork from here"], ["D", "to the dials"], ["M", "to the manifold"], ["?", "this list"],
];

class Lab {
  constructor(client) {
    this.client = client;
    this.scene = null;
    this.frame = { state: "waiting", arms: [] };
    this.rowOf = new Map();
    this.heard = new Set();
    this.ink = {};
    this.transport = new Transport(this);
    this.timeline = new Timeline(this);
    this.manifold = new Manifold(this);
    this.charts = new Charts(this);
    this.panels = { transport: this.transport, timeline: this.timeline, manifold: this.manifold, charts: this.charts,
      dials: new Dials(this), breaks: new Breaks(this), diagnosis: new Diagnosis(), delta: new Delta(),
      predict: new Predict(this), selection: new Selection(this), recipe: new RecipeBox(this) };
    const p = this.panels;
    this.live = h("div", { class: "ame-hidden", role: "log", "aria-live": "polite", "data-testid": "said" });
    this.error = h("div", { class: "ame-error", role: "alert", "data-testid": "error", hidden: true });
    this.note = h("div", { class: "ame-note", role: "status", "data-testid": "note", hidden: true });
    this.progress = h("progress", { max: 1, value: 0, "aria-label": "Preparation", hidden: true });
    this.caption = h("p", { class: "ame-caption", "data-testid": "caption" });
    this.help = h("dialog", { class: "ame-keys", "aria-label": "Keyboard" }, h("h3", {}, "Keyboard, while the focus is in the lab"),
      h("dl", {}, KEYS.map(([key, what]) => [h("dt", {}, h("kbd", {}, key)), h("dd", {}, what)])),
      h("p", {}, "In a manifold: arrows move, + and − zoom, 0 shows everything, N and B go from image to image, Enter selects, Esc clears."),
      h("button", { type: "button", class: "ame-button", onclick: () => this.help.close() }, "Close"));
    this.losing = h("p", {});
    this.sure = h("dialog", { class: "ame-keys", "aria-label": "Begin anew?", "data-testid": "sure" }, h("h3", {}, "Begin anew?"), this.losing,
      h("div", { class: "ame-choices" },
        h("button", { type: "button", class: "ame-button ame-primary", "data-testid": "keep", autofocus: true, onclick: () => this.sure.close() }, "Keep them"),
        h("button", { type: "button", class: "ame-button", "data-testid": "drop", onclick: () => this.dropped() }, "Begin anew")));
    this.el = h("div", { class: "ame-lab", "data-testid": "lab", role: "region", "aria-label": "Live lab" },
      h("div", { class: "ame-bar" }, p.transport.el,
        h("button", { type: "button", class: "ame-quiet ame-keys-button", title: "Keyboard shortcuts (?)", onclick: () => this.help.showModal() }, "Keys"), this.progress, p.timeline.el),
      this.error, this.note,
      h("div", { class: "ame-grid" },
        h("div", { class: "ame-column ame-left" }, p.predict.el, p.dials.el, p.breaks.el),
        h("div", { class: "ame-column ame-middle" }, p.manifold.el, this.caption, p.charts.el),
        h("div", { class: "ame-column ame-right-side" }, p.diagnosis.el, p.delta.el, p.selection.el, p.recipe.el)),
      this.help, this.sure, this.live);
    this.el.addEventListener("keydown", (event) => this.key(event));
    this.watchTheme();
    this.sizes = new ResizeObserver(() => this.again());
    this.sizes.observe(this.el);
    this.el.addEventListener("ame-size", () => this.again());
    this.draw(this.frame);
  }

  close() {
    this.themes.disconnect();
    this.sizes.disconnect();
  }

  // What Python sends

  retained(name, body) {
    if (name !== "scene") return;
    this.scene = body;
    this.rowOf = new Map([...(body.ids ?? [])].map((id, row) => [id, row]));
    this.manifold.scene(body);
    this.again();
  }

  draw(frame) {
    textsFirst(() => this.write(frame));
  }

  write(frame) {
    const { state } = frame;
    if (state === "finished" && this.frame.state === "playing") this.finishedAt = clock();
    this.frame = frame;
    const show = frame.show?.length ? new Set(frame.show) : null;
    for (const [name, panel] of Object.entries(this.panels)) {
      const hidden = Boolean(show && !show.has(name));
      panel.el.classList.toggle("ame-off", hidden);
      if (!hidden) panel.draw(frame);
    }
    setShown(this.error, Boolean(frame.error));
    if (frame.error) setText(this.error, frame.error);
    const { done = 0, of = 0 } = frame.progress ?? {};
    setShown(this.progress, state === "preparing");
    if (of > 0) this.progress.value = done / of;
    else this.progress.removeAttribute("value");
    this.tell();
    this.hear(frame.said ?? []);
    setText(this.caption, frame.caption ?? this.newest ?? "");
    Object.assign(this.el.dataset, { state, step: frame.scrubbed ?? frame.step ?? 0, frame: frame.n ?? 0,
      ageMs: Math.round(1000 * (this.client.drawnAge ?? 0)), drawMs: (this.client.drawMs ?? 0).toFixed(1) }); // drawMs: of the frame before
  }

  // The same frame once more: another size, theme or pointer.
  again() {
    if (this.due) return;
    this.due = requestAnimationFrame(() => {
      this.due = 0;
      if (this.el.isConnected) this.draw(this.frame);
    });
  }

  message() {}

  late(seconds) {
    this.el.dataset.late = seconds ? seconds.toFixed(2) : "";
    this.lateBy = seconds;
    this.tell();
  }

  silent(seconds, gone) {
    this.quiet = seconds;
    this.gone = gone;
    this.tell();
  }

  tell() {
    const text = this.gone
      ? "Python is gone: the kernel was restarted or shut down. Run the cell again for a new lab; what you see is what was there last."
      : this.quiet && this.frame.state !== "closed"
      ? `No answer from Python for ${Math.round(this.quiet)} s: it may be busy with a cell.`
      : this.lateBy ? `The connection is slow: what you see is ${this.lateBy.toFixed(1)} s old.`
      : (this.frame.note ?? "");
    setShown(this.note, Boolean(text));
    setText(this.note, text);
  }

  hear(said) {
    const fresh = said.filter(({ id }) => !this.heard.has(id));
    const first = this.heard.size === 0;
    for (const { id } of fresh) this.heard.add(id);
    if (!fresh.length) return;
    this.newest = fresh[fresh.length - 1].text;
    for (const { text } of first ? fresh.slice(-1) : fresh.slice(-3)) this.say(text);
  }

  say(text) {
    this.live.append(h("p", {}, text));
    while (this.live.childElementCount > 20) this.live.firstChild.remove();
  }

  // What the reader asks for

  command(name, args = {}) {
    if (this.locked(name)) return;
    this.client.send({ type: "command", name, args });
  }

  locked(name) {
    return (this.frame.locked ?? []).includes(name);
  }

  // What begins the run anew drops forks and steering: it asks first where there are any.
  anew(act, lost = this.frame.to_lose) {
    if (!lost) return act();
    this.act = act;
    setText(this.losing, `${lost} would be lost. A run can be kept as its recipe: copy the token first.`);
    this.sure.showModal();
  }

  dropped() {
    this.sure.close();
    this.act();
  }

  toggle() {
    if (this.transport.play.disabled) return;
    if (this.frame.state !== "finished") return this.command(this.frame.state === "playing" ? "pause" : "play");
    if (clock() - (this.finishedAt ?? -1) < 0.6) return; // meant as a pause, and the run was faster
    this.anew(() => {
      this.command("reset");
      this.command("play");
    });
  }

  scrubTo(step) {
    if (!this.timeline.range.disabled) this.command("scrub", { step: this.timeline.nearest(step) });
  }

  chartCursor(at) {
    if (at === this.cursor) return;
    this.cursor = at;
    if (this.cursorDue) return;
    this.cursorDue = requestAnimationFrame(() => {
      this.cursorDue = 0;
      this.charts.draw(this.frame, this.cursor);
    });
  }

  key(event) {
    // With any modifier Enter would run the cell: a new lab, and this one's run gone.
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey || event.shiftKey)) return this.enter(event);
    if (event.ctrlKey || event.metaKey || event.altKey || event.key === "Tab") return;
    if (this.help.open || this.sure.open) return event.stopPropagation();
    const tag = event.target.tagName;
    // What is typed into the lab is not for JupyterLab, whose one-letter commands cut and insert cells.
    if (!event.shiftKey || event.key.length === 1) event.stopPropagation();
    const typing = (tag === "INPUT" && !["range", "radio"].includes(event.target.type)) || tag === "SELECT" || tag === "TEXTAREA";
    if (typing) return;
    const go = (node) => !node.disabled && node.click();
    const actions = {
      k: () => this.toggle(), s: () => go(this.transport.step), e: () => go(this.transport.epoch), r: () => go(this.transport.reset),
      "[": () => this.move(-1), "]": () => this.move(1), l: () => go(this.timeline.live), f: () => go(this.timeline.fork),
      d: () => this.panels.dials.el.querySelector("input, select, button")?.focus(), m: () => this.manifold.panes[0]?.over.focus(),
      "?": () => this.help.showModal(),
    };
    const act = actions[event.key.toLowerCase()];
    if (!act) return;
    event.preventDefault();
    act();
  }

  enter(event) {
    event.stopPropagation();
    if (event.target.type !== "number") return;
    event.preventDefault();
    event.target.blur(); // takes what was typed
    event.target.focus();
  }

  move(by) {
    const recorded = this.frame.recorded_steps ?? [];
    if (!recorded.length || this.timeline.range.disabled) return;
    const now = this.frame.scrubbed ?? this.frame.step;
    const i = Math.max(0, Math.min(recorded.length - 1, lastAt(recorded, now) + by));
    this.command("scrub", { step: recorded[i] });
  }

  // A row's picture on a canvas, if the scene has pictures.
  thumbnail(canvas, row) {
    const pictures = this.scene?.thumbnails;
    if (!pictures?.shape) return false;
    const [, height, width, channels = 1] = pictures.shape;
    canvas.width = width;
    canvas.height = height;
    const context = canvas.getContext("2d");
    const image = context.createImageData(width, height);
    const start = row * height * width * channels;
    for (let i = 0; i < height * width; i++) {
      for (let c = 0; c < 3; c++) image.data[4 * i + c] = pictures[start + i * channels + (channels >= 3 ? c : 0)];
      image.data[4 * i + 3] = 255;
    }
    context.putImageData(image, 0, 0);
    return true;
  }

  watchTheme() {
    const read = () => {
      const style = getComputedStyle(this.el);
      const value = (name, other) => style.getPropertyValue(name).trim() || other;
      this.el.dataset.theme = isDark() ? "dark" : "light";
      const paper = value("--ame-card", "#ffffff");
      const [r, g, b] = hexOf(paper);
      this.ink = { dark: isDark(), text: value("--ame-text", "#1a1a1a"), muted: value("--ame-muted", "#5a5a5a"), grid: value("--ame-line", "#e4e4e4"),
        card: paper, soft: value("--ame-soft", "#f4f5f7"), accent: value("--ame-accent", "#0072B2"), wash: value("--ame-wash", "rgba(0,114,178,.12)"),
        font: style.fontFamily || "sans-serif", paper32: (0xff000000 | (b << 16) | (g << 8) | r) >>> 0 };
      this.manifold.theme();
      this.again();
    };
    this.themes = new MutationObserver(() => requestAnimationFrame(read));
    this.themes.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light", "data-jp-theme-name", "class"] });
    requestAnimationFrame(read);
  }
}

export default widget((client, el) => {
  Object.assign(QUANTITIES, client.model.get("quantities"));
  const lab = new Lab(client);
  el.append(lab.el);
  return lab;
});

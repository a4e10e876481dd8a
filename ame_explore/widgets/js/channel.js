// The browser's half of channel.py: one client for each model, with any number of views in the page.
// Frames are drawn in requestAnimationFrame, acknowledged when drawn (if they ask for it, or were dropped), and dropped
// when they are too old.

const OLDEST = 0.4; // seconds: an older frame of something that moves is not drawn
const PATIENCE = 3.0; // seconds of nothing but old frames after which they are drawn, and said to be late
const clock = () => (performance.timeOrigin + performance.now()) / 1000;

const ARRAYS = { f4: Float32Array, i4: Int32Array, u1: Uint8Array };

function unpack(tree, buffers) {
  if (Array.isArray(tree)) return tree.map((item) => unpack(item, buffers));
  if (tree === null || typeof tree !== "object") return tree;
  if ("buffer" in tree && "dtype" in tree) {
    const view = buffers[tree.buffer];
    const bytes = ArrayBuffer.isView(view)
      ? view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength)
      : view.slice(0);
    const array = new ARRAYS[tree.dtype](bytes);
    array.shape = tree.shape;
    return array;
  }
  const out = {};
  for (const key of Object.keys(tree)) out[key] = unpack(tree[key], buffers);
  return out;
}

class Client {
  constructor(model) {
    this.model = model;
    this.page = Array.from({ length: 4 }, () => Math.random().toString(36).slice(2, 8)).join("");
    this.views = new Set();
    this.retained = {};
    this.frame = null; // the newest frame that was drawn, for views that come later
    this.waiting = null; // the newest frame that is not drawn yet
    this.oldest = 0;
    this.there = false;
    this.left = true; // no view is in the page
    this.low = -Infinity; // bounds on (Python's clock - ours)
    this.high = Infinity;
    this.heardAt = clock();
    this.freshAt = clock();
    this.onMessage = (content, buffers) => this.receive(content, buffers);
    model.on("msg:custom", this.onMessage);
    this.onVisible = () => this.look();
    document.addEventListener("visibilitychange", this.onVisible);
    this.timer = setInterval(() => this.watch(), 500);
  }

  close() {
    clearInterval(this.timer);
    document.removeEventListener("visibilitychange", this.onVisible);
    this.model.off("msg:custom", this.onMessage);
    this.send({ type: "away", left: true });
  }

  send(message) {
    try {
      this.model.send({ ...message, page: this.page, t: clock() });
      this.gone = false;
    } catch {
      this.gone = true; // the kernel was restarted or shut down
    }
  }

  // Views: {el, draw(frame), retained(name, body), message(content), late(seconds), silent(seconds, gone)}

  mount(view) {
    this.views.add(view);
    view.seen = true;
    const observer = new IntersectionObserver(
      (entries) => {
        view.seen = entries[entries.length - 1].isIntersecting;
        this.look();
      },
      { rootMargin: "300px" },
    );
    observer.observe(view.el);
    for (const [name, body] of Object.entries(this.retained)) view.retained?.(name, body);
    if (this.frame && !(this.frame.moving && this.age(this.frame) > OLDEST)) view.draw(this.frame);
    const was = this.there;
    this.look();
    if (was) this.send({ type: "ready", have: this.have() });
    return () => {
      observer.disconnect();
      this.views.delete(view);
      this.look();
    };
  }

  have() {
    return Object.fromEntries(Object.entries(this.retained).map(([name, body]) => [name, body.retained]));
  }

  look() {
    const there = !document.hidden && [...this.views].some((view) => view.seen && view.el.isConnected);
    const left = ![...this.views].some((view) => view.el.isConnected); // else it is scrolled away, or behind another tab
    if (there === this.there && left === this.left) return;
    const came = there && !this.there;
    [this.there, this.left] = [there, left];
    if (there && !came) return;
    this.heardAt = this.freshAt = clock();
    this.send(there ? { type: "ready", have: this.have() } : { type: "away", left });
  }

  watch() {
    this.look(); // a cell that JupyterLab takes out of the page gives no sign
    if (!this.there) return;
    const quiet = clock() - this.heardAt;
    const moving = this.frame?.moving;
    if (quiet > (moving ? 1 : 4) && !(clock() - this.pinged < 1)) {
      this.pinged = clock();
      this.send({ type: "ping", have: this.have() });
    }
    for (const view of this.views) view.silent?.(quiet > 8 || this.gone ? quiet : 0, this.gone);
  }

  receive(content, buffers) {
    this.heardAt = clock();
    if (content.type === "hello") {
      if (content.page === this.page) this.high = Math.min(this.high, content.time - content.t);
      return;
    }
    const body = unpack(content, buffers ?? []);
    if (content.type === "frame") {
      this.low = Math.max(this.low, body.time - clock());
      const heard = body.heard?.[this.page];
      if (heard) this.high = Math.min(this.high, heard[1] - heard[0]);
      if (this.low > this.high) [this.low, this.high] = [body.time - clock(), Infinity]; // a clock was set
      const due = this.waiting !== null;
      this.waiting = body;
      if (!due) requestAnimationFrame(() => this.paint());
    } else if (content.retained) {
      this.retained[content.type] = body;
      for (const view of this.views) view.retained?.(content.type, body);
    } else {
      for (const view of this.views) view.message?.(body, buffers ?? []);
    }
  }

  age(frame) {
    const offset = Number.isFinite(this.high) ? (this.low + this.high) / 2 : this.low;
    return Math.max(0, clock() + offset - frame.time);
  }

  paint() {
    const frame = this.waiting;
    this.waiting = null;
    if (!frame || !this.there) return; // whoever looks again later asks for a new one
    const start = clock();
    const age = this.age(frame);
    const old = age > OLDEST;
    const stale = old && start - this.freshAt < PATIENCE;
    if (!stale) {
      if (!old) this.freshAt = start;
      this.frame = frame;
      this.drawnAge = age; // when its drawing began
      for (const view of this.views) {
        try {
          view.draw(frame);
          view.late?.(old ? age : 0);
        } catch (error) {
          console.error("ame_explore: a view could not be drawn", error);
        }
      }
    }
    const draw_ms = 1000 * (clock() - start);
    this.drawMs = draw_ms;
    this.oldest = Math.max(this.oldest, stale ? 0 : age); // since the last acknowledgement
    if (frame.ask === false && !stale) return;
    this.send({ type: "ack", n: frame.n, age_ms: 1000 * (stale ? age : this.oldest), draw_ms, drawn: !stale, stale });
    this.oldest = 0;
  }
}

// A widget whose `build(client, el)` makes one view and returns it; view.close() is called when it goes.
function widget(build) {
  return () => {
    let client = null;
    return {
      initialize({ model }) {
        client = new Client(model);
        return () => client.close();
      },
      render({ el }) {
        const view = build(client, el);
        const unmount = client.mount(view);
        return () => {
          unmount();
          view.close?.();
        };
      },
    };
  };
}

// A DOM node: h("button", {class: "x", "aria-label": "y", onclick: f}, "text", child...). Text is never read as HTML.
function h(tag, attributes = {}, ...children) {
  const space = SVG_TAGS.has(tag) ? "http://www.w3.org/2000/svg" : "http://www.w3.org/1999/xhtml";
  const node = document.createElementNS(space, tag);
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name in PROPERTIES) node[PROPERTIES[name]] = value;
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  return node;
}

const SVG_TAGS = new Set(["svg", "path", "circle", "rect", "line", "g"]);
const PROPERTIES = { text: "textContent", value: "value", checked: "checked" };

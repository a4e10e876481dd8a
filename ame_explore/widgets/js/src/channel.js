// The browser's half of channel.py: one client for each model, with any number of views in the page.
// Frames are drawn in requestAnimationFrame, acknowledged when drawn (if they ask for it, or were dropped), and dropped
// when they are too old.

import { clock } from "./time.js";

/** @typedef {import("./messages").FrameHeader & Record<string, any>} Frame */
/** @typedef {import("./messages").Ready | import("./messages").Ping | import("./messages").Ack | import("./messages").Away} Own */
/** @typedef {import("@anywidget/types").AnyModel} Model */
/**
 * @typedef {object} View
 * @property {HTMLElement} el
 * @property {(frame: any) => void} draw
 * @property {(name: string, body: any) => void} [retained] a message that is valid until the next of its name
 * @property {(body: any, buffers: DataView[]) => void} [message] all other messages
 * @property {(seconds: number) => void} [late] the age of the drawn frame, 0 if it is new enough
 * @property {(seconds: number, gone: boolean) => void} [silent] how long Python has been silent, 0 if not long; gone: the kernel stopped
 * @property {() => void} [close]
 */

const OLDEST = 0.4; // seconds: older frames of a moving view are dropped
const PATIENCE = 3.0; // seconds of only old frames, after which they are drawn and reported as late

const ARRAYS = { f4: Float32Array, i4: Int32Array, i2: Int16Array, u1: Uint8Array };

/**
 * Undo `channel.pack`: restore arrays from their buffers, with their shapes.
 * @param {any} tree
 * @param {(DataView | ArrayBuffer)[]} buffers
 * @returns {any}
 */
export function unpack(tree, buffers) {
  if (Array.isArray(tree)) return tree.map((item) => unpack(item, buffers));
  if (tree === null || typeof tree !== "object") return tree;
  if ("buffer" in tree && "dtype" in tree) {
    const view = buffers[tree.buffer];
    const whole = ArrayBuffer.isView(view)
      ? view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength)
      : view.slice(0);
    const bytes = /** @type {ArrayBuffer} */ (whole);
    return Object.assign(new ARRAYS[/** @type {keyof typeof ARRAYS} */ (tree.dtype)](bytes), { shape: tree.shape });
  }
  return Object.fromEntries(Object.entries(tree).map(([key, item]) => [key, unpack(item, buffers)]));
}

export class Client {
  /** @param {Model} model */
  constructor(model) {
    this.model = model;
    this.page = Array.from({ length: 4 }, () => Math.random().toString(36).slice(2, 8)).join("");
    /** @type {Set<View & {seen?: boolean}>} */
    this.views = new Set();
    /** @type {Record<string, any>} */
    this.kept = {};
    /** The newest frame that was drawn, for views that are added later. @type {Frame | null} */
    this.frame = null;
    /** The newest frame that is not drawn yet. @type {Frame | null} */
    this.waiting = null;
    this.oldest = 0;
    this.drawnAge = 0; // seconds: age of the newest frame when its drawing began
    this.drawMs = 0; // how long that took
    this.there = false;
    this.left = true; // no view is in the page
    this.gone = false; // the kernel was restarted or shut down
    this.low = -Infinity; // bounds on (Python's clock - ours)
    this.high = Infinity;
    this.heardAt = this.freshAt = clock();
    this.heard = false; // anything from Python at all
    this.mended = false;
    this.pingedAt = -Infinity;
    this.onMessage = (/** @type {any} */ content, /** @type {DataView[]} */ buffers) => this.receive(content, buffers);
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

  /** @template {{type: string}} M @param {M} message */
  send(message) {
    try {
      this.model.send({ ...message, page: this.page, t: clock() });
      this.gone = false;
    } catch {
      this.gone = true;
    }
  }

  /** The channel's own messages, typed. @param {Own} message */
  tell(message) {
    this.send(message);
  }

  /** @param {View & {seen?: boolean}} view @returns {() => void} removes it */
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
    for (const [name, body] of Object.entries(this.kept)) view.retained?.(name, body);
    if (this.frame && !(this.frame.moving && this.age(this.frame) > OLDEST)) view.draw(this.frame);
    const was = this.there;
    this.look();
    if (was) this.tell({ type: "ready", have: this.have() });
    return () => {
      observer.disconnect();
      this.views.delete(view);
      this.look();
    };
  }

  /** @returns {Record<string, number>} */
  have() {
    return Object.fromEntries(Object.entries(this.kept).map(([name, body]) => [name, body.retained]));
  }

  look() {
    const views = [...this.views];
    const there = !document.hidden && views.some((view) => view.seen && view.el.isConnected);
    const left = !views.some((view) => view.el.isConnected); // otherwise it is scrolled away, or behind another tab
    if (there === this.there && left === this.left) return;
    const came = there && !this.there;
    [this.there, this.left] = [there, left];
    if (there && !came) return;
    this.heardAt = this.freshAt = clock();
    this.tell(there ? { type: "ready", have: this.have() } : { type: "away", left });
  }

  watch() {
    this.look(); // JupyterLab removes a cell from the page without an event
    if (!this.there) return;
    const quiet = clock() - this.heardAt;
    if (quiet > (this.frame?.moving ? 1 : 4) && clock() - this.pingedAt >= 1) {
      this.pingedAt = clock();
      this.tell({ type: "ping", have: this.have() });
      if (!this.heard && !this.mended) void this.listenAgain();
    }
    for (const view of this.views) view.silent?.(quiet > 8 || this.gone ? quiet : 0, this.gone);
  }

  /**
   * anywidget (0.11) gives up a model whose bundle a busy page took more than two seconds to open, and drops all its
   * messages from then on. Take them from the comm as any other widget does.
   */
  async listenAgain() {
    try {
      const model = /** @type {any} */ (await this.model.widget_manager?.get_model?.(this.model.get("own_id")));
      const receive = model && Object.getPrototypeOf(Object.getPrototypeOf(model))?._handle_comm_msg;
      if (!receive || !model.comm || this.heard || this.mended) return;
      model.comm.on_msg((/** @type {unknown} */ message) => receive.call(model, message));
      this.mended = true;
      this.tell({ type: "ready", have: this.have() });
    } catch {
      // The widget is closed, or this front end has no models to ask for. The next ping tries again.
    }
  }

  /** @param {any} content @param {DataView[]} [buffers] */
  receive(content, buffers = []) {
    this.heardAt = clock();
    this.heard = true;
    if (content.type === "hello") {
      const { page, t, time } = /** @type {import("./messages").Hello} */ (content);
      if (page === this.page) this.high = Math.min(this.high, time - t);
      return;
    }
    const body = unpack(content, buffers);
    if (content.type === "frame") {
      this.low = Math.max(this.low, body.time - clock());
      const heard = /** @type {Frame} */ (body).heard[this.page];
      if (heard) this.high = Math.min(this.high, heard[1] - heard[0]);
      if (this.low > this.high) [this.low, this.high] = [body.time - clock(), Infinity]; // a clock was set
      const due = this.waiting !== null;
      this.waiting = body;
      if (!due) requestAnimationFrame(() => this.paint());
    } else if (content.retained) {
      this.kept[content.type] = body;
      for (const view of this.views) view.retained?.(content.type, body);
    } else {
      for (const view of this.views) view.message?.(body, buffers);
    }
  }

  /** Seconds since a frame was made. @param {Frame} frame */
  age(frame) {
    const offset = Number.isFinite(this.high) ? (this.low + this.high) / 2 : this.low;
    return Math.max(0, clock() + offset - frame.time);
  }

  paint() {
    const frame = this.waiting;
    this.waiting = null;
    if (!frame || !this.there) return; // a page that is shown again asks for a new frame
    const start = clock();
    const age = this.age(frame);
    const old = age > OLDEST;
    const stale = old && start - this.freshAt < PATIENCE;
    if (!stale) {
      if (!old) this.freshAt = start;
      this.frame = frame;
      this.drawnAge = age;
      for (const view of this.views) {
        try {
          view.draw(frame);
          view.late?.(old ? age : 0);
        } catch (error) {
          console.error("ame_explore: a view could not be drawn", error);
        }
      }
      this.drawMs = 1000 * (clock() - start);
    }
    this.oldest = Math.max(this.oldest, stale ? 0 : age); // since the last acknowledgement
    if (!frame.ask && !stale) return;
    this.tell({ type: "ack", n: frame.n, age_ms: 1000 * (stale ? age : this.oldest), stale });
    this.oldest = 0;
  }
}

/**
 * A widget whose `build(client, el)` makes one view and returns it.
 * @param {(client: Client, el: HTMLElement) => View} build
 */
export function widget(build) {
  return () => {
    /** @type {Client} */
    let client;
    return {
      /** @param {{model: Model}} given */
      initialize({ model }) {
        client = new Client(model);
        return () => client.close();
      },
      /** @param {{el: HTMLElement}} given */
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

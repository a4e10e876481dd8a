// The dials of the recipe: numbers with slider and box, choices, switches; and the switches that break a run on purpose.

import { numberScale } from "./dial_scale.js";
import { freshId, h, setShown, setText } from "./dom.js";
import { fmt, spelled } from "./format.js";
import { Memo, isBack } from "./state.js";
import { clock, throttled } from "./time.js";

/** @typedef {import("./state.js").Frame} Frame */
/** @typedef {import("./messages").DialState} DialState */
/** @typedef {DialState["value"]} Value */

export class Dials {
  /** @param {import("./lab.js").Lab} lab */
  constructor(lab) {
    this.lab = lab;
    /** @type {Map<string, Dial>} */
    this.nodes = new Map();
    this.names = new Memo();
    this.shape = new Memo();
    this.arm = h("select", { "data-testid": "dial-arm", "aria-label": "Which arms the dials turn",
      title: "AME's dials (ω, reading, temperature of H) turn the arms with AME; the others turn all arms", onchange: () => this.draw(lab.frame) });
    this.armRow = h("label", { class: "ame-for", hidden: true }, "for ", this.arm);
    this.live = h("div", { class: "ame-dial-list" });
    this.later = h("div", { class: "ame-dial-list" });
    this.laterBox = h("details", { class: "ame-later" }, h("summary", {}, "Takes effect at reset"), this.later);
    this.el = h("section", { class: "ame-card ame-dials", "aria-label": "Dials" },
      h("header", {}, h("h3", {}, "Dials"), h("span", { class: "ame-push" }), this.armRow), this.live, this.laterBox);
  }

  /** @param {Frame} frame */
  draw({ arms, dials }) {
    if (this.names.isNew(arms.map((arm) => [arm.name, arm.label]))) {
      const kept = this.arm.value;
      this.arm.replaceChildren(h("option", { value: "" }, "all relevant"), ...arms.map((arm) => h("option", { value: arm.name, title: arm.label }, arm.name)));
      this.arm.value = arms.some((arm) => arm.name === kept) ? kept : "";
      setShown(this.armRow, arms.length > 1);
    }
    const moving = { value: 0, values: 0, concerns: 0, idle: 0, inert: 0, pending: 0, locked: 0 }; // the rest of a dial stays as it is
    if (this.shape.isNew(dials.map((dial) => ({ ...dial, ...moving })))) {
      this.nodes = new Map(dials.map((dial) => [dial.field, new Dial(this, dial)]));
      const nodesOf = (/** @type {boolean} */ steerable) => [...this.nodes.values()].filter(({ dial }) => dial.steerable === steerable).map(({ el }) => el);
      this.live.replaceChildren(...nodesOf(true));
      this.later.replaceChildren(...nodesOf(false));
      setShown(this.laterBox, dials.some((dial) => !dial.steerable));
    }
    for (const dial of dials) this.nodes.get(dial.field)?.draw(dial, this.arm.value || null);
  }

  /** @param {string} field @param {Value} value */
  set(field, value) {
    this.lab.command("set", { field, value, arm: this.arm.value || null });
  }
}

const FITS = 8; // letters in a number's box
const SETTLE = 0.8; // seconds after a turn in which frames that were on their way do not turn it back

class Dial {
  /** @param {Dials} owner @param {DialState} dial */
  constructor(owner, dial) {
    this.owner = owner;
    this.dial = dial;
    this.touched = -Infinity;
    this.typing = false;
    this.drawn = new Memo();
    /** The value that is shown, and the one that Python has. @type {Value} */
    this.value = dial.value;
    /** @type {Value} */
    this.own = dial.value;
    this.scale = numberScale(dial);
    this.send = throttled((/** @type {Value} */ value) => owner.set(dial.field, value), 120);
    const id = freshId();
    const common = { id, "data-testid": `dial-${dial.field}`, "aria-describedby": dial.help ? `${id}-help` : null };
    this.values = h("span", { class: "ame-dial-values" });
    /** @type {HTMLInputElement | null} */
    this.slider = null;
    /** @type {HTMLInputElement | HTMLSelectElement | HTMLButtonElement} */
    this.input = dial.kind === "number" ? this.box(common) : dial.kind === "choice" ? this.choice(common) : this.switch(common);
    if (dial.kind === "number") this.slider = this.makeSlider();
    this.el = h("div", { class: `ame-dial ame-dial-${dial.kind}`, title: dial.locked ? "Locked by the author of this lab" : dial.help },
      h("label", { for: id, class: "ame-dial-label" }, dial.label),
      this.slider ? h("span", { class: "ame-number" }, this.slider, this.input) : this.input,
      this.values, dial.help && h("span", { class: "ame-help", id: `${id}-help` }, dial.help));
  }

  /** @param {Record<string, unknown>} common */
  choice(common) {
    const select = h("select", { ...common, onchange: () => this.turn(JSON.parse(select.value)) },
      this.dial.choices.map((choice) => h("option", { value: JSON.stringify(choice), title: this.helpOf(choice) }, this.spelled(choice))));
    return select;
  }

  /** A value as a reader knows it: of a registered part its label. @param {Value} value */
  spelled(value) {
    return this.dial.labels[String(value)] ?? spelled(value);
  }

  /** What a choice does, with the name that recipes and commands take. @param {string} choice */
  helpOf(choice) {
    const help = this.dial.helps[choice];
    return help ? `${choice}: ${help}` : null;
  }

  /** @param {Record<string, unknown>} common */
  switch(common) {
    return h("button", { ...common, type: "button", role: "switch", class: "ame-switch", onclick: () => this.turn(!this.value) });
  }

  /** @param {Record<string, unknown>} common */
  box(common) {
    const { dial } = this;
    const input = h("input", { ...common, type: "number", min: dial.low, max: dial.high, step: this.scale.box,
      oninput: () => (this.typing = true),
      onblur: () => {
        this.typing = false;
        this.owner.lab.again();
      },
      onchange: () => {
        this.typing = false;
        if (input.value === "" && !dial.optional) return this.show(this.own);
        this.turn(input.value === "" ? null : Number(input.value));
      } });
    return input;
  }

  makeSlider() {
    const slider = h("input", { type: "range", min: 0, max: this.scale.last, step: 1, "aria-label": `${this.dial.label}, slider`,
      oninput: () => this.turn(this.scale.fromSlider(Number(slider.value)), true),
      onkeydown: (/** @type {KeyboardEvent} */ event) => this.nudge(event) });
    return slider;
  }

  /** An arrow key is one visible step of the value, not of the slider's own scale. @param {KeyboardEvent} event */
  nudge(event) {
    /** @type {Record<string, 1 | -1>} */
    const ways = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 };
    const way = ways[event.key];
    if (!way) return;
    event.preventDefault();
    const now = typeof this.value === "number" ? this.value : this.scale.low;
    const value = this.scale.nudge(now, way);
    if (value !== now) this.turn(value);
  }

  /** @param {Value} value */
  turn(value, dragging = false) {
    this.touched = clock();
    this.drawn.forget(); // drawn again even if Python refuses it, and nothing changes
    this.show(value, dragging);
    this.send(value);
    setTimeout(() => this.owner.lab.again(), 1000 * SETTLE + 100);
  }

  /** @param {Value} value */
  show(value, dragging = false) {
    const { input, slider } = this;
    this.value = value;
    if (slider && input instanceof HTMLInputElement) {
      input.value = value === null ? "" : String(Number(Number(value).toPrecision(6)));
      const none = this.dial.none || "default";
      input.placeholder = value !== null ? fmt(value) : none.length > FITS ? "default" : none;
      input.title = value === null ? none : ""; // which may be longer than the box
      if (!dragging && value !== null) slider.value = String(this.scale.toSlider(Number(value)));
      slider.setAttribute("aria-valuetext", value === null ? none : `${fmt(value)} ${this.dial.unit}`.trim());
    } else if (input instanceof HTMLSelectElement) {
      input.value = JSON.stringify(value);
      const help = this.helpOf(String(value));
      if (help) input.title = help;
      else input.removeAttribute("title"); // the dial's own help shows
    } else {
      input.setAttribute("aria-checked", String(Boolean(value)));
      setText(input, value ? "on" : "off");
    }
  }

  /** @param {DialState} dial @param {string | null} arm the one that is meant, null for all that the dial concerns */
  draw(dial, arm) {
    const { lab } = this.owner;
    const { values } = dial;
    this.dial = dial;
    this.own = arm !== null && arm in values ? values[arm] : dial.value;
    const locked = dial.locked || dial.inert || isBack(lab.frame) || lab.locked("set") || lab.locked(dial.field);
    this.input.disabled = locked;
    if (this.slider) this.slider.disabled = locked;
    this.el.classList.toggle("ame-pending", dial.pending);
    this.el.classList.toggle("ame-idle", dial.idle !== null);
    this.el.title = dial.locked ? "Locked by the author of this lab" : dial.idle ? `No effect in this run: ${dial.idle}` : dial.help;
    if (this.typing || clock() - this.touched < SETTLE || !this.drawn.isNew([this.own, values, arm, dial.idle])) return;
    const meant = arm === null ? dial.concerns.map((name) => ({ name, value: values[name] })) : [];
    const different = meant.some(({ value }) => value !== meant[0].value);
    this.show(this.own);
    if (different && this.slider && this.input instanceof HTMLInputElement) {
      this.input.value = "";
      this.input.placeholder = "differs";
      this.slider.value = String(this.scale.toSlider(Number(meant[meant.length - 1].value ?? this.scale.low)));
      this.slider.setAttribute("aria-valuetext", "differs between arms");
    }
    const told = different ? meant.map(({ name, value }) => `${name}: ${this.spelled(value)}`) : [];
    setText(this.values, [...told, ...(dial.idle ? [`no effect: ${dial.idle}`] : [])].join(" · "));
  }
}

export class Breaks {
  /** @param {import("./lab.js").Lab} lab */
  constructor(lab) {
    this.lab = lab;
    /** @type {Map<string, HTMLButtonElement>} */
    this.nodes = new Map();
    this.shape = new Memo();
    this.list = h("div", { class: "ame-break-list" });
    this.el = h("section", { class: "ame-card ame-breaks", "aria-label": "Break it" },
      h("header", {}, h("h3", {}, "Break it"), h("span", { class: "ame-muted" }, "and read the diagnosis")), this.list);
  }

  /** @param {Frame} frame */
  there({ breaks }) {
    return breaks.length > 0;
  }

  /** @param {Frame} frame */
  draw(frame) {
    const { breaks } = frame;
    if (this.shape.isNew(breaks.map((one) => one.switch))) {
      this.nodes = new Map(breaks.map((one) => {
        const node = h("button", { type: "button", role: "switch", class: "ame-break", title: one.help, "data-testid": `break-${one.switch}`,
          onclick: () => this.turn(one, node.getAttribute("aria-checked") !== "true") },
          h("i", { "aria-hidden": "true" }), h("span", {}, one.label, one.help && h("small", {}, one.help)));
        return [one.switch, node];
      }));
      this.list.replaceChildren(...this.nodes.values());
    }
    for (const one of breaks) {
      const node = /** @type {HTMLButtonElement} */ (this.nodes.get(one.switch));
      node.setAttribute("aria-checked", String(one.on));
      node.disabled = isBack(frame) || this.lab.locked("break");
    }
  }

  /** @param {import("./messages").BreakState} one @param {boolean} on */
  turn({ switch: name, resets }, on) {
    const act = () => this.lab.command("break", { switch: name, on });
    if (resets) this.lab.anew(act);
    else act();
  }
}

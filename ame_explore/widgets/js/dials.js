// The dials of the recipe: numbers with slider and box, choices, switches; and the switches that break a run on purpose.

class Dials {
  constructor(lab) {
    this.lab = lab;
    this.nodes = new Map();
    this.arm = h("select", { "data-testid": "dial-arm", "aria-label": "Which arms the dials turn",
      title: "AME's dials (ω, reading, temperature of H) turn the arms with AME; the others turn all arms" });
    this.armRow = h("label", { class: "ame-for", hidden: true }, "for ", this.arm);
    this.live = h("div", { class: "ame-dial-list" });
    this.later = h("div", { class: "ame-dial-list" });
    this.laterBox = h("details", { class: "ame-later" }, h("summary", {}, "Takes effect at reset"), this.later);
    this.el = h("section", { class: "ame-card ame-dials", "aria-label": "Dials" },
      h("header", {}, h("h3", {}, "Dials"), h("span", { class: "ame-push" }), this.armRow), this.live, this.laterBox);
    this.arm.addEventListener("change", () => this.draw(lab.frame));
  }

  draw(frame) {
    const arms = frame.arms ?? [];
    const names = JSON.stringify(arms.map((arm) => [arm.name, arm.label]));
    if (names !== this.names) {
      this.names = names;
      const kept = this.arm.value;
      this.arm.replaceChildren(h("option", { value: "" }, "all it concerns"), ...arms.map((arm) => h("option", { value: arm.name, title: arm.label }, arm.name)));
      this.arm.value = arms.some((arm) => arm.name === kept) ? kept : "";
      setShown(this.armRow, arms.length > 1);
    }
    const dials = frame.dials ?? [];
    const shape = JSON.stringify(dials.map(({ value, values, concerns, idle, pending, locked, ...rest }) => rest));
    if (shape !== this.shape) {
      this.shape = shape;
      this.nodes = new Map(dials.map((dial) => [dial.field, new Dial(this, dial)]));
      this.live.replaceChildren(...dials.filter((dial) => dial.steerable).map((dial) => this.nodes.get(dial.field).el));
      this.later.replaceChildren(...dials.filter((dial) => !dial.steerable).map((dial) => this.nodes.get(dial.field).el));
      setShown(this.laterBox, dials.some((dial) => !dial.steerable));
    }
    for (const dial of dials) this.nodes.get(dial.field)?.draw(dial, this.arm.value || null);
  }

  set(field, value) {
    this.lab.command("set", { field, value, arm: this.arm.value || null });
  }
}

const SETTLE = 0.8; // seconds after a turn in which frames that were on their way do not turn it back

class Dial {
  constructor(owner, dial) {
    this.owner = owner;
    this.dial = dial;
    const id = `ame-${Math.random().toString(36).slice(2, 9)}`;
    this.touched = -Infinity;
    this.send = throttled((value) => owner.set(dial.field, value), 120);
    this.help = dial.help ? h("span", { class: "ame-help", id: `${id}-help` }, dial.help) : null;
    const label = h("label", { for: id, class: "ame-dial-label", title: dial.help }, dial.label ?? dial.field);
    const common = { id, "data-testid": `dial-${dial.field}`, "aria-describedby": dial.help ? `${id}-help` : null, disabled: Boolean(dial.locked) };
    this.values = h("span", { class: "ame-dial-values" });
    let control;
    if (dial.kind === "number") control = this.number(dial, common);
    else if (dial.kind === "choice") {
      this.input = h("select", { ...common, onchange: () => this.turn(JSON.parse(this.input.value)) },
        (dial.choices ?? []).map((choice) => h("option", { value: JSON.stringify(choice) }, spelled(choice))));
      control = this.input;
    } else {
      this.input = h("button", { ...common, type: "button", role: "switch", class: "ame-switch", onclick: () => this.turn(this.input.getAttribute("aria-checked") !== "true") });
      control = this.input;
    }
    this.el = h("div", { class: `ame-dial ame-dial-${dial.kind}`, title: dial.locked ? "Locked by whoever made this lab" : dial.help },
      label, control, this.values, this.help);
  }

  number(dial, common) {
    const whole = Boolean(dial.whole);
    this.log = Boolean(dial.log);
    const low = dial.low ?? 0;
    const high = dial.high ?? Math.max(1, 2 * (dial.value ?? 1));
    // A logarithmic dial that begins at zero has its zero at the left end, a notch of its own.
    const floor = low > 0 ? low : high / 1e4;
    const zero = this.log && !(low > 0);
    this.toSlider = this.log ? (v) => (zero && v <= 0 ? 0 : (zero ? 30 : 0) + ((zero ? 970 : 1000) * Math.log(Math.max(v, floor) / floor)) / Math.log(high / floor)) : (v) => (1000 * (v - low)) / (high - low);
    this.fromSlider = (s) => {
      if (this.log && zero && s < 15) return 0;
      const v = this.log ? floor * Math.exp((Math.max(0, s - (zero ? 30 : 0)) / (zero ? 970 : 1000)) * Math.log(high / floor)) : low + ((high - low) * s) / 1000;
      return whole ? Math.round(v) : Number(v.toPrecision(this.log ? 2 : 3));
    };
    const label = dial.label ?? dial.field;
    this.slider = h("input", { type: "range", min: 0, max: 1000, step: 1, disabled: Boolean(dial.locked), "aria-label": `${label}, slider`,
      oninput: () => this.turn(this.fromSlider(Number(this.slider.value)), true),
      onkeydown: (event) => this.nudge(event, low, high, whole) });
    this.input = h("input", { ...common, type: "number", min: dial.low, max: dial.high, step: whole ? 1 : "any",
      oninput: () => (this.typing = true),
      onblur: () => {
        this.typing = false;
        this.owner.lab.again();
      },
      onchange: () => {
        this.typing = false;
        if (this.input.value === "" && !dial.optional) return this.shown(this.own); // it has no default
        this.turn(this.input.value === "" ? null : Number(this.input.value));
      } });
    return h("span", { class: "ame-number" }, this.slider, this.input);
  }

  // An arrow key is one visible step of the value, not of the slider's own scale.
  nudge(event, low, high, whole) {
    const way = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
    if (!way) return;
    event.preventDefault();
    const now = this.value ?? this.dial.default ?? low;
    const moved = whole ? now + way : this.fromSlider(Math.max(0, Math.min(1000, this.toSlider(now) + 25 * way)));
    const value = Math.max(low, Math.min(high, moved));
    if (value !== now) this.turn(value);
  }

  turn(value, dragging = false) {
    this.touched = clock();
    this.marked = null; // drawn again even if Python refuses it, and nothing changes
    this.shown(value, dragging);
    this.send(value);
    setTimeout(() => this.owner.lab.again(), 1000 * SETTLE + 100);
  }

  shown(value, dragging = false) {
    this.value = value;
    if (this.dial.kind === "choice") this.input.value = JSON.stringify(value);
    else if (this.dial.kind === "switch") {
      this.input.setAttribute("aria-checked", String(Boolean(value)));
      setText(this.input, value ? "on" : "off");
    } else {
      const number = value ?? null;
      const none = this.dial.none || "default";
      this.input.value = value === null ? "" : String(Number(Number(value).toPrecision(6)));
      this.input.placeholder = number === null ? none : fmt(number);
      if (!dragging && number !== null) this.slider.value = this.toSlider(number);
      this.slider.setAttribute("aria-valuetext", number === null ? none : fmt(number));
    }
  }

  draw(dial, arm) {
    this.dial = { ...this.dial, ...dial };
    const values = dial.values ?? {};
    const own = this.own = arm !== null && arm in values ? values[arm] : dial.value;
    const locked = Boolean(dial.locked) || isBack(this.owner.lab.frame) || this.owner.lab.locked("set") || this.owner.lab.locked(dial.field);
    for (const node of [this.input, this.slider]) if (node) node.disabled = locked;
    this.el.classList.toggle("ame-pending", Boolean(dial.pending));
    const mark = JSON.stringify([own, values, arm, dial.idle]);
    if (mark === this.marked || this.typing || clock() - this.touched < SETTLE) return;
    this.marked = mark;
    const meant = arm === null ? (dial.concerns ?? []).map((name) => [name, values[name]]) : [];
    const all = meant.map(([, value]) => value);
    const different = all.some((value) => value !== all[0]);
    this.shown(own);
    if (different && dial.kind === "number") {
      this.input.value = "";
      this.input.placeholder = "differs";
      this.slider.value = this.toSlider(Number(all[all.length - 1] ?? dial.low ?? 0));
      this.slider.setAttribute("aria-valuetext", "differs between arms");
    }
    const told = different ? meant.map(([name, value]) => `${name}: ${spelledNumber(value)}`) : [];
    setText(this.values, [...told, ...(dial.idle ? [`no effect: ${dial.idle}`] : [])].join(" · "));
  }
}

const spelledNumber = (value) => (typeof value === "number" ? String(Number(value.toPrecision(4))) : spelled(value));

class Breaks {
  constructor(lab) {
    this.lab = lab;
    this.nodes = new Map();
    this.list = h("div", { class: "ame-break-list" });
    this.el = h("section", { class: "ame-card ame-breaks", "aria-label": "Break it" },
      h("header", {}, h("h3", {}, "Break it"), h("span", { class: "ame-muted" }, "and read the diagnosis")), this.list);
  }

  draw(frame) {
    const breaks = frame.breaks ?? [];
    setShown(this.el, breaks.length > 0);
    const shape = breaks.map(({ switch: name }) => name).join();
    if (shape !== this.shape) {
      this.shape = shape;
      this.nodes = new Map(breaks.map((one) => [one.switch, h("button", { type: "button", role: "switch", class: "ame-break", title: one.help, "data-testid": `break-${one.switch}`,
        onclick: (event) => this.turn(one, event.currentTarget.getAttribute("aria-checked") !== "true") },
        h("i", { "aria-hidden": "true" }), h("span", {}, one.label ?? one.switch, one.help ? h("small", {}, one.help) : null))]));
      this.list.replaceChildren(...this.nodes.values());
    }
    for (const one of breaks) {
      const node = this.nodes.get(one.switch);
      node.setAttribute("aria-checked", String(Boolean(one.on)));
      node.disabled = Boolean(one.locked) || isBack(frame) || this.lab.locked("break");
    }
  }

  turn({ switch: name, resets }, on) {
    const act = () => this.lab.command("break", { switch: name, on });
    if (resets) this.lab.anew(act);
    else act();
  }
}

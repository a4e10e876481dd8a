// Play, pause, step, reset, speed; and time as a place: a scrubber over the recorded steps, the branches, and forks.

const ICONS = {
  play: "M4 2.5v11l9-5.5z",
  pause: "M4 2.5h3v11H4zM9.5 2.5h3v11h-3z",
  step: "M3 2.5v11l7-5.5zM11 2.5h2.2v11H11z",
  epoch: "M2 2.5v11l5.5-5.5zM7.5 2.5v11L13 8zM13 2.5h1.5v11H13z",
  reset: "M8 2.2a5.8 5.8 0 1 0 5.6 4.3h-2A3.9 3.9 0 1 1 8 4.1c1 0 2 .4 2.7 1.1L8.6 7.3H14V1.9l-1.9 1.9A5.8 5.8 0 0 0 8 2.2z",
};

const SPEEDS = [[null, "full speed"], [50, "50 steps/s"], [20, "20 steps/s"], [5, "5 steps/s"], [1, "1 step/s"]];

function icon(name) {
  return h("svg", { viewBox: "0 0 16 16", width: 14, height: 14, "aria-hidden": "true", fill: "currentColor" }, h("path", { d: ICONS[name] }));
}

class Transport {
  constructor(lab) {
    this.lab = lab;
    const button = (name, id, text, title, act) =>
      h("button", { type: "button", class: "ame-button", "data-testid": id, title, onclick: act }, icon(name), h("span", {}, text));
    this.play = button("play", "play", "Play", "Play or pause (K)", () => lab.toggle());
    this.play.classList.add("ame-primary");
    this.step = button("step", "step-one", "Step", "One minibatch (S)", () => lab.command("step"));
    this.epoch = button("epoch", "epoch", "Epoch", "One pass over the shots (E)", () => lab.command("epoch"));
    this.reset = button("reset", "reset", "Reset", "Back to step 0 of the recipe this lab began with, or that was restored: steering is undone and forks go (R)", () => lab.anew(() => lab.command("reset")));
    this.speed = h("select", { "data-testid": "speed", "aria-label": "Speed", title: "Speed",
      onchange: () => lab.command("speed", { value: this.speed.value === "" ? null : Number(this.speed.value) }) },
      SPEEDS.map(([value, text]) => h("option", { value: value ?? "" }, text)));
    this.state = h("span", { class: "ame-state", "data-testid": "state" });
    this.count = h("span", { class: "ame-count", "data-testid": "step" });
    this.where = h("span", { class: "ame-muted" });
    this.el = h("div", { class: "ame-transport", role: "group", "aria-label": "Training" },
      this.play, this.step, this.epoch, this.reset, this.speed, this.state, this.count, this.where);
  }

  draw(frame) {
    const { state } = frame;
    const playing = state === "playing";
    const name = playing ? "Pause" : state === "finished" ? "Play again" : "Play";
    if (this.play.dataset.name !== name) {
      this.play.dataset.name = name;
      this.play.firstChild.firstChild.setAttribute("d", ICONS[playing ? "pause" : "play"]);
      setText(this.play.lastChild, name);
      this.play.setAttribute("aria-label", `${name} training`);
    }
    const busy = state === "preparing" || state === "closed" || state === "waiting";
    const waiting = frame.prediction?.waiting;
    const may = (node, name, more = true) => (node.disabled = busy || this.lab.locked(name) || !more);
    may(this.play, "play", playing || !(waiting || state === "failed"));
    may(this.step, "step", !(waiting || state === "finished" || state === "failed"));
    may(this.epoch, "epoch", !(waiting || state === "finished" || state === "failed"));
    const each = frame.steps_per_epoch;
    const pass = each === 1 ? "here one minibatch holds all the shots, so it is one step" : each ? `${each} minibatches` : "";
    this.epoch.title = `One pass over the shots (E)${pass && `: ${pass}`}`;
    may(this.reset, "reset");
    may(this.speed, "speed");
    this.play.title = waiting ? "Commit your prediction first" : "Play or pause (K)";
    const speed = String(frame.speed ?? "");
    if (document.activeElement !== this.speed && this.speed.value !== speed) {
      if (![...this.speed.options].some((option) => option.value === speed)) this.speed.append(h("option", { value: speed }, `${speed} steps/s`));
      this.speed.value = speed;
    }
    const back = isBack(frame);
    this.state.dataset.state = back ? "back" : state;
    setText(this.state, back ? "Looking back" : (SPELLED[state] ?? state));
    const shown = frame.scrubbed ?? frame.step ?? 0;
    setText(this.count, `step ${shown} of ${frame.steps ?? "–"}`);
    const rate = playing && frame.rate ? ` · ${fmt(frame.rate, 0)} steps/s` : "";
    setText(this.where, state === "preparing" ? (frame.progress?.text ?? "") : frame.epoch !== undefined && frame.epoch !== null && each !== 1 ? `epoch ${frame.epoch}${rate}` : rate);
  }
}

const isBack = (frame) => frame.scrubbed !== null && frame.scrubbed !== undefined;

const FORK = "Start a new branch from this step (F)";

class Timeline {
  constructor(lab) {
    this.lab = lab;
    this.send = throttled((step) => lab.command("scrub", { step }), 80);
    this.range = h("input", { type: "range", min: 0, max: 1, step: 1, "data-testid": "scrubber", "aria-label": "Recorded steps", class: "ame-scrub" });
    this.range.addEventListener("input", () => this.moved());
    this.live = h("button", { type: "button", class: "ame-button", "data-testid": "live-head", onclick: () => lab.command("scrub", { step: null }), title: "Back to the newest step (L)" }, "Back to live");
    this.fork = h("button", { type: "button", class: "ame-button", "data-testid": "fork", "aria-expanded": "false", onclick: () => this.toggle(), title: FORK }, "Fork from here…");
    this.bars = h("div", { class: "ame-branches", role: "list", "aria-label": "Branches", "data-testid": "branches" });
    this.marks = [];
    this.form = this.makeForm();
    this.note = h("p", { class: "ame-scrub-note", hidden: true });
    this.el = h("div", { class: "ame-timeline", role: "group", "aria-label": "Time" }, h("div", { class: "ame-scrub-row" },
      h("div", { class: "ame-track" }, this.range, this.bars), this.live, this.fork), this.note, this.form);
  }

  makeForm() {
    this.arm = h("select", { "aria-label": "Branch off", "data-testid": "fork-arm" });
    this.from = h("span", { "data-testid": "fork-step" });
    this.field = h("select", { "aria-label": "Dial to change", "data-testid": "fork-field" });
    this.value = h("span", {});
    this.again = h("p", { class: "ame-muted ame-repeats", role: "status" });
    for (const node of [this.arm, this.field]) node.addEventListener("change", () => this.editor());
    return h("form", { class: "ame-fork", hidden: true, "data-testid": "fork-form", onsubmit: (event) => this.submit(event),
      onkeydown: (event) => event.key === "Escape" && this.toggle(false) },
      h("label", {}, "Branch off ", this.arm), this.from, h("label", {}, "and set ", this.field), this.value,
      h("button", { type: "submit", class: "ame-button ame-primary", "data-testid": "fork-go" }, "Fork and run on"),
      h("button", { type: "button", class: "ame-button", onclick: () => this.toggle(false) }, "Cancel"), this.again);
  }

  toggle(open = this.form.hidden) {
    this.form.hidden = !open;
    this.fork.setAttribute("aria-expanded", String(open));
    if (!open) return this.fork.focus();
    const { frame } = this.lab;
    this.step = frame.scrubbed ?? frame.step; // it may train on while the form is open
    setText(this.from, `at step ${this.step}`);
    this.arm.replaceChildren(...(frame.arms ?? []).map((arm) => h("option", { value: arm.name, title: arm.label }, arm.name)));
    const dials = (frame.dials ?? []).filter((dial) => dial.steerable && !dial.locked);
    this.field.replaceChildren(h("option", { value: "" }, "nothing"), ...dials.map((dial) => h("option", { value: dial.field }, dial.label ?? dial.field)));
    if (dials.length) this.field.value = (dials.find(({ field }) => field === "omega") ?? dials[0]).field;
    if (frame.arms?.length) this.arm.value = frame.arms[frame.arms.length - 1].name;
    this.editor();
    this.field.focus();
  }

  editor() {
    const { frame } = this.lab;
    const dial = (frame.dials ?? []).find(({ field }) => field === this.field.value);
    const parent = (frame.arms ?? []).find(({ name }) => name === this.arm.value);
    const later = (parent?.turns ?? []).filter(({ step, field }) => step > this.step && field !== this.field.value);
    setText(this.again, later.length ? `What was turned later on ${parent.name} is turned again in the fork: ${later.map(said).join("; ")}.` : "");
    this.input = null;
    const now = dial?.values?.[this.arm.value] ?? dial?.value;
    if (!dial) return this.value.replaceChildren();
    if (dial.kind === "number") this.input = h("input", { type: "number", step: "any", min: dial.low, max: dial.high, value: now ?? "", required: true });
    else this.input = h("select", {}, (dial.kind === "switch" ? [true, false] : dial.choices).map((choice) => h("option", { value: JSON.stringify(choice) }, spelled(choice))));
    this.input.setAttribute("aria-label", `New value of ${dial.label ?? dial.field}`);
    this.input.dataset.testid = "fork-value";
    if (dial.kind !== "number") this.input.value = JSON.stringify(dial.kind === "switch" ? !now : now);
    this.value.replaceChildren("to ", this.input);
  }

  submit(event) {
    event.preventDefault();
    const field = this.field.value || null;
    const value = !field ? null : this.input.type === "number" ? Number(this.input.value) : JSON.parse(this.input.value);
    this.lab.command("fork", { step: this.step, field, value, arm: this.arm.value, play: true });
    this.toggle(false);
  }

  nearest(step) {
    const recorded = this.lab.frame?.recorded_steps ?? [];
    if (!recorded.length) return step;
    const i = lastAt(recorded, step);
    const below = recorded[Math.max(0, i)];
    const above = recorded[Math.min(recorded.length - 1, i + 1)];
    return step - below <= above - step ? below : above;
  }

  moved() {
    const recorded = this.lab.frame?.recorded_steps ?? [];
    const value = Number(this.range.value);
    let step = this.nearest(value);
    const was = this.shown;
    // An arrow key moves by one; where fewer steps are recorded it must still reach the next of them.
    if (Math.abs(value - was) === 1 && step === was) {
      const i = recorded.indexOf(was);
      step = recorded[Math.max(0, Math.min(recorded.length - 1, i + Math.sign(value - was)))] ?? step;
    }
    this.range.value = step;
    this.shown = step;
    this.touched = clock();
    this.send(step);
  }

  draw(frame) {
    const steps = Math.max(1, frame.steps ?? 1);
    if (this.range.max !== String(steps)) this.range.max = steps;
    const shown = frame.scrubbed ?? frame.step ?? 0;
    if (!(clock() - this.touched < 0.6)) {
      this.shown = shown;
      if (this.range.value !== String(shown)) this.range.value = shown;
    }
    this.range.setAttribute("aria-valuetext", `step ${this.shown} of ${steps}`);
    this.range.disabled = this.lab.locked("scrub") || !(frame.recorded_steps?.length > 0);
    const back = isBack(frame);
    this.live.disabled = !back;
    this.fork.disabled = this.lab.locked("fork") || !(frame.recorded_steps?.length > 0) || frame.state === "preparing" || frame.state === "closed";
    setShown(this.note, back);
    if (back) setText(this.note, `Looking back at step ${frame.scrubbed}; the newest is ${frame.recorded_steps?.at(-1) ?? frame.step}. Dials and curves are as they were then: fork from here to change one, or go back to live.`);
    if (!back || frame.arms?.length !== this.bars.childElementCount) this.branches(frame, steps); // they end at the head
  }

  branches(frame, steps) {
    const arms = frame.arms ?? [];
    while (this.bars.childElementCount > arms.length) this.bars.lastChild.remove();
    while (this.bars.childElementCount < arms.length)
      this.bars.append(h("div", { role: "listitem", class: "ame-branch" }, h("span", { class: "ame-branch-rail" }, h("i", {}), h("span", {})), h("span", { class: "ame-branch-name" })));
    arms.forEach((arm, i) => {
      const [rail, name] = this.bars.children[i].children;
      const bar = rail.firstChild;
      const start = arm.fork_step ?? 0;
      bar.style.left = `${(100 * start) / steps}%`;
      bar.style.width = `${(100 * Math.max(0, arm.step - start)) / steps}%`;
      bar.style.background = armColor(i);
      setText(name, arm.name);
      const turns = arm.turns ?? [];
      const mark = JSON.stringify([turns, steps]);
      if (mark !== this.marks[i]) {
        this.marks[i] = mark;
        rail.lastChild.replaceChildren(...turns.map((turn) => h("b", { style: `left: ${(100 * turn.step) / steps}%`, title: said(turn) })));
      }
      this.bars.children[i].title = `${arm.label ?? arm.name}: step ${arm.step}`;
    });
  }
}

const said = ({ step, text }) => `${text} from step ${step} on`;
const spelled = (value) => (value === null ? "default" : value === true ? "on" : value === false ? "off" : String(value));

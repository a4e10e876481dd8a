// What stands beside the views: diagnosis, what the last step changed, a prediction to commit, selection, recipe.

class Diagnosis {
  constructor() {
    this.list = h("ul", { class: "ame-findings", "data-testid": "diagnosis" });
    this.el = h("section", { class: "ame-card", "aria-label": "Diagnosis" }, h("header", {}, h("h3", {}, "Diagnosis")), this.list);
  }

  draw(frame) {
    const found = frame.diagnosis ?? [];
    const mark = JSON.stringify(found);
    if (mark === this.mark) return;
    this.mark = mark;
    const words = { ok: ["✓", "Fine"], warn: ["!", "Watch"], alarm: ["✗", "Broken"] };
    this.list.replaceChildren(...(found.length ? found : [{ level: "ok", text: "Nothing to report yet." }]).map(({ level, text }) => {
      const [sign, name] = words[level] ?? words.ok;
      return h("li", { "data-level": level }, h("b", { "aria-hidden": "true" }, sign), h("span", {}, h("span", { class: "ame-hidden" }, `${name}: `), text));
    }));
  }
}

class Delta {
  constructor() {
    this.table = h("table", { "data-testid": "delta" });
    this.el = h("section", { class: "ame-card", "aria-label": "What the last step changed" },
      h("header", {}, h("h3", {}, "What the last step changed")), h("div", { class: "ame-delta", tabindex: "0", role: "region", "aria-label": "Delta table" }, this.table));
    this.due = 0;
  }

  draw(frame) {
    // Full speed is faster than anybody reads: twice a second is enough then.
    if (frame.state === "playing" && clock() - this.due < 0.4) return;
    this.due = clock();
    const { columns = [], rows = [] } = frame.delta ?? {};
    setShown(this.el, columns.length > 0);
    const shape = JSON.stringify([columns, rows.map((row) => row.length)]);
    if (shape !== this.shape) {
      this.shape = shape;
      this.body = h("tbody", {}, rows.map((row) => row.length === 1
        ? h("tr", { class: "ame-since" }, h("th", { scope: "rowgroup", colspan: columns.length }))
        : h("tr", {}, columns.map((_, i) => (i ? h("td", {}, h("b", {}), h("small", {})) : h("th", { scope: "row" }))))));
      this.table.dataset.columns = columns.length;
      this.table.style.setProperty("--ame-columns", columns.length);
      this.table.replaceChildren(h("thead", {}, h("tr", {}, columns.map((text) => h("th", { scope: "col", title: text || null }, text || h("span", { class: "ame-hidden" }, "quantity"))))), this.body);
    }
    rows.forEach((row, r) => row.forEach((value, c) => {
      const cell = this.body.children[r]?.children[c];
      if (!cell) return;
      if (!c) return setText(cell, value);
      const { value: now, change = null } = typeof value === "object" && value ? value : { value };
      setText(cell.firstChild, fmt(now));
      setText(cell.lastChild, change === null ? "" : change === 0 ? "= same" : `${change > 0 ? "▲" : "▼"} ${significant(change, 2, { signed: true })}`);
    }));
  }
}

class Predict {
  constructor(lab) {
    this.lab = lab;
    this.body = h("div", {});
    this.commit = h("button", { type: "submit", class: "ame-button ame-primary", "data-testid": "commit" }, "Commit my prediction");
    this.note = h("p", { class: "ame-muted", role: "status" });
    this.form = h("form", { onsubmit: (event) => this.submit(event) }, this.body, this.note, this.commit);
    this.el = h("section", { class: "ame-card ame-predict", "aria-label": "Predict, then run" }, h("header", {}, h("h3", {}, "Predict, then run")), this.form);
    this.answers = {};
  }

  submit(event) {
    event.preventDefault();
    this.tried = true;
    this.tell();
    if (!this.missing().length) this.lab.command("predict", { answers: this.answers });
  }

  missing() {
    return (this.questions ?? []).filter(({ id }) => this.answers[id] === undefined);
  }

  answer(id, value) {
    this.answers[id] = value;
    this.tell();
  }

  tell() {
    const { locked, waiting } = this.lab.frame.prediction ?? {};
    const open = this.tried ? this.missing() : [];
    setText(this.note, locked ? "Committed. What happened stands beside your answer."
      : open.length ? `Still open: ${open.map(({ text }) => text).join(" ")}` : waiting ? "Play unlocks when you have committed." : "");
  }

  draw(frame) {
    const prediction = frame.prediction;
    this.questions = prediction?.questions ?? [];
    setShown(this.el, this.questions.length > 0);
    if (!this.questions.length) return;
    const shape = JSON.stringify([this.questions, prediction.locked]);
    if (shape !== this.shape) {
      this.shape = shape;
      this.answers = { ...(prediction.answers ?? {}) };
      this.tried = false;
      this.sketches = [];
      this.outcomes = new Map();
      this.body.replaceChildren(...this.questions.map((question) => this.question(question, Boolean(prediction.locked))));
    }
    setShown(this.commit, !prediction.locked);
    this.tell();
    for (const [id, node] of this.outcomes) {
      const outcome = prediction.outcome?.[id];
      setShown(node, Boolean(outcome));
      if (!outcome) continue;
      const text = typeof outcome === "string" ? outcome : outcome.text;
      const right = typeof outcome === "string" ? null : outcome.right;
      node.className = `ame-outcome ${right === true ? "ame-right" : right === false ? "ame-wrong" : ""}`;
      setText(node, `${right === true ? "✓ " : right === false ? "✗ " : ""}${text}`);
    }
    for (const sketch of this.sketches) sketch.draw(frame);
  }

  question({ id, text, options, sketch }, locked) {
    const outcome = h("p", { class: "ame-outcome", hidden: true });
    this.outcomes.set(id, outcome);
    if (sketch) {
      const pad = new Sketch(this.lab, sketch, this.answers[id], locked, (values) => this.answer(id, values));
      this.sketches.push(pad);
      return h("fieldset", { "data-testid": `predict-${id}` }, h("legend", {}, text), pad.el, outcome);
    }
    const name = `ame-${Math.random().toString(36).slice(2, 9)}`;
    return h("fieldset", { disabled: locked, "data-testid": `predict-${id}` }, h("legend", {}, text),
      h("div", { class: "ame-options" }, options.map((option) => h("label", {},
        h("input", { type: "radio", name, value: option, checked: this.answers[id] === option, onchange: () => this.answer(id, option) }), ` ${option}`))), outcome);
  }
}

const SKETCH_POINTS = 11;

// A curve drawn by hand over the run; arrow keys set it as well.
class Sketch {
  constructor(lab, { term, low, high }, values, locked, report) {
    Object.assign(this, { lab, term, low, high, locked, report });
    this.values = values?.length ? [...values] : null;
    this.cursor = 0;
    this.canvas = h("canvas", { class: "ame-sketch", tabindex: "0", role: "application",
      "aria-label": `Sketch ${QUANTITIES[term]?.label ?? term} from ${low} to ${high} over the run. Left and right choose a place, up and down set its height.` });
    this.el = h("div", {}, this.canvas);
    const drag = (event) => !locked && event.buttons && this.put(event.offsetX / this.canvas.clientWidth, 1 - event.offsetY / this.canvas.clientHeight);
    this.canvas.addEventListener("pointerdown", (event) => {
      this.canvas.setPointerCapture(event.pointerId);
      this.last = null;
      drag(event);
    });
    this.canvas.addEventListener("pointermove", drag);
    this.canvas.addEventListener("keydown", (event) => this.key(event));
  }

  put(x, y) {
    const i = Math.round(Math.max(0, Math.min(1, x)) * (SKETCH_POINTS - 1));
    const value = this.low + (this.high - this.low) * Math.max(0, Math.min(1, y));
    this.values ??= new Array(SKETCH_POINTS).fill(value);
    const from = this.last ?? i;
    const start = this.values[from];
    for (let k = from; k !== i; k += Math.sign(i - from)) // a quick stroke skips places: a straight line over them
      if (k !== from) this.values[k] = start + ((value - start) * (k - from)) / (i - from);
    this.values[i] = value;
    this.last = i;
    this.report(this.values);
    this.draw(this.lab.frame);
  }

  key(event) {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const rise = { ArrowUp: 0.05, ArrowDown: -0.05 }[event.key];
    if ((!step && !rise) || this.locked) return;
    event.preventDefault();
    event.stopPropagation();
    if (step) this.cursor = Math.max(0, Math.min(SKETCH_POINTS - 1, this.cursor + step));
    else {
      this.values ??= new Array(SKETCH_POINTS).fill((this.low + this.high) / 2);
      this.last = this.cursor;
      this.put(this.cursor / (SKETCH_POINTS - 1), (this.values[this.cursor] - this.low) / (this.high - this.low) + rise);
    }
    this.lab.say(`Place ${this.cursor + 1} of ${SKETCH_POINTS}: ${fmt(this.values?.[this.cursor])}`);
    this.draw(this.lab.frame);
  }

  draw(frame) {
    const { width, height, scale } = fitCanvas(this.canvas);
    if (!width) return;
    const { ink } = this.lab;
    const context = this.canvas.getContext("2d");
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.fillStyle = ink.soft;
    context.fillRect(0, 0, width, height);
    const y = (v) => height - (height * (v - this.low)) / (this.high - this.low);
    context.font = `11px ${ink.font}`;
    context.fillStyle = ink.muted;
    context.fillText(fmt(this.high), 3, 12);
    context.fillText(fmt(this.low), 3, height - 4);
    if (this.values) {
      context.strokeStyle = ink.text;
      context.lineWidth = 2;
      context.setLineDash([4, 3]);
      context.beginPath();
      this.values.forEach((v, i) => context[i ? "lineTo" : "moveTo"]((width * i) / (SKETCH_POINTS - 1), y(v)));
      context.stroke();
      context.setLineDash([]);
    } else context.fillText("draw here", width / 2 - 22, height / 2);
    (this.locked ? (frame.arms ?? []) : []).forEach((arm, index) => {
      const series = arm.series?.[this.term];
      if (!series) return;
      context.strokeStyle = armColor(index);
      context.beginPath();
      for (let i = 0; i < series.x.length; i++) context[i ? "lineTo" : "moveTo"]((width * series.x[i]) / (frame.steps || 1), y(series.y[i]));
      context.stroke();
    });
    if (this.canvas.getRootNode().activeElement === this.canvas) {
      context.fillStyle = ink.accent;
      context.fillRect((width * this.cursor) / (SKETCH_POINTS - 1) - 1, 0, 2, height);
    }
  }
}

class Selection {
  constructor(lab) {
    this.lab = lab;
    this.count = h("span", { class: "ame-muted" });
    this.whose = h("span", { class: "ame-muted", "data-testid": "selection-arm" });
    this.clear = h("button", { type: "button", class: "ame-quiet", "data-testid": "clear-selection", onclick: () => lab.command("select", { ids: [] }) }, "Clear");
    this.body = h("tbody", {});
    this.hint = h("p", { class: "ame-muted" }, "Draw a lasso around points, or click one. In Python: .selection of this lab is a table of them.");
    this.scroll = h("div", { class: "ame-scroll", hidden: true, tabindex: "0", role: "region", "aria-label": "Selected images" }, h("table", { "data-testid": "selection" },
      h("thead", {}, h("tr", {}, ["", "id", "class", "answer", "entropy"].map((text) => h("th", { scope: "col" }, text || h("span", { class: "ame-hidden" }, "picture"))))), this.body));
    this.el = h("section", { class: "ame-card", "aria-label": "Selection" }, h("header", {}, h("h3", {}, "Selection"), this.count, this.whose, h("span", { class: "ame-push" }), this.clear), this.hint, this.scroll);
  }

  draw(frame) {
    const { lab } = this;
    const ids = frame.selection ?? [];
    if (frame.state === "playing" && ids.length && clock() - (this.due ?? 0) < 0.4) return;
    this.due = clock();
    setShown(this.hint, !ids.length);
    setShown(this.scroll, ids.length > 0);
    setShown(this.clear, ids.length > 0);
    setText(this.count, ids.length ? `${ids.length} image${ids.length > 1 ? "s" : ""}` : "");
    const shown = ids.slice(0, 40).map((id) => lab.rowOf.get(id)).filter((row) => row !== undefined);
    const arm = frame.arms?.[frame.arms.length - 1];
    setText(this.whose, frame.arms?.length > 1 && shown.length ? `answers of ${arm.name}` : "");
    const mark = `${lab.scene?.retained}:${shown.join()}`;
    if (mark !== this.mark) {
      this.mark = mark;
      this.body.replaceChildren(...shown.map((row) => {
        const canvas = h("canvas", { class: "ame-thumb-small", "aria-hidden": "true" });
        lab.thumbnail(canvas, row);
        return h("tr", {}, h("td", {}, canvas), h("td", {}), h("td", {}), h("td", {}), h("td", {}));
      }));
    }
    shown.forEach((row, i) => {
      const said = lab.manifold.describe(row, arm);
      const cells = this.body.children[i].children;
      setText(cells[1], String(said.id));
      setText(cells[2], said.label);
      setText(cells[3], answerText(said));
      cells[3].className = answerClass(said);
      setText(cells[4], fmt(said.entropy));
    });
  }
}

class RecipeBox {
  constructor(lab) {
    this.lab = lab;
    this.arm = h("select", { "aria-label": "Whose recipe" });
    this.token = h("input", { type: "text", readonly: true, "data-testid": "recipe-token", "aria-label": "Recipe as one token", onfocus: () => this.token.select() });
    this.copy = h("button", { type: "button", class: "ame-button", "data-testid": "copy-recipe", onclick: () => this.put() }, "Copy");
    this.given = h("input", { type: "text", placeholder: "ame1:…", "data-testid": "restore-token", "aria-label": "Token to restore", spellcheck: "false" });
    this.restore = h("button", { type: "submit", class: "ame-button", "data-testid": "restore" }, "Restore");
    this.el = h("section", { class: "ame-card ame-recipe", "aria-label": "Recipe" },
      h("header", {}, h("h3", {}, "Recipe"), h("span", { class: "ame-push" }), this.arm),
      h("div", { class: "ame-field" }, this.token, this.copy),
      h("form", { class: "ame-field", onsubmit: (event) => {
        event.preventDefault();
        const typed = this.given.value.trim();
        const token = typed.match(/^lab\(\s*["'](.*)["']\s*\)$/)?.[1] ?? typed; // as the sentence below spells it
        if (token) lab.anew(() => lab.command("restore", { token }), this.lost(lab.frame));
      } }, this.given, this.restore),
      h("p", { class: "ame-muted" }, "The whole run as one string, steering included: lab(\"ame1:…\") gives it back."));
    this.arm.addEventListener("change", () => this.draw(lab.frame));
  }

  // A token holds one run, which takes the place of all arms.
  lost({ arms = [], step = 0, to_lose = "" }) {
    if (arms.length < 2) return to_lose;
    return `All ${arms.length} arms as they stand at step ${step}${to_lose && `, with ${to_lose},`}`;
  }

  async put() {
    try {
      await navigator.clipboard.writeText(this.token.value);
    } catch {
      this.token.select();
      document.execCommand("copy");
    }
    setText(this.copy, "Copied");
    this.lab.say("Recipe copied.");
    setTimeout(() => setText(this.copy, "Copy"), 1500);
  }

  draw(frame) {
    const arms = frame.arms ?? [];
    const names = JSON.stringify(arms.map((arm) => [arm.name, arm.label]));
    if (names !== this.names) {
      this.names = names;
      const kept = this.arm.value;
      this.arm.replaceChildren(...arms.map((arm) => h("option", { value: arm.name }, arm.name)));
      this.arm.value = arms.some((arm) => arm.name === kept) ? kept : (arms[arms.length - 1]?.name ?? "");
      setShown(this.arm, arms.length > 1);
    }
    const token = arms.find((arm) => arm.name === this.arm.value)?.recipe_token ?? "";
    if (this.token.value !== token) this.token.value = token;
    this.restore.disabled = this.given.disabled = this.lab.locked("restore");
  }
}

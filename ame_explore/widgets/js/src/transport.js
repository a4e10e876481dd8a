// Play, pause, step, reset and speed.

import { h, setText } from "./dom.js";
import { fmt } from "./format.js";
import { isBack, shownStep } from "./state.js";

const ICONS = {
  play: "M4 2.5v11l9-5.5z",
  pause: "M4 2.5h3v11H4zM9.5 2.5h3v11h-3z",
  step: "M3 2.5v11l7-5.5zM11 2.5h2.2v11H11z",
  epoch: "M2 2.5v11l5.5-5.5zM7.5 2.5v11L13 8zM13 2.5h1.5v11H13z",
  reset: "M8 2.2a5.8 5.8 0 1 0 5.6 4.3h-2A3.9 3.9 0 1 1 8 4.1c1 0 2 .4 2.7 1.1L8.6 7.3H14V1.9l-1.9 1.9A5.8 5.8 0 0 0 8 2.2z",
};
/** @type {[number | "", string][]} "" is as fast as it goes */
const SPEEDS = [["", "full speed"], [50, "50 steps/s"], [20, "20 steps/s"], [5, "5 steps/s"], [1, "1 step/s"]];
const SPELLED = { paused: "Paused", playing: "Training", finished: "Finished", failed: "Failed", closed: "Closed",
  preparing: "Preparing", waiting: "Connecting" };

export class Transport {
  /** @param {import("./lab.js").Lab} lab */
  constructor(lab) {
    this.lab = lab;
    /** @param {keyof typeof ICONS} icon @param {string} id @param {string} text @param {string} title @param {() => void} act */
    const button = (icon, id, text, title, act) =>
      h("button", { type: "button", class: "ame-button", "data-testid": id, title, onclick: act },
        h("svg", { viewBox: "0 0 16 16", width: 14, height: 14, "aria-hidden": "true", fill: "currentColor" }, h("path", { d: ICONS[icon] })),
        h("span", {}, text));
    this.play = button("play", "play", "Play", "Play or pause (K)", () => lab.toggle());
    this.play.classList.add("ame-primary");
    this.step = button("step", "step-one", "Step", "One minibatch (S)", () => lab.command("step"));
    this.epoch = button("epoch", "epoch", "Epoch", "One pass over the shots (E)", () => lab.command("epoch"));
    this.reset = button("reset", "reset", "Reset", "Back to step 0 of the original or restored recipe: steering is undone and forks are dropped (R)", () => lab.anew(() => lab.command("reset")));
    this.speed = h("select", { "data-testid": "speed", "aria-label": "Speed", title: "Speed",
      onchange: () => lab.command("speed", { value: this.speed.value === "" ? null : Number(this.speed.value) }) },
      SPEEDS.map(([value, text]) => h("option", { value }, text)));
    this.state = h("span", { class: "ame-state", "data-testid": "state" });
    this.count = h("span", { class: "ame-count", "data-testid": "step" });
    this.where = h("span", { class: "ame-muted" });
    this.el = h("div", { class: "ame-transport", role: "group", "aria-label": "Training" },
      this.play, this.step, this.epoch, this.reset, this.speed, this.state, this.count, this.where);
  }

  /** @param {import("./state.js").Frame} frame */
  draw(frame) {
    const { state } = frame;
    const playing = state === "playing";
    const name = playing ? "Pause" : state === "finished" ? "Play again" : "Play";
    if (this.play.dataset.name !== name) {
      this.play.dataset.name = name;
      this.play.querySelector("path")?.setAttribute("d", ICONS[playing ? "pause" : "play"]);
      setText(/** @type {Node} */ (this.play.lastChild), name);
      this.play.setAttribute("aria-label", `${name} ${frame.recording ? "the recording" : "training"}`);
    }
    const busy = state === "preparing" || state === "closed" || state === "waiting";
    const waiting = frame.prediction?.waiting ?? false;
    /** @param {HTMLButtonElement | HTMLSelectElement} node @param {string} command @param {boolean} more */
    const may = (node, command, more = true) => (node.disabled = busy || this.lab.locked(command) || !more);
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
    setText(this.state, back ? "Looking back" : frame.recording && playing ? "Playing" : SPELLED[state]);
    setText(this.count, `step ${shownStep(frame)} of ${frame.steps || "–"}`);
    setText(this.where, state === "preparing" ? (frame.progress?.text ?? "") : each && each !== 1 ? `epoch ${fmt(frame.epoch)}` : "");
  }
}

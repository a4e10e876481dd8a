// A recorded run as frames of the lab: what Python stored, at the step where the playhead stands.

import { NOTHING_YET } from "./state.js";
import { lastAt } from "./scales.js";

/** @typedef {import("./state.js").Frame} Frame */
/** @typedef {import("./messages").Recording} Recording */
/** @typedef {import("./messages").RecordedPicture} Picture */
/** @typedef {import("./messages").Manifold} Manifold */

const SECONDS = 20; // that a whole run takes at the usual speed
const WHOLE = 32767; // what 16 bits hold, without the one value more below zero
/** Of the usual speed. */
export const SPEEDS = [0.25, 0.5, 1, 2, 4];

/** Numbers in [0, 1] out of 16 bits. @param {number} stored */
const share = (stored) => (stored + WHOLE) / (2 * WHOLE);

/** A picture's numbers as a frame has them. @param {Picture} picture @param {Recording} recording @returns {Manifold} */
export function unpacked(picture, { box: [x0, x1, y0, y1], most_entropy: most }) {
  /** @param {ArrayLike<number>} stored x and y in turn */
  const placed = (stored) => Float32Array.from(stored, (value, i) => (i % 2 ? y0 + share(value) * (y1 - y0) : x0 + share(value) * (x1 - x0)));
  const entropy = Float32Array.from(picture.entropy, (value) => share(value) * most);
  return /** @type {Manifold} */ (/** @type {unknown} */ ({ step: picture.step, points: placed(picture.points), anchors: placed(picture.anchors), prediction: picture.prediction, entropy }));
}

/** Positions on the straight way from one picture to the next. @param {ArrayLike<number>} from @param {ArrayLike<number>} to @param {number} part 0..1 */
const between = (from, to, part) => (from.length === to.length ? Float32Array.from(from, (value, i) => value + part * (to[i] - value)) : from);

export class Player {
  /** @param {Recording} recording @param {(frame: Frame) => void} show */
  constructor(recording, show) {
    this.recording = recording;
    this.show = show;
    /** Of each arm, in order. @type {Manifold[][]} */
    this.pictures = recording.pictures.map((each) => each.map((picture) => unpacked(picture, recording)));
    /** @type {number[][]} */
    this.steps = this.pictures.map((each) => each.map(({ step }) => step));
    this.playing = false;
    this.speed = 1;
    this.at = 0; // the playhead, in steps; between two while it plays
    /** @type {number[]} */
    this.selection = [];
    this.n = 0;
    /** What was said last, for readers who cannot see the curves. @type {Frame["said"]} */
    this.said = [];
    this.then = -1; // when the playhead moved last, ms; -1: not since it plays
  }

  get last() {
    return this.recording.moments[this.recording.moments.length - 1];
  }

  /** The place of the recorded step that is shown. */
  get moment() {
    return Math.max(0, lastAt(this.recording.moments, this.at + 1e-9));
  }

  /** @param {number} arm @returns {Manifold | null} */
  manifold(arm) {
    const pictures = this.pictures[arm];
    const i = Math.max(0, lastAt(this.steps[arm], this.at + 1e-9));
    const [now, next] = [pictures[i], pictures[i + 1]];
    if (!now || !this.playing || !next) return now ?? null;
    const part = Math.max(0, (this.at - now.step) / (next.step - now.step));
    return { ...now, points: /** @type {any} */ (between(now.points, next.points, part)), anchors: /** @type {any} */ (between(now.anchors, next.anchors, part)) };
  }

  /** @returns {Frame} */
  frame() {
    const { recording, moment, last } = this;
    const step = recording.moments[moment];
    const told = recording.told[moment];
    this.n += 1;
    return { ...NOTHING_YET, n: this.n, recording: true, state: this.playing ? "playing" : this.at >= last ? "finished" : "paused", step, scrubbed: step,
      steps: recording.steps, speed: this.speed, recorded_steps: recording.moments, units: recording.units,
      arms: recording.arms.map((arm, i) => ({ ...arm, manifold: this.manifold(i) })),
      delta: { columns: recording.columns, rows: told.rows }, diagnosis: recording.findings[told.findings], caption: told.caption,
      selection: this.selection, said: this.said, show: recording.show, locked: recording.locked, explained: recording.explained + this.drawn() };
  }

  /** Which recorded pictures the maps show, in words. */
  drawn() {
    const shown = [...new Set(this.steps.map((steps) => steps[Math.max(0, lastAt(steps, this.at + 1e-9))]))];
    return this.playing ? "; between recorded pictures points move in straight lines" : `; as recorded at step ${shown.join(" and ")}`;
  }

  /** @param {string} name @param {any} args */
  command(name, args) {
    const { moments } = this.recording;
    if (name === "play") this.begin();
    else if (name === "pause") this.rest(this.at);
    else if (name === "reset") this.rest(moments[0]);
    else if (name === "step") this.rest(moments[Math.min(moments.length - 1, this.moment + 1)]);
    else if (name === "scrub") this.rest(Number(args.step ?? this.last));
    else if (name === "speed") this.speed = Number(args.value) || 1;
    else if (name === "select") this.selection = args.ids;
    this.show(this.frame());
  }

  begin() {
    if (this.at >= this.last) this.at = this.recording.moments[0];
    this.playing = true;
    this.then = -1;
  }

  /** Stand still at the recorded step at or before this one. @param {number} step */
  rest(step) {
    this.playing = false;
    this.at = step;
    this.at = this.recording.moments[this.moment];
    this.said = [{ id: (this.said[0]?.id ?? 0) + 1, text: this.recording.told[this.moment].caption }];
  }

  /** Move on, if it plays, to where it stands now. @param {number} now ms */
  tick(now) {
    if (!this.playing) return;
    const seconds = this.then >= 0 ? Math.min(0.25, (now - this.then) / 1000) : 0; // a page that was hidden goes on where it was
    this.then = now;
    this.at += (seconds * this.speed * Math.max(1, this.last)) / SECONDS;
    if (this.at >= this.last) this.rest(this.last);
    this.show(this.frame());
  }
}

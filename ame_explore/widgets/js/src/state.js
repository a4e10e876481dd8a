// What the panels of the cockpit share: the frame that is shown, and what a panel may ask of the lab.

/** @typedef {import("./messages").LabState} LabState */
/** @typedef {import("./messages").ArmState} ArmState */
/** @typedef {import("./messages").Scene} Scene */
/** @typedef {Omit<LabState, "state"> & {state: LabState["state"] | "waiting", n: number, recording?: boolean}} Frame "waiting": for the first. recording: whether a record is played, and no kernel answers */
/**
 * @typedef {object} Panel
 * @property {HTMLElement} el
 * @property {(frame: Frame) => void} draw
 * @property {(frame: Frame) => boolean} [there] whether it has anything to show; without it, always
 * @property {HTMLElement} [beside] controls that stand beside its tab while it is open
 */
/**
 * The colours of the page's theme.
 * @typedef {object} Ink
 * @property {boolean} dark
 * @property {string} text
 * @property {string} muted
 * @property {string} grid
 * @property {string} card
 * @property {string} soft
 * @property {string} accent
 * @property {string} wash
 * @property {string} font
 * @property {number} paper32 the card's colour as a pixel
 */

/** What is shown until the first frame comes. @type {Frame} */
export const NOTHING_YET = { n: 0, state: "waiting", error: null, note: null, progress: null, step: 0, steps: 0, epoch: 0, steps_per_epoch: null,
  speed: null, scrubbed: null, recorded_steps: [], units: {}, arms: [], dials: [], delta: { columns: [], rows: [] }, diagnosis: [], verdict: null, breaks: [],
  prediction: null, exercise: null, selection: [], said: [], show: null, locked: [], explained: "", caption: null, to_lose: "" };

/** Whether an earlier step of a live run is looked at. @param {Frame} frame */
export const isBack = (frame) => frame.scrubbed !== null && !frame.recording;

/** The step that is shown. @param {Frame} frame */
export const shownStep = (frame) => frame.scrubbed ?? frame.step;

/** Tells whether something differs from what was drawn last. */
export class Memo {
  #mark = "";

  /** Whether this is another value than the last one. @param {unknown} value */
  isNew(value) {
    const mark = JSON.stringify(value);
    if (mark === this.#mark) return false;
    this.#mark = mark;
    return true;
  }

  forget() {
    this.#mark = "";
  }
}

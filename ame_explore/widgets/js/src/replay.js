// A page that plays recorded runs in the lab's panels: no kernel answers here, the record does.

import { unpack } from "./channel.js";
import { h, setText } from "./dom.js";
import { Lab } from "./lab.js";
import { Player, SPEEDS } from "./player.js";
import { declare } from "./quantities.js";

const KEYS = [["K", "play or pause"], ["S", "next recorded step"], ["R", "to the beginning"], ["[ and ]", "earlier and later recorded step"], ["M", "to the manifold"], ["P", "fill the browser, and back"], ["?", "this list"]];

/** What Python packed: a header of four bytes (its length), the tree as JSON, and the arrays behind it. @param {string} text base64 @returns {Promise<any>} */
export async function read(text) {
  const bytes = Uint8Array.from(atob(text.trim()), (letter) => letter.charCodeAt(0));
  const whole = await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"))).arrayBuffer();
  const length = new DataView(whole).getUint32(0, true);
  const { tree, sizes } = JSON.parse(new TextDecoder().decode(new Uint8Array(whole, 4, length)));
  let at = 4 + length;
  const buffers = sizes.map((/** @type {number} */ size) => new DataView(whole, (at += size) - size, size));
  return unpack(tree, buffers);
}

/** The parts of a widget's model that the panels use, without a kernel. */
class Model {
  /** @param {Record<string, any>} values */
  constructor(values) {
    this.values = values;
    /** @type {Map<string, Set<() => void>>} */
    this.followers = new Map();
  }

  /** @param {string} name */
  get(name) {
    return this.values[name];
  }

  /** @param {string} name @param {any} value */
  set(name, value) {
    this.values[name] = value;
    for (const act of this.followers.get(`change:${name}`) ?? []) act();
  }

  save_changes() {}

  /** @param {string} event @param {() => void} act */
  on(event, act) {
    const known = this.followers.get(event) ?? new Set();
    this.followers.set(event, known.add(act));
  }

  /** @param {string} event @param {() => void} act */
  off(event, act) {
    this.followers.get(event)?.delete(act);
  }
}

/** The page's theme: the reader's choice, or else the system's. @param {boolean} dark */
function paint(dark) {
  document.body.dataset.jpThemeLight = String(!dark);
  document.documentElement.style.colorScheme = dark ? "dark" : "light";
}

async function begin() {
  const stage = /** @type {HTMLElement} */ (document.getElementById("stage"));
  const recording = await read(document.getElementById("recorded")?.textContent ?? "");
  const system = matchMedia("(prefers-color-scheme: dark)");
  paint(system.matches);
  system.addEventListener("change", () => paint(system.matches));
  document.getElementById("theme")?.addEventListener("click", () => paint(document.body.dataset.jpThemeLight === "true"));
  declare(recording.quantities);
  const model = new Model({ images: null, arrangement: recording.arrangement, opened: {} });
  const player = new Player(recording, (frame) => lab.draw(frame));
  const client = /** @type {any} */ ({ model, page: "replay", drawnAge: 0, drawMs: 0,
    send: (/** @type {any} */ message) => message.type === "command" && player.command(message.name, message.args) });
  const lab = new Lab(client);
  reword(lab);
  stage.prepend(lab.el);
  lab.retained("scene", recording.scene);
  lab.draw(player.frame());
  const turn = (/** @type {number} */ now) => {
    player.tick(now);
    requestAnimationFrame(turn);
  };
  requestAnimationFrame(turn);
  document.addEventListener("keydown", (event) => event.target === document.body && lab.key(event));
  document.documentElement.dataset.ready = "true";
}

/** What the lab says about training, said about a record. @param {Lab} lab */
function reword(lab) {
  const { transport, help, layout } = lab;
  lab.el.setAttribute("aria-label", "Recorded runs");
  transport.el.setAttribute("aria-label", "Playing");
  transport.step.title = "Next recorded step (S)";
  transport.reset.title = "To the beginning (R)";
  setText(/** @type {Node} */ (transport.reset.lastChild), "Start");
  transport.speed.replaceChildren(...SPEEDS.map((value) => h("option", { value }, `${value} ×`)));
  help.querySelector("dl")?.replaceChildren(...KEYS.flatMap(([key, what]) => [h("dt", {}, h("kbd", {}, key)), h("dd", {}, what)]));
  layout.dialog.querySelector("p")?.remove();
}

begin().catch((error) => {
  const place = document.getElementById("failed");
  if (!place) return;
  place.hidden = false;
  setText(place, `This recording cannot be played here (${error instanceof Error ? error.message : error}). It needs a browser of 2023 or later.`);
});

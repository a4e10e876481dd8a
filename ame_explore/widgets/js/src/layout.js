// Where the panels are: three docks of tabs around the maps, within the height that the page leaves, and a presenter's view.

import { setZoom } from "./canvas.js";
import { freshId, h, setShown, setText } from "./dom.js";

/** @typedef {import("./state.js").Frame} Frame */
/** @typedef {import("./state.js").Panel} Panel */
/** @typedef {keyof import("./messages").Arrangement} Place */
/** @typedef {Record<Place, string[]>} Arrangement */

/** @type {Record<Place, string>} */
const PLACES = { left: "Left of the maps", below: "Below the maps", right: "Right of the maps" };
const WIDE = 1300; // CSS pixels from which there is room for the right dock; otherwise its panels are below the maps
const SLIM = 700; // under which the panels left of the maps are below them, too
const NARROW = 460; // under which everything stands in one column, as high as it is
const LOW = 660; // under which lines that can be found elsewhere are left out
const TINY = 540; // under which there is no room for names of branches and for the caption
const [LEAST, MOST] = [430, 1100]; // height of the lab
const MARGIN = 14; // that a notebook puts around an output
const STAGE = [1000, 600]; // CSS pixels that a presenter's view has at least, enlarged to fill the browser

/** One group of tabs. */
class Dock {
  /** @param {Layout} layout @param {Place} place */
  constructor(layout, place) {
    this.layout = layout;
    this.place = place;
    /** @type {Map<string, {tab: HTMLButtonElement, body: HTMLElement}>} */
    this.tabs = new Map();
    this.list = h("div", { class: "ame-tabs", role: "tablist", "aria-label": PLACES[place], onkeydown: (/** @type {KeyboardEvent} */ event) => this.key(event) });
    this.tools = h("div", { class: "ame-tools" });
    this.bodies = h("div", { class: "ame-bodies" });
    this.el = h("div", { class: `ame-dock ame-dock-${place}`, "data-testid": `dock-${place}` }, h("div", { class: "ame-tab-row" }, this.list, this.tools), this.bodies);
  }

  /** Show these panels as tabs, with one of them open. @param {string[]} names @param {string | undefined} open */
  show(names, open) {
    const { panels, titles } = this.layout;
    for (const [name, { tab, body }] of this.tabs)
      if (!names.includes(name)) {
        tab.remove();
        body.remove();
        this.tabs.delete(name);
      }
    for (const name of names) {
      if (this.tabs.has(name)) continue;
      const id = freshId();
      const tab = h("button", { type: "button", role: "tab", class: "ame-tab", id: `${id}-tab`, "aria-controls": id, "data-testid": `tab-${name}`, onclick: () => this.layout.open(name) }, titles[name] ?? name);
      const body = h("div", { role: "tabpanel", class: "ame-body", id, "aria-labelledby": `${id}-tab`, tabindex: "0" }, panels[name].el);
      this.tabs.set(name, { tab, body });
    }
    const wanted = names.map((name) => /** @type {{tab: HTMLButtonElement, body: HTMLElement}} */ (this.tabs.get(name)));
    wanted.forEach(({ tab, body }, i) => {
      if (this.list.children[i] === tab) return;
      this.list.insertBefore(tab, this.list.children[i] ?? null);
      this.bodies.append(body);
    });
    for (const [name, { tab, body }] of this.tabs) {
      const chosen = name === open;
      if (tab.getAttribute("aria-selected") !== String(chosen)) {
        tab.setAttribute("aria-selected", String(chosen));
        tab.tabIndex = chosen ? 0 : -1;
      }
      setShown(body, chosen);
    }
    const tools = open ? panels[open].beside : undefined;
    if (this.tools.firstChild !== (tools ?? null)) this.tools.replaceChildren(...(tools ? [tools] : []));
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!way) return;
    event.preventDefault();
    event.stopPropagation();
    const names = [...this.tabs.keys()].sort((a, b) => this.at(a) - this.at(b));
    const now = names.findIndex((name) => this.tabs.get(name)?.tab === document.activeElement);
    const next = names[(now + way + names.length) % names.length];
    this.layout.open(next);
    this.tabs.get(next)?.tab.focus();
  }

  /** @param {string} name */
  at(name) {
    return [...this.list.children].indexOf(/** @type {Element} */ (this.tabs.get(name)?.tab));
  }
}

export class Layout {
  /**
   * @param {import("./lab.js").Lab} lab @param {Record<string, Panel>} panels those that a reader can move
   * @param {Record<string, string>} titles of their tabs @param {HTMLElement[]} middle what stands between the docks
   */
  constructor(lab, panels, titles, middle) {
    this.lab = lab;
    this.panels = panels;
    this.titles = titles;
    this.wide = this.slim = false;
    this.zoom = 1;
    this.docks = { left: new Dock(this, "left"), below: new Dock(this, "below"), right: new Dock(this, "right") };
    this.el = h("div", { class: "ame-desk" }, this.docks.left.el,
      h("div", { class: "ame-middle" }, middle, this.docks.below.el), this.docks.right.el);
    this.form = h("div", { class: "ame-arrangement" });
    this.dialog = h("dialog", { class: "ame-keys", "aria-label": "Arrange the panels", "data-testid": "arrange" }, h("h3", {}, "Arrange the panels"), this.form,
      h("p", {}, "In Python, the lab's .arrangement holds what is set here: lab(..., show=shown.arrangement) opens a lab that looks the same."),
      h("button", { type: "button", class: "ame-button", onclick: () => this.dialog.close() }, "Close"));
    this.arrange = h("button", { type: "button", class: "ame-quiet", title: "Choose where each panel is", "data-testid": "arrange-panels", onclick: () => this.choose() }, "Arrange");
    this.present = h("button", { type: "button", class: "ame-quiet", title: "Fill the browser, and back (P)", "aria-pressed": "false", "data-testid": "present", onclick: () => this.toggle() }, "Present");
    this.onResize = () => this.fit();
    window.addEventListener("resize", this.onResize);
    this.outer = new ResizeObserver(this.onResize);
    /** @type {Element | null} */
    this.scroller = null;
  }

  close() {
    window.removeEventListener("resize", this.onResize);
    this.outer.disconnect();
  }

  /** As the reader, or else Python, has arranged the panels. @returns {Arrangement} */
  get arrangement() {
    const given = this.lab.client.model.get("arrangement");
    return { left: [], below: [], right: [], ...given };
  }

  /** @returns {Partial<Record<Place, string>>} */
  get opened() {
    return this.lab.client.model.get("opened") ?? {};
  }

  /** The tabs of each dock now, in order. @param {Frame} frame @returns {Arrangement} */
  tabs(frame) {
    const show = frame.show && new Set(/** @type {string[]} */ (frame.show));
    const seen = (/** @type {string} */ name) => name in this.panels && !this.lab.hides(name) && (show === null || show.has(name)) && (this.panels[name].there?.(frame) ?? true);
    const { left, below, right } = this.arrangement;
    const { wide, slim } = this;
    const asking = ["predict", "exercise"].filter((name) => slim && left.includes(name)); // first, for they keep from playing
    const beside = slim ? left.filter((name) => !asking.includes(name)) : [];
    return { left: slim ? [] : left.filter(seen), below: [...asking, ...below, ...beside, ...(wide ? [] : right)].filter(seen), right: wide ? right.filter(seen) : [] };
  }

  /** Lay out the panels of a frame, and draw those that are open. @param {Frame} frame */
  draw(frame) {
    const tabs = this.tabs(frame);
    for (const place of /** @type {Place[]} */ (Object.keys(tabs))) {
      const names = tabs[place];
      const open = this.openOf(place, names);
      this.docks[place].show(names, open);
      setShown(this.docks[place].el, names.length > 0);
      if (open) this.panels[open].draw(frame);
    }
  }

  /** @param {Place} place @param {string[]} names @returns {string | undefined} */
  openOf(place, names) {
    const wanted = this.opened[place];
    return wanted && names.includes(wanted) ? wanted : names[0];
  }

  /** Whether a panel is in view now. @param {string} name */
  isOpen(name) {
    return Object.values(this.docks).some((dock) => dock.tabs.get(name)?.body.hidden === false && !dock.el.hidden);
  }

  /** Open the tab of a panel. @param {string} name */
  open(name) {
    const place = /** @type {Place[]} */ (Object.keys(this.docks)).find((one) => this.docks[one].tabs.has(name));
    if (!place) return;
    this.keep("opened", { ...this.opened, [place]: name });
    this.lab.draw(this.lab.frame);
  }

  /** @param {"opened" | "arrangement"} trait @param {object} value */
  keep(trait, value) {
    const { model } = this.lab.client;
    model.set(trait, value);
    try {
      model.save_changes(); // so that Python and other views of this lab have it
    } catch {
      // without a kernel, only this page keeps it
    }
  }

  // Arranging

  choose() {
    this.write();
    this.dialog.showModal();
  }

  write() {
    const { lab: { frame }, arrangement } = this;
    const names = Object.keys(this.panels).filter((name) => !this.lab.hides(name) && (!frame.show || frame.show.includes(/** @type {any} */ (name))) && (this.panels[name].there?.(frame) ?? true));
    this.form.replaceChildren(...names.map((name) => {
      const place = /** @type {Place[]} */ (Object.keys(PLACES)).find((one) => arrangement[one].includes(name)) ?? "";
      const select = h("select", { "data-testid": `place-${name}`, onchange: () => this.move(name, /** @type {Place | ""} */ (select.value)) },
        Object.entries({ ...PLACES, "": "Hidden" }).map(([value, text]) => h("option", { value }, text)));
      select.value = place;
      return h("label", {}, h("span", {}, this.titles[name] ?? name), select);
    }));
  }

  /** @param {string} name @param {Place | ""} to */
  move(name, to) {
    const { arrangement } = this;
    /** @param {Place} place */
    const without = (place) => arrangement[place].filter((one) => one !== name);
    const next = { left: without("left"), below: without("below"), right: without("right") };
    if (to) next[to].push(name);
    this.keep("arrangement", next);
    this.lab.again();
  }

  // Size

  /** Take the height of the visible part of the notebook, so that the whole lab is seen without scrolling. */
  fit() {
    const { el } = this.lab;
    if (!el.isConnected) return;
    this.watch();
    const presented = el.classList.contains("ame-presented");
    const view = presented ? [window.innerWidth, window.innerHeight] : [0, Math.min(this.scroller?.clientHeight ?? Infinity, window.innerHeight)];
    const zoom = presented ? Math.max(1, Math.min(view[0] / STAGE[0], view[1] / STAGE[1])) : 1;
    if (presented || this.zoom !== 1) setZoom(zoom);
    this.zoom = zoom;
    el.style.zoom = zoom === 1 ? "" : zoom.toFixed(3);
    const width = presented ? view[0] / zoom : el.clientWidth;
    const height = presented ? view[1] / zoom : Math.max(LEAST, Math.min(MOST, view[1] - MARGIN));
    this.wide = width >= WIDE;
    this.slim = width < SLIM;
    const shape = !presented && width < NARROW ? "narrow" : this.wide ? "wide" : "one";
    if (el.dataset.shape !== shape) el.dataset.shape = shape;
    el.classList.toggle("ame-low", height < LOW);
    el.classList.toggle("ame-tiny", height < TINY);
    el.classList.toggle("ame-slim", shape === "one" && this.slim);
    el.style.setProperty("--ame-height", `${Math.round(height)}px`);
  }

  /** Watch the element that scrolls the notebook: its height can change while the window's does not. */
  watch() {
    /** @type {Node | null} */
    let node = this.lab.el.parentNode;
    let found = null; // the outermost: one further in may be only as high as the lab lets it be
    while (node && node !== document.body) {
      if (node instanceof Element && isScroller(node)) found = node;
      node = node instanceof ShadowRoot ? node.host : node.parentNode;
    }
    if (found === this.scroller) return;
    this.outer.disconnect();
    this.scroller = found;
    if (found) this.outer.observe(found);
  }

  /** Fill the browser, or go back into the notebook. */
  toggle() {
    const { el } = this.lab;
    const on = !el.classList.contains("ame-presented");
    el.classList.toggle("ame-presented", on);
    if (on) {
      el.setAttribute("popover", "manual"); // the top layer: no panel of the notebook can clip it
      el.showPopover?.();
    } else {
      el.hidePopover?.();
      el.removeAttribute("popover");
    }
    this.present.setAttribute("aria-pressed", String(on));
    setText(this.present, on ? "Leave" : "Present");
    this.lab.again();
    this.present.focus({ preventScroll: true });
  }
}

/** @param {Element} node */
function isScroller(node) {
  const { overflowY } = getComputedStyle(node);
  return overflowY === "auto" || overflowY === "scroll";
}

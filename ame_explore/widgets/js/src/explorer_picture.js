// Views as images: maps with their layers side by side below what their colours mean, and tables and cards as they look.

import { contextOf } from "./canvas.js";
import { h } from "./dom.js";

const BAND = 30; // pixels above the maps, times the screen's scale
const GAP = 8;

/**
 * @param {{layers: HTMLCanvasElement[], name: string}[]} maps
 * @param {{title: string, keys: {name: string, color: string}[], ink: {paper: string, text: string}}} legend
 */
export function picture(maps, { title, keys, ink }) {
  const made = document.createElement("canvas");
  const first = maps[0].layers[0];
  const scale = first.width / Math.max(1, first.clientWidth);
  made.width = maps.reduce((sum, { layers }) => sum + layers[0].width, 0) + (maps.length - 1) * GAP * scale;
  made.height = Math.max(...maps.map(({ layers }) => layers[0].height)) + BAND * scale;
  const context = contextOf(made);
  context.fillStyle = ink.paper;
  context.fillRect(0, 0, made.width, made.height);
  context.font = `${13 * scale}px system-ui, sans-serif`;
  context.textBaseline = "middle";
  const middle = (BAND * scale) / 2;
  let x = GAP * scale;
  const write = (/** @type {string} */ text, /** @type {string} */ color, /** @type {number} */ after) => {
    context.fillStyle = color;
    context.fillText(text, x, middle);
    x += context.measureText(text).width + after * scale;
  };
  if (title) write(title, ink.text, GAP);
  for (const { name, color } of keys) {
    write("●", color, 4);
    write(name, ink.text, 14);
  }
  let left = 0;
  for (const { layers, name } of maps) {
    for (const layer of layers) context.drawImage(layer, left, BAND * scale);
    context.fillStyle = ink.text;
    context.fillText(name, left + GAP * scale, BAND * scale + middle / 1.5);
    left += layers[0].width + GAP * scale;
  }
  return made;
}

/** A part of the page as an image, with all that would have to be scrolled to, on its paper.
 * @param {HTMLElement} el @param {string} paper @param {number} [high] @returns {Promise<HTMLCanvasElement>} */
export async function pictureOf(el, paper, high) {
  const width = Math.max(el.scrollWidth, el.clientWidth) + 2;
  const hidden = [el, ...el.querySelectorAll("*")].map((one) => one.scrollHeight - one.clientHeight);
  const height = high ?? el.offsetHeight + Math.max(...hidden);
  const copy = /** @type {HTMLElement} */ (el.cloneNode(true));
  const from = [el, .../** @type {HTMLElement[]} */ ([...el.querySelectorAll("*")])];
  const to = [copy, .../** @type {HTMLElement[]} */ ([...copy.querySelectorAll("*")])];
  from.forEach((one, i) => {
    const style = getComputedStyle(one);
    to[i].style.cssText = [...style].map((name) => `${name}:${style.getPropertyValue(name)}`).join(";");
    if (one instanceof HTMLInputElement || one instanceof HTMLTextAreaElement) to[i].setAttribute("value", one.value);
    if (one instanceof HTMLTextAreaElement) to[i].textContent = one.value;
  });
  for (const one of to.filter((each) => ["auto", "scroll"].includes(each.style.overflowY))) Object.assign(one.style, { overflow: "visible", height: "auto", maxHeight: "none" });
  for (const one of to.filter((each) => each.style.transform.startsWith("matrix") && high)) one.style.transform = "none"; // scrolled rows
  Object.assign(copy.style, { margin: "0", width: `${width}px`, height: `${height}px` });
  copy.setAttribute("xmlns", "http://www.w3.org/1999/xhtml");
  const text = new XMLSerializer().serializeToString(copy);
  const drawn = new Image();
  drawn.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><foreignObject width="100%" height="100%">${text}</foreignObject></svg>`)}`;
  await drawn.decode();
  const made = document.createElement("canvas");
  const scale = Math.max(2, window.devicePixelRatio);
  [made.width, made.height] = [width * scale, height * scale];
  const context = contextOf(made);
  context.fillStyle = paper;
  context.fillRect(0, 0, made.width, made.height);
  context.drawImage(drawn, 0, 0, made.width, made.height);
  return made;
}

/** Let the browser download an image. @param {HTMLCanvasElement} made @param {string} name */
export function download(made, name) {
  made.toBlob((blob) => {
    if (!blob) return;
    const address = URL.createObjectURL(blob);
    h("a", { href: address, download: `${name.replace(/[^\w.-]+/g, "_")}.png` }).click();
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
  }, "image/png");
}

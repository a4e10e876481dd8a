// Maps as one image: each map's layers side by side, below what their colours mean.

import { contextOf } from "./canvas.js";

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

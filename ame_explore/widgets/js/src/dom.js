// DOM nodes, and their texts and visibility.

/** @typedef {Node | string | null | undefined | false | Child[]} Child */

const SVG_TAGS = new Set(["svg", "path"]);
/** @type {Record<string, string>} */
const PROPERTIES = { text: "textContent", value: "value", checked: "checked" };

/**
 * A DOM node: h("button", {class: "x", "aria-label": "y", onclick: f}, "text", child...). Text is never read as HTML.
 * @template {keyof HTMLElementTagNameMap | "svg" | "path"} K
 * @param {K} tag
 * @param {Record<string, unknown>} attributes
 * @param {...Child} children
 * @returns {K extends keyof HTMLElementTagNameMap ? HTMLElementTagNameMap[K] : SVGElement}
 */
export function h(tag, attributes = {}, ...children) {
  const space = SVG_TAGS.has(tag) ? "http://www.w3.org/2000/svg" : "http://www.w3.org/1999/xhtml";
  const node = /** @type {any} */ (document.createElementNS(space, tag));
  node.append(.../** @type {unknown[]} */ (children).flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name in PROPERTIES) node[PROPERTIES[name]] = value;
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  return node;
}

/** @param {Node} node @param {string} text */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** @param {HTMLElement} node @param {boolean} shown */
export function setShown(node, shown) {
  if (node.hidden === shown) node.hidden = !shown;
}

/** Copy a field's text, by selecting it where a page may not use the clipboard; the button then says so. @param {HTMLInputElement} field @param {HTMLElement} button */
export async function copyField(field, button) {
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    field.select();
    document.execCommand("copy");
  }
  const text = button.textContent ?? "";
  if (text === "Copied") return; // pressed twice
  setText(button, "Copied");
  setTimeout(() => setText(button, text), 1500);
}

/** Whether the page is in a dark theme: JupyterLab's, Notebook's, VS Code's or marimo's. */
export function isDark() {
  const light = document.body.dataset.jpThemeLight;
  if (light !== undefined) return light === "false";
  return ["vscode-dark", "dark-theme"].some((name) => document.body.classList.contains(name));
}

let named = 0;
/** An id that no other element of the page has. */
export const freshId = () => `ame-${Math.random().toString(36).slice(2, 9)}-${(named += 1)}`;

// The figures of one step: class shares, competing rows, and the pull of KD beside the push of AME as vectors.

import { PUSH_COLOR, arrow } from "./arrows.js";
import { significant } from "./format.js";
import { best } from "./probe_answers.js";

/** @typedef {import("./state.js").Ink} Ink */
/** @typedef {import("./messages").CompetingRows} Rows */
/** @typedef {import("./messages").OneStepArm} Arm */
/** @typedef {{width: number, height: number}} Box */

const MOST_BARS = 90;
const CALLED = { teacher: "teacher", before: "student", after: "after the step" };
/** @typedef {keyof typeof CALLED} Whose */

/**
 * The entries to draw, the largest first; where there are more than fit, the chosen image's are among them.
 * @param {{p: ArrayLike<number>, mine: number[]}} rows @param {number} most
 */
export function ordered({ p, mine }, most = MOST_BARS) {
  const all = [...Array.from(p).keys()].sort((a, b) => p[b] - p[a]);
  if (all.length <= most) return all;
  const kept = all.slice(0, most);
  const missing = mine.filter((i) => !kept.includes(i)).slice(0, most);
  return [...kept.slice(0, most - missing.length), ...missing];
}

/** The name of an entry. @param {Rows} rows @param {number} i @param {string[]} classes */
export function entryName(rows, i, classes) {
  if (rows.mine.includes(i)) return "this image";
  if (i >= rows.texts) return `image ${i - rows.texts + 1}`;
  return rows.texts === classes.length ? classes[i] : `text ${i + 1}`;
}

/**
 * p as bars, the largest first; below them how AME pushes each score. With `after`, p after the step as a second mark.
 * @param {CanvasRenderingContext2D} context @param {Box} box @param {Ink} ink @param {Rows | null} rows
 * @param {string[]} classes @param {string} color of the arm @param {boolean} after
 * @returns {string} the figure in words
 */
export function drawRows(context, { width, height }, ink, rows, classes, color, after) {
  context.font = `12px ${ink.font}`;
  context.textBaseline = "alphabetic";
  context.fillStyle = ink.muted;
  context.textAlign = "left";
  if (!rows) return "No bars: this reading has no softmax over rows.";
  const order = ordered(rows);
  const [left, top, right] = [2, 30, width - 2];
  const [base, low] = [Math.round(top + 0.62 * (height - top)), height - 2];
  const step = (right - left) / order.length;
  const most = Math.max(...order.map((i) => Math.max(rows.p[i], after ? rows.after[i] : 0)), rows.level);
  const strongest = Math.max(...order.map((i) => Math.abs(rows.push[i])), 0);
  const y = (/** @type {number} */ p) => base - ((base - top) * p) / most;
  const middle = (base + low) / 2 + 1;
  const wide = Math.max(1, Math.min(14, 0.78 * step));
  order.forEach((i, place) => {
    const x = left + (place + 0.5) * step;
    const mine = rows.mine.includes(i);
    context.fillStyle = mine ? color : i < rows.texts ? ink.muted : ink.dark ? "#6b7480" : "#b9c0c8";
    context.fillRect(x - wide / 2, y(rows.p[i]), wide, base - y(rows.p[i]));
    if (after) {
      context.fillStyle = ink.text;
      context.fillRect(x - wide / 2 - 1, y(rows.after[i]) - 1, wide + 2, 2);
    }
    if (!strongest) return;
    const long = ((low - base) / 2 - 3) * (rows.push[i] / strongest);
    context.fillStyle = rows.push[i] > 0 ? PUSH_COLOR : ink.muted;
    context.fillRect(x - wide / 2, long > 0 ? middle - long : middle, wide, Math.max(0.5, Math.abs(long)));
  });
  context.strokeStyle = ink.text;
  context.lineWidth = 1;
  context.setLineDash([4, 3]);
  context.beginPath();
  context.moveTo(left, Math.round(y(rows.level)) + 0.5);
  context.lineTo(right, Math.round(y(rows.level)) + 0.5);
  context.stroke();
  context.setLineDash([]);
  context.fillStyle = ink.text;
  context.textAlign = "right";
  context.lineWidth = 3;
  context.strokeStyle = ink.card;
  const line = Math.max(top + 12, y(rows.level) - 4);
  context.strokeText("exp(−H): above it, up", right, line);
  context.fillText("exp(−H): above it, up", right, line);
  context.textAlign = "left";
  context.fillText(after ? "p before (bars) and after the step (marks)" : "p of each row", left, 12);
  const first = order[0];
  const leads = `${entryName(rows, first, classes)}: p ${significant(rows.p[first], 2)}`;
  context.fillStyle = ink.muted;
  context.fillText(after ? `${leads} → ${significant(rows.after[first], 2)}` : leads, left, 26);
  context.strokeText("AME's push", left, low - 1);
  context.fillText("AME's push", left, low - 1);
  const mine = rows.mine.map((i) => `this image: p ${significant(rows.p[i], 2)}`);
  return `${rows.p.length} bars, the largest first. ${leads}. ${mine.join(", ")}. Entries above ${significant(rows.level, 2)} are pushed up, the others down.`;
}

/**
 * The largest class shares of teacher and student, one under the other.
 * @param {CanvasRenderingContext2D} context @param {Box} box @param {Ink} ink @param {Arm} arm @param {string[]} classes
 * @param {string} color of the arm @param {Whose[]} whose
 * @returns {string} the figure in words
 */
export function drawShares(context, { width, height }, ink, arm, classes, color, whose) {
  const count = Math.max(2, Math.min(6, Math.floor((height - 20) / (14 * whose.length + 6))));
  const named = [...new Set(whose.flatMap((one) => best(arm.shares[one], count)))]
    .sort((a, b) => arm.shares[whose[0]][b] - arm.shares[whose[0]][a]).slice(0, count);
  context.font = `12.5px ${ink.font}`;
  context.textBaseline = "middle";
  const label = Math.min(0.4 * width, Math.max(...named.map((c) => context.measureText(classes[c] ?? "").width)) + 8);
  const row = (height - 18) / named.length;
  const bar = Math.min(15, (row - 4) / whose.length);
  /** @type {Record<Whose, string>} */
  const colors = { teacher: ink.muted, before: color, after: ink.text };
  context.textAlign = "left";
  let at = label;
  for (const one of whose) {
    context.fillStyle = colors[one];
    context.fillRect(at, 4, 9, 9);
    context.fillStyle = ink.text;
    context.fillText(CALLED[one], at + 13, 9);
    at += 26 + context.measureText(CALLED[one]).width;
  }
  named.forEach((c, i) => {
    const top = 18 + i * row;
    context.fillStyle = ink.text;
    context.textAlign = "right";
    context.fillText(classes[c] ?? String(c), label - 6, top + (bar * whose.length) / 2, label - 8);
    context.textAlign = "left";
    whose.forEach((one, k) => {
      const share = arm.shares[one][c];
      const long = Math.max(1, (width - label - 42) * share);
      context.fillStyle = colors[one];
      context.fillRect(label, top + k * bar, long, bar - 1.5);
      context.fillStyle = ink.text;
      context.fillText(`${Math.round(100 * share)} %`, label + long + 4, top + (k + 0.5) * bar);
    });
  });
  return whose.map((one) => `${CALLED[one]}: ${named.map((c) => `${classes[c]} ${Math.round(100 * arm.shares[one][c])} %`).join(", ")}`).join("; ");
}

/**
 * Pull and push at their true lengths and their true angle, in the plane that both span.
 * @param {CanvasRenderingContext2D} context @param {Box} box @param {Ink} ink @param {Arm} arm @param {boolean} both
 * @returns {string} the figure in words
 */
export function drawVectors(context, { width, height }, ink, arm, both) {
  const { kd, ame } = arm.norms;
  const cosine = arm.cosines.kd_ame;
  const longest = Math.max(kd, both ? ame : 0) || 1;
  const angle = Math.acos(Math.max(-1, Math.min(1, cosine ?? 0)));
  const backwards = both && Math.cos(angle) < 0;
  const reach = Math.min(0.42 * width, height - 40);
  const from = /** @type {[number, number]} */ ([backwards ? width / 2 : 0.12 * width, height - 24]);
  const unit = (backwards ? Math.min(reach, 0.44 * width) : Math.min(0.8 * width, 2 * reach)) / longest;
  const k = Math.min(unit, both && ame * Math.sin(angle) > 0 ? (height - 44) / (ame * Math.sin(angle)) : unit);
  context.font = `12.5px ${ink.font}`;
  context.textBaseline = "middle";
  arrow(context, from, [from[0] + k * kd, from[1]], ink.accent, 3);
  context.fillStyle = ink.accent;
  context.textAlign = "left";
  context.fillText(`KD's pull ${significant(kd, 2)}`, Math.min(from[0] + 4, width - 110), height - 9);
  if (!both) return `KD's pull has the norm ${significant(kd, 2)}.`;
  context.fillStyle = PUSH_COLOR;
  const to = /** @type {[number, number]} */ ([from[0] + k * ame * Math.cos(angle), from[1] - k * ame * Math.sin(angle)]);
  if (k * ame >= 2) arrow(context, from, to, PUSH_COLOR, 3);
  else if (ame > 0) {
    context.beginPath();
    context.arc(...from, 3, 0, 2 * Math.PI);
    context.fill();
  }
  const told = ame === 0 ? "AME's push is 0" : `AME's push ${significant(ame, 2)}${k * ame < 2 ? ": too short to be seen beside it" : ""}`;
  context.fillStyle = ink.text;
  context.fillText(told, 4, 10);
  context.fillStyle = ink.muted;
  const turn = cosine === null ? "" : `cosine ${significant(cosine, 2)}, angle ${Math.round((180 * angle) / Math.PI)}°`;
  context.fillText(turn, 4, 26);
  return `KD's pull ${significant(kd, 2)}. ${told}. ${turn}`;
}

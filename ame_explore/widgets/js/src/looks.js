// What tells arms apart, and how the known curves are called.

import { isDark } from "./dom.js";

const ARM_LIGHT = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00"]; // figures/style.py's
const ARM_DARK = ["#5AB0EE", "#FF8F45", "#3CC79B", "#E39BC4", "#9BD3F5", "#F0B93A"]; // the same hues, lighter
const DASHES = [[], [6, 3], [2, 2.5], [7, 3, 2, 3], [12, 4], [12, 3, 3, 3]];
/** @type {import("./marks.js").Shape[]} */
const ARM_SHAPES = ["circle", "diamond", "square", "triangle", "x", "cross"];

/** @param {number} index */
export const armColor = (index) => (isDark() ? ARM_DARK : ARM_LIGHT)[index % ARM_LIGHT.length];
/** @param {number} index */
export const armDash = (index) => DASHES[index % DASHES.length];
/** @param {number} index */
export const armShape = (index) => ARM_SHAPES[index % ARM_SHAPES.length];

/**
 * @typedef {object} Term
 * @property {"Accuracy" | "Entropy" | "Loss" | "Other"} group
 * @property {string} label
 * @property {string} [unit]
 * @property {string} [title]
 * @property {[number, number]} [range]
 */

/** The known curves, in their order; a term that is not known gets a chart of its own after these. @type {Record<string, Term>} */
export const TERMS = {
  harmonic_mean: { group: "Accuracy", label: "harmonic mean", range: [0, 1] },
  new_accuracy: { group: "Accuracy", label: "new classes", range: [0, 1] },
  base_accuracy: { group: "Accuracy", label: "base classes", range: [0, 1] },
  H: { group: "Entropy", label: "entropy H", unit: "nats", title: "H of the cross-modal manifold of each minibatch, the entropy that AME lowers" },
  predictive_entropy: { group: "Entropy", label: "predictive entropy", unit: "nats" },
  rows_that_count: { group: "Entropy", label: "rows that count", unit: "of all test rows", title: "exp(H) over the manifold of all test images and class texts: as many of its rows share the softmax's weight" },
  cosine_with_text: { group: "Entropy", label: "cosine with text", title: "Mean cosine of an image with the text of its own class" },
  modality_gap: { group: "Entropy", label: "modality gap" },
  total: { group: "Loss", label: "total loss" },
  kd: { group: "Loss", label: "distillation loss" },
  ame: { group: "Loss", label: "AME term" },
  "share.ame": { group: "Entropy", label: "AME's share", title: "AME's share of the gradient at the student's features", range: [0, 1] },
  ambiguous_harmonic_mean: { group: "Other", label: "ambiguous: mean", title: "Harmonic mean on ambiguous images", range: [0, 1] },
  ambiguous_new_accuracy: { group: "Other", label: "ambiguous: new", title: "New classes, ambiguous images", range: [0, 1] },
  ambiguous_base_accuracy: { group: "Other", label: "ambiguous: base", title: "Base classes, ambiguous images", range: [0, 1] },
  teacher_agreement: { group: "Other", label: "like the teacher", title: "Share of test images to which student and teacher give the same class", range: [0, 1] },
};

/** Of H, or made of it: where H became another quantity, their lines are broken. */
export const REDEFINED = new Set(["H", "rows_that_count", "ame", "total", "H (test)", "H_deficit"]);
/** Of the arms with AME alone: another arm's is no measure for them. */
export const AME_ONLY = new Set(["ame", "share.ame"]);

/** Seconds since 1970, finer than Date.now. */
export const clock = () => (performance.timeOrigin + performance.now()) / 1000;

/**
 * Passes on the first of many quick calls at once, then the last of those within each `wait` ms.
 * @template {unknown[]} A
 * @param {(...given: A) => void} call
 * @param {number} wait
 * @returns {(...given: A) => void}
 */
export function throttled(call, wait) {
  /** @type {ReturnType<typeof setTimeout> | null} */
  let timer = null;
  /** @type {A | null} */
  let kept = null;
  const again = () => {
    timer = null;
    if (!kept) return;
    const last = kept;
    kept = null;
    call(...last);
    timer = setTimeout(again, wait);
  };
  return (...given) => {
    if (timer !== null) {
      kept = given;
      return;
    }
    call(...given);
    timer = setTimeout(again, wait);
  };
}

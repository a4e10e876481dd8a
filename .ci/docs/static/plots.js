// Draws each figure of a page when it comes near the window, and again when its width changes.
"use strict";

const CONFIG = { responsive: true, displaylogo: false, showSendToCloud: false };

function draw(place) {
  const held = place.querySelector("script");
  if (held === null) return;
  const figure = JSON.parse(held.textContent);
  held.remove();
  Plotly.newPlot(place, figure.data, { ...figure.layout, width: undefined, autosize: true }, CONFIG).then(() => {
    place.dataset.drawn = "";
    document.documentElement.dataset.drawn = document.querySelectorAll(".plot[data-drawn]").length;
  });
}

const watcher = new IntersectionObserver(
  (entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      watcher.unobserve(entry.target);
      draw(entry.target);
    }
  },
  { rootMargin: "600px" },
);

for (const place of document.querySelectorAll(".plot")) watcher.observe(place);
// A printed page shows all figures, seen or not.
window.addEventListener("beforeprint", () => document.querySelectorAll(".plot").forEach(draw));

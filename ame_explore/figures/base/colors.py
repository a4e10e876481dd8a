"""Colours, dashes, symbols and the typeface of every figure, here and in the browser."""

from __future__ import annotations

INK = "#1a1a1a"
MUTED = "#5a5a5a"
GRID = "#e4e4e4"
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Liberation Sans', Arial, sans-serif"

# Okabe and Ito 2008, "Color Universal Design", without black and without the yellow, which is hard to see on white.
OKABE_ITO = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00")
# A measured value beside what is drawn of it, darker than its band. States are told apart by a symbol as well.
MEASURED = GOOD = "#00714f"
DOUBTFUL, BAD = "#8a5a00", "#b23c00"
# The same hues, lighter, for dark pages.
OKABE_ITO_DARK = ("#5AB0EE", "#FF8F45", "#3CC79B", "#E39BC4", "#9BD3F5", "#F0B93A")
DARK_PAPER = "#111"
# What a dark page shows in place of the colours of a figure.
ON_DARK = {INK: "#ececec", MUTED: "#b8b8b8", GRID: "#3c3c3c", OKABE_ITO[0]: "#4a9fd8"}  # that blue is too dark on black
# Petroff 2021 (arXiv 2107.02270), ten colours chosen for colour-blind viewers: Okabe and Ito name only eight.
PETROFF = (
    "#3f90da", "#ffa90e", "#bd1f01", "#94a4a2", "#832db6", "#a96b59", "#e76300", "#b9ac70", "#717581", "#92dadd",
)  # fmt: skip
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
SYMBOLS = ("circle", "diamond", "square", "triangle-up", "x", "cross")

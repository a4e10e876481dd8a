"""The verdict as HTML; everything that comes from the data is escaped."""

from __future__ import annotations

import html


def verdict_html(text: str) -> str:
    """The verdict as HTML, one paragraph per line of `text`."""
    lines = "".join(f"<p style='margin: 2px 0'><b>{html.escape(line)}</b></p>" for line in text.splitlines())
    return f"<div style='line-height: 1.4; color: var(--jp-ui-font-color1, inherit)'>{lines}</div>"

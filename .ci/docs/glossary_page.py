"""The glossary: every declared quantity, in the words in which figures, reports and the lab explain it."""

from __future__ import annotations

import re
from pathlib import Path

from ame_explore.quantities import declared

_DIRECTION = {"higher": "Higher is better.", "lower": "Lower is better.", "neither": ""}


def write_glossary(target: Path) -> None:
    """Write the page, in reStructuredText."""
    title = "Glossary"
    lines = [title, "=" * len(title), "", "Every quantity that figures, reports and the lab show.", "", ".. glossary::"]
    lines += ["   :sorted:", ""]
    for each in declared().values():
        if not each.definition:
            continue
        unit = f"In {each.unit}." if each.unit else ""
        words = " ".join(filter(None, [each.meaning, unit, _DIRECTION[each.better]]))
        lines += [f"   {_escaped(each.label)}", f"      {_escaped(words)} In records: ``{each.name}``.", ""]
    target.write_text("\n".join(lines), encoding="utf-8")


def _escaped(text: str) -> str:
    return re.sub(r"([*|`_\\])", r"\\\1", text)

"""Formulas as MathML, which browsers draw themselves: no script, no font and no network is needed."""

from __future__ import annotations

import re
from typing import Any

from latex2mathml.converter import convert

_NAME = re.compile(r"(<mi>(?:log|exp|max|min|cos)</mi>)(?!<mo[^>]*>(?:&#x00028;|\())")


def _formula(text: str, display: str = "inline") -> str:
    """MathML, with a thin space between the name of a function and what it is applied to."""
    return _NAME.sub(r'\1<mspace width="0.17em"/>', convert(text, display=display))


def _inline(self: Any, node: Any) -> None:
    self.body.append(_formula(node.astext()))
    raise _skip()


def _block(self: Any, node: Any) -> None:
    formula = _formula(node.astext().replace("\\begin{aligned}", "\\begin{align}").strip(), "block")
    self.body.append(f"<div class='formula' tabindex='0'>{formula}</div>")
    raise _skip()


def _skip() -> Exception:
    from docutils.nodes import SkipNode

    return SkipNode()


def setup(app: Any) -> dict[str, bool]:
    """Register the renderer; `html_math_renderer = "mathml"` chooses it."""
    app.add_html_math_renderer("mathml", (_inline, None), (_block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}

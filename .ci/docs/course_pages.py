"""Pages of the site from notebooks: text as Markdown, code, and outputs. Figures stay live, and labs can be replayed.

`write_course` takes executed notebooks where there are some (`.ci/site.py` makes them), else the stored ones, whose
cells have no outputs.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat

PLOTLY = "application/vnd.plotly.v1+json"
WIDGET = "application/vnd.jupyter.widget-view+json"
STATE = "application/vnd.jupyter.widget-state+json"
SVG = "image/svg+xml"
REPLAY = "replay"  # in the metadata of a cell that shows a lab: where its replay lies in the site
FENCE = "`" * 10
LIVE = "This part is alive only in a notebook: run this cell in JupyterLab, and steer it there."
# Widgets that are gone when their cell is done: a page says nothing of them.
_PASSING = ("IntProgress", "FloatProgress")
_ANSI = re.compile(r"\x1b\[[0-9;]*m")


def names(folder: Path) -> list[str]:
    """The notebooks in a folder and below it, without their ending, in order."""
    found = [path.relative_to(folder).with_suffix("") for path in folder.rglob("*.ipynb")]
    return sorted(name.as_posix() for name in found if ".ipynb_checkpoints" not in name.parts)


def write_course(notebooks: Path, executed: Path | None, target: Path) -> None:
    """Write a page for each notebook.

    Args:
        notebooks: the folder of the stored notebooks.
        executed: a folder with executed ones of the same names, or None.
        target: the folder of the pages; pages of notebooks that are gone are removed.
    """
    for old in target.rglob("*.md") if target.exists() else ():
        old.unlink()
    for name in names(notebooks):
        made = None if executed is None else executed / f"{name}.ipynb"
        path = made if made is not None and made.exists() else notebooks / f"{name}.ipynb"
        page = target / f"{name}.md"
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(page_of(nbformat.read(path, as_version=4), name), encoding="utf-8")


def page_of(notebook: nbformat.NotebookNode, name: str) -> str:
    """The page of a notebook, in MyST Markdown.

    Args:
        notebook: the notebook, executed or not.
        name: its name, "00_tour" or "howto/reading", which tells how deep the page lies.

    Raises:
        ValueError: if a cell ended in an error.
    """
    up = "../" * (name.count("/") + 1)
    state = notebook.metadata.get("widgets", {}).get(STATE, {}).get("state", {})
    parts: list[str] = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            parts.append(_links(cell.source))
        elif cell.cell_type == "code" and cell.source.strip():
            parts.append(f"{FENCE}{{code-block}} python\n{cell.source}\n{FENCE}")
            for output in cell.get("outputs", []):
                if REPLAY not in cell.metadata or not {WIDGET, SVG} & {*output.get("data", {})}:
                    parts += _output(output, state, name)
            if REPLAY in cell.metadata:  # it shows more than the lab's still
                parts.append(_raw(_replay(up + cell.metadata[REPLAY])))
    if any("class='plot'" in part for part in parts):
        parts.append(_raw(plot_scripts(up)))
    return "\n\n".join(parts) + "\n"


def plot(figure: dict[str, Any], label: str) -> str:
    """A figure as HTML: its data, which plots.js draws when it comes into view; `label` is for screen readers."""
    data = json.dumps({key: figure[key] for key in ("data", "layout")}, separators=(",", ":")).replace("</", "<\\/")
    height = figure["layout"].get("height", 450)
    return (
        f"<div class='plot' role='img' aria-label='{html.escape(label, quote=True)}' style='min-height:{height}px'>"
        f"<script type='application/json'>{data}</script><noscript>{html.escape(label)}</noscript></div>"
    )


def plot_scripts(up: str) -> str:
    """What a page with figures needs, from the site's own folder; `up` leads from the page to the root."""
    return "".join(f"<script defer src='{up}_static/{script}'></script>" for script in ("plotly.min.js", "plots.js"))


def _links(source: str) -> str:
    """Links between notebooks become links between pages."""
    return re.sub(r"\]\(([\w./-]+)\.ipynb(#[^)]*)?\)", lambda found: f"]({found[1]}.md{found[2] or ''})", source)


def _output(output: nbformat.NotebookNode, state: dict[str, Any], name: str) -> Iterator[str]:
    if output.output_type == "error":
        raise ValueError(f"{name} ended in an error: {output.ename}: {output.evalue}")
    if output.output_type == "stream":
        if output.name == "stdout" and output.text.strip():
            yield _pre(output.text)
        return
    data = output.data
    if PLOTLY in data:
        yield _raw(plot(data[PLOTLY], data.get("text/plain", "A figure.")))
    elif WIDGET in data:
        yield from _widget(data, state, name)
    elif "text/html" in data:
        if data["text/html"].strip():  # what is left of a bar of progress is empty
            yield _raw(f"<div class='output'>{data['text/html']}</div>")
    elif "text/markdown" in data:
        yield f":::::{{container}} output\n{_links(data['text/markdown'])}\n:::::"
    elif SVG in data:
        yield _raw(f"<div class='output'>{data[SVG]}</div>")
    elif "image/png" in data:
        yield _raw(f"<img class='output' alt='A picture.' src='data:image/png;base64,{data['image/png'].strip()}'>")
    elif data.get("text/plain", "").strip():
        yield _pre(data["text/plain"])


def _widget(data: dict[str, Any], state: dict[str, Any], name: str) -> Iterator[str]:
    """What a page can show of a widget: its still picture, what its Output widgets hold, or a word that it is live."""
    if any(kind in data for kind in ("text/html", SVG, "image/png")):
        still = nbformat.from_dict({"output_type": "display_data", "metadata": {}, "data": dict(data)})
        del still.data[WIDGET]
        yield from _output(still, state, name)
        return
    held = [each for model in _models(data[WIDGET]["model_id"], state) for each in model.get("outputs", ())]
    if held:
        for each in held:
            yield from _output(nbformat.from_dict(each), state, name)
    elif not data.get("text/plain", "").startswith(_PASSING):
        yield _raw(f"<p class='live'>{LIVE}</p>")


def _replay(address: str) -> str:
    """What a lab recorded, to play within the page or on a page of its own."""
    return (
        f"<p class='live'>Below is what was recorded when this page was made: press play. "
        f"<a href='{address}'>Open it on a page of its own</a>. To steer, run the cell in JupyterLab.</p>"
        f"<iframe class='replay' src='{address}' title='A recorded run of this lab' loading='lazy'></iframe>"
    )


def _models(start: str, state: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The states of a widget and of those inside it."""
    model = state.get(start, {}).get("state", {})
    yield model
    for child in model.get("children") or ():
        yield from _models(child.removeprefix("IPY_MODEL_"), state)


def _pre(text: str) -> str:
    return _raw(f"<pre class='output'>{html.escape(_ANSI.sub('', text.rstrip()))}</pre>")


def _raw(text: str) -> str:
    return f"{FENCE}{{raw}} html\n{text}\n{FENCE}"

"""The site builds without a warning, shows all public names with their arguments, and works from a folder."""

from __future__ import annotations

import dataclasses
import html
import importlib
import importlib.util
import inspect
import io
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import unquote, urlsplit

import nbformat
import pytest
import torch
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image
from torch import Tensor

import ame_explore
from ame_explore import Run, settings
from ame_explore.data import PairedFeatures
from ame_explore.quantities import declared
from ame_explore.widgets.lab import lab as lab_module
from ame_explore.widgets.lab.live_result import arms_of
from ame_explore.widgets.replay.html_file import replay_page

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / ".ci" / "docs"))

import course_pages
import gallery_pages

ROOT = Path(__file__).resolve().parents[1]


def _public_names() -> ModuleType:
    spec = importlib.util.spec_from_file_location("public_names", ROOT / ".ci/docs/public_names.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


PUBLIC = _public_names()
ROOMS = PUBLIC.ROOMS


FIGURE = {"data": [{"type": "scatter", "x": [0, 1], "y": [1, 0]}], "layout": {"height": 400}}
WIDGET = "application/vnd.jupyter.widget-view+json"


def executed_notebook() -> nbformat.NotebookNode:
    """A notebook with an output of each kind, as a kernel leaves them."""

    def shown(**data: Any) -> nbformat.NotebookNode:
        return new_output("display_data", {name.replace("__", "/"): value for name, value in data.items()})

    outputs = [
        new_output("stream", name="stdout", text="printed <b>\n"),
        new_output("stream", name="stderr", text="a warning of no interest"),
        new_output("display_data", {course_pages.PLOTLY: FIGURE, "text/plain": "A line </script> falls."}),
        shown(text__html="<table><tr><td>a cell</td></tr></table>"),
        shown(text__markdown="| arm | H |\n|---|---|\n| KD | **2.5** |\n\nSee [this](01_distillation.ipynb)."),
        new_output("display_data", {WIDGET: {"model_id": "box"}, "text/plain": "VBox(children=(...))"}),
        new_output("display_data", {WIDGET: {"model_id": "bar"}, "text/plain": "IntProgress(value=3)"}),
        new_output("display_data", {WIDGET: {"model_id": "lab"}, "text/plain": "Cockpit()"}),
        new_output("display_data", {WIDGET: {"model_id": "x"}, "text/html": "<i>a still picture</i>"}),
        new_output(
            "display_data", {"image/svg+xml": "<svg><text>drawn</text></svg>", "text/plain": "Said, not shown."}
        ),
        new_output("display_data", {WIDGET: {"model_id": "view"}, "text/plain": "View()"}),
        new_output("display_data", {"image/svg+xml": "<svg><text>how it ended</text></svg>"}),
        shown(text__html=""),
    ]
    recorded = [
        new_output("stream", name="stdout", text="beside the replay"),
        new_output("display_data", {WIDGET: {"model_id": "lab"}, "text/plain": "Replayed()"}),
        new_output("display_data", {"image/svg+xml": "<svg><text>its still</text></svg>"}),
    ]
    held = [{"output_type": "display_data", "metadata": {}, "data": {"text/plain": "held by a widget"}}]
    state = {"box": {"state": {"children": ["IPY_MODEL_out"]}}, "out": {"state": {"outputs": held}}}
    cells = [
        new_markdown_cell("# The tour\n\nWith $H = -\\sum_t p_t \\log p_t$.\n\n$$\\log 4$$"),
        new_code_cell("print('``` fences')", outputs=outputs),
        new_code_cell("live", outputs=recorded),
    ]
    cells[2].metadata[course_pages.REPLAY] = "replays/a.html"
    return new_notebook(cells=cells, metadata={"widgets": {course_pages.STATE: {"state": state}}})


def write_replay(path: Path, folder: Path) -> None:
    """A replay of two short runs."""
    text, labels = torch.eye(8)[:4], torch.arange(40) % 4
    for place, arm in enumerate(("KD", "KD + AME")):
        start = torch.randn(40, 8, generator=torch.Generator().manual_seed(place))
        with Run.recorder(folder / arm.replace(" ", "")) as record:
            record.note(arm=arm)
            for step in range(5):
                image = torch.lerp(start, text[labels], step / 4)
                features = PairedFeatures(image=image, text=text, pair_index=labels, labels=labels, texts=tuple("abcd"))
                record.log(step, losses={"total": 2.0, "H": 4.0 - step}, features=features)
    path.parent.mkdir(parents=True)
    replay_page(path, folder)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built pages, with outputs in the tour; any warning fails the build."""
    folder = tmp_path_factory.mktemp("docs")
    executed = tmp_path_factory.mktemp("executed")
    nbformat.write(executed_notebook(), executed / "00_tour.ipynb")
    write_replay(executed / "site" / "replays" / "a.html", tmp_path_factory.mktemp("runs"))
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html", ".ci/docs", str(folder)]
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    run = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": path, "AME_SITE_EXECUTED": str(executed)},
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    if run.returncode != 0:
        pytest.fail(f"{' '.join(command)}\n{run.stdout}{run.stderr}", pytrace=False)
    return folder


def test_the_start_page_links_every_room(pages: Path) -> None:
    start = (pages / "index.html").read_text(encoding="utf-8")
    assert [room for room in ROOMS if f'href="api/ame_explore.{room}.html"' not in start] == []


def test_the_notices_that_licences_ask_for_are_shown(pages: Path) -> None:
    """Every line of them, on a page that the start page links."""
    assert 'href="licences.html"' in (pages / "index.html").read_text(encoding="utf-8")
    shown = html.unescape(re.sub(r"<[^>]+>", "", (pages / "licences.html").read_text(encoding="utf-8")))
    notices = (ROOT / "ame_explore/data/sets/emoji/NOTICES.md").read_text(encoding="utf-8")
    assert "Microsoft Corporation" in notices and [line for line in notices.splitlines() if line not in shown] == []


@pytest.mark.parametrize("module", ["ame_explore", *(f"ame_explore.{room}" for room in ROOMS)])
def test_every_public_name_is_on_the_page_of_its_room(pages: Path, module: str) -> None:
    """As an entry of its own, or as a link to the entry on another page."""
    page = (pages / "api" / f"{module}.html").read_text(encoding="utf-8")
    shown = set(re.findall(rf'id="{re.escape(module)}\.(\w+)"', page))
    shown |= set(re.findall(r'<span class="pre">(\w+)</span></code>: see <a ', page))
    names = importlib.import_module(module).__all__
    values = {name: getattr(importlib.import_module(module), name) for name in names if not name.startswith("__")}
    assert [name for name, value in values.items() if name not in shown and type(value).__name__ != "module"] == []


def described(text: str | None, *sections: str) -> set[str]:
    """The names that a Google docstring describes in these sections, each on a line of its own."""
    found: set[str] = set()
    for body in re.findall(
        rf"^(?:{'|'.join(map(re.escape, sections))}):\n((?:    .*\n|\n)+)", f"{inspect.cleandoc(text or '')}\n", re.M
    ):
        entries = re.findall(r"^    (\*{0,2}\w+)(?: \(.*\))?:", body.replace("\\", ""), re.MULTILINE)
        found |= {name.lstrip("*") for name in entries}
    return found


def not_described(function: Callable[..., Any], text: str | None = None) -> list[str]:
    """The arguments that the docstring leaves out. One line is enough for a function of one argument."""
    text = function.__doc__ if text is None else text
    names = [name for name in inspect.signature(function).parameters if name not in ("self", "cls") and name[0] != "_"]
    if len(names) == 1 and text and "\n\n" not in text:
        return []
    return [name for name in names if name not in described(text, "Args")]


def public_callables() -> Iterator[tuple[str, Callable[..., Any], str]]:
    """Every public function, constructor and method: where it is, itself, and its docstring."""
    seen: set[object] = set()
    for module in map(importlib.import_module, PUBLIC.public_modules()):
        for name in PUBLIC.own_names(module):
            value = getattr(module, name)
            if not (inspect.isfunction(value) or inspect.isclass(value)) or value in seen:
                continue
            seen.add(value)
            where = f"{value.__module__}.{name}"
            if inspect.isfunction(value):
                yield where, value, value.__doc__ or ""
                continue
            own = "__init__" in vars(value) and not dataclasses.is_dataclass(value)
            if own and not getattr(value, "_is_protocol", False):
                yield where, value.__init__, f"{inspect.cleandoc(value.__doc__ or '')}\n\n"  # never a single line
            for member, made in vars(value).items():
                method = made.__func__ if isinstance(made, classmethod | staticmethod) else made
                if not inspect.isfunction(method) or method.__name__ != member:  # the default of a field is no method
                    continue
                if member[0] != "_" or member == "__call__":
                    yield f"{where}.{member}", method, method.__doc__ or ""


def public_dataclasses() -> Iterator[type]:
    for module in map(importlib.import_module, PUBLIC.public_modules()):
        values = (getattr(module, name) for name in PUBLIC.own_names(module))
        yield from (value for value in values if inspect.isclass(value) and dataclasses.is_dataclass(value))


def test_every_public_callable_describes_every_argument() -> None:
    found = {where: not_described(function, text) for where, function, text in public_callables()}
    assert len(found) > 400
    assert {where: names for where, names in found.items() if names} == {}


def test_every_public_dataclass_describes_every_field() -> None:
    lacking = {}
    for kind in set(public_dataclasses()):
        shown = described(kind.__doc__, "Args", "Attributes")
        if kind is settings.Settings:
            shown = described(settings.docs(), *settings.GROUPS.values())
        fields = {field.name for field in dataclasses.fields(kind)} & set(inspect.get_annotations(kind))
        lacking[kind.__name__] = {field for field in fields - shown if field[0] != "_"}
    assert {name: fields for name, fields in lacking.items() if fields} == {}


# Names whose order is common: letters (a then b), and images before texts.
IN_ORDER = ["[a-z]", ".*_[a-z]", "first|second", "image|text"]
ARRAYS = r"(?!Callable|Mapping).*(Tensor|NDArray\[|ArrayLike)", r"PairedFeatures( \| None)?$"


def swappable(function: Callable[..., Any]) -> list[str]:
    """Names of arrays that are passed by position, and whose exchange nothing would notice.

    Labels and indices do not count: they hold whole numbers, so features in their place are refused.
    """
    parameters = inspect.signature(function).parameters.values()
    by_position = [each for each in parameters if each.kind is each.POSITIONAL_OR_KEYWORD]
    for kind in ARRAYS:
        names = [each.name for each in by_position if re.match(kind, str(each.annotation))]
        names = [name for name in names if name not in ("labels", "indices", "pairs")]
        ordered = any(all(re.fullmatch(pattern, name) for name in names) for pattern in IN_ORDER)
        if len(names) > 1 and not ordered:
            return names
    return []


def test_arrays_that_could_be_swapped_in_silence_are_passed_by_name() -> None:
    found = {where: swappable(function) for where, function, _ in public_callables()}
    assert {where: names for where, names in found.items() if names} == {}

    def in_order(x: Tensor, y: Tensor) -> None: ...

    def by_name(student: Tensor, *, teacher: Tensor | None) -> None: ...

    def silent(student: Tensor, teacher: Tensor | None) -> None: ...

    assert [swappable(each) for each in (in_order, by_name, silent)] == [[], [], ["student", "teacher"]]


def test_a_docstring_that_leaves_out_an_argument_is_noticed() -> None:
    def several(one: int, two: int) -> None:
        """Do it.

        Args:
            one: a number,
                two: lines of it.

        Returns:
            two: nothing.
        """

    def alone(one: int) -> None:
        """Do it with one."""

    def alone_and_long(one: int) -> None:
        """Do it.

        With one.
        """

    assert [not_described(each) for each in (several, alone, alone_and_long)] == [["two"], [], ["one"]]


# --- the course, the gallery, the glossary, the teacher's page


def text_of(page: Path) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", page.read_text(encoding="utf-8")))


def test_every_notebook_has_a_page_that_the_start_page_links(pages: Path) -> None:
    start = (pages / "index.html").read_text(encoding="utf-8")
    names = course_pages.names(ROOT / "notebooks")
    assert len(names) >= 13 and [name for name in names if f'href="course/{name}.html"' not in start] == []


def test_a_page_shows_each_kind_of_output(pages: Path) -> None:
    source = (pages / "course/00_tour.html").read_text(encoding="utf-8")
    shown = text_of(pages / "course/00_tour.html")
    for there in (
        "printed <b>",
        "a cell",
        "held by a widget",
        course_pages.LIVE,
        "a still picture",
        "``` fences",
        "drawn",
        "how it ended",
    ):
        assert there in shown, there
    assert "beside the replay" in shown
    for absent in (
        "a warning of no interest",
        "IntProgress",
        "Cockpit",
        "VBox",
        "View()",
        "Replayed()",
        "its still",
        "Said,",
    ):
        assert absent not in shown, absent
    assert "<strong>2.5</strong>" in source and 'href="01_distillation.html"' in source
    assert "<div class='output'></div>" not in source
    assert source.count("<math") == 2 and "<msub>" in source
    assert "aria-label='A line &lt;/script&gt; falls.'" in source


def test_a_notebook_that_ended_in_an_error_has_no_page() -> None:
    cell = new_code_cell("1 / 0", outputs=[new_output("error", ename="ZeroDivisionError", evalue="division by zero")])
    with pytest.raises(ValueError, match="00_tour ended in an error: ZeroDivisionError: division by zero"):
        course_pages.page_of(new_notebook(cells=[cell]), "00_tour")


def test_the_gallery_shows_a_figure_and_a_sentence_for_each_example(pages: Path) -> None:
    """Building the page has run them all."""
    source = (pages / "gallery.html").read_text(encoding="utf-8")
    examples = gallery_pages.examples()
    assert len(examples) >= 10 and source.count("class='plot'") == len(examples)
    assert all(len(label) > 40 for label in re.findall(r"class='plot' role='img' aria-label='([^']*)'", source))
    shown = text_of(pages / "gallery.html")
    assert [title for title, _ in map(gallery_pages.title_and_code, examples) if title not in shown] == []


def test_the_glossary_has_every_quantity_that_is_explained(pages: Path) -> None:
    shown = text_of(pages / "glossary.html").replace("’", "'").replace("“", '"').replace("”", '"')
    explained = [each for each in declared().values() if each.definition]
    assert len(explained) > 40
    assert [each.name for each in explained if each.definition.removesuffix(".") not in shown] == []


def test_the_recipes_to_hand_out_are_labs_that_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each cell of the teacher's table makes arms, and names panels that there are."""
    page = (ROOT / ".ci/docs/teacher.md").read_text(encoding="utf-8")
    cells = re.findall(r"\| `(ame_explore\.lab\(.*\))` \|", page)
    made: list[dict[str, Any]] = []

    def live(recipe: Any, **_: Any) -> None:
        made.append(arms_of(recipe, None))
        raise InterruptedError

    monkeypatch.setattr(lab_module, "LiveRun", live)
    for cell in cells:
        with pytest.raises(InterruptedError):
            eval(cell, {"ame_explore": ame_explore})
    assert len(cells) >= 5 and len(made) == len(cells)


class Links(HTMLParser):
    """All that a page refers to, and all that it can be referred to by."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.ids: set[str] = set()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        held = dict(attributes)
        self.ids |= {held["id"]} if held.get("id") else set()
        self.found += [held[name] for name in ("href", "src") if held.get(name) and tag != "base"]


def test_links_resolve_and_nothing_is_loaded_from_elsewhere(pages: Path) -> None:
    read: dict[Path, Links] = {}
    for page in pages.rglob("*.html"):
        read[page] = Links()
        read[page].feed(page.read_text(encoding="utf-8"))
    assert len(read) > 25
    broken = []
    for page, links in read.items():
        for link in links.found:
            parts = urlsplit(link)
            if parts.scheme:
                continue
            target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
            known = read.get(target)
            if not target.exists() or (parts.fragment and known and unquote(parts.fragment) not in known.ids):
                broken.append(f"{page.relative_to(pages)}: {link}")
    assert sorted(set(broken)) == []
    loaded = re.compile(r"<(?:script|img|iframe|link)\b[^>]*(?:src|href)=[\"'](https?:)?//", re.IGNORECASE)
    assert [page.name for page in read if loaded.search(page.read_text(encoding="utf-8"))] == []


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium, or a skip; in CI a failure."""
    sys.path.insert(0, str(ROOT / "tests" / "browser"))
    from notebook_page import QUIET, find_chromium

    found = find_chromium()
    if found is None:
        (pytest.fail if os.environ.get("CI", "").lower() in ("1", "true") else pytest.skip)("no browser here")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=found, args=list(QUIET))
        yield running
        running.close()


WINDOWS = {
    "large": ((1440, 900, "light"), (1280, 720, "dark")),
    "small": ((390, 844, "dark"), (1920, 1080, "dark")),
}


@pytest.mark.parametrize(("first", "then"), WINDOWS.values(), ids=WINDOWS)
def test_it_opens_from_a_folder_at_every_width(
    browser: Any, pages: Path, first: tuple[int, int, str], then: tuple[int, int, str]
) -> None:
    """Without a network: nothing fails to load, nothing is asked of another host, nothing is wider than the window.

    Pages are loaded in the first window, and it takes the size and colours of the second: loading them costs most.
    """
    asked: list[str] = []
    complaints: list[str] = []
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("requestfailed", lambda request: complaints.append(f"{request.url} failed"))
    page.on("request", lambda request: asked.append(request.url))

    def turn_to(window: tuple[int, int, str]) -> None:
        width, height, scheme = window
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme)

    def check_width(name: str) -> None:
        page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        for frame in page.frames:
            overflow = frame.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert overflow <= 0, f"{name} is {overflow} pixels too wide at {page.viewport_size}"

    def check_paper(scheme: str) -> None:
        paper = Image.open(io.BytesIO(page.locator(".plot[data-drawn]").first.screenshot())).getpixel((9, 9))
        assert max(paper[:3]) < 40 if scheme == "dark" else min(paper[:3]) == 255

    for name in ("index", "gallery", "glossary", "teacher", "api/ame_explore.training", "course/00_tour"):
        turn_to(first)
        page.goto((pages / f"{name}.html").as_uri())
        check_width(name)
        if name in ("course/00_tour", "gallery"):
            page.wait_for_selector(".plot[data-drawn] .main-svg")
            check_width(name)
            check_paper(first[2])
        if name == "course/00_tour":
            page.locator("iframe.replay").scroll_into_view_if_needed()
            replay = page.frame_locator("iframe.replay")
            replay.locator("[data-testid=play]").click()
            replay.locator("[data-testid=lab][data-state=finished][data-step='4']").wait_for()
            check_width(name)
        turn_to(then)
        check_width(name)
        if name in ("course/00_tour", "gallery"):
            check_paper(then[2])
    assert complaints == []
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
    context.close()

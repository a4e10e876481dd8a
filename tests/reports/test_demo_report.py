from __future__ import annotations

import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
import pytest

from ame_explore.ame import AMEError
from ame_explore.figures.base.style import Drawing, finish
from ame_explore.reports.demo_report import demo_report, flat, snapshots_of
from ame_explore.reports.demo_results import verdict_sentence
from ame_explore.reports.page import Cell, Code, Section, Table, Terms, write_report
from ame_explore.training import Run

MakeRuns = Callable[..., dict[str, list[Run]]]
SEEN = [
    {"part": "distillation", "images": 20, "labels_used": "no"},
    {"part": "test", "images": 360, "labels_used": "yes"},
]


class Page(HTMLParser):
    """The page's elements and words, without the script that draws."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.data: list[Any] = []
        self._inside = ""
        self.source = path.read_text(encoding="utf-8")
        self.feed(self.source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._inside = "data" if dict(attrs).get("class") == "figure-data" else tag

    def handle_data(self, data: str) -> None:
        if self._inside == "data":
            self.data.append(json.loads(data))
        elif self._inside not in ("script", "style"):
            self.words.append(data)
        self._inside = "" if self._inside == "data" else self._inside

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def small_drawing(sentence: str = "A sentence.") -> Drawing:
    return Drawing(finish(go.Figure(go.Scatter(x=[1, 2], y=[1, 2])), "A title"), sentence)


@pytest.fixture
def report(tmp_path: Path, summary: dict[str, Any], make_runs: MakeRuns) -> Page:
    path = demo_report(tmp_path / "deep" / "report.html", summary=summary, runs=make_runs(), who_has_seen_what=SEEN)
    assert path == tmp_path / "deep" / "report.html"
    return Page(path)


def test_the_report_holds_what_was_asked_of_it(report: Page) -> None:
    text = report.text
    for words in (
        "KD + AME against KD: no difference seen, mean of harmonic means +0.003",
        "over 3 paired seeds",
        "Teacher: 98.7% of test images right",
        "4 shots a class",
        "Which images each part of the experiment has seen",
        "Settings in which the arms differ",
        "ame-explore demo --seeds 3",
        "21000",
        "still do when all 5 must hold at once (Bonferroni)",
        "Do it again",
    ):
        assert words in text, words
    assert len(report.data) == 4
    assert re.search(r"mean of harmonic means 0\.20 0\.550 0\.553 \+0\.003 \[\u2212", text)
    assert "base accuracy 0.20 0.800 0.907 +0.107" in text and "better" in text and "worse" in text


def test_the_report_is_one_file_that_asks_for_nothing(report: Page) -> None:
    assert report.source.count("plotly.js v") == 1
    assert not [
        link for tag in ("script", "img", "iframe", "a") for link in report.all(tag) if "src" in link or "href" in link
    ]
    assert report.all("link") == [{"rel": "icon", "href": "data:,"}]
    policy = next(m["content"] for m in report.all("meta") if m.get("http-equiv") == "Content-Security-Policy")
    assert policy and policy.startswith("default-src 'none'")
    assert "http" not in policy
    assert len(report.source) < 6e6


def test_the_report_is_accessible(report: Page) -> None:
    assert report.all("html") == [{"lang": "en"}]
    assert len(report.all("h1")) == 1 and len(report.all("h2")) >= 5
    assert all(header.get("scope") in ("col", "row") for header in report.all("th"))
    assert len(report.all("caption")) == len(report.all("table"))
    assert len(report.all("figcaption")) == len(report.all("figure")) == 4
    plots = [d for d in report.all("div") if d.get("role") == "img"]
    assert len(plots) == 4 and all(plot["aria-label"] and plot["aria-describedby"] for plot in plots)
    identifiers = [attributes["id"] for _, attributes in report.elements if "id" in attributes]
    assert len(identifiers) == len(set(identifiers))


def test_a_report_of_several_arms_and_of_one_seed(tmp_path: Path, summary: dict[str, Any]) -> None:
    """No Runs at all: the tables stand alone. One seed: no interval is claimed."""
    arms = {arm: {name: values[:1] for name, values in of.items()} for arm, of in summary["arms"].items()}
    arms["feature KD"] = arms["KD"]
    summary |= {"arms": arms, "seeds": [7], "shots": None, "notes": ["The clean protocol."]}
    page = Page(demo_report(tmp_path / "r.html", summary=summary, runs={}, who_has_seen_what=[]))
    assert "KD + AME and 1 more against KD on digits" in page.text
    assert "One seed gives no interval" in page.text and "95% interval" not in page.text
    assert "The clean protocol." in page.text and "1 seed" in page.text and "all images" in page.text
    assert len(page.data) == 1  # the comparison alone


def test_the_verdict_given_stands_above_all(tmp_path: Path, summary: dict[str, Any]) -> None:
    summary["verdict"] = "First line.\nSecond <line>."
    page = Page(demo_report(tmp_path / "r.html", summary=summary, runs={}, who_has_seen_what=[]))
    assert "First line. Second <line>. Results" in page.text


def test_verdict_sentences(summary: dict[str, Any]) -> None:
    arms = summary["arms"]
    assert verdict_sentence(arms, reference="KD", metric="ece").startswith(
        "KD + AME against KD: worse, mean calibration error"
    )
    assert "No arm can be compared with KD" in verdict_sentence(arms, reference="KD", metric="unknown")
    one = {arm: {"harmonic_mean": values["harmonic_mean"][:1]} for arm, values in arms.items()}
    assert "(one paired seed: no interval), so nothing is decided." in verdict_sentence(one, reference="KD")


@pytest.mark.parametrize("part", ["arms", "recipes", "command"])
def test_a_missing_part_of_the_summary_is_named(part: str, tmp_path: Path, summary: dict[str, Any]) -> None:
    del summary[part]
    with pytest.raises(AMEError, match=f"got one without '{part}'"):
        demo_report(tmp_path / "r.html", summary=summary, runs={}, who_has_seen_what=[])
    assert not list(tmp_path.iterdir())


def test_the_panels_of_the_manifold_begin_before_training(make_runs: MakeRuns) -> None:
    assert list(snapshots_of(make_runs())) == ["before training, step 0", "KD, step 4", "KD + AME, step 4"]
    assert snapshots_of({}) == {}


def test_text_is_escaped_everywhere(tmp_path: Path) -> None:
    """A class text, an arm or a note is anyone's: none of it may become markup or end a script."""
    evil = "</script><script>alert(1)</script><img src=x>"
    drawing = small_drawing(evil)
    drawing.figure.data[0].name = evil
    table = Table(evil, [evil, "b"], [[evil, Cell(evil, evil)]], note=evil)
    section = Section(evil, [evil], [table, Terms(evil, {evil: evil}), Code(evil), drawing])
    page = Page(write_report(tmp_path / "r.html", title=evil, verdict=evil, sections=[section], facts=[evil]))
    assert not page.all("img")
    assert len(page.all("script")) == 3  # the data, plotly.js, the script that draws
    assert page.data[0]["data"][0]["name"] == evil
    assert page.text.count("alert(1)") >= 12


def test_a_page_without_figures_carries_no_plotly(tmp_path: Path) -> None:
    path = write_report(tmp_path / "r.html", title="Title", verdict="Verdict", sections=[Section("One", ["Words."])])
    assert path.stat().st_size < 20_000 and not Page(path).all("script")


def test_a_report_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    path = write_report(tmp_path / "r.html", title="First", verdict="Verdict", sections=[])
    with pytest.raises(AMEError, match=r"verdict .*' '"):
        write_report(path, title="Second", verdict=" ", sections=[])
    assert "First" in path.read_text() and [file.name for file in tmp_path.iterdir()] == ["r.html"]


def test_a_row_of_another_length_is_refused() -> None:
    for row, told in ((["only"], "1 in the row 'only'."), ([Cell("only", "x")], "1 in the row 'only'."), ([], "0.")):
        with pytest.raises(AMEError, match=f"'Results' must have 2 cells, got {re.escape(told)}$"):
            Table("Results", ["a", "b"], [row])


def test_flat_names_nested_settings() -> None:
    assert flat({"a": {"b": {"c": 1}}, "d": {}, "e": [1]}) == {"a.b.c": 1, "d": {}, "e": [1]}


def test_an_interval_that_leaves_out_0_shows_it() -> None:
    arms = {"KD": {"ece": [0.0, 0.0, 0.0]}, "other": {"ece": [0.0110, 0.0118, 0.0110]}}

    def sentence() -> str:
        return verdict_sentence(arms, reference="KD", metric="ece")

    assert "+0.011 [+0.010, +0.012]" in sentence()
    # Student's t for two degrees of freedom is 4.3027: 0.0086 - 4.3027 * 0.003 / sqrt(3) = 0.0011.
    arms["other"]["ece"] = [0.0056, 0.0116, 0.0086]
    assert "worse, mean calibration error (ECE) +0.009 [+0.001, +0.016] over 3 paired seeds. Few seeds." in sentence()
    # 0.0086 - 4.3027 * 0.0033 / sqrt(3) = 0.0004, which three decimals would round to 0.
    arms["other"]["ece"] = [0.0053, 0.0119, 0.0086]
    assert "worse, mean calibration error (ECE) +0.009 [+0.0004, +0.0168]" in sentence()


def test_the_intervals_of_all_lines_hold_together() -> None:
    """Of two arms: Student's t for two degrees of freedom and a tail of 0.0125 is 6.2054; times 0.003 / sqrt(3)."""
    other = {"ece": [0.0056, 0.0116, 0.0086]}
    arms = {"KD": {"ece": [0.0, 0.0, 0.0]}, "one": other, "two": other}
    lines = verdict_sentence(arms, reference="KD", metric="ece").splitlines()
    change = "mean calibration error (ECE) +0.009 [-0.002, +0.019] over 3 paired seeds, corrected for 2 comparisons."
    assert [line.replace("−", "-") for line in lines] == [
        f"{arm} against KD: no difference seen, {change} Few seeds." for arm in ("one", "two")
    ]


def test_long_settings_stand_in_the_folded_table_alone(tmp_path: Path, summary: dict[str, Any]) -> None:
    summary["recipes"] = {arm: {"token": f"ame1:{place}" + "x" * 60} for place, arm in enumerate(summary["recipes"])}
    page = Page(demo_report(tmp_path / "r.html", summary=summary, runs={}, who_has_seen_what=[]))
    assert "Settings in which the arms differ" not in page.text
    assert sum(cell.get("class") == "long" for cell in page.all("td")) == 2


def test_settings_of_none_and_lists_are_told_in_words(tmp_path: Path, summary: dict[str, Any]) -> None:
    summary["recipes"] = {"KD": {"omega": 0.0, "events": [], "on": True}, "KD + AME": {"omega": None, "events": [1, 2]}}
    text = Page(demo_report(tmp_path / "r.html", summary=summary, runs={}, who_has_seen_what=[])).text
    assert "omega 0 default" in text and "events – 1, 2" in text and "on yes –" in text

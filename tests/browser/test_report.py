"""What only a browser can show of a report: that it draws, offline, without a complaint."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import plotly.graph_objects as go
import pytest
import torch

from ame_explore.data import PairedFeatures
from ame_explore.figures import Drawing
from ame_explore.figures.base.style import finish, plain
from ame_explore.reports.demo_report import demo_report
from ame_explore.reports.page import Section, write_report
from ame_explore.training import Run

CLASSES = ("a handwritten zero", "a handwritten one", "a handwritten two", "a handwritten three")


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    runs: dict[str, list[Run]] = {}
    for place, arm in enumerate(("KD", "KD + AME")):
        for seed in range(2):
            generator = torch.Generator().manual_seed(seed)
            text, labels = torch.randn(4, 8, generator=generator), torch.arange(24) % 4
            with Run.recorder(folder / f"{place}-{seed}") as record:
                record.note(base_classes=[0, 1])
                for step in range(6):
                    image = step * text[labels] + torch.randn(24, 8, generator=generator)
                    features = PairedFeatures(
                        image=image, text=text, pair_index=labels, ids=torch.arange(24), labels=labels, texts=CLASSES
                    )
                    record.log(
                        losses={"total": 2.0 / (1 + step), "kd": 1.0 / (1 + step), "ame": 1.0, "share.ame": 0.3},
                        metrics={"H_deficit": 1e-3 * (1 + step)},
                        features=features if step in (0, 5) else None,
                    )
            runs.setdefault(arm, []).append(Run.open(folder / f"{place}-{seed}"))
    summary = {
        "command": "ame-explore demo --seeds 2",
        "data": "digits",
        "seeds": [0, 1],
        "shots": 4,
        "reference": "KD",
        "arms": {arm: {"harmonic_mean": [0.5, 0.6], "predictive_entropy": [0.4, 0.5 + len(arm) / 50]} for arm in runs},
        "recipes": {arm: {"omega": 50.0} for arm in runs},
    }
    return demo_report(
        folder / "report.html", summary=summary, runs=runs, who_has_seen_what=[{"part": "test", "images": 24}]
    )


@pytest.mark.parametrize("size", [(1280, 800), (1920, 1080), (390, 844)])
def test_a_report_draws_offline_without_a_complaint(browser: Any, report: Path, size: tuple[int, int]) -> None:
    """No request but for the file itself, nothing on the console, marks in every figure, nothing wider than the
    window.
    """
    complaints: list[str] = []
    asked: list[str] = []
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, offline=True)
    page = context.new_page()
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(report.as_uri())
    page.wait_for_selector("html[data-drawn='4']", timeout=60_000)
    page.mouse.wheel(0, 2000)
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert complaints == []
    marks = page.eval_on_selector_all(
        ".plot", "plots => plots.map(plot => plot.querySelectorAll('.scatterlayer path').length)"
    )
    assert len(marks) == 4 and all(count >= 2 for count in marks)
    points = page.eval_on_selector_all(".plot", "plots => plots.map(plot => plot.querySelectorAll('.point').length)")
    assert points[1] >= 3 * (24 + 4)  # the manifold: images and texts in three panels
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    context.close()


def test_no_label_of_a_figure_is_cut_off(browser: Any, report: Path) -> None:
    """Every text of a figure lies within the figure, at the width of a projector's window."""
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto(report.as_uri())
    page.wait_for_selector("html[data-drawn='4']", timeout=60_000)
    outside = page.evaluate(
        """() => [...document.querySelectorAll('.plot')].flatMap(plot => {
            const frame = plot.getBoundingClientRect();
            return [...plot.querySelectorAll('.main-svg text')].filter(text => {
                const box = text.getBoundingClientRect();
                return box.width && (box.left < frame.left - 1 || box.right > frame.right + 1 || box.top < frame.top - 1
                    || box.bottom > frame.bottom + 1);
            }).map(text => text.textContent);
        })"""
    )
    assert outside == []
    page.close()


def test_a_report_prints(browser: Any, report: Path) -> None:
    """Drawn anew for paper and back for the window, without a complaint."""
    complaints: list[str] = []
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(report.as_uri())
    page.wait_for_selector("html[data-drawn='4']", timeout=60_000)
    width = "document.querySelector('.plot .main-svg').getBoundingClientRect().width"
    before = page.evaluate(width)
    paper = page.pdf(format="A4")
    assert paper.startswith(b"%PDF") and len(paper) > 20_000
    page.wait_for_function(f"{width} === {before}")
    assert complaints == []
    page.close()


NAMES = ("<b>a fox</b>", "R&amp;D & <i>a cat</i>", "%{x} &lt;b&gt; <br>5 < 6")


def test_names_of_users_are_drawn_as_they_stand_everywhere_in_a_figure(browser: Any, tmp_path: Path) -> None:
    """In title, legend, ticks, annotations and hover texts, also after plotly has drawn the figure again."""
    shown = [plain(name) for name in NAMES]
    figure = go.Figure()
    for place, name in enumerate(shown):
        figure.add_trace(
            go.Scatter(
                x=[place], y=[place], name=name, text=[name], mode="markers+text", marker={"size": 60},
                hovertemplate=f"{name}<br>%{{text}}<extra></extra>",
            )
        )  # fmt: skip
        figure.add_annotation(x=place, y=place + 0.5, text=name, showarrow=False)
    finish(figure, shown[0], shown[1], height=700)
    figure.update_xaxes(tickvals=[0, 1, 2], ticktext=shown, title_text=shown[2], range=[-1, 3])
    path = write_report(
        tmp_path / "names.html",
        title="Names",
        verdict="Names.",
        sections=[Section("Names", (), [Drawing(figure, "Names.")])],
    )
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(20_000)
    page.goto(path.as_uri())
    page.wait_for_selector("html[data-drawn]", timeout=60_000)
    plot = page.locator(".js-plotly-plot")

    def words(place: str) -> list[str]:
        return [one.replace("\u200b", "") for one in plot.locator(place).all_text_contents()]

    for size in (14, 15):
        plot.evaluate("(plot, size) => Plotly.relayout(plot, { 'legend.font.size': size })", size)
        for place in (".legendtext", ".xtick text", ".annotation-text", ".scatterlayer text"):
            assert words(place) == list(NAMES), place
        assert [words(place) for place in (".gtitle", ".gtitle-subtitle", ".xtitle")] == [[name] for name in NAMES]
    plot.evaluate("(plot) => Plotly.Fx.hover(plot, [{ curveNumber: 1, pointNumber: 0 }])")
    plot.locator(".hoverlayer .nums").wait_for()
    assert words(".hoverlayer .nums") == [2 * NAMES[1]]
    assert plot.locator("tspan[style*='bold'], tspan[style*='italic']").count() == 0
    page.close()

"""The tour as a reader runs it in JupyterLab: all cells at once, then saved with everything that they show."""

from __future__ import annotations

import json
from pathlib import Path

from lab_page import Lab

TOUR = Path(__file__).parents[2] / "notebooks" / "00_tour.ipynb"
ERROR = ".jp-RenderedText[data-mime-type='application/vnd.jupyter.error']"
MOST = 1_500_000  # bytes, of which the slider's map of pictures takes a quarter


def test_the_tour_runs_weighs_little_and_its_lab_plays(jupyter, module_notebook):
    """Run all cells: nothing fails, the page can be used meanwhile, and the lab plays afterwards. Saved, it weighs less
    than 1.5 MB, although JupyterLab keeps a PNG of every Plotly figure that it draws.
    """
    source = TOUR.read_text(encoding="utf-8")
    assert source.count("SEEDS = 5 ") == 1
    saved = jupyter.root / "tour.ipynb"
    # Two seeds are quicker; only the figure of the changes then has fewer marks, 8 faint dots and not 20.
    saved.write_text(source.replace("SEEDS = 5 ", "SEEDS = 2 "), encoding="utf-8")
    opened = module_notebook("tour", None, (1280, 900))
    page = opened.page
    page.evaluate(
        """() => {
            window.ranAll = false;
            window.jupyterapp.commands.execute("notebook:run-all-cells").finally(() => { window.ranAll = true; });
        }"""
    )
    page.locator(".jp-OutputArea .js-plotly-plot .main-svg").first.wait_for(timeout=120_000)
    page.locator("#jp-MainMenu").get_by_text("View", exact=True).click()
    page.locator(".lm-Menu").first.wait_for()
    page.keyboard.press("Escape")
    assert not page.evaluate("() => window.ranAll")
    page.wait_for_function("() => window.ranAll", timeout=300_000)
    assert page.locator(ERROR).count() == 0
    slider = page.locator(".jp-CodeCell", has_text="browse(maps.at")
    slider.locator(".noUi-handle").press("ArrowLeft")
    slider.get_by_text("After 70 steps").wait_for()
    lab = Lab(opened)
    lab.root.scroll_into_view_if_needed()
    lab.wait("paused")
    assert lab.step == 0
    opened.command("docmanager:save")
    notebook = json.loads(saved.read_text(encoding="utf-8"))
    assert "widgets" not in notebook["metadata"]
    assert all(cell["execution_count"] for cell in notebook["cells"] if cell["cell_type"] == "code")
    drawn = [output.get("data", {}) for cell in notebook["cells"] for output in cell.get("outputs", [])]
    assert sum("image/png" in data for data in drawn) >= 3  # what Run All left to be seen when it is opened again
    assert saved.stat().st_size < MOST
    lab.press("play")
    lab.wait_step(5)

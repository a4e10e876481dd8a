"""The cockpit of a lab on a notebook's page, as a person would use it: by its buttons, fields and pictures."""

from __future__ import annotations

import importlib.resources
from typing import Any

from notebook_page import NotebookPage
from playwright.sync_api import TimeoutError

SETUP = """
import torch
torch.set_num_threads(1)
from ame_explore import Recipe, lab
"""
TWO_ARMS = 'shown = lab({"KD": Recipe(omega=0), "KD + AME": Recipe(omega=5.0)})\nshown'
# The rules of WCAG 2 and axe-core's own best practices, for what is inside `place`.
AXE = """async place => {
    const found = await axe.run(place, {resultTypes: ["violations"]});
    return found.violations.map(one => `${one.id} (${one.impact}): ${one.help}: `
        + one.nodes.slice(0, 3).map(node => node.html.slice(0, 160)).join(" | "));
}"""


class Lab:
    """One lab of the page: `Lab(notebook)` is the first."""

    def __init__(self, notebook: NotebookPage, place: int = 0) -> None:
        self.notebook, self.page, self.place = notebook, notebook.page, place
        self.root = notebook.page.locator("[data-testid=lab]").nth(place)

    def part(self, name: str) -> Any:
        """The element with this data-testid."""
        return self.root.locator(f"[data-testid='{name}']")

    @property
    def state(self) -> str:
        return str(self.root.get_attribute("data-state"))

    @property
    def step(self) -> int:
        """The step that is shown."""
        return int(self.root.get_attribute("data-step"))

    def wait(self, *states: str, timeout: float = 90_000) -> None:
        """Until the lab is in one of these states; the first wait may include the teacher's training."""
        self.until("({dataset}, states) => states.includes(dataset.state)", list(states), timeout)

    def wait_step(self, step: int, timeout: float = 30_000) -> None:
        """Until at least this step is shown."""
        self.until("({dataset}, step) => Number(dataset.step) >= step", step, timeout)

    def until(self, condition: str, given: object, timeout: float = 30_000) -> None:
        """Wait for condition(element, given), checked in the browser at every animation frame.

        Fails at once, with what the lab says, when the lab has failed and that is not what is waited for.
        """
        self.root.wait_for(timeout=timeout)
        # Found anew at each frame: JupyterLab may render a cell's output again.
        found = "document.querySelectorAll(\"[data-testid='lab']\")[place]"
        try:
            met = self.page.wait_for_function(
                f"([place, given]) => {{ const root = {found}; return root && (({condition})(root, given) ? 'met' "
                ": root.dataset.state === 'failed' && 'failed'); }",
                arg=[self.place, given],
                timeout=timeout,
            )
        except TimeoutError as error:
            shown = self.root.evaluate("root => ({...root.dataset})")
            raise AssertionError(
                f"{condition} with {given} not met in {timeout / 1000:g} s; the lab: {shown}"
            ) from error
        assert met.json_value() == "met", f"the lab failed: {self.part('error').inner_text()}"

    def look_at(self) -> None:
        """Scroll it to the window's top: a lab out of sight draws nothing, and one above it grows with its findings."""
        self.root.evaluate("root => root.scrollIntoView()")

    def press(self, name: str) -> None:
        self.part(name).click()

    def open(self, panel: str) -> None:
        """Open the tab of a panel."""
        self.part(f"tab-{panel}").click()
        self.until("(root, tab) => root.querySelector(`[data-testid=${tab}][aria-selected=true]`)", f"tab-{panel}")

    def set_number(self, name: str, value: str) -> None:
        """Type a value into a number box and leave it."""
        self.part(name).fill(value)
        self.part(name).press("Enter")

    def complaints(self) -> list[str]:
        """What axe-core finds wrong in the lab."""
        if not self.page.evaluate("() => 'axe' in window"):
            folder = importlib.resources.files("axe_playwright_python")
            self.page.evaluate((folder / "axe.min.js").read_text(encoding="utf-8"))
        return list(self.page.evaluate(AXE, self.root.element_handle()))

"""The live lab in JupyterLab, as a person meets it: each test is one story on one notebook.

Time is not asserted, only the order of events; how fast things are is for the benchmarks to say.
"""

from __future__ import annotations

import json

from lab_page import SETUP, TWO_ARMS, Lab

SIZE = (1600, 2000)  # the whole lab in one window, for the pictures
LONG = TWO_ARMS.replace("omega=0", "omega=0, steps=50_000").replace("omega=5.0", "omega=5.0, steps=50_000")
SELECTED = "print(*shown.live.selection.drop_duplicates('id')['id'])"


def test_play_pause_step_and_a_storm_of_presses(open_notebook):
    """Play: numbers move. Pause: they stop. One step is one step; fifty presses in a second do no harm."""
    notebook = open_notebook("play", [SETUP, LONG, "print('the next cell ran')"], size=SIZE)
    notebook.run_all()
    assert "the next cell ran" in notebook.output(2).inner_text()  # the lab holds nothing up, its teacher neither
    lab = Lab(notebook)
    lab.wait("paused", timeout=200_000)
    assert lab.step == 0
    assert 0 < notebook.largest("comm_open") < 200_000
    lab.open("delta")
    lab.press("play")
    lab.wait("playing")
    lab.wait_step(5)
    before = lab.part("delta").inner_text()
    lab.until("(root, before) => root.querySelector('[data-testid=delta]').innerText !== before", before)
    lab.press("play")
    lab.wait("paused")
    stopped = lab.step
    notebook.page.wait_for_timeout(500)
    assert lab.step == stopped > 5
    assert notebook.python("print(shown.live.view().step, shown.live.view().state)") == f"{stopped} paused"
    lab.press("step-one")
    lab.wait_step(stopped + 1)
    assert lab.part("delta").locator("tbody tr").count() >= 3
    lab.press("epoch")
    lab.wait_step(stopped + 2)
    lab.wait("paused")
    assert lab.step == int(notebook.python("print(shown.live.view().step)"))
    lab.notebook.screenshot("stepped", lab.root)

    button = lab.part("play").element_handle()
    notebook.page.evaluate(
        """async button => {
            for (let press = 0; press < 50; press += 1) {
                button.click();
                await new Promise(resolve => setTimeout(resolve, 20));
            }
        }""",
        button,
    )
    state = notebook.python("shown.live.settle(20); print(shown.live.state)")  # after what is on its way
    assert state in ("playing", "paused")
    lab.wait(state)
    if state == "playing":
        lab.press("play")
    lab.wait("paused")
    settled = lab.step
    notebook.page.wait_for_timeout(500)
    assert (lab.state, lab.step) == ("paused", settled)
    assert notebook.python("print(shown.live.view().step, shown.live.view().state)") == f"{settled} paused"
    lab.press("play")
    lab.wait_step(settled + 5)
    threads = notebook.python(
        "import threading; n = threading.active_count(); shown.live.close(); print(n - threading.active_count())"
    )
    assert int(threads) >= 1  # the worker has gone
    lab.wait("closed")


def test_back_in_time_and_a_fork(open_notebook):
    """Scrub to a recorded step, fork there with another omega, and see three branches; nothing recorded is lost."""
    notebook = open_notebook("fork", [SETUP, LONG], size=SIZE)
    notebook.run_all()
    lab = Lab(notebook)
    lab.wait("paused")
    lab.press("play")
    lab.wait_step(40)
    lab.press("play")
    lab.wait("paused")
    head = lab.step
    scrubber = lab.part("scrubber")
    scrubber.evaluate("(range, step) => { range.value = step; range.dispatchEvent(new Event('input')); }", 20)
    lab.until("({dataset}) => Number(dataset.step) <= 20 && Number(dataset.step) > 0", None)
    looked = lab.step
    steps = notebook.python("print(*[arm.step for arm in shown.live.result().arms.values()])")
    assert steps == f"{head} {head}"  # looking back does not touch the run
    notebook.screenshot("looking-back", lab.root)
    lab.press("fork")
    lab.part("fork-field").select_option("omega")
    lab.part("fork-value").fill("0.5")
    lab.press("fork-go")
    lab.until("(root) => root.querySelectorAll('[data-testid=branches] [role=listitem]').length === 3", None)
    arms = "[(a.name, a.parent, a.fork_step) for a in shown.live.view().arms]"
    arms = json.loads(notebook.python(f"import json; print(json.dumps({arms}))"))
    assert arms[2][1] in {name for name, _, _ in arms[:2]} and arms[2][2] == looked
    lab.wait_step(looked + 10)
    if lab.state == "playing":
        lab.press("play")
    lab.wait("paused")
    notebook.screenshot("forked", lab.root)


def test_a_selection_in_one_view_is_everyones(open_notebook):
    """A lasso around half of a manifold: ids in every view, in the table, and in Python with all their columns."""
    notebook = open_notebook("lasso", [SETUP, TWO_ARMS], size=SIZE)
    notebook.run_all()
    lab = Lab(notebook)
    lab.wait("paused")
    lab.open("selection")
    lab.part("manifold-0").scroll_into_view_if_needed()
    box, mouse = lab.part("manifold-0").bounding_box(), notebook.page.mouse
    corners = [(0.02, 0.02), (0.5, 0.02), (0.5, 0.98), (0.02, 0.98), (0.02, 0.05)]
    mouse.move(box["x"] + corners[0][0] * box["width"], box["y"] + corners[0][1] * box["height"])
    mouse.down()
    for x, y in corners[1:]:
        mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=6)
    mouse.up()
    lab.part("selection").locator("tbody tr").first.wait_for()
    ids = [int(one) for one in notebook.python(SELECTED).split()]
    assert len(ids) > 20
    assert int(notebook.python("print(len(shown.live.selection))")) == 2 * len(ids)  # a row for each arm
    columns = set(notebook.python("print(*shown.live.selection.columns)").split())
    assert {"id", "caption", "label", "prediction", "entropy", "thumbnail"} <= columns
    listed = [int(text) for text in lab.part("selection").locator("tbody td:nth-child(2)").all_inner_texts()]
    assert listed and set(listed) <= set(ids)
    notebook.screenshot("selected", lab.root)
    lab.press("clear-selection")
    lab.part("clear-selection").wait_for(state="hidden")
    notebook.wait_for_python(SELECTED, "")


def test_break_it_and_read_the_diagnosis(open_notebook):
    """omega = 50 from scratch makes one row of the manifold count; the diagnosis says so in words."""
    notebook = open_notebook("break", [SETUP, "shown = lab(Recipe(steps=400))\nshown"], size=SIZE)
    notebook.run_all()
    lab = Lab(notebook)
    lab.wait("paused")
    assert "collapse" not in lab.part("diagnosis").text_content()
    lab.open("breaks")
    switch = lab.root.locator("[data-testid^='break-']").filter(has_text="50").first
    switch.click()
    lab.until("(root) => root.querySelector('[role=switch][aria-checked=true][data-testid^=break]') !== null", None)
    lab.open("diagnosis")
    lab.press("play")
    told = lab.part("diagnosis").locator("[data-level=warn], [data-level=alarm]").filter(has_text="collapse")
    told.first.wait_for(timeout=90_000)
    notebook.screenshot("broken", lab.root)


def test_dials_of_one_arm_and_what_is_refused(open_notebook):
    """Each arm's dial shows its own value; what is refused does not stay; nothing is dropped unasked."""
    notebook = open_notebook("one-arm", [SETUP, TWO_ARMS], size=SIZE)
    notebook.run_all()
    lab = Lab(notebook)
    lab.wait("paused")
    for step in (1, 2):
        lab.press("step-one")
        lab.wait_step(step)
    assert lab.part("caption").inner_text() == "Step 2."
    omega = lab.part("dial-omega")
    assert omega.input_value() == "5"
    lab.part("dial-arm").select_option("KD")
    assert omega.input_value() == "0"
    omega.fill("-4")
    omega.press("Enter")
    lab.part("note").get_by_text("omega").wait_for()
    lab.until("(root) => root.querySelector('[data-testid=dial-omega]').value === '0'", None)
    omega.fill("3")
    omega.press("Shift+Enter")
    notebook.page.wait_for_timeout(1500)
    assert lab.step == 2 and omega.input_value() == "3", "the cell was not run again"
    assert notebook.python("print(shown.live.recipes['KD'].at(2).omega)") == "3"

    lab.press("fork")
    lab.part("fork-arm").select_option("KD")
    assert lab.part("fork-value").input_value() == "3" and lab.part("fork-step").inner_text() == "at step 2"
    notebook.screenshot("fork-form", lab.root)
    lab.part("fork-value").press("Escape")
    assert lab.part("fork-form").is_hidden()
    lab.open("recipe")
    lab.part("restore-token").fill(lab.part("recipe-token").input_value())
    lab.press("restore")
    assert "All 2 arms as they are at step 2, with 1 turned dial, would be lost" in lab.part("sure").inner_text()
    lab.press("keep")
    assert lab.step == 2 and lab.part("branches").locator("> *").count() == 2


def test_a_recipe_is_copied_into_a_second_notebook(open_notebook):
    """Play, turn a dial, play to the end; the token in another notebook's lab gives the same curves, bit for bit."""
    curves = (
        "import hashlib; print(*[hashlib.sha256(bytes(a.series[t]['y'])).hexdigest() "
        "for a in shown.live.view().arms for t in ('total', 'harmonic_mean')])"
    )
    first = open_notebook("first", [SETUP, "shown = lab(Recipe(steps=40))\nshown"], size=SIZE)
    first.run_all()
    lab = Lab(first)
    lab.wait("paused")
    for _ in range(3):
        lab.press("step-one")
    lab.wait_step(3)
    lab.set_number("dial-omega", "7")
    lab.until("(root) => root.querySelector('[data-testid=dial-omega]').value === '7'", None)
    first.page.wait_for_timeout(300)
    lab.press("play")
    lab.wait("finished")
    lab.open("recipe")
    token = lab.part("recipe-token").input_value()
    assert token.startswith("ame1:")
    events = f"[(event.step, event.field, event.value) for event in Recipe.from_token({token!r}).events]"
    assert first.python(f"print({events})") == "[(3, 'omega', 7)]"
    wanted = first.python(curves)
    second = open_notebook("second", [SETUP, f"shown = lab({token!r})\nshown"])
    second.run_all()
    again = Lab(second)
    again.wait("paused")
    again.press("play")
    again.wait("finished")
    assert second.python(curves) == wanted
    again.open("recipe")
    assert again.part("recipe-token").input_value() == token


def test_a_worker_that_raises_and_the_lab_beside_it(open_notebook):
    """The error is shown in its lab and raised by result(); the second lab of the notebook goes on."""
    failing = """
from ame_explore import Distillation
one, two = lab(Recipe(steps=50_000)), lab(Recipe(steps=50_000, seed=1))
from IPython.display import display
display(one, two)
"""
    notebook = open_notebook("two-labs", [SETUP, failing], size=SIZE)
    notebook.run_all()
    first, second = Lab(notebook), Lab(notebook, 1)
    first.wait("paused")
    second.wait("paused")
    first.press("play")
    first.wait_step(3)
    assert second.step == 0
    second.look_at()
    second.press("play")
    second.wait_step(3)
    first.press("play")
    first.wait("paused")
    notebook.python(
        """
def fail(self):
    raise RuntimeError("the disk is full of numbers")
kept = Distillation.__next__
Distillation.__next__ = lambda self: fail(self) if self.recipe.seed == 0 else kept(self)
"""
    )
    first.press("play")
    first.wait("failed")
    assert "the disk is full of numbers" in first.part("error").inner_text()
    notebook.screenshot("failed", first.root)
    raised = notebook.python("try:\n    one.live.result()\nexcept RuntimeError as error:\n    print('raised:', error)")
    assert "raised: the disk is full of numbers" in raised
    going = second.step
    second.look_at()
    second.wait_step(going + 5)
    assert second.part("error").is_hidden()
    notebook.python("Distillation.__next__ = kept")  # the next test has this kernel


def test_a_tab_that_comes_back_and_a_kernel_that_restarts(open_notebook):
    """The run goes on while nobody looks and is all there on return; after a restart the cell gives a new lab."""
    notebook = open_notebook("back", [SETUP, LONG])
    notebook.run_all()
    lab = Lab(notebook)
    lab.wait("paused")
    lab.press("play")
    lab.wait_step(5)
    before = lab.step
    notebook.close_tab()
    notebook.page.wait_for_timeout(1000)
    notebook.open_tab()
    lab = Lab(notebook)
    lab.wait("playing", "finished")
    lab.wait_step(before + 1)
    lab.press("play")
    lab.wait("paused")
    notebook.page.reload()
    notebook.wait_for_kernel()
    lab = Lab(notebook)
    lab.wait("paused")
    assert lab.step == int(notebook.python("print(shown.live.view().step)"))
    notebook.page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    notebook.wait_for_kernel()
    notebook.run_all()
    lab = Lab(notebook)
    lab.wait("paused")
    lab.press("step-one")
    lab.wait_step(1)


def test_everyone_can_use_it(open_notebook):
    """Keys drive the run; in either theme axe-core finds nothing, and Tab reaches every control, each with a name and
    a visible focus.
    """
    notebook = open_notebook("access", [SETUP, LONG], size=SIZE)
    notebook.command("apputils:change-theme", {"theme": "JupyterLab Dark"})
    notebook.run_all()
    lab = Lab(notebook)
    lab.wait("paused")
    lab.part("step-one").focus()
    keys = notebook.page.keyboard
    keys.press("s")
    lab.wait_step(1)
    keys.press("k")
    lab.wait("playing")
    lab.wait_step(25)
    keys.press("k")
    lab.wait("paused")
    head = lab.step
    keys.press("[")
    lab.until("({dataset}, head) => Number(dataset.step) < head", head)
    keys.press("l")
    lab.until("({dataset}, head) => Number(dataset.step) === head", head)
    assert lab.part("said").locator("p").count() >= 1
    keys.press("[")
    lab.until("({dataset}, head) => Number(dataset.step) < head", head)
    lab.part("live-head").focus()
    keys.press("l")  # disables the control that has the focus: the lab holds it, and gives it back
    lab.until("(root) => document.activeElement === root", None)
    keys.press("[")
    lab.until("(root) => document.activeElement === root.querySelector('[data-testid=live-head]')", None)
    keys.press("l")
    lab.until("({dataset}, head) => Number(dataset.step) === head", head)
    keys.press("s")
    lab.wait_step(head + 1)
    for theme in ("Dark", "Light"):  # the lab was made in the first, and follows to the second
        notebook.command("apputils:change-theme", {"theme": f"JupyterLab {theme}"})
        lab.until("({dataset}, theme) => dataset.theme === theme", theme.lower())
        notebook.screenshot(theme.lower(), lab.root)
        assert lab.complaints() == []
        reached, unseen = walk(lab)
        assert unseen == []
        wanted = set(
            lab.root.evaluate(
                """root => [...root.querySelectorAll("button, input, select, summary, [tabindex='0']")]
                    .filter(one => !one.disabled && one.checkVisibility() && one.dataset.testid)
                    .filter(one => one.type !== "radio" && one.tabIndex >= 0)
                    .map(one => one.dataset.testid)"""
            )
        )
        assert wanted <= reached, f"not reached by Tab: {sorted(wanted - reached)}"
    keys.press("Escape")
    tables = lab.root.locator("[data-testid^='table-toggle-']")
    assert tables.count() >= 3
    tables.first.click()
    assert lab.root.locator("[data-testid^='table-']:not(button) tbody tr").first.is_visible()


def walk(lab):
    """Press Tab from the first control on: (test ids that were reached, those without a name or a visible focus)."""
    reached, unseen = set(), []
    lab.part("play").focus()
    for _ in range(200):
        found = lab.page.evaluate(
            """() => {
                const node = document.activeElement, style = getComputedStyle(node);
                const name = node.getAttribute("aria-label") || node.innerText || node.labels?.[0]?.innerText;
                const outline = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
                return {
                    inside: node.closest("[data-testid=lab]") !== null,
                    id: node.dataset.testid ?? node.outerHTML.slice(0, 120),
                    name: Boolean(name?.trim()),
                    ring: outline || style.boxShadow !== "none",
                };
            }"""
        )
        if not found["inside"]:
            break
        reached.add(found["id"])
        if not (found["name"] and found["ring"]):
            unseen.append(found)
        lab.page.keyboard.press("Tab")
    return reached, unseen

"""What a lab does beside playing: predictions, restored recipes, hidden and locked controls, interrupts, and a cell
that is run again.

The labs stand in one notebook on one kernel, each in a cell of its own.
"""

from __future__ import annotations

import json

import pytest
from lab_page import SETUP, Lab

SIZE = (1600, 2000)  # the whole lab in one window, for the pictures
STAGE = "import os, threading\nfrom ame_explore.training import Stage\nstage = Stage.for_recipe(Recipe())"
ASKED = """
asked = lab({"KD": Recipe(omega=0, steps=40), "KD + AME": Recipe(omega=5.0, steps=40)}, predict=True, stage=stage)
asked
"""
LOCKED = """
show = ["transport", "timeline", "manifold", "recipe", "omega", "learning_rate", "tau"]
locked = lab(Recipe(steps=40), show=show, lock=["omega", "epoch", "reset", "fork"], stage=stage)
locked
"""
RESTORED = "restored = lab(Recipe(steps=40), stage=stage)\nrestored"
STEERED = "steered = lab(Recipe(steps=200, schedule='constant'), stage=stage)\nsteered"
LONG = "shown = lab(Recipe(steps=50_000), stage=stage)\nshown"
WAIT = "print('waiting')\nshown.live.wait()"
RESULT = """
os.environ["AME_HEADLESS"] = "1"
print("waiting")
try:
    shown.result()
finally:
    del os.environ["AME_HEADLESS"]
"""
SABOTAGED = """
from ame_explore.widgets import Exercise
asked_for = Exercise(fault="shuffled_pairs", arm="A", questions={"What told you?": []}, minutes=5)
two = Recipe(steps=60)
sabotaged = lab({"A": two, "B": two}, exercise=asked_for, stage=stage)
sabotaged
"""
CELLS = [SETUP + STAGE, ASKED, LOCKED, RESTORED, STEERED, LONG, WAIT, RESULT, SABOTAGED]
WORKERS = "sum(one.name == 'ame_explore lab' for one in threading.enumerate())"


@pytest.fixture(scope="module")
def notebook(module_notebook):
    """The notebook, its first cell run."""
    opened = module_notebook("modes", CELLS, SIZE)
    run(opened, CELLS[0])
    return opened


def run(notebook, cell):
    """Run one cell, to its end."""
    choose(notebook, cell)
    notebook.command("notebook:run-cell", timeout=200_000)


def choose(notebook, cell):
    place = f"window.jupyterapp.shell.currentWidget.content.activeCellIndex = {CELLS.index(cell)}"
    notebook.page.evaluate(f"() => {{ {place}; }}")


def lab_of(notebook, cell):
    """Run the cell; its lab, ready. The others are put out of the page."""
    notebook.command("notebook:clear-all-cell-outputs")
    run(notebook, cell)
    lab = Lab(notebook)
    lab.wait("paused")
    lab.root.scroll_into_view_if_needed()
    return lab


def state_of(notebook, name):
    told = f"import json; state = {name}.live.view(); print(json.dumps([state.state, state.step, state.prediction]))"
    return json.loads(notebook.python(f"{name}.live.settle(30); {told}"))


def test_predict_then_run(notebook):
    """Play is locked until every question has an answer; then it runs, and the answers stand beside what happened."""
    lab = lab_of(notebook, ASKED)
    locked = [lab.part(name) for name in ("play", "step-one", "epoch")]
    assert all(control.is_disabled() for control in locked)
    notebook.screenshot("asked", lab.root)
    assert lab.complaints() == []
    lab.part("reset").focus()
    for key in ("k", "s", "e"):
        notebook.page.keyboard.press(key)
    said = notebook.python("asked.live.play(); asked.live.settle(10); print(asked.live.view().note)")
    assert "predict first" in said
    assert state_of(notebook, "asked")[:2] == ["paused", 0]

    questions = lab.root.locator("[data-testid^='predict-']")
    names = [one.get_attribute("data-testid") for one in questions.all()]
    assert names == ["predict-H", "predict-new_accuracy", "predict-better", "predict-sketch"]
    lab.part("predict-H").get_by_label("falls").check()
    lab.press("commit")
    note = lab.root.locator(".ame-predict form > p")
    assert "Still open" in note.inner_text() and "accuracy" in note.inner_text()
    lab.part("predict-new_accuracy").get_by_label("rises").check()
    lab.part("predict-better").get_by_label("no difference").check()
    draw(lab)
    notebook.screenshot("answered", lab.root)
    lab.press("commit")
    lab.until("(root) => !root.querySelector('[data-testid=play]').disabled", None)
    answers = state_of(notebook, "asked")[2]["answers"]
    sketch = answers.pop("sketch")
    assert answers == {"H": "falls", "new_accuracy": "rises", "better": "no difference"}
    assert len(sketch) == 11 and sketch == sorted(sketch) and sketch[0] < 0.2 and sketch[-1] > 0.8
    assert lab.part("commit").is_hidden()
    assert lab.part("predict-H").get_by_label("rises").is_disabled()
    assert lab.part("predict-H").get_by_label("falls").is_checked()

    lab.press("play")
    lab.wait("finished")
    outcomes = lab.root.locator(".ame-predict .ame-outcome")
    lab.until("(root) => root.querySelectorAll('.ame-outcome:not([hidden])').length === 4", None)
    happened = state_of(notebook, "asked")[2]["outcome"]
    for name, shown in zip(("H", "new_accuracy", "better", "sketch"), outcomes.all_inner_texts(), strict=True):
        assert happened[name]["text"] in shown
        assert shown[0] == {True: "✓", False: "✗", None: "Y"}[happened[name]["right"]]
    notebook.screenshot("happened", lab.root)
    assert lab.complaints() == []


def draw(lab):
    """Sketch with the pointer, from the lower left to the upper right; then lift the last place with the keyboard."""
    canvas, mouse = lab.part("predict-sketch").locator("canvas"), lab.page.mouse
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    mouse.move(box["x"] + 2, box["y"] + 0.9 * box["height"])
    mouse.down()
    for tenth in range(1, 11):
        mouse.move(box["x"] + 0.1 * tenth * box["width"] - 2, box["y"] + (0.9 - 0.07 * tenth) * box["height"], steps=3)
    mouse.up()
    canvas.focus()
    for key in ["ArrowRight"] * 10 + ["ArrowUp"]:
        lab.page.keyboard.press(key)


def test_hidden_and_locked(notebook):
    """What is not shown is not there; what is locked cannot be used by pointer, keyboard or a message of the page."""
    lab = lab_of(notebook, LOCKED)
    panels = lab.root.locator("section:visible").evaluate_all("all => all.map(one => one.getAttribute('aria-label'))")
    assert panels == ["Dials", "Shared manifold", "Recipe"], panels
    assert lab.root.locator("[data-testid^='dial-']:visible").count() == 3
    for name in ("dial-tau", "dial-omega", "epoch", "reset", "fork"):
        assert lab.part(name).is_disabled(), name
    sliders = lab.root.get_by_label("slider").all()
    assert [one.is_disabled() for one in sliders] == [True, True, False]
    assert "no effect: “feature distance” compares features, not logits" in lab.root.locator(".ame-idle").inner_text()
    assert lab.part("dial-learning_rate").is_enabled() and lab.part("step-one").is_enabled()
    lab.press("step-one")
    lab.wait_step(1)
    tokens = "print(*[recipe.token() for recipe in locked.live.recipes.values()])"
    before = notebook.python(tokens)
    for key in ("r", "e", "f"):
        notebook.page.keyboard.press(key)
    assert state_of(notebook, "locked")[:2] == ["paused", 1]
    assert not lab.part("fork-form").is_visible()
    notebook.screenshot("locked", lab.root)
    # A page that was tampered with: what its controls would send, past them.
    for name, args in (
        ("set", {"field": "omega", "value": 3, "arm": None}),
        ("epoch", {}),
        ("reset", {}),
        ("fork", {"step": 0, "field": None, "value": None, "arm": None}),
    ):
        send(notebook, name, args)
        assert state_of(notebook, "locked")[:2] == ["paused", 1], name
        assert notebook.python(tokens) == before, name
    lab.part("note").get_by_text("omega is locked").wait_for()
    send(notebook, "set", {"field": "learning_rate", "value": 0.003, "arm": None})
    assert notebook.python(tokens) != before  # such messages do arrive


def send(notebook, name, args):
    """Send a command to the locked lab as its page does, and wait until it was followed."""
    comm = notebook.python("print(locked.cockpit.comm.comm_id)")
    notebook.page.evaluate(
        """([comm_id, name, args]) => {
            const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
            const content = {type: "command", name, args, page: "tampered", t: 0};
            const header = {msg_id: crypto.randomUUID(), msg_type: "comm_msg", session: kernel.clientId, username: "",
                version: "5.3", date: new Date().toISOString()};
            kernel.sendShellMessage({header, parent_header: {}, metadata: {}, buffers: [], channel: "shell",
                content: {comm_id, data: {method: "custom", content}}});
        }""",
        [comm, name, args],
    )
    notebook.python("locked.live.settle(30)")


def test_restore(notebook):
    """A token from elsewhere is restored, steering included; a broken one is refused in words and costs nothing."""
    lab = lab_of(notebook, RESTORED)
    lab.press("step-one")
    lab.wait_step(1)
    lab.open("recipe")
    mine = lab.part("recipe-token").input_value()
    token = notebook.python(
        "other = Recipe(steps=60, omega=7, seed=3).with_event(20, 'tau', 2.0); print(other.token())"
    )
    lab.part("restore-token").fill(token[:-4] + "AAAA")
    lab.press("restore")
    lab.part("note").wait_for()
    assert "token must be complete" in lab.part("note").inner_text()
    assert lab.part("restore-refused").inner_text() == lab.part("note").inner_text()  # beside the button, too
    assert lab.part("error").is_hidden() and (lab.state, lab.step) == ("paused", 1)
    assert lab.part("recipe-token").input_value() == mine
    notebook.screenshot("not-restored", lab.root)
    lab.part("restore-token").fill(f"  {token} ")
    lab.part("restore-token").press("Enter")
    lab.until("(root, mine) => root.querySelector('[data-testid=recipe-token]').value !== mine", mine)
    shown = lab.part("recipe-token").input_value()
    lab.press("copy-lab")
    lab.until("root => root.querySelector('[data-testid=lab-token]').value.startsWith('lab1:')", None)
    assert lab.part("lab-token").input_value() == notebook.python("print(restored.token)")
    told = notebook.python(
        f"now = Recipe.from_token({shown!r}); print(now.steps, now.omega, now.seed, now.events == other.events)"
    )
    assert told == "60 7 3 True"
    assert (lab.state, lab.step) == ("paused", 0)
    assert lab.part("note").is_hidden()
    assert "of 60" in lab.part("step").inner_text()
    assert lab.part("dial-omega").input_value() == "7"


def test_an_exercise_hides_the_fault_until_the_answers_are_given(notebook):
    """A learner plays, answers, and then sees what was hidden; a token brings the answers to the teacher."""
    lab = lab_of(notebook, SABOTAGED)
    hidden = ("dials", "breaks", "diagnosis", "recipe", "one_step")
    assert all(lab.part(f"tab-{name}").count() == 0 for name in hidden) and lab.part("first-finding").is_hidden()
    assert "5:00 left" in lab.part("exercise-clock").inner_text()
    whole = lab.root.evaluate("root => root.textContent + root.innerHTML")
    assert "A was sabotaged" not in whole and "ame1:" not in whole
    assert lab.complaints() == []
    lab.press("play")
    lab.wait("finished")
    notebook.screenshot("exercise", lab.root)
    lab.until("root => !root.querySelector('[data-testid=exercise-clock]').textContent.startsWith('5:00')", None)
    lab.part("answer-who").get_by_label("A", exact=True).check()
    lab.part("answer-what").get_by_label("label noise in the teacher").check()
    lab.part("answer-What told you?").fill("one curve falls")
    lab.press("exercise-answer")
    lab.part("exercise-told").wait_for()
    assert "A was sabotaged: shuffled pairs." in lab.part("exercise-told").inner_text()
    outcomes = lab.root.locator("[data-testid=exercise] .ame-outcome:not([hidden])").all_inner_texts()
    assert [one[0] for one in outcomes] == ["✓", "✗"]
    stopped = lab.part("exercise-clock").inner_text()
    assert all(lab.part(f"tab-{name}").count() == 1 for name in hidden)  # now it can be looked into
    lab.open("breaks")
    assert lab.root.locator(".ame-break[aria-checked=true]").all_inner_texts()[0].startswith("shuffled pairs")
    lab.open("exercise")
    notebook.screenshot("exercise-told", lab.root)
    token = lab.part("exercise-token").input_value()
    told = notebook.python(
        f"from ame_explore.widgets import Answers; one = Answers.from_token({token!r}); "
        "given = sabotaged.result().answers; "
        "print(one.given == given.given, one.right, one.late)"
    )
    assert told == "True {'who': True, 'what': False} False"
    notebook.page.wait_for_timeout(1200)
    assert lab.part("exercise-clock").inner_text() == stopped


def test_what_was_steered_is_marked_looked_back_at_and_not_dropped_unasked(notebook):
    """A turned dial leaves its mark; looking back shows the dials of then; beginning anew asks before forks go."""
    lab = lab_of(notebook, STEERED)
    for command in ("step(30)", "set('reading', 'predictive')", "step(30)", "set('omega', 3.0)", "step(30)"):
        notebook.python(f"steered.live.{command}; steered.live.settle(60)")
    lab.wait_step(90)
    marks = lab.part("branches").locator("b").evaluate_all("all => all.map(one => one.title)")
    assert marks == ["reading predictive from step 30 on", "ω 3 from step 60 on"]
    lab.part("curves").select_option("entropy")
    rows = lab.root.locator("[data-term=rows_that_count] .ame-values")
    assert rows.inner_text() == "–"  # the predictive reading has none
    notebook.screenshot("steered", lab.root)

    lab.part("scrubber").focus()
    scrub(lab, 29)
    assert lab.part("state").inner_text() == "Looking back"
    assert lab.root.locator("[data-term=rows_that_count] .ame-values").inner_text() != "–"
    assert lab.part("dial-reading").input_value() == '"rows"' and lab.part("dial-omega").input_value() == "50"
    assert all(lab.part(name).is_disabled() for name in ("dial-reading", "dial-omega"))
    lab.open("breaks")
    assert lab.part("break-teacher_noise").is_disabled()
    lab.open("dials")
    assert lab.part("caption").inner_text().startswith("Step 20 of 200.")
    lab.press("fork")
    repeats = lab.root.locator(".ame-repeats")
    assert "reading predictive from step 30 on" in repeats.inner_text() and "ω 3" not in repeats.inner_text()
    notebook.screenshot("looking-back", lab.root)
    lab.part("fork-value").fill("8")
    lab.press("fork-go")
    lab.wait("finished", timeout=60_000)
    assert lab.part("dial-omega").is_enabled()

    before = state_of(notebook, "steered")
    notebook.page.wait_for_timeout(700)  # a press sooner than that was meant as a pause
    for press in ("play", "reset"):
        lab.press(press)
        assert "1 fork and 2 turned dials would be lost" in lab.part("sure").inner_text()
        notebook.screenshot("sure", lab.root)
        assert lab.complaints() == []
        notebook.page.keyboard.press("Enter")  # the first button keeps them
        assert lab.part("sure").is_hidden()
        assert state_of(notebook, "steered") == before
    lab.press("reset")
    lab.press("drop")
    lab.wait("paused")
    assert lab.step == 0 and lab.part("branches").locator("> *").count() == 1
    lab.press("step-one")
    lab.wait_step(1)
    lab.part("play").focus()
    notebook.page.keyboard.press("r")  # nothing is lost: no question
    lab.until("({dataset}) => dataset.step === '0'", None)
    notebook.page.keyboard.press("s")  # the lab has kept the focus
    lab.wait_step(1)


def scrub(lab, step):
    lab.part("scrubber").evaluate(
        "(one, step) => { one.value = step; one.dispatchEvent(new Event('input', {bubbles: true})); }", step
    )
    lab.until("({dataset}, step) => Number(dataset.step) === step", step)


def test_an_interrupt_harms_nothing(notebook):
    """Interrupt the kernel while the lab plays, and while a cell waits for its end: it plays on and can be paused."""
    lab = lab_of(notebook, LONG)
    lab.press("play")
    lab.wait_step(5)
    notebook.command("notebook:interrupt-kernel")
    goes_on_and_pauses(lab)
    for cell in (WAIT, RESULT):
        lab.press("play")
        lab.wait("playing")
        choose(notebook, cell)
        notebook.page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-cell'); }")
        output = notebook.output(CELLS.index(cell))
        output.get_by_text("waiting").wait_for()
        assert "[*]" in notebook.page.locator(".jp-CodeCell").nth(CELLS.index(cell)).inner_text()  # it waits
        notebook.command("notebook:interrupt-kernel")
        output.get_by_text("KeyboardInterrupt").first.wait_for()
        lab.root.scroll_into_view_if_needed()
        goes_on_and_pauses(lab)


def goes_on_and_pauses(lab):
    now = lab.step
    lab.wait_step(now + 5)
    lab.press("play")
    lab.wait("paused")
    told = lab.notebook.python("print(shown.live.view().step, shown.live.view().state)")
    assert told == f"{lab.step} paused"


def test_a_cell_that_is_run_again(notebook):
    """The lab that it made before is closed, its thread gone, what it learned there; the new one plays."""
    lab = lab_of(notebook, LONG)
    lab.press("play")
    lab.wait_step(5)
    before = int(notebook.python(f"old = shown; print({WORKERS})"))
    run(notebook, LONG)
    assert int(notebook.python(f"print({WORKERS})")) == before
    assert notebook.page.locator("[data-testid=lab]").count() == 1
    told = notebook.python(
        "print(old.live.state, old.live._engine.thread.is_alive(), old.result().arms['KD + AME'].step)"
    )
    state, alive, step = told.split()
    assert (state, alive) == ("closed", "False") and int(step) >= 5
    lab.wait("paused")
    assert lab.step == 0
    lab.press("play")
    lab.wait_step(5)

"""The live lab in JupyterLab and Chromium, against a Plotly FigureWidget that is fed by a thread."""

from __future__ import annotations

import atexit
import functools
import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from harness import Figure, Unavailable

sys.path.insert(0, str(Path(__file__).parents[1] / "browser"))

from notebook_page import QUIET, NotebookPage, find_chromium, notebook_page
from serving import Server, serve

WEBGL = "--enable-unsafe-swiftshader"  # the peer's scattergl needs it where there is no graphics card
STAGE = """
import threading, time
import numpy as np
import torch
torch.set_num_threads(1)
from ame_explore import Distillation, Recipe
from ame_explore.training import Stage
recipe = Recipe(steps=100_000, schedule="constant")
stage = Stage.for_recipe(recipe)
"""
OUR_TRAINING = """
from ame_explore.widgets import lab
shown = lab(recipe, stage=stage)
shown
"""
NOW = "print(shown.live.view().step, time.perf_counter())"
BARE = """
from ame_explore.widgets.lab.arms import METRICS_EVERY, RECORD_EVERY, SHARES_EVERY
loop = Distillation(
    recipe, stage=stage, shares_every=SHARES_EVERY, metrics_every=METRICS_EVERY, features_every=RECORD_EVERY
)

def bare(seconds):
    started, steps = time.perf_counter(), 0
    while time.perf_counter() - started < seconds:
        next(loop)
        steps += 1
    return steps / (time.perf_counter() - started)
"""
# The points of every step in a frozen basis and the curve of the loss, as one would write it with Plotly alone.
PEER_TRAINING = """
import ipywidgets, plotly.graph_objects as go
from plotly.subplots import make_subplots
play, pause = ipywidgets.Button(description="play"), ipywidgets.Button(description="pause")
state = ipywidgets.Label("paused")
figure = go.FigureWidget(make_subplots(1, 2))
figure.add_scatter(mode="markers", row=1, col=1)
figure.add_scatter(mode="lines", row=1, col=2)
stop = threading.Event()

def work():
    state.value, basis, losses = "playing", None, []
    for step in Distillation(recipe, stage=stage, features_every=1):
        image = step.features.image.numpy()
        if basis is None:
            basis = np.linalg.svd(image - image.mean(0), full_matrices=False)[2][:2].T
        losses.append(step.losses.get("total", np.nan))
        x, y = (image @ basis).T.astype("float32")
        with figure.batch_update():
            figure.data[0].x, figure.data[0].y = x, y
            figure.data[1].x = np.arange(len(losses), dtype="float32")
            figure.data[1].y = np.asarray(losses, dtype="float32")
        if stop.is_set():
            break
    state.value = "paused"

play.on_click(lambda _: threading.Thread(target=work, daemon=True).start())
pause.on_click(lambda _: stop.set())
ipywidgets.VBox([ipywidgets.HBox([play, pause, state]), figure])
"""
# Seconds from a press until `seen()` holds in a frame of the browser; null after 60.
LATENCY = """([press, seen]) => new Promise(resolve => {
    const started = performance.now(), holds = new Function("return " + seen);
    const look = () => {
        const taken = (performance.now() - started) / 1000;
        if (holds()) resolve(taken);
        else if (taken > 60) resolve(null);
        else requestAnimationFrame(look);
    };
    document.querySelector(press).click();
    requestAnimationFrame(look);
})"""
POINTS = """
import threading, time
import numpy as np
N = 20_000
rng = np.random.default_rng(0)
labels = (np.arange(N) % 10).astype("int32")
angle = 2 * np.pi * labels / 10
frames = [
    (np.stack([np.cos(angle), np.sin(angle)], 1) * t / 24 + rng.normal(size=(N, 2)) / 4).astype("float32")
    for t in range(24)
]
entropy = rng.uniform(0, 2, size=N).astype("float32")
"""
OUR_POINTS = """
from ame_explore.widgets.lab.cockpit import Cockpit
from ame_explore.widgets.runtime.messages import ArmState, LabState, Manifold
names = [f"class {c}" for c in range(10)]
anchors = np.stack([np.cos(np.arange(10) * 0.628), np.sin(np.arange(10) * 0.628)], 1).astype("float32")
cockpit = Cockpit(show=["manifold"])
cockpit.scene({"ids": np.arange(N, dtype="int32"), "labels": labels, "base": np.arange(10) < 5, "class_names": names,
               "captions": names, "extent": [-2.0, 2.0, -2.0, 2.0]})
going, n = threading.Event(), 0

def one():
    global n
    n += 1
    manifold = Manifold(step=n, points=frames[n % 24], anchors=anchors, prediction=labels, entropy=entropy)
    arm = ArmState(name="KD", label="KD", step=n, manifold=manifold)
    cockpit.frame(LabState(state="playing", step=n, steps=100_000, arms=[arm]))

cockpit.on_demand(lambda: going.is_set() and one())
one()
cockpit
"""
IMAGES = """
from ame_explore.widgets.lab.atlas import atlas
N = 2000
labels, entropy = labels[:N], entropy[:N]
frames = [points[:N] for points in frames]
pictures = rng.integers(0, 256, size=(N, 32, 32, 3), dtype=np.uint8)
"""
PEER_POINTS = """
import plotly.graph_objects as go
figure = go.FigureWidget(go.Scattergl(mode="markers", marker=dict(color=labels, size=4, colorscale="Viridis")))
figure.update_layout(height=500, xaxis_range=[-2, 2], yaxis_range=[-2, 2])
figure.data[0].x, figure.data[0].y = frames[0].T
n = 0

def work(seconds):
    global n
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        n += 1
        with figure.batch_update():
            figure.data[0].x, figure.data[0].y = frames[n % 24].T
        time.sleep(1 / 20)

figure
"""
# Frames a second: a frame counts in the animation frame after it was drawn, once.
RATE = """([seconds, setup, now]) => new Promise(resolve => {
    new Function(setup)();
    const value = new Function("return " + now);
    let last = value(), count = 0;
    const started = performance.now();
    const look = () => {
        const next = value(), taken = (performance.now() - started) / 1000;
        if (next !== last) { last = next; count += 1; }
        if (taken < seconds) requestAnimationFrame(look);
        else resolve(count / taken);
    };
    requestAnimationFrame(look);
})"""
COUNT_PLOTS = """window.plots = 0;
document.querySelector(".js-plotly-plot").on("plotly_afterplot", () => { window.plots += 1; });"""


def pause_latency(*, smoke: bool) -> Figure:
    """From the press on pause, after some seconds at full speed, until the browser shows that it is paused."""
    rounds, before = (1, 0.5) if smoke else (3, 3.0)
    taken: dict[str, list[float]] = {"ours": [], "peer": []}
    for turn in range(rounds):
        with page(f"pause-ours-{turn}", [STAGE, OUR_TRAINING]) as notebook:
            notebook.page.locator("[data-testid=lab][data-state=paused]").wait_for(timeout=120_000)
            notebook.page.locator("[data-testid=play]").click()
            notebook.page.locator("[data-testid=lab][data-state=playing]").wait_for()
            notebook.page.wait_for_timeout(1000 * before)
            seen = "document.querySelector('[data-testid=lab]').dataset.state === 'paused'"
            taken["ours"].append(latency(notebook, "[data-testid=play]", seen))
        with page(f"pause-peer-{turn}", [STAGE, PEER_TRAINING]) as notebook:
            notebook.page.locator(".js-plotly-plot .main-svg").first.wait_for()
            notebook.page.locator("button.jupyter-button", has_text="play").click()
            notebook.page.locator(".widget-label", has_text="playing").wait_for()
            notebook.page.wait_for_timeout(1000 * before)
            seen = "[...document.querySelectorAll('.widget-label')].some(l => l.textContent === 'paused')"
            taken["peer"].append(latency(notebook, "button.jupyter-button:nth-of-type(2)", seen))
    ours, peer = (statistics.median(taken[who]) for who in ("ours", "peer"))
    note = (
        f"seconds from the press to 'paused' on the page, {before} s into training at full speed, against a thread "
        f"that updates a FigureWidget at every step; worst of ours {max(taken['ours']):.2f}; {rounds} rounds"
    )
    return Figure("pause_latency", ours, peer, peer / ours, "s", note)


STROKE = """place => new Promise(resolve => {
    const probe = document.querySelector("[data-testid=probe]"), pad = document.querySelector("[data-testid=pad]");
    const box = pad.getBoundingClientRect(), before = probe.dataset.answered, started = performance.now();
    const at = (kind, x, y) => pad.dispatchEvent(new PointerEvent(kind, {bubbles: true, pointerId: 1, buttons: 1,
        clientX: box.left + x * box.width, clientY: box.top + y * box.height}));
    at("pointerdown", 0.1 + 0.8 * place, 0.2);
    at("pointermove", 0.1 + 0.8 * place, 0.8);
    at("pointerup", 0.1 + 0.8 * place, 0.8);
    const look = () => {
        const taken = (performance.now() - started) / 1000;
        if (probe.dataset.answered !== before) resolve(taken);
        else if (taken > 60) resolve(null);
        else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
})"""
PROBED_TRAINING = """
from ame_explore.widgets import lab
pair = {"KD": Recipe(omega=0.0, steps=100_000, schedule="constant"), "KD + AME": recipe}
shown = lab(pair, stage=stage)
shown
"""


def probe_latency(*, smoke: bool) -> Figure:
    """From a pen's stroke to the moved mark and the answers of all arms, while two arms train at full speed."""
    rounds, strokes, wanted = (1, 2, 0.1) if smoke else (5, 12, 0.1)
    taken: list[float] = []
    kept: list[float] = []
    with page("probe", [STAGE, PROBED_TRAINING]) as notebook:
        lab = notebook.page.locator("[data-testid=lab]")
        lab.and_(notebook.page.locator("[data-state=paused]")).wait_for(timeout=120_000)
        notebook.page.locator("[data-testid=pad]").evaluate("pad => pad.scrollIntoView({block: 'center'})")
        notebook.page.locator("[data-testid=play]").evaluate("play => play.click()")
        lab.and_(notebook.page.locator("[data-state=playing]")).wait_for()
        for _ in range(rounds):
            paces = []
            for drawing in (False, True):
                started = notebook.python(NOW).split()
                for place in range(strokes):
                    if drawing:
                        found = notebook.page.evaluate(STROKE, (place + 0.5) / strokes)
                        assert found is not None, "no answer within 60 s"
                        taken.append(float(found))
                    notebook.page.wait_for_timeout(400)
                ended = notebook.python(NOW).split()
                paces.append((int(ended[0]) - int(started[0])) / (float(ended[1]) - float(started[1])))
            kept.append(paces[1] / paces[0])
            notebook.page.locator("[data-testid=probe-clear]").evaluate("button => button.click()")
    ours = statistics.median(taken)
    note = (
        f"seconds from a stroke on the pad to the moved mark and the answers of the teacher and both arms, which train "
        f"at full speed, against the {wanted:g} s that are wanted; worst {max(taken):.2f}; while they follow each "
        f"other, 0.4 s apart, training keeps {statistics.median(kept):.2f} of its pace; {rounds} rounds of "
        f"{strokes} strokes"
    )
    return Figure("probe_latency", ours, wanted, wanted / ours, "s", note)


def frames_20k(*, smoke: bool) -> Figure:
    """20,000 points that move: frames drawn a second."""
    rounds, seconds = (1, 1.0) if smoke else (3, 5.0)
    drawn: dict[str, list[float]] = {"ours": [], "peer": []}
    with page("frames-ours", [POINTS, OUR_POINTS]) as ours, page("frames-peer", [POINTS, PEER_POINTS]) as peer:
        ours.page.locator("[data-testid=manifold-0]").scroll_into_view_if_needed()
        peer.page.locator(".js-plotly-plot").scroll_into_view_if_needed()
        for _ in range(rounds):
            ours.page.bring_to_front()
            ours.python("going.set(); one()")
            ours.page.wait_for_timeout(1000)
            number = "document.querySelector('[data-testid=lab]').dataset.frame"
            drawn["ours"].append(ours.page.evaluate(RATE, [seconds, "", number]))
            ours.python("going.clear()")
            peer.page.bring_to_front()
            peer.python(f"threading.Thread(target=work, args=({seconds} + 1,)).start()")
            peer.page.wait_for_timeout(1000)
            drawn["peer"].append(peer.page.evaluate(RATE, [seconds, COUNT_PLOTS, "window.plots"]))
            settle(peer)
    rates = {who: statistics.median(found) for who, found in drawn.items()}
    note = (
        f"frames a second of 20,000 moving points, software drawing, against a FigureWidget (scattergl) that is "
        f"offered 20 a second; worst of ours {min(drawn['ours']):.1f}; {rounds} rounds of {seconds} s"
    )
    return Figure(
        "frames_20k", rates["ours"], rates["peer"], rates["ours"] / max(rates["peer"], 1e-9), "frames/s", note
    )


def thumbnails_2000(*, smoke: bool) -> Figure:
    """2,000 points that move, drawn as images of 32 x 32 pixels: frames drawn a second, against the 15 wanted."""
    rounds, seconds = (1, 1.0) if smoke else (3, 5.0)
    wanted = 15.0
    scene = '"extent": [-2.0, 2.0, -2.0, 2.0]'
    with_images = OUR_POINTS.replace(scene, f'{scene}, "thumbnails": atlas(pictures), "show_images": True')
    drawn: list[float] = []
    with page("thumbnails", [POINTS + IMAGES, with_images]) as ours:
        panel = ours.page.locator("[data-testid=manifold-0]")
        ours.page.locator("[data-testid=lab]").evaluate("lab => lab.scrollIntoView()")  # out of sight it draws nothing
        for _ in range(rounds):
            ours.python("going.set(); one()")
            ours.page.locator("[data-testid=manifold-0][data-points=images]").wait_for(timeout=30_000)
            ours.page.wait_for_timeout(1000)
            number = "document.querySelector('[data-testid=lab]').dataset.frame"
            drawn.append(ours.page.evaluate(RATE, [seconds, "", number]))
            assert panel.get_attribute("data-points") == "images"
            ours.python("going.clear()")
    rate = statistics.median(drawn)
    note = (
        f"frames a second of 2,000 moving points drawn as images, software drawing, against the {wanted:g} that are "
        f"wanted; worst {min(drawn):.1f}; {rounds} rounds of {seconds} s"
    )
    return Figure("thumbnails_2000", rate, wanted, rate / wanted, "frames/s", note)


def training_while_drawing(*, smoke: bool) -> Figure:
    """Steps a second with the lab in view, against a bare loop over the same `Distillation`."""
    rounds, seconds = (1, 1.0) if smoke else (11, 4.0)
    rates: dict[str, list[float]] = {"ours": [], "peer": []}
    with page("training", [STAGE, OUR_TRAINING, BARE]) as notebook:
        lab = notebook.page.locator("[data-testid=lab]")
        lab.scroll_into_view_if_needed()
        for _ in range(rounds):
            notebook.page.locator("[data-testid=lab][data-state=paused]").wait_for()
            notebook.page.locator("[data-testid=play]").click()
            notebook.page.locator("[data-testid=lab][data-state=playing]").wait_for()
            started = notebook.python(NOW).split()
            frame = int(lab.get_attribute("data-frame"))
            notebook.page.wait_for_timeout(1000 * seconds)
            ended = notebook.python(NOW).split()
            drawn = "frame => Number(document.querySelector('[data-testid=lab]').dataset.frame) > frame"
            notebook.page.wait_for_function(drawn, arg=frame)  # on a busy machine a second may pass without a frame
            steps, taken = int(ended[0]) - int(started[0]), float(ended[1]) - float(started[1])
            rates["ours"].append(steps / taken)
            notebook.page.locator("[data-testid=play]").click()
            notebook.page.locator("[data-testid=lab][data-state=paused]").wait_for()
            rates["peer"].append(float(notebook.python(f"print(bare({seconds}))", timeout=60_000)))
    ours, peer = (statistics.median(rates[who]) for who in ("ours", "peer"))
    note = (
        f"steps a second of a lab in view, all panels, training at full speed, against a bare loop over the same "
        f"Distillation in the same kernel, one thread each; {rounds} rounds of {seconds} s in turn, the ratio is the "
        "median of theirs"
    )
    ratio = statistics.median(a / b for a, b in zip(rates["ours"], rates["peer"], strict=True))
    return Figure("training_while_drawing", ours, peer, ratio, "steps/s", note)


def latency(notebook: NotebookPage, press: str, seen: str) -> float:
    found = notebook.page.evaluate(LATENCY, [press, seen])
    if found is None:
        raise AssertionError(f"{notebook.name}: not seen within 60 s")
    return float(found)


def settle(notebook: NotebookPage) -> None:
    """Wait until what is queued is drawn."""
    before = None
    while (now := notebook.page.evaluate("window.plots")) != before:
        before = now
        notebook.page.wait_for_timeout(700)


@contextmanager
def page(name: str, cells: list[str]) -> Iterator[NotebookPage]:
    """A page whose cells have been run; its kernel ends with it."""
    server, browser, folder = session()
    server.write(name, cells)
    with notebook_page(browser, server, name, folder) as notebook:
        notebook.run_all()
        yield notebook
    server.stop_kernels(name)


@functools.cache
def session() -> tuple[Server, Any, Path]:
    """One server and one browser for all figures; raises `Unavailable` where there is no browser."""
    found = find_chromium()
    if found is None:
        raise Unavailable("no browser: install Chromium, or name one in CHROMIUM")
    from playwright.sync_api import sync_playwright

    stack = ExitStack()
    atexit.register(stack.close)
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    server = stack.enter_context(serve(folder))
    driver = stack.enter_context(sync_playwright())
    browser = driver.chromium.launch(executable_path=found, args=[*QUIET, WEBGL])
    stack.callback(browser.close)
    return server, browser, folder

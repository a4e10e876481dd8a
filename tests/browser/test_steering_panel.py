"""The steering panel in JupyterLab, and a training loop in a process of its own."""

from __future__ import annotations

import subprocess
import sys

import pytest

LOOP = """
import sys
import time

import torch
from torch import nn

from ame_explore import AMELoss
from ame_explore.training import Knob, Run, Steering

generator = torch.Generator().manual_seed(0)
texts, images, teacher = (torch.randn(n, 16, generator=generator) for n in (10, 64, 64))
student, ame = nn.Linear(16, 16), AMELoss(image_dim=16, text_dim=16, omega=0.5)
optimizer = torch.optim.SGD([*student.parameters(), *ame.parameters()], lr=0.05)
knobs = {"omega": Knob.of(ame, "omega", low=0, high=100), "lr": Knob.of(optimizer, "lr", low=0, high=1)}
steering = Steering(knobs=knobs, checkpoint=lambda step: f"step-{step}.pt")
with Run.recorder(sys.argv[1], steer=steering, durable=False) as record:
    for step in range(100_000):
        features = student(images)
        kd, term = (features - teacher).square().mean(), ame(image=features, text=texts)
        optimizer.zero_grad()
        (kd + term).backward()
        optimizer.step()
        record.log(losses={"total": kd + term, "kd": kd, "ame": term})
        time.sleep(0.02)
"""
PANEL = """
from ame_explore.widgets import SteeringPanel

panel = SteeringPanel({path!r})
panel
"""


@pytest.fixture
def loop(tmp_path):
    """The folder of a run that another process records until the test ends."""
    path = tmp_path / "clip"
    process = subprocess.Popen([sys.executable, "-c", LOOP, str(path)], stderr=subprocess.DEVNULL)
    yield path
    process.terminate()
    process.wait(20)


def test_a_person_steers_a_loop_in_another_process(open_notebook, loop):
    until_there = (
        f"import time, pathlib\nwhile not pathlib.Path({str(loop / 'steering.json')!r}).exists(): time.sleep(0.1)"
    )
    notebook = open_notebook("steering", [until_there, PANEL.format(path=str(loop))], size=(1280, 900))
    notebook.run_all()
    output = notebook.output(1)
    output.locator("text=Running, last seen at step").first.wait_for(timeout=60_000)
    output.locator(".js-plotly-plot").first.wait_for(timeout=60_000)
    omega = output.get_by_label("omega")
    omega.fill("5")
    omega.press("Enter")
    output.locator("text=omega was 0.5 and is 5.0.").first.wait_for(timeout=30_000)
    omega.fill("1000")
    omega.press("Enter")
    output.locator("text=omega must be a finite number >= 0 and <= 100").first.wait_for(timeout=30_000)
    assert omega.input_value() == "5"  # back to what the loop has
    output.get_by_role("button", name="Pause").click()
    output.locator("text=Paused after step").first.wait_for(timeout=30_000)
    output.get_by_role("button", name="Checkpoint").click()
    output.locator("text=.pt.").first.wait_for(timeout=30_000)
    output.get_by_label("branch").fill("five")
    output.get_by_role("button", name="Branch").click()
    output.locator("text=append=True").first.wait_for(timeout=30_000)
    notebook.screenshot("paused", output)
    output.get_by_role("button", name="Resume").click()
    output.locator("text=Running, last seen at step").first.wait_for(timeout=30_000)
    told = notebook.python(
        "from ame_explore import Run\n"
        f"run = Run.open({str(loop)!r})\nprint(run.requests['outcome'].tolist(), run.losses['total'].notna().all())"
    )
    assert told.startswith("['applied', 'refused', 'applied', 'applied', 'applied'") and told.endswith("True")


BLOCKING = """
import threading
from ame_explore.training import Run

def train():
    with Run.recorder({path!r}, steer=True, durable=False) as record:
        for step in range(1_000_000):
            record.log(losses={{"total": 1.0 / (step + 1)}})
            if stop.wait(0.02):
                break

stop = threading.Event()
thread = threading.Thread(target=train)
thread.start()
while not __import__("pathlib").Path({path!r}, "steering.json").exists():
    stop.wait(0.05)
"""


def test_a_loop_in_a_thread_of_the_same_notebook(open_notebook, tmp_path):
    path = str(tmp_path / "same")
    notebook = open_notebook("same", [BLOCKING.format(path=path), PANEL.format(path=path)], size=(1280, 720))
    notebook.run_all()
    output = notebook.output(1)
    output.get_by_role("button", name="Pause").click()
    output.locator("text=Paused after step").first.wait_for(timeout=60_000)
    output.get_by_role("button", name="Step").click()
    output.locator("text=Does one step after step").first.wait_for(timeout=60_000)
    output.get_by_role("button", name="Resume").click()
    output.locator("text=Running, last seen at step").first.wait_for(timeout=60_000)
    assert notebook.python("stop.set(); thread.join(10); print(thread.is_alive())") == "False"
    output.locator("text=This run has ended.").first.wait_for(timeout=60_000)

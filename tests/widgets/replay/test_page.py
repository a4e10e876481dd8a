"""`replay_page`: what a page holds is what was recorded, and one bad run never costs the others."""

from __future__ import annotations

import base64
import json
import re
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn import functional as F
from typer.testing import CliRunner

import ame_explore
from ame_explore.ame import AMEError
from ame_explore.apps import cli, replay_terminal
from ame_explore.data import PairedFeatures
from ame_explore.training import Recipe, Run
from ame_explore.widgets.replay.html_file import MOST_ARMS, replay_page
from ame_explore.widgets.replay.recorded import RecordedArm, common_axes

HOSTILE = '</script><img src=x onerror="document.title=1">{{ 1234 * 5678 }}'
KINDS = {"f4": "<f4", "i4": "<i4", "i2": "<i2", "u1": "u1"}


def played(page: Path) -> Any:
    """What the page plays, as its script reads it."""
    found = re.search(r'id="recorded">([^<]*)</script>', page.read_text(encoding="utf-8"))
    assert found is not None
    whole = zlib.decompress(base64.b64decode(found[1]))
    (length,) = struct.unpack("<I", whole[:4])
    header = json.loads(whole[4 : 4 + length])
    buffers, at = [], 4 + length
    for size in header["sizes"]:
        buffers.append(whole[at : at + size])
        at += size
    assert at == len(whole)

    def plain(tree: Any) -> Any:
        if isinstance(tree, list):
            return [plain(one) for one in tree]
        if isinstance(tree, dict) and "buffer" in tree:
            return np.frombuffer(buffers[tree["buffer"]], KINDS[tree["dtype"]]).reshape(tree["shape"])
        return {name: plain(one) for name, one in tree.items()} if isinstance(tree, dict) else tree

    return plain(header["tree"])


def placed(stored: np.ndarray, box: list[float]) -> np.ndarray:
    low, high = np.array([box[0], box[2]]), np.array([box[1], box[3]])
    return low + (stored.astype(np.float64) + 32767) / 65534 * (high - low)


@pytest.fixture
def runs(make_runs: Callable[..., dict[str, list[Run]]]) -> dict[str, Run]:
    return {arm: seeds[0] for arm, seeds in make_runs(seeds=1).items()}


def test_it_plays_what_was_recorded(runs: dict[str, Run], tmp_path: Path) -> None:
    made = replay_page(tmp_path / "replay.html", list(runs.values()))
    assert made.arms == ("0-0", "1-0") and made.left_out == ()  # these runs have no names of their own
    found = played(made.path)
    run = runs["KD + AME"]
    assert found["moments"] == [0, 1, 2, 3, 4] and found["steps"] == 4
    series = found["arms"][1]["series"]
    assert series["kd"]["x"].tolist() == [1, 2, 3, 4]
    assert series["kd"]["y"] == pytest.approx(run.losses["kd"].to_numpy())
    assert series["harmonic_mean"]["x"].tolist() == [0, 2, 4]
    # The ambiguous images are left out, as in a lab, and every other image is where its features are.
    scene, picture = found["scene"], found["pictures"][1][-1]
    assert sorted(scene["ids"].tolist()) == list(range(30)) and scene["class_names"][2] == "a handwritten two"
    assert scene["base"].tolist() == [1, 1, 0, 0] and picture["step"] == 4
    features = run.features(4)
    basis, explained = common_axes([RecordedArm(name, one) for name, one in runs.items()])
    rows = F.normalize(features.image[torch.from_numpy(scene["ids"].astype(np.int64))], dim=1)
    width = found["box"][1] - found["box"][0]
    assert np.abs(placed(picture["points"], found["box"]) - basis.transform(rows)).max() < 1e-4 * width
    assert "of the variance of the last recorded features" in found["explained"] == explained
    logits = 20.0 * rows @ F.normalize(features.text, dim=1).T
    assert picture["prediction"].tolist() == logits.argmax(1).tolist()
    entropy = torch.distributions.Categorical(logits=logits).entropy().numpy()
    shares = (picture["entropy"].astype(np.float64) + 32767) / 65534
    assert shares * found["most_entropy"] == pytest.approx(entropy, abs=1e-4)
    # In words, at every step.
    told = found["told"][3]
    scores = "harmonic mean 0.500, entropy H 2.000"
    assert told["caption"] == f"Step 3 of 4. 0-0: {scores}; 1-0: {scores}."
    assert found["findings"][told["findings"]][0]["text"]
    changes = {row[0]: row[1:] for row in found["told"][4]["rows"]}
    assert len(changes["distillation loss (KD)"]) == 2  # one for each arm


def test_a_lab_is_replayed_in_its_own_frame_with_its_pictures(stage: Any, tmp_path: Path) -> None:
    recipe = Recipe(data="digits", host="projector", steps=4, batch_size=8, shots=2, omega=1.0)
    recipe = recipe.with_event(2, "omega", 3.0)
    made = ame_explore.lab(
        {"KD": recipe.with_event(0, "omega", 0.0), "KD + AME": recipe}, stage=stage, record=tmp_path / "lab"
    )
    made.live.play()
    made.live.wait(60)
    canvas, view = made.live._engine.canvas, made.live.view()
    made.close()
    written = replay_page(tmp_path / "replay.html", tmp_path / "lab")
    assert written.arms == ("KD", "KD + AME")
    found = played(written.path)
    assert canvas is not None and found["scene"]["ids"].tolist() == canvas.ids.tolist()
    live = next(arm.manifold for arm in view.arms if arm.name == "KD + AME")
    assert live is not None
    stored = found["pictures"][1][-1]
    assert placed(stored["points"], found["box"]) == pytest.approx(live["points"], abs=1e-3)
    assert (stored["prediction"] == live["prediction"]).mean() > 0.99  # a tie may fall either way
    assert "the teacher's features" in found["explained"]
    assert found["scene"]["references"] == made.live.scene()["references"]
    assert found["arms"][1]["turns"][-1]["text"] == "ω 3"
    assert found["scene"]["thumbnails"]["count"] == len(canvas.ids)
    assert found["told"][-1]["rows"] == view.delta["rows"]


def test_one_unusable_run_costs_only_itself(runs: dict[str, Run], tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with Run.recorder(tmp_path / "bare") as bare:
        bare.log(0, losses={"kd": 1.0})
    with Run.recorder(tmp_path / "other") as other:
        other.log(0, features=PairedFeatures(image=torch.eye(8)[:5], text=torch.eye(8)[:5], labels=torch.arange(5)))
    with Run.recorder(tmp_path / "widths") as widths:
        widths.log(0, features=PairedFeatures(image=torch.eye(8)[:5], text=torch.eye(6)[:5]))
    bad = [tmp_path / name for name in ("nowhere", "empty", "bare", "other", "widths")]
    made = replay_page(tmp_path / "replay.html", [runs["KD"], *bad])
    assert made.arms == ("0-0",) and len(made.left_out) == 5
    for sentence, words in zip(
        made.left_out,
        ("does not exist", "is not a Run", "no features to draw", "one space", "other classes than 0-0"),
        strict=True,
    ):
        assert words in sentence, sentence
    assert all(sentence.split(":")[0] in made.path.read_text(encoding="utf-8") for sentence in made.left_out[:1])
    with pytest.raises(AMEError, match="no features to draw"):
        replay_page(tmp_path / "none.html", tmp_path / "bare")
    with pytest.raises(AMEError, match=f"at most {MOST_ARMS}"):
        replay_page(tmp_path / "none.html", [runs["KD"]] * 7)
    with pytest.raises(AMEError, match="got int"):
        replay_page(tmp_path / "none.html", [3])  # type: ignore[list-item]
    assert not (tmp_path / "none.html").exists()


def test_hostile_words_stay_words(tmp_path: Path) -> None:
    texts = (HOSTILE, "b")
    labels = torch.arange(8) % 2
    features = PairedFeatures(
        image=torch.randn(8, 4, generator=torch.Generator().manual_seed(0)),
        text=torch.eye(4)[:2],
        pair_index=labels,
        labels=labels,
        texts=texts,
    )
    with Run.recorder(tmp_path / "run") as record:
        record.note(arm=HOSTILE)
        record.log(0, losses={HOSTILE: 1.0}, features=features)
    made = replay_page(tmp_path / "replay.html", {HOSTILE: tmp_path / "run"}, title=HOSTILE)
    text = made.path.read_text(encoding="utf-8")
    assert HOSTILE not in text and str(1234 * 5678) not in re.sub(r'id="recorded">[^<]*', "", text)
    assert "&lt;/script&gt;" in text
    assert played(made.path)["scene"]["class_names"] == list(texts)


def test_the_command_says_what_is_left_out(
    runs: dict[str, Run], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "page" / "replay.html"
    arguments = ["replay", *(str(run.path) for run in runs.values()), "--out", str(out)]
    done = CliRunner().invoke(cli.app, arguments, env={"COLUMNS": "400"})
    assert done.exit_code == 0 and "Replay of 0-0, 1-0" in done.output and out.stat().st_size < 600_000
    some = CliRunner().invoke(cli.app, [*arguments, str(tmp_path / "nowhere")], env={"COLUMNS": "400"})
    assert some.exit_code == 1 and "left out: " in some.stderr and "does not exist" in some.stderr
    before = out.read_bytes()

    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(replay_terminal, "replay_page", stop)
    assert CliRunner().invoke(cli.app, arguments).exit_code == 130
    assert out.read_bytes() == before

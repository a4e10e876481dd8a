"""`ame-explore report`: the files it writes, and what it refuses without leaving half of one."""

from __future__ import annotations

import json
import re
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from rich.table import Column, Table
from rich.text import Text
from typer.testing import CliRunner

from ame_explore.ame import AMEError
from ame_explore.analysis.pairs.exploration import MEASURES
from ame_explore.apps import cli, terminal
from ame_explore.apps.console import SafeConsole, printable

N = 24


def save(path: Path, seed: int = 0, noise: float = 0.8) -> Path:
    text = np.random.default_rng(0).standard_normal((N, 12))
    image = text + noise * np.random.default_rng(seed + 1).standard_normal((N, 12)) + 1.0
    np.save(path, np.stack([image, text]).astype(np.float32))
    return path


def run(*arguments: object) -> str:
    """Run the command in this process; errors come through as they are."""
    result = CliRunner().invoke(cli.app, ["report", *map(str, arguments)], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_report_measures_and_suspects(tmp_path: Path) -> None:
    captions = [f"caption {row}" for row in range(N - 1)] + ["=HYPERLINK(1)"]
    (tmp_path / "c.txt").write_text("\n".join(captions))
    (tmp_path / "l.csv").write_text("label\n" + "\n".join("ab"[row % 2] for row in range(N)))
    out, numbers, suspects = (tmp_path / "out" / name for name in ("r.html", "m.json", "s.csv"))
    given = ("--captions", tmp_path / "c.txt", "--labels", tmp_path / "l.csv", "--logit-scale", 30, "--no-umap")
    said = run(save(tmp_path / "f.npy"), *given, "--out", out, "--json", numbers, "--suspects", suspects)
    assert "modality gap" in said and "r.html" in said
    found = json.loads(numbers.read_text())
    assert list(found)[: len(MEASURES)] == list(MEASURES) and found["logit_scale"] == 30.0
    assert len(found["mismatched_pairs"]) == N and isinstance(found["mismatched_pairs"][0]["id"], int)
    table = pd.read_csv(suspects)
    assert table["id"].tolist() == [line["id"] for line in found["mismatched_pairs"]]
    assert "'=HYPERLINK(1)" in table["caption"].tolist()
    page = out.read_text(encoding="utf-8")
    assert "caption 3" in page and "ame-explore report" in page and "By label" in page
    assert sorted(path.name for path in out.parent.iterdir()) == ["m.json", "r.html", "s.csv"]


def test_two_models_of_the_same_pairs(tmp_path: Path) -> None:
    files = save(tmp_path / "weak.npy", 1, 2.0), save(tmp_path / "strong.npy", 2, 0.3)
    said = run(*files, "--out", tmp_path / "r.html", "--json", tmp_path / "m.json", "--no-umap")
    assert "strong against weak" in said
    models = json.loads((tmp_path / "m.json").read_text())["models"]
    assert models["strong"]["pair_cosine"] > models["weak"]["pair_cosine"]
    change = json.loads((tmp_path / "m.json").read_text())["change"]
    assert (change["pairs"], change["left_out"]) == (N, 0)
    gained = change["intervals"]["cosine"]
    assert gained["low"] < gained["mean"] < gained["high"] and gained["confidence"] == 0.95
    assert gained["mean"] == pytest.approx(models["strong"]["pair_cosine"] - models["weak"]["pair_cosine"])
    assert "R@1_i2t" in change["intervals"]
    assert "Pairs that moved the most" in (tmp_path / "r.html").read_text(encoding="utf-8")


def test_pairs_that_only_one_model_has_are_counted(tmp_path: Path) -> None:
    files = save(tmp_path / "all.npy"), save(tmp_path / "some.npy")
    np.save(files[1], np.load(files[0])[:, :20])
    said = " ".join(run(*files, "--out", tmp_path / "r.html", "--no-umap").split())
    assert f"{N - 20} pairs are in only one of the two" in said
    assert "all: 24 images, 24 texts" in said and "some: 20 images, 20 texts" in said


def test_notes_of_two_models_say_whose_they_are(tmp_path: Path) -> None:
    save(tmp_path / "a.npy")
    image, text = np.load(save(tmp_path / "b.npy"))
    np.savez(tmp_path / "b.npz", image=image, text=text, logit_scale=10.0)
    said = " ".join(run(tmp_path / "a.npy", tmp_path / "b.npz", "--out", tmp_path / "r.html", "--no-umap").split())
    assert "a: logit_scale was not given" in said and "a and b: No captions were given" in said


def test_measures_go_to_stdout_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    save(tmp_path / "f.npy")
    result = CliRunner().invoke(cli.app, ["report", "f.npy", "--json", "-", "--no-umap"], catch_exceptions=False)
    assert result.exit_code == 0 and list(json.loads(result.stdout))[: len(MEASURES)] == list(MEASURES)
    assert "modality gap" in result.stderr and "Report:" in result.stderr and "Measures:" not in result.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["f.npy", "report.html"]


def test_captions_given_once_go_to_both_models_by_id(tmp_path: Path) -> None:
    image, text = np.load(save(tmp_path / "f.npy"))
    ids, back = np.arange(N) + 100, slice(None, 3, -1)  # the second lacks four and has another order
    np.savez(tmp_path / "a.npz", image=image, text=text, ids=ids)
    np.savez(tmp_path / "b.npz", image=image[back], text=text[back], ids=ids[back])
    (tmp_path / "c.txt").write_text("\n".join(f"caption {row}" for row in range(N)))
    given = ("--captions", tmp_path / "c.txt", "--json", tmp_path / "m.json", "--no-umap")
    said = run(tmp_path / "a.npz", tmp_path / "b.npz", *given, "--out", tmp_path / "r.html")
    other = json.loads((tmp_path / "m.json").read_text())["models"]["b"]
    assert all(line["caption"] == f"caption {line['id'] - 100}" for line in other["mismatched_pairs"])
    assert re.search(r"cosine of pairs, b against a: .?0\.000 ", " ".join(said.split())), said
    (tmp_path / "c.txt").write_text("one\ntwo")
    with pytest.raises(AMEError, match=r"c\.txt: captions must be 24"):
        run(tmp_path / "a.npz", tmp_path / "b.npz", *given, "--out", tmp_path / "r.html")


def test_the_command_in_the_report_makes_it_again(tmp_path: Path) -> None:
    (tmp_path / "c.txt").write_bytes("\n".join(["caf\xe9"] * N).encode("latin-1"))
    given = ("--captions", tmp_path / "c.txt", "--encoding", "latin-1", "--no-umap")
    run(save(tmp_path / "f.npy"), *given, "--out", tmp_path / "r.html")
    command = f"f.npy --captions {tmp_path}/c.txt --encoding latin-1 --no-umap"
    assert command in (tmp_path / "r.html").read_text(encoding="utf-8")


def test_a_folder_in_which_nothing_can_be_written_is_told_before_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    path = save(tmp_path / "f.npy")
    monkeypatch.setattr(terminal.tempfile, "TemporaryFile", denied)
    monkeypatch.setattr(terminal, "explore_sources", lambda *_, **__: pytest.fail("measured all the same"))
    with pytest.raises(AMEError, match=r"--json must be in a folder that can be written to.*Permission denied"):
        terminal.check_targets({"--json": tmp_path / "m.json"}, [])
    with pytest.raises(AMEError, match=r"--out must be in a folder that can be written to"):
        run(path, "--out", tmp_path / "r.html")
    assert [file.name for file in tmp_path.iterdir()] == ["f.npy"]


def nan(path: Path) -> None:
    features = np.load(path)
    features[0, :, 1] = np.nan
    np.save(path, features)


def truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:500])


def objects(path: Path) -> None:
    np.save(path, np.array([{}, {}]), allow_pickle=True)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [(nan, "No pair is left"), (truncated, "damaged"), (objects, "refused"), (Path.unlink, "not exist")],
)
def test_bad_features_leave_the_earlier_report(spoil: Callable[[Path], None], message: str, tmp_path: Path) -> None:
    path, out = save(tmp_path / "f.npy"), tmp_path / "r.html"
    out.write_text("the earlier one")
    spoil(path)
    with pytest.raises(AMEError, match=message):
        run(path, "--out", out, "--json", tmp_path / "m.json")
    assert out.read_text() == "the earlier one" and not (tmp_path / "m.json").exists()


def test_a_failure_while_writing_leaves_no_half_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device", "r.html")

    monkeypatch.setattr(terminal, "exploration_report", full)
    with pytest.raises(AMEError, match=r"r\.html cannot be written: No space"):
        run(save(tmp_path / "f.npy"), "--out", tmp_path / "r.html", "--json", tmp_path / "m.json")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["f.npy"]


def test_ctrl_c_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(terminal, "explore_sources", interrupt)
    result = CliRunner().invoke(cli.app, ["report", str(save(tmp_path / "f.npy")), "--out", str(tmp_path / "r.html")])
    assert result.exit_code == 130 and "No report was written" in result.output
    assert sorted(path.name for path in tmp_path.iterdir()) == ["f.npy"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--out", "."], "--out must be a file, got the folder"),
        (["--out", "f.npy"], "--out would replace f.npy"),
        (["--out", "-"], "--out must be a file, got -"),
        (["--suspects", "-", "--json", "-"], "--suspects must be a file, got -"),
        (["--out", "same", "--json", "same"], "must be different files"),
        (["--out", "f.npy/r.html"], "--out must be in a folder"),
        (["--device", "cuda:99"], "device must be one that torch can use here"),
        (["--captions", "f.npy"], "f.npy must hold one vector, got float32"),
    ],
)
def test_refuses(arguments: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    save(tmp_path / "f.npy")
    with pytest.raises(AMEError, match=message):
        run("f.npy", *arguments)
    assert [path.name for path in tmp_path.iterdir()] == ["f.npy"]


def test_unequal_widths_have_a_report_too(tmp_path: Path) -> None:
    image, text = np.load(save(tmp_path / "f.npy"))
    np.savez(tmp_path / "f.npz", image=image, text=text[:, :7])
    run(
        tmp_path / "f.npz",
        "--out",
        tmp_path / "r.html",
        "--json",
        tmp_path / "m.json",
        "--suspects",
        tmp_path / "s.csv",
    )
    found = json.loads((tmp_path / "m.json").read_text())
    assert found["modality_gap"] is None and found["cka"] > 0 and len(found["mismatched_pairs"]) == N
    assert "different widths" in (tmp_path / "r.html").read_text(encoding="utf-8")


# --- special files, and what reaches the terminal


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_device_is_written_into_and_its_error_is_told(tmp_path: Path) -> None:
    path = save(tmp_path / "f.npy")
    with pytest.raises(AMEError, match=r"/dev/full cannot be written.*No space left"):
        run(path, "--out", "/dev/full", "--no-umap")
    run(path, "--out", "/dev/null", "--json", tmp_path / "m.json", "--no-umap")
    assert all(stat.S_ISCHR(Path(device).stat().st_mode) for device in ("/dev/full", "/dev/null"))
    assert sorted(one.name for one in tmp_path.iterdir()) == ["f.npy", "m.json"]


def check_full(code: object, stderr: str, message: str, folder: Path) -> None:
    said = [line for line in stderr.splitlines() if not re.match(r"\[\d+ s\] |ame-explore: loading", line)]
    assert code == 2 and len(said) == 1, stderr
    assert said[0].startswith(f"error: {message}") and "No space left" in said[0]
    assert (folder / "report.html").stat().st_size > 10_000


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_stdout_that_is_full_is_told_and_the_report_is_there(tmp_path: Path) -> None:
    """In a process of its own, whose flush at exit must not fail again."""
    save(tmp_path / "f.npy")
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "ame_explore", "report", "f.npy", "--no-umap", "--json", "-"],
            cwd=tmp_path,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=300,
            check=False,
        )
    check_full(done.returncode, done.stderr, "the report is in report.html, but stdout cannot", tmp_path)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_stdout_that_is_full_is_told_without_json_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    save(tmp_path / "f.npy")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["ame-explore", "report", "f.npy", "--no-umap"])
    with Path("/dev/full").open("w") as full, pytest.raises(SystemExit) as ended, monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", full)
        cli.main()
    check_full(ended.value.code, capsys.readouterr().err, "stdout cannot", tmp_path)


def test_a_pipe_whose_reader_has_gone_ends_quietly(tmp_path: Path) -> None:
    code = (
        "import sys; from ame_explore.apps.console import stdout_may_fail\n"
        "with stdout_may_fail():\n    print('x' * 10**6)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        process.stdout.close()
        assert process.stderr.read() == "" and process.wait(60) == 1


HOSTILE = "\x1b[31m\x1b]0;title\x07red\x9b2J\u202egnp.exe\udc80"


def test_names_and_captions_reach_the_terminal_as_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert printable("plain\ttext\nwith Ω and 日本") == "plain\ttext\nwith Ω and 日本"
    assert printable(HOSTILE) == r"\x1b[31m\x1b]0;title\x07red\x9b2J\u202egnp.exe\udc80"
    console = SafeConsole(force_terminal=True, width=200)
    console.print(Text.assemble(("error: ", "bold red"), HOSTILE))
    console.print(Table(Column(HOSTILE), title=HOSTILE))
    said = re.sub(r"\x1b\[[0-9;]*m", "", capsys.readouterr().out)  # rich's own colours
    assert said.count("title") == 3 and not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e\ud800-\udfff]", said)


def test_an_error_with_a_hostile_name_is_plain_text(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ame_explore", "report", "no\x1b[31msuch.npy"],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 2 and r"no\x1b[31msuch.npy" in done.stderr and "\x1b" not in done.stderr

"""The command `ame-explore`: its errors, and `lab` from a checkout and from a built wheel."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from typer.testing import CliRunner

import ame_explore
from ame_explore.ame import AMEError
from ame_explore.apps import cli, notebooks_folder, terminal
from ame_explore.settings import SETTINGS
from ame_explore.training import Recipe

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "a-token-for-the-test"


def run(*arguments: str, cwd: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    """`python -m ame_explore ...` in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "ame_explore", *arguments],
        cwd=cwd,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_version() -> None:
    result = run("--version")
    assert (result.returncode, result.stdout) == (0, f"ame-explore {ame_explore.__version__}\n")


def test_help_names_the_commands() -> None:
    result = CliRunner().invoke(cli.app, ["--help"])
    assert result.exit_code == 0
    assert "lab" in result.output


def test_the_reports_help_brackets_an_optional_argument_once() -> None:
    result = CliRunner().invoke(cli.app, ["report", "--help"], env={"COLUMNS": "200", "TERMINAL_WIDTH": "200"})
    assert re.search(r" \[?B\]?\s", result.output) and "[[" not in result.output  # typer 0.16 writes no brackets


def test_the_labs_help_names_the_default_folder() -> None:
    result = CliRunner().invoke(cli.app, ["lab", "--help"], env={"COLUMNS": "200", "TERMINAL_WIDTH": "200"})
    assert "[default: (the checkout's own notebooks/, or else ./ame_notebooks)]" in result.output


OTHER = dict(
    data="scenes",
    data_seed=1,
    data_digest="0123456789abcdef",
    shots=None,
    protocol="transductive",
    ambiguity=0.25,
    noise=0.125,
    augment=0.5,
    teacher_seed=2,
    host="projector",
    omega=2.5,
    reading="spectral",
    temperature=0.5,
    projection="host",
    mixing=0.3,
    text_tower="student",
    manifold_dim=8,
    normalize="unit",
    gradient="student",
    random_texts=True,
    text_rows="paired",
    scope="image",
    ame_input="raw",
    kd="promptkd",
    kd_weight=0.2,
    kd_classes="base",
    tau=4.0,
    label_smoothing=0.1,
    steps=7,
    batch_size=4,
    optimizer="sgd",
    learning_rate=0.01,
    weight_decay=0.0,
    schedule="constant",
    seed=3,
    student_tau=20.0,
    normalized=False,
    shuffled_pairs=True,
    duplicates=2,
    teacher_noise=0.5,
)


def demo(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> Recipe:
    """The recipe that the command line hands on."""
    seen: list[Recipe] = []
    monkeypatch.setattr(terminal, "demo_in_terminal", lambda recipe, **_: seen.append(recipe) or True)
    result = CliRunner().invoke(cli.app, ["demo", *arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return seen[0]


def test_every_setting_is_an_option_of_the_demo(monkeypatch: pytest.MonkeyPatch) -> None:
    assert set(OTHER) == set(SETTINGS) and all(OTHER[name] != one.default for name, one in SETTINGS.items())
    arguments = []
    for name, value in OTHER.items():
        option = name.replace("_", "-")
        switch = f"--{option}" if value is True else f"--no-{option}"
        arguments += [switch] if isinstance(value, bool) else [f"--{option}", "none" if value is None else str(value)]
    assert demo(monkeypatch, *arguments) == Recipe(**OTHER)
    assert demo(monkeypatch) == Recipe.for_data() == Recipe.for_data("emoji") != Recipe()
    assert demo(monkeypatch, "--recipe", Recipe(**OTHER).token()) == Recipe(**OTHER)


def test_the_demos_help_has_every_setting_with_its_default_and_choices() -> None:
    result = CliRunner().invoke(cli.app, ["demo", "--help"], env={"COLUMNS": "2000", "TERMINAL_WIDTH": "2000"})
    assert result.exit_code == 0
    for name, one in SETTINGS.items():
        line = next(line for line in result.output.splitlines() if f"--{name.replace('_', '-')} " in line)
        assert one.help in line and all(choice in line for choice in one.names), line


def test_all_wrong_options_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(AMEError, match=r"3 settings cannot be used:(?s:.*)shots(?s:.*)omega(?s:.*)kd must"):
        demo(monkeypatch, "--omega", "-1", "--shots", "x", "--kd", "mse", "--no-normalized")


def test_an_error_is_one_line_and_exit_code_2() -> None:
    result = run("lab", "--notebook", "no [bold]such[/bold] one", COLUMNS="40")
    assert result.returncode == 2
    assert result.stdout == ""
    assert result.stderr.startswith("error: notebook must name one notebook in")
    assert "got 'no [bold]such[/bold] one'" in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_defect_of_ours_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**_: object) -> None:
        raise ValueError("a defect")

    monkeypatch.setattr(cli, "app", broken)
    with pytest.raises(ValueError, match="a defect"):
        cli.main()


def test_missing_jupyterlab_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jupyterlab.labapp", None)
    with pytest.raises(AMEError, match="pip install jupyterlab"):
        cli._run_jupyterlab([])


def test_a_thread_that_never_ends_does_not_hold_the_lab() -> None:
    code = """
import sys, threading, types
from ame_explore.apps import cli
cli._PATIENCE = 0.2
wait = threading.Thread(target=threading.Event().wait)
app = types.SimpleNamespace(launch_instance=lambda options: wait.start())
sys.modules["jupyterlab.labapp"] = types.SimpleNamespace(LabApp=app)
cli._run_jupyterlab([])
"""
    assert subprocess.run([sys.executable, "-c", code], timeout=120, check=False).returncode == 0


@pytest.fixture
def packaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package folder with two notebooks in it, as a wheel lays them; returns the folder of notebooks."""
    folder = tmp_path / "package" / "_notebooks"
    (folder / "images").mkdir(parents=True)
    (folder / "00_tour.ipynb").write_text("tour")
    (folder / "00_tour.py").write_text("# the same, for diffs")
    (folder / "helper.py").write_text("# not a notebook's")
    (folder / "01_next.ipynb").write_text("next")
    (folder / "images" / "picture.png").write_bytes(b"\x00")
    (folder / ".ipynb_checkpoints").mkdir()
    (folder / ".ipynb_checkpoints" / "00_tour-checkpoint.ipynb").write_text("old")
    monkeypatch.setattr(notebooks_folder, "_PACKAGE", folder.parent)
    return folder


def test_copying_keeps_what_is_there(packaged: Path, tmp_path: Path) -> None:
    target = tmp_path / "mine"
    first = notebooks_folder.copy_notebooks(target)
    assert first.written == ("00_tour.ipynb", "01_next.ipynb", "helper.py", "images/picture.png")
    assert sorted(path.name for path in target.iterdir()) == ["00_tour.ipynb", "01_next.ipynb", "helper.py", "images"]
    (target / "00_tour.ipynb").write_text("my notes")
    (target / "01_next.ipynb").unlink()
    second = notebooks_folder.copy_notebooks(target)
    assert (second.written, second.changed) == (("01_next.ipynb",), ("00_tour.ipynb",))
    assert (target / "00_tour.ipynb").read_text() == "my notes"
    assert (target / "01_next.ipynb").read_text() == "next"


def test_interrupted_copy_leaves_no_half_file(packaged: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(notebooks_folder.os, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        notebooks_folder.copy_notebooks(tmp_path / "mine")
    assert list((tmp_path / "mine").iterdir()) == []


def test_a_file_is_no_folder(packaged: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(AMEError, match=r"dir must be a folder .*file"):
        notebooks_folder.copy_notebooks(tmp_path / "file")


def test_an_installation_without_notebooks_says_so(packaged: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notebooks_folder, "_PACKAGE", packaged / "elsewhere")
    with pytest.raises(AMEError, match="notebooks are missing"):
        notebooks_folder.packaged_notebooks()


@pytest.mark.parametrize("name", ["00_tour.ipynb", "00_tour", "00"])
def test_a_notebook_is_found(packaged: Path, name: str) -> None:
    assert notebooks_folder.find_notebook(packaged, name) == "00_tour.ipynb"


@pytest.mark.parametrize("name", ["", "0", "02", "../00_tour"])
def test_a_notebook_is_not_found(packaged: Path, name: str) -> None:
    with pytest.raises(AMEError, match="choose from 00_tour, 01_next"):
        notebooks_folder.find_notebook(packaged, name)


def test_the_tests_run_from_a_checkout() -> None:
    assert notebooks_folder.packaged_notebooks() == ROOT / "notebooks"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running_lab(
    *arguments: str, cwd: Path, log: Path, stdin: int, **environment: str
) -> Iterator[tuple[str, subprocess.Popen]]:
    """`lab` as a user starts it, up and answering; yields its address and its process."""
    port = free_port()
    command = [sys.executable, "-m", "ame_explore", "lab", "--no-browser", "--port", str(port), *arguments]
    command += ["--", f"--IdentityProvider.token={TOKEN}", "--ServerApp.port_retries=0", "--allow-root"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=cwd,
            env=os.environ | {"PYTHONFAULTHANDLER": "1"} | environment,
            stdin=stdin,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    address = f"http://127.0.0.1:{port}"
    try:
        until = time.monotonic() + 90
        while True:
            try:
                ask(f"{address}/api/status")
                break
            except urllib.error.URLError:
                assert process.poll() is None and time.monotonic() < until, log.read_text()
                time.sleep(0.2)
        yield address, process
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def disabled(address: str) -> str:
    """The extensions that the page of JupyterLab is told to leave out."""
    request = urllib.request.Request(f"{address}/lab", headers={"Authorization": f"token {TOKEN}"})
    page = urllib.request.urlopen(request, timeout=60).read().decode()
    return re.search(r'"disabledExtensions": \[[^\]]*\]', page)[0]  # type: ignore[index]


def ask(address: str) -> dict:
    request = urllib.request.Request(address, headers={"Authorization": f"token {TOKEN}"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def stop(process: subprocess.Popen, log: Path) -> None:
    """Ctrl-C, and the lab must end by itself, without an error."""
    process.send_signal(signal.SIGINT)
    try:
        status = process.wait(timeout=60)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGABRT)  # PYTHONFAULTHANDLER writes down where it hangs
        process.wait()
        pytest.fail(f"the lab did not end:\n{log.read_text()}", pytrace=False)
    assert status == 0, log.read_text()
    assert "Traceback" not in log.read_text()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT to send to another process")
def test_lab_from_a_checkout_opens_its_own_notebooks(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with running_lab(cwd=tmp_path, log=log, stdin=subprocess.DEVNULL) as (address, process):
        shown = {entry["name"] for entry in ask(f"{address}/api/contents")["content"]}
        assert {path.name for path in (ROOT / "notebooks").glob("*.ipynb")} <= shown
        assert f"Notebooks are in {ROOT / 'notebooks'} (the checkout's own)." in log.read_text()
        stop(process, log)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["log"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT to send to another process")
def test_lab_from_a_wheel_copies_the_notebooks(tmp_path: Path) -> None:
    """Built, unpacked out of the checkout's sight, started in a terminal, and left with one Ctrl-C."""
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, capture_output=True, timeout=120, check=True)
    site, work, log = tmp_path / "site", tmp_path / "work", tmp_path / "log"
    work.mkdir()
    (wheel,) = tmp_path.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(site)
    notebooks = sorted(path.name for path in (ROOT / "notebooks").glob("*.ipynb"))
    opened = ["--notebook", notebooks[0]] if notebooks else []
    terminal, stdin = os.openpty()
    try:
        with running_lab(*opened, cwd=work, log=log, stdin=stdin, PYTHONPATH=str(site)) as (address, process):
            shown = {entry["name"] for entry in ask(f"{address}/api/contents")["content"]}
            assert shown >= set(notebooks)
            assert not [name for name in shown if name.endswith(".py") and f"{name[:-3]}.ipynb" in shown], "twins"
            assert "announcements" in disabled(address), "a question about Jupyter's news comes up"
            specs = ask(f"{address}/api/kernelspecs")
            assert specs["default"] == "python3"
            assert re.search(r"/lab/tree/00\w*\.ipynb|/lab\?", log.read_text())
            stop(process, log)
    finally:
        os.close(terminal)
        os.close(stdin)
    assert [path.name for path in work.iterdir()] == ["ame_notebooks"]

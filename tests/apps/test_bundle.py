"""The bundle for a room without a network: what it holds, that it installs with the network off, what it refuses.

The wheels here are tiny stand-ins, so that installing takes seconds; the code that gathers and installs them is real.
"""

from __future__ import annotations

import importlib.metadata
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from typer.testing import CliRunner

from ame_explore.ame import AMEError
from ame_explore.apps import bundle, cli
from ame_explore.apps.bundle import add_to_wheel, make_bundle, own_wheel, pinned, repacked
from ame_explore.models import cache


def tiny_wheel(folder: Path, name: str, version: str, *, needs: tuple[str, ...] = (), command: str = "") -> Path:
    """A wheel of one module that prints its name."""
    info = f"{name}-{version}.dist-info"
    metadata = [f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}", *(f"Requires-Dist: {one}" for one in needs)]
    files = {
        f"{name}/__init__.py": f"def main():\n    print('this is {name} {version}')\n",
        f"{info}/METADATA": "\n".join([*metadata, ""]),
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    if command:
        files[f"{info}/entry_points.txt"] = f"[console_scripts]\n{command} = {name}:main\n"
    target = folder / f"{name}-{version}-py3-none-any.whl"
    bundle._write_wheel(target, {path: text.encode() for path, text in files.items()})
    return target


@pytest.fixture
def small_world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An index of two tiny packages in place of the real ones; ame_explore needs the first, which needs the second."""
    index = tmp_path / "index"
    index.mkdir()
    tiny_wheel(index, "first_need", "2.0", needs=("second_need>=1",))
    tiny_wheel(index, "second_need", "1.5")
    monkeypatch.setattr(bundle, "pinned", lambda: {"first-need": "2.0", "second-need": "1.5"})

    def own(folder: Path) -> Path:
        return tiny_wheel(folder, "ame_explore", "0.1.0", needs=("first_need",), command="ame-explore")

    monkeypatch.setattr(bundle, "own_wheel", own)
    return index


def options(index: Path) -> list[str]:
    return ["--no-index", "--find-links", str(index)]


def offline(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """A shell command without a network: in a namespace of its own, or else behind a proxy that is not there."""
    cut = ["unshare", "-rn"]
    if shutil.which("unshare") is None or subprocess.run([*cut, "true"], check=False, capture_output=True).returncode:
        cut = []
    nowhere = {f"{kind}_proxy": "http://127.0.0.1:9" for kind in ("http", "https", "all")}
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "PYTHONPATH"))}
    return subprocess.run(
        [*cut, "sh", "-c", command],
        cwd=folder,
        env={**kept, **nowhere, "PIP_CONFIG_FILE": os.devnull, "PATH": f"{Path(sys.executable).parent}:{kept['PATH']}"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.skipif(os.name == "nt", reason="the commands are those for Linux and macOS")
def test_a_room_without_a_network_installs_from_it(small_world: Path, tmp_path: Path) -> None:
    """The command line makes the bundle; the commands of its README install it, with the network off."""
    target = tmp_path / "stick"
    result = CliRunner().invoke(cli.app, ["bundle", str(target), "--no-models", "--", *options(small_world)])
    assert result.exit_code == 0, result.output
    assert "3 wheels" in result.stdout and "downloading wheels" in result.stderr
    assert sorted(path.name for path in target.iterdir()) == ["README.txt", "bundle.json", "notebooks", "wheels"]
    assert (target / "notebooks/00_tour.ipynb").exists()
    mark = json.loads((target / "bundle.json").read_text(encoding="utf-8"))
    assert mark["wheels"] == sorted(path.name for path in (target / "wheels").iterdir()) and len(mark["wheels"]) == 3
    readme = (target / "README.txt").read_text(encoding="utf-8")
    assert bundle.VENV in readme and bundle.INSTALL in readme
    done = offline(f"{bundle.VENV} && {bundle.INSTALL} && ame/bin/ame-explore", target)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith("this is ame_explore 0.1.0\n")
    # An installed package, as there is none in a checkout, is packed again into the same wheel.
    (site,) = (target / "ame/lib").glob("python*/site-packages")
    (installed,) = importlib.metadata.distributions(name="ame_explore", path=[str(site)])
    again, before = repacked(installed, tmp_path), target / "wheels/ame_explore-0.1.0-py3-none-any.whl"
    with zipfile.ZipFile(again) as one, zipfile.ZipFile(before) as other:
        assert {name: one.read(name) for name in one.namelist() if "RECORD" not in name} == {
            name: other.read(name) for name in other.namelist() if "RECORD" not in name
        }
        assert sorted(one.read("ame_explore-0.1.0.dist-info/RECORD").splitlines()) == sorted(
            other.read("ame_explore-0.1.0.dist-info/RECORD").splitlines()
        )


def test_a_bundle_that_would_not_install_is_not_made(
    small_world: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundle, "pinned", lambda: {"first-need": "2.0"})
    with pytest.raises(AMEError, match=r"second.need"):
        make_bundle(tmp_path / "stick", pip_options=options(small_world), models=False)
    assert [path.name for path in tmp_path.iterdir()] == ["index"]


def test_ctrl_c_leaves_no_half_bundle_and_no_process(
    small_world: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = "import time; print('Collecting first', flush=True); time.sleep(60)"
    monkeypatch.setattr(bundle, "_pip", lambda: [sys.executable, "-c", slow])
    started: list[subprocess.Popen[str]] = []
    usual = subprocess.Popen

    def popen(*arguments: object, **named: object) -> subprocess.Popen[str]:
        started.append(usual(*arguments, **named))
        return started[-1]

    monkeypatch.setattr(bundle.subprocess, "Popen", popen)
    target = tmp_path / "stick"
    target.mkdir()
    (target / "bundle.json").write_text("{}", encoding="utf-8")

    def interrupt(what: str, done: int, of: int) -> None:
        if what == "downloading wheels":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_bundle(target, models=False, progress=interrupt)
    assert started[-1].poll() is not None
    assert sorted(path.name for path in tmp_path.iterdir()) == ["index", "stick"]
    assert (target / "bundle.json").read_text(encoding="utf-8") == "{}", "the earlier bundle is still there"
    assert [path.name for path in target.iterdir()] == ["bundle.json"]


def test_a_folder_that_is_no_bundle_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work", encoding="utf-8")
    with pytest.raises(AMEError, match=r"DIR must be a new or empty folder.*holds other files"):
        make_bundle(tmp_path)
    with pytest.raises(AMEError, match=r"DIR must be a folder, got the file"):
        make_bundle(tmp_path / "thesis.txt")
    with pytest.raises(AMEError, match="DIR must be a folder that can be created"):
        make_bundle("/proc/nothing/here")
    assert (tmp_path / "thesis.txt").read_text(encoding="utf-8") == "years of work"


def test_pip_says_why_a_wheel_cannot_be_had(small_world: Path, tmp_path: Path) -> None:
    with pytest.raises(AMEError, match=r"pip wheel failed: .*nothing-like-this"):
        bundle.download(
            {"nothing-like-this": "1.0"}, tmp_path, pip_options=options(small_world), progress=lambda *_: None
        )


def test_all_that_is_needed_is_pinned_and_nothing_else() -> None:
    found = pinned()
    assert found["torch"] == importlib.metadata.version("torch")  # with its label, such as +cpu
    assert {"jupyterlab", "jupyterlab-widgets", "numba", "psutil"} <= set(found)
    assert not {"pytest", "sphinx", "ame-explore"} & set(found)
    for name in found:
        for needed in map(Requirement, importlib.metadata.requires(name) or ()):
            if needed.marker is None or needed.marker.evaluate({"extra": ""}):
                assert canonicalize_name(needed.name) in found, f"{name} needs {needed}"


def test_our_wheel_carries_the_models_that_are_added(tmp_path: Path) -> None:
    made = own_wheel(tmp_path)
    with zipfile.ZipFile(made) as archive:
        before = set(archive.namelist())
    add_to_wheel(made, {"ame_explore/_models/a.safetensors": b"weights"})
    with zipfile.ZipFile(made) as archive:
        assert set(archive.namelist()) == before | {"ame_explore/_models/a.safetensors"}
        record = archive.read(next(name for name in before if name.endswith("RECORD"))).decode()
        assert "ame_explore/_models/a.safetensors,sha256=" in record
        assert record.count("\n") == len(before) + 1
    assert "ame_explore/_notebooks/00_tour.ipynb" in before


def test_models_of_a_bundle_are_read_and_not_trained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small_model: Callable[..., object]
) -> None:
    monkeypatch.setenv("AME_EXPLORE_CACHE", str(tmp_path / "mine"))
    with cache.files_used() as used:
        first = small_model(train=True)
    (path,) = used
    assert path.parent == tmp_path / "mine"
    monkeypatch.setattr(cache, "PACKED", tmp_path / "packed")
    (tmp_path / "packed").mkdir()
    path.replace(tmp_path / "packed" / path.name)
    with cache.files_used() as used:
        again = small_model(train=False)
    assert used == {tmp_path / "packed" / path.name} and not path.exists()
    assert again.weight.equal(first.weight)  # type: ignore[attr-defined]


@pytest.fixture
def small_model() -> Callable[..., object]:
    from torch import nn

    def get(*, train: bool) -> object:
        def trained(progress: object) -> nn.Linear:
            assert train, "it had to be read"
            return nn.Linear(3, 2)

        return cache.cached("linear", "a key", lambda: nn.Linear(3, 2), trained)

    return get

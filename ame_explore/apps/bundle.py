"""A folder that installs the package where there is no network: wheels, notebooks, trained models, and how to use it.

The wheels are those of the versions installed here, so a bundle fits computers with the same system and Python.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import importlib.metadata
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from ame_explore import __version__
from ame_explore.ame import AMEError
from ame_explore.apps.notebooks_folder import checkout_notebooks, copy_notebooks
from ame_explore.data.atomic_files import temporary_name
from ame_explore.models.cache import PACKED
from ame_explore.tasks import Progress

PACKAGE = "ame_explore"
MARK = "bundle.json"  # the file by which a bundle is recognized
_DATA_SETS = ("emoji", "digits", "scenes")
_BEGINS = re.compile(r"^(?:Collecting|Processing) ")  # pip's line for each package
_LEFT_OUT = {"RECORD", "INSTALLER", "REQUESTED", "direct_url.json"}  # written by the installer

README = """ame_explore {version}: how to install it without a network
{line}

This folder has all that the course needs. It is for computers with
Python {python} on {platform}.

1. Copy this folder to the computer and open a terminal in it.

2. Install (a few minutes). On Linux and macOS:

   {venv}
   {install}

   On Windows:

   py -{python} -m venv ame
   ame\\Scripts\\pip install --no-index --find-links wheels {package}

3. Check the installation, then open the notebooks:

   ame/bin/ame-explore check
   ame/bin/ame-explore lab --dir notebooks --notebook 00

   (On Windows: ame\\Scripts\\ame-explore ...)

Nothing is downloaded at any step. If pip says "No matching distribution", this
computer has another Python or another system than the one above: install
Python {python}, or make a bundle on a computer like this one with
`ame-explore bundle FOLDER`.
"""
VENV = "python3 -m venv ame"
INSTALL = f"ame/bin/pip install --no-index --find-links wheels {PACKAGE}"


@dataclass(frozen=True)
class Bundle:
    """A finished bundle.

    Attributes:
        folder: where it is.
        wheels: how many wheels it has.
        size: total size of the files, in bytes.
    """

    folder: Path
    wheels: int
    size: int


def make_bundle(
    target: Path | str, *, pip_options: Sequence[str] = (), models: bool = True, progress: Progress | None = None
) -> Bundle:
    """Gather everything that is needed to install without a network in one folder.

    The folder appears when it is complete; an interrupted or failed bundle leaves nothing behind.

    Args:
        target: the folder. An earlier bundle there is replaced.
        pip_options: further options of pip, such as `--index-url` or `--find-links` with a value.
        models: also train the teachers of all data sets (or take them from the cache) and put them into the wheel.
        progress: called with what is being done; an exception from it ends the work.

    Returns:
        The bundle.

    Raises:
        AMEError: if the folder holds something else or cannot be written, pip is missing, or a wheel can be neither
            downloaded nor built.
    """
    target = Path(target).resolve()
    _check_target(target)
    say = progress or (lambda what, done, of: None)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        fresh = target.parent / temporary_name(target.name)
        fresh.mkdir()
    except OSError as error:
        raise AMEError(
            f"DIR must be a folder that can be created, got {target} ({error.strerror}): choose another path."
        ) from error
    try:
        wheels = fresh / "wheels"
        wheels.mkdir()
        say("building the wheel of ame_explore", 0, 1)
        own = own_wheel(wheels)
        if models:
            add_to_wheel(own, trained_models(progress))
        download(pinned(), wheels, pip_options=pip_options, progress=say)
        say("copying the notebooks", 0, 1)
        copy_notebooks(fresh / "notebooks")
        say("checking that it installs", 0, 1)
        _try(wheels)
        _describe(fresh)
        files = [path for path in fresh.rglob("*") if path.is_file()]
        made = Bundle(target, len(list(wheels.glob("*.whl"))), sum(path.stat().st_size for path in files))
        _put_in_place(fresh, target)
        return made
    finally:
        shutil.rmtree(fresh, ignore_errors=True)  # it is there only if something failed


def _check_target(target: Path) -> None:
    """Refuse a file, and a folder that holds something other than a bundle."""
    if target.exists() and not target.is_dir():
        raise AMEError(f"DIR must be a folder, got the file {target}: choose another path.")
    if target.is_dir() and any(target.iterdir()) and not (target / MARK).is_file():
        raise AMEError(
            f"DIR must be a new or empty folder, or an earlier bundle, got {target}, which holds other files: "
            "choose another path."
        )


def _put_in_place(fresh: Path, target: Path) -> None:
    """Give the finished folder its name; an earlier bundle is removed only then."""
    old = target.parent / temporary_name(target.name)
    if target.exists():
        os.replace(target, old)
    os.replace(fresh, target)
    shutil.rmtree(old, ignore_errors=True)


def _describe(folder: Path) -> None:
    """Write README.txt and the mark of a bundle."""
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    platform = sysconfig.get_platform()
    title = f"ame_explore {__version__}: how to install it without a network"
    text = README.format(
        version=__version__,
        line="=" * len(title),
        python=python,
        platform=platform,
        venv=VENV,
        install=INSTALL,
        package=PACKAGE,
    )
    (folder / "README.txt").write_text(text, encoding="utf-8")
    wheels = sorted(path.name for path in (folder / "wheels").glob("*.whl"))
    mark = {"package": PACKAGE, "version": __version__, "python": python, "platform": platform, "wheels": wheels}
    (folder / MARK).write_text(json.dumps(mark, indent=1) + "\n", encoding="utf-8")


# --- our own wheel


def own_wheel(folder: Path) -> Path:
    """The wheel of this package: built from the checkout, or packed again from the installation.

    Args:
        folder: where it is written.

    Returns:
        The wheel.

    Raises:
        AMEError: if it cannot be built.
    """
    if (notebooks := checkout_notebooks()) is None:
        return repacked(importlib.metadata.distribution(PACKAGE), folder)
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    if importlib.util.find_spec("hatchling") is None:
        build = [*_pip(), "wheel", "--no-deps", "--wheel-dir", str(folder), str(notebooks.parent)]
    _run(build, cwd=notebooks.parent)
    (made,) = folder.glob("*.whl")
    return made


def repacked(installed: importlib.metadata.Distribution, folder: Path) -> Path:
    """Pack an installed, pure Python distribution into a wheel again.

    Args:
        installed: the distribution; it must have been installed from a wheel.
        folder: where the wheel is written.

    Returns:
        The wheel.

    Raises:
        AMEError: if its list of files is missing.
    """
    name, version = installed.metadata["Name"], installed.version
    found = [Path(file) for file in installed.files or ()]
    kept = [path for path in found if ".." not in path.parts and "__pycache__" not in path.parts]
    info = [path for path in kept if path.parts[0].endswith(".dist-info")]
    if not any(path.name == "WHEEL" for path in info):
        raise AMEError(f"{name} must be installed from a wheel or a checkout, got neither: install it again with pip.")
    kept = [path for path in kept if path not in info or path.name not in _LEFT_OUT]
    files = {path.as_posix(): Path(str(installed.locate_file(path.as_posix()))).read_bytes() for path in kept}
    target = folder / f"{re.sub(r'[^A-Za-z0-9.]+', '_', name)}-{version}-py3-none-any.whl"
    _write_wheel(target, files)
    return target


def add_to_wheel(wheel: Path, files: Mapping[str, bytes]) -> None:
    """Add files to a wheel.

    Args:
        wheel: the wheel, which is replaced.
        files: path inside the wheel -> content.
    """
    with zipfile.ZipFile(wheel) as old:
        held = {name: old.read(name) for name in old.namelist() if not name.endswith(("/", ".dist-info/RECORD"))}
    _write_wheel(wheel, {**held, **files})


def _write_wheel(target: Path, files: Mapping[str, bytes]) -> None:
    """Write a wheel with a fresh RECORD (packaging.python.org, "Binary distribution format")."""
    (info,) = {name.split("/")[0] for name in files if name.split("/")[0].endswith(".dist-info")}
    lines = []
    for name, content in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip("=")
        quoted = f'"{name}"' if "," in name else name
        lines.append(f"{quoted},sha256={digest},{len(content)}")
    record = f"{info}/RECORD"
    text = "\n".join([*lines, f"{record},,", ""])
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {**files, record: text.encode()}.items():
            archive.writestr(zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)


def trained_models(progress: Progress | None = None) -> dict[str, bytes]:
    """The teachers and backbones that the built-in data sets need with their default settings.

    They are trained, unless the user's cache has them.

    Args:
        progress: called while a model trains.

    Returns:
        Path inside the wheel -> content.
    """
    from ame_explore.models.cache import files_used
    from ame_explore.training import Recipe, Stage

    with files_used() as used:
        for name in _DATA_SETS:
            Stage.for_recipe(Recipe.for_data(name), progress=progress)
    return {f"{PACKAGE}/{PACKED.name}/{path.name}": path.read_bytes() for path in sorted(used) if path.exists()}


# --- the wheels of the dependencies


def pinned() -> dict[str, str]:
    """The packages that ame_explore needs here, directly or not, with their installed versions.

    Raises:
        AMEError: if one of them is missing.
    """
    from ame_explore.apps.preflight import declared_dependencies

    found: dict[str, str] = {}
    seen: set[tuple[str, str]] = set()
    waiting = [(one.name, extra) for one in declared_dependencies() for extra in ("", *one.extras)]
    while waiting:
        name, extra = waiting.pop()
        if (canonicalize_name(name), extra) in seen:
            continue
        seen.add((canonicalize_name(name), extra))
        try:
            facts = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            raise AMEError(f"{name} is not installed here: run `ame-explore check`.") from None
        found[canonicalize_name(name)] = facts.version
        needed = [Requirement(line) for line in facts.requires or ()]
        needed = [one for one in needed if one.marker is None or one.marker.evaluate({"extra": extra})]
        waiting += [(one.name, more) for one in needed for more in ("", *one.extras)]
    return dict(sorted(found.items()))


def download(packages: Mapping[str, str], folder: Path, *, pip_options: Sequence[str], progress: Progress) -> None:
    """Get the wheels of the packages with pip; where there is only a source, pip builds the wheel.

    A version with a label, such as torch 2.13.0+cpu, is looked for among PyTorch's own wheels if pip cannot find it.

    Args:
        packages: name -> version.
        folder: where the wheels go.
        pip_options: further options of pip.
        progress: called with the number of packages that pip has reached.

    Raises:
        AMEError: if pip fails.
    """
    labelled = {name: version for name, version in packages.items() if "+" in version}
    plain = {name: version for name, version in packages.items() if name not in labelled}
    usual = [*_pip(), "wheel", "--no-deps", "--wheel-dir", str(folder), *pip_options]

    def get(wanted: Mapping[str, str], before: int, *more: str) -> None:
        if not wanted:
            return
        command = [*usual, *more, *(f"{name}=={version}" for name, version in wanted.items())]
        done = before
        for line in _lines(command):
            done += bool(_BEGINS.match(line))
            progress("downloading wheels", min(done, len(packages)), len(packages))

    get(plain, 0)
    try:
        get(labelled, len(plain))
    except AMEError:
        labels = {version.split("+")[1] for version in labelled.values()}
        index = [
            part for label in labels for part in ("--extra-index-url", f"https://download.pytorch.org/whl/{label}")
        ]
        get(labelled, len(plain), *index)


def _try(wheels: Path) -> None:
    """Check with pip that the wheels suffice, without a network and without what is installed here."""
    options = ["--dry-run", "--no-index", "--ignore-installed", "--find-links", str(wheels), PACKAGE]
    # Options of this machine (an index, a constraint) must not help: the other computers lack them.
    _run([*_pip(), "--isolated", "install", *options], environment={"PIP_CONFIG_FILE": os.devnull})


def _pip() -> list[str]:
    try:  # find_spec("pip") would make setuptools give up its own distutils in this process
        importlib.metadata.version("pip")
    except importlib.metadata.PackageNotFoundError:
        raise AMEError(f"pip is missing here: run `{sys.executable} -m ensurepip`.") from None
    return [sys.executable, "-m", "pip"]


def _run(command: Sequence[str], *, cwd: Path | None = None, environment: Mapping[str, str] | None = None) -> None:
    for _ in _lines(command, cwd=cwd, environment=environment):
        pass


def _lines(
    command: Sequence[str], *, cwd: Path | None = None, environment: Mapping[str, str] | None = None
) -> Iterator[str]:
    """Run a command and yield its output line by line; the process ends with the loop.

    Raises:
        AMEError: if the command fails; the message ends with the last lines of its output.
    """
    told: list[str] = []
    with subprocess.Popen(
        command,
        cwd=cwd,
        env={**os.environ, "PYTHONUNBUFFERED": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1", **(environment or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
        errors="replace",
    ) as process:
        assert process.stdout is not None
        try:
            for line in process.stdout:
                told.append(line.rstrip())
                yield line.rstrip()
        except BaseException:  # also Ctrl-C, and a reader that stops early: the process must not outlive the loop
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            raise
    if process.returncode != 0:
        errors = [line for line in told if "ERROR" in line] or told[-3:]
        raise AMEError(f"{' '.join(command[2:4])} failed: {' '.join(errors)[-600:]}")

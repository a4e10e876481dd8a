"""The browser's code: types, lint, unit tests, and bundles and message types that are made of what is there.

What needs Node is skipped where there is none; with CI set that is a failure.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
from pathlib import Path
from types import ModuleType
from typing import Any, NotRequired, get_args, get_origin, get_type_hints

import pytest

from ame_explore.widgets.runtime import messages

ROOT = Path(__file__).resolve().parents[1]
JS = ROOT / "ame_explore" / "widgets" / "js"
BUILD = (JS / "build.js").read_text(encoding="utf-8")
BUNDLES = [(JS / target).resolve() for _, target in re.findall(r'\["(src/[^"]+)", "([^"]+)"', BUILD)]


def missing(reason: str) -> None:
    """Skip with the reason; in CI, fail."""
    if os.environ.get("CI", "").lower() in ("1", "true"):
        pytest.fail(f"{reason} (CI is set: the JavaScript checks may not be skipped)", pytrace=False)
    pytest.skip(reason)


def run(*command: str, seconds: float = 300) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=JS, capture_output=True, text=True, timeout=seconds, check=False)


@pytest.fixture(scope="module")
def node() -> str:
    """Node, with the packages of package-lock.json beside the sources; they are installed where they are not."""
    found, npm = shutil.which("node"), shutil.which("npm")
    if found is None or npm is None:
        missing("Node and npm are not installed: the JavaScript cannot be checked")
    assert found is not None and npm is not None
    version = run(found, "--version").stdout.strip()
    if tuple(map(int, version.lstrip("v").split(".")[:2])) < (20, 19):
        missing(f"Node must be 20.19 or newer, got {version}")
    stamp = JS / "node_modules" / ".installed"  # the lock file that they were installed from
    lock = (JS / "package-lock.json").read_text(encoding="utf-8")
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != lock:
        done = run(npm, "ci", "--prefer-offline", "--ignore-scripts")
        if done.returncode != 0:
            missing(f"npm ci failed: {done.stderr.strip()[-500:]}")
        stamp.write_text(lock, encoding="utf-8")
    return found


def tool(name: str) -> str:
    """The JavaScript file behind a command of node_modules/.bin."""
    return str((JS / "node_modules" / ".bin" / name).resolve())


@pytest.mark.parametrize(
    "check", [["tsc"], ["eslint", "."], ["--test"], ["build.js", "--check"]], ids=["types", "lint", "tests", "bundles"]
)
def test_the_sources_pass(node: str, check: list[str]) -> None:
    first, *rest = check
    done = run(node, tool(first) if first in ("tsc", "eslint") else first, *rest)
    assert done.returncode == 0, f"{done.stdout[-4000:]}\n{done.stderr[-2000:]}"


def digest() -> str:
    """As build.js counts it."""
    sources = [f"src/{path.name}" for path in (JS / "src").iterdir()]
    total = hashlib.sha256()
    for name in sorted([*sources, "build.js", "package-lock.json"]):
        total.update(f"{name}\n".encode() + (JS / name).read_bytes())
    return total.hexdigest()


@pytest.mark.parametrize("bundle", BUNDLES, ids=lambda path: path.name)
def test_a_bundle_is_of_the_sources_beside_it(bundle: Path) -> None:
    """Without Node: it begins with their digest."""
    head = bundle.read_text(encoding="utf-8").partition("\n")[0]
    assert digest() in head, 'run "npm run build" in ame_explore/widgets/js'


def test_the_digest_notices_a_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(JS, tmp_path / "js", ignore=shutil.ignore_patterns("node_modules"))
    before = digest()
    monkeypatch.setitem(globals(), "JS", tmp_path / "js")
    assert digest() == before
    with (tmp_path / "js" / "src" / "dom.js").open("a", encoding="utf-8") as file:
        file.write("\n")
    assert digest() != before


def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate_messages", JS / "generate_messages.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_message_types_and_the_style_are_those_of_python() -> None:
    made = generator()
    assert made.TARGET.read_text(encoding="utf-8") == made.declarations(), f"run python {made.__file__}"
    assert made.LOOKS.read_text(encoding="utf-8") == made.style_module(), f"run python {made.__file__}"


def test_every_message_is_declared_to_the_browser() -> None:
    """No TypedDict or dataclass of messages.py is left out of SENT."""
    own = [one for one in vars(messages).values() if isinstance(one, type) and one.__module__ == messages.__name__]
    assert set(own) == set(messages.SENT)


@pytest.mark.parametrize("message", messages.SENT, ids=lambda message: message.__name__)
def test_every_field_is_read_or_sent_by_the_browser(message: type) -> None:
    """Its name stands in the sources, apart from the declarations."""
    sources = "\n".join(path.read_text(encoding="utf-8") for path in (JS / "src").glob("*.js"))
    words = set(re.findall(r"[A-Za-z_]\w*", sources))
    unread = [name for name in get_type_hints(message) if name not in words]
    assert unread == []


def unlike(value: Any, kind: Any, where: str = "") -> list[str]:
    """Where a value is not what its declaration says."""
    origin, inner = get_origin(kind), get_args(kind)
    if kind in messages.SENT:
        held = value if isinstance(value, dict) else vars(value)
        hints = get_type_hints(kind)
        extra = get_type_hints(kind, include_extras=True)
        optional = {name for name in hints if get_origin(extra[name]) is NotRequired}
        wrong = [f"{where}.{name} is missing" for name in hints.keys() - held.keys() - optional]
        wrong += [f"{where}.{name} is not declared" for name in held.keys() - hints.keys()]
        for name in hints.keys() & held.keys():
            wrong += unlike(held[name], hints[name], f"{where}.{name}")
        return wrong
    if origin is list:
        return [one for i, item in enumerate(value) for one in unlike(item, inner[0], f"{where}[{i}]")]
    if origin is tuple:
        return [one for item, own in zip(value, inner, strict=True) for one in unlike(item, own, where)]
    if origin is dict:
        return [one for key, item in value.items() for one in unlike(item, inner[1], f"{where}[{key!r}]")]
    if type(kind).__name__ in ("UnionType", "_UnionGenericAlias"):
        tried = [unlike(value, one, where) for one in inner if matches(value, one)]
        return min(tried, key=len) if tried else [f"{where} is {value!r}, not {kind}"]
    return [] if matches(value, kind) else [f"{where} is {value!r}, not {kind}"]


def matches(value: Any, kind: Any) -> bool:
    """Whether a value may be of this kind, as far as its outside tells."""
    origin, inner = get_origin(kind), get_args(kind)
    if kind in messages.SENT:
        return isinstance(value, dict if not hasattr(kind, "__dataclass_fields__") else kind)
    if origin is not None and origin.__module__ == "numpy":
        return getattr(value, "dtype", None) == get_args(inner[1])[0]
    if str(origin) == "typing.Literal":
        return value in inner
    if kind is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if kind is int:
        return type(value) is int
    return isinstance(value, origin or kind)


def test_what_a_lab_sends_is_what_is_declared() -> None:
    from ame_explore.training import Recipe
    from ame_explore.widgets.lab.live import LiveRun

    recipes = {"KD": Recipe(omega=0, steps=6), "KD + AME": Recipe(steps=6)}
    with LiveRun(recipes, drawn=20, metrics_every=2, predict=True) as live:
        live.settle(300)
        assert unlike(live.view(), messages.LabState) == []
        live.predict({"H": "falls", "sketch": [0.1, 0.2]})
        live.step(2)
        live.set("omega", 3.0)
        live.step(1)
        live.settle(60)
        live.fork(1, "omega", 1.0)
        live.play()
        live.wait(300)
        assert unlike(live.view(), messages.LabState) == []
        live.scrub(2)
        live.settle(60)
        state = live.view()
        assert unlike(state, messages.LabState) == [] and len(state.arms) == 3 and state.arms[-1].manifold is not None
        given = live.scene()
    assert given is not None
    assert unlike({**given, "short": [], "colors": []}, messages.Scene) == []  # which the figures add

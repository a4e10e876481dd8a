"""Settings: what is declared, what follows from it, and that every position of every slider is one that is accepted."""

import json
import math
import shutil
import subprocess
from decimal import ROUND_HALF_UP, Context, Decimal
from pathlib import Path

import pytest

import ame_explore
from ame_explore import settings
from ame_explore.ame import AMEError
from ame_explore.settings import DIALS, FAULTS, GROUPS, SETTINGS, STEERABLE
from ame_explore.training import Recipe
from ame_explore.widgets.lab.dials import checked, described, of_setting

DIALS_JS = Path(ame_explore.__file__).parent / "widgets" / "js" / "dials.js"
SLIDERS = [name for name, one in SETTINGS.items() if one.slider is not None]


# --- what is declared


@pytest.mark.parametrize("one", SETTINGS.values(), ids=lambda one: one.name)
def test_a_declaration_is_whole(one):
    assert one.label and one.help.endswith(".") and one.group in GROUPS
    assert bool(one.none) == one.optional
    assert settings.check(one.name, one.default) == one.default
    if one.kind in (int, float):
        assert one.high is not None and (one.low is not None or one.above is not None)
        assert one.slider is None or all(settings.check(one.name, end) == end for end in one.slider)
        assert one.slider is not None or not one.dial
    if one.kind is str and one.choices is not None:
        assert len(set(one.names)) == len(one.names) > 1
        assert all(settings.check(one.name, name) == name for name in one.names)
    assert one.takes_effect == ("next step" if one.name in STEERABLE else "reset")


def test_a_whole_run_has_every_fault_at_its_whole_value():
    recipe = Recipe()
    assert recipe.faults == () and {name: getattr(recipe, name) for name in FAULTS} == dict(FAULTS)
    assert all(SETTINGS[name].steerable for name in FAULTS)


def test_ends_are_inclusive_unless_they_are_said_to_be_exclusive():
    assert settings.check("ambiguity", 0) == 0 and settings.check("ambiguity", 1) == 1
    assert settings.check("batch_size", 2) == 2
    for name, value in (("tau", 0), ("ambiguity", 1.0000001), ("batch_size", 1), ("manifold_dim", settings.WIDEST + 1)):
        with pytest.raises(AMEError, match=name):
            settings.check(name, value)


@pytest.mark.parametrize(
    ("name", "fields", "reason"),
    [
        ("tau", {"kd": "feature"}, "has no tau"),
        ("tau", {"kd": "logits"}, None),
        ("label_smoothing", {"kd": "promptkd"}, None),
        ("temperature", {"reading": "spectral"}, "no softmax"),
        ("temperature", {"omega": 0.0}, "ω is 0"),
        ("temperature", {}, None),
        ("reading", {"omega": 0.0}, "ω is 0"),
        ("manifold_dim", {"projection": "host"}, "no projection of its own"),
        ("omega", {"omega": 0.0}, None),
        ("learning_rate", {}, None),
    ],
)
def test_a_setting_says_why_it_does_nothing(name, fields, reason):
    found = SETTINGS[name].acts(Recipe(**fields))
    assert found is None if reason is None else reason in found


# --- text


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("omega", "none", None),
        ("omega", " 2 ", 2),
        ("omega", "2.5e-1", 0.25),
        ("shots", "8", 8),
        ("shots", "8.0", 8),
        ("shots", "None", None),
        ("steps", "1e3", 1000),
        ("normalized", "no", False),
        ("normalized", "True", True),
        ("reading", "spectral", "spectral"),
        ("data", "mine", "mine"),
        ("omega", 3, 3),
        ("normalized", False, False),
        ("normalize", "none", "none"),
    ],
)
def test_text_is_read(name, text, value):
    found = settings.parse(name, text)
    assert found == value and type(found) is type(value)


@pytest.mark.parametrize(
    ("name", "text"),
    [("steps", "none"), ("steps", "2.5"), ("omega", "nan"), ("omega", "1e999"), ("omega", "a"), ("normalized", "maybe"),
     ("normalized", "1"), ("reading", "row"), ("data", ""), ("seed", "9" * 5000), ("warp", "9"), ("tau", [1])],
)  # fmt: skip
def test_bad_text_is_refused(name, text):
    with pytest.raises(AMEError, match=name):
        settings.parse(name, text)
    with pytest.raises(AMEError, match="2 settings cannot be used"):
        settings.parse_all({name: text, "kd": "mse"})


def test_a_grid_is_read_and_checked_as_a_whole():
    axes = {"omega": "0, 0.5, none", "kd": ["feature", "logits"], "seed": range(3), "tau": 2}
    expected = {"omega": (0, 0.5, None), "kd": ("feature", "logits"), "seed": (0, 1, 2), "tau": (2,)}
    assert settings.grid(axes) == expected
    with pytest.raises(AMEError) as refused:
        settings.grid({"omga": [1], "omega": [1, -1], "steps": [], "kd": "feature,feature"})
    told = str(refused.value)
    assert told.startswith("4 settings cannot be used")
    assert all(word in told for word in ("did you mean 'omega'", "got -1", "at least one value", "each value once"))


def test_the_table_and_the_docs_name_every_setting_once():
    table = settings.table()
    for name, one in SETTINGS.items():
        assert table.count(f"| `{name}`") == 1 and one.help in table and one.help in settings.docs()
    rows = [line for line in table.splitlines() if line.startswith("| `")]
    assert len(rows) == len(SETTINGS) and {row.replace("\\|", "").count("|") for row in rows} == {6}


# --- sliders


def rounded(value: float, digits: int) -> float:
    """JavaScript's Number(value.toPrecision(digits))."""
    return float(Context(prec=digits, rounding=ROUND_HALF_UP).create_decimal(Decimal(value)))


def slider_value(dial: dict, position: int) -> float:
    """What the page sends for a position of a slider, 0 to 1000: the rule of `Dial.number` in dials.js."""
    low, high, log = dial["low"], dial["high"], dial["log"]
    floor = low if low > 0 else high / 1e4
    notch = 30 if log and not low > 0 else 0
    if notch and position < 15:
        return 0
    if log:
        value = floor * math.exp(max(0, position - notch) / (1000 - notch) * math.log(high / floor))
    else:
        value = low + (high - low) * position / 1000
    return math.floor(value + 0.5) if dial["whole"] else rounded(value, 2 if log else 3)


@pytest.mark.parametrize("name", SLIDERS)
def test_every_position_of_a_slider_is_accepted(name):
    dial, recipe = of_setting(SETTINGS[name]), Recipe()
    values = [slider_value(dial, position) for position in range(1001)]
    for value in values:
        assert checked(recipe, 0, name, value) == value
    assert values == sorted(values) and (values[0], values[-1]) == SETTINGS[name].slider


@pytest.mark.skipif(shutil.which("node") is None, reason="Node is not installed")
def test_the_page_sends_those_values():
    """dials.js itself, over stand-ins for what draws."""
    script = """
const [source, dials] = JSON.parse(require("fs").readFileSync(0, "utf8"));
const Dial = new Function("h", "throttled", "spelled", `${source}; return Dial;`)(() => ({}), (send) => send, String);
const found = {};
for (const dial of dials) {
  const made = new Dial({}, dial);
  found[dial.field] = Array.from({ length: 1001 }, (_, position) => made.fromSlider(position));
}
console.log(JSON.stringify(found));
"""
    dials = [of_setting(SETTINGS[name]) for name in SLIDERS]
    sent = json.dumps([DIALS_JS.read_text(encoding="utf-8"), dials])
    done = subprocess.run(["node", "-e", script], input=sent, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    for dial in dials:
        expected = [slider_value(dial, position) for position in range(1001)]
        assert found[dial["field"]] == pytest.approx(expected, rel=1e-12)
        for value in found[dial["field"]]:
            settings.check(dial["field"], value)


def test_dials_are_described_from_the_declarations():
    recipes = {"KD": Recipe(omega=0.0), "KD + AME": Recipe()}
    found = {dial["field"]: dial for dial in described(recipes, recipes, {}, (), ["tau"])}
    assert tuple(found) == DIALS
    for name, dial in found.items():
        one = SETTINGS[name]
        assert (dial["whole"], dial["steerable"], dial["optional"]) == (one.whole, one.steerable, one.optional)
        assert dial["step"] == (1 if one.whole else None) and dial["choices"] == list(one.names)
        assert dial["locked"] == (name == "tau")
    assert "has no tau" in found["tau"]["idle"] and found["omega"]["idle"] is None
    assert found["omega"]["concerns"] == ["KD + AME"] and found["tau"]["concerns"] == ["KD", "KD + AME"]
    mixed = {"KD": Recipe(kd="logits", omega=0.0), "KD + AME": Recipe()}
    assert next(dial for dial in described(mixed, mixed, {}, (), []) if dial["field"] == "tau")["idle"] is None

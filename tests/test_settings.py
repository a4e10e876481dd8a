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

DIAL_SCALE = Path(ame_explore.__file__).resolve().parent / "widgets" / "js" / "src" / "dial_scale.js"
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
        ("tau", {"kd": "feature"}, "compares features"),
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


def positions(dial: dict) -> int:
    """The last position of a slider that begins at 0."""
    counted = dial["step"] is not None and dial["scale"] == "linear"
    return round((dial["high"] - dial["low"]) / dial["step"]) if counted else 1000


def slider_value(dial: dict, position: int) -> float:
    """What the page sends for a position of a slider: the rule of `numberScale` in dial_scale.js."""
    low, high, last, log = dial["low"], dial["high"], positions(dial), dial["scale"] == "log"
    floor = low if low > 0 else high / 1e4
    notch = 30 if log and not low > 0 else 0
    if log and position < notch / 2:
        return 0
    if log:
        value = floor * math.exp(max(0, position - notch) / (last - notch) * math.log(high / floor))
    else:
        value = low + (high - low) * position / last
    if dial["step"] is not None:
        value = low + math.floor((value - low) / dial["step"] + 0.5) * dial["step"]
    else:
        value = rounded(value, 2 if log else 3)
    value = min(max(value, low), high)
    return round(value) if dial["whole"] else value


@pytest.mark.parametrize("name", SLIDERS)
def test_every_position_of_a_slider_is_accepted(name):
    dial, recipe = of_setting(SETTINGS[name]), Recipe()
    values = [slider_value(dial, position) for position in range(positions(dial) + 1)]
    for value in values:
        assert checked(recipe, 0, name, value) == value
    assert values == sorted(values) and (values[0], values[-1]) == SETTINGS[name].slider


@pytest.mark.skipif(shutil.which("node") is None, reason="Node is not installed")
def test_the_page_sends_those_values():
    """dial_scale.js itself, on whole and half positions, of which a touch screen knows more than a mouse."""
    script = f"""
const {{ numberScale }} = await import({DIAL_SCALE.as_uri()!r});
let text = "";
for await (const part of process.stdin) text += part;
const found = {{}};
for (const dial of JSON.parse(text)) {{
  const scale = numberScale({{ ...dial, value: 0 }});
  found[dial.field] = Array.from({{ length: 2 * scale.last + 1 }}, (_, half) => scale.fromSlider(half / 2));
}}
console.log(JSON.stringify(found));
"""
    dials = [of_setting(SETTINGS[name]) for name in SLIDERS]
    done = subprocess.run(
        ["node", "--input-type=module", "-e", script],
        input=json.dumps(dials),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    for dial in dials:
        expected = [slider_value(dial, position) for position in range(positions(dial) + 1)]
        assert found[dial["field"]][::2] == pytest.approx(expected, rel=1e-12)
        for value in found[dial["field"]]:
            assert settings.check(dial["field"], value) == value


def test_dials_are_described_from_the_declarations():
    recipes = {"KD": Recipe(omega=0.0), "KD + AME": Recipe()}
    found = {dial["field"]: dial for dial in described(recipes, recipes, {}, (), ["tau"])}
    assert tuple(found) == DIALS
    for name, dial in found.items():
        one = SETTINGS[name]
        assert (dial["whole"], dial["steerable"], dial["optional"]) == (one.whole, one.steerable, one.optional)
        assert dial["step"] == (1 if one.whole else None) and dial["choices"] == list(one.names)
        assert dial["locked"] == (name == "tau")
    assert "compares features" in found["tau"]["idle"] and found["omega"]["idle"] is None
    assert found["omega"]["concerns"] == ["KD + AME"] and found["tau"]["concerns"] == ["KD", "KD + AME"]
    mixed = {"KD": Recipe(kd="logits", omega=0.0), "KD + AME": Recipe()}
    assert next(dial for dial in described(mixed, mixed, {}, (), []) if dial["field"] == "tau")["idle"] is None

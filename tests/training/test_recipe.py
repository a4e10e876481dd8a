"""A recipe as a value: its checks, its tokens, and the settings in force at a step."""

import base64
import dataclasses
import json
import pickle
import zlib

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ame_explore import settings
from ame_explore.ame import AMEError
from ame_explore.settings import SETTINGS, STEERABLE, Setting
from ame_explore.training import Event, Recipe
from ame_explore.training.recipe import MOST_EVENTS

# Tokens as version 0.1.0 wrote them, and what in them is not the default: a shared token is read for ever.
TOKENS = [
    (
        "ame1:eNqrrgUAAXUA-Q",
        {},
    ),
    (
        "ame1:eNo1jNsKwjAQBf9ln4PE1HrJz8g2u7aBmEh2I4j03xtRH89wZt6A9ynOLeoLvN250QChIniQwJkFvvtKcWbRju3eDYfxeDp"
        "fcArEt_9BmAn8YCCXKPxp2d561KIllNRFrZiFWtD45C7JUlTA55aSAWUMC9dfxK0b_BkwpQ",
        {
            "data": "scenes",
            "data_seed": 3,
            "data_digest": "0123456789abcdef",
            "shots": None,
            "protocol": "transductive",
            "ambiguity": 0.25,
            "noise": 0.05,
            "teacher_seed": 2,
        },
    ),
    (
        "ame1:eNoljUEKwzAMBP-iswlpyaHkM0axlVhUsYMlU2jp3-ukt91hNfpAbIdwQCOF-e4gFTWYQUNFCwkcPGOvUjY2vZoPgqrnGhZ"
        "U-rMX8Zb63Th0heBC4nUvxRLn7aQ3B7nUHYXf1H0ripIDTW1dhaI_kGsXWm0ntRYpmzdsMD_GYXRwxelKhCFR9blw_93N0_cHBbJ"
        "BHQ",
        {
            "host": "scratch",
            "kd": "logits",
            "kd_weight": 0.2,
            "kd_classes": "base",
            "tau": 4.0,
            "label_smoothing": 0.1,
            "student_tau": 80.0,
            "normalized": False,
            "shuffled_pairs": True,
            "duplicates": 2,
            "teacher_noise": 0.4,
        },
    ),
    (
        "ame1:eNodjUEKAjEMRe-SdZFxo9DLDGEaa2TSlDRlBsW727pL3n_8_wEUWrnU7hDB8IAA2TAxlQma9zSvAIKFH7qnNbFAvN4CFDX"
        "Bnd80vF54SiqUEeJyWQJU0xdtzlpG_tQ2c8OSVFan0xtEt06D0VgreY7V4RvuQ2yb1tnLgpnG7ySVDL0b_evvE52-mh6jCCqyUYL"
        "vDz72Rck",
        {
            "reading": "spectral",
            "omega": 0.0,
            "projection": "host",
            "manifold_dim": 16,
            "normalize": "unit",
            "temperature": 0.07,
            "gradient": "student",
            "random_texts": True,
            "text_rows": "paired",
            "scope": "image",
            "ame_input": "raw",
        },
    ),
    (
        "ame1:eNoVjVEOwiAQBe_yvolZsEXLZQjCpiWptIFtjBrvLv2dmWS-eASJi2_5w3BXo7ByqCWX2dcgHdFFK2y75GcvKhzanKDQ4sL"
        "pWHuAuJUmochJmROc1qOZjB5psGTvg51utivhvcEZIlJ4cZ4X8YljeJ8L-v0BvekqLQ",
        {
            "steps": 2000,
            "batch_size": 32,
            "optimizer": "sgd",
            "learning_rate": 0.1,
            "weight_decay": 0.0,
            "schedule": "constant",
            "seed": 1152921504606846976,
        },
    ),
    (
        "ame1:eNotjTsOgzAYg-_i-R8KCAauEmWIiAuR8kAJMFBxd1LBZvuz5R94MG4Fo1IfQQqcDaTVojpBprEuzhCsmdZNmzuIB73FuHt"
        "fg6av25hyMN6dtJCv8YVaCwqrHfsqlvR_aYbrBmivJRI",
        {
            "shots": 16,
            "seed": 5,
            "events": [[0, "omega", 2], [3, "reading", "predictive"], [3, "omega", None], [150, "normalized", False]],
        },
    ),
    (
        "ame1:eNqrVkpJLElUslLKzcxLVdJRyklNLMrLzEuPL0osSVWyMtAzMDAwRgM6Svm5qelATea1AGOqEgs",
        {"data": "mine", "omega": 7, "learning_rate": 0.0003333333333333333},
    ),
]


def token_of(text: bytes) -> str:
    return "ame1:" + base64.urlsafe_b64encode(zlib.compress(text)).decode()


def steered(turns):
    recipe = Recipe()
    for step, field, value in turns:
        recipe = recipe.with_event(step, field, value)
    return recipe


# --- tokens


@pytest.mark.parametrize(("token", "changed"), TOKENS)
def test_tokens_of_earlier_versions_are_read(token, changed):
    recipe = Recipe.from_token(token)
    assert recipe.to_dict() == {**Recipe().to_dict(), **changed}
    assert recipe.token() == token


@pytest.mark.parametrize(
    "text",
    [
        b'{"data":' + b"[" * 200_000 + b"]" * 200_000 + b"}",
        b'{"events":' + b"[" * 200_000 + b"]" * 200_000 + b"}",
        b'{"omega":' + b"[" * 900 + b"]" * 900 + b"}",
        b'{"seed":' + b"9" * 10_000 + b"}",
        b'{"omega":' + b"9" * 400 + b"}",
        b'{"omega":1e999}',
        b'{"omega":NaN}',
        b'{"events":5}',
        b'{"events":[5]}',
        b'{"events":[[1,"omega"]]}',
        b'{"events":[["a","omega",1]]}',
        b'{"events":[[1,["omega"],1]]}',
        b'{"events":[[1,"omega",[1]]]}',
        b'{"events":[[1,"omega",{}]]}',
        b'{"events":{"a":1}}',
        b'{"manifold_dim":10000000}',
        b'{"steps":1000000000000}',
        b'{"seed":9223372036854775807}',
        b'{"reading":["rows"]}',
        b'{"reading":{}}',
        b'{"normalized":0}',
        b'{"events":[' + b",".join([b'[1,"omega",1]'] * (MOST_EVENTS + 1)) + b"]}",
    ],
    ids=lambda text: text[:30].decode(),
)
def test_a_strangers_token_is_refused_in_words(text):
    with pytest.raises(AMEError) as refused:
        Recipe.from_token(token_of(text))
    assert len(str(refused.value)) < 1000


# --- checks


def test_one_error_lists_every_problem():
    with pytest.raises(AMEError) as refused:
        Recipe(omega=-1, shots=2.5, kd="mse", random_texts=1, seed=True, tau=None)
    lines = str(refused.value).splitlines()
    assert lines[0] == "6 settings cannot be used:"
    assert sorted(line.split()[1] for line in lines[1:]) == ["kd", "omega", "random_texts", "seed", "shots", "tau"]
    with pytest.raises(AMEError) as refused:
        Recipe(events=(Event(5, "omega", 1.0), Event(3, "omega", -1.0), Event(4, "host", "scratch")))
    assert all(word in str(refused.value) for word in ("step must be a whole number from 5 to 200", "omega", "host"))


@pytest.mark.parametrize("name", [name for name, one in SETTINGS.items() if one.kind in (int, float)])
@pytest.mark.parametrize(
    "value", [10**400, -(10**400), 10**40, 1e300, 2**63, float("nan"), float("inf"), "1", [1], np.ones(2)], ids=str
)
def test_numbers_of_any_magnitude_are_refused_by_name(name, value):
    with pytest.raises(AMEError, match=rf"^{name} must be"):
        Recipe(**{name: value})
    if name in STEERABLE:
        with pytest.raises(AMEError, match=rf"^{name} must be"):
            Recipe().with_event(3, name, value)


@pytest.mark.parametrize("name", ["tau", "learning_rate", "temperature", "student_tau"])
def test_what_float32_would_round_to_zero_is_refused(name):
    with pytest.raises(AMEError, match=f"{name} must be a number from 1e-15 to 1e"):
        Recipe(**{name: 1e-300})
    assert getattr(Recipe(**{name: 1e-15}), name) == 1e-15


def test_the_largest_seed_is_one_that_torch_takes():
    from ame_explore.training.parts import STREAMS, stream

    recipe = Recipe(seed=settings.LARGEST_SEED)
    assert all(stream(recipe, purpose).initial_seed() < 2**64 for purpose in STREAMS)
    with pytest.raises(AMEError, match="seed must be"):
        Recipe(seed=settings.LARGEST_SEED + 1)


def test_numbers_of_numpy_and_torch_become_pythons():
    recipe = Recipe(
        omega=np.float32(0.5), shots=np.int64(8), random_texts=np.bool_(True), tau=torch.tensor(2.0), seed=np.array(3)
    )
    assert recipe == Recipe(omega=0.5, shots=8, random_texts=True, tau=2.0, seed=3)
    assert {type(value) for value in recipe.to_dict().values()} <= {int, float, str, bool, list, type(None)}
    turned = recipe.with_event(np.int32(2), "omega", np.float64(3.0))
    assert Recipe.from_token(turned.token()) == turned == recipe.with_event(2, "omega", 3.0)
    assert type(turned.events[0].step) is int and type(turned.events[0].value) is float
    made = Recipe(events=(Event(np.int64(2), "omega", np.float32(2)),))
    assert type(made.events[0].step) is int and type(made.events[0].value) is float
    assert type(Recipe(shots=4.0).shots) is int


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"gradient": "projections", "projection": "host"}, "nothing to learn"),
        ({"scope": "image", "reading": "predictive"}, "scope='image' has no meaning"),
        ({"text_rows": "paired", "reading": "alignment"}, "text_rows='paired' has no meaning"),
    ],
)
def test_settings_that_contradict_each_other_are_refused(fields, message):
    with pytest.raises(AMEError, match=message):
        Recipe(**fields)
    if "reading" in fields:
        recipe = Recipe(**{name: value for name, value in fields.items() if name != "reading"})
        with pytest.raises(AMEError, match=message):
            recipe.with_event(3, "reading", fields["reading"])
        with pytest.raises(AMEError, match=message):
            dataclasses.replace(recipe, events=(Event(3, "reading", fields["reading"]),))


def test_repr_hash_and_pickle_hold_the_recipe():
    recipe = Recipe(omega=2.0, shots=None).with_event(3, "reading", "spectral").with_event(3, "normalized", False)
    assert eval(repr(recipe), {"Recipe": Recipe, "Event": Event}) == recipe
    again = pickle.loads(pickle.dumps(recipe))
    assert again == recipe and hash(again) == hash(recipe) and again.at(3) == recipe.at(3)
    recipe.at(0)
    assert "_in_force" not in repr(recipe) and dataclasses.replace(recipe) == recipe


def test_the_docstring_names_every_setting():
    assert all(f"    {name}: " in Recipe.__doc__ for name in SETTINGS)
    assert [field.name for field in dataclasses.fields(Recipe)] == [*SETTINGS, "events"]


# --- the settings in force


def plain_at(recipe, step):
    """What `at` says, by its definition."""
    found = dataclasses.replace(recipe, events=())
    for event in recipe.events:
        if event.step <= step:
            found = dataclasses.replace(found, **{event.field: event.value})
    return found


TURNS = st.one_of(
    st.tuples(st.integers(0, 200), st.just("omega"), st.none() | st.floats(0, 100)),
    st.tuples(st.integers(0, 200), st.just("reading"), st.sampled_from(["rows", "spectral", "predictive"])),
    st.tuples(st.integers(0, 20), st.just("duplicates"), st.integers(1, 4)),
)


@given(st.lists(TURNS, max_size=12))
def test_the_settings_in_force_are_those_of_the_events_so_far(turns):
    recipe = steered(turns)
    fresh = Recipe(events=recipe.events)  # nothing of it was computed on the way
    assert recipe == fresh and hash(recipe) == hash(fresh)
    for step in (-1, 0, 7, 20, 100, 200):
        assert recipe.at(step) == fresh.at(step) == plain_at(recipe, step)


@given(st.permutations(range(12)))
def test_events_in_any_order_are_kept_in_the_order_of_their_steps(order):
    recipe = steered([(step, "omega", float(step)) for step in order])
    assert [event.step for event in recipe.events] == list(range(12))
    assert [recipe.at(step).omega for step in range(12)] == [float(step) for step in range(12)]


def test_a_lookup_checks_nothing_and_a_turn_checks_one_value(monkeypatch):
    """The cost of a step and of a dial does not grow with the dials that were turned before."""
    recipe = dataclasses.replace(Recipe(), steps=2000)
    for step in range(1000):
        recipe = recipe.with_event(step, "omega", float(step))
    checks = []
    problem = Setting.problem
    monkeypatch.setattr(Setting, "problem", lambda one, value: checks.append(one.name) or problem(one, value))
    assert recipe.at(1500) is recipe.at(999) and recipe.at(500).omega == 500.0 and checks == []
    turned = recipe.with_event(1000, "tau", 2.0)
    assert checks == ["tau"]
    assert turned.at(999) is recipe.at(999) and turned.at(1000).tau == 2.0 and checks == ["tau"]
    again = recipe.with_event(500, "omega", 7.0)
    assert (again.at(499).omega, again.at(500).omega, again.at(501).omega) == (499.0, 7.0, 501.0)
    assert checks == ["tau", "omega"]


def test_a_recipe_holds_so_many_events():
    event = Event(1, "omega", 1.0)
    full = Recipe(events=(event,) * MOST_EVENTS)
    with pytest.raises(AMEError, match="events must be at most"):
        full.with_event(2, "omega", 2.0)


def test_to_dict_is_json():
    recipe = Recipe(shots=None).with_event(2, "normalized", False)
    assert Recipe.from_dict(json.loads(json.dumps(recipe.to_dict()))) == recipe


def test_unknown_settings_are_told_with_the_wrong_ones():
    with pytest.raises(AMEError) as refused:
        Recipe(omega=-1.0, colour="red")
    assert "colour" in str(refused.value) and "omega" in str(refused.value)
    with pytest.raises(AMEError, match="colour"):
        Recipe.for_data("digits", colour="red")

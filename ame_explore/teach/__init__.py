"""Exercises: checks that say in words what is missing, hints in steps, and one source for learner, teacher and CI.

In a notebook::

    from ame_explore import teach

    def kd_loss(student_logits, teacher_logits, tau):
        return ...

    teach.check("kd_loss", kd_loss)  # "Not yet", with the property that is broken; or "Right"
    teach.hint("kd_loss")  # one more hint with each call

A check calls the learner's function on small inputs and tests what must hold for every right answer: a value known by
hand, a sign, a symmetry, whether a gradient flows. It does not compare code, and whatever goes wrong inside the
learner's function is reported in words.

Each exercise is declared once, in `ame_explore/teach/course/`, one module a notebook, with its stub, solution, other
right answers, typical wrong ones, hints and notes for the teacher. From there come the section "Exercises" of the
notebooks (`python .ci/exercises.py`), the teacher's version with solutions, notes and minutes (`ame-explore teach`),
and the tests: `prove` shows for one exercise that the stub and every wrong answer get the message that they should, and
that every right answer passes.

The predictions of a whole class are collected without a server: `prediction_token` gives a learner's answers in a lab
as a short text, and `class_predictions` shows all that were pasted beside what happened.

A teacher's own exercise takes one decorator, in a notebook cell or in a package (see `ame_explore.registry`)::

    @teach.exercise(
        "double",
        notebook="00_tour",
        title="Double a number",
        kind="write the missing line",
        minutes=1,
        difficulty=1,
        prompt="Complete the function.",
        stub="def double(x):\\n    return ...",
        solution="2 * x",
        also=["x + x"],
        wrong=[("x", "must be twice"), ("x**2", "must be twice"), ("-2 * x", "must be twice")],
        why="Twice means two times.",
        hints=["What is twice 3?"],
        notes="A warm-up.",
    )
    def check_double(answer):
        double = teach.function(answer, "double")
        teach.require(teach.number(double(3), "double(3)") == 6, "double(x) must be twice x.")

    teach.prove("double")

Why not an existing tool: otter-grader checks without a server, but a failed check shows lines of the test's own code,
nothing proves that usual wrong answers get the right message, and it would bring Docker bindings and PDF export to
every learner. nbgrader is built around a database and a server, and Neuromatch's scripts check no answers; taken over
from the latter are that stub and solution come from one source, and that every exercise states its minutes and
difficulty.
"""

from ame_explore.teach.answers import NotYet, array, choice, function, number, require
from ame_explore.teach.checking import Verdict, check, predictions
from ame_explore.teach.class_tokens import ClassPredictions, class_predictions, prediction_token
from ame_explore.teach.declare import KINDS, Exercise, exercise, exercises, find
from ame_explore.teach.hints import Hint, hint
from ame_explore.teach.proof import prove

__all__ = [
    "KINDS",
    "ClassPredictions",
    "Exercise",
    "Hint",
    "NotYet",
    "Verdict",
    "array",
    "check",
    "choice",
    "class_predictions",
    "exercise",
    "exercises",
    "find",
    "function",
    "hint",
    "number",
    "prediction_token",
    "predictions",
    "prove",
    "require",
]

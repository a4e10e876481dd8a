"""The images that the lasso selected, as a DataFrame."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ame_explore.widgets.lab.engine import Engine

if TYPE_CHECKING:
    import pandas as pd


def selected(engine: Engine) -> pd.DataFrame:
    """A row for each selected image and arm, as they are drawn now; see `LiveRun.selection`."""
    import pandas as pd

    canvas, shown = engine.canvas, dict(engine.whole)
    places = {} if canvas is None else {one: place for place, one in enumerate(canvas.ids.tolist())}
    rows = []
    for one in engine.selection if canvas is not None else ():
        assert canvas is not None
        place = places[one]
        thumbnail = canvas.thumbnail(place)
        for name, picture in shown.items():
            label, prediction = int(canvas.labels[place]), int(picture.prediction[place])
            rows.append(
                {
                    "arm": name,
                    "id": one,
                    "caption": canvas.captions[place],
                    "label": canvas.class_names[label],
                    "prediction": canvas.class_names[prediction],
                    "right": label == prediction,
                    "entropy": float(picture.entropy[place]),
                    "base": bool(canvas.base[place]),
                    "step": picture.step,
                    "thumbnail": thumbnail,
                }
            )
    columns = ["arm", "id", "caption", "label", "prediction", "right", "entropy", "base", "step", "thumbnail"]
    return pd.DataFrame(rows, columns=columns)

"""The width decides what omega can do"""

from ame_explore.analysis import effective_push

rows = {width: torch.randn(60, width, generator=torch.Generator().manual_seed(width)) for width in (16, 64, 512)}
pushes = {"unit rows": [effective_push(each, 50.0, normalize="unit") for each in rows.values()]}
drawing = figures.omega_push(pushes)

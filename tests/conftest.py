"""For all tests: hypothesis draws the same examples in every run, and has no time limit of its own."""

from hypothesis import settings

settings.register_profile("ame_explore", deadline=None, derandomize=True)
settings.load_profile("ame_explore")

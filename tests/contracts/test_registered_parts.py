"""Every registered part keeps what parts of its kind promise."""

from ame_explore.testing import parametrize_with_checks


@parametrize_with_checks()
def test_a_registered_part_keeps_its_promise(check):
    check()

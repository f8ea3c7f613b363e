"""A plugin for CrossHair: an instant is the whole number that it is made of.

CrossHair cannot keep a number open that is of a class of its own. Nothing is lost: an ``Instant`` adds no arithmetic and no
comparison to ``int`` (``test_an_instant_calculates_as_an_integer``).
"""

from __future__ import annotations

from crosshair import register_patch

from adjudicator.model.time import Instant


def as_an_integer(number: int) -> int:
    """The number itself."""
    return number


register_patch(Instant, as_an_integer)

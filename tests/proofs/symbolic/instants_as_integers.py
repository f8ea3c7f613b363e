"""A CrossHair plugin that treats an instant as its whole number.

CrossHair cannot keep a number symbolic if it is of a class of its own. This loses nothing: an ``Instant`` adds no arithmetic and no
comparison to ``int`` (``test_an_instant_calculates_as_an_integer``).
"""

from __future__ import annotations

from crosshair import register_patch

from adjudicator.model.time import Instant


def as_an_integer(number: int) -> int:
    """The number itself."""
    return number


register_patch(Instant, as_an_integer)

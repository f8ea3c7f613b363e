"""The line of a pack at which an error arose."""

from __future__ import annotations

import pytest

from adjudicator.engine.blame import blamed


@pytest.mark.parametrize(("line", "place"), [(7, "rules.py:7"), (None, "rules.py:1")])
def test_a_file_that_is_no_python_is_blamed_itself(line: int | None, place: str) -> None:
    """At its first line if Python names none."""
    assert blamed(SyntaxError("invalid", ("rules.py", line, None, None)), ()) == place


def test_an_error_outside_of_the_packages_is_nobodys() -> None:
    """Also in code of no module."""
    with pytest.raises(ZeroDivisionError) as raised:
        exec("1 / 0", {})
    assert blamed(raised.value, {"acme"}) is None
    assert blamed(raised.value, {"test_blame"}) is not None

"""Input errors in settlements and in other cases that the readings added."""

import pytest

from . import faults, other_faults
from .edges import put
from .plain_cases import CLAIM, CLEARED, TRADING, paid


@pytest.mark.parametrize(
    ("settlement", "name"),
    [
        (paid("compensation", 1, units=0), "units"),
        (paid("tax", 1, units=1), "units"),
        (paid("price_adjustment", 1, units=1), "units"),
        (paid("postage", 1, line_id=None, units=1), "units"),
        (paid("refund", 1, reversed_at="2022-04-20T12:00:00.000001+08:00"), "reversed_at"),
        (paid("refund", 1, reversed_at="2022-04-20"), "reversed_at"),
    ],
)
def test_settlements_at_fault(settlement, name):
    assert faults(put(CLAIM, "/settlements", [settlement])) == [f"/settlements/0/{name}"]


@pytest.mark.parametrize(
    "settlement", [paid("refund", 1, units=1), paid("compensation", 1, units=9), paid("tax", 1, units=None)]
)
def test_settlements_with_units(settlement):
    assert faults(put(CLAIM, "/settlements", [settlement | {"reversed_at": CLAIM["as_of"]}])) == []


@pytest.mark.parametrize(
    ("case", "place", "value"),
    [
        (TRADING, "/incidents/0/happened_at", "2022-06-02T12:00:00.000001+08:00"),
        (TRADING, "/incidents/0/happened_at", "2022-06-02"),
        (CLEARED, "/shop/score", "4.5"),
        (CLEARED, "/shop/shop_score", "5.01"),
        (CLEARED, "/shop/experience_score", "-1"),
    ],
)
def test_other_cases_at_fault(case, place, value):
    assert other_faults(case) == []
    assert other_faults(put(case, place, value)) == [place]

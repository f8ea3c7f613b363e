"""R60: when time alone matters, worked out by hand."""

from datetime import datetime

import pytest

from . import judge_any
from .edges import put
from .plain_cases import ARRIVAL, CLAIM, CLEARED, DISPATCH, LISTED, TEN, TRADING, act, changed, feedback


def at(text):
    """An instant."""
    return datetime.fromisoformat(text)


PENALTIES = [{"rule": "evasive_information", "imposed_at": "2023-08-05T23:59:59+08:00"}]
ADMISSION = {
    "id": "x",
    "policy": "douyin_alliance.admission",
    "as_of": "2024-08-01T12:00:00+08:00",
    "shop": put(CLEARED, "/shop/penalties", PENALTIES)["shop"],
    "product": {"id": "P", "virtual": False},
}
FORMED_LATER = changed(DISPATCH, ("/order/formed_at", "2022-06-06T00:00:00+08:00"), ("/dispatch", {"happened": False}))
LATER = "2022-05-01T00:00:00+08:00"


@pytest.mark.parametrize(
    ("case", "right"),
    [
        pytest.param(CLAIM, None, id="nothing changes any more"),
        pytest.param(
            changed(CLAIM, ("/evidence", []), ("/claim/evidence_closes_at", LATER)),
            "2022-05-01T00:00:00.000001+08:00",
            id="the time for evidence ends",
        ),
        pytest.param(
            changed(CLAIM, ("/claim/claimant_id", "c"), ("/order/lines/0/completed_at", LATER)),
            LATER,
            id="a clause comes to support where the claim is refused",
        ),
        pytest.param(
            changed(CLAIM, ("/claim/claimant_id", "c"), ("/claim/reason", "other")),
            "2022-07-01T00:00:00+08:00",
            id="what can be repaired cannot be any more, also where the claim is refused",
        ),
        pytest.param(
            changed(CLAIM, ("/claim/claimant_id", "c"), ("/evidence", []), ("/claim/evidence_closes_at", LATER)),
            "2022-05-01T00:00:00.000001+08:00",
            id="a bar comes to apply where the claim is refused",
        ),
        pytest.param(ADMISSION, "2024-08-05T00:00:00+08:00", id="a penalty lapses"),
        pytest.param(
            put(ADMISSION, "/shop/shop_score", "4.1"), "2024-08-05T00:00:00+08:00", id="one of two grounds lapses"
        ),
        pytest.param(
            put(CLEARED, "/shop/penalties", PENALTIES),
            "2024-08-05T00:00:00+08:00",
            id="reopening",
        ),
        pytest.param(LISTED, None, id="there is no time in a listing"),
        pytest.param(FORMED_LATER, "2022-06-06T00:00:00+08:00", id="the order comes about"),
        pytest.param(
            changed(FORMED_LATER, ("/order/formed_at", "2022-06-04T10:00:00+08:00")),
            "2022-06-05T10:00:00.000001+08:00",
            id="the time for dispatch is over",
        ),
        pytest.param(
            changed(
                FORMED_LATER,
                ("/order/formed_at", "2022-06-04T10:00:00+08:00"),
                ("/out_of_stock", True),
            ),
            "2022-06-05T10:00:00.000001+08:00",
            id="also where it is against the rule already",
        ),
        pytest.param(
            changed(ARRIVAL, ("/evidence_closes_at", "2022-07-01T00:00:00+08:00")),
            "2022-07-01T00:00:00.000001+08:00",
            id="a person decides from then on",
        ),
        pytest.param(
            changed(
                ARRIVAL, ("/evidence", [feedback("arrived", TEN)]), ("/evidence_closes_at", "2022-07-01T00:00:00Z")
            ),
            None,
            id="decided before the time for evidence is over",
        ),
        pytest.param(
            put(TRADING, "/shop/notice", {"happened": True, "at": "2022-06-01T10:00:00+08:00"}),
            "2022-06-05T00:00:00+08:00",
            id="the time for the promise is over",
        ),
        pytest.param(
            changed(
                TRADING,
                ("/incidents", [act(official=True)]),
                ("/shop/notice", {"happened": True, "at": "2022-06-01T10:00:00+08:00"}),
            ),
            "2022-06-05T00:00:00+08:00",
            id="also where nothing is found",
        ),
        pytest.param(
            changed(
                TRADING,
                ("/shop/notice", {"happened": True, "at": "2022-06-01T10:00:00+08:00"}),
                ("/shop/written_promise", {"happened": True, "at": "2022-06-02T10:00:00+08:00"}),
            ),
            None,
            id="nothing is left to be done",
        ),
    ],
)
def test_a_case_is_reconsidered_when_time_alone_changes_it(case, right):
    assert judge_any(case)["reconsider_at"] == (None if right is None else at(right))

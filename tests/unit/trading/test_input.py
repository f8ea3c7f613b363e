"""Impossible values in a case of off-platform trading are faults at their places, and missing values are unknown."""

from __future__ import annotations

from typing import Any, Final

import attrs
import pytest

from adjudicator import InputError
from adjudicator.model.errors import Fault
from adjudicator.wire.codec import case_from
from pinduoduo import trading_case as pack
from pinduoduo.trading_case import DEPOSIT, Deposit, EarlierFinding, Event, Incident, Shop, TopUp, TradingCase
from trading.cases import AT, NOTHING, changed, event, topped_up
from tradings import FOUND

LATE: Final = "2023-05-06T12:00:00.000001+08:00"
TOO_LATE: Final = "9000-01-01T00:00:00+08:00"


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ([("/opened_at", LATE), ("/shop/notice", NOTHING)], Fault("/opened_at", f'"{LATE}"', f"an instant not after as_of, {AT}")),
        ([("/as_of", TOO_LATE)], Fault("/as_of", f'"{TOO_LATE}"', f"an instant before {TOO_LATE}")),
        (
            [("/shop/earlier_findings", [{"id": "1", "notice": event(LATE)}])],
            Fault("/shop/earlier_findings/0/notice/at", f'"{LATE}"', f"an instant not after as_of, {AT}"),
        ),
        (
            [("/incidents", [FOUND["incidents"][0], {**FOUND["incidents"][0], "id": "incident-2", "happened_at": LATE}])],
            Fault("/incidents/1/happened_at", f'"{LATE}"', f"an instant not after as_of, {AT}"),
        ),
        ([("/incidents", [])], Fault("/incidents", "an empty list", "at least one incident")),
        (
            [("/incidents", [FOUND["incidents"][0]] * 2)],
            Fault("/incidents/1/id", '"incident-1"', "an id that stands only once"),
        ),
        ([("/shop/notice/at", LATE)], Fault("/shop/notice/at", f'"{LATE}"', f"an instant not after as_of, {AT}")),
        (
            [("/shop/notice/at", "2023-05-04T08:59:59+08:00")],
            Fault(
                "/shop/notice/at",
                '"2023-05-04T08:59:59+08:00"',
                f"an instant not before opened_at, {FOUND['opened_at']}",
            ),
        ),
        *(
            (
                [(f"/shop/{name}", {"happened": False, "at": AT})],
                Fault(f"/shop/{name}/at", f'"{AT}"', "nothing, because happened is false"),
            )
            for name in ("notice", "written_promise", "closing", "exit_application")
        ),
        *(
            (
                [(f"/shop/{name}", event(LATE))],
                Fault(f"/shop/{name}/at", f'"{LATE}"', f"an instant not after as_of, {AT}"),
            )
            for name in ("written_promise", "closing", "exit_application")
        ),
        (
            [("/shop/earlier_findings", [{"id": "1"}, {"id": "1"}])],
            Fault("/shop/earlier_findings/1/id", '"1"', "an id that stands only once"),
        ),
        (
            [("/shop/earlier_findings", [{"id": "0"}, {"id": "1", "notice": event("2023-05-04T09:00:00.000001+08:00")}])],
            Fault(
                "/shop/earlier_findings/1/notice/at",
                '"2023-05-04T09:00:00.000001+08:00"',
                f"an instant not after opened_at, {FOUND['opened_at']}",
            ),
        ),
        (
            [("/shop/earlier_findings", [{"id": "1", "notice": {"happened": False, "at": "2023-05-01T00:00:00+08:00"}}])],
            Fault(
                "/shop/earlier_findings/0/notice/at",
                '"2023-05-01T00:00:00+08:00"',
                "nothing, because happened is false",
            ),
        ),
        ([("/shop/deposit/standard", -1)], Fault("/shop/deposit/standard", "-1", f"an integer from 0 to {DEPOSIT.most}")),
        (
            [("/shop/deposit/balance", DEPOSIT.most + 1)],
            Fault("/shop/deposit/balance", str(DEPOSIT.most + 1), f"an integer from 0 to {DEPOSIT.most}"),
        ),
        ([topped_up(-1, AT)], Fault("/shop/deposit/top_ups/0/amount", "-1", f"an integer from 0 to {DEPOSIT.most}")),
        (
            [topped_up(1, LATE)],
            Fault("/shop/deposit/top_ups/0/paid_at", f'"{LATE}"', f"an instant not after as_of, {AT}"),
        ),
        (
            [topped_up(DEPOSIT.most, AT)],
            Fault("/shop/deposit", f"{DEPOSIT.most + 200_000} in all", f"at most {DEPOSIT.most} in all"),
        ),
    ],
)  # fmt: skip
def test_impossible_values_are_faults_at_their_places(changes: list[tuple[str, Any]], fault: Fault) -> None:
    """With its path, its value and what was expected."""
    with pytest.raises(InputError) as error:
        case_from(changed(*changes))
    assert error.value.faults == (fault,)


@pytest.mark.parametrize(
    "changes",
    [
        [("/opened_at", "2023-05-05T10:00:00+08:00")],
        [("/shop/notice/at", AT)],
        [("/shop/notice/at", FOUND["opened_at"])],
        [("/shop/earlier_findings", [{"id": "1", "notice": event(FOUND["opened_at"])}])],
        [("/shop/deposit/standard", DEPOSIT.most)],
        [("/shop/deposit/balance", DEPOSIT.most)],
        [("/shop/deposit/balance", 1), topped_up(DEPOSIT.most - 1, AT)],
        [("/shop/deposit/balance", None), topped_up(DEPOSIT.most, AT)],
    ],
)
def test_values_at_the_ends_of_a_range_are_valid(changes: list[tuple[str, Any]]) -> None:
    """The ends of a range are valid, and so is an event at the moment of the decision."""
    case_from(changed(*changes))


def test_all_faults_are_reported_at_once_even_if_some_values_cannot_be_read() -> None:
    """A shop, an incident or a top-up that cannot be read hides no other fault."""
    document = changed(
        ("/incidents", [None, FOUND["incidents"][0], FOUND["incidents"][0]]),
        ("/shop/deposit/top_ups", [None, {"amount": -1, "paid_at": LATE}]),
        ("/shop/earlier_findings", [None, {"id": "1", "notice": event(LATE)}]),
    )
    with pytest.raises(InputError) as error:
        case_from(document)
    assert {each.pointer for each in error.value.faults} == {
        "/incidents/0",
        "/incidents/2/id",
        "/shop/deposit/top_ups/0",
        "/shop/deposit/top_ups/1/amount",
        "/shop/deposit/top_ups/1/paid_at",
        "/shop/earlier_findings/0",
        "/shop/earlier_findings/1/notice/at",
    }
    with pytest.raises(InputError) as error:
        case_from(changed(("/shop", None), ("/opened_at", LATE)))
    assert {each.pointer for each in error.value.faults} == {"/shop", "/opened_at"}


def test_missing_values_are_unknown() -> None:
    """Nothing is assumed. Only ids, the act, and the essentials of an event or a top-up are required."""
    required = {
        Incident: {"id", "act"},
        Event: {"happened"},
        TopUp: {"amount", "paid_at"},
        Deposit: set(),
        EarlierFinding: {"id"},
        Shop: {"id"},
        TradingCase: {"id", "policy", "as_of", "opened_at", "incidents", "shop"},
    }
    for kind, names in required.items():
        fields = attrs.fields(kind)
        assert {each.name for each in fields if each.default is attrs.NOTHING} == names
        assert all(each.default is None for each in fields if each.name not in names)


@pytest.mark.parametrize(
    "part", [each for each in vars(pack).values() if attrs.has(each) and each.__module__ == pack.__name__]
)
def test_a_field_says_what_its_name_does_not(part: type) -> None:
    """In a sentence. Ids, enumerations and described parts need no explanation."""
    silent = {each.name for each in attrs.fields(part) if not str(each.metadata.get("means", "")).endswith(".")}
    assert silent <= {
        *("id", "policy", "act", "happened_at", "begun_by", "setting", "channel", "purpose"),
        *("shop", "deposit", "incidents", "paid_at"),
    }

"""The moments at which something may be another than now, and the first at which it is."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, Final, TypeAlias, cast

import pytest
from attrs import evolve

from adjudicator.engine.changes_in_time import first_change, snapshot, turning_points
from adjudicator.engine.judgement import JudgedEarlier, judge
from adjudicator.engine.registry import edition_for, policies
from adjudicator.kinds.claim import claimed_lines
from adjudicator.model.by_date import ByDate, by_date
from adjudicator.model.facts import Ask, Failed, Holds, Need, Open, Party, Repairable
from adjudicator.model.finding import Effect, Request
from adjudicator.model.time import DAY, Instant, Window
from adjudicator.testing import FILED_AT, a_case
from little_editions import little_edition

THEN = {Instant(1): None, Instant(3): "as now", Instant(5): "otherwise", Instant(7): "otherwise still"}
"""What is found at some moments; nothing at one at which it cannot be otherwise."""


@pytest.mark.parametrize(("moments", "first"), [([7, 5, 3, 1], 5), ([1, 7], 7), ([3, 1], None), ([], None)])
def test_the_first_moment_at_which_something_is_otherwise(moments: list[int], first: int | None) -> None:
    """In whichever order they are given."""
    assert first_change(lambda: "as now", THEN.__getitem__, map(Instant, moments)) == first


def test_what_is_now_is_found_once_and_only_if_it_is_compared() -> None:
    found: list[str] = []

    def now() -> str:
        found.append("as now")
        return found[-1]

    assert first_change(now, lambda _: None, map(Instant, range(3))) is None
    assert found == []
    assert first_change(now, lambda _: "as now", map(Instant, range(3))) is None
    assert found == ["as now"]


END: Final = Instant(FILED_AT + 10 * DAY)
ASK: Final = Ask(Need("seal", Party.MERCHANT))
FIRST_DAY: Final = by_date({"2020-01-01": 1, "2030-01-01": 2})
Limit: TypeAlias = (
    Window | Instant | Repairable | Open | Holds | Failed | ByDate[int] | tuple[Instant, ...] | tuple[Window, ...] | int
)


@pytest.mark.parametrize(
    ("value", "moments"),
    [
        (Window("filed_at", FILED_AT, END, includes_end=True), {END + 1}),
        (Window("filed_at", FILED_AT, END, includes_end=False), {END}),
        ((Window("filed_at", FILED_AT, END, includes_end=False),), {END}),
        (END, {END, END + 1}),
        ((END, Instant(END + DAY)), {END, END + 1, END + DAY, END + DAY + 1}),
        (Repairable(ASK, until=END), {END + 1}),
        (Repairable(ASK), set()),
        (Open((ASK,), changes_at=END), {END}),
        (Open((ASK,)), set()),
        (Holds(changes_at=END), {END}),
        (Failed(changes_at=END), {END}),
        (FIRST_DAY, {FIRST_DAY.starts[1]}),
        (int(END), set()),
        ((), set()),
    ],
)
def test_a_value_tells_when_it_may_be_another(value: Any, moments: set[int]) -> None:
    """At moments after the decision: also as a setting."""

    def limit(filed_at: Instant) -> Limit:
        """ZZ.1(1). The limit."""
        return cast("Limit", value if filed_at else 0)

    def there_is_a_limit(limit: Limit) -> bool:
        """ZZ.1(2). There is a limit."""
        return limit is not None

    def it_is_limited(least: Limit) -> bool:
        """ZZ.1(2). There is a limit."""
        return least is not None

    def nobody_asks(filed_at: Instant) -> bool | Open:
        """ZZ.1(3). No clause needs it."""
        return True if filed_at else Open((ASK,), changes_at=END)

    (line,) = claimed_lines(a_case("test.policy"))
    edition = little_edition(there_is_a_limit, facts=(limit, nobody_asks))
    assert turning_points(judge(edition, line)) == moments
    if not isinstance(value, (Repairable, Open, Holds, Failed)):
        set_by_it = evolve(edition, requires=(it_is_limited,), facts=(), settings={"least": value})
        assert turning_points(judge(set_by_it, line)) == moments


def told(*answers: Any, requests: tuple[Request, ...] = ()) -> tuple[Any, ...]:
    """What may not change without notice of a judgement that refuses because of these answers."""
    judgement: Any = SimpleNamespace(answers=answers, effects=(Effect.DEFEATS,) * len(answers))
    return snapshot(judgement, "refused", requests)


def test_what_may_not_change_without_notice_is_what_can_be_repaired_and_what_is_asked_for() -> None:
    """Not the reasons, and not the form of a request."""
    asked = Request("merchant", "seal", "L1", (), None, None)
    again = Request("merchant", "seal", "L1", ({"/seal": (True,)},), END, None)
    assert told(Failed("late"), Repairable(ASK)) != told(Failed("late"), Failed())
    assert told(Failed("late"), Repairable(ASK)) == told(Failed("lost"), Repairable(ASK, until=END))
    assert told(Failed(), requests=(asked,)) not in (told(Failed()), told(Failed(), requests=(evolve(asked, to="x"),)))
    assert told(Failed(), requests=(asked,)) == told(Failed(), requests=(again, asked))


@pytest.mark.parametrize("days", [1, 30, 200])
def test_a_subject_judged_the_same_later_has_the_same_answers(days: int) -> None:
    """A different answer, or the end of the time for evidence, is never considered the same."""
    case = a_case("douyin_global.authenticity")
    closing = evolve(case, claim=evolve(case.claim, evidence_closes_at=Instant(case.as_of + 20 * DAY)))
    for each in (case, closing):
        edition = edition_for(each)
        (line,) = claimed_lines(each)
        judgement = judge(edition, line)
        moment = Instant(each.as_of + days * DAY)
        anew = judge(edition, line.at_moment(moment))
        if not [*JudgedEarlier(judgement).unlike([moment], line.at_moment)]:
            assert (anew.answers, anew.effects, anew.closed) == (
                judgement.answers,
                judgement.effects,
                judgement.closed,
            )
        else:
            assert (anew.answers, anew.closed) != (judgement.answers, judgement.closed)


def test_grants_are_decisive_too() -> None:
    """An amount can depend on the moment even if no clause does. What only the clauses ask for matters through them."""
    decisive = policies()["douyin_global.authenticity"][0].decisive
    assert {
        "approved_units",
        "goods_price",
        "counterfeit_proof",
        "counterfeit_is_proven",
        "requested_at_most",
    } <= decisive
    assert decisive.isdisjoint({"as_of", "evidence_closed", "goods_paid"})

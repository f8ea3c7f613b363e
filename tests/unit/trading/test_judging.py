"""How the engine judges conduct: the parts of the edition, what an incident waits for, and caching."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import product
from types import SimpleNamespace
from typing import Any, Final

import attrs
import pytest

from adjudicator.engine.branches import Branch, Branches
from adjudicator.engine.clause import PolicyError
from adjudicator.engine.standing import Standing, following
from adjudicator.kinds import conduct_judgement
from adjudicator.kinds.consequences import FoundAct, SingleIncident, parts_of
from adjudicator.kinds.judged_incident import JudgedIncident, needs_behind, told_of
from adjudicator.model.decision import Gravity
from adjudicator.model.facts import Ask, Disputed, Failed, Holds, Need, NotCovered, Open, Party, Repairable
from adjudicator.wire.codec import case_from
from pinduoduo.off_platform_trading import EDITION
from pinduoduo.trading_facts import OFF_PLATFORM_TRADING
from trading.cases import NOTHING, PAST, asked, changed, decided, event, incident
from tradings import FOUND, RAISE

# The parts of the edition


def names(functions: Iterable[Callable[..., Any]]) -> list[str]:
    """The names of functions."""
    return [each.__name__ for each in functions]


ORDINARY: Final = [
    "paid_outside_the_platform",
    "exchanged_an_outside_account",
    "led_users_outside",
    "outside_information_on_the_parcel",
    "exchanged_contacts_to_trade_outside",
    "did_something_similar",
]
SERIOUS: Final = [
    "cash_on_delivery_without_approval",
    "with_a_problem_or_its_risk",
    "with_prohibited_goods_or_another_violation",
    "with_a_grave_threat",
]
OF_AN_ACT: Final = ["asked_for_by_the_user", "not_answered_by_the_user", "done_offline", "contact_for_something_else"]


def test_each_part_of_the_edition_judges_its_own_clauses() -> None:
    """PO.1 and PO.2 for each incident, PO.3 for the whole case; only the whole case has consequences."""
    parts = parts_of.__wrapped__(EDITION)
    ends = names(EDITION.requires)
    judged = {
        name: [names(getattr(getattr(parts, name), field)) for field in ("requires", "barred_by", "remarks")]
        for name in ("acts", "ordinary", "serious", "whole")
    }
    assert judged == {
        "acts": [[], ORDINARY + SERIOUS, OF_AN_ACT],
        "ordinary": [[], ORDINARY, OF_AN_ACT],
        "serious": [[], SERIOUS, []],
        "whole": [ends, [], ["one_without_the_other", "measures_are_rights"]],
    }
    own = names(EDITION.facts)
    assert names(parts.acts.facts) == own + ends
    assert names(parts.ordinary.facts) == own + ends + SERIOUS
    assert names(parts.serious.facts) == own + ends + ORDINARY
    assert names(parts.whole.facts) == own + ORDINARY + SERIOUS
    assert [parts.acts.grants, parts.ordinary.grants, parts.serious.grants] == [None, None, None]
    assert parts.whole.grants is EDITION.grants


def test_the_consequences_of_conduct_are_not_a_calculation() -> None:
    """Its functions have no places of their own, no ceilings and no terms."""
    grants = EDITION.grants
    assert grants is not None
    assert {place for place, _ in grants.places()} == {""}
    assert (grants.caps, grants.terms) == ((), {})


def test_a_fact_of_an_incident_is_below_it_and_supplied_by_the_platform() -> None:
    """For any number of incidents."""
    purpose = OFF_PLATFORM_TRADING.glossary.facts["purpose"]
    assert (purpose.pointers, purpose.supplier) == (("/incidents/{incident}/purpose",), Party.PLATFORM)


def test_nothing_is_asked_about_an_incident_that_cannot_change_the_gravity() -> None:
    """Neither in a decision nor in a verdict. About one that could, it is."""
    grave = {**FOUND["incidents"][0], "grave_threat": True}
    open_one = {**FOUND["incidents"][0], "id": "incident-2", "problems": None}
    for incidents, places in (([grave, open_one], []), ([open_one], ["/incidents/0/problems"])):
        case = case_from(changed(("/incidents", incidents), ("/shop/written_promise", NOTHING)))
        ruling = EDITION.case_kind.rule(EDITION, case)
        *acts, _ = ruling.subjects
        found = [place for act in acts for request in act.requests for each in request.accepts for place in each]
        assert found == places
    assert [each.case for each in OFF_PLATFORM_TRADING.subjects(case)] == [case, case]


def test_a_balance_between_two_standards_depends_on_which_applies() -> None:
    """R9: a late top-up is too late for an empty deposit, and unnecessary for a full one; a balance between may meet the lower standard."""
    late = [{"amount": RAISE + 200_000, "paid_at": "2023-05-09T00:00:00+08:00"}]
    deposit = {"standard": 200_000, "balance": None, "top_ups": late, "raised": None}
    promised = ("/shop/written_promise", event("2023-05-06T00:00:00+08:00"))
    decision = decided(("/shop/deposit", deposit), ("/as_of", PAST), promised)
    both = [("platform", "deposit_balance", None), ("platform", "deposit_raise", None)]
    assert asked(decision) == both
    nothing = decided(("/shop/deposit", {**deposit, "top_ups": None}), ("/as_of", PAST), promised)
    assert asked(nothing) == [both[0], ("platform", "top_ups", None), both[1]]


def test_a_top_up_in_time_lowers_the_required_balance() -> None:
    """R9: with the top-up, a full balance meets both standards, an empty one neither, and one just short of the raise only the lower."""
    in_time = {"amount": RAISE, "paid_at": "2023-05-07T00:00:00+08:00"}
    late = {"amount": 5 * RAISE, "paid_at": "2023-05-09T00:00:00+08:00"}
    deposit = {"standard": 2 * RAISE, "balance": None, "top_ups": [late, in_time], "raised": None}
    promised = ("/shop/written_promise", event("2023-05-06T00:00:00+08:00"))
    decision = decided(("/shop/deposit", deposit), ("/as_of", PAST), promised)
    assert asked(decision) == [("platform", "deposit_balance", None), ("platform", "deposit_raise", None)]


def test_an_edition_on_conduct_needs_consequences() -> None:
    """The error says that this is missing."""
    message = "pinduoduo.off_platform_trading judges conduct, and does not say what follows from it"
    with pytest.raises(TypeError, match=message):
        parts_of(attrs.evolve(EDITION, grants=None))


# What an incident waits for


ASK: Final = Ask(Need("who_began", Party.PLATFORM))
OPEN: Final = Open((ASK,))


def a_judgement(standing: Standing, answer: Any = False, *tried: Any) -> Any:
    """A judgement of one clause with this answer or, if values were tried, one of these."""
    branches = tuple(Branch({"fact": number}, each) for number, each in enumerate(tried))
    weighed = Branches.of(branches, {"fact": (ASK,)}) if tried else answer
    return SimpleNamespace(
        standing=standing,
        clauses=[(SimpleNamespace(name="clause"), answer, None)],
        facts={"clause": weighed},
    )


@pytest.mark.parametrize(
    ("ordinary", "serious", "waits"),
    [
        (a_judgement(Standing.WAITING, OPEN), a_judgement(Standing.GRANTED), True),
        (a_judgement(Standing.REFUSED, OPEN), a_judgement(Standing.GRANTED), False),
        (a_judgement(Standing.FOR_A_PERSON), a_judgement(Standing.WAITING, OPEN), True),
        (a_judgement(Standing.FOR_A_PERSON), a_judgement(Standing.WAITING, OPEN, False, True), True),
        (a_judgement(Standing.FOR_A_PERSON), a_judgement(Standing.WAITING, OPEN, False, Holds()), True),
        (
            a_judgement(Standing.FOR_A_PERSON),
            a_judgement(Standing.WAITING, OPEN, False, NotCovered("not_foreseen")),
            False,
        ),
        (a_judgement(Standing.REFUSED), a_judgement(Standing.WAITING, OPEN, False, NotCovered("not_foreseen")), True),
        (a_judgement(Standing.GRANTED), a_judgement(Standing.WAITING, OPEN, False, NotCovered("not_foreseen")), True),
    ],
)
def test_an_incident_waits_for_what_could_change_who_decides_it(ordinary: Any, serious: Any, waits: bool) -> None:
    """Facts that could only send it to a person are not asked for if it goes there anyway; nor are settled ones."""
    at = SingleIncident(SimpleNamespace(incidents=(None,)), 0)
    assert JudgedIncident(at, ordinary, serious).waits is waits


ANSWERS: Final = (True, False, Holds(), Failed(), Repairable(ASK), OPEN, Disputed("unlike"), NotCovered("not_foreseen"))
"""One of each kind."""


@pytest.mark.parametrize("part", ["ordinary", "serious"])
def test_what_is_told_of_an_incident_settles_how_grave_it_can_be(part: str) -> None:
    """So while the same is told of each at a later moment, the whole is given the same by them."""
    edition = getattr(parts_of(EDITION), part)
    at = SingleIncident(SimpleNamespace(incidents=(None,)), 0)
    possible: dict[str, set[Any]] = {}
    for several in product(ANSWERS, repeat=2):
        answers = (*several, *[False] * (len(edition.clauses) - 2))
        of = following(edition, tuple([each if isinstance(each, bool) else type(each) for each in answers]), False)
        judgement: Any = SimpleNamespace(answers=answers, effects=of.effects, standing=of.standing)
        judgements = {"ordinary": a_judgement(Standing.GRANTED), "serious": a_judgement(Standing.GRANTED)}
        judged = JudgedIncident(at, **{**judgements, part: judgement})
        possible.setdefault(repr(told_of(judgement)), set()).add(judged.possible)
    assert {len(each) for each in possible.values()} == {1}
    assert len(set.union(*possible.values())) > 1


def test_only_the_whole_is_judged_by_what_is_found_of_the_incidents() -> None:
    """And by no gravity, which is there afterwards."""

    def found_twice(acts_found: tuple[FoundAct, ...]) -> bool:
        """PO.1(1). Two acts are found."""
        return len(acts_found) > 1

    def serious(gravity: Gravity) -> bool:
        """PO.1(1). It is serious."""
        return gravity is Gravity.SERIOUS

    assert "found_twice" in names(attrs.evolve(EDITION, requires=(*EDITION.requires, found_twice)).requires)
    for changes in ({"barred_by": (*EDITION.barred_by, found_twice)}, {"requires": (*EDITION.requires, serious)}):
        with pytest.raises(PolicyError, match="only there once the clauses are judged"):
            attrs.evolve(EDITION, **changes)


# What was judged earlier


def test_an_incident_is_judged_again_if_any_input_differs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With a shared memory, the result is as if each were the first; nothing is judged again if nothing differs."""
    memory: dict[Any, Any] = {}
    cases = [
        case_from(changed(*changes))
        for changes in (
            (),
            (("/incidents/0/grave_threat", True),),
            (("/incidents/0/problems", None),),
            (("/incidents/0/id", "another"),),
            (("/incidents", [incident("one", "serious"), incident("incident-1", "none")]),),
        )
    ]
    rulings = [EDITION.case_kind.rule(EDITION, case) for case in cases]
    assert [EDITION.case_kind.rule(EDITION, case, memory) for case in cases] == rulings

    def judging_again(*_: Any) -> None:
        pytest.fail("judged again")

    monkeypatch.setattr(conduct_judgement, "_judged", judging_again)
    assert [EDITION.case_kind.rule(EDITION, case, memory) for case in cases] == rulings


def test_what_is_asked_for_again_counts_once_if_it_is_about_the_same_part() -> None:
    """That is the incident, if the ask names no other part."""
    asks = (ASK, Ask(ASK.need, part="another"), Ask(ASK.need, evidence_id="e"), Ask(ASK.need))
    judgement: Any = SimpleNamespace(subject=SimpleNamespace(line_id="incident-1"))
    about = [("incident-1", None), ("another", None), ("incident-1", "e")]
    expected = [(Party.PLATFORM, "who_began", *each) for each in about]
    assert [*needs_behind(judgement, [Open(asks), Repairable(ASK), OPEN])] == expected

"""Plans for later moments: which instants matter, and whether a subject is judged the same then."""

from __future__ import annotations

import ast
import builtins
import datetime as dt
from collections.abc import Iterator
from typing import Any, Final, NewType, TypeVar

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from adjudicator.engine.branches import Branches
from adjudicator.engine.changes_in_time import (
    _MAY_HOLD_MOMENTS,
    _may_hold_moments,
    _moments_in,
    turning_points,
)
from adjudicator.engine.effects import surely_differ
from adjudicator.engine.evaluation import Facts
from adjudicator.engine.judgement import JudgedEarlier, Judgement, judge, judged_later
from adjudicator.engine.moment_plan import AS_OF, Likeness, moment_plan, moment_source
from adjudicator.engine.policy import Edition
from adjudicator.engine.registry import edition_for, editions, policies
from adjudicator.engine.vocabulary import ANY, missing
from adjudicator.kinds.claim import CLAIMS, Payment, claimed_lines
from adjudicator.kinds.claim_facts import COMPLETION_TIME
from adjudicator.kinds.claimed_line import ClaimedLine
from adjudicator.model.by_date import ByDate
from adjudicator.model.evidence import Evidence
from adjudicator.model.facts import EvidencePool, Fact, Holds, Open, Pending, Repairable
from adjudicator.model.time import DAY, Instant
from adjudicator.testing import AS_OF as DECIDED_AT
from adjudicator.testing import Json, a_case, a_line, an_appraisal, an_order, case_documents
from adjudicator.wire.codec import case_from

CLAIM_POLICIES: Final = tuple(
    name for name, group in policies().items() if group[0].case_kind.case_type is CLAIMS.case_type
)
MOST_DAYS: Final = 200


def judged(document: Json) -> Iterator[tuple[Any, Judgement]]:
    """Each claimed line of a case, with its judgement."""
    case = case_from(document)
    edition = edition_for(case)
    yield from ((line, judge(edition, line)) for line in claimed_lines(case))


NOT_ALIKE: Final = frozenset({Likeness.CHANGED, Likeness.DIFFERENT})


def repairs(judgement: Judgement) -> list[bool]:
    """Which answers can be repaired."""
    return [type(answer) is Repairable for answer in judgement.answers]


@pytest.mark.parametrize("policy", CLAIM_POLICIES)
def test_a_plan_agrees_with_general_evaluation(policy: str) -> None:
    """On whether a decisive fact differs at any later moment with the same unknowns, unless the plan gives up."""

    @given(case_documents(policy), st.integers(1, MOST_DAYS * DAY))
    def check(document: Json, later: int) -> None:
        for line, judgement in judged(document):
            moment = Instant(line.as_of + later)
            then = line.at_moment(moment)
            if judgement.facts.are_as_unknown_for(then):
                likeness = moment_plan(judgement.edition)(judgement.facts, moment, line.at_moment)
                changed = judgement.facts.later(then)[1] & judgement.edition.decisive
                assert likeness in ({Likeness.UNSURE, Likeness.ALIKE}, {Likeness.UNSURE, *NOT_ALIKE})[bool(changed)]
                if likeness is Likeness.DIFFERENT:
                    anew = judge(judgement.edition, then)
                    assert (anew.effects, repairs(anew)) != (judgement.effects, repairs(judgement))

    check()


@pytest.mark.parametrize("policy", CLAIM_POLICIES)
def test_facts_whose_type_has_no_instant_hold_none(policy: str) -> None:
    """The relevant instants are those of all facts, whatever is unknown or pending."""

    @given(case_documents(policy))
    def check(document: Json) -> None:
        for line, judgement in judged(document):
            values = [value for name, value in judgement.facts.items() if name != AS_OF]
            moments = {each for value in values if type(value) in _MAY_HOLD_MOMENTS for each in _moments_in(value)}
            closes_at = line.closes_at
            moments |= set() if closes_at is None else {Instant(closes_at + 1)}
            assert turning_points(judgement) == {each for each in moments if each > line.as_of}

    check()


Amount = NewType("Amount", int)


@pytest.mark.parametrize(
    ("annotation", "may_hold"),
    [
        (bool, False),
        (bool | None, False),
        (Amount, False),
        (tuple[str, ...], False),
        (tuple[str, bool], False),
        (Instant, True),
        (Instant | None, True),
        (bool | Open, True),
        (ByDate[int], True),
        (int, True),
        (tuple[str, Instant], True),
        (tuple[Instant, ...], True),
        (object, True),
        (TypeVar("T"), True),
    ],
)
def test_a_type_tells_whether_its_values_can_hold_an_instant(annotation: Any, may_hold: bool) -> None:
    """In doubt they can: an instant is an integer too."""
    assert _may_hold_moments(annotation) is may_hold


def voices(line_quantity: int) -> EvidencePool[int]:
    """R1. One that counts, and with two units one that is pending."""
    pending = (Pending(5, missing(COMPLETION_TIME, {"completed_at": ANY}).asks),) if line_quantity == 2 else ()
    return EvidencePool((3,), pending)


def loud_by_now(voices: tuple[int, ...], as_of: Instant) -> bool | Holds:
    """R1. What counts is loud enough for the time that has passed."""
    return sum(voices) < as_of


def heard_by_now(voices: EvidencePool[int], as_of: Instant) -> bool | Holds:
    """R1. There is anything to hear, pending or not."""
    return len((*voices.standing, *voices.pending)) < as_of


VOICES: Final = Edition(
    policy="acme.voices",
    article="AV.1",
    effective_from=dt.date(2020, 1, 1),
    case_kind=CLAIMS,
    facts=(voices,),
    requires=(loud_by_now, heard_by_now),
)


UNSURE_OF_TWO: Final = [(1, Likeness.ALIKE), (2, Likeness.UNSURE)]


@pytest.mark.parametrize(("quantity", "likeness"), UNSURE_OF_TWO)
def test_a_plan_gives_up_only_while_evidence_is_pending(quantity: int, likeness: Likeness) -> None:
    """Functions get the proofs that count, or all evidence if they ask for that."""
    case = a_case("acme.voices", order=an_order(a_line(quantity=quantity)))
    (line,) = claimed_lines(case)
    judgement = judge(VOICES, line)
    assert moment_plan(VOICES)(judgement.facts, Instant(case.as_of + DAY), line.at_moment) is likeness


LAST_HEARD: Final = Instant(DECIDED_AT + DAY)


def heard_in_time(voices: tuple[int, ...], as_of: Instant) -> bool | Holds:
    """R1. Whether there is something to hear, and a day has not passed."""
    return len(voices) > 0 and as_of <= LAST_HEARD


def test_the_facts_of_one_later_moment_do_not_judge_another() -> None:
    """They are kept only for the moment with which a subject was compared last."""
    edition = evolve(VOICES, requires=(heard_in_time,))
    (line,) = claimed_lines(a_case("acme.voices", order=an_order(a_line(quantity=2))))
    earlier = JudgedEarlier(judge(edition, line))
    day, later = (line.at_moment(Instant(line.as_of + days * DAY)) for days in (1, 2))
    for compared in (day, later):
        assert [*earlier.unlike([compared.as_of], line.at_moment)] == [(later.as_of, False)][compared is day :]
        for then, answers in ((day, (True,)), (later, (False,))):
            judgement = earlier.judge(edition, then)
            assert (judgement.subject.as_of, judgement.answers) == (then.as_of, answers)


def test_a_plan_does_not_give_up_on_an_ordinary_claim(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything is known and annotated so, so general evaluation is never needed."""
    case = a_case("douyin_global.authenticity")
    (line,) = claimed_lines(case)
    judgement = judge(edition_for(case), line)
    moment = Instant(case.as_of + DAY)
    assert moment_plan(judgement.edition)(judgement.facts, moment, no_subject) is Likeness.ALIKE
    monkeypatch.setattr(Facts, "later", None)  # asking it would be an error
    assert [*JudgedEarlier(judgement).unlike([moment], no_subject)] == []


def no_subject(moment: Instant) -> ClaimedLine:
    """A fact that says how it is read later needs no subject at that moment."""
    raise AssertionError(moment)


def said_to_be_sealed(line_quantity: int) -> bool:
    """R2. Open for two units, which the annotation denies."""
    return missing(COMPLETION_TIME, {"completed_at": ANY}) if line_quantity == 2 else True  # type: ignore[return-value]


def sealed_by_now(said_to_be_sealed: bool, as_of: Instant) -> bool | Holds:
    """R2. Sealed, at any time."""
    return said_to_be_sealed and as_of > 0


@pytest.mark.parametrize(("quantity", "likeness"), UNSURE_OF_TWO)
def test_a_plan_gives_up_on_a_fact_that_contradicts_its_annotation(quantity: int, likeness: Likeness) -> None:
    """No function gets an answer as an argument if it does not take one."""
    edition = evolve(VOICES, facts=(said_to_be_sealed,), requires=(sealed_by_now,))
    case = a_case("acme.voices", order=an_order(a_line(quantity=quantity)))
    (line,) = claimed_lines(case)
    judgement = judge(edition, line)
    assert moment_plan(edition)(judgement.facts, Instant(case.as_of + DAY), line.at_moment) is likeness


def sealed_for_a_day(line_quantity: int, as_of: Instant) -> bool:
    """R2. Open after a day for two units, which the annotation denies."""
    is_over = as_of > DECIDED_AT
    return missing(COMPLETION_TIME, {}) if line_quantity == 2 and is_over else True  # type: ignore[return-value]


def still_sealed(sealed_for_a_day: bool) -> bool | Holds:
    """R3. Whether it is."""
    return sealed_for_a_day


@pytest.mark.parametrize(("quantity", "likeness"), UNSURE_OF_TWO)
def test_a_plan_gives_up_if_a_later_fact_contradicts_its_annotation(quantity: int, likeness: Likeness) -> None:
    """It is found by calling a function, and no other function gets it."""
    edition = evolve(VOICES, facts=(sealed_for_a_day,), requires=(still_sealed,))
    case = a_case("acme.voices", order=an_order(a_line(quantity=quantity)))
    (line,) = claimed_lines(case)
    judgement = judge(edition, line)
    assert moment_plan(edition)(judgement.facts, Instant(case.as_of + DAY), line.at_moment) is likeness


def test_a_function_is_not_called_again_for_a_value_that_is_equal() -> None:
    """The moment is another one, but what is computed from it is not."""
    calls: list[int] = []

    def most_days(as_of: Instant, line_quantity: int) -> int:  # noqa: ARG001 - the moment is asked for, and makes no difference
        """R2. A number that is another object every time."""
        return 1000 + line_quantity

    def in_time(most_days: int) -> bool | Holds:
        """R2. Counts its calls."""
        calls.append(most_days)
        return True

    edition = evolve(VOICES, facts=(most_days,), requires=(in_time,))
    case = a_case("acme.voices")
    (line,) = claimed_lines(case)
    judgement = judge(edition, line)
    assert moment_plan(edition)(judgement.facts, Instant(case.as_of + DAY), line.at_moment) is Likeness.ALIKE
    assert calls == [1001]


@pytest.mark.parametrize(
    ("evidence", "is_alike"), [((), False), ((an_appraisal(),), True)], ids=["waited for", "there"]
)
def test_a_plan_notices_that_evidence_has_closed(evidence: tuple[Evidence, ...], is_alike: bool) -> None:
    """It matters only where evidence is waited for."""
    case = a_case("douyin_global.authenticity", *evidence)
    closing = evolve(case, claim=evolve(case.claim, evidence_closes_at=Instant(case.as_of + DAY)))
    (line,) = claimed_lines(closing)
    judgement = judge(edition_for(closing), line)
    moment = Instant(case.as_of + 2 * DAY)
    likeness = moment_plan(judgement.edition)(judgement.facts, moment, line.at_moment)
    assert likeness is (Likeness.ALIKE if is_alike else Likeness.DIFFERENT)
    for standing_shows in (True, False):
        unlike = JudgedEarlier(judgement, standing_shows=standing_shows).unlike([moment], line.at_moment)
        assert [*unlike] == ([] if is_alike else [(moment, standing_shows)])
    assert [*JudgedEarlier(judgement).unlike([moment], line.at_moment)] == ([] if is_alike else [(moment, False)])


CLOSING_DAYS: Final = (None, 1, 3)


@pytest.mark.parametrize(
    "fact", [each for each in CLAIMS.glossary.facts.values() if each.later], ids=lambda fact: fact.name
)
@pytest.mark.parametrize("closing", CLOSING_DAYS)
def test_a_fact_says_later_what_is_read_then(fact: Fact, closing: int | None) -> None:
    """Before, at and after the end of the time for evidence."""
    case = a_case("douyin_global.authenticity")
    closes_at = None if closing is None else Instant(case.as_of + closing * DAY)
    (line,) = claimed_lines(evolve(case, claim=evolve(case.claim, evidence_closes_at=closes_at)))
    assert fact.later is not None
    for later in (0, DAY, DAY + 1, 3 * DAY, 3 * DAY + 1):
        moment = Instant(case.as_of + later)
        assert fact.later(line, moment) is fact.read(line.at_moment(moment))


def opened(as_of: Instant) -> bool | Holds:
    """R4. A clause that asks for the moment itself."""
    return as_of > 0


def hours(as_of: Instant, quantity_claimed: int) -> int:
    """R4. A number of units that does."""
    return min(as_of, quantity_claimed)


@pytest.mark.parametrize(("units", "is_alike"), [(hours, False), (None, True)])
def test_a_moment_that_units_are_computed_from_is_decisive(units: Any, is_alike: bool) -> None:
    """The number of approved units could be another one at any moment."""
    grants = units and Payment(units=units, steps=(), per_line=(), per_order=(), at_most=(), cap_priority=())
    edition = evolve(VOICES, facts=(), requires=(opened,), grants=grants)
    case = a_case("acme.voices")
    (line,) = claimed_lines(case)
    judgement = judge(edition, line)
    unlike = JudgedEarlier(judgement).unlike([Instant(case.as_of + DAY)], line.at_moment)
    assert [*unlike] == ([] if is_alike else [(case.as_of + DAY, False)])


@pytest.mark.parametrize("policy", CLAIM_POLICIES)
@pytest.mark.parametrize(("days", "has_end"), [(1, False), (1, True), (30, True), (200, False), (200, True)])
def test_a_later_judgement_is_made_only_if_there_is_another_answer(policy: str, days: int, has_end: bool) -> None:
    """Or if the time for evidence has ended; it is the one that would be made anew."""
    case = a_case(policy)
    closes_at = Instant(case.as_of + 20 * DAY) if has_end else None
    (line,) = claimed_lines(evolve(case, claim=evolve(case.claim, evidence_closes_at=closes_at)))
    edition, then = edition_for(case), line.at_moment(Instant(case.as_of + days * DAY))
    judgement, anew = judge(edition, line), judge(edition, then)
    later = judged_later(judgement, then)
    if (anew.answers, anew.closed) == (judgement.answers, judgement.closed):
        assert later is None
    else:
        assert later is not None
        assert later.subject is then
        assert (later.answers, later.effects, later.closed) == (anew.answers, anew.effects, anew.closed)


TO_REPAIR: Final = Repairable(missing(COMPLETION_TIME, {}).asks[0])
TO_WAIT_FOR: Final = missing(COMPLETION_TIME, {})


@pytest.mark.parametrize(
    ("one", "other", "differ"),
    [
        (True, False, True),
        (True, True, False),
        (True, Holds(), False),
        (True, TO_WAIT_FOR, True),
        (TO_WAIT_FOR, missing(COMPLETION_TIME, {"completed_at": ANY}), False),
        (False, TO_REPAIR, True),
        (TO_REPAIR, False, True),
        (TO_REPAIR, TO_REPAIR, False),
        (Branches((True,), bytes(2), {}), False, False),
    ],
)
def test_answers_surely_differ_in_their_effect_or_in_what_can_be_repaired(one: Any, other: Any, differ: bool) -> None:
    """In doubt they do not: several possible answers may have the same effect."""
    assert surely_differ(VOICES.clauses[0], one, other) is differ


def test_an_answer_that_follows_from_the_moment_is_judged_later() -> None:
    """Although nothing else differs, and only once it is another one."""
    (line,) = claimed_lines(a_case("acme.voices"))
    end = Instant(line.as_of + DAY)

    def is_over(as_of: Instant) -> bool | Holds:
        """R1. Whether the day of the decision has passed."""
        return as_of > end

    judgement = judge(evolve(VOICES, facts=(), requires=(is_over,)), line)
    assert judgement.answers == (False,)
    assert judged_later(judgement, line.at_moment(end)) is None
    later = judged_later(judgement, line.at_moment(Instant(end + 1)))
    assert later is not None
    assert later.answers == (True,)


@pytest.mark.parametrize("edition", editions(), ids=lambda edition: f"{edition.policy} {edition.name}")
def test_a_plan_for_later_moments_can_be_read(edition: Edition) -> None:
    """It is Python, reads what changes with time, and contains only names that exist."""
    source = moment_source(edition)
    tree = ast.parse(source.text)
    read = [
        f"read_{fact.name}({'subject, moment' if fact.later else 'subject_at(moment)'})"
        for fact in edition.read_from_the_moment
    ]
    assert [each for each in read if "as_of" not in each and each not in source.text] == []
    names = [each for each in ast.walk(tree) if isinstance(each, ast.Name)]
    stored = {each.id for each in names if isinstance(each.ctx, ast.Store)} | {"facts", "moment", "subject_at"}
    assert {each.id for each in names} <= stored | source.values.keys() | vars(builtins).keys()

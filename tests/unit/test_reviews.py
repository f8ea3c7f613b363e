"""Cases that are judged as a whole: the names of outcomes, and the facts available to remarks."""

from __future__ import annotations

from typing import Any, Final

import pytest
from attrs import evolve

from adjudicator import Decision, decide
from adjudicator.engine.policy import Edition
from adjudicator.engine.registry import edition_for
from adjudicator.kinds.review import Question
from adjudicator.model.decision import PolicyRef
from adjudicator.model.facts import Disputed, Failed
from adjudicator.model.finding import Remark
from adjudicator.model.time import DAY, Instant
from adjudicator.wire.codec import case_from
from admissions import IN_ORDER
from oracle.edges import put

GRANTED: Final = IN_ORDER
CLOSED: Final = put(IN_ORDER, "/shop/opened", False)
USED_UP: Final = put(IN_ORDER, "/shop/openings_so_far", 3)
NOT_KNOWN: Final = put(IN_ORDER, "/shop/shop_score", None)


def is_denied(denied: bool) -> bool:
    """ZZ.1(1). The application was refused."""
    return denied


def is_barred(barred: bool) -> bool:
    """ZZ.1(2), R1. A bar stood against it."""
    return barred


def is_not_denied(denied: bool) -> bool:
    """ZZ.1(3). The application was not refused."""
    return not denied


def a_person_looks_at_closed_shops(opened: bool) -> bool | Disputed:
    """ZZ.1(4). The shop is open, or a person has to judge."""
    return opened or Disputed("closed")


def edition(**changes: Any) -> Edition:
    """The edition of admission with some changes."""
    return evolve(edition_for(case_from(IN_ORDER)), **changes)


def decided(document: Any, **changes: Any) -> Decision:
    """The decision on an application under the edition with some changes."""
    decision: Decision = decide(case_from(document), edition(**changes))
    return decision


@pytest.mark.parametrize(
    ("document", "remarks"),
    [
        (GRANTED, ["is_not_denied"]),
        (CLOSED, ["is_denied"]),
        (USED_UP, ["is_denied", "is_barred"]),
        (NOT_KNOWN, ["is_not_denied"]),
    ],
)
def test_a_remark_can_read_whether_the_case_was_refused_or_barred(document: Any, remarks: list[str]) -> None:
    """Each remark has its own basis, and is about no line."""
    found = decided(document, remarks=(is_denied, is_barred, is_not_denied)).remarks
    assert [each.code for each in found] == remarks
    if "is_barred" in remarks:
        assert found[-1] == Remark("is_barred", ("ZZ.1(2)", "R1"), None)


@pytest.mark.parametrize(
    ("document", "outcome"),
    [(GRANTED, "admitted"), (CLOSED, "refused"), (USED_UP, "refused"), (NOT_KNOWN, "needs_information")],
)
def test_a_pack_names_its_outcomes(document: Any, outcome: str) -> None:
    """The outcomes for missing information and for a person have the same names everywhere."""
    decision = decided(document)
    assert decision.outcome == outcome
    assert (decision.case_id, decision.as_of) == (IN_ORDER["id"], case_from(document).as_of)
    assert decision.policy == PolicyRef("douyin_alliance.admission", "2024-07-25", 2)
    assert (decision.deadlines, decision.metadata) == ((), None)


def test_a_case_for_a_person_is_neither_asked_for_nor_refused() -> None:
    """It is neither asked for nor refused."""
    decision = decided(CLOSED, requires=(a_person_looks_at_closed_shops,))
    assert (decision.outcome, decision.requests) == ("manual_review", ())


def test_the_whole_case_is_what_is_judged() -> None:
    """It is the only subject."""
    case = case_from(GRANTED)
    (subject,) = edition().case_kind.subjects(case)
    assert (subject.case, subject.line_id) == (case, None)


BEFORE: Final = Question(name="before", granted="admitted", refused="refused")
AFTER: Final = Question(name="after", granted="admitted", refused="refused_for_good")
A_DAY_LATER: Final = Instant(case_from(CLOSED).as_of + DAY)


def it_is_looked_at_again(opened: bool) -> bool | Failed:
    """ZZ.1(5). It fails for the same reason later."""
    return opened or Failed("closed", (), A_DAY_LATER)


def test_it_is_announced_that_another_question_is_asked_later() -> None:
    """Even if every clause is answered as before."""
    of_admission: Any = edition().case_kind
    kind = evolve(
        of_admission,
        questions=(BEFORE, AFTER),
        asked=lambda case: AFTER if case.as_of >= A_DAY_LATER else BEFORE,
    )
    clauses = (it_is_looked_at_again,)
    by_question = {BEFORE: clauses, AFTER: clauses}
    decision = decided(
        CLOSED, case_kind=kind, requires=clauses, barred_by=(), remarks=(), clauses_by_question=by_question
    )
    assert (decision.outcome, decision.reconsider_at) == ("refused", A_DAY_LATER)
    assert decided(CLOSED, requires=clauses, barred_by=(), remarks=()).reconsider_at is None

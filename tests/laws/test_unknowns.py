"""With several unknown facts, exactly those that make a difference are asked for (R9, R25)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, get_args, get_type_hints

import pytest
from attrs import evolve

from adjudicator import Decision, decide
from adjudicator.engine.registry import edition_for, policies
from adjudicator.kinds.consequences import SingleIncident
from adjudicator.kinds.review import WholeCase
from adjudicator.model.enumerations import Conclusion, IssuerRole, Verification
from adjudicator.model.evidence import Evidence
from adjudicator.model.facts import Ask, Disputed, Fact, Failed, Holds, Need, NotCovered, Open, Party
from adjudicator.model.fields import fields_along
from adjudicator.model.finding import Effect, Finding
from adjudicator.testing import (
    a_case,
    a_courier_statement,
    a_damage_photo,
    a_line,
    an_appraisal,
    an_official_finding,
    an_order,
)
from adjudicator.wire.codec import case_from
from admissions import IN_ORDER
from documents import ONE_OF_OTHER_KINDS
from oracle.edges import put
from tasks import TASK

AUTHENTICITY: Final = "douyin_global.authenticity"
DAMAGE: Final = "douyin_global.damage"
UNVERIFIED: Final = Verification.UNVERIFIED
GENUINE: Final = Conclusion.GENUINE
LABORATORY: Final = evolve(an_appraisal().issuer, role=IssuerRole.ACCREDITED_LAB)

A_PAPER: Final = Ask(Need("paper", Party.CONSUMER))


def asked(decision: Decision) -> list[tuple[str, str | None]]:
    """The facts asked for, and about which document."""
    return [(each.need, each.evidence_id) for each in decision.requests]


def found(decision: Decision, clause: str) -> Finding:
    """The finding of a clause."""
    (finding,) = (each for each in decision.findings if each.clause == clause)
    return finding


# Pending documents beside documents that count


def report(id: str, **changes: Any) -> Evidence:
    """A report by the brand's side."""
    return an_appraisal(id, **changes)


def finding(id: str, **changes: Any) -> Evidence:
    """An official finding."""
    return an_official_finding(id, **changes)


DOCUMENTS: Final[tuple[tuple[str, str, tuple[Evidence, ...], str, list[tuple[str, str | None]]], ...]] = (
    ("what proves", AUTHENTICITY, (report("E1", verification=UNVERIFIED),), "pending", [("verification", "E1")]),
    (
        "two that prove",
        AUTHENTICITY,
        (report("E1", verification=UNVERIFIED), finding("E2", verification=UNVERIFIED)),
        "pending",
        [("verification", "E1"), ("verification", "E2")],
    ),
    (
        "what contradicts the proof that stands",
        AUTHENTICITY,
        (report("E1"), finding("E2", conclusion=GENUINE, verification=UNVERIFIED)),
        "pending",
        [("verification", "E2")],
    ),
    ("what only adds units", AUTHENTICITY, (report("E1"), report("E2", units_covered=9, verification=UNVERIFIED)), "proven", []),
    (
        "what could only fail what is unproven",
        AUTHENTICITY,
        (finding("E1", conclusion=GENUINE, verification=UNVERIFIED),),
        "not_proven",
        [("counterfeit_proof", None)],
    ),
    (
        "what could only fail what fails",
        AUTHENTICITY,
        (report("E1", conclusion=GENUINE), finding("E2", conclusion=GENUINE, verification=UNVERIFIED)),
        "found_genuine",
        [],
    ),
    (
        "what goes to a person either way",
        AUTHENTICITY,
        (report("E1", issuer=LABORATORY), finding("E2", conclusion=GENUINE, verification=UNVERIFIED)),
        "proof_not_on_the_list",
        [],
    ),
    (
        "what takes back what failed, and yet proves nothing",
        DAMAGE,
        (
            a_damage_photo("E1", breakage=None, leak=False),
            a_courier_statement("E2", damaged_at_signing=None, verification=UNVERIFIED),
        ),
        "not_shown",
        [("damage_proof", None)],
    ),
    (
        "what could disturb the proof that stands",
        DAMAGE,
        (a_damage_photo("E1"), a_courier_statement("E2", damaged_at_signing=False, verification=UNVERIFIED)),
        "pending",
        [("verification", "E2")],
    ),
)  # fmt: skip


@pytest.mark.parametrize(
    ("policy", "documents", "reason", "requests"), [each[1:] for each in DOCUMENTS], ids=[each[0] for each in DOCUMENTS]
)
def test_a_document_is_waited_for_if_it_could_change_the_answer(
    policy: str, documents: tuple[Evidence, ...], reason: str, requests: list[tuple[str, str | None]]
) -> None:
    """Two reasons to go to a person are one answer; more units are none; what no completion proves is simply unproven."""
    decision = decide(a_case(policy, *documents))
    clause = {AUTHENTICITY: "counterfeit_is_proven", DAMAGE: "broken_and_leaking_on_arrival"}[policy]
    assert found(decision, clause).because.code == f"{clause}.{reason}"
    assert asked(decision) == requests


def test_the_failure_with_the_fewest_assumptions_is_given() -> None:
    """Pending documents are not named as a basis of the finding."""
    pending = finding("E2", conclusion=GENUINE, verification=UNVERIFIED)
    decision = decide(a_case(AUTHENTICITY, report("E1", conclusion=GENUINE), pending))
    assert found(decision, "counterfeit_is_proven").evidence == ("E1",)


def test_a_brand_is_asked_for_beside_the_report_that_names_it() -> None:
    """Neither settles it alone: the line's brand is unknown, and so is whether the report will count."""
    order = an_order(a_line(brand=None))
    decision = decide(a_case(AUTHENTICITY, report("E1", verification=UNVERIFIED), order=order))
    assert sorted(need for need, _ in asked(decision)) == ["line_brand", "verification"]
    proven = decide(a_case(AUTHENTICITY, report("E1", verification=UNVERIFIED), finding("E2"), order=order))
    assert asked(proven) == []


# Two unknown facts of an application


def both_matter(opened: bool, virtual: bool) -> bool:
    """ZZ.1. Open, and no virtual goods."""
    return opened and not virtual


def only_one_matters(opened: bool, virtual: bool) -> bool:
    """ZZ.1. Virtual goods, whether or not the shop is open."""
    return virtual if opened else bool(virtual)


def neither_matters(opened: bool, virtual: bool) -> bool:
    """ZZ.1. A shop that is open or not, with goods of one kind or the other."""
    return opened in (False, True) and virtual in (False, True)


def failing_is_not_being_unproven(opened: bool, virtual: bool) -> bool | Failed | Open:
    """ZZ.1. An open shop. A closed one needs a paper, which is of no use for virtual goods."""
    if opened:
        return True
    return Failed() if virtual else Open((A_PAPER,))


def a_paper_or_nothing(opened: bool) -> bool | Open:
    """ZZ.1. An open shop needs a paper, a closed one fails."""
    return Open((A_PAPER,)) if opened else False


def failing_in_two_ways(opened: bool) -> bool | Failed:
    """ZZ.1. Fails either way."""
    return Failed("closed_for_good") if opened else False


def a_person_either_way(opened: bool) -> Disputed | NotCovered:
    """ZZ.1. A person decides."""
    return Disputed("too_open") if opened else NotCovered("too_closed")


def a_person_or_not(opened: bool) -> bool | NotCovered:
    """ZZ.1. For a closed shop, a person decides."""
    return opened or NotCovered("too_closed")


def holding_in_two_ways(opened: bool) -> bool | Holds:
    """ZZ.1. Holds either way."""
    return Holds("open_and_well") if opened else True


def size(opened: bool) -> int | Open:
    """ZZ.2. The size of the shop: there are more shelves when it is open."""
    return 2 if opened else 1


def size_is_known(size: int | Open) -> bool | Open:
    """ZZ.1. The size of the shop is known."""
    return size if isinstance(size, Open) else True


OPENED, KIND, PAPER = "shop_opened", "product_kind", "paper"
ANSWERS: Final[tuple[tuple[Callable[..., Any], str, Effect, list[str]], ...]] = (
    (both_matter, "pending", Effect.UNDECIDED, [OPENED, KIND]),
    (only_one_matters, "pending", Effect.UNDECIDED, [KIND]),
    (neither_matters, "holds", Effect.SUPPORTS, []),
    (failing_is_not_being_unproven, "pending", Effect.UNDECIDED, [OPENED, KIND]),
    (a_paper_or_nothing, "unknown", Effect.UNDECIDED, [PAPER]),
    (failing_in_two_ways, "fails", Effect.DEFEATS, []),
    (a_person_either_way, "too_closed", Effect.UNDECIDED, []),
    (a_person_or_not, "pending", Effect.UNDECIDED, [OPENED]),
    (holding_in_two_ways, "holds", Effect.SUPPORTS, []),
    (size_is_known, "pending", Effect.UNDECIDED, [OPENED]),
)


@pytest.mark.parametrize(
    ("clause", "reason", "effect", "needs"), ANSWERS, ids=lambda each: getattr(each, "__name__", "")
)
def test_what_makes_no_difference_is_not_asked_for(
    clause: Callable[..., Any], reason: str, effect: Effect, needs: list[str]
) -> None:
    """It is unknown whether the shop is open, and which kind of goods it has."""
    document: Any = put(put(IN_ORDER, "/shop/opened", None), "/product/virtual", None)
    case = case_from(document)
    decision = decide(case, evolve(edition_for(case), facts=(size,), requires=(clause,), barred_by=()))
    (finding,) = decision.findings
    assert finding.because.code == f"{clause.__name__}.{reason}"
    assert finding.effect is effect
    assert [need for need, _ in asked(decision)] == needs


# Acceptable answers and possible values of unknown facts in cases of other kinds


def facts_that_may_be_open() -> Iterator[tuple[str, str, str]]:
    """For cases of other kinds: the policy, the name of a fact, and its place (for incidents, in the first one)."""
    for policy in sorted(ONE_OF_OTHER_KINDS.keys() - {TASK}):  # its facts are in a history, and have their own tests
        for name, fact in glossary_of(policy).items():
            if Open in get_args(get_type_hints(fact.read)["return"]):
                yield policy, name, fact.pointers[0]


def glossary_of(policy: str) -> Mapping[str, Fact]:
    """The facts of a policy, by name."""
    facts: Mapping[str, Fact] = policies()[policy][0].case_kind.glossary.facts
    return facts


@pytest.mark.parametrize(("policy", "name", "pointer"), [*facts_that_may_be_open()])
def test_an_unknown_fact_states_acceptable_answers(policy: str, name: str, pointer: str) -> None:
    """Existing facts, or existing places. Both answers to a yes-or-no fact are tried, so it is asked for if it matters."""
    place = pointer.replace("{incident}", "0")
    of_an_event = re.fullmatch("(/shop/[a-z_]+|/dispatch)/(happened|at)", place)
    case = case_from(put(ONE_OF_OTHER_KINDS[policy], of_an_event[1] if of_an_event else place, None))
    fact = glossary_of(policy)[name]
    answer = fact.read(WholeCase(case) if place == pointer else SingleIncident(case, 0))
    assert isinstance(answer, Open)
    named = [each for ask in answer.asks for accepted in ask.accepts for each in accepted]
    assert all(ask.accepts for ask in answer.asks)
    assert all(each in glossary_of(policy) or all(fields_along(type(case), each)) for each in named)
    if bool in get_args(get_type_hints(fact.read)["return"]):
        assert set(answer.could_be) == {True, False}

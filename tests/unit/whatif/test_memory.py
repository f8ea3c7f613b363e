"""Nothing is computed twice."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from contextlib import suppress
from random import Random
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adjudicator import InputError
from adjudicator.analysis.edits import Act
from adjudicator.analysis.whatif import what_if
from adjudicator.engine import evaluation
from adjudicator.engine.combinations import result_for_all
from adjudicator.engine.registry import edition_for
from adjudicator.engine.sameness import same
from adjudicator.model.enumerations import Verification
from adjudicator.model.limits import LARGEST
from adjudicator.testing import Json, a_case, a_line, a_settlement, an_appraisal, an_order
from adjudicator.wire.codec import case_document, case_from
from adjudicator.wire.pointer import Slot, with_value
from breaking import broken
from documents import documents
from tradings import FOUND
from virtual_goods import A_DISPATCH
from whatif.trying import AUTHENTICITY, SOME, for_every_policy


@for_every_policy
def test_a_memory_of_like_cases_changes_no_ruling(policy: str) -> None:
    """Among cases that differ in one value, each gets the same ruling as if it were the first."""

    @SOME
    @given(documents(policy), st.randoms(use_true_random=False))
    def check(document: Json, random: Random) -> None:
        memory: dict[Hashable, Any] = {}
        like = [*broken(document)]
        for each in (document, *random.sample(like, min(40, len(like))), document):
            with suppress(InputError):
                case = case_from(each)
                edition = edition_for(case)
                assert edition.case_kind.rule(edition, case, memory) == edition.case_kind.rule(edition, case)

    check()


@for_every_policy
def test_a_memory_of_an_edited_case_changes_no_ruling(policy: str) -> None:
    """Its copies share the parts in which they do not differ, and facts that stand there are not read again."""

    @SOME
    @given(documents(policy), st.randoms(use_true_random=False))
    def check(document: Json, random: Random) -> None:
        case = case_from(document)
        edition, memory = edition_for(case), dict[Hashable, Any]()
        edition.case_kind.rule(edition, case, memory)
        every = [*copies(case)]
        for edited in random.sample(every, min(40, len(every))):
            assert edition.case_kind.rule(edition, edited, memory) == edition.case_kind.rule(edition, edited)

    check()


@pytest.mark.parametrize("policy", [AUTHENTICITY, "douyin_global.damage", "consumer_law.seven_day_return"])
def test_a_fact_of_a_claim_differs_only_with_the_parts_of_the_case_that_it_names(policy: str) -> None:
    """Ids apart, which are never tried: what was paid under this claim changes with the id of the claim."""

    @SOME
    @given(documents(policy))
    def check(document: Json) -> None:
        case = case_from(document)
        kind = edition_for(case).case_kind
        for edited in copies(case):
            for now, before in zip(kind.subjects(edited), kind.subjects(case), strict=True):
                for fact in kind.glossary.facts.values():
                    is_unlike = fact.parts is None or not fact.parts.isdisjoint(now.parts_unlike(before))
                    assert is_unlike or same(fact.read(now), fact.read(before)), fact.name

    check()


def test_a_fact_is_read_again_where_what_is_tried_for_it_is_found_in_another_part() -> None:
    """The brand of the goods is unknown, so it could be any that a report names: with another brand in one, the other alone speaks."""
    case = a_case(AUTHENTICITY, an_appraisal("E1"), an_appraisal("E2"), order=an_order(a_line(brand=None)))
    edition, memory = edition_for(case), dict[Hashable, Any]()
    edition.case_kind.rule(edition, case, memory)
    for brand in ("another", "another-", "lumière"):
        edited = with_value(case, "/evidence/0/brand", brand)
        assert edition.case_kind.rule(edition, edited, memory) == edition.case_kind.rule(edition, edited)
    assert not [
        each for each in what_if(case).alternatives if each.outcome == "approved" and each.kind is Act.HAD_IT_BEEN
    ]


@pytest.mark.parametrize("policy", [AUTHENTICITY, "douyin_global.damage", "consumer_law.seven_day_return"])
def test_a_copy_is_as_sound_as_if_all_of_it_were_looked_at(policy: str) -> None:
    """Also where another value is at fault, by itself or beside a part that stays the same."""
    case = a_case(policy, an_appraisal(), settlements=(a_settlement(500),))
    is_sound = case.soundness_of_copies()
    for pointer in filter(may_hold_another, every_place(case_document(case))):
        for value in (*VALUES, *FAULTY):
            with suppress(InputError):
                copy = Slot(case, pointer).holding(value)
                assert is_sound(copy) == copy.is_sound() == (not [*copy.faults()]), (pointer, value)


def copies(case: Any) -> Iterator[Any]:
    """Copies of a case with another value somewhere, except ids; also where nothing is stated yet."""
    for pointer in filter(may_be_tried, every_place(case_document(case))):
        for value in VALUES:
            with suppress(InputError):
                yield with_value(case, pointer, value)


def every_place(value: Any, pointer: str = "") -> Iterator[str]:
    yield pointer
    inner = enumerate(value) if isinstance(value, list) else value.items() if isinstance(value, dict) else ()
    for name, each in inner:
        yield from every_place(each, f"{pointer}/{name}")


def may_be_tried(pointer: str) -> bool:
    name = pointer.rpartition("/")[2]
    return (
        pointer not in ("", "/policy")
        and not pointer.startswith("/metadata")
        and name not in ("id", "kind", "line_id", "line_ids")
    )


def may_hold_another(pointer: str) -> bool:
    """Whether a value can be put at a place: not for the whole, for metadata, and for what tells the kind of evidence."""
    return pointer != "" and not pointer.startswith("/metadata") and not pointer.endswith("/kind")


VALUES: Final[tuple[Any, ...]] = (
    2,
    True,
    "verified",
    "other",
    "another",
    "2001-01-01T00:00:00Z",
    "2030-01-01T00:00:00Z",
    [],
)

FAULTY: Final[tuple[Any, ...]] = (
    0,
    -1,
    LARGEST,
    "9000-01-01T00:00:00Z",
    "nothing has this id",
    ["nothing has this id"],
)
"""Values that many places cannot hold."""


@pytest.mark.parametrize("policy", [AUTHENTICITY, "pinduoduo.virtual_dispatch", "pinduoduo.off_platform_trading"])
def test_nothing_is_tried_twice(policy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second ruling on a case with many unknowns takes everything from memory."""
    dispatch = {**A_DISPATCH, "goods": {}, "dispatch": {}}
    unknown = {"pinduoduo.virtual_dispatch": dispatch, "pinduoduo.off_platform_trading": nearly_unknown(2)}
    pending = an_appraisal(verification=Verification.UNVERIFIED)
    case = case_from(unknown[policy]) if policy in unknown else a_case(policy, pending)
    edition = edition_for(case)
    memory: dict[Hashable, Any] = {}
    ruling = edition.case_kind.rule(edition, case, memory)

    def trying_again(*_: Any) -> None:
        pytest.fail("tried again")

    monkeypatch.setattr(evaluation, "result_for_all", trying_again)
    assert edition.case_kind.rule(edition, case, memory) == ruling


def test_the_memory_distinguishes_values_that_compare_equal() -> None:
    """Proofs of two units and of one are equal to the policy. The memory still distinguishes them."""
    pending = an_appraisal(id="E2", verification=Verification.UNVERIFIED)
    memory: dict[Hashable, Any] = {}
    for units in (3, 1, 2):
        case = a_case(AUTHENTICITY, an_appraisal(units_covered=units), pending, order=an_order(a_line(quantity=3)))
        edition = edition_for(case)
        assert edition.case_kind.rule(edition, case, memory) == edition.case_kind.rule(edition, case)


def nearly_unknown(incidents: int) -> Json:
    """A case of several incidents of which little is known except that they happened."""
    acts = ("contact", "content", "parcel")
    found = [{"id": f"incident-{number}", "act": acts[number % len(acts)]} for number in range(incidents)]
    return {**FOUND, "incidents": found, "shop": {"id": "shop-1"}}


def test_with_many_unknowns_little_is_evaluated_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of hundreds of cases on the way, each evaluates a few functions again, and not every function on everything."""
    tried: list[object] = []

    def counted(node: Any, values: tuple[Any, ...]) -> Any:
        tried.append(node.function)
        return result_for_all(node, values)

    monkeypatch.setattr(evaluation, "result_for_all", counted)
    found = what_if(case_from(nearly_unknown(2)), work=200)
    assert len(found.questions) > 20
    assert len(tried) < 1_200

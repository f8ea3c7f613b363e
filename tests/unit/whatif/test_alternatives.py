"""Alternatives lead where they say, are minimal, and are complete for single facts, compared with brute force."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from enum import Enum
from typing import Any, Final, get_args, get_origin

import attrs
import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from adjudicator import InputError, Instant, decide, load_case
from adjudicator.analysis.edits import Act, Change
from adjudicator.analysis.whatif import Alternative, alternatives
from adjudicator.engine.registry import edition_for
from adjudicator.model.decision import ClaimDecision, Decision
from adjudicator.model.enumerations import Reason
from adjudicator.model.fields import if_known
from adjudicator.model.json_names import wire_name
from adjudicator.model.time import DAY, HOUR, SECOND
from adjudicator.testing import Json, a_case, a_claim, an_appraisal, laws
from adjudicator.testing.laws import advice
from adjudicator.wire.codec import case_document, case_from
from adjudicator.wire.pointer import held_at
from documents import documents
from whatif.trying import AUTHENTICITY, SOME, at, for_every_policy, of_line, patched

NOT_A_FACT: Final = ("/metadata", "/settlements")
"""Places of a case that no clause reads."""


# The laws


@for_every_policy
def test_an_alternative_leads_where_it_says_also_from_bytes(policy: str) -> None:
    """Both on the case and on its JSON."""

    @SOME
    @given(documents(policy))
    def check(document: Json) -> None:
        case = case_from(document)
        laws.what_if_is_honest(case)
        now = decide(case)
        for each in alternatives(case):
            then = decide(load_case(patched(case_document(case), each.changes)))
            assert (then.outcome, of_line(then, each.line_id)) == (each.outcome, each.line_outcome)
            assert each.line_outcome != of_line(now, each.line_id)
            if isinstance(then, ClaimDecision) and isinstance(now, ClaimDecision):
                assert (each.total, each.difference) == (then.total, then.total - now.total)
            for change in each.changes:
                held = None if change.pointer.endswith("-") else at(case_document(case), change.pointer)
                assert change.was == held

    check()


@for_every_policy
def test_every_part_of_an_alternative_is_necessary(policy: str) -> None:
    """Every part of an alternative is necessary."""

    @SOME
    @given(documents(policy))
    def check(document: Json) -> None:
        laws.what_if_is_minimal(case_from(document))

    check()


# Completeness, against brute force over the whole case


def leaves(annotation: Any, value: Any, pointer: str = "") -> Iterator[tuple[str, Any]]:
    """Every place of a case with its type according to the classes, including unknown ones."""
    annotation = type(value) if attrs.has(type(value)) else if_known(annotation)
    if attrs.has(annotation):
        for field in attrs.fields(attrs.resolve_types(annotation)):
            yield from leaves(field.type, getattr(value, field.name, None), f"{pointer}/{wire_name(field.name)}")
    elif get_origin(annotation) is tuple and not is_choice(get_args(annotation)[0]):
        for index, item in enumerate(value or ()):
            yield from leaves(get_args(annotation)[0], item, f"{pointer}/{index}")
    elif not pointer.startswith(NOT_A_FACT):
        yield pointer, annotation


def is_choice(annotation: Any) -> bool:
    """Whether a type has few values."""
    return annotation is bool or (isinstance(annotation, type) and issubclass(annotation, Enum))


THE_QUESTION: Final = ("/checked/of", "/checked/state", "/wanted/step", "/wanted/by")
"""Where a case states its question. With another value it would be another case."""


def choices(annotation: Any) -> list[Any]:
    """All values of a type with few values."""
    return [True, False] if annotation is bool else [each.value for each in annotation]


def led_to(case: Any, pointer: str, value: Any) -> Decision | None:
    """The decision after one value is changed; ``None`` if the case is invalid then."""
    change = Change(pointer, None, None, None, value, Act.HAD_IT_BEEN, None)
    try:
        changed = load_case(patched(case_document(case), (change,)))
    except InputError:
        return None
    edition = edition_for(changed)
    return edition.case_kind.decide(edition, changed)


def lines_of(decision: Decision, pointer: str = "") -> list[str | None]:
    """The judged lines; a change within an incident only lists incidents."""
    return [line_id for line_id, _ in decision.parts if line_id is not None or "/incidents/" not in pointer]


def single(found: tuple[Alternative, ...], line_id: str | None, pointer: str) -> list[tuple[Any, str]]:
    """The values at one place that are listed as alternatives for a line, with their outcomes."""
    return [
        (each.changes[0].to, each.line_outcome)
        for each in found
        if each.line_id == line_id and [change.pointer for change in each.changes] == [pointer]
    ]


@for_every_policy
def test_every_single_choice_that_changes_an_outcome_is_found(policy: str) -> None:
    """Every enumeration and boolean in the case, known or not, with every other value; asking another question is not an alternative."""

    @SOME
    @given(documents(policy))
    def check(document: Json) -> None:
        case = case_from(document)
        now, found = decide(case), alternatives(case)
        for pointer, annotation in leaves(type(case), case):
            for value in choices(annotation) if is_choice(annotation) and pointer not in THE_QUESTION else ():
                then = led_to(case, pointer, value)
                for line_id in lines_of(now, pointer) if then else ():
                    assert then is not None
                    outcome = of_line(then, line_id)
                    if outcome != of_line(now, line_id):
                        assert (value, outcome) in single(found, line_id, pointer), f"{pointer}: {value}"

    check()


@for_every_policy
def test_for_every_list_of_choices_the_smallest_change_is_found(policy: str) -> None:
    @SOME
    @given(documents(policy))
    def check(document: Json) -> None:
        case = case_from(document)
        now, found = decide(case), alternatives(case)
        for pointer, annotation in leaves(type(case), case):
            if get_origin(annotation) is not tuple:
                continue
            held = {*(at(case_document(case), pointer) or ())}
            for selection in selections(choices(get_args(annotation)[0])):
                then = led_to(case, pointer, selection)
                for line_id in lines_of(now, pointer) if then else ():
                    assert then is not None
                    outcome = of_line(then, line_id)
                    if outcome != of_line(now, line_id):
                        shown = [
                            held ^ {*to} for to, leads_to in single(found, line_id, pointer) if leads_to == outcome
                        ]
                        assert any(each <= held ^ {*selection} for each in shown), f"{pointer}: {selection}"

    check()


def selections(items: list[Any]) -> Iterator[list[Any]]:
    """Every selection of some items."""
    for number in range(2 ** len(items)):
        yield [item for place, item in enumerate(items) if number >> place & 1]


NEARBY: Final = (0, SECOND, -SECOND, HOUR, DAY, -DAY, 23 * HOUR, 24 * HOUR, 48 * HOUR, 72 * HOUR, 72 * HOUR + SECOND)


NO_FACTS: Final = ("/order/placed_at", "/evidence_closes_at")
"""Values that no clause reads: they select the edition, or set the closing time of cases judged as a whole."""


@for_every_policy
def test_no_nearer_instant_leads_there(policy: str) -> None:
    """Whole seconds near every instant of the case and its windows: none is nearer than the listed ones, and none is missed."""

    @SOME
    @given(documents(policy), st.data())
    def check(document: Json, data: st.DataObject) -> None:
        case = case_from(document)
        now, found = decide(case), alternatives(case)
        instants = [(pointer, held_at(case, pointer)) for pointer, kind in leaves(type(case), case) if kind is Instant]
        known = [(pointer, held) for pointer, held in instants if held is not None and pointer != "/as_of"]
        edges = [each.ends_at for each in now.deadlines]
        for pointer, held in known or ():
            if pointer in NO_FACTS:
                continue
            start = data.draw(st.sampled_from([case.as_of, *edges, *(moment for _, moment in known)]))
            days = data.draw(st.sampled_from([0, 0, 90, -90, 91, -91, 365, -366]))
            nudge = data.draw(st.sampled_from(NEARBY))
            moment = (start + days * DAY + nudge) // SECOND * SECOND
            then = led_to(case, pointer, str(Instant(moment)))
            for line_id in lines_of(now, pointer) if then else ():
                assert then is not None
                outcome = of_line(then, line_id)
                if outcome != of_line(now, line_id):
                    shown = [
                        Instant.parse(to) for to, leads_to in single(found, line_id, pointer) if leads_to == outcome
                    ]
                    assert shown, f"{pointer} at {Instant(moment)} leads to {outcome}"
                    assert min(abs(each - held) for each in shown) <= abs(moment - held), f"{pointer}: {shown}"

    check()


@for_every_policy
def test_no_nearer_number_leads_there(policy: str) -> None:
    @SOME
    @given(documents(policy))
    def check(document: Json) -> None:
        case = case_from(document)
        now, found = decide(case), alternatives(case)
        for pointer, annotation in leaves(type(case), case):
            held = held_at(case, pointer)
            for value in numbers_about(annotation, held):
                then = led_to(case, pointer, value)
                for line_id in lines_of(now, pointer) if then else ():
                    assert then is not None
                    outcome = of_line(then, line_id)
                    if outcome != of_line(now, line_id):
                        shown = [to for to, leads_to in single(found, line_id, pointer) if leads_to == outcome]
                        assert shown, f"{pointer} at {value} leads to {outcome}"
                        distance = abs(Decimal(value) - Decimal(held or 0))
                        assert held is None or min(abs(Decimal(to) - Decimal(held)) for to in shown) <= distance

    check()


def numbers_about(annotation: Any, held: Any) -> list[Any]:
    """Some numbers of a type, those near a known one and small ones."""
    if annotation is Decimal:
        return [f"{each}" for each in ("0", "4.09", "4.10", "4.11", "4.5", "5", "74.99", "75.00", "75.01", "100")]
    if getattr(annotation, "__supertype__", annotation) is int:
        return [each for each in (0, 1, 2, 3, 4, 5, *((held - 1, held + 1) if held else ())) if each >= 0]
    return []


# These tests can fail


def test_an_unnecessary_part_would_be_detected(monkeypatch: pytest.MonkeyPatch) -> None:
    case = a_case(AUTHENTICITY, an_appraisal(), claim=a_claim(reason=Reason.OTHER))
    (found, *_) = alternatives(case)
    needless = evolve(found.changes[0], pointer="/order/lines/0/category", was="other", to="food")
    monkeypatch.setattr(advice, "alternatives", lambda *_: (evolve(found, changes=(*found.changes, needless)),))
    with pytest.raises(AssertionError, match="alone"):
        laws.what_if_is_minimal(case)


def test_a_value_that_is_too_far_would_be_detected(monkeypatch: pytest.MonkeyPatch) -> None:
    late = Instant.parse("2022-07-20T12:00:00+08:00")
    case = a_case(AUTHENTICITY, an_appraisal(), claim=a_claim(filed_at=late), as_of=late)
    (found, *_) = (each for each in alternatives(case) if each.changes[0].fact == "filed_at")
    farther = evolve(found.changes[0], to="2022-06-24T23:59:58+08:00")
    monkeypatch.setattr(advice, "alternatives", lambda *_: (evolve(found, changes=(farther,)),))
    with pytest.raises(AssertionError, match="nearer"):
        laws.what_if_is_minimal(case)


def test_a_wrong_alternative_would_be_detected(monkeypatch: pytest.MonkeyPatch) -> None:
    case = a_case(AUTHENTICITY)
    (found, *_) = alternatives(case)
    monkeypatch.setattr(advice, "alternatives", lambda *_: (evolve(found, line_outcome="denied"),))
    with pytest.raises(AssertionError, match="promised"):
        laws.what_if_is_honest(case)

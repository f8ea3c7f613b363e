"""Laws for cases that are judged as a whole."""

# ruff: noqa: S101, S311 - a law asserts; what it draws at random is test data, not a secret

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod
from random import Random
from typing import Any, Final

from adjudicator import api
from adjudicator.analysis.edits import values_of
from adjudicator.engine.clause import hints, members
from adjudicator.engine.policy import Edition
from adjudicator.kinds.review import ReviewKind, WholeCase
from adjudicator.model.decision import Decision, PaymentDecision
from adjudicator.model.errors import InputError
from adjudicator.model.facts import Open
from adjudicator.model.soundness import CaseBase
from adjudicator.testing.laws.deciders import Decider
from adjudicator.wire.codec import case_from, document_of
from adjudicator.wire.pointer import at, put

AT_MOST: Final = 16


def unknown_fields_are_never_a_guess(
    case: CaseBase, edition: Edition, *, decide: Decider = api.decide, at_most: int = AT_MOST
) -> None:
    """A decision that is made although fields of the case are unknown holds, with its awards, for whatever they turn out to be.

    All combinations of values are tried, or ``at_most`` drawn at random. Documents that are not verified yet stay as they are.
    """
    before = decide(case)
    if before.outcome in _undecided(edition):
        return
    for each in _completions(case, edition, at_most):
        after = decide(each)
        assert (after.outcome, _awarded(after)) == (before.outcome, _awarded(before)), (
            f"{before.outcome} became {after.outcome} once more was known:\n{document_of(each)}"
        )


def _undecided(edition: Edition) -> frozenset[str]:
    """The outcomes of cases that wait for something or for a person."""
    kind = edition.case_kind
    assert isinstance(kind, ReviewKind), f"{edition.policy} does not judge its cases as a whole"
    return frozenset((kind.waiting, kind.for_a_person, *(each.due for each in kind.questions)))


def _awarded(decision: Decision) -> tuple[Any, ...]:
    return tuple((each.kind, each.amount) for each in decision.awards) if isinstance(decision, PaymentDecision) else ()


def _completions(case: CaseBase, edition: Edition, at_most: int) -> Iterator[CaseBase]:
    """The valid cases in which every unknown field has a value."""
    document = document_of(case)
    places = [*_unknowns(case, document, edition)]
    size = prod(len(values) for _, values in places)
    draw = Random(size)
    for number in range(size) if size <= at_most else (draw.randrange(size) for _ in range(at_most)):
        try:
            yield case_from(_filled_in(document_of(case), places, number))
        except InputError:  # two values that exclude each other
            continue


def _filled_in(document: Any, places: Sequence[tuple[str, Sequence[Any]]], number: int) -> Any:
    """A document with the values of one combination, which its number names."""
    for pointer, values in places:
        number, position = divmod(number, len(values))
        put(document, pointer, values[position])
    return document


def _unknowns(case: CaseBase, document: Any, edition: Edition) -> Iterator[tuple[str, Sequence[Any]]]:
    """Each unknown field that is a fact by itself, with the values that it could have."""
    for fact in edition.case_kind.glossary.facts.values():
        if len(fact.pointers) != 1 or fact.asked_as is None:
            continue
        (pointer,) = fact.pointers
        parent = pointer.rpartition("/")[0]
        value = fact.read(WholeCase(case))
        if type(value) is Open and isinstance(at(document, parent) if parent else document, dict):
            (known,) = members(hints(fact.read)["return"]) - {Open}
            yield pointer, values_of(known, edition.governs_from) if not value.could_be else _written(value.could_be)


def _written(values: Sequence[Any]) -> list[Any]:
    """Values as they are written in JSON."""
    return [document_of(each) if hasattr(each, "__attrs_attrs__") else _plain(each) for each in values]


def _plain(value: Any) -> Any:
    return value if value is None or type(value) in (bool, int) else str(getattr(value, "value", value))

"""What it takes to change a value in a case, and who can do it."""

from __future__ import annotations

import typing
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from adjudicator.analysis.edits import EVIDENCE, Act, Change, Put
from adjudicator.engine.clause import hints, members
from adjudicator.engine.judgement import Subject
from adjudicator.engine.policy import MOST_EDITIONS, Edition
from adjudicator.model.facts import Fact
from adjudicator.model.fields import steps
from adjudicator.model.finding import Request
from adjudicator.model.soundness import CaseBase
from adjudicator.wire.codec import document_of
from adjudicator.wire.pointer import NEW, held_at


class Acts:
    """Works out from the requests what it takes to change a value: only the party that is asked can act."""

    def __init__(self, edition: Edition, case: CaseBase, requests: Sequence[Request]) -> None:
        self.edition = edition
        self.case = case
        self.requests = requests
        self._facts: dict[str | None, Mapping[str, str]] = {}

    def change(self, subject: Subject, put: Put) -> Change:
        """The change that a put makes, with its fact, the act it takes and who can do it."""
        pointer, to = put
        was = None if pointer.endswith(NEW) else document_of(held_at(self.case, pointer))
        kind, by = self.act(pointer, was, to)
        is_in_evidence = pointer.startswith(f"{EVIDENCE}/") and not pointer.endswith(NEW)
        evidence_id = held_at(self.case, _item_of(pointer)).id if is_in_evidence else None
        return Change(pointer, self.fact(subject, pointer, to), evidence_id, was, to, kind, by)

    def act(self, pointer: str, was: Any, to: Any) -> tuple[Act, str | None]:
        """Something new or unknown is supplied; an unacceptable value is repaired; anything else is too late."""
        for request in self.requests:
            for acceptable in request.accepts:
                if _asks_for(acceptable, pointer, to):
                    values = acceptable.get(pointer)
                    if was is None:
                        return Act.SUPPLY, request.to
                    if request.evidence_id is not None or values is None or _is_acceptable(was, to, values):
                        return Act.REPAIR, request.to
        return Act.HAD_IT_BEEN, None

    def fact(self, subject: Subject, pointer: str, to: Any) -> str | None:
        """The glossary fact at a place, or else the first fact whose list contains it."""
        own = self.fact_at(subject, pointer)
        if own is not None:
            return own
        around = [fact for fact, starts in _starts_in(self.edition) if pointer.startswith(starts)]
        if not around:
            return None
        item = to if pointer.endswith(NEW) else document_of(held_at(self.case, _item_of(pointer)))
        return next((fact.name for fact in around if _may_contain(fact.read, item)), None)

    def fact_at(self, subject: Subject, pointer: str) -> str | None:
        """The first fact of which a place is one of its own."""
        return self._facts_at(subject).get(pointer)

    def _facts_at(self, subject: Subject) -> Mapping[str, str]:
        """The first fact at each place of a subject, looked up once."""
        if subject.line_id not in self._facts:
            facts, positions = self.edition.case_kind.glossary.facts, subject.places()
            places = [(pointer, name) for name, fact in facts.items() for pointer in fact.where(positions)]
            self._facts[subject.line_id] = dict(reversed(places))
        return self._facts[subject.line_id]


@lru_cache(maxsize=MOST_EDITIONS)
def _starts_in(edition: Edition) -> tuple[tuple[Fact, tuple[str, ...]], ...]:
    """Each fact, with what pointers start with that lead to something within its places."""
    return tuple((fact, _starts_within(fact.pointers)) for fact in edition.case_kind.glossary.facts.values())


def _asks_for(acceptable: Any, pointer: str, to: Any) -> bool:
    """Whether an acceptable answer fills a place, or is a new piece of evidence of this kind."""
    if pointer == f"{EVIDENCE}/{NEW}":
        kinds = (*acceptable.get("kind", ()), *acceptable.get("with/kind", ()))
        return to["kind"] in kinds
    return any(name == pointer or name.startswith(f"{pointer}/") for name in acceptable)


def _is_acceptable(was: Any, to: Any, values: Sequence[Any]) -> bool:
    """Whether a value is among those asked for; a list must keep its items and gain only such values."""
    if not values:
        return True
    return {*was} <= {*to} and {*to} - {*was} <= {*values} if isinstance(to, list) else to in values


def _starts_within(places: Sequence[str]) -> tuple[str, ...]:
    """What a pointer starts with that leads to something within one of these places, or to a new item there."""
    return tuple(f"{each.partition('{')[0].rstrip('/')}/" for each in places)


def _item_of(pointer: str) -> str:
    """The pointer to the list item that contains a place."""
    path = steps(pointer)
    position = next((index for index, step in enumerate(path) if step.isdigit()), len(path) - 1)
    return "".join(f"/{step}" for step in path[: position + 1])


def _may_contain(read: Any, item: Any) -> bool:
    """Whether a fact can hold an item of this kind; always true for items without a kind."""
    kind = item.get("kind") if isinstance(item, dict) else None
    if kind is None or not isinstance(kind, str):
        return True
    item_types = (item_type for member in members(hints(read)["return"]) for item_type in typing.get_args(member))
    return any(getattr(item_type, "kind", None) == kind for item_type in item_types)

"""Acts: what it takes to put a value somewhere in a case, and who can do it."""

from __future__ import annotations

import typing
from collections.abc import Sequence
from typing import Any

from adjudicator.analysis.edits import EVIDENCE, Act, Change, Put
from adjudicator.engine.clause import hints, members
from adjudicator.engine.judgement import Subject
from adjudicator.engine.policy import Edition
from adjudicator.model.finding import Request
from adjudicator.model.soundness import CaseBase
from adjudicator.wire.codec import document_of
from adjudicator.wire.pointer import NEW, held_at, steps


class Acts:
    """What it takes to put a value somewhere, as far as requests tell: whoever is asked for it can act."""

    def __init__(self, edition: Edition, case: CaseBase, requests: Sequence[Request]) -> None:
        self.edition = edition
        self.case = case
        self.requests = requests

    def change(self, subject: Subject, put: Put) -> Change:
        """A change, with the act that it takes and who can do it."""
        pointer, to = put
        was = None if pointer.endswith(NEW) else document_of(held_at(self.case, pointer))
        kind, by = self.act(pointer, was, to)
        is_in_evidence = pointer.startswith(f"{EVIDENCE}/") and not pointer.endswith(NEW)
        evidence_id = held_at(self.case, _item_of(pointer)).id if is_in_evidence else None
        return Change(pointer, self.fact(subject, pointer, to), evidence_id, was, to, kind, by)

    def act(self, pointer: str, was: Any, to: Any) -> tuple[Act, str | None]:
        """What a change takes: something new or unknown is supplied, what is there and does not do is repaired."""
        for request in self.requests:
            for acceptable in request.accepts:
                if _asks_for(acceptable, pointer, to):
                    asked = acceptable.get(pointer)
                    if was is None:
                        return Act.SUPPLY, request.to
                    if request.evidence_id is not None or asked is None or _will_do(was, to, asked):
                        return Act.REPAIR, request.to
        return Act.HAD_IT_BEEN, None

    def fact(self, subject: Subject, pointer: str, to: Any) -> str | None:
        """The fact of the glossary that stands at a place."""
        within, places = None, subject.places()
        for name, fact in self.edition.case_kind.glossary.facts.items():
            if pointer in fact.where(places):
                return name
            if within is None and any(_lies_within(pointer, each) for each in fact.pointers):
                item = to if pointer.endswith(NEW) else document_of(held_at(self.case, _item_of(pointer)))
                within = name if _is_of(fact.read, item) else None
        return within


def _asks_for(acceptable: Any, pointer: str, to: Any) -> bool:
    """Whether an acceptable answer speaks of a place, or of such a new piece of evidence."""
    if pointer == f"{EVIDENCE}/{NEW}":
        kinds = (*acceptable.get("kind", ()), *acceptable.get("with/kind", ()))
        return to["kind"] in kinds
    return any(name == pointer or name.startswith(f"{pointer}/") for name in acceptable)


def _will_do(was: Any, to: Any, asked: Sequence[Any]) -> bool:
    """Whether a value is one that is asked for; of a list, whether what was asked for joined what was there."""
    if not asked:
        return True
    return {*was} <= {*to} and {*to} - {*was} <= {*asked} if isinstance(to, list) else to in asked


def _lies_within(pointer: str, pattern: str) -> bool:
    """Whether a place lies within what a fact is read from, or is a new item of it."""
    return pointer.startswith(f"{pattern.partition('{')[0].rstrip('/')}/")


def _item_of(pointer: str) -> str:
    """The pointer to the item of a list in which a place lies."""
    path = steps(pointer)
    position = next((index for index, step in enumerate(path) if step.isdigit()), len(path) - 1)
    return "".join(f"/{step}" for step in path[: position + 1])


def _is_of(read: Any, item: Any) -> bool:
    """Whether a fact holds items such as this one; of items without a kind that cannot be told, and need not."""
    kind = item.get("kind") if isinstance(item, dict) else None
    if kind is None or not isinstance(kind, str):
        return True
    held = (each for one in members(hints(read)["return"]) for each in typing.get_args(one))
    return any(getattr(each, "kind", None) == kind for each in held)

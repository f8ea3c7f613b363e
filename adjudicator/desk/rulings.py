"""What a person can rule on a decision that waits for one, and the case as it stands with that.

A ruling is evidence, in the terms that the rules read: whether a document counts, an answer to what is asked of the platform, or a new
document of a kind that the policy reads. So each is an answer to a request, and its form is made as those of the panel are.
"""

from __future__ import annotations

import re
import typing
from collections.abc import Iterator, Mapping
from typing import Any, Final

from attrs import frozen

from adjudicator.analysis.edits import EVIDENCE, Put, applied, puts_for
from adjudicator.desk.cases import Standing
from adjudicator.desk.forms import identify
from adjudicator.desk.rights import as_of_now
from adjudicator.engine.clause import hints
from adjudicator.engine.registry import edition_behind
from adjudicator.explain import requests, view_for
from adjudicator.model.decision import Outcome
from adjudicator.model.enumerations import Verification
from adjudicator.model.errors import Fault, InputError
from adjudicator.model.evidence import Document, kinds_in
from adjudicator.model.facts import Party
from adjudicator.model.finding import Effect, Request
from adjudicator.service.problems import Problem
from adjudicator.store import DecisionStore, Ruling
from adjudicator.wire.pointer import NEW, kind_at

RULING: Final = "ruling"
"""What a new document is called that a person enters."""
VERIFICATION: Final = re.compile(rf"{EVIDENCE}/\d+/verification")
MOST_LINES: Final = 20
"""The most lines of which each can be ruled on alone."""
PLATFORM: Final = Party.PLATFORM.value


@frozen
class Option:
    """Something that can be ruled, as a request that the ruling answers, for its line and others."""

    request: Request
    also_for: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """A name that stays the same as long as the same can be ruled."""
        return identify(self.request)


@frozen
class Content:
    """What a ruling says: a JSON value for each place, under an option, and why."""

    option: str
    answer: int
    said: Mapping[str, Any]
    reason: str
    document: str | None = None
    line_id: str | None = None

    @classmethod
    def of(cls, ruling: Ruling) -> Content:
        """What a ruling on record says. Raises :class:`Problem` if it was erased."""
        if ruling.content is None:
            raise Problem("erased", "what this ruling says was erased, or is on record with a decision")
        return cls(**ruling.content)


def may_be_ruled(shown: Standing) -> bool:
    """Whether a decision waits for a person."""
    decision = shown.decision
    return decision.outcome == Outcome.MANUAL_REVIEW or any(each.to == PLATFORM for each in decision.requests)


def options(shown: Standing) -> Iterator[Option]:
    """What can be ruled on a decision: which documents count, what the platform is asked, and new documents."""
    documents = dict.fromkeys(_documents_in_question(shown))
    places = {each.id: number for number, each in enumerate(getattr(shown.case, "evidence", ()))}
    for each in documents:
        place = f"{EVIDENCE}/{places[each]}/verification"
        yield Option(_asked(({place: ()},), evidence_id=each))
    view = view_for(shown.decision, shown.case, voice="auditor", locale="en")
    for group in requests.grouped(view, PLATFORM):
        if group.request.evidence_id not in documents:
            yield Option(group.request, tuple(each for each in group.line_ids if each != group.request.line_id))
    kinds = tuple({"kind": (each,)} for each in _kinds_read(shown))
    if kinds:
        lines = _lines_waiting(shown)
        yield from (Option(_asked(kinds, line_id=each)) for each in (lines if len(lines) == 1 else (None, *lines)))


def _asked(
    accepts: tuple[Mapping[str, Any], ...], line_id: str | None = None, evidence_id: str | None = None
) -> Request:
    return Request(PLATFORM, RULING, line_id, accepts, None, evidence_id)


def _documents_in_question(shown: Standing) -> Iterator[str]:
    """The documents behind undecided findings, and those that the platform is asked to verify."""
    for finding in shown.decision.findings:
        if finding.effect is Effect.UNDECIDED:
            yield from finding.evidence
    yield from (each.evidence_id for each in shown.decision.requests if each.to == PLATFORM and each.evidence_id)


def _lines_waiting(shown: Standing) -> tuple[str, ...]:
    waiting = (Outcome.MANUAL_REVIEW, Outcome.NEEDS_INFORMATION)
    lines = (each.line_id for each in getattr(shown.decision, "lines", ()) if each.outcome in waiting)
    return tuple(lines)[:MOST_LINES]


def _kinds_read(shown: Standing) -> Iterator[str]:
    """The kinds of evidence that the clauses of the policy read, in the order of the case's own list."""
    edition = edition_behind(shown.decision.policy)
    if edition is None or not hasattr(shown.case, "evidence"):
        return
    facts = edition.case_kind.glossary.facts
    names = {name for clause in edition.clauses for name in clause.reads if name in facts}
    read = tuple({kind for name in names for kind in _documents_in(hints(facts[name].read)["return"])})
    for name, kind in kinds_in(kind_at(type(shown.case), EVIDENCE).item).items():
        if issubclass(kind, read):
            yield name


def _documents_in(annotation: Any) -> Iterator[type]:
    """The classes of documents anywhere in a type."""
    if isinstance(annotation, type) and issubclass(annotation, Document):
        yield annotation
    for each in typing.get_args(annotation):
        yield from _documents_in(each)


def option_of(shown: Standing, id: str) -> Option:
    """An option by its id. Raises :class:`Problem` if that cannot be ruled any more."""
    found = next((each for each in options(shown) if each.id == id), None)
    if found is None:
        raise Problem("precondition-failed", "this cannot be ruled any more")
    return found


def current_case(record: DecisionStore, shown: Standing) -> Any:
    """The case of a decision in its current state."""
    return record.current_case(shown.summary.id, as_of_now(record.now(), shown.case))


def case_as_ruled(shown: Standing, case: Any, content: Content, by: str) -> Any:
    """The case in its current state, with a ruling by someone.

    Raises :class:`Problem`, or :class:`~adjudicator.model.errors.InputError` for a ruling that does not fit or changes nothing.
    """
    option = option_of(shown, content.option)
    puts = tuple(puts_for(case, option.request, content.said, option.also_for))
    if not puts:
        raise InputError([Fault("/values", "this", "something that is not on record yet")])
    return applied(case, tuple(_signed(puts, by, str(case.as_of))))


def _signed(puts: tuple[Put, ...], by: str, at: str) -> Iterator[Put]:
    """A ruling, with its author and time in each document concerned: a statement of the platform needs no other verification."""
    for pointer, value in puts:
        if pointer == f"{EVIDENCE}/{NEW}":
            yield pointer, {**value, "verification": Verification.VERIFIED.value, "verified_by": by, "verified_at": at}
            continue
        yield pointer, value
        if VERIFICATION.fullmatch(pointer):
            document = pointer.rpartition("/")[0]
            is_checked = value != Verification.UNVERIFIED.value
            yield f"{document}/verified_by", by if is_checked else None
            yield f"{document}/verified_at", at if is_checked else None

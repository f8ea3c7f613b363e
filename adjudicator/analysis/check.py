"""Checking: what a sound case lacks for its policy, without deciding it.

The case is judged as it would be decided; of that, only what is asked for and what was read is told, no outcome and no money.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any

from attrs import field, frozen

from adjudicator.analysis.checklist import Checklist, checklists
from adjudicator.analysis.closing import is_closed, windows_to_file_in
from adjudicator.analysis.edits import EVIDENCE
from adjudicator.analysis.work import ALL_LINES, MOST_WORK
from adjudicator.engine.policy import Edition
from adjudicator.engine.registry import edition_for
from adjudicator.model.decision import Decision, PolicyRef
from adjudicator.model.finding import Effect, FactRead, Finding, JsonValue, Request
from adjudicator.model.limits import CURRENCY
from adjudicator.model.soundness import CaseBase
from adjudicator.model.time import Instant
from adjudicator.wire.codec import case_document, document_of
from adjudicator.wire.pointer import at


class Use(StrEnum):
    """What a piece of evidence does as things stand."""

    CARRIES = "carries"
    PENDING = "pending"
    UNNAMED = "unnamed"
    UNREAD = "unread"


@frozen
class NotKnown:
    """A fact that a clause reads and the case does not tell.

    ``pointers`` are the places of the case where it would stand, ``supplier`` is who can tell it. Where ``matters_now``, it is
    asked for, and can be handed in until ``due_at``.
    """

    line_id: str | None
    fact: str
    pointers: tuple[str, ...]
    supplier: str | None
    matters_now: bool
    due_at: Instant | None


@frozen
class Heard:
    """What a piece of evidence does for a claimed line, as things stand.

    It carries a finding; or is pending until something about it is handed in; or is named by no finding, because it does not
    count or only supports another piece; or is read by no clause, in which case ``line_id`` is ``None``.
    """

    evidence_id: str
    line_id: str | None
    use: Use


@frozen
class Check:
    """What a sound case lacks.

    ``currency`` is that of every amount, if the case has one. ``requests`` is what would be asked for now, as in a decision;
    ``requirements`` are the checklists of evidence, one for each claimed line.
    """

    case_id: str
    as_of: Instant
    policy: PolicyRef
    currency: str | None = field(metadata={"code": CURRENCY})
    requests: tuple[Request, ...]
    not_known: tuple[NotKnown, ...]
    evidence: tuple[Heard, ...]
    requirements: tuple[Checklist, ...]
    evidence_closed_at: Instant | None = field(
        default=None,
        metadata={"means": "When the time for evidence ended, where something is turned down because of it."},
    )
    file_anew_until: Instant | None = field(
        default=None, metadata={"means": "The last instant at which a new claim can be filed in its place, if one can."}
    )
    complete: bool = field(default=True, metadata={"means": ALL_LINES})


def check(case: CaseBase, edition: Edition | None = None, *, work: int = MOST_WORK) -> Check:
    """See what a case lacks for its policy, under the edition that governs it or under another one.

    Checklists are made as far as ``work`` goes: see :func:`~adjudicator.analysis.checklist.requirements`.

    A case that exists is sound; reading one that is not raises :class:`~adjudicator.model.errors.InputError`. So does a case that no
    edition governs.
    """
    edition = edition_for(case, edition)
    document = case_document(case)
    judged = edition.case_kind.decide(edition, case)
    found, complete = checklists(edition, case, judged, work)
    return Check(
        judged.case_id,
        judged.as_of,
        judged.policy,
        judged.currency,
        judged.requests,
        tuple(not_known(edition, document, judged)),
        tuple(_heard(document, judged)),
        found,
        edition.case_kind.particulars(case).evidence_closes_at if is_closed(judged) else None,
        max((each.last_instant for each in windows_to_file_in(judged)), default=None) if is_closed(judged) else None,
        complete,
    )


def check_document(found: Check) -> dict[str, Any]:
    """What was found as a JSON document."""
    return document_of(found)


# Facts


def not_known(edition: Edition, document: Mapping[str, Any], judged: Decision) -> Iterator[NotKnown]:
    """Each fact that a case, given as a document and judged, does not tell: line by line, in the order of the clauses."""
    parts = _parts_by_fact(document, judged)
    for line_id, read in _facts_read(judged):
        requests = [each for each in judged.requests if each.line_id == line_id]
        untold = (
            tuple(each for each in read.pointers if at(document, each) is None) if _says_nothing(read.value) else ()
        )
        untold += parts.get((line_id, read.name), ())
        if untold:
            supplier = edition.case_kind.glossary.facts[read.name].supplier
            asking = [each for each in requests if _asks_for(each, untold)]
            due_at = min((each.due_at for each in asking if each.due_at is not None), default=None)
            yield NotKnown(line_id, read.name, untold, supplier and supplier.value, bool(asking), due_at)


def _facts_read(judged: Decision) -> Iterator[tuple[str | None, FactRead]]:
    """Each fact that was read for a line, once."""
    once = {(finding.line_id, read.name): read for finding in judged.findings for read in finding.facts}
    return ((line_id, read) for (line_id, _), read in once.items())


def _says_nothing(value: JsonValue) -> bool:
    """Whether a fact, or a part of it, was not known: some facts are false, not unknown, where the case tells nothing."""
    return value is None or value == () or (isinstance(value, tuple) and None in value)


def _parts_by_fact(document: Mapping[str, Any], judged: Decision) -> dict[tuple[str | None, str], tuple[str, ...]]:
    """The places within facts that are asked for and hold nothing, each under one fact: the first that is not known, if any."""
    owners: dict[tuple[str | None, str], str] = {}
    facts = sorted(_facts_read(judged), key=lambda each: not _says_nothing(each[1].value))
    for line_id, read in facts:
        requests = [each for each in judged.requests if each.line_id == line_id]
        for place in _parts_asked_for(document, read, requests):
            owners.setdefault((line_id, place), read.name)
    found: dict[tuple[str | None, str], tuple[str, ...]] = {}
    for (line_id, place), name in owners.items():
        found[line_id, name] = (*found.get((line_id, name), ()), place)
    return found


def _parts_asked_for(document: Mapping[str, Any], read: FactRead, requests: Iterable[Request]) -> Iterator[str]:
    """The places within what is known of a fact that are asked for and hold nothing: a part of an entry in a list, say."""
    known = tuple(f"{each}/" for each in read.pointers if at(document, each) is not None)
    asked = dict.fromkeys(place for request in requests for place in _places_of(request))
    return (each for each in asked if each.startswith(known) and "/-/" not in each and at(document, each) is None)


def _places_of(request: Request) -> Iterator[str]:
    """Where an answer to a request would stand."""
    return (place for accepted in request.accepts for place in accepted)


def _asks_for(request: Request, pointers: tuple[str, ...]) -> bool:
    """Whether an answer to a request would stand in one of these places."""
    places = set(_places_of(request))
    return any(place == pointer or place.startswith(f"{pointer}/") for place in places for pointer in pointers)


# Evidence


def _heard(document: Mapping[str, Any], judged: Decision) -> Iterator[Heard]:
    """What each piece of evidence does for each line whose clauses read it, in the order of the case."""
    lines = tuple(dict.fromkeys(finding.line_id for finding in judged.findings))
    read = {
        (line_id, each)
        for line_id, fact in _facts_read(judged)
        if EVIDENCE in fact.pointers and isinstance(fact.value, tuple)
        for each in fact.value
    }
    pending, carries = _named(judged)
    for evidence_id in (each["id"] for each in document.get("evidence", ())):
        concerned = [line_id for line_id in lines if (line_id, evidence_id) in read]
        for line_id in concerned:
            key = (line_id, evidence_id)
            use = Use.PENDING if key in pending else Use.CARRIES if key in carries else Use.UNNAMED
            yield Heard(evidence_id, line_id, use)
        if not concerned:
            yield Heard(evidence_id, None, Use.UNREAD)


def _named(judged: Decision) -> tuple[set[tuple[str | None, str]], set[tuple[str | None, str]]]:
    """The evidence about which something is still needed, and that on which a finding rests, each with its line."""
    pending = {(each.line_id, each.evidence_id) for each in judged.requests if each.evidence_id is not None}
    carries: set[tuple[str | None, str]] = set()
    for finding in judged.findings:
        named = pending if _waits(finding) else carries
        named.update((finding.line_id, each) for each in finding.evidence)
    return pending, carries


def _waits(finding: Finding) -> bool:
    """Whether a finding is open until something is handed in; then its evidence is what that is about."""
    return finding.effect is Effect.UNDECIDED and "needs" in finding.because.params

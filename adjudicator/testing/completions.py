"""Complete a case: every value that its unknown facts could turn out to have."""

# ruff: noqa: S311 - a law asserts; what it draws at random is test data, not a secret

from __future__ import annotations

import json
import typing
from collections.abc import Callable, Iterable, Iterator, Sequence
from math import prod
from random import Random
from typing import Any, Final, TypeAlias

from adjudicator.analysis.edits import values_of
from adjudicator.engine.branches import Branches
from adjudicator.engine.clause import hints, members, plain_type, returns_admissibility
from adjudicator.engine.evaluation import Facts
from adjudicator.engine.inspection import Function
from adjudicator.engine.policy import Edition
from adjudicator.engine.registry import edition_for
from adjudicator.engine.vocabulary import ids_of
from adjudicator.model.case import Case
from adjudicator.model.enumerations import Badge, Programme, ReplyDecision, Verification
from adjudicator.model.evidence import Document, Evidence
from adjudicator.model.facts import EvidencePool
from adjudicator.model.order import OrderLine
from adjudicator.testing.own_fields import choices, own_fields
from adjudicator.wire.codec import case_document, load_case
from adjudicator.wire.pointer import at, put

MARKETS: Final = ("CN", "HK", "TW", "MO", "US")
NOBODYS_BRAND: Final = "a brand that no document names"


Awaited: TypeAlias = Callable[[Evidence], bool]
"""Tells whether an unverified document counts only once it is verified."""


def awaited_by(edition: Edition, case: Case) -> Awaited:
    """Tells which unverified documents an edition waits for: all that it does not accept unverified."""
    standing = frozenset(_standing(edition, case))
    return lambda document: document.id not in standing


def _standing(edition: Edition, case: Case) -> Iterator[str]:
    """The documents that an edition accepts for some line, under any assumption about unknown facts."""
    for subject in edition.case_kind.subjects(case):
        facts = Facts(edition.case_kind.part_for(edition, subject), subject)
        for name in (each.__name__ for each in edition.facts if _is_about_evidence(each)):
            read = facts[name]
            for value in read.objects if isinstance(read, Branches) else [read]:
                yield from _standing_in(value)


def _is_about_evidence(function: Function) -> bool:
    """Whether a fact returns the admissibility of documents, or a pool of evidence."""
    returned = {plain_type(each) for each in members(hints(function)["return"])}
    return returns_admissibility(function) or EvidencePool in returned


def _standing_in(value: Any) -> Iterator[str]:
    if isinstance(value, EvidencePool):
        yield from ids_of(each for each in value.standing if isinstance(each, Document) or hasattr(each, "evidence"))
    elif isinstance(value, tuple):
        yield from (each.evidence for each in value if each.stands)


def completions(case: Case, *, awaited: Awaited | None = None, at_most: int = 64) -> Iterator[Case]:
    """The case with every combination of values for what is unknown: all of them, or ``at_most`` drawn at random.

    ``awaited`` tells whether an unverified document counts only once it is verified; by default, the edition that governs decides
    that. Documents that count unverified stay as they are: nothing about them is unknown.
    """
    places = tuple(_unknowns(case, awaited or awaited_by(edition_for(case), case)))
    size = prod(len(values) for _, values in places)
    draw = Random(size)
    for number in range(size) if size <= at_most else (draw.randrange(size) for _ in range(at_most)):
        yield _filled_in(case, places, number)


def _filled_in(case: Case, places: Iterable[tuple[str, Sequence[Any]]], number: int) -> Case:
    document = case_document(case)
    for pointer, values in places:
        number, position = divmod(number, len(values))
        put(document, pointer, values[position])
    return typing.cast(Case, load_case(json.dumps(document)))


def _unknowns(case: Case, awaited: Awaited) -> Iterator[tuple[str, Sequence[Any]]]:
    """Each unknown place, with the values that it could have."""
    order, then = case.order, (str(case.order.placed_at), str(case.as_of))
    if order.merchant.programme is None:
        yield "/order/merchant/programme", [*Programme]
    if order.merchant.return_addresses is None:
        yield "/order/merchant/return_addresses", [[], [{"id": market, "market": market} for market in MARKETS]]
    if order.market is None:
        yield "/order/market", MARKETS
    if case.claim.merchant_reply is None or case.claim.merchant_reply.decision is None:
        yield "/claim/merchant_reply", [{"decision": each} for each in ReplyDecision]
    for index, line in enumerate(order.lines):
        yield from _unknowns_of_a_line(case, f"/order/lines/{index}", line)
    for index, parcel in enumerate(order.parcels):
        if parcel.signed_at is None:
            yield f"/order/parcels/{index}/signed_at", then
    yield from _unknowns_of_evidence(case, awaited)
    document = case_document(case)
    for place, field in own_fields(case.policy, document):
        if "asked_as" in field.metadata and at(document, place) is None:
            yield place, values_of(field.type, case.as_of)


def _unknowns_of_evidence(case: Case, awaited: Awaited) -> Iterator[tuple[str, Sequence[Any]]]:
    closes_at = case.claim.evidence_closes_at
    for index, each in enumerate(case.evidence):
        if each.verification is Verification.UNVERIFIED and awaited(each):
            yield f"/evidence/{index}/verification", [Verification.VERIFIED, Verification.REJECTED]
        if getattr(each, "final", True) is None and (closes_at is None or case.as_of <= closes_at):
            yield f"/evidence/{index}/final", [True, False]


def _unknowns_of_a_line(case: Case, pointer: str, line: OrderLine) -> Iterator[tuple[str, Sequence[Any]]]:
    if line.category is None:
        yield f"{pointer}/category", choices(case.policy, "category")
    if line.badges is None:
        yield f"{pointer}/badges", [[], [*Badge], *([badge] for badge in Badge)]
    if line.completed_at is None:
        yield f"{pointer}/completed_at", (str(case.order.placed_at), str(case.as_of))
    if line.brand is None:
        named = dict.fromkeys(getattr(each, "brand", None) or NOBODYS_BRAND for each in case.evidence)
        yield f"{pointer}/brand", [*dict.fromkeys((*named, NOBODYS_BRAND))]

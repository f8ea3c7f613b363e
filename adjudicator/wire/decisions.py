"""Write a new decision as bytes, with its digests: each part of it is written once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final, TypeVar

import orjson
from attrs import evolve, frozen

from adjudicator.engine.findings import Findings
from adjudicator.engine.ladder import Ladder
from adjudicator.model.decision import Decision, Digests
from adjudicator.model.digest import canonical_as_written, digest
from adjudicator.model.lazy import settle, with_lazy, work_left
from adjudicator.model.soundness import CaseBase
from adjudicator.model.time import Instant
from adjudicator.wire.encoder import encoder
from adjudicator.wire.findings import findings_text
from adjudicator.wire.ladder import ladder_text
from adjudicator.wire.writer import Unwritable, part_writer_of, writer_of

D = TypeVar("D", bound=Decision)

DIGESTS: Final = "digests"
FINDINGS: Final = "findings"
LADDER: Final = "ladder"


@frozen(eq=False)
class DigestsOf:
    """The digests of a decision while nobody has read them: the case that was decided, and its normalised document if there is one."""

    case: CaseBase
    document: Mapping[str, Any] | None = None

    def __call__(self, decision: Decision) -> Digests:
        """Take them."""
        document = _document(evolve(decision, digests=None))
        del document[DIGESTS]
        return Digests(self.of_the_case, digest(document))

    @property
    def of_the_case(self) -> str:
        """The digest of the case: what was not stated is null, instants are in UTC."""
        return digest(self.document or encoder(Instant.utc_text).unstructure(self.case))


def with_digests(decision: D, case: CaseBase, document: Mapping[str, Any] | None = None) -> D:
    """Add the digests of a new decision and its case, which are calculated when they are first read."""
    return with_lazy(decision, digests=DigestsOf(case, document))


def bytes_of(decision: Decision) -> bytes:
    """A decision as JSON. For a new one no finding is made, and its digests are taken on the way."""
    digests, findings = work_left(decision, DIGESTS), work_left(decision, FINDINGS)
    if isinstance(digests, DigestsOf) and isinstance(findings, Findings):
        return _at_once(decision, digests, findings) or orjson.dumps(_document(decision))
    return orjson.dumps(_document(decision))


def _document(decision: Decision) -> dict[str, Any]:
    document: dict[str, Any] = encoder(str).unstructure(decision)
    return document


def _at_once(decision: Decision, digests: DigestsOf, findings: Findings) -> bytes | None:
    """``None`` for a decision that only the encoder writes."""
    kind: Any = type(decision)
    write = _writer(kind)
    if write is None:
        return None
    ladder = work_left(decision, LADDER)
    written: dict[str, tuple[str, str]] = {FINDINGS: findings_text(findings.judgements)}
    if isinstance(ladder, Ladder):
        written[LADDER] = ladder_text(ladder.parts)
    before, after, in_canonical_order = write(decision, written)
    canonical = canonical_as_written(in_canonical_order)
    if canonical is None:
        return None
    taken = Digests(digests.of_the_case, hashlib.sha256(canonical).hexdigest())
    settle(decision, DIGESTS, taken)
    return f"{before}{writer_of(Digests)(taken)[0]}{after}".encode()


@cache
def _writer(kind: Any) -> Callable[[Decision, Mapping[str, tuple[str, str]]], tuple[str, str, str]] | None:
    """The writer of a class of decisions, the digests apart; ``None`` if one of its fields is not writable."""
    try:
        return part_writer_of(kind, written=(FINDINGS, LADDER), left_out=DIGESTS)
    except Unwritable:
        return None

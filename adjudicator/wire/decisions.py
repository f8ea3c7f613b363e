"""A decision just made as bytes, with its digests: everything that it says is written once, whoever reads it later."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, Final

import attrs
import orjson
from attrs import evolve, frozen

from adjudicator.engine.findings import Findings
from adjudicator.engine.ladder import Ladder
from adjudicator.model.decision import Decision, Digests
from adjudicator.model.digest import canonical_as_written, digest
from adjudicator.model.json_names import wire_name
from adjudicator.model.lazy import settle, work_left
from adjudicator.model.soundness import CaseBase
from adjudicator.model.time import Instant
from adjudicator.wire.encoder import encoder
from adjudicator.wire.findings import findings_text
from adjudicator.wire.ladder import ladder_text
from adjudicator.wire.writer import Unwritable, Writer, canonical_writer_of, writer_of

DIGESTS: Final = "digests"
FINDINGS: Final = "findings"
LADDER: Final = "ladder"


@frozen(eq=False)
class DigestsOf:
    """The digests of a decision while nobody has read them: the case that was decided."""

    case: CaseBase

    def __call__(self, decision: Decision) -> Digests:
        """Take them."""
        document = _document(evolve(decision, digests=None))
        del document[DIGESTS]
        return Digests(self.of_the_case, digest(document))

    @property
    def of_the_case(self) -> str:
        """The digest of the case: what was not stated is null, instants are in UTC."""
        kind: Any = type(self.case)
        write = _case_writer(kind)
        text = None if write is None else canonical_as_written(write(self.case))
        if text is None:
            return digest(encoder(Instant.utc_text).unstructure(self.case))
        return hashlib.sha256(text).hexdigest()


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
    writers = _field_writers(kind)
    if writers is None:
        return None
    ladder = work_left(decision, LADDER)
    texts: dict[str, tuple[str, str]] = {FINDINGS: findings_text(findings.judgements)}
    if isinstance(ladder, Ladder):
        texts[LADDER] = ladder_text(ladder.steps)
    texts |= {name: write(getattr(decision, field)) for name, field, write in writers if name not in texts}
    canonical = canonical_as_written(_object([(name, texts[name][1]) for name in sorted(texts)]))
    if canonical is None:
        return None
    taken = Digests(digests.of_the_case, hashlib.sha256(canonical).hexdigest())
    settle(decision, DIGESTS, taken)
    texts[DIGESTS] = writer_of(Digests)(taken)
    return _object([(name, texts[name][0]) for name in _names(kind)]).encode()


def _object(members: Iterable[tuple[str, str]]) -> str:
    return "{" + ",".join([f'"{name}":{text}' for name, text in members]) + "}"


@cache
def _case_writer(kind: Any) -> Callable[[Any], str] | None:
    try:
        return canonical_writer_of(kind, Instant.utc_text)
    except Unwritable:
        return None


@cache
def _field_writers(kind: type[Decision]) -> tuple[tuple[str, str, Writer], ...] | None:
    """The name in JSON of each field, the field, and its writer; findings and digests apart. ``None`` if one is not writable."""
    fields = [each for each in attrs.fields(attrs.resolve_types(kind)) if each.name not in (FINDINGS, DIGESTS)]
    try:
        return tuple((wire_name(each.name), each.name, writer_of(each.type)) for each in fields)
    except Unwritable:
        return None


@cache
def _names(kind: type[Decision]) -> tuple[str, ...]:
    """The names of all fields in JSON, in their order."""
    return tuple(wire_name(each.name) for each in attrs.fields(kind))

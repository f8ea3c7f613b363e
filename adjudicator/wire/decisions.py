"""A decision just made as bytes, with its digests: everything that it says is written once, whoever reads it later."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from typing import Any, Final

import attrs
import orjson
from attrs import evolve, frozen

from adjudicator.engine.findings import Findings
from adjudicator.model.decision import Decision, Digests
from adjudicator.model.digest import canonical_at_once, digest
from adjudicator.model.json_names import wire_name
from adjudicator.model.lazy import settle, work_left
from adjudicator.model.soundness import CaseBase
from adjudicator.model.time import Instant
from adjudicator.wire.encoder import encoder
from adjudicator.wire.findings import findings_text

DIGESTS: Final = "digests"
FINDINGS: Final = "findings"


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
        return digest(encoder(Instant.utc_text).unstructure(self.case))


def bytes_of(decision: Decision) -> bytes:
    """A decision as JSON. Of one just made no finding need be made, and its digests are taken on the way."""
    digests, findings = work_left(decision, DIGESTS), work_left(decision, FINDINGS)
    at_once = isinstance(digests, DigestsOf) and isinstance(findings, Findings)
    return (_at_once(decision, digests, findings) if at_once else None) or orjson.dumps(_document(decision))


def _document(decision: Decision) -> dict[str, Any]:
    document: dict[str, Any] = encoder(str).unstructure(decision)
    return document


def _at_once(decision: Decision, digests: Any, findings: Any) -> bytes | None:
    """``None`` where a character stands in it that makes canonical order another one than orjson's."""
    kind: Any = decision.__class__
    document = {name: write(getattr(decision, field)) for name, field, write in _fields(kind)}
    text = findings_text(findings.judgements)
    canonical = canonical_at_once({**document, FINDINGS: orjson.Fragment(text.canonical)})
    if canonical is None:
        return None
    taken = Digests(digests.of_the_case, hashlib.sha256(canonical).hexdigest())
    settle(decision, DIGESTS, taken)
    whole = document | {FINDINGS: orjson.Fragment(text.plain), DIGESTS: attrs.asdict(taken)}
    return orjson.dumps({name: whole[name] for name in _names(kind)})


@cache
def _fields(kind: type[Decision]) -> tuple[tuple[str, str, Callable[[Any], Any]], ...]:
    """The name in JSON of each field, the field, and what writes it; findings and digests apart."""
    return tuple(
        (wire_name(each.name), each.name, encoder(str).get_unstructure_hook(each.type))
        for each in attrs.fields(attrs.resolve_types(kind))
        if each.name not in (FINDINGS, DIGESTS)
    )


@cache
def _names(kind: type[Decision]) -> tuple[str, ...]:
    """The names of all fields in JSON, in their order."""
    return tuple(wire_name(each.name) for each in attrs.fields(kind))

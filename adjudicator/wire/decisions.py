"""Write a new decision as bytes, with its digests: what explains it is written at once, without making it first."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final, NamedTuple, TypeAlias, TypeVar

import orjson
from attrs import evolve, frozen

from adjudicator.engine.findings import Deadlines, Findings, FindingsTogether, Remarks
from adjudicator.engine.ladder import Ladder
from adjudicator.engine.shared_judgement import Results
from adjudicator.model.decision import Decision, Digests
from adjudicator.model.digest import as_canonical, digest
from adjudicator.model.lazy import settle, with_lazy, work_of
from adjudicator.model.soundness import CaseBase
from adjudicator.model.source import maker
from adjudicator.model.time import Instant
from adjudicator.wire.encoder import encoder
from adjudicator.wire.findings import (
    check_fields,
    deadlines_written,
    findings_together_written,
    findings_written,
    remarks_written,
)
from adjudicator.wire.ladder import ladder_written
from adjudicator.wire.results import results_written
from adjudicator.wire.template import Texts
from adjudicator.wire.writer import Unwritable, Writer, writer_of

D = TypeVar("D", bound=Decision)

DIGESTS: Final = "digests"
MOST_WAYS: Final = 1024
"""The number of classes of decisions, and ways of making their fields, for which is kept how they are written."""

MAPPING: Final = dict
"""What makes an object for orjson of a mapping that is no dictionary, as the metadata of a case built in Python may be."""

check_fields(Digests, ("case", "decision"))


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
    return with_lazy(decision, DIGESTS, _digests_of(case, document))


_digests_of: Final = maker(DigestsOf)


def bytes_of(decision: Decision) -> bytes:
    """A decision as JSON. Of a new one, nothing is made that can be written at once, and its digests are taken on the way."""
    work = work_of(decision)
    digests = work.get(DIGESTS)
    written = _at_once(decision, work, digests) if type(digests) is DigestsOf else None
    return written or orjson.dumps(_document(decision))


def _document(decision: Decision) -> dict[str, Any]:
    document: dict[str, Any] = encoder(str).unstructure(decision)
    return document


Explain: TypeAlias = Callable[[Any, Texts], tuple[Any, Any]]

_EXPLAINED: Final[Mapping[type, Explain]] = {
    Findings: findings_written,
    FindingsTogether: findings_together_written,
    Deadlines: deadlines_written,
    Remarks: remarks_written,
    Ladder: ladder_written,
    Results: results_written,
}
"""What gives a field in both orders without making it, by what would make it."""


def _at_once(decision: Decision, work: Mapping[str, Any], digests: DigestsOf) -> bytes | None:
    """``None`` for a decision that has a field, or a character beyond the basic plane, which only the general way writes."""
    kind: Any = type(decision)
    way = _way_of(kind, (*work,), (*map(type, work.values()),))
    if way is None:
        return None
    texts = Texts(decision.as_of)
    document = way.write(decision, texts.instants)
    ordered = document.copy()
    for name, explain in way.explained:
        document[name], ordered[name] = explain(work[name], texts)
    del ordered[DIGESTS]
    canonical = as_canonical(orjson.dumps(ordered, MAPPING, orjson.OPT_SORT_KEYS))
    if canonical is None:
        return None
    taken = Digests(digests.of_the_case, hashlib.sha256(canonical).hexdigest())
    settle(decision, DIGESTS, taken)
    document[DIGESTS] = {"case": taken.case, "decision": taken.decision}
    return orjson.dumps(document, MAPPING)


class _Way(NamedTuple):
    """How decisions are written: what gives a document with null for the fields that are ``explained``, and for the digests."""

    write: Writer
    explained: tuple[tuple[str, Explain], ...]


@lru_cache(maxsize=MOST_WAYS)
def _way_of(kind: type, names: tuple[str, ...], makers: tuple[type, ...]) -> _Way | None:
    """How decisions of a class are written, given the lazy fields and the types of what makes them; ``None`` if they are not."""
    explained = {name: _EXPLAINED[maker] for name, maker in zip(names, makers, strict=True) if maker in _EXPLAINED}
    try:
        return _Way(writer_of(kind, (*explained, DIGESTS)), tuple(explained.items()))
    except Unwritable:
        return None

"""The vocabulary of rules that read documents: which of them count, what those say, and whether they agree."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final, Generic, TypeAlias, TypeVar

from attrs import frozen

from adjudicator.engine.clause import PolicyError
from adjudicator.model.evidence import VERIFIED, Document
from adjudicator.model.facts import Admissibility, Ask, EvidencePool, Need, Open, Party, Pending
from adjudicator.model.source import maker
from adjudicator.model.time import Instant

D = TypeVar("D", bound=Document)
T = TypeVar("T")

VERIFICATION: Final = Need("verification", Party.PLATFORM)
_TO_VERIFY: Final = Ask(VERIFICATION, (VERIFIED,))

Heard: TypeAlias = tuple[Admissibility, ...]
"""For each document in order: whether it counts, and if not, why."""

Proofs: TypeAlias = EvidencePool[T]
"""The statements of documents that count, and of those that may still count. A clause asks for ``tuple[T, ...]``."""

# Rules make these by the dozen for each case.
_ask: Final = maker(Ask)
_open: Final = maker(Open)
_pending: Final = maker(Pending)
_evidence_pool: Final = maker(EvidencePool)
_admissibility: Final = maker(Admissibility)


def heard(
    documents: Iterable[D],
    *,
    once_verified: bool | Callable[[D], bool] = False,
    at_once: bool = False,
    **objections: Callable[[D], bool | Open],
) -> Heard:
    """For each document whether it counts, and if not, the name of the first objection.

    An objection is a condition on the document: ``True`` rejects it for good, ``missing(...)`` until someone supplies the
    missing thing. ``once_verified`` says which documents count only after verification. Missing things are asked for one
    after another, verification first, or all ``at_once``. Raises :class:`PolicyError` for any other answer.
    """
    if not documents:
        return ()
    of_each: list[Admissibility] = []
    for document in documents:
        lacking: str | None = None
        asks: tuple[Ask, ...] = ()
        for because, objection in objections.items():
            if (answer := objection(document)) is not False:
                if answer is True:
                    lacking, asks = because, ()
                    break
                if not isinstance(answer, Open):
                    raise _no_answer(because, document, answer)
                if at_once or lacking is None:
                    lacking, asks = lacking or because, (*asks, *answer.asks)
        else:
            if once_verified and not document.is_verified and (once_verified is True or once_verified(document)):
                lacking, asks = "unverified", (_TO_VERIFY, *asks) if at_once else (_TO_VERIFY,)
        of_each.append(_admissibility(document.id, lacking, _about(document, asks) if asks else ()))
    return tuple(of_each)


def _no_answer(because: str, document: Document, answer: object) -> PolicyError:
    """The error of an objection that says neither yes nor no: without it, the document would count."""
    to = f"{type(document).__name__} {document.id}"
    return PolicyError(
        f"the objection {because} to {to} returned a {type(answer).__name__}; an objection returns bool or Open"
    )


def _about(document: Document, asks: tuple[Ask, ...]) -> tuple[Ask, ...]:
    return tuple([_ask(each.need, each.accepts, document.id, each.due_at, each.part) for each in asks])


def proofs(documents: Iterable[D], heard: Heard, says: Callable[[D], T]) -> Proofs[T]:
    """The statements of the documents that count or may still count, according to ``heard``."""
    return possible_proofs(documents, heard, lambda document: (says(document),))


def possible_proofs(documents: Iterable[D], heard: Heard, says: Callable[[D], Iterable[T]]) -> Proofs[T]:
    """Like :func:`proofs`, where a document that does not say everything may turn out to state any of several things."""
    if not documents and not heard:
        return _NOTHING_SAID
    counted: list[T] = []
    pending: list[Pending[T]] = []
    for document, of_it in zip(documents, heard, strict=True):
        if of_it.asks:
            pending += [_pending(each, of_it.asks) for each in says(document)]
        elif of_it.because is None:
            counted += says(document)
    return _evidence_pool(tuple(counted), tuple(pending))


_NOTHING_SAID: Final[EvidencePool[Any]] = EvidencePool(())


def latest(proofs: Proofs[T], at: Callable[[T], Instant]) -> Proofs[T]:
    """The proofs of which only the latest matters: without those that are earlier than one that counts."""
    if not proofs.standing or (len(proofs.standing) == 1 and not proofs.pending):
        return proofs
    last = max(map(at, proofs.standing))
    return _evidence_pool(
        tuple([each for each in proofs.standing if at(each) >= last]),
        tuple([each for each in proofs.pending if at(each.says) >= last]),
    )


def standing(documents: Iterable[D], heard: Heard) -> tuple[D, ...]:
    """The documents that count now, according to ``heard``."""
    return tuple([document for document, of_it in zip(documents, heard, strict=True) if of_it.because is None])


def awaited(documents: Iterable[D], heard: Heard) -> tuple[D, ...]:
    """The documents that do not count yet, but may, according to ``heard``."""
    return tuple(
        [document for document, of_it in zip(documents, heard, strict=True) if of_it.asks and not of_it.stands]
    )


def any_counts(*of_documents: Heard) -> bool | Open:
    """Whether any document counts: not known yet if none does, but some may."""
    asks: list[Ask] = []
    for documents in of_documents:
        for each in documents:
            if each.because is None:
                return True
            asks += each.asks
    return _open(tuple(asks), "pending") if asks else False


@frozen
class Voices(Generic[T]):
    """The answers of documents to one question: those that say yes, those that say no, and those that do not say."""

    yes: tuple[T, ...]
    no: tuple[T, ...]
    silent: tuple[T, ...]

    @property
    def is_yes(self) -> bool:
        """At least one says yes, and none says no."""
        return bool(self.yes) and not self.no

    @property
    def is_no(self) -> bool:
        """At least one says no, and none says yes."""
        return bool(self.no) and not self.yes

    @property
    def disagree(self) -> bool:
        """Whether some say yes and others no."""
        return bool(self.yes and self.no)


_voices: Final = maker(Voices)
_SILENCE: Final[Voices[Any]] = Voices((), (), ())


def voices(proofs: Iterable[T], question: Callable[[T], bool | None]) -> Voices[T]:
    """Sort proofs by their answer to a question."""
    if not proofs:
        return _SILENCE
    yes: list[T] = []
    no: list[T] = []
    silent: list[T] = []
    for each in proofs:
        answer = question(each)
        (yes if answer else silent if answer is None else no).append(each)
    return _voices(tuple(yes), tuple(no), tuple(silent))

"""Facts: what a clause can ask for by name, and the forms of not knowing one.

A fact is its value, or one of four things that are not a value: :class:`Open` (someone can still supply it), :class:`Failed`
(known, and it defeats the claim), :class:`Disputed` (the evidence contradicts itself) and :class:`NotCovered` (the rule does not
say). A clause sees these only if the annotation of its parameter admits them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Any, Generic, NamedTuple, TypeAlias, TypeVar

from attrs import Factory, field, frozen

from adjudicator.model.time import Instant

T = TypeVar("T")


class Party(StrEnum):
    """Who can be asked for something. A pack may add an enumeration of its own; the platform is the party that decides."""

    CONSUMER = "consumer"
    MERCHANT = "merchant"
    PLATFORM = "platform"
    CARRIER = "carrier"


@frozen
class Need:
    """Something to ask for, and whom to ask."""

    name: str
    to: StrEnum


Acceptable: TypeAlias = Mapping[str, tuple[Any, ...]]
"""One acceptable answer: the acceptable values of each field; no values means any.

With a ``kind`` it describes a new piece of evidence. Otherwise its fields are names of facts, or of fields of the document that the
ask is about.
"""


@frozen
class Ask:
    """Something to ask for; about one document if ``evidence_id`` is set.

    ``part`` names the part of the case it is about, such as an incident, if that is not the subject being judged.
    """

    need: Need
    accepts: tuple[Acceptable, ...] = ()
    evidence_id: str | None = None
    due_at: Instant | None = None
    part: str | None = None

    def __hash__(self) -> int:
        # Asks for one need may differ only in the places where they accept an answer.
        return hash((self.need.name, self.evidence_id, self.due_at, self.part, *map(tuple, self.accepts)))


@frozen
class Open:
    """Not known, and someone can still supply it.

    ``could_be`` lists representatives of all possible values, the least specific first; empty if values must not be tried.
    ``changes_at`` is the instant at which time alone settles it. If it is ``as_good_as_failed``, answers that could only make it
    fail make no difference. ``turns_on`` names the parts of the case, such as incidents, whose outcome depends on it: what is
    unknown about them is asked for.
    """

    asks: tuple[Ask, ...]
    because: str = "unknown"
    could_be: tuple[Any, ...] = ()
    changes_at: Instant | None = None
    as_good_as_failed: bool = False
    turns_on: tuple[str, ...] = ()


@frozen
class Failed:
    """Known, and it defeats the claim for good, unless time alone undoes it at ``changes_at``."""

    because: str = "fails"
    evidence: tuple[str, ...] = ()
    changes_at: Instant | None = None


@frozen
class Repairable:
    """It defeats the claim now, but can be repaired until ``until`` (``None``: at any time); ``also`` is asked for with ``ask``."""

    ask: Ask
    until: Instant | None = None
    because: str = "repairable"
    also: tuple[Ask, ...] = ()

    @property
    def asks(self) -> tuple[Ask, ...]:
        """All that repairs it together."""
        return (self.ask, *self.also)


@frozen
class Disputed:
    """The evidence contradicts itself: a person must judge."""

    because: str
    evidence: tuple[str, ...] = ()


@frozen
class NotCovered:
    """The rule does not cover this: a person must judge."""

    because: str
    evidence: tuple[str, ...] = ()


@frozen
class Holds:
    """A clause that holds (or a bar that applies), with its own reason or the evidence it rests on.

    At ``changes_at`` the mere passage of time may make this unknown.
    """

    because: str = "holds"
    evidence: tuple[str, ...] = ()
    changes_at: Instant | None = None


@frozen
class Pending(Generic[T]):
    """What a document would state if it counted, and what must be asked before it does."""

    says: T
    asks: tuple[Ask, ...]


@frozen
class EvidencePool(Generic[T]):
    """What the documents state: those that count, and pending ones that may count later.

    A clause that asks for ``tuple[T, ...]`` gets those that count; pending ones are tried both ways.
    """

    standing: tuple[T, ...]
    pending: tuple[Pending[T], ...] = ()

    def __add__(self, other: EvidencePool[T]) -> EvidencePool[T]:
        """Everything stated, in the original order."""
        if not other.standing and not other.pending:
            return self
        return EvidencePool((*self.standing, *other.standing), (*self.pending, *other.pending))

    @classmethod
    def of(cls, statements: Iterable[tuple[T, tuple[Ask, ...]]]) -> EvidencePool[T]:
        """Split statements into those that count (nothing left to ask) and those that are pending."""
        standing: list[T] = []
        pending: list[Pending[T]] = []
        for says, asks in statements:
            if asks:
                pending.append(Pending(says, asks))
            else:
                standing.append(says)
        return cls(tuple(standing), tuple(pending))


@frozen
class Admissibility:
    """Whether a rule admits a piece of evidence for a claimed line.

    It counts if ``because`` is ``None``; otherwise that says what is wrong with it: temporarily if answers to ``asks`` would fix
    it, for good if there is nothing to ask. A policy states this in a fact of type ``tuple[Admissibility, ...]``, one for each
    document that it considers.
    """

    evidence: str
    because: str | None = None
    asks: tuple[Ask, ...] = ()

    @property
    def stands(self) -> bool:
        """Whether it counts now."""
        return self.because is None

    @property
    def lacks(self) -> Open | None:
        """What is missing before it counts, if anything could make it count."""
        return Open(self.asks) if self.asks else None

    @property
    def may_count(self) -> bool:
        """Whether it counts now, or could once the asks are answered."""
        return self.because is None or bool(self.asks)


class Stated(NamedTuple):
    """The path of attributes at which a function finds what it gives, unless that is ``None``. It says nothing of another function."""

    by: Callable[[Any], Any]
    path: str


@frozen
class Fact:
    """An entry of the glossary: a fact that is read from the case.

    ``read`` takes the subject, such as a claimed line. Its name is the ``name`` by which clauses ask for the fact, and its docstring
    describes the fact. ``pointers`` are JSON pointers into the case, with ``{line}`` for the position of the line in the order, ``{item}``
    for its position in the claim, and ``{parcel}`` for each parcel that carries it. ``tried_from`` are pointers to where the values are
    found that are tried while the fact is unknown; an empty one leads to the whole case. A fact of a claim reads nothing but the fields of
    the case to which all these lead, and ids: a what-if reads it again only where one of them differs. ``asked_as`` names the need under
    which an unknown fact is asked for, if the source of ``read`` does not. ``later`` takes the subject and a later moment, and gives what
    ``read`` would say then: with it, a fact that depends on the moment needs no changed case to be read. ``stated`` says where the subject
    has what ``read`` gives, unless it is ``None`` there. ``unknown`` is all that ``read`` can give while the fact is not known, if these
    are the very same objects in all cases, whatever the moment.
    """

    read: Callable[[Any], Any]
    pointers: tuple[str, ...] = ()
    supplier: StrEnum | None = None
    asked_as: Need | None = None
    later: Callable[[Any, Instant], Any] | None = None
    stated: Stated | None = None
    unknown: tuple[Open, ...] = field(default=(), eq=False, repr=False)
    tried_from: tuple[str, ...] = ()
    name: str = field(init=False)
    _parts: tuple[tuple[str, str, str], ...] = field(init=False, repr=False)
    _is_fixed: bool = field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "name", self.read.__name__)
        object.__setattr__(self, "_parts", tuple(_parted(pointer) for pointer in self.pointers))
        object.__setattr__(self, "_is_fixed", not any(placeholder for _, placeholder, _ in self._parts))

    @property
    def parts(self) -> frozenset[str] | None:
        """The pointers to the parts of the case from which it is read: fields of the case, or fields of these. ``None`` is all of it."""
        if not self.pointers or "" in self.tried_from:
            return None
        steps = [pointer.split("/")[1:] for pointer in (*self.pointers, *self.tried_from)]
        return frozenset("".join([f"/{step}" for step in (of, *within[:1])]) for of, *within in steps)

    def where(self, places: Mapping[str, tuple[int, ...]]) -> tuple[str, ...]:
        """The fact's pointers in one case, with the placeholders filled in; none if a placeholder has no position."""
        if self._is_fixed:
            return self.pointers
        filled_in: list[str] = []
        for before, placeholder, after in self._parts:
            filled_in += (
                [f"{before}{place}{after}" for place in places.get(placeholder, ())] if placeholder else [before]
            )
        return tuple(filled_in)


def _parted(pointer: str) -> tuple[str, str, str]:
    """The parts of a pointer before, in and after its placeholder."""
    before, _, rest = pointer.partition("{")
    placeholder, _, after = rest.partition("}")
    return before, placeholder, after


@frozen
class Glossary:
    """The facts of a kind of case, by name."""

    facts: Mapping[str, Fact] = Factory(dict)

    @classmethod
    def of(cls, *facts: Fact) -> Glossary:
        """Build a glossary from these facts."""
        return cls({fact.name: fact for fact in facts})

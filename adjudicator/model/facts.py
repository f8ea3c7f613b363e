"""Facts: what a clause may ask for by name, and what it means that one is not plainly known.

A fact is its value, or one of four things that are not a value: :class:`Open` (someone can still supply it), :class:`Failed`
(it is known, and known to defeat), :class:`Disputed` (what is known contradicts itself) and :class:`NotCovered` (the rule does not
say). A clause sees them only if the annotation of its parameter admits them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Any, Generic, TypeAlias, TypeVar

from attrs import Factory, field, frozen

from adjudicator.model.time import Instant

T = TypeVar("T")


class Party(StrEnum):
    """Who can be asked for something. A pack may have an enumeration of its own beside it; the platform is who decides."""

    CONSUMER = "consumer"
    MERCHANT = "merchant"
    PLATFORM = "platform"
    CARRIER = "carrier"
    CLIENT = "client"
    CREATOR = "creator"


@frozen
class Need:
    """A kind of thing that can be asked for, and of whom."""

    name: str
    to: StrEnum


Acceptable: TypeAlias = Mapping[str, tuple[Any, ...]]
"""One acceptable answer: for each field the values that will do, none listed meaning any.

With a ``kind`` it describes a new piece of evidence, otherwise its fields are names of facts (or, for an ask about one
document, fields of that document).
"""


@frozen
class Ask:
    """Something to be asked for; about one document where ``evidence_id`` is set.

    ``part`` names the part of the case that it is about (an incident, say), where that is not what is judged.
    """

    need: Need
    accepts: tuple[Acceptable, ...] = ()
    evidence_id: str | None = None
    due_at: Instant | None = None
    part: str | None = None

    def __hash__(self) -> int:
        # Many asks of one need may differ in the places that they accept something at, and in nothing else.
        return hash((self.need, self.evidence_id, self.due_at, self.part, *map(tuple, self.accepts)))


@frozen
class Open:
    """Not known, and someone can still supply it.

    ``could_be`` lists representatives of every value that it could take, the one that says least first; empty where trying
    values is out of place. ``changes_at`` is the instant at which time alone will settle it. Where ``as_good_as_failed``, what
    could only make it fail makes no difference. ``turns_on`` names the parts of a case, such as incidents, on which it turns what
    they come to: what is not known of them is asked for.
    """

    asks: tuple[Ask, ...]
    because: str = "unknown"
    could_be: tuple[Any, ...] = ()
    changes_at: Instant | None = None
    as_good_as_failed: bool = False
    turns_on: tuple[str, ...] = ()


@frozen
class Failed:
    """Known, and it defeats beyond repair, though at ``changes_at`` time alone may undo it."""

    because: str = "fails"
    evidence: tuple[str, ...] = ()
    changes_at: Instant | None = None


@frozen
class Repairable:
    """It defeats as it stands, but can be put right until ``until`` (``None``: without end)."""

    ask: Ask
    until: Instant | None = None
    because: str = "repairable"


@frozen
class Disputed:
    """What is before us contradicts itself: a person must judge."""

    because: str
    evidence: tuple[str, ...] = ()


@frozen
class NotCovered:
    """The rule does not say: a person must judge."""

    because: str
    evidence: tuple[str, ...] = ()


@frozen
class Holds:
    """A clause that holds (a bar that applies), with a reason of its own or the evidence that carries it.

    At ``changes_at`` time alone may make it unknown whether it does.
    """

    because: str = "holds"
    evidence: tuple[str, ...] = ()
    changes_at: Instant | None = None


@frozen
class Pending(Generic[T]):
    """What a document would say if it came to count, and what has to be asked before it does."""

    says: T
    asks: tuple[Ask, ...]


@frozen
class EvidencePool(Generic[T]):
    """What the documents say: those that stand, and those that may come to stand or to count for nothing.

    A clause that asks for ``tuple[T, ...]`` gets what stands; what is pending is tried both ways.
    """

    standing: tuple[T, ...]
    pending: tuple[Pending[T], ...] = ()

    def __add__(self, other: EvidencePool[T]) -> EvidencePool[T]:
        """What both say, in their order."""
        return EvidencePool((*self.standing, *other.standing), (*self.pending, *other.pending))

    @classmethod
    def of(cls, heard: Iterable[tuple[T, tuple[Ask, ...]]]) -> EvidencePool[T]:
        """Sort what documents say into what stands (nothing left to ask) and what is pending."""
        standing: list[T] = []
        pending: list[Pending[T]] = []
        for says, asks in heard:
            if asks:
                pending.append(Pending(says, asks))
            else:
                standing.append(says)
        return cls(tuple(standing), tuple(pending))


@frozen
class Admissibility:
    """What a piece of evidence is worth to a claimed line, as a rule has it.

    It stands where there is no ``because``. Else that says what is amiss: for the time being where answers to ``asks`` would
    put it right, for good where there is nothing to ask. A fact of a policy that is a ``tuple[Worth, ...]`` tells it of each
    document that it hears; what stands is then read from there.
    """

    evidence: str
    because: str | None = None
    asks: tuple[Ask, ...] = ()

    @property
    def stands(self) -> bool:
        """Whether it counts as it is."""
        return self.because is None

    @property
    def lacks(self) -> Open | None:
        """What is missing before it counts, if anything would make it count."""
        return Open(self.asks) if self.asks else None

    @property
    def may_count(self) -> bool:
        """Whether it counts, or would once what is asked is answered."""
        return self.because is None or bool(self.asks)


Unsettled: TypeAlias = "Open | Failed | Repairable | Disputed | NotCovered | EvidencePool[Any]"


@frozen
class Fact:
    """An entry of a glossary: a fact that is read from the case.

    ``read`` takes the subject (a claimed line, say) and is named like the fact; its docstring says what the fact is.
    ``name`` is that of ``read``: by it clauses ask for the fact. ``pointers`` are JSON pointers into the case; ``{line}``
    stands for the position of the line in the order, ``{item}`` for that in the claim, and ``{parcel}`` for each parcel that
    carries the line. ``asked_as`` names what an unknown one is asked for by, where the source of ``read`` does not.
    """

    read: Callable[[Any], Any]
    pointers: tuple[str, ...] = ()
    supplier: StrEnum | None = None
    asked_as: Need | None = None
    name: str = field(init=False)
    _parts: tuple[tuple[str, str, str], ...] = field(init=False, repr=False)
    _is_fixed: bool = field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "name", self.read.__name__)
        object.__setattr__(self, "_parts", tuple(_parted(pointer) for pointer in self.pointers))
        object.__setattr__(self, "_is_fixed", not any(placeholder for _, placeholder, _ in self._parts))

    def where(self, places: Mapping[str, tuple[int, ...]]) -> tuple[str, ...]:
        """Its pointers in one case, given what the placeholders stand for: none where one stands for nothing."""
        if self._is_fixed:
            return self.pointers
        found: list[str] = []
        for before, placeholder, after in self._parts:
            found += [f"{before}{place}{after}" for place in places.get(placeholder, ())] if placeholder else [before]
        return tuple(found)


def _parted(pointer: str) -> tuple[str, str, str]:
    """A pointer before its placeholder, the placeholder, and what comes after it."""
    before, _, rest = pointer.partition("{")
    placeholder, _, after = rest.partition("}")
    return before, placeholder, after


@frozen
class Glossary:
    """The facts that a kind of case holds, by name."""

    facts: Mapping[str, Fact] = Factory(dict)

    @classmethod
    def of(cls, *facts: Fact) -> Glossary:
        """A glossary of these facts."""
        return cls({fact.name: fact for fact in facts})

"""Fields of a pack's own as facts: those of a case that is judged as a whole, and what a case class adds to a claim."""

from __future__ import annotations

import typing
from collections.abc import Callable, Iterator
from enum import Enum, StrEnum
from typing import Any, Final

import attrs
from attrs import evolve

from adjudicator.engine.clause import PolicyError, members
from adjudicator.kinds.claim import CLAIMS, ClaimKind
from adjudicator.kinds.claimed_line import ClaimedLine
from adjudicator.kinds.review import WholeCase
from adjudicator.model.case import Case
from adjudicator.model.facts import Ask, Fact, Glossary, Need, Open
from adjudicator.model.json_names import wire_name
from adjudicator.model.soundness import CaseBase

_PARTS: Final[tuple[tuple[str, Callable[[ClaimedLine], Any]], ...]] = (
    ("", lambda at: at.case),
    ("/claim", lambda at: at.case.claim),
    ("/claim/items/{item}", lambda at: at.item),
    ("/order", lambda at: at.case.order),
    ("/order/lines/{line}", lambda at: at.line),
)
"""The parts of a claim that may have fields of their own, and how each is found from a claimed line."""


def supplied(by: StrEnum, means: str, **metadata: object) -> Any:
    """A field of a case that is a fact and has to be stated: who can supply it, and what it means."""
    return attrs.field(metadata={"means": means, "supplier": by, **metadata})


def asked_of(party: StrEnum, means: str, need: str | None = None, **metadata: object) -> Any:
    """A field of a case that is a fact and may be unknown: who is asked for it then, what it means, and the name of the need.

    That is the name of the field where none is given.
    """
    return attrs.field(
        default=None, metadata={"means": means, "asked_as": Need(need, party) if need else party, **metadata}
    )


_MAY_DIFFER: Final = frozenset({"claim", "items", "order", "lines", "evidence"})
"""The fields that hold parts with fields of their own, and kinds of evidence of their own."""


def claims_with(case_type: type[Case], *besides: Fact) -> ClaimKind:
    """Claims whose cases are of a class of a pack's own.

    A field that the class, its claim, items, order or lines have beyond those of :class:`~adjudicator.model.case.Case` is a fact
    of the same name. Its metadata say what it ``means`` and who can supply it: ``asked_as`` is the need that an unknown one is
    asked for by (the fact is then never ``None``, but :class:`~adjudicator.model.facts.Open`), with the answers that it ``accepts``
    unless any will do; ``supplier`` is a party that is not asked. ``besides`` are facts that are read otherwise, such as those of the
    kinds of evidence that the class has beyond those of every claim.
    """
    facts = dict(CLAIMS.glossary.facts)
    for fact in besides:
        if fact.name in facts:
            raise PolicyError(f"the fact {fact.name} has the name of one that every claim has")
        facts[fact.name] = fact
    for (pointer, part_of), (kind, plain) in zip(_PARTS, _classes(case_type), strict=True):
        _check_types(kind, plain)
        for each in fields_beyond(kind, plain):
            if each.name in facts:
                raise PolicyError(f"{kind.__name__}.{each.name} has the name of a fact that every claim has")
            facts[each.name] = _fact(each, f"{pointer}/{wire_name(each.name)}", part_of)
    return evolve(CLAIMS, case_type=case_type, glossary=Glossary(facts))


def _check_types(kind: type, plain: type) -> None:
    """Refuse a field of every claim that has another type here: its fact would still be what it was."""
    for name in attrs.fields_dict(plain).keys() - _MAY_DIFFER:
        if _type_of(kind, name) != _type_of(plain, name):
            raise PolicyError(
                f"{kind.__name__}.{name} has another type than in every claim; give a field of your own another name"
            )


def glossary_of(case_type: type[CaseBase]) -> Glossary:
    """The facts of cases that are judged as a whole: a fact of the same name for each field of the class and of its parts.

    Which fields are facts is said by their metadata, as for :func:`claims_with`: those with ``asked_as`` or a ``supplier``, and
    ``as_of``.
    """
    facts: dict[str, Fact] = {}
    for each, pointer, part_of in _fields_within(case_type, "", lambda at: at.case):
        if each.name in facts:
            raise PolicyError(f"{case_type.__name__} has two fields with the name {each.name}")
        facts[each.name] = _fact(each, pointer, part_of, WholeCase)
    return Glossary(facts)


def _fields_within(
    of: type, before: str, part_of: Callable[[Any], Any]
) -> Iterator[tuple[attrs.Attribute[Any], str, Callable[[Any], Any]]]:
    """The fields of a class and of its parts that are facts, each with its pointer and how the part that has it is found."""
    for each in attrs.fields(attrs.resolve_types(of)):
        pointer = f"{before}/{wire_name(each.name)}"
        if each.metadata.keys() & {"asked_as", "supplier"} or pointer == "/as_of":
            yield each, pointer, part_of
        elif isinstance(each.type, type) and attrs.has(each.type):
            yield from _fields_within(each.type, pointer, _part(part_of, each.name))


def _part(whole_of: Callable[[Any], Any], name: str) -> Callable[[Any], Any]:
    """How a part is found, given how the whole of it is."""
    return lambda at: getattr(whole_of(at), name)


def fields_beyond(kind: type, plain: type) -> Iterator[attrs.Attribute[Any]]:
    """The fields that a class has and another has not."""
    known = attrs.fields_dict(plain)
    return (each for each in attrs.fields(attrs.resolve_types(kind)) if each.name not in known)


def _classes(case_type: type[Case]) -> tuple[tuple[type, type], ...]:
    """The class of each of the parts in a kind of case, and in a plain one."""

    def of(whole: Any) -> tuple[type, ...]:
        claim, order = _type_of(whole, "claim"), _type_of(whole, "order")
        return whole, claim, _item_of(claim, "items"), order, _item_of(order, "lines")

    return tuple(zip(of(case_type), of(Case), strict=True))


def _type_of(kind: type, name: str) -> Any:
    return attrs.fields_dict(attrs.resolve_types(kind))[name].type


def _item_of(kind: type, name: str) -> Any:
    return typing.get_args(_type_of(kind, name))[0]


def _fact(
    field: attrs.Attribute[Any], pointer: str, part_of: Callable[[Any], Any], subject: type = ClaimedLine
) -> Fact:
    """A field as a fact: its value, or what is asked for where it is not known."""
    asked_as = field.metadata.get("asked_as")
    need = Need(field.name, asked_as) if isinstance(asked_as, StrEnum) else asked_as
    (known,) = members(field.type) - {type(None)}
    name = field.name
    ask = None if need is None else Ask(need, ({name: tuple(field.metadata.get("accepts", ()))},))
    unknown = None if ask is None else Open((ask,), could_be=_could_be(known))

    def read(at: Any) -> Any:
        value = getattr(part_of(at), name)
        return unknown if value is None else value

    read.__name__ = name
    read.__doc__ = field.metadata.get("means")
    read.__annotations__ = {"at": subject, "return": field.type if need is None else known | Open}
    return Fact(read, (pointer,), field.metadata.get("supplier") if need is None else need.to, need)


def _could_be(known: Any) -> tuple[Any, ...]:
    """All values of a type that has few."""
    if known is bool:
        return (False, True)
    return tuple(known) if isinstance(known, type) and issubclass(known, Enum) else ()

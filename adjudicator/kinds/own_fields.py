"""Fields of a pack's own as facts: those of a case that is judged as a whole, and what a case class adds to a claim."""

from __future__ import annotations

import typing
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from operator import attrgetter
from typing import Any, Final

import attrs
from attrs import evolve

from adjudicator.engine.clause import PolicyError, members
from adjudicator.kinds.claim import CLAIMS, ClaimKind
from adjudicator.kinds.claim_facts import GOODS_CATEGORY
from adjudicator.kinds.claimed_line import ClaimedLine
from adjudicator.kinds.consequences import INCIDENT, ConductCase
from adjudicator.kinds.examined import check_examined
from adjudicator.kinds.field_facts import answers, answers_without, could_be, fact_name, known_type, need_of
from adjudicator.kinds.process import ProcessCase
from adjudicator.kinds.single_step import SingleStep
from adjudicator.model.case import Case
from adjudicator.model.facts import Ask, Fact, Glossary, Need, Open, Stated
from adjudicator.model.json_names import wire_name
from adjudicator.model.soundness import CaseBase
from adjudicator.model.source import changed
from adjudicator.model.time import Instant

_PARTS: Final[tuple[tuple[str, Callable[[ClaimedLine], Any]], ...]] = (
    ("", attrgetter("case")),
    ("/claim", attrgetter("case.claim")),
    ("/claim/items/{item}", attrgetter("item")),
    ("/order", attrgetter("case.order")),
    ("/order/lines/{line}", attrgetter("line")),
)
"""The parts of a claim that may have fields of their own, and how each is found from a claimed line."""


AS_OF: Final = "/as_of"
_MAY_DIFFER: Final = frozenset({"claim", "items", "order", "lines", "evidence"})
"""The fields that hold parts with fields of their own, and kinds of evidence of their own."""
CHOICES: Final[Mapping[str, Need | None]] = {"reason": None, "category": GOODS_CATEGORY}
"""The fields of every claim that may have a pack's own enumeration, each with the need that an unknown one is asked for by."""


def claims_with(case_type: type[Case], *besides: Fact) -> ClaimKind:
    """Claims whose cases are of a class of a pack's own.

    A field that the class, its claim, items, order or lines have beyond those of :class:`~adjudicator.model.case.Case` is a fact of the
    same name. Its metadata say what it ``means`` and who can supply it: ``asked_as`` is the need that an unknown one is asked for by (the
    fact is then never ``None``, but :class:`~adjudicator.model.facts.Open`), with the answers that it ``accepts`` unless any will do;
    ``supplier`` is a party that is not asked. ``besides`` are facts that are read otherwise, such as those of the kinds of evidence that
    the class has beyond those of every claim. The ``reason`` of a claim and the ``category`` of a line may have an enumeration of the
    pack's own. Fields of evidence may be ones that an examination of files fills in (:func:`~adjudicator.kinds.examined.examined`).
    """
    check_examined(case_type)
    facts = dict(CLAIMS.glossary.facts)
    for fact in besides:
        if fact.name in facts:
            raise PolicyError(f"the fact {fact.name} has the name of one that every claim has")
        facts[fact.name] = fact
    for (pointer, part_of), (kind, plain) in zip(_PARTS, _classes(case_type), strict=True):
        for name in _types_of_its_own(kind, plain):
            facts[name] = _with_choice(facts[name], _choice_of(kind, name))
        for each in fields_beyond(kind, plain):
            if each.name in facts:
                raise PolicyError(f"{kind.__name__}.{each.name} has the name of a fact that every claim has")
            facts[each.name] = _fact(kind, each, f"{pointer}/{wire_name(each.name)}", part_of)
    return evolve(CLAIMS, case_type=case_type, glossary=Glossary(facts))


def _types_of_its_own(kind: type, plain: type) -> Iterator[str]:
    """The fields of every claim that have another type here. Refuses those whose facts would still be what they were."""
    for name in attrs.fields_dict(plain).keys() - _MAY_DIFFER:
        if _type_of(kind, name) != _type_of(plain, name):
            if name not in CHOICES:
                raise PolicyError(
                    f"{kind.__name__}.{name} has another type than in every claim; give a field of your own another name"
                )
            yield name


def _choice_of(kind: type, name: str) -> type[StrEnum]:
    """The enumeration of a field, which may be unknown if that of every claim may."""
    known = members(_type_of(kind, name))
    (choice, *others) = known - {type(None)}
    may_be_unknown = CHOICES[name] is not None
    if others or not issubclass(choice, StrEnum) or (type(None) in known) is not may_be_unknown:
        expected = "a StrEnum or None" if may_be_unknown else "a StrEnum"
        raise PolicyError(f"{kind.__name__}.{name} has to be {expected}")
    enumeration: type[StrEnum] = choice
    return enumeration


def _with_choice(fact: Fact, choice: type[StrEnum]) -> Fact:
    """A fact of every claim with the values of a pack's own enumeration."""

    def read(at: ClaimedLine) -> Any:
        value = fact.read(at)
        return evolve(value, could_be=tuple(choice)) if isinstance(value, Open) else value

    need = CHOICES[fact.name]
    read.__name__, read.__doc__ = fact.name, fact.read.__doc__
    read.__annotations__ = {"return": choice if need is None else choice | Open}
    return evolve(fact, read=read, asked_as=need, unknown=())


def glossary_of(case_type: type[CaseBase], *besides: Fact) -> Glossary:
    """The facts of cases that are judged as a whole, of its incidents first if it has any: one for each field that is a fact.

    Which fields of the class and of its parts are facts is said by their metadata, as for :func:`claims_with`: those with ``asked_as``,
    a ``supplier`` or a name as a ``fact``, and ``as_of``: of a step of a process, the moment at which it would be or was taken.
    ``besides`` are facts that are read otherwise.
    """
    of_fields = (*_of_the_incidents(case_type), *_of_the_whole(case_type))
    if issubclass(case_type, ProcessCase) and all(fact.name != as_of.__name__ for fact in besides):
        of_fields += (Fact(as_of, (AS_OF,)),)  # a step of the past has a moment of its own
    facts: dict[str, Fact] = {}
    for fact in (*of_fields, *besides):
        if fact.name in facts:
            raise PolicyError(f"{case_type.__name__} has two fields with the name {fact.name}")
        facts[fact.name] = fact
    return Glossary(facts)


def _of_the_whole(case_type: type[CaseBase]) -> Iterator[Fact]:
    is_process = issubclass(case_type, ProcessCase)
    for of, each, pointer, part_of, at in _fields_within(case_type, "", "whole" if is_process else "case"):
        if not (is_process and pointer == AS_OF):
            yield _fact(of, each, pointer, part_of, at)


def as_of(at: SingleStep) -> Instant:
    """The moment at which the step would be taken."""
    return at.as_of


def _of_the_incidents(case_type: type[CaseBase]) -> Iterator[Fact]:
    if issubclass(case_type, ConductCase):
        incident = _item_of(case_type, "incidents")
        for each in _fields_within(incident, f"/incidents/{INCIDENT}", "incident"):
            yield _fact(*each)


def _fields_within(
    of: type, before: str, path: str, part_of: Callable[[Any], Any] | None = None
) -> Iterator[tuple[type, attrs.Attribute[Any], str, Callable[[Any], Any], str]]:
    """The fields of a class and of its parts that are facts, each with its class, its pointer, and how and where the part is found.

    The part is at the ``path`` of attributes if it is always there; else the path is empty, and ``part_of`` finds it.
    """
    part_of = part_of or attrgetter(path)
    for each in attrs.fields(attrs.resolve_types(of)):
        pointer = f"{before}/{wire_name(each.name)}"
        if each.metadata.keys() & {"asked_as", "supplier", "fact"} or pointer == AS_OF:
            yield of, each, pointer, part_of, path
            continue
        kinds = members(each.type)
        inner = f"{path}.{each.name}" if path else ""
        for kind in kinds - {type(None)}:
            if isinstance(kind, type) and attrs.has(kind):
                found = attrgetter(inner) if path else _part(part_of, each.name)
                yield from _fields_within(kind, pointer, inner if len(kinds) == 1 else "", found)


def _part(part_of: Callable[[Any], Any], name: str) -> Callable[[Any], Any]:
    """How a part is found, given how the whole of it is; of one that is not known no field is."""
    return lambda at: getattr(part_of(at), name, None)


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


def _fact(of: type, field: attrs.Attribute[Any], pointer: str, part_of: Callable[[Any], Any], path: str = "") -> Fact:
    """A field of a class as a fact: its value, or what is asked for where it is not known."""
    need, known = need_of(field), known_type(field)
    unknown: tuple[Open, ...] = ()
    if need is None:
        read = _part(part_of, field.name)
    else:
        read, unknown = _asking(of, field, need, part_of)
    read.__name__ = fact_name(field)
    read.__doc__ = field.metadata.get("means")
    may_be_none = need is None or "none_where" in field.metadata
    read.__annotations__ = {
        "return": field.type if need is None else field.type | Open if may_be_none else known | Open
    }
    supplier = field.metadata.get("supplier") if need is None else need.to
    stated = Stated(read, f"{path}.{field.name}") if path else None
    tried_from = ("",) if callable(field.metadata.get("could_be")) else ()
    return Fact(read, (pointer,), supplier, need, stated=stated, unknown=unknown, tried_from=tried_from)


def _asking(
    of: type, field: attrs.Attribute[Any], need: Need, part_of: Callable[[Any], Any]
) -> tuple[Callable[[Any], Any], tuple[Open, ...]]:
    """What reads a field that somebody is asked for where it is not stated, and does not follow from what is stated beside it.

    And all that it gives where the field is not known, if that is the same in all cases.
    """
    name, tried = field.name, could_be(field)
    constant = () if callable(tried) else tried
    unknown = Open((Ask(need, answers(of, field)),), could_be=constant)
    beside = tuple(
        (other, evolve(unknown, asks=(Ask(need, of_both),))) for other, of_both in answers_without(of, field).items()
    )
    shown_by, none_where = field.metadata.get("shown_by", ()), tuple(field.metadata.get("none_where", {}).items())
    follows = bool(beside or shown_by or none_where)

    def read(at: Any) -> Any:
        value = getattr(part_of(at), name, None)
        if value is not None:
            return value
        missing = unknown
        if follows:
            part = part_of(at)
            if any(getattr(part, name, None) not in (None, False) for name in shown_by):
                return True
            if part is not None and any(getattr(part, name) == excluding for name, excluding in none_where):
                return None
            missing = next((lacks for name, lacks in beside if getattr(part, name, None) is None), unknown)
        return changed(missing, {"could_be": tried(at.case)}) if callable(tried) else missing

    return read, () if callable(tried) else (unknown, *[lacks for _, lacks in beside])

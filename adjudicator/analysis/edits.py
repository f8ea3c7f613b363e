"""Edits to a case: replacing values, and answering the requests of a decision."""

from __future__ import annotations

import typing
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from enum import Enum, StrEnum
from typing import Any, Final, TypeAlias

import attrs
from attrs import field, frozen

from adjudicator.engine.checks import ALONG
from adjudicator.engine.registry import policies, ungoverned
from adjudicator.model.errors import InputError
from adjudicator.model.evidence import Document, kinds_in
from adjudicator.model.fields import if_known
from adjudicator.model.finding import Request
from adjudicator.model.json_names import wire_name
from adjudicator.model.soundness import CaseBase
from adjudicator.model.time import Instant
from adjudicator.wire.codec import case_document, case_from, document_of
from adjudicator.wire.pointer import NEW, Kind, Slot, held_at, kind_at, put, with_value

Put: TypeAlias = tuple[str, Any]
"""A JSON pointer, and the JSON value to put there."""

EVIDENCE: Final = "/evidence"


class Act(StrEnum):
    """How a fact can be changed, if at all: supplied, repaired, or only if it had been so all along."""

    SUPPLY = "supply"
    REPAIR = "repair"
    HAD_IT_BEEN = "had_it_been"


how_hard: Final = tuple(Act).index
"""The position of an act among all, from the easiest to the hardest."""


@frozen
class Change:
    """One value in a case replaced by another.

    ``was`` and ``to`` are JSON values; ``was`` is ``None`` if the value was unknown. The last step of ``pointer`` is ``-`` when an
    item is added to a list. ``fact`` is the name of the changed fact in the glossary.
    """

    pointer: str = field(metadata={"means": "The place, as a JSON pointer into the case."})
    fact: str | None = field(metadata={"means": "The name of the fact in the glossary."})
    evidence_id: str | None = field(metadata={"means": "The piece of evidence that contains it, if any."})
    was: Any = field(metadata={"means": "The old value; null if it was not known."})
    to: Any = field(metadata={"means": "The new value."})
    kind: Act = field(metadata={"means": "Whether it can still be supplied or repaired, or it is too late for that."})
    by: str | None = field(metadata={"means": "Who can do it; null if nobody can any more."})


def applied(case: CaseBase, puts: Sequence[Put]) -> Any:
    """A copy of the case with these values.

    Raises :class:`~adjudicator.model.errors.InputError` if the result is not a valid case.
    """
    if len(puts) == 1:
        return with_value(case, *puts[0])
    edited = _with_one_by_one(case, puts)
    return edited if edited is not None else _with_all_at_once(case, puts)


def _with_one_by_one(case: Any, puts: Sequence[Put]) -> Any:
    """A copy of the case with values put one after the other; ``None`` if it is invalid, or was so in between."""
    try:
        for pointer, value in puts:
            case = Slot(case, pointer).holding(value)
    except InputError:
        return None
    return case if case.is_sound() and not ungoverned(case) else None


def _with_all_at_once(case: CaseBase, puts: Sequence[Put]) -> Any:
    """A copy of the case with values that may be valid only together; finds every fault."""
    document = case_document(case)
    for pointer, value in puts:
        put(document, pointer, value)
    return case_from(document)


def supplied(case: CaseBase, request: Request) -> Iterator[Any]:
    """The case with the request answered, once for each answer it accepts."""
    return (applied(case, puts) for puts in answers(case, request))


def answers(case: CaseBase, request: Request) -> Iterator[tuple[Put, ...]]:
    """Every way to answer a request, for each acceptable answer in turn."""
    return (puts for acceptable in request.accepts for puts in ways(case, request, acceptable))


def ways(
    case: CaseBase, request: Request, acceptable: Mapping[str, Sequence[Any]], *, also_for: Sequence[str] = ()
) -> Iterator[tuple[Put, ...]]:
    """Enough ways to give one acceptable answer that each acceptable value occurs in at least one.

    New evidence is for the line of the request and the lines in ``also_for``. Required fields that the answer leaves open get some
    value. Values that the case already holds are left out.
    """
    options = {name: tuple(values) or anything(case, acceptable, name) for name, values in acceptable.items()}
    now = (str(case.as_of),)
    open_instants = [
        name for name, values in acceptable.items() if name.startswith("/") and not values and options[name] == now
    ]
    for position in range(max((len(values) for values in options.values()), default=0)):
        chosen = {name: values[min(position, len(values) - 1)] for name, values in options.items()}
        puts = tuple(puts_for(case, request, chosen, also_for))
        if open_instants and not _is_valid(case, puts):
            start = str(held_at(case, policies()[case.policy][0].case_kind.governed_from))
            puts = tuple(puts_for(case, request, {**chosen, **dict.fromkeys(open_instants, start)}, also_for))
        yield puts


def _is_valid(case: Any, puts: Iterable[Put]) -> bool:
    """Whether the edited case is valid; an instant may have to precede another event, for example."""
    try:
        applied(case, tuple(puts))
    except InputError:
        return False
    return True


def puts_for(
    case: CaseBase, request: Request, chosen: Mapping[str, Any], also_for: Sequence[str] = ()
) -> Iterator[Put]:
    """An answer to a request with one chosen value for each field: see :func:`ways`."""
    piece: dict[str, Any] = {}
    new_items: dict[str, dict[str, Any]] = {}
    for name, value in chosen.items():
        item, is_new, rest = name.partition(f"/{NEW}/")
        if not name.startswith("/"):
            put(piece, f"/{name}", value)
        elif is_new:
            new_item = new_items.setdefault(f"{item}/{NEW}", {})
            put(new_item, f"/{rest}", _value_to_put(case, name, value))
        else:
            to = _value_to_put(case, name, value)
            if to != document_of(held_at(case, name)):
                yield name, to
    yield from new_items.items()
    companion = piece.pop("with", None)
    lines = {} if request.line_id is None else {"line_ids": [request.line_id, *also_for]}
    for fields, new_id in ((piece, request.need), (companion, f"{request.need}-2")):
        if fields:
            yield f"{EVIDENCE}/{NEW}", {**_new_evidence(case, request, new_id, fields), **lines}


def _value_to_put(case: CaseBase, pointer: str, value: Any) -> Any:
    """The value to put at a place; for a list, what is there plus what is new."""
    if kind_at(type(case), pointer, case).item is None:
        return value
    current: list[Any] = list(document_of(held_at(case, pointer)) or ())
    values = value if isinstance(value, (tuple, list)) else (value,)
    return [*current, *(item for item in values if item not in current)]


def _new_evidence(case: CaseBase, request: Request, new_id: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """A new piece of evidence with the requested fields, and some value for every other required field."""
    name = new_id if request.line_id is None else f"{new_id}-{request.line_id}"
    while any(document.id == name for document in getattr(case, "evidence", ())):
        name += "+"
    submission: dict[str, Any] = {
        "id": name,
        "submitted_by": request.to,
        "submitted_at": str(case.as_of),
    }
    return {**_required_fields(kind_of_evidence(type(case), fields["kind"])), **submission, **fields}


def anything(case: CaseBase, acceptable: Mapping[str, Sequence[Any]], name: str) -> tuple[Any, ...]:
    """Sample values for a field of an acceptable answer that accepts any."""
    return values_of(kind_of_field(case, acceptable, name).annotation, case.as_of)


def kind_of_field(case: CaseBase, acceptable: Mapping[str, Sequence[Any]], name: str) -> Kind:
    """The type of a field of an acceptable answer: a place in the case, or a field of a new piece of evidence."""
    if name.startswith("/"):
        return kind_at(type(case), name, case)
    along = ALONG if name.startswith(ALONG) else ""
    return kind_at(kind_of_evidence(type(case), acceptable[f"{along}kind"][0]), f"/{name.removeprefix(along)}")


def kind_of_evidence(case_type: type, name: str) -> type[Document]:
    """The class of a kind of evidence in a type of case."""
    return kinds_in(kind_at(case_type, EVIDENCE).item)[name]


def _required_fields(kind: type[Document]) -> dict[str, Any]:
    """Some value for every required field of a kind of evidence."""
    fields: Iterable[attrs.Attribute[Any]] = attrs.fields(attrs.resolve_types(kind))
    required = (each for each in fields if each.default is attrs.NOTHING)
    samples = {wire_name(each.name): values_of(each.type, Instant(0)) for each in required}
    return {"kind": kind.kind, **{name: values[0] for name, values in samples.items() if values}}


def values_of(annotation: Any, as_of: Instant) -> tuple[Any, ...]:
    """Sample JSON values of a type; all of them, if it has few."""
    annotation = if_known(annotation)
    if typing.get_origin(annotation) is tuple:
        items = values_of(typing.get_args(annotation)[0], as_of)
        return ([], *([item] for item in items), list(items))
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return tuple(member.value for member in annotation)
    if annotation is Instant:
        return (str(as_of),)
    if attrs.has(annotation):
        fields = attrs.fields(attrs.resolve_types(annotation))
        samples = {wire_name(each.name): values_of(each.type, as_of) for each in fields}
        return tuple({name: values[end] for name, values in samples.items()} for end in (0, -1))
    simple = {bool: (True, False), int: (1, 2), Decimal: ("1", "2")}
    return simple.get(getattr(annotation, "__supertype__", annotation), ("CN", "US"))

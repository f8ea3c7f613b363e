"""Changes to a case: one value put in the place of another, and what it takes to do what a decision asks for."""

from __future__ import annotations

import typing
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from enum import Enum, StrEnum
from typing import Any, Final, TypeAlias

import attrs
from attrs import field, frozen

from adjudicator.engine.registry import policies
from adjudicator.model.errors import InputError
from adjudicator.model.evidence import Document, kinds_in
from adjudicator.model.finding import Request
from adjudicator.model.json_names import wire_name
from adjudicator.model.soundness import CaseBase
from adjudicator.model.time import Instant
from adjudicator.wire.codec import case_document, case_from, document_of
from adjudicator.wire.pointer import NEW, Kind, held_at, if_known, kind_at, put, with_value

Put: TypeAlias = tuple[str, Any]
"""A place, and the value (as it stands in JSON) that is put there."""

EVIDENCE: Final = "/evidence"
ALONG: Final = "with/"


class Act(StrEnum):
    """What it takes to change a fact."""

    SUPPLY = "supply"
    REPAIR = "repair"
    HAD_IT_BEEN = "had_it_been"


@frozen
class Change:
    """One value put in the place of another.

    ``was`` and ``to`` are values as they stand in JSON, ``was`` is ``None`` where nothing was known. The last step of
    ``pointer`` is ``-`` where an item is added to a list. ``fact`` is the name in the glossary of the fact that it changes.
    """

    pointer: str = field(metadata={"means": "The place, as a JSON pointer into the case."})
    fact: str | None = field(metadata={"means": "The fact of the glossary that stands there."})
    evidence_id: str | None = field(metadata={"means": "The piece of evidence in which it stands, if in one."})
    was: Any = field(metadata={"means": "What stood there; null where it was not known."})
    to: Any = field(metadata={"means": "What stands there instead."})
    kind: Act = field(metadata={"means": "Whether it can be supplied or repaired still, or could only have been so."})
    by: str | None = field(metadata={"means": "Who can do it; null where nobody can any more."})


def applied(case: CaseBase, puts: Sequence[Put]) -> Any:
    """The case with some values put in.

    Raises :class:`~adjudicator.model.errors.InputError` where that is no sound case.
    """
    if len(puts) == 1:
        return with_value(case, *puts[0])
    document = case_document(case)
    for pointer, value in puts:
        put(document, pointer, value)
    return case_from(document) if puts else case


def supplied(case: CaseBase, request: Request) -> Iterator[Any]:
    """The case with a request met, in each way that it accepts."""
    return (applied(case, puts) for puts in answers(case, request))


def answers(case: CaseBase, request: Request) -> Iterator[tuple[Put, ...]]:
    """What to put where to meet a request: for each answer that it accepts, one way after the other to give it."""
    return (puts for acceptable in request.accepts for puts in ways(case, request, acceptable))


def ways(
    case: CaseBase, request: Request, acceptable: Mapping[str, Sequence[Any]], *, also_for: Sequence[str] = ()
) -> Iterator[tuple[Put, ...]]:
    """The ways to give one acceptable answer, each value that will do in one of them at least.

    A new piece of evidence concerns the line of the request, and lines that it is asked ``also_for``. What an answer leaves open is filled with what must be there. What stands there already is not put again.
    """
    options = {name: tuple(values) or anything(case, acceptable, name) for name, values in acceptable.items()}
    now = (str(case.as_of),)
    left_open = [
        name for name, values in acceptable.items() if name.startswith("/") and not values and options[name] == now
    ]
    for position in range(max((len(values) for values in options.values()), default=0)):
        chosen = {name: values[min(position, len(values) - 1)] for name, values in options.items()}
        puts = tuple(_handed_in(case, request, chosen, also_for))
        if left_open and not _is_sound(case, puts):
            earlier = dict.fromkeys(left_open, str(held_at(case, policies()[case.policy][0].case_kind.governed_from)))
            puts = tuple(_handed_in(case, request, {**chosen, **earlier}, also_for))
        yield puts


def _is_sound(case: Any, puts: Iterable[Put]) -> bool:
    """Whether there can be such a case: what is asked for may have to lie before something else that happened."""
    try:
        applied(case, tuple(puts))
    except InputError:
        return False
    return True


def _handed_in(case: CaseBase, request: Request, chosen: Mapping[str, Any], also_for: Sequence[str]) -> Iterator[Put]:
    piece: dict[str, Any] = {}
    new_items: dict[str, dict[str, Any]] = {}
    for name, value in chosen.items():
        item, is_new, rest = name.partition(f"/{NEW}/")
        if not name.startswith("/"):
            put(piece, f"/{name}", value)
        elif is_new:
            new_item = new_items.setdefault(f"{item}/{NEW}", {})
            put(new_item, f"/{rest}", _as_it_stands(case, name, value))
        else:
            to = _as_it_stands(case, name, value)
            if to != document_of(held_at(case, name)):
                yield name, to
    yield from new_items.items()
    along = piece.pop("with", None)
    lines = {} if request.line_id is None else {"line_ids": [request.line_id, *also_for]}
    for fields, new_id in ((piece, request.need), (along, f"{request.need}-2")):
        if fields:
            yield f"{EVIDENCE}/{NEW}", {**_evidence(case, request, new_id, fields), **lines}


def _as_it_stands(case: CaseBase, pointer: str, value: Any) -> Any:
    """A value as it is written at a place; in a list of values it joins those that are there."""
    if kind_at(type(case), pointer, case).item is None:
        return value
    held: list[Any] = list(document_of(held_at(case, pointer)) or ())
    values = value if isinstance(value, (tuple, list)) else (value,)
    return [*held, *(each for each in values if each not in held)]


def _evidence(case: CaseBase, request: Request, new_id: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """A new piece of evidence that says what is asked, and for the rest what it must say."""
    name = new_id if request.line_id is None else f"{new_id}-{request.line_id}"
    while any(each.id == name for each in getattr(case, "evidence", ())):
        name += "+"
    said: dict[str, Any] = {
        "id": name,
        "submitted_by": request.to,
        "submitted_at": str(case.as_of),
    }
    return {**_required(kind_of_evidence(type(case), fields["kind"])), **said, **fields}


def anything(case: CaseBase, acceptable: Mapping[str, Sequence[Any]], name: str) -> tuple[Any, ...]:
    """Some values for a field of an acceptable answer where any will do."""
    return values_of(kind_of_field(case, acceptable, name).annotation, case.as_of)


def kind_of_field(case: CaseBase, acceptable: Mapping[str, Sequence[Any]], name: str) -> Kind:
    """What may stand in a field of an acceptable answer: a place of the case, or a field of a new piece of evidence."""
    if name.startswith("/"):
        return kind_at(type(case), name, case)
    along = ALONG if name.startswith(ALONG) else ""
    return kind_at(kind_of_evidence(type(case), acceptable[f"{along}kind"][0]), f"/{name.removeprefix(along)}")


def kind_of_evidence(case_type: type, name: str) -> type[Document]:
    """The class of a kind of evidence that a kind of case may hold."""
    return kinds_in(kind_at(case_type, EVIDENCE).item)[name]


def _required(kind: type[Document]) -> dict[str, Any]:
    """Some value for every own field that a kind of evidence must have."""
    own: Iterable[attrs.Attribute[Any]] = attrs.fields(attrs.resolve_types(kind))
    found = {wire_name(each.name): values_of(each.type, Instant(0)) for each in own if each.default is attrs.NOTHING}
    return {"kind": kind.kind, **{name: values[0] for name, values in found.items() if values}}


def values_of(annotation: Any, as_of: Instant) -> tuple[Any, ...]:
    """Some values of a type, as they stand in JSON: all of one with few values."""
    annotation = if_known(annotation)
    if typing.get_origin(annotation) is tuple:
        items = values_of(typing.get_args(annotation)[0], as_of)
        return ([], *([each] for each in items), list(items))
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return tuple(each.value for each in annotation)
    if annotation is Instant:
        return (str(as_of),)
    if attrs.has(annotation):
        of = attrs.fields(attrs.resolve_types(annotation))
        fields = {wire_name(each.name): values_of(each.type, as_of) for each in of}
        return tuple({name: values[end] for name, values in fields.items()} for end in (0, -1))
    known = {bool: (True, False), int: (1, 2), Decimal: ("1", "2")}
    return known.get(getattr(annotation, "__supertype__", annotation), ("CN", "US"))

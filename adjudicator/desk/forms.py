"""Forms made from what a request accepts, and the answers that people enter in them.

A field offers every value that a case can hold there, not only those that would help: what a document says is written down as it is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from enum import Enum
from typing import Any, Final, Literal, TypeAlias

import attrs
from attrs import field, frozen

from adjudicator.analysis.edits import kind_of_evidence
from adjudicator.engine.checks import ALONG, KIND
from adjudicator.explain.privacy import personal_at
from adjudicator.model.digest import digest
from adjudicator.model.errors import Fault, InputError
from adjudicator.model.fields import if_known
from adjudicator.model.finding import JsonValue, Request
from adjudicator.model.json_names import pointer_step, wire_name
from adjudicator.model.time import Instant
from adjudicator.wire.pointer import NEW, Kind, kind_at
from adjudicator.words import Words, own_part

Widget: TypeAlias = Literal["choice", "several", "number", "instant", "text"]

FILLED_IN: Final = frozenset({"id", "submitted_by", "submitted_at", "line_ids", "kind"})
"""Fields of a new piece of evidence that the service fills in."""
LEFT_OUT: Final = FILLED_IN | {"verification", "verified_by", "verified_at", "files"}
"""Fields of a new piece of evidence that no form asks for."""
LONGEST_TEXT: Final = 1_000


@frozen
class Choice:
    """A value that a field can have; ``will_do`` if it is one of those asked for."""

    value: str
    text: str
    will_do: bool


@frozen(kw_only=True)
class Field:
    """A field of a form. ``place`` is its name in the answer; ``hint`` says what would do."""

    place: str
    label: str
    widget: Widget
    choices: tuple[Choice, ...] = ()
    hint: str = ""
    required: bool = True


@frozen(kw_only=True)
class Form:
    """A form for one acceptable answer: ``number`` is its place among them, ``title`` what is entered."""

    number: int
    title: str
    fields: tuple[Field, ...]
    more: tuple[Field, ...]


class Misfit(Exception):
    """A value that its field cannot have; ``place`` names the field."""

    def __init__(self, place: str) -> None:
        super().__init__(place)
        self.place = place

    def as_error(self) -> InputError:
        """The error for the caller."""
        return InputError([Fault(f"/values/{pointer_step(self.place)}", "this", "a value that fits")])


def identify(request: Request) -> str:
    """A name for a request that stays the same as long as the same is asked."""
    accepts = [{name: [*values] for name, values in each.items()} for each in request.accepts]
    return digest([request.to, request.need, request.line_id, request.evidence_id, accepts])[:32]


def forms_for(case: Any, request: Request, words: Words) -> tuple[Form, ...]:
    """A form for each acceptable answer. Values that are personal are not shown, but can be entered."""
    maker = _Maker(case, words)
    return tuple(maker.form(number, answer) for number, answer in enumerate(own_part(request)) if answer)


@frozen
class _Maker:
    case: Any
    words: Words

    def form(self, number: int, answer: Mapping[str, tuple[JsonValue, ...]]) -> Form:
        kinds = [str(values[0]) for name, values in answer.items() if name.rpartition("/")[2] == KIND]
        places = places_in(self.case, answer)
        fields = tuple(
            made
            for place, kind in places.items()
            if (made := self.field(place, kind, answer.get(place, ()), required=_is_required(place, kind)))
        )
        more = tuple(
            made
            for place, kind in _optional_places(self.case, answer)
            if (made := self.field(place, kind, (), required=False))
        )
        title = self.words.listed(self.words.value(KIND, kind) for kind in kinds)
        return Form(number=number, title=title, fields=fields, more=more)

    def field(self, place: str, kind: Kind, accepted: Sequence[JsonValue], *, required: bool) -> Field | None:
        widget, values = _widget(kind)
        if widget is None:
            return None
        shown = () if personal_at(self.case.__class__, place) else tuple(accepted)
        if widget == "text" and shown and place.startswith("/"):
            widget, values = "choice", shown
        choices = tuple(Choice(_text_of(value), self.words.value(place, value), value in accepted) for value in values)
        hint = (
            "" if choices or not shown else self.words.listed((self.words.value(place, each) for each in shown), "or")
        )
        return Field(
            place=place, label=self.words.field(place), widget=widget, choices=choices, hint=hint, required=required
        )


def _is_required(place: str, kind: Kind) -> bool:
    """Whether a field is required: requested facts of the case are, and optional fields of a document are not."""
    return place.startswith("/") or not kind.may_be_unknown


def places_in(case: Any, answer: Mapping[str, Any]) -> dict[str, Kind]:
    """The fields that an answer must fill, with what each can hold: those it names, and those without which it would not be valid."""
    places: dict[str, Kind] = {}
    for name in answer:
        if name.rpartition("/")[2] != KIND:
            places.update(_leaves(name, _kind_of(case, answer, name)))
    for prefix, of in _new_objects(case, answer):
        needed = (each for each in _fields(of) if _is_needed(each, prefix))
        for each in needed:
            places = {**_leaves(f"{prefix}{wire_name(each.name)}", _kind(each)), **places}
    return places


def _is_needed(each: attrs.Attribute[Any], prefix: str) -> bool:
    """Whether an object needs a field, and the service does not fill it in; it fills in those of evidence, not those of other items."""
    return each.default is attrs.NOTHING and (prefix.startswith("/") or wire_name(each.name) not in FILLED_IN)


def _optional_places(case: Any, answer: Mapping[str, Any]) -> Iterator[tuple[str, Kind]]:
    """The other fields of a new piece of evidence that are not personal."""
    for prefix, of in _new_objects(case, answer):
        if prefix.startswith("/"):
            continue
        for each in _fields(of):
            name = f"{prefix}{wire_name(each.name)}"
            is_plain = not attrs.has(if_known(each.type)) and "personal" not in each.metadata
            if each.default is not attrs.NOTHING and name not in answer and is_plain and each.name not in LEFT_OUT:
                yield name, _kind(each)


def _new_objects(case: Any, answer: Mapping[str, Any]) -> Iterator[tuple[str, type]]:
    """The classes of the objects that an answer adds, each with the prefix of its fields."""
    for prefix in ("", ALONG):
        if f"{prefix}{KIND}" in answer:
            yield prefix, kind_of_evidence(type(case), str(answer[f"{prefix}{KIND}"][0]))
    for within in dict.fromkeys(name.partition(f"/{NEW}/")[0] for name in answer if f"/{NEW}/" in name):
        yield f"{within}/{NEW}/", kind_at(type(case), within, case).item


def _fields(of: type) -> Sequence[attrs.Attribute[Any]]:
    fields: Sequence[attrs.Attribute[Any]] = attrs.fields(attrs.resolve_types(of))
    return fields


def _kind(each: attrs.Attribute[Any]) -> Kind:
    known = if_known(each.type)
    return Kind(known, each.metadata, known is not each.type)


def _kind_of(case: Any, answer: Mapping[str, Any], name: str) -> Kind:
    if name.startswith("/"):
        return kind_at(type(case), name, case)
    along = ALONG if name.startswith(ALONG) else ""
    return kind_at(kind_of_evidence(type(case), str(answer[f"{along}{KIND}"][0])), f"/{name.removeprefix(along)}")


def _leaves(place: str, kind: Kind) -> dict[str, Kind]:
    """A place, or the required places within the object that it holds."""
    if not attrs.has(kind.annotation):
        return {place: kind}
    within = (each for each in _fields(kind.annotation) if each.default is attrs.NOTHING)
    return {
        name: leaf for each in within for name, leaf in _leaves(f"{place}/{wire_name(each.name)}", _kind(each)).items()
    }


def _widget(kind: Kind) -> tuple[Widget | None, tuple[JsonValue, ...]]:
    """The input element for a kind of value, and its choices."""
    annotation = getattr(kind.annotation, "__supertype__", kind.annotation)
    if kind.item is not None:
        is_choice = isinstance(kind.item, type) and issubclass(kind.item, Enum)
        return ("several", tuple(each.value for each in kind.item)) if is_choice else (None, ())
    if annotation is bool:
        return "choice", (True, False)
    if not isinstance(annotation, type):
        return None, ()
    if issubclass(annotation, Enum):
        return "choice", tuple(each.value for each in annotation)
    if annotation is Instant:
        return "instant", ()
    if annotation is int:
        return "number", ()
    return ("text", ()) if annotation in (str, Decimal) else (None, ())


def _text_of(value: JsonValue) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


# A piece of evidence that is there


def form_for_piece(case: Any, of: type, first: Sequence[str], missing: Sequence[str], words: Words) -> Form:
    """A form for the fields of a kind of evidence: those that are ``missing`` and others that come ``first``, then all that remain."""
    maker = _Maker(case, words)
    places = _places_of_piece(of)
    ordered = [place for place in dict.fromkeys((*missing, *first)) if place in places]
    made = {place: maker.field(place, kind, (), required=place in missing) for place, kind in places.items()}
    return Form(
        number=0,
        title="",
        fields=tuple(field for place in ordered if (field := made[place])),
        more=tuple(field for place, field in made.items() if field and place not in ordered),
    )


def entered_for_piece(of: type, values: Mapping[str, tuple[str, ...]], zone: Any) -> dict[str, Any]:
    """The JSON values that were entered, by place; fields that were left empty are left out. Raises :class:`Misfit`."""
    places = _places_of_piece(of)
    for place in values:
        if place not in places:
            raise Misfit(place)
    entered = {place: tuple(text for text in texts if text.strip()) for place, texts in values.items()}
    return {place: _read(place, places[place], texts, zone) for place, texts in entered.items() if texts}


def as_entered(value: JsonValue, zone: Any) -> str:
    """A value as its field of a form takes it: an instant in a zone, to the minute."""
    try:
        moment = Instant.parse(value) if isinstance(value, str) else None
    except ValueError:
        moment = None
    return _text_of(value) if moment is None else moment.datetime(zone).strftime("%Y-%m-%dT%H:%M")


def _places_of_piece(of: type) -> dict[str, Kind]:
    """The fields that a person can know from looking, those of inner objects too."""
    places: dict[str, Kind] = {}
    for each in _fields(of):
        name, kind = wire_name(each.name), _kind(each)
        if name not in LEFT_OUT and attrs.has(kind.annotation):
            places |= {f"{name}/{wire_name(inner.name)}": _kind(inner) for inner in _fields(kind.annotation)}
        elif name not in LEFT_OUT:
            places[name] = kind
    return {place: kind for place, kind in places.items() if _widget(kind)[0] is not None}


# Reading


@frozen
class Entered:
    """What was entered in a form: texts by place, several where a field takes several."""

    number: int
    values: Mapping[str, tuple[str, ...]] = field(factory=dict)


def answer_entered(case: Any, request: Request, entered: Entered, zone: Any) -> dict[str, Any]:
    """The JSON values that were entered for an acceptable answer, by place. Times without an offset are in ``zone``.

    Raises :class:`Misfit` for a missing or unfit value, and for a field that the form does not have.
    """
    acceptable = dict(enumerate(own_part(request))).get(entered.number)
    if acceptable is None:
        raise Misfit("")
    required = places_in(case, acceptable)
    known = {**dict(_optional_places(case, acceptable)), **required}
    chosen: dict[str, Any] = {name: values[0] for name, values in acceptable.items() if name.rpartition("/")[2] == KIND}
    for place in entered.values:
        if place not in known:
            raise Misfit(place)
    for place, kind in known.items():
        texts = tuple(text for text in entered.values.get(place, ()) if text.strip())
        if texts:
            chosen[place] = _read(place, kind, texts, zone)
        elif place in required and _is_required(place, kind) and _widget(kind)[0] is not None:
            raise Misfit(place)
    return chosen


def _read(place: str, kind: Kind, texts: tuple[str, ...], zone: Any) -> Any:
    widget, values = _widget(kind)
    named = {_text_of(value): value for value in values}
    if widget in ("choice", "several"):
        if not set(texts) <= named.keys() or (widget == "choice" and len(texts) > 1):
            raise Misfit(place)
        return [named[text] for text in texts] if widget == "several" else named[texts[0]]
    text = texts[0].strip()
    if widget is None or len(texts) > 1 or len(text) > LONGEST_TEXT:
        raise Misfit(place)
    try:
        return _plain(kind, widget, text, zone)
    except (ValueError, InvalidOperation):
        raise Misfit(place) from None


def _plain(kind: Kind, widget: Widget, text: str, zone: Any) -> Any:
    if widget == "number":
        return int(text)
    if widget == "instant":
        moment = dt.datetime.fromisoformat(text)
        return str(Instant.at(moment if moment.tzinfo else moment.replace(tzinfo=zone)))
    return str(Decimal(text)) if kind.annotation is Decimal else text

"""Flat forms for what a decision still needs from the claimant, and their answers entered in the case.

A form asks for the facts with every value that they can have, not only for those that would help: it must not put words into anyone's
mouth. What was answered is judged like everything else, and what only the platform may say, such as that a document is verified, is not asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from typing import Any, Final

import attrs
from attrs import evolve, frozen

from adjudicator.analysis.edits import applied, kind_of_evidence, kind_of_field
from adjudicator.model.decision import Decision
from adjudicator.model.errors import NOTHING, Fault, InputError, shown
from adjudicator.model.fields import if_known
from adjudicator.model.finding import Request
from adjudicator.model.json_names import wire_name
from adjudicator.model.soundness import CaseBase
from adjudicator.model.time import Instant
from adjudicator.wire.codec import document_of
from adjudicator.wire.pointer import NEW, Kind, held_at, put
from adjudicator.wire.schema import Schema
from adjudicator.words import Words, own_part

_FILLED_IN: Final = frozenset(
    {"id", "kind", "submitted_by", "submitted_at", "line_ids", "verification", "verified_by", "verified_at", "files"}
)
"""Fields of evidence that are known without asking, or that the claimant cannot say."""
_WITH: Final = "with/"
_KIND: Final = "kind"


@frozen
class Form:
    """A form: a message, and a JSON Schema of one level. ``key`` distinguishes the request from others of the same decision."""

    key: str
    message: str
    schema: Schema
    request: Request
    words: Words

    def again(self, given: Mapping[str, Any], error: InputError) -> Form:
        """The form with what was answered, saying what the answer leaves out. Raises the error if anything else is wrong."""
        offered = [each["const"] for each in self.schema["properties"].get(_KIND, {}).get("oneOf", ())]
        is_incomplete = all(each.value == shown(NOTHING) for each in error.faults)
        if not is_incomplete or (offered and given.get(_KIND) not in offered):
            raise error
        members = {
            name: {**member, "default": given[name]} if given.get(name) not in (None, "", []) else member
            for name, member in self.schema["properties"].items()
        }
        places = tuple(each.pointer.lstrip("/") for each in error.faults)
        missing = [members[name]["title"] for place in places for name in members if f"{name}/".startswith(f"{place}/")]
        said = self.words.say("form.missing", fields=self.words.listed(missing))
        return evolve(
            self,
            message=self.words.sentences(self.words.request(self.request), said),
            schema={**self.schema, "properties": members},
        )


def form_for(case: CaseBase, decision: Decision, party: str, words: Words) -> Form | None:
    """A form for the first request to a party that a form can express; ``None`` if there is none."""
    for request in decision.requests:
        if request.to != party or not request.accepts:
            continue
        fields = _fields(case, request)
        if fields:
            return Form(_key(request), words.request(request), _schema(request, fields, words), request, words)
    return None


def _key(request: Request) -> str:
    return "|".join((request.need, request.line_id or "", request.evidence_id or ""))


def _fields(case: CaseBase, request: Request) -> dict[str, Kind]:
    """The fields to ask for, by name: those of every acceptable answer, and what a document of its kind has to say."""
    fields: dict[str, Kind] = {}
    for acceptable in own_part(request):
        for name in acceptable:
            if name != _KIND and not name.startswith(_WITH):
                fields.setdefault(name, kind_of_field(case, acceptable, name))
        for kind in acceptable.get(_KIND, ()):
            fields |= {name: each for name, each in _required(case, str(kind)) if name not in fields}
    return fields


def _required(case: CaseBase, kind: str) -> Iterator[tuple[str, Kind]]:
    """What every document of a kind has to state, as places in it."""
    document = attrs.resolve_types(kind_of_evidence(type(case), kind))
    for each in attrs.fields(document):
        name = wire_name(each.name)
        if each.default is attrs.NOTHING and name not in _FILLED_IN:
            yield from _leaves(name, each.type)


def _leaves(name: str, annotation: Any) -> Iterator[tuple[str, Kind]]:
    known = if_known(annotation)
    if not attrs.has(known):
        yield name, Kind(known)
        return
    for each in attrs.fields(attrs.resolve_types(known)):
        if each.default is attrs.NOTHING:
            yield from _leaves(f"{name}/{wire_name(each.name)}", each.type)


# The schema


def _schema(request: Request, fields: Mapping[str, Kind], words: Words) -> Schema:
    kinds = tuple(dict.fromkeys(str(kind) for each in request.accepts for kind in each.get(_KIND, ())))
    members: dict[str, Schema] = {}
    if kinds:
        members[_KIND] = {"title": words.field(_KIND), **_choice(words, _KIND, kinds)}
    for name, kind in fields.items():
        members[name] = {"title": words.field(name), **_of_kind(name, kind, words)}
    required = [_KIND] if kinds else [name for name in fields if not fields[name].may_be_unknown]
    return {"type": "object", "properties": members, "required": required}


def _of_kind(name: str, kind: Kind, words: Words) -> Schema:
    annotation = if_known(kind.annotation)
    annotation = getattr(annotation, "__supertype__", annotation)
    if kind.item is not None and isinstance(kind.item, type) and issubclass(kind.item, Enum):
        values = [str(member.value) for member in kind.item]
        return {"type": "array", "items": {"anyOf": _titled(words, name, values)}}
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return _choice(words, name, [str(member.value) for member in annotation])
    if annotation is Instant:
        return {"type": "string", "format": "date-time"}
    return {"type": {bool: "boolean", int: "integer"}.get(annotation, "string")}


def _choice(words: Words, name: str, values: Iterable[str]) -> Schema:
    return {"type": "string", "oneOf": _titled(words, name, values)}


def _titled(words: Words, name: str, values: Iterable[str]) -> list[Schema]:
    last = name.rpartition("/")[2]
    return [{"const": value, "title": words.value(last, value)} for value in values]


# The answer


def entered(case: CaseBase, form: Form, answer: Mapping[str, Any]) -> Any:
    """The case with an answer to a form.

    Raises :class:`~adjudicator.model.errors.InputError` for an answer with other fields than the form, and one that makes no valid case.
    """
    known = form.schema["properties"]
    faults = [
        Fault(f"/{name}", shown(value), f"no such field; known here: {', '.join(known)}")
        for name, value in answer.items()
        if name not in known
    ]
    if faults:
        raise InputError(faults)
    given = {name: value for name, value in answer.items() if value not in (None, "", [])}
    return applied(case, tuple(_puts(case, form.request, given)))


def _puts(case: CaseBase, request: Request, given: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    piece: dict[str, Any] = {}
    items: dict[str, dict[str, Any]] = {}
    for name, value in given.items():
        item, is_new, rest = name.partition(f"/{NEW}/")
        if not name.startswith("/"):
            put(piece, f"/{name}", value)
        elif is_new:
            put(items.setdefault(f"{item}/{NEW}", {}), f"/{rest}", value)
        else:
            yield name, _with_what_is_there(case, name, value)
    yield from items.items()
    if piece:
        yield f"/evidence/{NEW}", _document(case, request, piece)


def _with_what_is_there(case: CaseBase, pointer: str, value: Any) -> Any:
    """A list is added to: a demand that was made stays made."""
    if not isinstance(value, list):
        return value
    there = list(document_of(held_at(case, pointer)) or ())
    return [*there, *(each for each in value if each not in there)]


def _document(case: CaseBase, request: Request, piece: dict[str, Any]) -> dict[str, Any]:
    """A piece of evidence of the party that was asked, not verified by anyone."""
    taken = {each.id for each in getattr(case, "evidence", ())}
    name = request.need
    while name in taken:
        name += "+"
    kinds = {str(kind) for each in request.accepts for kind in each.get(_KIND, ())}
    return {
        **({_KIND: next(iter(kinds))} if len(kinds) == 1 else {}),
        **piece,
        "id": name,
        "submitted_by": request.to,
        "submitted_at": str(case.as_of),
        "line_ids": [] if request.line_id is None else [request.line_id],
    }

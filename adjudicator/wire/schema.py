"""JSON Schema (2020-12) of cases and decisions, made from their classes.

A schema says all that can be said of each value by itself, so that it takes what the codec takes. What no schema can say is listed
in its description.
"""

from __future__ import annotations

import re
import typing
from collections.abc import Callable, Hashable, Mapping
from decimal import Decimal
from enum import Enum
from typing import Any, Final, TypeAlias, TypeVar

import attrs

from adjudicator.engine.clause import hints, members
from adjudicator.engine.policy import CaseKind
from adjudicator.engine.registry import policies
from adjudicator.model.decision import CONTRACT, PolicyRef
from adjudicator.model.evidence import kinds_in
from adjudicator.model.finding import JsonValue
from adjudicator.model.json_names import wire_name
from adjudicator.model.limits import AMOUNT, DECIMAL, LARGEST, MOST_ITEMS, Bounds
from adjudicator.model.money import Minor
from adjudicator.model.time import RFC3339, Instant
from adjudicator.wire.annotations import former_names
from adjudicator.wire.parser import MOST_BYTES

Schema: TypeAlias = dict[str, Any]
"""A JSON Schema, as it stands in JSON."""

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
UNSAID: Final = (
    "nothing happens after as_of, no claim is filed before its order is placed, nothing lies before the first edition of its policy",
    "an instant is a day that there is, in a year that can be reckoned with",
    "an id that is referred to is there, and one that names something stands once",
    "no more units are claimed than were bought, and all that could be paid in all is an exact integer",
    "postage is settled without a line, everything else on one",
    "a decimal lies within its bounds",
    "an integer has no fraction: to JSON Schema 1.0 is one too",
    "no key stands twice in an object, and no text holds half of a surrogate pair",
    f"the whole is at most {MOST_BYTES} bytes of JSON in UTF-8",
)
"""What is asked of a case besides."""

_NONE: Final[Mapping[str, Any]] = {}
_INTEGERS: Final[Mapping[Any, Bounds]] = {int: Bounds(-LARGEST, LARGEST), Minor: AMOUNT}
_ROLE: Final = re.compile(r":\w+:`~?(?:[\w.]*\.)?(\w+)`")
_NEXT_WORD: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")

K = TypeVar("K", bound=Hashable)


def case_schema(policy: str | None = None) -> Schema:
    """The schema of the cases of a policy, or of every policy that is installed.

    Raises :class:`KeyError` for a policy that no installed pack holds.
    """
    writer = SchemaWriter(as_input=True)
    about = (
        "Absent and null both mean that something is not known, never false and never zero. "
        "What no schema can say is asked of a case all the same:\n\n" + "\n".join(f"- {each}" for each in UNSAID)
    )
    return writer.whole("Case", about, _cases(writer, policy))


def case_on_record_schema() -> Schema:
    """The schema of the cases that a record gives back: all their fields are there, and what is personal is null once it is erased."""
    about = (
        "All that it may have is there; null means that something was not known, or that it was personal and is erased."
    )
    writer = SchemaWriter(as_input=False, erasable=True)
    return writer.whole("Case on record", about, _cases(writer, None))


def _cases(writer: SchemaWriter, policy: str | None) -> list[Schema]:
    return [writer.case(kind, names) for kind, names in _by(policy, lambda kind: kind.case_type)]


def decision_schema(policy: str | None = None) -> Schema:
    """The schema of the decisions under a policy, or under every policy that is installed.

    Raises :class:`KeyError` for a policy that no installed pack holds.
    """
    writer = SchemaWriter(as_input=False)
    kinds = _by(policy, lambda kind: (hints(kind.decide)["return"], _outcomes(kind)))
    about = "Fields and codes may be added: pass over a field that you do not know."
    return writer.whole("Decision", about, [writer.decision(*kind, names) for kind, names in kinds])


def output_schema(kind: type) -> Schema:
    """The schema of what is put out of a class: all its fields are there, and others may come."""
    writer = SchemaWriter(as_input=False)
    return writer.whole(_told(kind)["title"], "", [writer.an_object(kind)])


NO_POLICY: Final = "No pack of policies is installed, so there is none."


def _by(policy: str | None, kind_of: Callable[[CaseKind[Any]], K]) -> list[tuple[K, list[str]]]:
    """The kinds of what policies take or give, each with the policies of that kind."""
    kinds: dict[K, list[str]] = {}
    for name in policies() if policy is None else (policy,):
        kinds.setdefault(kind_of(policies()[name][0].case_kind), []).append(name)
    return list(kinds.items())


def _case_kind_of(names: list[str]) -> CaseKind[Any]:
    """How the first of some policies decides."""
    return policies()[names[0]][0].case_kind


def _called(kind: type, other: type, what: str) -> Schema:
    """The title of a kind of case or decision. One whose class is just called so is called after its counterpart."""
    name = kind.__name__
    if name == what:
        name = f"{other.__name__.removesuffix('Case').removesuffix('Decision')}{what}"
    return {"title": _in_words(name)}


def _in_words(name: str) -> str:
    return _NEXT_WORD.sub(" ", name).capitalize()


def _outcomes(kind: CaseKind[Any]) -> tuple[str, ...]:
    """What the decisions of a kind can come to, where their class does not say it."""
    said = attrs.fields_dict(attrs.resolve_types(hints(kind.decide)["return"]))["outcome"].type
    return kind.outcomes if said is str else ()


class SchemaWriter:
    """Writes one schema, and collects what is referred to in it.

    Input is closed: what is not known may be null or left out, and no other field may be there. What is put out is open, and
    all its fields are there; where it is ``erasable``, null may stand for what is personal.
    """

    def __init__(self, *, as_input: bool, erasable: bool = False) -> None:
        self.as_input = as_input
        self.erasable = erasable
        self.definitions: dict[str, Schema] = {}
        self.names: dict[Hashable, str] = {}

    def whole(self, title: str, about: str, kinds: list[Schema]) -> Schema:
        """The whole schema: of one kind, or of either of several."""
        none: Schema = {"not": {}}
        body = kinds[0] if len(kinds) == 1 else {"oneOf": kinds} if kinds else none
        of_one = [kind["description"] for kind in kinds if kind is body]
        description = " ".join(filter(None, (*of_one, about if kinds else NO_POLICY)))
        return {
            "$schema": DIALECT,
            **body,
            "title": title,
            "description": description,
            "$defs": dict(sorted(self.definitions.items())),
        }

    def case(self, kind: type, names: list[str]) -> Schema:
        """A case that some policies decide."""
        schema = self.an_object(kind)
        schema["properties"]["policy"] |= {"enum": names}
        return schema | _called(kind, hints(_case_kind_of(names).decide)["return"], "Case")

    def decision(self, kind: type, outcomes: tuple[str, ...], names: list[str]) -> Schema:
        """A decision under some policies."""
        schema = self.an_object(kind, {"policy": self.policy_among(names)})
        schema["properties"]["contract"] |= {"const": CONTRACT}
        if outcomes:
            schema["properties"]["outcome"] |= {"enum": list(outcomes)}
        return schema | _called(kind, _case_kind_of(names).case_type, "Decision")

    def policy_among(self, names: list[str]) -> Schema:
        """Which policy decided, of these."""
        schema = self.an_object(PolicyRef)
        schema["properties"]["id"] |= {"enum": names}
        return {name: value for name, value in schema.items() if name != "title"}

    # Objects

    def an_object(self, kind: Any, known: Mapping[str, Schema] = _NONE) -> Schema:
        """An object, field by field, of which some may be ``known``; the tag of a tagged one comes first."""
        fields = _fields_of(kind)
        tag = getattr(kind, "kind", None)
        properties = {"kind": {"const": tag}} if isinstance(tag, str) else {}
        required = [wire_name(each.name) for each in fields if not (self.as_input and _has_default(each))]
        schema = {
            **_told(kind),
            "type": "object",
            "properties": properties
            | {wire_name(each.name): known.get(each.name) or self.a_field(each) for each in fields},
            "required": [*properties, *required],
        }
        return {**schema, **self.former_names(kind, schema), "additionalProperties": False} if self.as_input else schema

    def former_names(self, kind: Any, schema: Schema) -> Schema:
        """The names that fields had before are taken too, in place of the current ones and not beside them."""
        former = former_names(typing.get_origin(kind) or kind)
        if not former:
            return {}
        properties = schema["properties"]
        deprecated = {old: {**properties[new], "deprecated": True} for old, new in former.items()}
        return {
            "properties": {**properties, **deprecated},
            "allOf": [{"not": {"required": [old, new]}} for old, new in former.items()],
        }

    def a_field(self, field: attrs.Attribute[Any]) -> Schema:
        """What may stand in a field."""
        annotation, may_be_null = _without_null(field.type)
        schema = self.a_value(annotation, field.metadata)
        if may_be_null or (self.as_input and _has_default(field)) or (self.erasable and "personal" in field.metadata):
            schema = _or_null(schema)
        return {**schema, **_meaning(annotation, field.metadata)}

    # Values

    def a_value(self, annotation: Any, limits: Mapping[str, Any] = _NONE) -> Schema:
        """What may stand where a type is asked for; ``limits`` are the metadata of the field."""
        if typing.get_origin(annotation) is tuple:
            return self.a_list(typing.get_args(annotation)[0], not_empty="not_empty" in limits)
        if typing.get_origin(annotation) is Mapping:
            most = {"maxProperties": MOST_ITEMS} if self.as_input else {}
            return {"type": "object", **most, "additionalProperties": self.a_value(typing.get_args(annotation)[1])}
        if annotation in _INTEGERS:
            bounds = limits.get("bounds", _INTEGERS[annotation])
            return {"type": "integer", "minimum": bounds.least, "maximum": bounds.most}
        if annotation is Any:
            return {}
        if annotation is str:
            return _text(limits["code"]) if "code" in limits else {"type": "string"}
        return {"type": "boolean"} if annotation is bool else self.a_reference(annotation)

    def a_list(self, annotation: Any, *, not_empty: bool) -> Schema:
        """A list of what a type asks for."""
        schema: Schema = {"type": "array", "items": self.a_value(annotation)}
        least = {"minItems": 1} if not_empty else {}
        most = {"maxItems": MOST_ITEMS} if self.as_input else {}
        return {**schema, **least, **most}

    def a_reference(self, annotation: Any) -> Schema:
        """What a type asks for, defined once."""
        if annotation not in self.names:
            name = _name_of(annotation)
            self.names[annotation] = f"{_module_of(annotation)}.{name}" if name in self.definitions else name
            self.definitions[self.names[annotation]] = {}
            self.definitions[self.names[annotation]] = self.a_definition(annotation)
        return {"$ref": f"#/$defs/{self.names[annotation]}"}

    def a_definition(self, annotation: Any) -> Schema:
        """What a type asks for."""
        if annotation == JsonValue:
            about = {"description": "A value as it stands in JSON."}
            of_any_type = ["string", "integer", "boolean", "null", "array"]
            return {**about, "type": of_any_type, "items": self.a_reference(annotation)}
        if kinds := kinds_in(annotation):
            either = [self.a_reference(each) for each in kinds.values()]
            return {"description": "A piece of evidence; its kind says which.", "oneOf": either}
        if annotation is Instant:
            about = {"description": "RFC 3339 with an offset, to the microsecond at most.", "format": "date-time"}
            return {**about, **_text(RFC3339)}
        if annotation is Decimal:
            return {"description": "An exact decimal, as text.", **_text(DECIMAL)}
        if isinstance(annotation, type) and issubclass(annotation, Enum):
            return {**_told(annotation), "enum": [each.value for each in annotation]}
        return self.an_object(annotation)


def _fields_of(kind: Any) -> list[attrs.Attribute[Any]]:
    """The fields of a class; of one that leaves a type open, as it is used here."""
    fields = attrs.fields(attrs.resolve_types(typing.get_origin(kind) or kind))
    bound = typing.get_args(kind)
    return [each.evolve(type=each.type[bound]) if getattr(each.type, "__parameters__", ()) else each for each in fields]


def _name_of(kind: Any) -> str:
    """What a type is called; one that leaves a type open, with that type."""
    if kinds_in(kind):
        return "Evidence"
    if kind == JsonValue:
        return "Plain"
    origin = typing.get_origin(kind) or kind
    name: str = getattr(origin, "schema_name", origin.__name__)
    of = (_name_of(each) for each in typing.get_args(kind))
    return name + "".join(each[:1].upper() + each[1:] for each in of)


def _module_of(kind: Any) -> str:
    """The module that a type is from; of evidence the one of its kinds."""
    return next((each.__module__ for each in kinds_in(kind).values()), str(kind.__module__))


def _without_null(annotation: Any) -> tuple[Any, bool]:
    """A type without null, and whether it had one. What is plain may be null by itself."""
    if annotation == JsonValue:
        return annotation, False
    known = members(annotation) - {type(None)}
    (one,) = known
    return one, known != members(annotation)


def _has_default(field: attrs.Attribute[Any]) -> bool:
    return field.default is not attrs.NOTHING


def _or_null(schema: Schema) -> Schema:
    """The same, or null."""
    if isinstance(schema.get("type"), str) and "not" not in schema:
        return {**schema, "type": [schema["type"], "null"]}
    return {"anyOf": [schema, {"type": "null"}]}


def _text(pattern: re.Pattern[str]) -> Schema:
    """A text that is all of a pattern. To some validators ``$`` is also the place before a last line break."""
    return {"type": "string", "pattern": f"^(?:{pattern.pattern})$", "not": {"pattern": r"\n"}}


def _told(kind: Any) -> Schema:
    """What a class is called, and what its docstring says of it first."""
    first = (kind.__doc__ or "").partition("\n\n")[0]
    plain = _ROLE.sub(r"\1", " ".join(first.split())).replace("``None``", "null").replace("``", "")
    return {"title": _in_words(_name_of(kind)), "description": plain}


def _meaning(annotation: Any, metadata: Mapping[str, Any]) -> Schema:
    """What a field says of itself; bounds of what is text can only be said in words."""
    said = [metadata["means"]] if "means" in metadata else []
    if annotation is Decimal and "bounds" in metadata:
        said.append(f"From {metadata['bounds'].least} to {metadata['bounds'].most}.")
    return {"description": " ".join(said)} if said else {}

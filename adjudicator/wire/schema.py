"""JSON Schema (2020-12) of cases and decisions, generated from their classes.

A schema states every constraint on single values, so it accepts what the codec accepts. Constraints that JSON Schema cannot
express are listed in its description.
"""

from __future__ import annotations

import re
import typing
from collections.abc import Callable, Hashable, Mapping
from decimal import Decimal
from typing import Any, Final, TypeAlias, TypeVar

import attrs

from adjudicator.engine.clause import hints, members
from adjudicator.engine.policy import CaseKind
from adjudicator.engine.registry import policies
from adjudicator.model.case import Case
from adjudicator.model.decision import CONTRACT, PolicyRef
from adjudicator.model.declared_faults import DEPENDENT
from adjudicator.model.evidence import kinds_in
from adjudicator.model.fields import all_fields, if_known
from adjudicator.model.finding import JsonValue
from adjudicator.model.json_names import wire_name
from adjudicator.model.limits import AMOUNT, DECIMAL, LARGEST, MOST_ITEMS, Bounds
from adjudicator.model.money import Minor
from adjudicator.model.time import RFC3339, Instant
from adjudicator.wire.annotations import former_names, is_enumeration
from adjudicator.wire.parser import MOST_BYTES

Schema: TypeAlias = dict[str, Any]
"""A JSON Schema as a JSON object."""

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def _is_a_claim(case_type: type) -> bool:
    return issubclass(case_type, Case)


def _has_a_claim(case_type: type) -> bool:
    return {"claim", "order"} <= attrs.fields_dict(case_type).keys()


def _has_decimals(case_type: type) -> bool:
    return any(if_known(each.type) is Decimal for _, each in all_fields(case_type))


def _has_dependent_fields(case_type: type) -> bool:
    return any(not DEPENDENT.isdisjoint(each.metadata) for _, each in all_fields(case_type))


def _is_any(_: type) -> bool:
    return True


NOT_IN_SCHEMA: Final[tuple[tuple[str, Callable[[type], bool]], ...]] = (
    ("nothing happens after as_of, and nothing predates the first edition of its policy", _is_any),
    ("no claim is filed before its order is placed", _has_a_claim),
    ("an instant is on a day that exists, in a supported year", _is_any),
    ("every id that is referred to exists, and ids are unique", _is_any),
    ("no more units are claimed than were bought, and the most that could be paid is an exact integer", _is_a_claim),
    ("settlements of postage name no line, all others name one", _is_a_claim),
    ("a field that depends on others is stated only where they have the values for it", _has_dependent_fields),
    ("a decimal lies within its bounds", _has_decimals),
    ("an integer is written without a fraction (JSON Schema also accepts 1.0)", _is_any),
    ("no object has duplicate keys, and no text contains half of a surrogate pair", _is_any),
    (f"the whole is at most {MOST_BYTES} bytes of JSON in UTF-8", _is_any),
)
"""Constraints on a case that JSON Schema cannot express, each with the classes of cases that it is about."""

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
    kinds = [kind for kind, _ in _by(policy, lambda kind: kind.case_type)]
    constraints = [f"- {constraint}" for constraint, is_about in NOT_IN_SCHEMA if any(map(is_about, kinds))]
    about = (
        "Absent and null both mean not known, never false and never zero. "
        "These constraints also apply to a case:\n\n" + "\n".join(constraints)
    )
    return writer.document("Case", about, _cases(writer, policy))


def case_on_record_schema() -> Schema:
    """The schema of recorded cases: all fields are present, and personal ones are null once erased."""
    about = (
        "All fields are present; null means that a value was not known, or that it was personal and has been erased."
    )
    writer = SchemaWriter(as_input=False, erasable=True)
    return writer.document("Case on record", about, _cases(writer, None))


def _cases(writer: SchemaWriter, policy: str | None) -> list[Schema]:
    return [writer.case(kind, names) for kind, names in _by(policy, lambda kind: kind.case_type)]


def decision_schema(policy: str | None = None) -> Schema:
    """The schema of the decisions under a policy, or under every policy that is installed.

    Raises :class:`KeyError` for a policy that no installed pack holds.
    """
    writer = SchemaWriter(as_input=False)
    kinds = _by(policy, lambda kind: (hints(kind.decide)["return"], _outcomes(kind)))
    about = "Fields and codes may be added: ignore fields that you do not know."
    return writer.document("Decision", about, [writer.decision(*kind, names) for kind, names in kinds])


def output_schema(kind: type) -> Schema:
    """The schema of a class as output: all its fields are present, and more may be added."""
    writer = SchemaWriter(as_input=False)
    return writer.document(_title_and_description(kind)["title"], "", [writer.object_schema(kind)])


NO_POLICY: Final = "No policy pack is installed, so nothing is valid."


def _by(policy: str | None, kind_of: Callable[[CaseKind[Any]], K]) -> list[tuple[K, list[str]]]:
    """Policies grouped by ``kind_of`` their kind of case."""
    kinds: dict[K, list[str]] = {}
    for name in policies() if policy is None else (policy,):
        kinds.setdefault(kind_of(policies()[name][0].case_kind), []).append(name)
    return list(kinds.items())


def _case_kind_of(names: list[str]) -> CaseKind[Any]:
    """The kind of case of the first policy."""
    return policies()[names[0]][0].case_kind


def _title_of_kind(kind: type, other: type, what: str) -> Schema:
    """The title of a type of case or decision. A class named just ``Case`` or ``Decision`` is titled after its counterpart."""
    name = kind.__name__
    if name == what:
        name = f"{other.__name__.removesuffix('Case').removesuffix('Decision')}{what}"
    return {"title": _in_words(name)}


def _in_words(name: str) -> str:
    return _NEXT_WORD.sub(" ", name).capitalize()


def _outcomes(kind: CaseKind[Any]) -> tuple[str, ...]:
    """The outcomes of a kind of case, if the class of its decisions only says that they are text."""
    outcome_type = attrs.fields_dict(attrs.resolve_types(hints(kind.decide)["return"]))["outcome"].type
    return kind.outcomes if outcome_type is str else ()


class SchemaWriter:
    """Writes one schema and collects its definitions.

    Input schemas are closed: unknown values may be null or absent, and other fields are forbidden. Output schemas are open, and
    all their fields are present; in an ``erasable`` one, personal fields may be null.
    """

    def __init__(self, *, as_input: bool, erasable: bool = False) -> None:
        self.as_input = as_input
        self.erasable = erasable
        self.definitions: dict[str, Schema] = {}
        self.names: dict[Hashable, str] = {}

    def document(self, title: str, about: str, kinds: list[Schema]) -> Schema:
        """The whole schema document, for one kind or for any of several."""
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
        """The schema of a type of case that these policies decide."""
        schema = self.object_schema(kind)
        schema["properties"]["policy"] |= {"enum": names}
        return schema | _title_of_kind(kind, hints(_case_kind_of(names).decide)["return"], "Case")

    def decision(self, kind: type, outcomes: tuple[str, ...], names: list[str]) -> Schema:
        """The schema of a type of decision that these policies make."""
        schema = self.object_schema(kind, {"policy": self.policy_among(names)})
        schema["properties"]["contract"] |= {"const": CONTRACT}
        if outcomes:
            schema["properties"]["outcome"] |= {"enum": list(outcomes)}
        return schema | _title_of_kind(kind, _case_kind_of(names).case_type, "Decision")

    def policy_among(self, names: list[str]) -> Schema:
        """The schema of a reference to one of these policies."""
        schema = self.object_schema(PolicyRef)
        schema["properties"]["id"] |= {"enum": names}
        return {name: value for name, value in schema.items() if name != "title"}

    # Objects

    def object_schema(self, kind: Any, known: Mapping[str, Schema] = _NONE) -> Schema:
        """The schema of a class, with the tag (if any) first; ``known`` overrides the schemas of fields."""
        fields = _fields_of(kind)
        tag = getattr(kind, "kind", None)
        properties = {"kind": {"const": tag}} if isinstance(tag, str) else {}
        required = [wire_name(each.name) for each in fields if not (self.as_input and _has_default(each))]
        schema = {
            **_title_and_description(kind),
            "type": "object",
            "properties": properties
            | {wire_name(each.name): known.get(each.name) or self.field_schema(each) for each in fields},
            "required": [*properties, *required],
        }
        return {**schema, **self.former_names(kind, schema), "additionalProperties": False} if self.as_input else schema

    def former_names(self, kind: Any, schema: Schema) -> Schema:
        """Keywords that accept the former name of a field instead of the current one, but not both."""
        former = former_names(typing.get_origin(kind) or kind)
        if not former:
            return {}
        properties = schema["properties"]
        deprecated = {old: {**properties[new], "deprecated": True} for old, new in former.items()}
        return {
            "properties": {**properties, **deprecated},
            "allOf": [{"not": {"required": [old, new]}} for old, new in former.items()],
        }

    def field_schema(self, field: attrs.Attribute[Any]) -> Schema:
        """The schema of a field."""
        annotation, may_be_null = _without_null(field.type)
        schema = self.value_schema(annotation, field.metadata)
        if may_be_null or (self.as_input and _has_default(field)) or (self.erasable and "personal" in field.metadata):
            schema = _or_null(schema)
        return {**schema, **_description(annotation, field.metadata)}

    # Values

    def value_schema(self, annotation: Any, limits: Mapping[str, Any] = _NONE) -> Schema:
        """The schema of a type; ``limits`` are the metadata of the field."""
        if typing.get_origin(annotation) is tuple:
            (item, *_) = typing.get_args(annotation)
            return self.list_schema(item, not_empty="not_empty" in limits, most=limits.get("most", MOST_ITEMS))
        if typing.get_origin(annotation) is Mapping:
            most = {"maxProperties": MOST_ITEMS} if self.as_input else {}
            return {"type": "object", **most, "additionalProperties": self.value_schema(typing.get_args(annotation)[1])}
        if annotation in _INTEGERS:
            bounds = limits.get("bounds", _INTEGERS[annotation])
            return {"type": "integer", "minimum": bounds.least, "maximum": bounds.most}
        if annotation is Any:
            return {}
        if annotation is str:
            return _text(limits["code"]) if "code" in limits else {"type": "string"}
        return {"type": "boolean"} if annotation is bool else self.reference(annotation)

    def list_schema(self, annotation: Any, *, not_empty: bool, most: int = MOST_ITEMS) -> Schema:
        """The schema of a list of a type."""
        schema: Schema = {"type": "array", "items": self.value_schema(annotation)}
        least = {"minItems": 1} if not_empty else {}
        return {**schema, **least, **({"maxItems": most} if self.as_input else {})}

    def reference(self, annotation: Any) -> Schema:
        """A reference to the definition of a type, which is added on first use."""
        if annotation not in self.names:
            name = name_in_schema(annotation)
            self.names[annotation] = f"{_module_of(annotation)}.{name}" if name in self.definitions else name
            self.definitions[self.names[annotation]] = {}
            self.definitions[self.names[annotation]] = self.definition(annotation)
        return {"$ref": f"#/$defs/{self.names[annotation]}"}

    def definition(self, annotation: Any) -> Schema:
        """The definition of a type."""
        if annotation == JsonValue:
            about = {"description": "Any JSON value."}
            of_any_type = ["string", "integer", "boolean", "null", "array"]
            return {**about, "type": of_any_type, "items": self.reference(annotation)}
        if kinds := kinds_in(annotation):
            either = [self.reference(each) for each in kinds.values()]
            return {"description": "A piece of evidence; its kind says which.", "oneOf": either}
        if annotation is Instant:
            about = {"description": "RFC 3339 with an offset, to the microsecond at most.", "format": "date-time"}
            return {**about, **_text(RFC3339)}
        if annotation is Decimal:
            return {"description": "An exact decimal, as text.", **_text(DECIMAL)}
        if is_enumeration(annotation):
            return {**_title_and_description(annotation), "enum": [each.value for each in annotation]}
        return self.object_schema(annotation)


def _fields_of(kind: Any) -> list[attrs.Attribute[Any]]:
    """The fields of a class; for a generic one, with its type argument filled in."""
    fields = attrs.fields(attrs.resolve_types(typing.get_origin(kind) or kind))
    bound = typing.get_args(kind)
    return [each.evolve(type=each.type[bound]) if getattr(each.type, "__parameters__", ()) else each for each in fields]


def name_in_schema(kind: Any) -> str:
    """The name of a type in the schema; a generic one includes its argument."""
    if kinds_in(kind):
        return "Evidence"
    if kind == JsonValue:
        return "Plain"
    origin = typing.get_origin(kind) or kind
    name: str = getattr(origin, "schema_name", origin.__name__)
    of = (name_in_schema(each) for each in typing.get_args(kind))
    return name + "".join(each[:1].upper() + each[1:] for each in of)


def _module_of(kind: Any) -> str:
    """The module of a type; for a union of evidence, that of its kinds."""
    return next((each.__module__ for each in kinds_in(kind).values()), str(kind.__module__))


def _without_null(annotation: Any) -> tuple[Any, bool]:
    """A type without ``None``, and whether it had it. A JSON value includes null anyway."""
    if annotation == JsonValue:
        return annotation, False
    known = members(annotation) - {type(None)}
    (one,) = known
    return one, known != members(annotation)


def _has_default(field: attrs.Attribute[Any]) -> bool:
    return field.default is not attrs.NOTHING


def _or_null(schema: Schema) -> Schema:
    """The schema, or null."""
    if isinstance(schema.get("type"), str) and "not" not in schema:
        return {**schema, "type": [schema["type"], "null"]}
    return {"anyOf": [schema, {"type": "null"}]}


def _text(pattern: re.Pattern[str]) -> Schema:
    """Text that matches a pattern entirely. Some validators let ``$`` match before a final line break, so that is excluded."""
    return {"type": "string", "pattern": f"^(?:{pattern.pattern})$", "not": {"pattern": r"\n"}}


def _title_and_description(kind: Any) -> Schema:
    """The title of a class, and the first paragraph of its docstring."""
    first = (kind.__doc__ or "").partition("\n\n")[0]
    plain = _ROLE.sub(r"\1", " ".join(first.split())).replace("``None``", "null").replace("``", "")
    return {"title": _in_words(name_in_schema(kind)), "description": plain}


def _description(annotation: Any, metadata: Mapping[str, Any]) -> Schema:
    """The description of a field, with the bounds of a decimal, which is text in JSON."""
    sentences = [metadata["means"]] if "means" in metadata else []
    if annotation is Decimal and "bounds" in metadata:
        sentences.append(f"From {metadata['bounds'].least} to {metadata['bounds'].most}.")
    return {"description": " ".join(sentences)} if sentences else {}

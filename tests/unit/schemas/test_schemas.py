"""The schemas themselves are valid, described and reproducible, and a command writes them."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

import pytest
from attrs import frozen
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # it ships no types

from adjudicator import case_schema, decision_schema
from adjudicator.cli import main
from adjudicator.engine.registry import policies
from adjudicator.model.evidence import Evidence
from adjudicator.wire.schema import DIALECT, SchemaWriter

# The schemas themselves


@cache
def every_schema() -> tuple[Any, ...]:
    """Every schema that there is."""
    return tuple(schema(policy) for policy in (None, *policies()) for schema in (case_schema, decision_schema))


def test_every_schema_is_valid() -> None:
    """Each is valid in its dialect, self-contained, and has no unused definitions."""
    for schema in every_schema():
        assert schema["$schema"] == DIALECT
        Draft202012Validator.check_schema(schema)
        referred_to = set(re.findall(r'"#/\$defs/([^"]+)"', json.dumps(schema)))
        assert referred_to == schema["$defs"].keys()


def test_every_definition_has_a_title_and_a_description() -> None:
    """Each class has a title and a description, in plain words."""
    for schema in every_schema():
        for name, definition in schema["$defs"].items():
            assert definition["description"].endswith("."), name
            assert definition["type" if "properties" in definition else "description"], name
            assert "properties" not in definition or definition["title"], name
        written = json.dumps(schema)
        assert "``" not in written
        assert "None" not in written


def test_evidence_is_distinguished_by_its_kind() -> None:
    """Each kind of evidence has its own definition, with the kind as a constant that must be there."""
    definitions = case_schema()["$defs"]
    kinds = [definitions[each["$ref"].rpartition("/")[2]] for each in definitions["Evidence"]["oneOf"]]
    assert [each["properties"]["kind"] for each in kinds] == [{"const": each.kind} for each in Evidence.__args__]
    assert all("kind" in each["required"] and each["additionalProperties"] is False for each in kinds)
    assert "for" in definitions["PlatformRuling"]["required"]


def test_schemas_are_reproducible() -> None:
    """In the same order too, so you can keep a schema in a repository."""
    for policy in (None, *policies()):
        assert json.dumps(case_schema(policy)) == json.dumps(case_schema(policy))


def test_a_policy_that_is_not_installed_has_no_schema() -> None:
    """Asking for it is an error, and does not give an empty schema."""
    with pytest.raises(KeyError):
        case_schema("acme.returns")
    with pytest.raises(KeyError):
        decision_schema("acme.returns")


def test_two_classes_of_one_name_are_two_definitions() -> None:
    """Packs may use the same class names."""

    def a_pack(module: str, of: type) -> type:
        """A class with the common name Goods."""
        made = type("Goods", (), {"__annotations__": {"what": of}, "__doc__": "Goods.", "__module__": module})
        return frozen(made)

    first, second = a_pack("one", int), a_pack("two", str)
    writer = SchemaWriter(as_input=True)
    references = [writer.reference(each) for each in (first, second, first)]
    assert references == [{"$ref": f"#/$defs/{name}"} for name in ("Goods", "two.Goods", "Goods")]
    assert [each["properties"]["what"]["type"] for each in writer.definitions.values()] == ["integer", "string"]


# The command


@pytest.mark.parametrize("policy", [None, *policies()])
def test_the_command_writes_the_schema(policy: str | None, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    """The output is the schema and nothing else."""
    named = () if policy is None else ("--policy", policy)
    for of, schema in (("case", case_schema(policy)), ("decision", decision_schema(policy))):
        assert main(["schema", of, *named]) == 0
        out, err = capsysbinary.readouterr()
        assert (json.loads(out), err) == (schema, b"")


@pytest.mark.parametrize("arguments", [("case", "--policy", "acme.returns"), ("claim",), ()])
def test_the_command_refuses_unknown_names(
    arguments: tuple[str, ...], capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    """An unknown policy, or anything except a case or a decision, ends with status 2 and one line."""
    assert main(["schema", *arguments]) == 2
    out, err = capsysbinary.readouterr()
    assert (out, err.count(b"\n")) == (b"", 1)

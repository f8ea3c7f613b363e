"""The JSON Schemas agree with the codec, except for the conditions that they list as inexpressible."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
from attrs import field, frozen
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # it ships no types

from adjudicator import InputError, case_schema, decide, decision_schema, load_case, load_decision
from adjudicator.cli import main
from adjudicator.engine.registry import policies
from adjudicator.model.errors import Fault
from adjudicator.model.evidence import Evidence
from adjudicator.model.limits import LARGEST, MOST_ITEMS, PRICE
from adjudicator.model.time import RFC3339
from adjudicator.testing import Json, invalid_documents, nearly_valid_documents, places
from adjudicator.wire.codec import case_document, case_from, decision_document
from adjudicator.wire.parser import MOST_BYTES
from adjudicator.wire.pointer import at, put
from adjudicator.wire.schema import DIALECT, NOT_IN_SCHEMA, SchemaWriter
from admissions import IN_ORDER
from documents import OF_OTHER_KINDS, documents
from validating import Validator

ADMISSION: Final = "douyin_alliance.admission"
CLAIMS: Final = tuple(policy for policy in policies() if policy not in OF_OTHER_KINDS)
EXAMPLES: Final = {
    path.stem: json.loads(path.read_text("utf-8"))["case"]
    for path in sorted((Path(__file__).parents[1] / "data" / "examples").glob("*.json"))
}
PAID: Final = EXAMPLES["authenticity-proof-covers-two-of-three"]

FEWER: Final = settings().max_examples // 3
"""Fewer examples, because validating a whole decision takes longer than making it."""

for_every_policy = pytest.mark.parametrize("policy", policies())


@cache
def cases(policy: str | None = None) -> Validator:
    """A validator for cases."""
    return Validator(case_schema(policy))


@cache
def decisions(policy: str | None = None) -> Validator:
    """A validator for decisions."""
    return Validator(decision_schema(policy))


def faults_of(document: Any, read: Callable[[Any], Any] = case_from) -> tuple[Fault, ...]:
    """The faults that the codec finds in a case, or in a document read by another function."""
    try:
        read(document)
    except InputError as error:
        return error.faults
    return ()


NOT_TO_BE_SAID: Final = re.compile(
    "an instant not (after|before) .*|an instant before .*"
    "|an id that stands only once|the id of a line of the order.*|no line: postage is settled for the order"
    f"|at most {LARGEST} in all|nothing, unless agreed_otherwise is true|a decimal from .*|text in Unicode, without half of a surrogate pair"
)
"""Expectations of the codec that no schema can express for any value."""


def can_be_said(fault: Fault, document: Any) -> bool:
    """Whether a fault is one that a schema should find."""
    if NOT_TO_BE_SAID.fullmatch(fault.expected):
        return False
    try:
        value = at(document, fault.pointer)
    except (KeyError, IndexError, TypeError, ValueError):
        return True
    if isinstance(value, float) and value.is_integer():
        return not fault.expected.startswith("an integer")
    if isinstance(value, str) and RFC3339.fullmatch(value):
        return not fault.expected.startswith("an RFC 3339 instant")
    more_than_were_bought = re.fullmatch(r"/claim/items/\d+/quantity", fault.pointer) and isinstance(value, int)
    return not (more_than_were_bought and 1 <= value <= LARGEST)


def agree(document: Any, policy: str | None) -> None:
    """The schema accepts what the codec accepts, and refuses what it refuses wherever a schema can express that."""
    faults = faults_of(document)
    if policy is not None and isinstance(document, dict) and document.get("policy") != policy:
        assert not cases(policy).is_valid(document)
    elif cases(policy).is_valid(document):
        assert [fault for fault in faults if can_be_said(fault, document)] == []
    else:
        assert faults, cases(policy).messages(document)


# Both ways


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_is_accepted(name: str) -> None:
    """The contract's cases are accepted by the schema of their policy and by the schema of all policies."""
    for policy in (None, EXAMPLES[name]["policy"]):
        cases(policy).validate(EXAMPLES[name])
        decisions(policy).validate(decision_document(decide(case_from(EXAMPLES[name]))))


@for_every_policy
@given(data=st.data())
def test_the_schema_accepts_what_the_codec_reads_and_writes(policy: str, data: st.DataObject) -> None:
    """A valid case is accepted as given and as written again, with null for absent fields."""
    document = data.draw(documents(policy))
    for each in (document, case_document(case_from(document))):
        assert faults_of(each) == ()
        cases().validate(each)
        cases(policy).validate(each)


@pytest.mark.parametrize("policy", CLAIMS)
@given(data=st.data())
def test_the_schema_judges_nearly_valid_documents_as_the_codec_does(policy: str, data: st.DataObject) -> None:
    """If one thing is broken in a claim, the schema notices it if it can express it."""
    nearly = data.draw(nearly_valid_documents(policy))
    agree(nearly.document, None)
    agree(nearly.document, policy)


ODDITIES: Final[tuple[Any, ...]] = (
    None, True, False, 0, 1, -1, 1.0, 1.5, 1e400, LARGEST, LARGEST + 1, -LARGEST - 1, PRICE.most, PRICE.most + 1, 10**30,
    "", "x", "CN", "cn", "CNY", "CN\n", "null", "1", "-0", "4.10", "04.1", "4.", "1e2", "5.01", "\ud800", "\x00", "\n",
    "2022-03-27T10:00:00+08:00", "2022-03-27t10:00:00z", "2022-03-27T10:00:00Z\n", "2022-02-30T10:00:00Z", "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59Z", "2022-03-27T24:00:00Z", "2022-03-27T10:00:60Z", "2022-03-27 10:00:00Z", "２022-03-27T10:00:00Z",
    "2022-03-27T10:00:00.1234567Z", "2022-03-27T10:00:00+24:00", [], {}, [None], [[]], {"": None}, {"kind": "other"}, ["L1", "L1"],
)  # fmt: skip
"""Values to put in wrong places, or sometimes in the right one."""


def a_copy(document: Any) -> Any:
    """A copy of a document, to be changed."""
    return json.loads(json.dumps(document))


@st.composite
def tampered(draw: st.DrawFn, document: Json) -> Any:
    """A document with a few odd, misplaced, missing or additional values."""
    changed = a_copy(document)
    for _ in range(draw(st.integers(1, 3))):
        there = [pointer for pointer, _, _ in places(changed)]
        pointer = draw(st.sampled_from(there)) if there else ""
        from_elsewhere = at(changed, draw(st.sampled_from(there or [""])))
        odd = a_copy(draw(st.sampled_from((*ODDITIES, from_elsewhere))))
        parent, _, name = pointer.rpartition("/")
        match draw(st.sampled_from(("put", "put", "leave out", "add"))):
            case "leave out" if pointer and isinstance(at(changed, parent), dict):
                del at(changed, parent)[name]
            case "add" if isinstance(at(changed, pointer), dict):
                at(changed, pointer)[draw(st.sampled_from(("nonsense", "kind", "line_id", "in_favour_of")))] = odd
            case "add" if isinstance(at(changed, pointer), list):
                at(changed, pointer).append(odd)
            case _ if pointer:
                put(changed, pointer, odd)
            case _:
                changed = odd
    return changed


@for_every_policy
@given(data=st.data())
def test_the_schema_judges_altered_documents_as_the_codec_does(policy: str, data: st.DataObject) -> None:
    """Whatever a case contains, the schema and the codec agree on everything that a schema can express."""
    document = data.draw(documents(policy).flatmap(tampered))
    agree(document, None)
    agree(document, policy)


@given(invalid_documents())
def test_the_schema_judges_any_json_as_the_codec_does(text: bytes) -> None:
    """JSON of every shape is refused by both, or by neither."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return
    agree(document, None)


# What a schema can express


@frozen
class Edge:
    """A place in a valid case, with valid and invalid values."""

    pointer: str
    taken: tuple[Any, ...]
    refused: tuple[Any, ...]
    document: Json = field(default=PAID)


MANY: Final = {f"key {number}": "" for number in range(MOST_ITEMS)}
EDGES: Final = (
    Edge("/order/currency", ("CNY", "XXX"), ("cny", "CN", "CNYY", "CNY\n", "\nCNY", "", None)),
    Edge("/order/market", ("CN", None), ("CHN", "cn", "CN\n", "ＣＮ")),
    Edge("/order/merchant/return_addresses", ([{"market": None}], [{}], [], None), ([{"market": "CN\n"}], {}, [None])),
    Edge("/order/lines/0/goods_paid", (0, PRICE.most), (-1, PRICE.most + 1, None, 0.5, "1", True)),
    Edge("/order/postage_paid", (0, LARGEST // 2), (-1, LARGEST + 1, False)),
    Edge("/claim/requested_amount", (0, LARGEST, None), (-1, LARGEST + 1)),
    Edge("/claim/items/0/quantity", (1,), (0, -1, LARGEST + 1, None)),
    Edge("/evidence/0/units_covered", (1, LARGEST, None), (0, LARGEST + 1)),
    Edge("/evidence/0/verification", ("verified", "rejected", None), ("Verified", "", 1)),
    Edge("/evidence/0/kind", (), ("bar_finding", "none", None, 1)),
    Edge("/claim/evidence_closes_at", ("2022-05-01T00:00:00.123456-09:30", "2022-05-01t00:00:00z"), ("2022-05-01T00:00:00Z\n",)),
    Edge("/claim/items", (), ([], None)),
    Edge("/claim/demands", (["refund"] * MOST_ITEMS, []), (["refund"] * (MOST_ITEMS + 1), None)),
    Edge("/metadata", (MANY, {}, None, {"a\n": ""}), (MANY | {"one more": ""}, {"a": None}, {"a": 1})),
    Edge("/nonsense", (), (None, 1)),
    Edge("/claim/merchant_reply", ({}, {"decision": None}, None), ({"decision": "maybe"}, [])),
    Edge("/shop/shop_score", ("4.1", "0", "-0.0", "5.000000000000000", None), ("4.", ".1", "04", "+1", "4.1\n", "1e0", 4.1, 4), IN_ORDER),
    Edge("/shop/penalties", ([], None), ([None], [{}]), IN_ORDER),
    Edge("/policy", (), ("douyin_global.damag", None), IN_ORDER),
)  # fmt: skip


@pytest.mark.parametrize("edge", EDGES, ids=lambda edge: edge.pointer)
def test_the_schema_is_exact_at_the_edges(edge: Edge) -> None:
    """Both accept the last valid value, and refuse the first invalid one."""
    for value, well in (*((each, True) for each in edge.taken), *((each, False) for each in edge.refused)):
        changed = a_copy(edge.document)
        put(changed, edge.pointer, value)
        assert cases().is_valid(changed) is cases().reference.is_valid(changed) is well, value
        assert ([fault for fault in faults_of(changed) if can_be_said(fault, changed)] == []) is well, value


def test_null_and_absent_are_the_same_for_unknown_values() -> None:
    """Optional members may be null and nullable ones may be absent; required ones neither."""
    whole = case_schema()
    for definition in (*whole["$defs"].values(), *whole["oneOf"]):
        for name, schema in definition.get("properties", {}).items():
            null_will_do = Validator({**schema, "$defs": whole["$defs"]}).is_valid(None)
            assert null_will_do is (name not in definition["required"]), name


# What a schema cannot express

CANNOT_BE_SAID: Final[tuple[tuple[str, Any, Json], ...]] = (
    ("/as_of", "2022-03-21T00:00:00+08:00", PAID),
    ("/order/placed_at", "2022-02-30T00:00:00+08:00", PAID),
    ("/claim/items/0/line_id", "L9", PAID),
    ("/claim/items/0/quantity", 99, PAID),
    ("/settlements", [{"kind": "postage", "line_id": "L1", "amount": 1}], PAID),
    ("/shop/shop_score", "5.01", IN_ORDER),
    ("/order/postage_paid", 1.0, PAID),
    ("/id", "\ud800", PAID),
    ("/id", "x" * MOST_BYTES, PAID),
)


def test_a_schema_lists_what_it_cannot_express() -> None:
    """Each line of the list is true: the schema accepts what the codec refuses. The description contains them all."""
    assert len(CANNOT_BE_SAID) == len(NOT_IN_SCHEMA)
    for pointer, value, document in CANNOT_BE_SAID:
        changed = a_copy(document)
        put(changed, pointer, value)
        assert cases().is_valid(changed), pointer
        assert faults_of(json.dumps(changed), load_case), pointer
    assert all(each in case_schema()["description"] for each in NOT_IN_SCHEMA)


# Decisions


@for_every_policy
@settings(max_examples=FEWER)
@given(data=st.data())
def test_every_decision_is_accepted(policy: str, data: st.DataObject) -> None:
    """For any case; also with fields that a later version may add."""
    document = decision_document(decide(case_from(data.draw(documents(policy)))))
    for validator in (decisions(), decisions(policy)):
        validator.validate(document)
        validator.validate(with_more_fields(document))


def with_more_fields(document: Any) -> Any:
    """A decision with additional fields everywhere except in maps by name."""
    maps = ("params", "inputs", "metadata", "accepts")
    if isinstance(document, list):
        return [with_more_fields(each) for each in document]
    if not isinstance(document, dict):
        return document
    return {"later": 1} | {name: each if name in maps else with_more_fields(each) for name, each in document.items()}


@for_every_policy
@settings(max_examples=FEWER)
@given(data=st.data())
def test_what_is_no_decision_is_refused(policy: str, data: st.DataObject) -> None:
    """Missing members and wrong types are refused, and whatever is accepted can be read as a decision."""
    document = decision_document(decide(case_from(data.draw(documents(policy)))))
    free = re.compile("/metadata/|/params(/|$)|/inputs(/|$)|/accepts(/|$)|/value(/|$)")
    there = [pointer for pointer, _, _ in places(document) if pointer and not free.search(pointer)]
    pointer = data.draw(st.sampled_from(there))
    parent, _, name = pointer.rpartition("/")
    if isinstance(at(document, parent), dict):
        left_out = a_copy(document)
        del at(left_out, parent)[name]
        assert not decisions().is_valid(left_out), f"{pointer} left out"
    wrong = a_copy(document)
    put(wrong, pointer, data.draw(st.sampled_from((1.5, {"a": 1}, [{}], -LARGEST - 1))))
    assert not decisions().is_valid(wrong), pointer
    tampered_with = data.draw(tampered(document))
    if decisions().is_valid(tampered_with):
        faults = faults_of(json.dumps(tampered_with), load_decision)
        assert [fault for fault in faults if can_be_said(fault, tampered_with)] == []


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        ("/contract", 2),
        ("/outcome", "admitted"),
        ("/policy/id", "acme.returns"),
        ("/digests/case", "A" * 64),
        ("/awards/0/amount", 0),
        ("/awards/0/key", ""),
        ("/total", -1),
        ("/as_of", "2022-05-01"),
        ("/currency", "cny"),
        ("/findings/0/effect", "maybe"),
        ("/lines/0/units", -1),
    ],
)
def test_an_impossible_decision_is_refused(pointer: str, value: Any) -> None:
    """The schema of decisions checks more than types."""
    document = a_copy(decision_document(decide(case_from(PAID))))
    decisions().validate(document)
    put(document, pointer, value)
    assert not decisions().is_valid(document)
    assert not decisions(PAID["policy"]).is_valid(document)


def test_a_decision_of_another_kind_has_other_outcomes() -> None:
    """Other cases are admitted, not approved, and their schema says so."""
    document = decision_document(decide(case_from(IN_ORDER)))
    assert document["outcome"] == "admitted"
    for outcome in ("admitted", "refused", "needs_information", "manual_review"):
        decisions().validate(document | {"outcome": outcome})
    assert not decisions().is_valid(document | {"outcome": "approved"})


def test_a_decision_of_another_policy_is_refused() -> None:
    """The schema of one policy's decisions refuses those of another."""
    document = decision_document(decide(case_from(PAID)))
    assert [policy for policy in policies() if decisions(policy).is_valid(document)] == [PAID["policy"]]


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

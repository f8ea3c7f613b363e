"""The OpenAPI document is true: every answer matches it, whatever the request."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, TypeAlias

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from hypothesis.stateful import run_state_machine_as_test
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # it ships no types
from schemathesis import GenerationMode
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi.checks import ignored_auth, negative_data_rejection, positive_data_acceptance

from adjudicator.engine.registry import policies
from adjudicator.service.app import create_app
from adjudicator.service.components import _split
from adjudicator.service.examples import A_CASE, A_WEBHOOK
from adjudicator.service.operations import Tag
from adjudicator.service.routes import OPERATIONS
from adjudicator.service.schemas import ref
from adjudicator.service.settings import Settings
from adjudicator.store import DecisionStore
from adjudicator.wire.schema import DIALECT
from documents import ONE_OF_OTHER_KINDS
from store.cases import a_claim

LARGE: Final = tuple(HealthCheck)
PHASES: Final = (Phase.generate,)
EXAMPLES: Final = max(3, settings().max_examples // 50)
"""The number of requests for each operation and mode. Generating one takes as long as answering ten; `make prove` generates more."""
Drawn: TypeAlias = schemathesis.Case[Any]
LEFT_OUT: Final = [ignored_auth, positive_data_acceptance, negative_data_rejection]
"""A case can match its schema and still be invalid, because no schema can express that nothing happens after ``as_of``. Keys have their own tests."""


@schemathesis.serializer("application/x-ndjson")
def in_lines(_: Any, value: Any) -> bytes:
    """The body of a stream, from the drawn text."""
    return value.encode("utf-8", "surrogatepass") if isinstance(value, str) else bytes(json.dumps(value), "ascii")


@pytest.fixture
def described(record: DecisionStore) -> BaseSchema:
    """The document as the service returns it. Only its own links are followed."""
    app = create_app(Settings(requests_per_minute=None), record)
    links_as_told = schemathesis.Config.from_dict({"phases": {"stateful": {"inference": {"algorithms": []}}}})
    return schemathesis.openapi.from_asgi("/v1/openapi.json", app, config=links_as_told)


@pytest.fixture
def document(anyone: httpx.Client) -> dict[str, Any]:
    """The document, as JSON."""
    found: dict[str, Any] = anyone.get("/v1/openapi.json").json()
    return found


@pytest.fixture
def url(tmp_path: Path) -> str:
    """The answers do not depend on the database."""
    return f"sqlite:///{tmp_path}/record.db"


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_every_answer_matches_its_description(described: BaseSchema, token: str, mode: GenerationMode) -> None:
    """For every operation, with content that fits its schema and content that does not, and with cases of the demo."""
    seen = set()
    for each in described.get_all_operations():
        operation = each.ok()  # type: ignore[union-attr]  # an operation at fault ends the test
        if mode is GenerationMode.NEGATIVE and not (operation.body or operation.query or operation.path_parameters):
            continue

        @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=LARGE, database=None, phases=PHASES)
        @given(drawn=operation.as_strategy(generation_mode=mode), sound=st.booleans())
        def holds(drawn: Drawn, sound: bool) -> None:
            if sound and mode is GenerationMode.POSITIVE and isinstance(drawn.body, dict) and "claim" in drawn.body:
                drawn.body = json.loads(a_claim())
            response = drawn.call(headers={"Authorization": f"Bearer {token}"})
            seen.add(response.status_code)
            drawn.validate_response(response, excluded_checks=LEFT_OUT)

        with suppress(Unsatisfiable):  # an operation without parameters cannot get wrong ones
            holds()
    assert seen >= ({200, 404, 422} if mode is GenerationMode.POSITIVE else {400, 404})


def test_links_cover_the_life_of_a_decision(described: BaseSchema, token: str) -> None:
    """Which links are followed is drawn at random, so a few more rounds are run if one was left out."""
    wanted = {"/v1/decisions", "/v1/decisions/{id}", "/v1/decisions/{id}/payouts", "/v1/decisions/{id}/rerun"}
    reached = set[tuple[str, int]]()

    class Life(described.include(path_regex="^/v1/decisions($|/.id)").as_state_machine()):  # type: ignore[misc]  # a class made as it runs
        """Decisions, requests about them, payouts on them, and their successors."""

        def before_call(self, case: Drawn) -> None:
            """Use a case that can be decided wherever one is required."""
            if isinstance(case.body, dict) and "as_of" in case.body:
                case.body = json.loads(a_claim())
            if isinstance(case.body, dict) and "do" in case.body:
                case.body.pop("keys", None)

        def get_call_kwargs(self, case: Drawn) -> dict[str, Any]:
            """Send the key."""
            return {"headers": {"Authorization": f"Bearer {token}"}}

        def validate_response(self, response: Any, case: Drawn, **kwargs: Any) -> None:
            """It matches the description, and a new decision exists."""
            reached.add((case.operation.path, response.status_code))
            case.validate_response(response, excluded_checks=LEFT_OUT)

    few = settings(max_examples=16, stateful_step_count=8, deadline=None, suppress_health_check=LARGE, database=None)
    for _ in range(4):
        run_state_machine_as_test(Life, settings=few)
        good = {path for path, status in reached if status == 200}
        if good >= wanted:
            break
    assert good >= wanted


def references_in(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from (each for name, each in value.items() if name == "$ref")
        for each in value.values():
            yield from references_in(each)
    elif isinstance(value, list):
        for each in value:
            yield from references_in(each)


def test_every_reference_has_a_target_and_every_schema_is_valid(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    there = {f"#/components/{kind}/{name}" for kind, all_of_it in document["components"].items() for name in all_of_it}
    assert {*references_in(document)} <= there
    assert document["jsonSchemaDialect"] == DIALECT
    for schema in schemas.values():
        Draft202012Validator.check_schema(schema)


def test_components_are_identified_by_their_names_alone(document: dict[str, Any]) -> None:
    """Generated clients name types after titles, if there are any, and two titles could be equal."""
    schemas = document["components"]["schemas"]
    assert [
        name for name, schema in schemas.items() if "title" in schema or not re.fullmatch("[A-Z][A-Za-z]+", name)
    ] == []
    assert len({name.lower() for name in schemas}) == len(schemas)


def test_every_choice_of_types_has_a_discriminator(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    for name in ("Case", "CaseOnRecord", "Evidence", "EvidenceOnRecord", "Problem"):
        shown = schemas[name]["discriminator"]
        found = {
            text: each["$ref"]
            for each in schemas[name]["oneOf"]
            for text in texts_of(schemas[each["$ref"].rpartition("/")[2]]["properties"][shown["propertyName"]])
        }
        assert shown["mapping"] == found


def texts_of(schema: dict[str, Any]) -> list[str]:
    return schema["enum"] if "enum" in schema else [schema["const"]]


def test_a_definition_is_renamed_if_a_component_has_its_name() -> None:
    """A pack may give a class the name of one of our schemas, even of one that we add later."""
    found: dict[str, Any] = {"Edition": {"type": "string"}}
    schema = {"$defs": {each: {"title": each, "type": "integer"} for each in ("Edition", "Settlements", "Own")}}
    schema |= {"properties": {each: {"$ref": f"#/$defs/{each}"} for each in schema["$defs"]}}
    _split("Case", schema, found, frozenset({"Case", "Edition", "Settlements"}))
    assert found["Edition"] == {"type": "string"}
    own = {"Edition": "CaseEdition", "Settlements": "CaseSettlements", "Own": "Own"}
    assert found["Case"] == {"properties": {name: ref(component) for name, component in own.items()}}
    assert all(found[component] == {"type": "integer"} for component in own.values())


@pytest.mark.parametrize("policy", policies())
def test_entries_match_their_description_before_and_after_erasure(
    client: httpx.Client, record: DecisionStore, document: dict[str, Any], policy: str
) -> None:
    case = ONE_OF_OTHER_KINDS.get(policy) or json.loads(a_claim()) | {"policy": policy}
    validators = {
        path: Draft202012Validator(
            {
                **document,
                **document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"],
            }
        )
        for path in ("/v1/decisions/{id}", "/v1/decisions/{id}/case")
    }
    given = client.post("/v1/decisions", json=case)
    assert given.status_code == 200, given.text
    of_the_order = (
        {"order_id": case["order"]["id"]} if "id" in case.get("order", {}) and "currency" in case["order"] else None
    )
    for _ in range(2):
        for path, validator in validators.items():
            kept = client.get(path.format(id=given.headers["Decision-Id"])).json()
            assert [each.message for each in validator.iter_errors(kept)] == []
        record.erase(**(of_the_order or {"case_id": case["id"]}), reason="asked for")
    assert kept["metadata"] is None
    with_one_less = {name: value for name, value in kept.items() if name != "as_of"}
    assert not validator.is_valid(with_one_less)


def test_every_body_has_an_example_that_is_described_and_answered(
    client: httpx.Client, document: dict[str, Any]
) -> None:
    """A superseded decision pays nothing any more, so paying comes first."""
    name = client.post("/v1/decisions", json=A_CASE).headers["Decision-Id"]
    (key,) = (each["id"] for each in client.get("/v1/keys").json()["keys"])
    webhook = client.post("/v1/webhooks", json=A_WEBHOOK).json()["webhook"]["id"]
    for each in sorted(OPERATIONS, key=lambda each: each.id != "settle"):
        if each.request_body is not None:
            described = document["paths"][each.path][each.method.lower()]
            content = described["requestBody"]["content"]
            if each.takes_lines:
                assert content.keys() == {"application/x-ndjson"}  # its lines are cases, which have their own tests
                continue
            if each.form_texts:
                assert content.keys() == {"multipart/form-data"}  # the same
                continue
            media_type = content["application/json"]
            Draft202012Validator({**document, **media_type["schema"]}).validate(media_type["example"])
            named = {Tag.KEYS: key, Tag.EVENTS: webhook}.get(each.tag, name)
            answer = client.request(each.method, each.path.format(id=named), json=media_type["example"])
            assert answer.status_code == each.status, answer.text
            assert "/v1/problems/" not in answer.text


def test_every_operation_says_what_it_does_and_which_scope_it_takes(document: dict[str, Any]) -> None:
    found = {one["operationId"]: one for path in document["paths"].values() for one in path.values()}
    assert found.keys() == {each.id for each in OPERATIONS}
    for each in OPERATIONS:
        assert found[each.id]["summary"].endswith((".", "."))
        assert each.scope is None or f"`{each.scope.value}`" in found[each.id]["description"]
        assert not (each.open and each.scope)


def test_required_headers_are_present(client: httpx.Client, document: dict[str, Any]) -> None:
    responses = document["paths"]["/v1/decisions"]["post"]["responses"]
    given = client.post("/v1/decisions", content=a_claim(), headers={"Content-Type": "application/json"})
    found = responses["200"]["headers"]
    shared = {name: document["components"]["headers"][name] for name, header in found.items() if "$ref" in header}
    required = {name for name, header in {**found, **shared}.items() if header["required"]}
    assert "X-Request-Id" in required
    assert [name for name in required if name not in given.headers] == []


def test_the_page_about_http_lists_exactly_the_operations() -> None:
    page = (Path(__file__).parents[3] / "docs/http.md").read_text("utf-8")
    rows = re.findall(r"^\| (GET|POST|PATCH|DELETE) \| `(\S+)` \| (\S*) ?\| (.*) \|$", page, re.MULTILINE)
    assert rows == [
        (each.method, each.path, "open" if each.open else f"`{each.scope.value}`" if each.scope else "", each.summary)
        for each in OPERATIONS
    ]

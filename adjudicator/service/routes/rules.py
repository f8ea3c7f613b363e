"""Operations on rules (policies, codes, handbook, schemas), and the service's own documentation."""

from __future__ import annotations

import datetime as dt
from functools import cache, lru_cache
from typing import Any, Final

from adjudicator.analysis.schemas import OF_A_POLICY, SCHEMAS
from adjudicator.engine.registry import policies
from adjudicator.rulebook.codes import code_document, codes
from adjudicator.rulebook.documents import edition_document, last_day, policy_document
from adjudicator.rulebook.handbook import Book, handbook
from adjudicator.service.negotiation import CONTENT_LANGUAGE, VARY, language_for, language_headers
from adjudicator.service.openapi import document
from adjudicator.service.operations import (
    DOCUMENTS,
    JSON,
    Answer,
    Call,
    InvalidValue,
    Operation,
    Parameter,
    Tag,
    choice,
    json_answer,
    operation,
    string,
)
from adjudicator.service.policies import allowed_policies, chosen_policies
from adjudicator.service.problems import PROBLEMS, Problem, ProblemType
from adjudicator.service.routes.parameters import LOCALE
from adjudicator.service.schemas import ref
from adjudicator.service.settings import Settings
from adjudicator.store import LONGEST_ID

MOST_HANDBOOKS: Final = 64
"""The most handbooks, by policies and language, that are kept ready."""


def _parse_date(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise InvalidValue("a date, such as 2022-04-01") from None


ON_DATE: Final = Parameter(
    name="on",
    description="Only editions in force on this day.",
    schema={"type": "string", "format": "date"},
    read=_parse_date,
)
POLICY: Final = Parameter(
    name="policy", where="path", description="The name of the policy.", required=True, **string(LONGEST_ID)
)
EDITION: Final = Parameter(
    name="edition", description="The date of the edition; the default is the newest.", **string(LONGEST_ID)
)
POLICY_FILTER: Final = Parameter(name="policy", description="Only this policy.", **choice(*policies()))
NAME: Final = Parameter(name="name", where="path", description="Its name.", required=True, **string(LONGEST_ID))


@operation("GET", "/v1/policies", tag=Tag.RULES, parameters=(ON_DATE,), response_schemas={JSON: ref("Editions")})
def list_policies(call: Call) -> Answer:
    """List every edition of every policy, and the dates it is in force."""
    on = call.values[ON_DATE.name]
    with_last_day = [(edition, last_day(edition)) for group in allowed_policies(call).values() for edition in group]
    in_force = [
        edition_document(edition, last)
        for edition, last in with_last_day
        if on is None or (edition.effective_from <= on and (last is None or on <= last))
    ]
    return json_answer({"editions": in_force})


@operation(
    "GET",
    "/v1/policies/{policy}",
    tag=Tag.RULES,
    parameters=(POLICY, EDITION),
    response_schemas={JSON: ref("Policy")},
    problems=("not-found",),
)
def get_policy(call: Call) -> Answer:
    """Get an edition of a policy in every language: its clauses, what they cite, and the facts they depend on."""
    policy_editions = allowed_policies(call).get(call.values["policy"], ())
    edition_name = call.values[EDITION.name]
    matching = [edition for edition in policy_editions if edition_name in (None, edition.name)]
    if not matching:
        raise Problem("not-found", "there is no such policy, or it has no such edition")
    return json_answer(policy_document(matching[-1]))


@cache
def _codes(policy: str) -> list[dict[str, Any]]:
    return [code_document(code) for code in codes(policy)]


@operation("GET", "/v1/codes", tag=Tag.RULES, parameters=(POLICY_FILTER,), response_schemas={JSON: ref("Codes")})
def list_codes(call: Call) -> Answer:
    """List every stable code that decisions can contain, in every language: since when, which party it falls on, and what to do next."""
    chosen = chosen_policies(call, call.values[POLICY_FILTER.name])
    return json_answer({"codes": [code for policy in chosen for code in _codes(policy)]})


@lru_cache(maxsize=MOST_HANDBOOKS)
def _pages(names: tuple[str, ...], language: str) -> list[dict[str, str]]:
    pages = handbook([policies()[name] for name in names], Book(language=language, suffix=".md"))
    return [{"name": page.name, "title": page.title, "markdown": str(page.text)} for page in pages]


@operation(
    "GET",
    "/v1/handbook",
    tag=Tag.RULES,
    parameters=(POLICY_FILTER, LOCALE),
    response_schemas={JSON: ref("Handbook")},
    headers=(CONTENT_LANGUAGE, VARY),
)
def get_handbook(call: Call) -> Answer:
    """Get the handbook: every rule clause by clause, with worked examples and what changed."""
    language = language_for(call.values[LOCALE.name], call.accept_language)
    chosen = chosen_policies(call, call.values[POLICY_FILTER.name])
    return json_answer({"pages": _pages(tuple(chosen), language)}, language_headers(language, "Accept-Language"))


@operation("GET", "/v1/schemas", tag=Tag.RULES, response_schemas={JSON: ref("SchemaNames")})
def list_schemas(_: Call) -> Answer:
    """List the names of the JSON Schemas."""
    return json_answer({"schemas": [*OF_A_POLICY, *SCHEMAS]})


@operation(
    "GET",
    "/v1/schemas/{name}",
    tag=Tag.RULES,
    parameters=(NAME, POLICY_FILTER),
    response_schemas={JSON: ref("JsonSchema")},
    problems=("not-found",),
)
def get_schema(call: Call) -> Answer:
    """Get a JSON Schema (2020-12). Those of cases and decisions are also available for one policy."""
    name, policy = call.values["name"], call.values[POLICY_FILTER.name]
    if name in OF_A_POLICY:
        return json_answer(OF_A_POLICY[name](policy))
    if name not in SCHEMAS:
        raise Problem("not-found", f"there is no such schema; there are: {', '.join([*OF_A_POLICY, *SCHEMAS])}")
    if policy is not None:
        raise Problem("bad-request", f"the parameter policy applies only to the schemas {' and '.join(OF_A_POLICY)}")
    return json_answer(SCHEMAS[name]())


# The service's own documentation


def _problem_document(problem: ProblemType) -> dict[str, Any]:
    return {"type": problem.uri, "status": problem.status, "title": problem.title, "meaning": problem.meaning}


@operation("GET", "/v1/problems", tag=Tag.RULES, open=True, response_schemas={JSON: ref("ProblemTypes")})
def list_problems(_: Call) -> Answer:
    """List every type of problem that the service can return."""
    return json_answer({"problems": [_problem_document(problem) for problem in PROBLEMS.values()]})


@operation(
    "GET",
    "/v1/problems/{name}",
    tag=Tag.RULES,
    open=True,
    parameters=(NAME,),
    response_schemas={JSON: ref("ProblemType")},
    problems=("not-found",),
)
def get_problem(call: Call) -> Answer:
    """Get the documentation of a type of problem: the target of its `type`."""
    problem = PROBLEMS.get(call.values["name"])
    if problem is None:
        raise Problem("not-found", "there is no such type of problem")
    return json_answer(_problem_document(problem))


@cache
def _openapi(operations: tuple[Operation, ...], settings: Settings) -> Answer:
    """The OpenAPI document, cached because anyone may request it without a rate limit."""
    return json_answer(document(operations, settings))


def _is_cached(_: Call) -> bool:
    return True


@operation(
    "GET",
    "/v1/openapi.json",
    tag=Tag.RULES,
    open=True,
    pace=DOCUMENTS,
    inline=_is_cached,
    response_schemas={JSON: ref("OpenApi")},
)
def get_openapi(call: Call) -> Answer:
    """Get this OpenAPI document."""
    return _openapi(call.operations, call.settings)


OPERATIONS: Final[tuple[Operation, ...]] = (
    list_policies,
    get_policy,
    list_codes,
    get_handbook,
    list_schemas,
    get_schema,
    list_problems,
    get_problem,
    get_openapi,
)

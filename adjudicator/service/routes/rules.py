"""Rules: policies, codes, the handbook, schemas, and what the service says of itself."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Any, Final

from adjudicator.analysis.schemas import OF_A_POLICY, SCHEMAS
from adjudicator.engine.registry import editions, policies
from adjudicator.rulebook.codes import code_document, codes
from adjudicator.rulebook.documents import edition_document, last_day, policy_document
from adjudicator.rulebook.handbook import Book, handbook
from adjudicator.service.negotiation import CONTENT_LANGUAGE, VARY, chosen, language_for
from adjudicator.service.openapi import document
from adjudicator.service.operations import (
    JSON,
    Answer,
    Call,
    InvalidValue,
    Operation,
    Parameter,
    Tag,
    a_choice,
    a_text,
    answer,
    operation,
)
from adjudicator.service.problems import PROBLEMS, Problem, ProblemType
from adjudicator.service.routes.parameters import LOCALE
from adjudicator.service.schemas import ref
from adjudicator.service.settings import Settings
from adjudicator.store import LONGEST_ID


def _a_day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise InvalidValue("a date, such as 2022-04-01") from None


ON: Final = Parameter(
    name="on", about="Only what is in force on this day.", schema={"type": "string", "format": "date"}, read=_a_day
)
POLICY: Final = Parameter(name="policy", where="path", about="The policy.", required=True, **a_text(LONGEST_ID))
EDITION: Final = Parameter(
    name="edition", about="The date of the edition; without it, the newest.", **a_text(LONGEST_ID)
)
ONLY_POLICY: Final = Parameter(name="policy", about="Only of this policy.", **a_choice(*policies()))
NAME: Final = Parameter(name="name", where="path", about="Its name.", required=True, **a_text(LONGEST_ID))


@operation("GET", "/v1/policies", tag=Tag.RULES, parameters=(ON,), gives={JSON: ref("Editions")})
def list_policies(call: Call) -> Answer:
    """List every edition of every policy, and from when until when it is in force."""
    on = call.values[ON.name]
    found = [(edition, last_day(edition)) for edition in editions()]
    in_force = [
        edition_document(edition, last)
        for edition, last in found
        if on is None or (edition.effective_from <= on and (last is None or on <= last))
    ]
    return answer({"editions": in_force})


@operation(
    "GET",
    "/v1/policies/{policy}",
    tag=Tag.RULES,
    parameters=(POLICY, EDITION),
    gives={JSON: ref("Policy")},
    problems=("not-found",),
)
def get_policy(call: Call) -> Answer:
    """Get an edition of a policy: every clause, what it cites, and the facts it rests on, in every language at once."""
    group = policies().get(call.values["policy"], ())
    wanted = call.values[EDITION.name]
    chosen = [each for each in group if wanted in (None, each.name)]
    if not chosen:
        raise Problem("not-found", "there is no such policy, or no such edition of it")
    return answer(policy_document(chosen[-1]))


@cache
def _codes(policy: str | None) -> list[dict[str, Any]]:
    return [code_document(each) for each in codes(policy)]


@operation("GET", "/v1/codes", tag=Tag.RULES, parameters=(ONLY_POLICY,), gives={JSON: ref("Codes")})
def list_codes(call: Call) -> Answer:
    """List every stable code that decisions can give: since when, who bears it, what to do next, in every language."""
    return answer({"codes": _codes(call.values[ONLY_POLICY.name])})


@cache
def _pages(policy: str | None, language: str) -> list[dict[str, str]]:
    groups = policies().values() if policy is None else (policies()[policy],)
    pages = handbook(groups, Book(language=language, suffix=".md"))
    return [{"name": each.name, "title": each.title, "markdown": str(each.text)} for each in pages]


@operation(
    "GET",
    "/v1/handbook",
    tag=Tag.RULES,
    parameters=(ONLY_POLICY, LOCALE),
    gives={JSON: ref("Handbook")},
    headers=(CONTENT_LANGUAGE, VARY),
)
def get_handbook(call: Call) -> Answer:
    """Get the pages of the handbook: every rule clause by clause, with worked examples and what changed."""
    language = language_for(call.values[LOCALE.name], call.accept_language)
    return answer({"pages": _pages(call.values[ONLY_POLICY.name], language)}, chosen(language, "Accept-Language"))


@operation("GET", "/v1/schemas", tag=Tag.RULES, gives={JSON: ref("SchemaNames")})
def list_schemas(_: Call) -> Answer:
    """List the names of the JSON Schemas."""
    return answer({"schemas": [*OF_A_POLICY, *SCHEMAS]})


@operation(
    "GET",
    "/v1/schemas/{name}",
    tag=Tag.RULES,
    parameters=(NAME, ONLY_POLICY),
    gives={JSON: ref("JsonSchema")},
    problems=("not-found",),
)
def get_schema(call: Call) -> Answer:
    """Get a JSON Schema (2020-12); those of cases and decisions also for one policy."""
    name, policy = call.values["name"], call.values[ONLY_POLICY.name]
    if name in OF_A_POLICY:
        return answer(OF_A_POLICY[name](policy))
    if name not in SCHEMAS:
        raise Problem("not-found", f"there is no such schema; there are: {', '.join([*OF_A_POLICY, *SCHEMAS])}")
    if policy is not None:
        raise Problem("bad-request", f"the parameter policy is for the schemas {' and '.join(OF_A_POLICY)}")
    return answer(SCHEMAS[name]())


# What the service says of itself


def _told(each: ProblemType) -> dict[str, Any]:
    return {"type": each.uri, "status": each.status, "title": each.title, "meaning": each.meaning}


@operation("GET", "/v1/problems", tag=Tag.RULES, open=True, gives={JSON: ref("ProblemTypes")})
def list_problems(_: Call) -> Answer:
    """List every kind of problem that there may be in place of an answer."""
    return answer({"problems": [_told(each) for each in PROBLEMS.values()]})


@operation(
    "GET",
    "/v1/problems/{name}",
    tag=Tag.RULES,
    open=True,
    parameters=(NAME,),
    gives={JSON: ref("ProblemType")},
    problems=("not-found",),
)
def get_problem(call: Call) -> Answer:
    """Get what a kind of problem means: its `type` leads here."""
    found = PROBLEMS.get(call.values["name"])
    if found is None:
        raise Problem("not-found", "there is no such kind of problem")
    return answer(_told(found))


@cache
def _openapi(operations: tuple[Operation, ...], settings: Settings) -> Answer:
    """The description, made once: anyone may ask for it, and no rate limits them."""
    return answer(document(operations, settings))


def _is_made_once(_: Call) -> bool:
    return True


@operation("GET", "/v1/openapi.json", tag=Tag.RULES, open=True, inline=_is_made_once, gives={JSON: ref("OpenApi")})
def get_openapi(call: Call) -> Answer:
    """Get this description of the service."""
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

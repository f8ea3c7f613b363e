"""What can be asked of the service: each question as a request and the reader of its answer, for both clients."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, Final, Generic, Literal, TypeAlias, TypeVar
from urllib.parse import quote

import orjson
from attrs import field, frozen
from httpx import Response

from adjudicator.client.results import Problem, RecordedDecision
from adjudicator.model.claim import Settlement
from adjudicator.model.decision import Decision
from adjudicator.model.time import Instant
from adjudicator.wire.codec import document_of, load_case, load_decision, part_of
from adjudicator.wire.messages import DecisionPage, DecisionStanding, Payouts, PayoutTold, RunAgain, Settlements

T = TypeVar("T")

Document: TypeAlias = dict[str, Any]
"""A JSON object."""
Voice: TypeAlias = Literal["consumer", "merchant", "agent", "auditor"]
Format: TypeAlias = Literal["text", "markdown", "html"]
Json: TypeAlias = str | bytes | Any
"""A case or an inquiry: JSON, or an object of the library."""

BATCH: Final = 100
"""How many cases are sent at once; the service takes so many unless it is set otherwise."""


@frozen
class Question(Generic[T]):
    """A request, and how its answer is read."""

    method: str
    path: str
    read: Callable[[Response], T]
    query: Mapping[str, str] = field(factory=dict)
    headers: Mapping[str, str] = field(factory=dict)
    content: bytes | None = None


def _get(path: str, read: Callable[[Response], T], **query: object) -> Question[T]:
    return Question("GET", path, read, _query(query))


def _post(
    path: str,
    read: Callable[[Response], T],
    content: bytes | None,
    headers: Mapping[str, str] | None = None,
    **query: object,
) -> Question[T]:
    kind = {} if content is None else {"Content-Type": "application/json"}
    return Question("POST", path, read, _query(query), {**kind, **(headers or {})}, content)


# Deciding


def decide(
    case: Json, fill_settlements: bool, idempotency_key: str | None, supersedes: str | None, if_version: int | None
) -> Question[RecordedDecision]:
    """Decide a case and record the decision."""
    path = "/v1/decisions" if supersedes is None else f"{_decision(supersedes)}/supersede"
    headers = {**_once(idempotency_key), **_at(if_version)}
    return _post(path, RecordedDecision.of, _json(case), headers, fill_settlements=fill_settlements)


def decide_batch(cases: list[bytes], fill_settlements: bool, key: str) -> Question[list[RecordedDecision | Problem]]:
    """Decide several cases and record the decisions, each for itself."""
    content = b'{"cases":[%b]}' % b",".join(cases)
    return _post("/v1/decisions/batch", _results, content, _once(key), fill_settlements=fill_settlements)


def batches(cases: Iterable[Json], idempotency_key: str | None) -> Iterator[tuple[list[bytes], str]]:
    """Cases in handfuls that the service takes, each with a key of its own."""
    key, rest = idempotency_key or _new_key(), iter(cases)
    number = 0
    while batch := [_json(each) for each in islice(rest, BATCH)]:
        yield batch, f"{key}-{number}"
        number += 1


def _results(answer: Response) -> list[RecordedDecision | Problem]:
    return [_result(each, answer.headers.get("X-Request-Id")) for each in orjson.loads(answer.content)["results"]]


def _result(told: Mapping[str, Any], request_id: str | None) -> RecordedDecision | Problem:
    if "problem" in told:
        return Problem(told["status"], told["problem"], request_id)
    content = orjson.dumps(told["decision"])
    return RecordedDecision(told["id"], load_decision(content), content, told["repeat"])


def dry_run(case: Json, fill_settlements: bool) -> Question[Decision]:
    """Decide a case and record nothing."""
    return _post(
        "/v1/dry-runs", lambda answer: load_decision(answer.content), _json(case), fill_settlements=fill_settlements
    )


# The record


def decision(id: str) -> Question[Decision]:
    """A decision on record."""
    return _get(_decision(id), lambda answer: load_decision(answer.content))


def case(id: str) -> Question[Any]:
    """The case that was decided."""
    return _get(f"{_decision(id)}/case", lambda answer: load_case(answer.content))


def standing(id: str) -> Question[DecisionStanding]:
    """How a decision stands."""
    return _get(f"{_decision(id)}/standing", _reader(DecisionStanding))


def rerun(id: str) -> Question[RunAgain]:
    """A decision on record, decided again."""
    return Question("POST", f"{_decision(id)}/rerun", _reader(RunAgain))


def page(filters: Mapping[str, str | Instant | None], cursor: str | None, limit: int) -> Question[DecisionPage]:
    """A page of the list of decisions."""
    return _get("/v1/decisions", _reader(DecisionPage), **filters, cursor=cursor, limit=limit)


# Questions


def explain(of: str | None, given: Json, voice: Voice, locale: str | None, format: Format) -> Question[str]:
    """A decision in words: one on record, or one that is handed in."""
    if of is not None:
        path = f"{_decision(of)}/explanation"
        return _get(path, lambda answer: answer.text, voice=voice, locale=locale, format=format)
    content = _json(given)
    return _post("/v1/explanations", lambda answer: answer.text, content, voice=voice, locale=locale, format=format)


def what_if(of: str | None, case: Json) -> Question[Document]:
    """What would change a decision: one on record, or that of a case."""
    if of is not None:
        return _get(f"{_decision(of)}/what-if", _document)
    return _post("/v1/what-if", _document, _json(case))


def check(case: Json) -> Question[Document]:
    """What a case lacks."""
    return _post("/v1/checks", _document, _json(case))


def entitlements(inquiry: Json) -> Question[Document]:
    """What an order gives."""
    return _post("/v1/entitlements", _document, _json(inquiry))


# Payouts


def settle(
    id: str, do: str, keys: Iterable[str] | None, idempotency_key: str | None, if_version: int | None
) -> Question[tuple[PayoutTold, ...]]:
    """Reserve, confirm or reverse."""
    wanted = {"do": do} if keys is None else {"do": do, "keys": list(keys)}
    headers = {**_once(idempotency_key), **_at(if_version)}
    return _post(f"{_decision(id)}/payouts", _payouts, orjson.dumps(wanted), headers)


def payouts(order_id: str) -> Question[tuple[PayoutTold, ...]]:
    """The payouts on an order."""
    return _get("/v1/payouts", _payouts, order_id=order_id)


def settlements(order_id: str) -> Question[tuple[Settlement, ...]]:
    """What is settled on an order."""
    read = _reader(Settlements)
    return _get("/v1/settlements", lambda answer: read(answer).settlements, order_id=order_id)


def erase(reason: str, order_id: str | None, case_id: str | None, subject: str | None) -> Question[tuple[str, ...]]:
    """Erase personal data."""
    whose = {"order_id": order_id, "case_id": case_id, "subject": subject}
    wanted = {name: value for name, value in whose.items() if value is not None}
    content = orjson.dumps({**wanted, "reason": reason})
    return _post("/v1/erasures", lambda answer: tuple(orjson.loads(answer.content)["erased"]), content)


# Writing and reading


def _decision(id: str) -> str:
    return f"/v1/decisions/{quote(id, safe='')}"


def _json(value: Json) -> bytes:
    if isinstance(value, str):
        return value.encode()
    return value if isinstance(value, bytes) else orjson.dumps(document_of(value))


def _query(given: Mapping[str, object]) -> dict[str, str]:
    return {name: _text(value) for name, value in given.items() if value is not None}


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _new_key() -> str:
    return str(uuid.uuid4())


def _once(key: str | None) -> dict[str, str]:
    """The header by which a repeated request is known; its value is a string of RFC 9651."""
    text = (key or _new_key()).replace("\\", "\\\\").replace('"', '\\"')
    return {"Idempotency-Key": f'"{text}"'}


def _at(version: int | None) -> dict[str, str]:
    return {} if version is None else {"If-Match": f'"{version}"'}


def _reader(of: type[T]) -> Callable[[Response], T]:
    return lambda answer: part_of(orjson.loads(answer.content), of)


def _payouts(answer: Response) -> tuple[PayoutTold, ...]:
    return part_of(orjson.loads(answer.content), Payouts).payouts


def _document(answer: Response) -> Document:
    document: Document = orjson.loads(answer.content)
    return document

"""Every call to the service, as a request and a reader for its response, for both clients."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, Final, Generic, Literal, Protocol, TypeAlias, TypeVar
from urllib.parse import quote

import orjson
from attrs import evolve, field, frozen
from httpx import Response

from adjudicator.client.results import Problem, RecordedDecision, case_on_record
from adjudicator.model.claim import Settlement
from adjudicator.model.decision import Decision
from adjudicator.model.errors import Fault, InputError, shown
from adjudicator.model.time import Instant
from adjudicator.wire.codec import document_of, load_decision, part_of
from adjudicator.wire.messages import (
    ApiKeyCreated,
    ApiKeyListed,
    ApiKeyPage,
    DecisionPage,
    DecisionWithPayouts,
    Erasure,
    PanelToken,
    Payouts,
    PayoutStatus,
    Rerun,
    Settlements,
)
from adjudicator.wire.parser import last_values

T = TypeVar("T")

Document: TypeAlias = dict[str, Any]
"""A JSON object."""
Voice: TypeAlias = Literal["consumer", "merchant", "agent", "auditor"]
Format: TypeAlias = Literal["text", "markdown", "html"]
Json: TypeAlias = str | bytes | Any
"""A case, decision or inquiry: JSON text, or an object of the library."""

BATCH_SIZE: Final = 100
"""The number of cases per request, which is the service's default limit."""


@frozen
class Call(Generic[T]):
    """An HTTP request, and how to read its response. One that is not ``repeatable`` would take effect once more.

    ``parts`` make up a form instead of ``content``. ``seconds`` is the timeout of a request that takes longer than others.
    """

    method: str
    path: str
    read: Callable[[Response], T]
    query: Mapping[str, str] = field(factory=dict)
    headers: Mapping[str, str] = field(factory=dict)
    content: bytes | None = None
    repeatable: bool = True
    parts: tuple[tuple[str, tuple[str | None, bytes]], ...] = ()
    seconds: float | None = None


class Page(Protocol):
    """A part of a list."""

    @property
    def next_cursor(self) -> str | None:
        """The cursor of the next page; None after the last."""


def get(path: str, read: Callable[[Response], T], **query: object) -> Call[T]:
    """A GET request. A parameter that is ``None`` is left out."""
    return Call("GET", path, read, _query(query))


def post(
    path: str,
    read: Callable[[Response], T],
    content: bytes | None,
    headers: Mapping[str, str] | None = None,
    **query: object,
) -> Call[T]:
    """A POST request with JSON, if it has a body."""
    kind = {} if content is None else {"Content-Type": "application/json"}
    return Call("POST", path, read, _query(query), {**kind, **(headers or {})}, content)


# Deciding


def decide(
    case: Json, fill_settlements: bool, idempotency_key: str | None, supersedes: str | None, if_version: int | None
) -> Call[RecordedDecision]:
    """Decide a case and record the decision."""
    path = "/v1/decisions" if supersedes is None else f"{_decision(supersedes)}/supersede"
    headers = {**key_header(idempotency_key), **_if_match(if_version)}
    return post(path, RecordedDecision.of, json_text(case), headers, fill_settlements=fill_settlements)


def decide_batch(cases: list[bytes], fill_settlements: bool, key: str) -> Call[list[RecordedDecision | Problem]]:
    """Decide several cases and record each decision separately."""
    content = b'{"cases":[%b]}' % b",".join(cases)
    return post("/v1/decisions/batch", _results, content, key_header(key), fill_settlements=fill_settlements)


def batches(cases: Iterable[Json], idempotency_key: str | None) -> Iterator[tuple[list[bytes], str]]:
    """Split cases into batches that the service accepts, each with its own idempotency key.

    Raises :class:`~adjudicator.model.errors.InputError`, with the position of the case, for text that is not one JSON value.
    """
    key, rest = idempotency_key or _new_key(), enumerate(cases)
    number = 0
    while batch := [_one_value(case, f"/{position}") for position, case in islice(rest, BATCH_SIZE)]:
        yield batch, f"{key}-{number}"
        number += 1


def _results(response: Response) -> list[RecordedDecision | Problem]:
    return [
        _result(result, response.headers.get("X-Request-Id")) for result in orjson.loads(response.content)["results"]
    ]


def _result(result: Mapping[str, Any], request_id: str | None) -> RecordedDecision | Problem:
    if "problem" in result:
        return Problem(result["status"], result["problem"], request_id)
    content = orjson.dumps(result["decision"])
    return RecordedDecision(result["id"], load_decision(content), content, result["repeat"])


def dry_run(case: Json, fill_settlements: bool) -> Call[Decision]:
    """Decide a case without recording it."""
    return post(
        "/v1/dry-runs",
        lambda response: load_decision(response.content),
        json_text(case),
        fill_settlements=fill_settlements,
    )


# The record


def decision(id: str) -> Call[Decision]:
    """Get a recorded decision."""
    return get(_decision(id), lambda response: load_decision(response.content))


def case(id: str) -> Call[Any]:
    """Get the case of a decision."""
    return get(f"{_decision(id)}/case", case_on_record)


def standing(id: str) -> Call[DecisionWithPayouts]:
    """Get the status of a decision."""
    return get(f"{_decision(id)}/standing", reader(DecisionWithPayouts))


def rerun(id: str) -> Call[Rerun]:
    """Decide a recorded case again."""
    return Call("POST", f"{_decision(id)}/rerun", reader(Rerun))


def page(filters: Mapping[str, str | Instant | None], cursor: str | None, limit: int) -> Call[DecisionPage]:
    """Get a page of the list of decisions."""
    return get("/v1/decisions", reader(DecisionPage), **filters, cursor=cursor, limit=limit)


# Questions


def explain(id: str | None, given: Json, voice: Voice | str, locale: str | None, format: Format) -> Call[str]:
    """Explain a recorded decision, or a given decision or case."""
    if id is not None:
        path = f"{_decision(id)}/explanation"
        return get(path, lambda response: response.text, voice=voice, locale=locale, format=format)
    content = json_text(given)
    return post("/v1/explanations", lambda response: response.text, content, voice=voice, locale=locale, format=format)


def what_if(id: str | None, case: Json) -> Call[Document]:
    """Find what would change a recorded decision, or the decision on a case."""
    if id is not None:
        return get(f"{_decision(id)}/what-if", _document)
    return post("/v1/what-if", _document, json_text(case))


def check(case: Json) -> Call[Document]:
    """Check what a case still needs."""
    return post("/v1/checks", _document, json_text(case))


def entitlements(inquiry: Json) -> Call[Document]:
    """Find what an order entitles the buyer to."""
    return post("/v1/entitlements", _document, json_text(inquiry))


def check_reply(reply: str, about: Json, case: Json, now: str | None) -> Call[Document]:
    """Hold a draft reply against a decision, or the decision on a case."""
    given = {"about": about, "case": case}
    documents = {
        name: orjson.Fragment(_one_value(value, f"/{name}")) for name, value in given.items() if value is not None
    }
    return post("/v1/check-reply", _document, orjson.dumps({**documents, "reply": reply, "now": now}))


EXAMINATION_SECONDS: Final = 300.0
"""How long the client waits for files to be received and read."""


def examine(
    order: Json, files: Mapping[str, bytes], manifest: Json | None, corrections: Json | None, suggest: bool
) -> Call[Document]:
    """Read evidence files."""
    given = {"order": order, "manifest": manifest, "corrections": corrections}
    texts = [(name, (None, json_text(value))) for name, value in given.items() if value is not None]
    parts = (*texts, *(("files", (name, content)) for name, content in files.items()))
    query = _query({"suggest": suggest})
    return Call("POST", "/v1/examinations", _document, query, parts=parts, seconds=EXAMINATION_SECONDS)


# Payouts


def settle(
    id: str, do: str, keys: Iterable[str] | None, idempotency_key: str | None, if_version: int | None
) -> Call[tuple[PayoutStatus, ...]]:
    """Reserve, confirm or reverse payouts."""
    body = {"do": do} if keys is None else {"do": do, "keys": list(keys)}
    headers = {**key_header(idempotency_key), **_if_match(if_version)}
    return post(f"{_decision(id)}/payouts", _payouts, orjson.dumps(body), headers)


def payouts(order_id: str) -> Call[tuple[PayoutStatus, ...]]:
    """Get the payouts on an order."""
    return get("/v1/payouts", _payouts, order_id=order_id)


def settlements(order_id: str) -> Call[tuple[Settlement, ...]]:
    """Get the settlements on an order."""
    read = reader(Settlements)
    return get("/v1/settlements", lambda response: read(response).settlements, order_id=order_id)


def erase(reason: str, order_id: str | None, case_id: str | None, subject: str | None) -> Call[Erasure]:
    """Request to erase personal data."""
    targets = {"order_id": order_id, "case_id": case_id, "subject": subject}
    target = {name: value for name, value in targets.items() if value is not None}
    content = orjson.dumps({**target, "reason": reason})
    return post("/v1/erasures", reader(Erasure), content)


def erasure(id: str) -> Call[Erasure]:
    """Get an erasure."""
    return get(f"/v1/erasures/{quote(id, safe='')}", reader(Erasure))


# Keys


def keys_page(cursor: str | None) -> Call[ApiKeyPage]:
    """Get a page of the API keys."""
    return get("/v1/keys", reader(ApiKeyPage), cursor=cursor)


def create_key(name: str, scopes: Iterable[str], expires_at: Instant | None) -> Call[ApiKeyCreated]:
    """Create an API key. Not repeatable: the token is shown once."""
    body = {"name": name, "scopes": [*scopes], "expires_at": instant_text(expires_at)}
    return evolve(post("/v1/keys", reader(ApiKeyCreated), orjson.dumps(body)), repeatable=False)


def create_panel_token(
    agent: str,
    order_id: str | None,
    case_id: str | None,
    answers: Iterable[str],
    inquiry: Json | None,
    time_zone: str | None,
) -> Call[PanelToken]:
    """Create a token that opens the panel. Repeatable: each token is valid independently."""
    given = {
        "order_id": order_id,
        "case_id": case_id,
        "inquiry": None if inquiry is None else orjson.Fragment(_one_value(inquiry, "/inquiry")),
        "time_zone": time_zone,
    }
    known = {name: value for name, value in given.items() if value is not None}
    body = {"agent": agent, "answers": [*answers], **known}
    return post("/v1/panel-tokens", reader(PanelToken), orjson.dumps(body))


def rotate_key(id: str, overlap_seconds: int | None, expires_at: Instant | None) -> Call[ApiKeyCreated]:
    """Replace an API key. Not repeatable: the token is shown once."""
    body: dict[str, object] = {"expires_at": instant_text(expires_at)}
    if overlap_seconds is not None:
        body["overlap_seconds"] = overlap_seconds
    call = post(f"/v1/keys/{quote(id, safe='')}/rotate", reader(ApiKeyCreated), orjson.dumps(body))
    return evolve(call, repeatable=False)


def revoke_key(id: str) -> Call[ApiKeyListed]:
    """Revoke an API key."""
    return Call("POST", f"/v1/keys/{quote(id, safe='')}/revoke", reader(ApiKeyListed))


# Serialization


def _decision(id: str) -> str:
    return f"/v1/decisions/{quote(id, safe='')}"


def json_text(value: Json) -> bytes:
    """A case, decision or inquiry as JSON."""
    if isinstance(value, str):
        return value.encode()
    return value if isinstance(value, bytes) else orjson.dumps(document_of(value))


def _one_value(value: Json, pointer: str) -> bytes:
    """The same, as part of a larger body, so that text with several values does not become several parts."""
    text = json_text(value)
    if last_values(text) is None:
        raise InputError([Fault(pointer, shown(text.decode(errors="replace")), "one JSON value, not null")])
    return text


def _query(parameters: Mapping[str, object]) -> dict[str, str]:
    return {name: _text(value) for name, value in parameters.items() if value is not None}


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def instant_text(instant: Instant | None) -> str | None:
    """An instant in a body or query; ``None`` stays."""
    return None if instant is None else instant.utc_text()


def _new_key() -> str:
    return str(uuid.uuid4())


def key_header(key: str | None) -> dict[str, str]:
    """The ``Idempotency-Key`` header, whose value is an RFC 9651 string."""
    text = (key or _new_key()).replace("\\", "\\\\").replace('"', '\\"')
    return {"Idempotency-Key": f'"{text}"'}


def _if_match(version: int | None) -> dict[str, str]:
    return {} if version is None else {"If-Match": f'"{version}"'}


def reader(kind: type[T]) -> Callable[[Response], T]:
    """Reads a response as a message."""
    return lambda response: part_of(orjson.loads(response.content), kind)


def _payouts(response: Response) -> tuple[PayoutStatus, ...]:
    return part_of(orjson.loads(response.content), Payouts).payouts


def _document(response: Response) -> Document:
    document: Document = orjson.loads(response.content)
    return document

"""Administering the API keys of the caller's tenant. A token is shown once, when its key is created or rotated."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from adjudicator.model.errors import Fault, InputError
from adjudicator.model.time import Instant
from adjudicator.service import examples
from adjudicator.service.operations import (
    JSON,
    Answer,
    Body,
    Call,
    InvalidValue,
    Operation,
    Parameter,
    Tag,
    integer,
    json_answer,
    operation,
    string,
)
from adjudicator.service.replies import values_for
from adjudicator.service.request_body import DEFAULT_OVERLAP, read_fields, seconds_up_to
from adjudicator.service.routes.parameters import CURSOR
from adjudicator.service.schemas import ref
from adjudicator.store import LONGEST_ID, LONGEST_OVERLAP, ApiKey, NewKey, Scope
from adjudicator.wire.codec import document_of
from adjudicator.wire.messages import ApiKeyCreated, ApiKeyListed, ApiKeyPage, KeyScope

KEY_ID: Final = Parameter(
    name="id", where="path", description="The id of an API key.", required=True, **string(LONGEST_ID)
)
LIMIT: Final = Parameter(name="limit", description="The most keys to return.", **integer(1, 1_000, 100))


def key_message(key: ApiKey) -> ApiKeyListed:
    """Convert a key."""
    values = values_for(ApiKeyListed, key)
    return ApiKeyListed(**{**values, "scopes": tuple(map(KeyScope, sorted(key.scopes)))})


def _created(made: NewKey) -> Answer:
    return json_answer(document_of(ApiKeyCreated(key_message(made.key), made.token)), resource=made.key.id)


@operation(
    "GET",
    "/v1/keys",
    tag=Tag.KEYS,
    scope=Scope.ADMIN,
    parameters=(CURSOR, LIMIT),
    response_schemas={JSON: ref("ApiKeyPage")},
)
def list_keys(call: Call) -> Answer:
    """List the API keys of your tenant, including those that no longer work.

    The order is that of their ids. Nothing here lets anyone use a key.
    """
    keys, more = call.record.api_keys.page(call.values[CURSOR.name], call.values[LIMIT.name])
    return json_answer(document_of(ApiKeyPage(tuple(map(key_message, keys)), keys[-1].id if more else None)))


@operation(
    "POST",
    "/v1/keys",
    tag=Tag.KEYS,
    scope=Scope.ADMIN,
    request_body=Body(
        schema=ref("ApiKeyRequest"), description="Who uses the key, and what it allows.", example=examples.A_KEY
    ),
    response_schemas={JSON: ref("ApiKeyCreated")},
)
def create_key(call: Call) -> Answer:
    """Create an API key in your tenant. The response is the only place where its token is ever shown.

    Keys of the same name are the same caller: they share idempotency keys and rates. If you lose the response, create another key and
    revoke this one.
    """
    request = read_fields(call.body, {"name": _name, "scopes": _scopes, "expires_at": _instant}, ("name", "scopes"))
    return _created(
        _checked(lambda: call.record.api_keys.create(request["name"], request["scopes"], request.get("expires_at")))
    )


@operation(
    "POST",
    "/v1/keys/{id}/rotate",
    tag=Tag.KEYS,
    scope=Scope.ADMIN,
    parameters=(KEY_ID,),
    request_body=Body(
        schema=ref("RotationRequest"), description="How long both keys work.", example=examples.A_ROTATION
    ),
    response_schemas={JSON: ref("ApiKeyCreated")},
    problems=("not-found",),
)
def rotate_key(call: Call) -> Answer:
    """Replace an API key by one of the same name and scopes. Both work for a while, so that you can switch without a gap.

    The caller stays the same: idempotency keys, rates and what is on record belong to the name, not to a key.
    """
    request = read_fields(call.body, {"overlap_seconds": seconds_up_to(LONGEST_OVERLAP), "expires_at": _instant})
    overlap, expires_at = request.get("overlap_seconds", DEFAULT_OVERLAP), request.get("expires_at")
    return _created(_checked(lambda: call.record.api_keys.rotate(call.values["id"], overlap, expires_at)))


@operation(
    "POST",
    "/v1/keys/{id}/revoke",
    tag=Tag.KEYS,
    scope=Scope.ADMIN,
    parameters=(KEY_ID,),
    response_schemas={JSON: ref("ApiKeyListed")},
    problems=("not-found",),
)
def revoke_key(call: Call) -> Answer:
    """Revoke an API key, for good. It stops working within seconds; revoking it again changes nothing."""
    return json_answer(document_of(key_message(call.record.api_keys.revoke(call.values["id"]))))


# Request bodies


def _checked(make: Callable[[], NewKey]) -> NewKey:
    """A new key. What the store refuses about it is a fault of the request."""
    try:
        return make()
    except InputError:
        raise
    except ValueError as error:
        raise InputError([Fault("", "this request", str(error))]) from None


def _name(value: Any) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_ID or "\0" in value:
        raise InvalidValue(f"a text of 1 to {LONGEST_ID} characters, none of them NUL")
    return value


def _scopes(value: Any) -> frozenset[Scope]:
    names = [*Scope]
    if not isinstance(value, list) or not value or any(each not in names for each in value):
        raise InvalidValue(f"a list of at least one of {', '.join(names)}")
    return frozenset(map(Scope, value))


def _instant(value: Any) -> Instant | None:
    expected = "an RFC 3339 instant with an offset, or null for a key that does not expire"
    if value is None:
        return None
    if not isinstance(value, str):
        raise InvalidValue(expected)
    try:
        return Instant.parse(value)
    except ValueError:
        raise InvalidValue(expected) from None


OPERATIONS: Final[tuple[Operation, ...]] = (list_keys, create_key, rotate_key, revoke_key)

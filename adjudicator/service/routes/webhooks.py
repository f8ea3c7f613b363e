"""Administering the webhooks of the caller's tenant. A secret is shown once, when it is created."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from anyio import from_thread

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
from adjudicator.service.problems import Problem
from adjudicator.service.replies import values_for
from adjudicator.service.request_body import DEFAULT_OVERLAP, read_fields, seconds_up_to
from adjudicator.service.routes.parameters import CURSOR
from adjudicator.service.schemas import ref
from adjudicator.service.webhooks.addresses import Reach, check_url
from adjudicator.service.webhooks.testing import send_test
from adjudicator.store import LONGEST_ID, Scope, Webhook
from adjudicator.store.webhooks import LONGEST_DESCRIPTION, LONGEST_ROTATION, TYPES, Delivery, NewSecret
from adjudicator.wire.codec import document_of
from adjudicator.wire.events import (
    DeliveryListed,
    DeliveryPage,
    DeliveryTested,
    EventType,
    WebhookCreated,
    WebhookListed,
    WebhookPage,
    WebhookState,
)

WEBHOOK_ID: Final = Parameter(
    name="id", where="path", description="The id of a webhook.", required=True, **string(LONGEST_ID)
)
LIMIT: Final = Parameter(name="limit", description="The most to return.", **integer(1, 1_000, 100))


def webhook_message(webhook: Webhook) -> WebhookListed:
    """Convert a webhook."""
    values = values_for(WebhookListed, webhook)
    types = None if webhook.types is None else tuple(map(EventType, webhook.types))
    return WebhookListed(**{**values, "types": types, "state": WebhookState(webhook.state)})


def _answer(webhook: Webhook) -> Answer:
    return json_answer(document_of(webhook_message(webhook)), resource=webhook.id)


def _created(made: NewSecret) -> Answer:
    message = WebhookCreated(webhook_message(made.webhook), made.secret)
    return json_answer(document_of(message), resource=made.webhook.id)


@operation(
    "GET",
    "/v1/webhooks",
    tag=Tag.EVENTS,
    scope=Scope.ADMIN,
    parameters=(CURSOR, LIMIT),
    response_schemas={JSON: ref("WebhookPage")},
)
def list_webhooks(call: Call) -> Answer:
    """List the webhooks of your tenant, and how their deliveries are going."""
    webhooks, more = call.record.webhooks.page(call.values[CURSOR.name], call.values[LIMIT.name])
    return json_answer(
        document_of(WebhookPage(tuple(map(webhook_message, webhooks)), webhooks[-1].id if more else None))
    )


@operation(
    "POST",
    "/v1/webhooks",
    tag=Tag.EVENTS,
    scope=Scope.ADMIN,
    request_body=Body(
        schema=ref("WebhookRequest"), description="Where to deliver, and which events.", example=examples.A_WEBHOOK
    ),
    response_schemas={JSON: ref("WebhookCreated")},
)
def create_webhook(call: Call) -> Answer:
    """Create a webhook: events from now on are delivered to its address.

    The response is the only place where its secret is ever shown. If you lose it, rotate the secret.
    """
    request = read_fields(call.body, _fields(call), ("url",))
    return _created(_checked(lambda: call.record.webhooks.create(**request)))


@operation(
    "GET",
    "/v1/webhooks/{id}",
    tag=Tag.EVENTS,
    scope=Scope.ADMIN,
    parameters=(WEBHOOK_ID,),
    response_schemas={JSON: ref("WebhookListed")},
    problems=("not-found",),
)
def get_webhook(call: Call) -> Answer:
    """Get a webhook, and how its deliveries are going."""
    return _answer(call.record.webhooks.find(call.values["id"]))


@operation(
    "PATCH",
    "/v1/webhooks/{id}",
    tag=Tag.EVENTS,
    scope=Scope.ADMIN,
    parameters=(WEBHOOK_ID,),
    request_body=Body(schema=ref("WebhookChange"), description="What to change.", example=examples.A_CHANGE),
    response_schemas={JSON: ref("WebhookListed")},
    problems=("not-found",),
)
def change_webhook(call: Call) -> Answer:
    """Change a webhook, or switch its deliveries on or off.

    While it is off, events wait in the log for as long as they are kept there. Enabling also attempts at once what is waiting for its next
    attempt.
    """
    changes = read_fields(call.body, {**_fields(call), "enabled": _boolean})
    if not changes:
        raise InputError([Fault("", "no fields", "at least one of url, types, description, enabled")])
    return _answer(_checked(lambda: call.record.webhooks.change(call.values["id"], **changes)))


@operation(
    "DELETE",
    "/v1/webhooks/{id}",
    tag=Tag.EVENTS,
    scope=Scope.ADMIN,
    parameters=(WEBHOOK_ID,),
    response_schemas={JSON: ref("WebhookListed")},
    problems=("not-found",),
)
def delete_webhook(call: Call) -> Answer:
    """Delete a webhook and its deliveries. The response is the webhook as it was."""
    return _answer(call.record.webhooks.delete(call.values["id"]))


@operation(
    "POST",
    "/v1/webhooks/{id}/rotate",
    tag=Tag.EVENTS,
    scope=Scope.ADMIN,
    parameters=(WEBHOOK_ID,),
    request_body=Body(
        schema=ref("SecretRotation"), description="How long both secrets are used.", example=examples.A_ROTATION
    ),
    response_schemas={JSON: ref("WebhookCreated")},
    problems=("not-found",),
)
def rotate_webhook(call: Call) -> Answer:
    """Replace the secret of a webhook. For a while, deliveries are signed with both, so that you can switch without a gap."""
    request = read_fields(call.body, {"overlap_seconds": seconds_up_to(LONGEST_ROTATION)})
    overlap = request.get("overlap_seconds", DEFAULT_OVERLAP)
    return _created(_checked(lambda: call.record.webhooks.rotate(call.values["id"], overlap)))


@operation(
    "POST",
    "/v1/webhooks/{id}/test",
    tag=Tag.EVENTS,
    scope=Scope.ADMIN,
    parameters=(WEBHOOK_ID,),
    response_schemas={JSON: ref("DeliveryTested")},
    problems=("not-found",),
)
def test_webhook(call: Call) -> Answer:
    """Deliver a test event now, once, and return what became of it."""
    url, secrets = call.record.webhooks.secrets(call.values["id"])
    reach = Reach(call.settings.webhook_addresses)
    sent = from_thread.run(send_test, url, secrets, reach, call.record.now())
    failure = sent.outcome.failure
    return json_answer(document_of(DeliveryTested(delivered=failure is None, status=sent.status, failure=failure)))


@operation(
    "POST",
    "/v1/webhooks/{id}/replay",
    tag=Tag.EVENTS,
    scope=Scope.ADMIN,
    parameters=(WEBHOOK_ID,),
    request_body=Body(schema=ref("ReplayRequest"), description="From where in the log.", example=examples.A_REPLAY),
    response_schemas={JSON: ref("WebhookListed")},
    problems=("not-found", "events-dropped"),
)
def replay_webhook(call: Call) -> Answer:
    """Deliver again what is in the log from a cursor or an instant on, including deliveries that were given up.

    The events have the same ids as before.
    """
    request = read_fields(call.body, {"cursor": _cursor, "since": _instant})
    if len(request) > 1:
        raise InputError([Fault("", "cursor and since", "at most one of them")])
    return _answer(_checked(lambda: call.record.webhooks.replay(call.values["id"], **request)))


@operation(
    "GET",
    "/v1/webhooks/{id}/deliveries",
    tag=Tag.EVENTS,
    scope=Scope.ADMIN,
    parameters=(WEBHOOK_ID, CURSOR, LIMIT),
    response_schemas={JSON: ref("DeliveryPage")},
    problems=("not-found",),
)
def list_deliveries(call: Call) -> Answer:
    """List the deliveries of a webhook that have not succeeded: those that wait, and those that were given up."""
    values = call.values
    try:
        found, more = call.record.webhooks.deliveries(values["id"], values[CURSOR.name], values[LIMIT.name])
    except ValueError as error:
        raise Problem("bad-request", str(error)) from None
    page = DeliveryPage(tuple(map(_delivery_message, found)), str(found[-1].position) if more else None)
    return json_answer(document_of(page))


def _delivery_message(delivery: Delivery) -> DeliveryListed:
    values = values_for(DeliveryListed, delivery)
    return DeliveryListed(**{**values, "type": EventType(delivery.type), "state": delivery.state.value})


# Request bodies


def _checked(do: Callable[[], Any]) -> Any:
    """The result of a call. What the store refuses about it is a fault of the request."""
    try:
        return do()
    except ValueError as error:
        raise InputError([Fault("", "this request", str(error))]) from None


def _fields(call: Call) -> dict[str, Callable[[Any], Any]]:
    def url(value: Any) -> str:
        if not isinstance(value, str):
            raise InvalidValue("an address")
        try:
            check_url(value, Reach(call.settings.webhook_addresses))
        except ValueError as error:
            raise InvalidValue(str(error).rpartition("expected ")[2]) from None
        return value

    return {"url": url, "types": _types, "description": _description}


def _types(value: Any) -> tuple[str, ...] | None:
    if value is None:
        return None
    if not isinstance(value, list) or not value or any(each not in TYPES for each in value):
        raise InvalidValue(f"a list of at least one of {', '.join(TYPES)}, or null for all")
    return tuple(value)


def _description(value: Any) -> str | None:
    if value is not None and not (isinstance(value, str) and len(value) <= LONGEST_DESCRIPTION and "\0" not in value):
        raise InvalidValue(f"a text of at most {LONGEST_DESCRIPTION} characters, none of them NUL, or null")
    return value


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise InvalidValue("true or false")
    return value


def _cursor(value: Any) -> str:
    if not isinstance(value, str):
        raise InvalidValue("a cursor of GET /v1/events")
    return value


def _instant(value: Any) -> Instant:
    try:
        return Instant.parse(value if isinstance(value, str) else "")
    except ValueError:
        raise InvalidValue("an RFC 3339 instant with an offset") from None


OPERATIONS: Final[tuple[Operation, ...]] = (
    list_webhooks,
    create_webhook,
    get_webhook,
    change_webhook,
    delete_webhook,
    rotate_webhook,
    test_webhook,
    replay_webhook,
    list_deliveries,
)

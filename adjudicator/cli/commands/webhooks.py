"""The command ``webhooks``. It needs the extra ``service``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, TypeAlias

from attrs import asdict
from cyclopts import App, Parameter, validators

from adjudicator.cli.commands.events import CursorOption, EventTypeName, SinceOption, instant_option
from adjudicator.cli.database import DatabaseOption, TenantOption, opened_store
from adjudicator.cli.exits import UsageError
from adjudicator.cli.streams import json_line, write_line
from adjudicator.model.time import Instant

if TYPE_CHECKING:
    from adjudicator.store import Webhook

AddressesOption: TypeAlias = Annotated[
    Literal["public", "private", "loopback"],
    Parameter(
        name="--addresses", help="Where webhooks may lead, as in the setting `webhook_addresses` of the service."
    ),
]
WebhookId: TypeAlias = Annotated[str, Parameter(help="The id of the webhook, as `adjudicator webhooks list` shows it.")]
TypesOption: TypeAlias = Annotated[
    list[EventTypeName] | None,
    Parameter(
        name="--type",
        help="Only events of this type; repeat it for several. By default, all.",
        negative=(),
        show_default=False,
    ),
]
A_DAY: Final = 24 * 60 * 60

webhooks = App(name="webhooks", help="Create, list, change and delete webhooks, and deliver to them again.")


@webhooks.command
def create(
    url: str,
    /,
    *,
    type: TypesOption = None,
    description: Annotated[str | None, Parameter(name="--description", show_default=False)] = None,
    addresses: AddressesOption = "public",
    tenant: TenantOption = None,
    database: DatabaseOption = None,
) -> None:
    """Create a webhook and write its secret. The secret is never shown again.

    Parameters
    ----------
    url
        Where to deliver events from now on.
    description
        What it is for.
    """
    with opened_store(database, tenant=tenant, migrate=True) as store:
        from adjudicator.service.webhooks.addresses import Reach, check_url  # noqa: PLC0415 - an extra of its own

        check_url(url, Reach(addresses))
        write_line(store.webhooks.create(url, types=type, description=description).secret.encode())


@webhooks.command(name="list")
def list_(*, tenant: TenantOption = None, database: DatabaseOption = None) -> None:
    """List the webhooks and how their deliveries are going, one JSON object per line."""
    with opened_store(database, tenant=tenant) as store:
        after, more = None, True
        while more:
            page, more = store.webhooks.page(after)
            for webhook in page:
                write_line(json_line(_document(webhook)))
                after = webhook.id


@webhooks.command
def enable(id: WebhookId, /, *, tenant: TenantOption = None, database: DatabaseOption = None) -> None:
    """Switch deliveries on, also those of a webhook that failed. What waits is attempted at once."""
    with opened_store(database, tenant=tenant) as store:
        write_line(json_line(_document(store.webhooks.change(id, enabled=True))))


@webhooks.command
def disable(id: WebhookId, /, *, tenant: TenantOption = None, database: DatabaseOption = None) -> None:
    """Switch deliveries off. Events wait in the log for as long as they are kept there."""
    with opened_store(database, tenant=tenant) as store:
        write_line(json_line(_document(store.webhooks.change(id, enabled=False))))


@webhooks.command
def delete(id: WebhookId, /, *, tenant: TenantOption = None, database: DatabaseOption = None) -> None:
    """Delete a webhook and its deliveries."""
    with opened_store(database, tenant=tenant) as store:
        store.webhooks.delete(id)


@webhooks.command
def rotate(
    id: WebhookId,
    /,
    *,
    overlap: Annotated[int, Parameter(name="--overlap", validator=validators.Number(gte=0))] = A_DAY,
    tenant: TenantOption = None,
    database: DatabaseOption = None,
) -> None:
    """Replace the secret of a webhook and write the new one. For a while, deliveries are signed with both.

    Parameters
    ----------
    overlap
        For how many seconds deliveries are signed with the old secret too.
    """
    with opened_store(database, tenant=tenant) as store:
        write_line(store.webhooks.rotate(id, overlap).secret.encode())


@webhooks.command
def replay(
    id: WebhookId,
    /,
    *,
    cursor: CursorOption = None,
    since: SinceOption = None,
    tenant: TenantOption = None,
    database: DatabaseOption = None,
) -> None:
    """Deliver again what is in the log from a place on, including what was given up. Without one: all that is kept."""
    if cursor is not None and since is not None:
        raise UsageError("--cursor and --since exclude each other")
    start = instant_option(since)
    with opened_store(database, tenant=tenant) as store:
        write_line(json_line(_document(store.webhooks.replay(id, cursor=cursor, since=start))))


@webhooks.command(name="test")
def deliver_test(
    id: WebhookId,
    /,
    *,
    addresses: AddressesOption = "public",
    tenant: TenantOption = None,
    database: DatabaseOption = None,
) -> int:
    """Deliver a test event now, once, and write what became of it. The exit status is 1 if it failed."""
    with opened_store(database, tenant=tenant) as store:
        from adjudicator.service.webhooks.addresses import Reach  # noqa: PLC0415 - an extra of its own
        from adjudicator.service.webhooks.testing import send_test_now  # noqa: PLC0415 - an extra of its own

        url, secrets = store.webhooks.secrets(id)
        sent = send_test_now(url, secrets, Reach(addresses), store.now())
    failure = sent.outcome.failure
    write_line(json_line({"delivered": failure is None, "status": sent.status, "failure": failure}))
    return 0 if failure is None else 1


def _document(webhook: Webhook) -> dict[str, Any]:
    return {name: str(value) if isinstance(value, Instant) else value for name, value in asdict(webhook).items()}

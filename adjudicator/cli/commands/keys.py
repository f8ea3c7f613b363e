"""The command ``keys``. It needs the extra ``service``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, TypeAlias

from cyclopts import App, Parameter, validators

from adjudicator.cli.database import DatabaseOption, TenantOption, opened_store
from adjudicator.cli.exits import UsageError
from adjudicator.cli.streams import json_line, write_line
from adjudicator.model.errors import safe
from adjudicator.model.time import Instant

if TYPE_CHECKING:
    from adjudicator.store import ApiKey

ScopeName: TypeAlias = Literal["decide", "pay", "rule", "read", "admin", "metrics"]
ExpiryOption: TypeAlias = Annotated[
    str | None,
    Parameter(
        name="--expires-at",
        help="When the key stops working, such as `2027-01-01T00:00:00Z`. By default, never.",
        show_default=False,
    ),
]
A_DAY: Final = 24 * 60 * 60

keys = App(name="keys", help="Create, list, rotate and revoke API keys.")


@keys.command
def create(
    name: str,
    /,
    *,
    scope: Annotated[list[ScopeName], Parameter(name="--scope", negative=())],
    expires_at: ExpiryOption = None,
    tenant: TenantOption = None,
    database: DatabaseOption = None,
) -> None:
    """Create a key and write its token. The token is never shown again.

    Parameters
    ----------
    name
        Who uses the key. Keys of the same name share idempotency keys and rates.
    scope
        What the key allows; repeat it for several scopes.
    """
    expiry = _instant(expires_at)
    with opened_store(database, tenant=tenant, migrate=True) as store:
        from adjudicator.store import Scope  # noqa: PLC0415 - an extra of its own

        write_line(store.api_keys.create(name, map(Scope, scope), expiry).token.encode())


@keys.command(name="list")
def list_(*, tenant: TenantOption = None, database: DatabaseOption = None) -> None:
    """List the keys, one JSON object per line."""
    with opened_store(database, tenant=tenant) as store:
        for key in store.api_keys.listed():
            write_line(json_line(_key_document(key)))


@keys.command
def rotate(
    id: str,
    /,
    *,
    overlap: Annotated[int, Parameter(name="--overlap", validator=validators.Number(gte=0))] = A_DAY,
    expires_at: ExpiryOption = None,
    tenant: TenantOption = None,
    database: DatabaseOption = None,
) -> None:
    """Replace a key: write the token of a new one with the same name and scopes. The old one works for a while more.

    Parameters
    ----------
    id
        The id of the key, as `adjudicator keys list` shows it.
    overlap
        For how many seconds the old key still works.
    """
    expiry = _instant(expires_at)
    with opened_store(database, tenant=tenant) as store:
        write_line(store.api_keys.rotate(id, overlap, expiry).token.encode())


@keys.command
def revoke(id: str, /, *, tenant: TenantOption = None, database: DatabaseOption = None) -> None:
    """Revoke a key, at once and for good.

    Parameters
    ----------
    id
        The id of the key, as `adjudicator keys list` shows it.
    """
    with opened_store(database, tenant=tenant) as store:
        store.api_keys.revoke(id)


def _instant(text: str | None) -> Instant | None:
    try:
        return None if text is None else Instant.parse(text)
    except ValueError as error:
        raise UsageError(f"--expires-at: {safe(text or '')} is no instant such as 2027-01-01T00:00:00Z") from error


def _key_document(key: ApiKey) -> dict[str, Any]:
    def text(instant: Instant | None) -> str | None:
        return None if instant is None else str(instant)

    return {
        "id": key.id,
        "name": key.name,
        "scopes": sorted(key.scopes),
        "created_at": str(key.created_at),
        "revoked_at": text(key.revoked_at),
        "tenant": key.tenant,
        "identity": key.identity,
        "expires_at": text(key.expires_at),
        "last_used_at": text(key.last_used_at),
    }

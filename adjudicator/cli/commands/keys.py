"""The command ``keys``. It needs the extra ``service``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

from cyclopts import App, Parameter

from adjudicator.cli.database import DatabaseOption, opened_store
from adjudicator.cli.streams import json_line, write_line

if TYPE_CHECKING:
    from adjudicator.store import ApiKey

ScopeName: TypeAlias = Literal["decide", "pay", "read", "admin", "metrics"]

keys = App(name="keys", help="Create, list and revoke API keys.")


@keys.command
def create(
    name: str,
    /,
    *,
    scope: Annotated[list[ScopeName], Parameter(name="--scope", negative=())],
    database: DatabaseOption = None,
) -> None:
    """Create a key and write its token. The token is never shown again.

    Parameters
    ----------
    name
        Who uses the key.
    scope
        What the key allows; repeat it for several scopes.
    """
    with opened_store(database, migrate=True) as store:
        from adjudicator.store import Scope  # noqa: PLC0415

        write_line(store.api_keys.create(name, map(Scope, scope)).token.encode())


@keys.command(name="list")
def list_(*, database: DatabaseOption = None) -> None:
    """List the keys, one JSON object per line."""
    with opened_store(database) as store:
        for key in store.api_keys.listed():
            write_line(json_line(_key_document(key)))


@keys.command
def revoke(id: str, /, *, database: DatabaseOption = None) -> None:
    """Revoke a key, at once and for good.

    Parameters
    ----------
    id
        The id of the key, as `adjudicator keys list` shows it.
    """
    with opened_store(database) as store:
        store.api_keys.revoke(id)


def _key_document(key: ApiKey) -> dict[str, object]:
    return {
        "id": key.id,
        "name": key.name,
        "scopes": sorted(key.scopes),
        "created_at": str(key.created_at),
        "revoked_at": None if key.revoked_at is None else str(key.revoked_at),
    }

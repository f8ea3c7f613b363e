"""The commands about the record: ``audit``, ``keys`` and ``migrate``. They need the extra ``service``, and say so without it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Final, Literal, TypeAlias

from cyclopts import App, Parameter

from adjudicator.cli.streams import Refused, content_of, json_line, opened, write_line
from adjudicator.model.errors import safe

if TYPE_CHECKING:
    from adjudicator.store import ApiKey, DecisionStore

IN_ORDER: Final = 0
BROKEN: Final = 1

DatabaseUrl: TypeAlias = Annotated[
    str | None,
    Parameter(
        name="--database",
        help="Where the record is: `sqlite:///FILE` or `postgresql://...`. Without it, what ADJUDICATOR_DATABASE or DATABASE_URL say, or `sqlite:///adjudicator.db`.",
        show_default=False,
    ),
]
ScopeName: TypeAlias = Literal["decide", "pay", "read", "admin", "metrics"]

audit = App(name="audit", help="Verify, export, import and checkpoint the record, and erase personal data from it.")
keys = App(name="keys", help="Create, list and revoke API keys.")


def add_to(app: App) -> None:
    """Put these commands beside the others of a program."""
    app.command(audit)
    app.command(keys)
    app.command(migrate)


@contextmanager
def of_the_extra() -> Iterator[None]:
    """Where something of the extra ``service`` is imported: whoever has not installed it is told so."""
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("adjudicator"):
            raise
        raise Refused(
            f"this needs {error.name}, of the extra `service`: pip install 'claim-adjudicator[service]'"
        ) from None


@contextmanager
def opened_record(url: str | None, *, migrate: bool = False) -> Iterator[DecisionStore]:
    """The record at a URL. What it refuses is told in one line."""
    with of_the_extra():
        from sqlalchemy.exc import ArgumentError, SQLAlchemyError  # noqa: PLC0415 - only who keeps a record has installed it

        from adjudicator.store import DEFAULT_URL, RecordError, open_store  # noqa: PLC0415
    by_environment = os.environ.get("ADJUDICATOR_DATABASE") or os.environ.get("DATABASE_URL")
    try:
        record = open_store(url or by_environment or DEFAULT_URL, migrate=migrate)
        try:
            yield record
        finally:
            record.close()
    except ModuleNotFoundError as error:
        raise Refused(
            f"this needs {error.name}, of the extra `postgresql`: pip install 'claim-adjudicator[service,postgresql]'"
        ) from None
    except (RecordError, ArgumentError, ValueError) as error:
        raise Refused(str(error)) from error
    except SQLAlchemyError as error:
        raise OSError(f"the database: {_in_short(error)}") from error


def _in_short(error: Exception) -> str:
    lines = str(error).splitlines()
    return lines[0] if lines else type(error).__name__


# audit


@audit.command
def verify(
    *,
    checkpoint: Annotated[str | None, Parameter(name="--checkpoint", show_default=False)] = None,
    public_key: Annotated[str | None, Parameter(name="--public-key", show_default=False)] = None,
    database: DatabaseUrl = None,
) -> int:
    """Find the first entry that is altered, missing or out of order. The status is 1 if there is one.

    Parameters
    ----------
    checkpoint
        A file with a checkpoint; every chain must lead through where it was then.
    public_key
        A file with the public key (PEM, Ed25519) with which the checkpoint must be signed.
    """
    if public_key is not None and checkpoint is None:
        raise Refused("--public-key is for the signature of a --checkpoint")
    with opened_record(database) as record:
        fault = record.verify()
        if fault is None and checkpoint is not None:
            from adjudicator.store import Checkpoint  # noqa: PLC0415

            key = None if public_key is None else content_of(public_key)
            fault = record.verify_checkpoint(Checkpoint.load(_whole(checkpoint)), key)
    _say("the record is in order" if fault is None else f"broken at {fault}")
    return IN_ORDER if fault is None else BROKEN


@audit.command(name="export")
def export_(*, database: DatabaseUrl = None) -> None:
    """Write the whole record to the standard output as NDJSON; API keys are left out."""
    with opened_record(database) as record:
        record.export(sys.stdout.buffer)


@audit.command(name="import")
def import_(file: Annotated[str, Parameter(allow_leading_hyphen=True)], /, *, database: DatabaseUrl = None) -> None:
    """Take an export in, all of it or nothing. Entries that are there already must be the same.

    Parameters
    ----------
    file
        The file, or `-` for the standard input.
    """
    with opened(file) as stream, opened_record(database, migrate=True) as record:
        _say(f"{record.import_(stream)} new entries")


@audit.command
def checkpoint(
    *, key: Annotated[str | None, Parameter(name="--key", show_default=False)] = None, database: DatabaseUrl = None
) -> None:
    """Write the ends of all chains to the standard output, to be kept elsewhere.

    Parameters
    ----------
    key
        A file with a private key (PEM, Ed25519) to sign it with: `openssl genpkey -algorithm ed25519`.
    """
    with opened_record(database) as record:
        write_line(record.checkpoint(None if key is None else content_of(key)).dump())


@audit.command
def erase(
    *,
    reason: Annotated[str, Parameter(name="--reason")],
    order: Annotated[str | None, Parameter(name="--order", show_default=False)] = None,
    case: Annotated[str | None, Parameter(name="--case", show_default=False)] = None,
    subject: Annotated[str | None, Parameter(name="--subject", show_default=False)] = None,
    database: DatabaseUrl = None,
) -> None:
    """Erase personal data. The chains verify as before; what was erased and why goes on record.

    Parameters
    ----------
    reason
        Why. It stays on record, so it must name nobody.
    order
        The order of which the data are erased.
    case
        The case without an order of which the data are erased.
    subject
        The buyer or claimant whose data are erased, on all orders; in cases that have neither, the account that they name.
    """
    with opened_record(database) as record:
        erased = record.erase(order_id=order, case_id=case, subject=subject, reason=reason)
    _say(f"erased from {len(erased)} decisions")


# keys


@keys.command
def create(
    name: str,
    /,
    *,
    scope: Annotated[list[ScopeName], Parameter(name="--scope", negative=())],
    database: DatabaseUrl = None,
) -> None:
    """Create a key and write its token, which is never shown again.

    Parameters
    ----------
    name
        Whose key it is.
    scope
        What it is good for; may stand more than once.
    """
    with opened_record(database, migrate=True) as record:
        from adjudicator.store import Scope  # noqa: PLC0415

        _say(record.api_keys.create(name, map(Scope, scope)).token)


@keys.command(name="list")
def list_(*, database: DatabaseUrl = None) -> None:
    """List the keys, one JSON object a line."""
    with opened_record(database) as record:
        for each in record.api_keys.listed():
            write_line(json_line(_told(each)))


@keys.command
def revoke(id: str, /, *, database: DatabaseUrl = None) -> None:
    """Revoke a key: it is good for nothing any more.

    Parameters
    ----------
    id
        Its id, as `adjudicator keys list` tells it.
    """
    with opened_record(database) as record:
        record.api_keys.revoke(id)


def _told(key: ApiKey) -> dict[str, object]:
    revoked = None if key.revoked_at is None else str(key.revoked_at)
    told = {"id": key.id, "name": key.name, "scopes": sorted(key.scopes)}
    return {**told, "created_at": str(key.created_at), "revoked_at": revoked}


# migrate


def migrate(*, database: DatabaseUrl = None) -> None:
    """Bring the schema of the database up to date; it is created if there is none."""
    with opened_record(database, migrate=True):
        _say("the schema is up to date")


def _whole(file: str) -> bytes:
    """All that a file holds: a checkpoint has no limit."""
    with opened(file) as stream:
        try:
            return stream.read()
        except OSError as error:
            raise Refused(f"{safe(file)}: {error.strerror or error}") from error


def _say(line: str) -> None:
    write_line(line.encode())

"""Opening the store for a command. Needs the extra ``service``."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, TypeAlias

from cyclopts import Parameter

from adjudicator.cli.exits import CommandError, UsageError
from adjudicator.extras import importing

if TYPE_CHECKING:
    from adjudicator.store import DecisionStore

DatabaseOption: TypeAlias = Annotated[
    str | None,
    Parameter(
        name="--database",
        help="The database of the record: `sqlite:///FILE` or `postgresql://...`. By default, the value of ADJUDICATOR_DATABASE or DATABASE_URL, or else `sqlite:///adjudicator.db`.",
        show_default=False,
    ),
]

TenantOption: TypeAlias = Annotated[
    str | None,
    Parameter(name="--tenant", help="The tenant. By default, the one that needs no name.", show_default=False),
]


@contextmanager
def opened_store(url: str | None, *, tenant: str | None = None, migrate: bool = False) -> Iterator[DecisionStore]:
    """Open the store of a tenant at a URL, and turn its errors into one-line messages: see :func:`record_errors`."""
    with importing("service"):
        from adjudicator.store import DEFAULT_TENANT, DEFAULT_URL, open_store  # noqa: PLC0415 - an extra of its own
    from_environment = os.environ.get("ADJUDICATOR_DATABASE") or os.environ.get("DATABASE_URL")
    with record_errors():
        with importing("postgresql"):
            address = url or from_environment or DEFAULT_URL
            store = open_store(address, tenant=tenant or DEFAULT_TENANT, migrate=migrate)
        try:
            yield store
        finally:
            store.close()


@contextmanager
def record_errors() -> Iterator[None]:
    """Turn the errors of a record into one-line messages.

    Raises :class:`~adjudicator.cli.exits.UsageError` for an invalid request, and :class:`~adjudicator.cli.exits.CommandError` for a problem
    with the database.
    """
    with importing("service"):
        from sqlalchemy.exc import ArgumentError, SQLAlchemyError  # noqa: PLC0415 - an extra of its own

        from adjudicator.store import NoRecord, RecordError, SchemaMismatch  # noqa: PLC0415 - an extra of its own
    try:
        yield
    except (NoRecord, SchemaMismatch) as error:
        raise CommandError(str(error)) from error
    except (RecordError, ArgumentError, ValueError) as error:
        raise UsageError(str(error)) from error
    except SQLAlchemyError as error:
        raise CommandError(f"the database: {_first_line(error)}") from error


def _first_line(error: Exception) -> str:
    lines = str(error).splitlines()
    return lines[0] if lines else type(error).__name__

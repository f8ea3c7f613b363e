"""The command ``mcp``. It needs the extra ``mcp``."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Final, TypeAlias

from attrs import evolve
from cyclopts import Parameter

from adjudicator.cli.database import opened_store
from adjudicator.cli.exits import DECIDED, INPUT_AT_FAULT, CommandError, UsageError
from adjudicator.cli.streams import read_input, report, write_errors
from adjudicator.model.errors import safe
from adjudicator.service.settings import CONFIG, Misconfigured, Settings, settings_from

if TYPE_CHECKING:
    from adjudicator.mcp.apps import App
    from adjudicator.store import DecisionStore

KEY: Final = "CLAIM_ADJUDICATOR_KEY"
"""The variable with the key for a remote service: an argument could be read by everyone on the machine."""

Flag: TypeAlias = Annotated[str | None, Parameter(show_default=False)]


def mcp(
    *,
    database: Flag = None,
    url: Flag = None,
    http: Annotated[bool, Parameter(negative=())] = False,
    host: Flag = None,
    port: Flag = None,
    public_url: Flag = None,
    development: Annotated[bool | None, Parameter(negative=(), show_default=False)] = None,
    config: Flag = None,
) -> int:
    """Serve AI agents by the Model Context Protocol: decide, explain, ask, and check replies before they are sent.

    Without flags it speaks over standard input and output with the program that started it, for the user of this machine, and keeps no
    record. With `--database` decisions can be recorded. With `--url` it acts through a service elsewhere, with the key in the environment
    variable CLAIM_ADJUDICATOR_KEY. With `--http` it serves many agents, who need the keys or tokens of the service.

    Parameters
    ----------
    database
        The database of the record: `sqlite:///FILE` or `postgresql://...`.
    url
        The address of a service to act through.
    http
        Serve over HTTP, at `/mcp`.
    host
        The address to listen on.
    port
        The port to listen on.
    public_url
        Where clients reach this server, if a proxy stands in front of it, such as `https://claims.example`.
    development
        Require no API keys. Only on a loopback address.
    config
        A TOML file with the settings of the service.
    """
    import adjudicator.mcp  # noqa: F401, PLC0415 - an extra of its own: fail before anything is opened

    if url is not None and (http or database is not None):
        raise UsageError("--url acts through a service elsewhere: it takes neither --http nor --database")
    if url is not None:
        _run_remotely(url)
        return DECIDED
    flags = (
        {"host": host, "port": port, "development": development} if http else {"development": True, "host": "127.0.0.1"}
    )
    file = config or os.environ.get(CONFIG)
    try:
        settings = settings_from(
            {**flags, "database": database}, os.environ, None if file is None else (file, read_input(file))
        )
    except Misconfigured as error:
        for fault in error.faults:
            report(fault)
        return INPUT_AT_FAULT
    if http:
        _serve(settings, public_url)
    else:
        _run_here(settings, database)
    return DECIDED


def _app() -> App:
    """The panel of the desk, as a page for hosts that show apps."""
    from adjudicator.desk import apps  # noqa: PLC0415 - an extra of its own
    from adjudicator.mcp.apps import App  # noqa: PLC0415 - an extra of its own

    return App(apps.page, apps.PANELS)


def _run_remotely(url: str) -> None:
    from adjudicator.mcp.running import run_remotely  # noqa: PLC0415 - an extra of its own

    if not url.startswith(("https://", "http://")):
        raise UsageError(f"--url takes an address that begins with https:// or http://, not {safe(url)}")
    run_remotely(url, os.environ.get(KEY), _app())


def _run_here(settings: Settings, database: str | None) -> None:
    from adjudicator.mcp.running import run_here  # noqa: PLC0415 - an extra of its own

    with _store(database) as store:
        run_here(settings, store, _app(), keeps_a_record=database is not None)


@contextmanager
def _store(database: str | None) -> Iterator[DecisionStore]:
    """The record at an address, or one that is gone afterwards."""
    if database is not None:
        with opened_store(database, migrate=True) as store:
            yield store
        return
    with (
        TemporaryDirectory(prefix="adjudicator-mcp-") as folder,
        opened_store(f"sqlite:///{Path(folder) / 'record.db'}", migrate=True) as store,
    ):
        yield store


def _serve(settings: Settings, public_url: str | None) -> None:
    from adjudicator.mcp.running import serve  # noqa: PLC0415 - an extra of its own
    from adjudicator.service.server import open_socket  # noqa: PLC0415 - an extra of its own

    with opened_store(settings.database, migrate=True) as store:
        try:
            listening = open_socket(settings)
        except OSError as error:
            raise CommandError(
                f"cannot listen on {safe(settings.host)}, port {settings.port}: {error.strerror}"
            ) from error
        with listening:
            port = listening.getsockname()[1]
            host = f"[{settings.host}]" if ":" in settings.host else settings.host
            url = (public_url or f"http://{host}:{port}").rstrip("/")
            write_errors([f"adjudicator: serving MCP at {safe(url)}/mcp"])
            serve(evolve(settings, port=port), store, _app(), listening, url)

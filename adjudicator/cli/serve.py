"""The command ``serve``. It needs the extra ``service``, and says so without it."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from typing import Annotated, Final, TypeAlias

from attrs import fields_dict
from cyclopts import App, Parameter

from adjudicator.cli.store import of_the_extra, opened_record
from adjudicator.cli.streams import Refused, content_of, tell, write_line
from adjudicator.model.errors import printable, safe
from adjudicator.service.settings import CONFIG, Misconfigured, Settings, settings_from, without_password

STOPPED: Final = 0
MISCONFIGURED: Final = 2

Flag: TypeAlias = Annotated[str | None, Parameter(show_default=False)]


def add_to(app: App) -> None:
    """Put this command beside the others of a program."""
    app.command(serve)


def serve(
    *,
    config: Flag = None,
    database: Flag = None,
    host: Flag = None,
    port: Flag = None,
    workers: Flag = None,
    development: Annotated[bool | None, Parameter(negative=(), show_default=False)] = None,
    check: Annotated[bool, Parameter(negative=())] = False,
) -> int:
    """Answer over HTTP: decide, keep the record, pay.

    Works without any setting: the record is in `adjudicator.db` here, the address is http://127.0.0.1:8080. Every setting can also be
    given by the environment (`ADJUDICATOR_PORT=8000`) or in a file. A signal to stop is heeded when what was taken is answered.

    Parameters
    ----------
    config
        A TOML file with settings. Flags go before the environment, and that before the file.
    database
        Where the record is: `sqlite:///FILE` or `postgresql://...`.
    host
        The address to listen on.
    port
        The port to listen on; 0 takes any that is free.
    workers
        How many processes answer.
    development
        Ask nobody for a key. Only on a loopback address.
    check
        Only look whether the settings are sound and the record is there, with the schema that this program needs.
    """
    flags = {"database": database, "host": host, "port": port, "workers": workers, "development": development}
    file = config or os.environ.get(CONFIG)
    try:
        settings = settings_from(flags, os.environ, None if file is None else (file, content_of(file)))
        _check(settings) if check else _serve(settings)
    except Misconfigured as error:
        tell(f"adjudicator: {printable(fault)}" for fault in error.faults)
        return MISCONFIGURED
    return STOPPED


def _check(settings: Settings) -> None:
    with opened_record(settings.database):
        write_line(b"settings and record are in order")


def _serve(settings: Settings) -> None:
    with of_the_extra():
        from adjudicator.service.server import listening_on, serve  # noqa: PLC0415
    with opened_record(settings.database, migrate=True) as record:
        has_keys = any(key.revoked_at is None for key in record.api_keys.listed())
    try:
        listening = listening_on(settings)
    except OSError as error:
        raise Refused(f"cannot listen on {safe(settings.host)}, port {settings.port}: {error.strerror}") from error
    with listening:
        tell(_greeting(settings, listening.getsockname()[1], has_keys))
        serve(settings, listening)


def _greeting(settings: Settings, port: int, has_keys: bool) -> Iterator[str]:
    """What a newcomer needs to know."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    database = without_password(settings.database)
    yield f"adjudicator: serving http://{host}:{port} with the record in {database}"
    if settings.development:
        yield "adjudicator: DEVELOPMENT MODE: nobody is asked for a key. Let nobody but yourself reach this address."
    elif not has_keys:
        create = [
            "adjudicator",
            "keys",
            "create",
            "my service",
            "--scope",
            "decide",
            "--scope",
            "read",
            "--scope",
            "pay",
        ]
        elsewhere = [] if settings.database == fields_dict(Settings)["database"].default else ["--database", database]
        yield "adjudicator: there is no API key yet, so nobody may ask anything. To make one:"
        yield f"  {shlex.join([*create, *elsewhere])}"
    yield "adjudicator: Control-C stops it."

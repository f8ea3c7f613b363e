"""The command ``serve``. It needs the extra ``service``."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Final, TypeAlias

from attrs import fields_dict
from cyclopts import Parameter

from adjudicator.cli.database import opened_store
from adjudicator.cli.exits import DECIDED, INPUT_AT_FAULT, CommandError
from adjudicator.cli.streams import read_input, report, write_errors, write_line
from adjudicator.extras import importing
from adjudicator.model.errors import safe
from adjudicator.service.settings import CONFIG, Misconfigured, Settings, settings_from, without_password

FIRST_KEY: Final = "adjudicator keys create 'my service' --scope decide --scope read --scope pay"

Flag: TypeAlias = Annotated[str | None, Parameter(show_default=False)]


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
    """Serve over HTTP: decide, record and pay.

    Works without settings: the record is `adjudicator.db` in the current directory, the address is http://127.0.0.1:8080. You can
    also set everything in the environment (`ADJUDICATOR_PORT=8000`) or in a file. On a stop signal, it first finishes the requests
    in progress.

    Parameters
    ----------
    config
        A TOML file with settings. Flags take precedence over the environment, and the environment over the file.
    database
        The database of the record: `sqlite:///FILE` or `postgresql://...`.
    host
        The address to listen on.
    port
        The port to listen on; 0 picks a free one.
    workers
        The number of worker processes.
    development
        Require no API keys. Only on a loopback address.
    check
        Only check that the settings are valid and the database schema is up to date.
    """
    flags = {"database": database, "host": host, "port": port, "workers": workers, "development": development}
    file = config or os.environ.get(CONFIG)
    try:
        settings = settings_from(flags, os.environ, None if file is None else (file, read_input(file)))
        _check(settings) if check else _serve(settings)
    except Misconfigured as error:
        for fault in error.faults:
            report(fault)
        return INPUT_AT_FAULT
    return DECIDED


def _check(settings: Settings) -> None:
    _import_telemetry(settings)
    _check_signing_key(settings)
    _check_archive(settings)
    _check_evidence(settings)
    _check_panel_key(settings)
    with opened_store(settings.database):
        write_line(b"settings and record are in order")


def _serve(settings: Settings) -> None:
    with importing("service"):
        from adjudicator.service.server import application, open_socket, serve  # noqa: PLC0415 - an extra of its own
    if settings.panel_key is not None:
        with importing("desk"):
            from adjudicator.desk.app import application  # noqa: PLC0415 - the same, with the panel
    _import_telemetry(settings)
    _check_signing_key(settings)
    _check_archive(settings)
    _make_evidence_folder(settings.evidence_files)
    _check_evidence(settings)
    _check_panel_key(settings)
    with opened_store(settings.database, migrate=True) as store:
        has_keys = settings.oidc_issuer is not None or any(
            key.revoked_at is None
            for tenant in store.tenants.listed()
            for key in store.for_tenant(tenant.name).api_keys.listed()
        )
    try:
        listening = open_socket(settings)
    except OSError as error:
        raise CommandError(f"cannot listen on {safe(settings.host)}, port {settings.port}: {error.strerror}") from error
    with listening:
        write_errors(_greeting(settings, listening.getsockname()[1], has_keys))
        serve(settings, listening, application)


def _import_telemetry(settings: Settings) -> None:
    """Fail now rather than in every worker if traces are on and the extra ``telemetry`` is missing."""
    if settings.traces_endpoint is not None:
        with importing("telemetry"):
            import adjudicator.service.monitoring.telemetry  # noqa: F401, PLC0415 - an extra of its own


def _check_signing_key(settings: Settings) -> None:
    """Fail now rather than at the first checkpoint if the signing key cannot be used."""
    if settings.signing_key is None:
        return
    with importing("service"):
        from adjudicator.store.signatures import BadSignature, sign  # noqa: PLC0415 - an extra of its own
    try:
        sign("", read_input(settings.signing_key))
    except BadSignature as error:
        raise CommandError(f"signing_key: a checkpoint {error}") from error


def _check_archive(settings: Settings) -> None:
    """Fail now rather than when the first events are old if they cannot be archived."""
    _check_folder("event_archive", settings.event_archive)


def _make_evidence_folder(place: str | None) -> None:
    """Create a folder that nobody else can read, if only its last part is missing: with more missing, it may be on a disk that is not there."""
    if place is not None and not _is_bucket(place):
        with suppress(OSError):
            Path(place).mkdir(mode=0o700, exist_ok=True)


def _check_evidence(settings: Settings) -> None:
    """Fail now rather than at the first examination if the trust list is at fault, or files cannot be kept."""
    place = settings.evidence_files
    if place is not None and _is_bucket(place):
        from adjudicator.evidence.file_stores import kept_at  # noqa: PLC0415 - an extra of its own

        kept_at(place)
    elif place is not None:
        # A check creates nothing: it looks whether the folder could be created.
        _check_folder("evidence_files", place if Path(place).exists() else str(Path(place).parent), place)
    if settings.evidence_trust is not None:
        from adjudicator.evidence.trust import load_trust_list  # noqa: PLC0415 - an extra of its own

        load_trust_list(read_input(settings.evidence_trust))


def _is_bucket(place: str) -> bool:
    from adjudicator.evidence.file_stores import BUCKET  # noqa: PLC0415 - an extra of its own

    return place.startswith(BUCKET)


def _check_folder(setting: str, folder: str | None, named: str | None = None) -> None:
    """Raises :class:`CommandError` unless a folder can be written to. The message has what was ``named``, by default the folder."""
    if folder is not None and not (Path(folder).is_dir() and os.access(folder, os.W_OK | os.X_OK)):
        raise CommandError(f"{setting}: expected a folder that the service can write to, got {safe(named or folder)}")


def _check_panel_key(settings: Settings) -> None:
    """Fail now rather than in every worker if the secret of the panel cannot be used. Raises :class:`Misconfigured`."""
    if settings.panel_key is not None:
        with importing("desk"):
            from adjudicator.service.panel_tokens import tokens_for  # noqa: PLC0415 - an extra of its own
        tokens_for(settings)


def _greeting(settings: Settings, port: int, has_keys: bool) -> Iterator[str]:
    """The address of the service, and what a new user needs to know."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    database = without_password(settings.database)
    yield f"adjudicator: serving http://{host}:{port} with the record in {database}"
    if settings.development:
        yield "adjudicator: DEVELOPMENT MODE: no keys are needed. Make sure that only you can reach this address."
    elif not has_keys:
        is_default = settings.database == fields_dict(Settings)["database"].default
        elsewhere = "" if is_default else f" {shlex.join(['--database', database])}"
        yield "adjudicator: there is no API key yet, so every request is refused. Create one:"
        yield f"  {FIRST_KEY}{elsewhere}"
    yield "adjudicator: Control-C stops it."

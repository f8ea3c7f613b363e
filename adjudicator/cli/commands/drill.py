"""The command ``audit drill``. It needs the extra ``service``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Annotated, Final

from attrs import asdict
from cyclopts import Parameter, validators

from adjudicator.cli.database import DatabaseOption, TenantOption, opened_store, record_errors
from adjudicator.cli.exits import UsageError
from adjudicator.cli.streams import existing, json_line, read_input, write_line
from adjudicator.extras import importing

RESTORABLE: Final = 0
NOT_RESTORABLE: Final = 1


def drill(
    file: Annotated[str | None, Parameter(show_default=False)] = None,
    /,
    *,
    sample: Annotated[int, Parameter(name="--sample", validator=validators.Number(gte=0))] = 100,
    checkpoint: Annotated[str | None, Parameter(name="--checkpoint", show_default=False)] = None,
    public_key: Annotated[str | None, Parameter(name="--public-key", show_default=False)] = None,
    tenant: TenantOption = None,
    database: DatabaseOption = None,
) -> int:
    """Prove that the record can be restored, without touching it. The exit status is 1 if it cannot.

    Restores an export into a new SQLite database in the temporary directory, verifies its chains, compares what it exports byte for byte, and
    decides some of its cases again. Writes one JSON object for each tenant.

    Parameters
    ----------
    file
        An export that you have kept, of one tenant. Without it, each tenant of the record is exported first.
    sample
        The most decisions to decide again, picked at random.
    checkpoint
        A file with a checkpoint of the tenant, taken before the export; the restored record must reach it.
    public_key
        A file with the public key (PEM, Ed25519) that must verify the signature of the export.
    """
    if checkpoint is not None and tenant is None and file is None:
        raise UsageError("a checkpoint is that of one tenant: name it with --tenant")
    with importing("service"):
        from adjudicator.store import Checkpoint  # noqa: PLC0415 - an extra of its own
        from adjudicator.store.drill import drill as drill_export  # noqa: PLC0415 - an extra of its own
    key = None if public_key is None else read_input(public_key)
    status = RESTORABLE
    with TemporaryDirectory(prefix="adjudicator-drill-") as name, record_errors():
        last = None if checkpoint is None else Checkpoint.load(read_input(checkpoint, most=None))
        folder = Path(name)
        for of_tenant, export in _exports(file, folder, tenant, database):
            begun = monotonic()
            found = drill_export(export, folder, sample=sample, tenant=of_tenant, public_key=key, checkpoint=last)
            seconds = round(monotonic() - begun, 3)
            write_line(json_line({**asdict(found), "seconds": seconds, "restorable": not found.faults}))
            if found.faults:
                status = NOT_RESTORABLE
    return status


def _exports(file: str | None, folder: Path, tenant: str | None, database: str | None) -> Iterator[tuple[str, Path]]:
    """The exports to restore, each with its tenant."""
    from adjudicator.store import DEFAULT_TENANT  # noqa: PLC0415 - an extra of its own
    from adjudicator.store.drill import export_to  # noqa: PLC0415 - an extra of its own

    if file is not None:
        yield tenant or DEFAULT_TENANT, existing(file)
        return
    with opened_store(database, tenant=tenant) as store:
        for name in [tenant] if tenant else [each.name for each in store.tenants.listed()]:
            yield name, export_to(store.for_tenant(name), folder)

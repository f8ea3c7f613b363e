"""The commands ``audit`` and ``migrate``, for the record as a whole. They need the extra ``service``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

from cyclopts import App, Parameter, validators

from adjudicator.cli import evidence_files
from adjudicator.cli.commands.drill import drill
from adjudicator.cli.database import DatabaseOption, TenantOption, opened_store
from adjudicator.cli.evidence_files import FilesOption
from adjudicator.cli.exits import CommandError, UsageError
from adjudicator.cli.options import InputFile
from adjudicator.cli.streams import open_input, read_input, report, write_line
from adjudicator.model.errors import safe

if TYPE_CHECKING:
    from adjudicator.store import BrokenAt, Checkpoint, DecisionStore

INTACT: Final = 0
BROKEN: Final = 1

audit = App(name="audit", help="Verify, export, import and checkpoint the record, and erase personal data from it.")
audit.command(drill)


@audit.command
def verify(
    *,
    checkpoint: Annotated[str | None, Parameter(name="--checkpoint", show_default=False)] = None,
    public_key: Annotated[str | None, Parameter(name="--public-key", show_default=False)] = None,
    resume: Annotated[str | None, Parameter(name="--resume", show_default=False)] = None,
    files: FilesOption = None,
    tenant: TenantOption = None,
    database: DatabaseOption = None,
) -> int:
    """Find the first entry that is altered, missing or out of order. The exit status is 1 if there is one.

    Without a tenant, this looks at the record of every tenant; a checkpoint is that of the default one then. With `--resume`, it looks at the
    record of one tenant only.

    Parameters
    ----------
    checkpoint
        A file with a checkpoint; every chain must still contain what it recorded.
    public_key
        A file with the public key (PEM, Ed25519) that must verify the checkpoint's signature.
    resume
        A file with the checkpoint of the last verification. Only chains that have grown since are read. If the record is in order, the
        file gets the checkpoint of this verification; without the file, the whole record is verified.
    files
        A folder or bucket with evidence files (`adjudicator examine --keep`): every file that a case names must be there, unaltered.
    """
    if public_key is not None and checkpoint is None:
        raise UsageError("--public-key checks the signature of a checkpoint: name one with --checkpoint")
    with opened_store(database, tenant=tenant) as store:
        last = None if resume is None else _last_verified(Path(resume))
        # Counted before: what others add meanwhile need not be verified.
        read = [each.extent(last) for each in ([store] if resume is not None else _stores(store, tenant))]
        fault = _first_fault(store, tenant) if resume is None else _resume(store, Path(resume), last)
        if fault is None and checkpoint is not None:
            from adjudicator.store import Checkpoint  # noqa: PLC0415 - an extra of its own

            key = None if public_key is None else read_input(public_key)
            fault = store.verify_checkpoint(Checkpoint.load(read_input(checkpoint, most=None)), key)
        faults = [] if files is None else list(evidence_files.faults(_stores(store, tenant), files))
    entries, chains = sum(each.entries for each in read), sum(each.chains for each in read)
    _print(
        f"the record is in order (entries read: {entries}, chains: {chains})" if fault is None else f"broken at {fault}"
    )
    for line in faults:
        _print(line)
    return INTACT if fault is None and not faults else BROKEN


def _first_fault(store: DecisionStore, tenant: str | None) -> BrokenAt | None:
    """The first fault in the record of a tenant, or of any if none is named."""
    return next((fault for each in _stores(store, tenant) if (fault := each.verify()) is not None), None)


def _stores(store: DecisionStore, tenant: str | None) -> list[DecisionStore]:
    """The record of a tenant, or those of all if none is named."""
    return [store] if tenant else [store.for_tenant(each.name) for each in store.tenants.listed()]


def _last_verified(file: Path) -> Checkpoint | None:
    """The checkpoint of the last verification, if there was one."""
    from adjudicator.store import Checkpoint  # noqa: PLC0415 - an extra of its own

    return Checkpoint.load(read_input(str(file), most=None)) if file.exists() else None


def _resume(store: DecisionStore, file: Path, last: Checkpoint | None) -> BrokenAt | None:
    """Verify the record from the checkpoint in a file, then replace that by one of the record as it was verified."""
    if last is not None and (fault := store.verify_checkpoint(last)) is not None:
        return fault
    reached = store.checkpoint()  # before the verification, which then covers all of it
    fault = store.verify(last)
    if fault is None:
        new = file.with_name(f"{file.name}.new")
        try:
            new.write_bytes(reached.dump() + b"\n")
            new.replace(file)
        except OSError as error:
            raise CommandError(f"cannot write {safe(str(file))}: {error.strerror}") from error
    return fault


@audit.command(name="export")
def export_(
    *,
    key: Annotated[str | None, Parameter(name="--key", show_default=False)] = None,
    tenant: TenantOption = None,
    database: DatabaseOption = None,
) -> None:
    """Write the whole record of a tenant to standard output as NDJSON, without API keys and without rulings that wait.

    Parameters
    ----------
    key
        A file with a private key (PEM, Ed25519) that signs it: `openssl genpkey -algorithm ed25519`.
    """
    with opened_store(database, tenant=tenant) as store:
        store.export(sys.stdout.buffer, None if key is None else read_input(key))
        if drafts := len(store.rulings.drafts()):
            report(f"rulings that nobody has confirmed or rejected, which are not in the export: {drafts}")


@audit.command(name="import")
def import_(
    file: InputFile,
    /,
    *,
    public_key: Annotated[str | None, Parameter(name="--public-key", show_default=False)] = None,
    tenant: TenantOption = None,
    database: DatabaseOption = None,
) -> None:
    """Import an export of a tenant of this name, all of it or nothing. Entries that already exist must be identical.

    Parameters
    ----------
    file
        The file, or `-` for standard input.
    public_key
        A file with the public key (PEM, Ed25519) that must verify the signature of the export.
    """
    key = None if public_key is None else read_input(public_key)
    with open_input(file) as stream, opened_store(database, tenant=tenant, migrate=True) as store:
        _print(f"{store.import_(stream, key)} new entries")


@audit.command
def checkpoint(
    *,
    key: Annotated[str | None, Parameter(name="--key", show_default=False)] = None,
    tenant: TenantOption = None,
    database: DatabaseOption = None,
) -> None:
    """Write the heads of all chains to standard output, for you to keep elsewhere.

    Parameters
    ----------
    key
        A file with a private key (PEM, Ed25519) that signs it: `openssl genpkey -algorithm ed25519`.
    """
    with opened_store(database, tenant=tenant) as store:
        write_line(store.checkpoint(None if key is None else read_input(key)).dump())


@audit.command
def erase(
    *,
    reason: Annotated[str, Parameter(name="--reason")],
    order: Annotated[str | None, Parameter(name="--order", show_default=False)] = None,
    case: Annotated[str | None, Parameter(name="--case", show_default=False)] = None,
    subject: Annotated[str | None, Parameter(name="--subject", show_default=False)] = None,
    files: FilesOption = None,
    tenant: TenantOption = None,
    database: DatabaseOption = None,
) -> None:
    """Erase personal data. The chains still verify; the erasure and its reason go on record.

    Parameters
    ----------
    reason
        The reason. It stays on record, so it must not name anyone.
    order
        The order whose data is erased.
    case
        The case, if it has no order, whose data is erased.
    subject
        The buyer or claimant whose data is erased, in all orders; for a case with neither, the account that it identifies.
    files
        A folder or bucket with evidence files (`adjudicator examine --keep`): those that only erased cases name are deleted too.
    """
    with opened_store(database, tenant=tenant) as store:
        before = set() if files is None else evidence_files.named(_stores(store, None))
        erased = store.erase(order_id=order, case_id=case, subject=subject, reason=reason)
        gone = 0 if files is None else evidence_files.erase_no_longer_named(before, _stores(store, None), files)
    _print(f"erased from {len(erased)} decisions" + (f", {gone} files deleted" if files is not None else ""))


@audit.command(name="expire-files")
def expire_files(
    place: str,
    /,
    *,
    days: Annotated[int, Parameter(name="--days", validator=validators.Number(gte=0))] = 30,
    database: DatabaseOption = None,
) -> None:
    """Delete evidence files that no case on record names, of any tenant, and that were kept a while ago.

    Parameters
    ----------
    place
        The folder or bucket of `adjudicator examine --keep`.
    days
        How many days a file is kept that no case names: its case may be decided yet.
    """
    from adjudicator.store import days_before, expire_seen_files  # noqa: PLC0415 - an extra of its own

    with opened_store(database) as store:
        gone = evidence_files.expire(_stores(store, None), place, days)
        while expire_seen_files(store.engine, days_before(store.now(), days)):
            pass
    _print(f"{gone} files deleted")


def migrate(*, database: DatabaseOption = None) -> None:
    """Create or upgrade the schema of the database."""
    with opened_store(database, migrate=True):
        _print("the schema is up to date")


def _print(line: str) -> None:
    write_line(line.encode())

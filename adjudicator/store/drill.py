"""A restore drill: shows that a record comes back whole from an export, in a database that is thrown away afterwards."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import BinaryIO

import orjson
from attrs import frozen

from adjudicator.store import database
from adjudicator.store.checkpoints import Checkpoint
from adjudicator.store.decisions import DecisionStore, open_store
from adjudicator.store.errors import Erased, NotImportable
from adjudicator.store.results import EVERY_DECISION, MOST_LISTED
from adjudicator.store.tenancy import DEFAULT_TENANT
from adjudicator.store.transfer import WITHOUT_FILES
from adjudicator.store.transfer import export as write_export


@frozen(kw_only=True)
class Drill:
    """What a drill found. The record can be restored if there are no ``faults``.

    ``rerun`` counts the sampled decisions that were decided again, and ``erased`` those that cannot be, because their personal data are gone.
    """

    tenant: str
    entries: int = 0
    decisions: int = 0
    rerun: int = 0
    erased: int = 0
    faults: tuple[str, ...] = ()


def export_to(record: DecisionStore, folder: Path) -> Path:
    """Export a record into a folder, as a backup does."""
    file = folder / f"{record.tenant}.ndjson"
    with file.open("wb") as stream:
        record.export(stream)
    return file


def drill(
    export: Path,
    folder: Path,
    *,
    sample: int,
    tenant: str = DEFAULT_TENANT,
    public_key: bytes | None = None,
    checkpoint: Checkpoint | None = None,
) -> Drill:
    """Restore an export into a new database in a folder, and compare what is there now with what was exported.

    The chains must verify and reach a checkpoint, if there is one; the restored record must export the same bytes; and up to ``sample``
    decisions, picked at random, must come out the same when they are decided again.
    """
    with _empty_record(folder, tenant) as restored:
        try:
            with export.open("rb") as stream:
                entries = restored.import_(stream, public_key)
        except NotImportable as error:
            return Drill(tenant=tenant, faults=(f"the export cannot be imported: {error}",))
        ids, decisions = _sampled(restored, sample)
        differing, erased = _rerun(restored, ids)
        return Drill(
            tenant=tenant,
            entries=entries,
            decisions=decisions,
            rerun=len(ids) - erased,
            erased=erased,
            faults=(*_chain_faults(restored, checkpoint), *_export_faults(restored, export, folder), *differing),
        )


@contextmanager
def _empty_record(folder: Path, tenant: str) -> Iterator[DecisionStore]:
    with closing(open_store(f"sqlite:///{folder}/{tenant}.db")) as record:
        if tenant != DEFAULT_TENANT:
            record.tenants.create(tenant)
        yield record.for_tenant(tenant)


def _chain_faults(restored: DecisionStore, checkpoint: Checkpoint | None) -> Iterator[str]:
    if (fault := restored.verify()) is not None:
        yield f"the restored record is broken at {fault}"
    if checkpoint is not None and (fault := restored.verify_checkpoint(checkpoint)) is not None:
        yield f"the restored record does not reach the checkpoint: {fault}"


def _export_faults(restored: DecisionStore, export: Path, folder: Path) -> Iterator[str]:
    again = folder / f"{restored.tenant}-again.ndjson"
    with again.open("wb") as stream, database.read_transaction(restored.engine) as connection:
        write_export(connection, stream, version=_version(export))
    with export.open("rb") as before, again.open("rb") as after:
        same = _digest(before) == _digest(after)
    again.unlink()
    if not same:
        yield "the restored record exports other bytes than it was restored from"


def _version(export: Path) -> int:
    """The version of an export, which may have been kept since before the latest one."""
    with export.open("rb") as stream:
        version: int = orjson.loads(stream.readline())["version"]
    return max(version, WITHOUT_FILES)


def _digest(export: BinaryIO) -> str:
    """The SHA-256 of an export, without its signature."""
    digest = hashlib.sha256()
    for line in export:
        if line.startswith(b'{"kind":"end"'):
            digest.update(orjson.dumps({**orjson.loads(line), "signature": None}))
        else:
            digest.update(line)
    return digest.hexdigest()


def _sampled(record: DecisionStore, most: int) -> tuple[list[str], int]:
    """The ids of up to ``most`` decisions, each as likely as any other, and the number of all decisions."""
    ids: list[str] = []
    count = 0
    for count, decision_id in enumerate(_decision_ids(record), start=1):
        if len(ids) < most:
            ids.append(decision_id)
        elif (place := random.randrange(count)) < most:  # noqa: S311 - a sample, no secret
            ids[place] = decision_id
    return ids, count


def _decision_ids(record: DecisionStore) -> Iterator[str]:
    cursor = None
    while True:
        page = record.decisions(EVERY_DECISION, cursor, MOST_LISTED)
        yield from (each.id for each in page.items)
        cursor = page.cursor
        if cursor is None:
            return


def _rerun(record: DecisionStore, ids: list[str]) -> tuple[list[str], int]:
    """A fault for each decision that comes out differently now, and the number of those whose personal data were erased."""
    faults, erased = [], 0
    for decision_id in ids:
        try:
            if not record.rerun(decision_id).agrees:
                faults.append(f"decision {decision_id} comes out differently when it is decided again")
        except Erased:
            erased += 1
    return faults, erased

"""What an auditor does with the record: verify its chains, take and verify checkpoints, export and import it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import BinaryIO

from attrs import frozen

from adjudicator.model.time import Instant
from adjudicator.store import database
from adjudicator.store.checkpoints import (
    Checkpoint,
    check_signature,
    checkpoints_fault,
    first_mismatch,
    last_time,
    take_checkpoint,
    verified_heads,
)
from adjudicator.store.reading import RecordReader
from adjudicator.store.transfer import export, import_
from adjudicator.store.verification import BrokenAt, Extent, extent, first_fault


@frozen(eq=False)
class RecordAuditor(RecordReader):
    """Reads the record of one tenant, and shows that nothing in it was altered."""

    def verify(self, since: Checkpoint | None = None) -> BrokenAt | None:
        """The first place where the record is altered, incomplete or out of order; ``None`` if it is intact.

        With ``since``, a checkpoint up to which the record was verified, only the chains that have grown after it are verified.
        """
        with database.read_transaction(self.engine) as connection, database.without_timeouts(connection):
            verified = {} if since is None else verified_heads(connection, since)
            fault = first_fault(connection, verified) or checkpoints_fault(connection)
            return fault if since is None or fault is not None else first_mismatch(connection, since)

    def extent(self, since: Checkpoint | None = None) -> Extent:
        """How much there is for :meth:`verify` to read."""
        with database.read_transaction(self.engine) as connection:
            return extent(connection, {} if since is None else verified_heads(connection, since))

    def checkpoint(self, key: bytes | None = None) -> Checkpoint:
        """A checkpoint of all chains now, signed with an Ed25519 private key (PEM) if you give one.

        If nothing has changed since the last one, this is the last one.
        """
        return take_checkpoint(self.engine, self.now(), key)

    def checkpoint_if_due(self, minutes: int, key: bytes | None = None) -> Checkpoint | None:
        """Take a checkpoint unless the last one is younger than some minutes. Returns it if it was taken."""
        with database.read_transaction(self.engine) as connection:
            last = last_time(connection)
        now = self.now()
        if last is not None and now < last + minutes * 60_000_000:
            return None
        taken = take_checkpoint(self.engine, now, key)
        return None if last is not None and Instant.parse(taken.at) == last else taken

    def verify_checkpoint(self, checkpoint: Checkpoint, public_key: bytes | None = None) -> BrokenAt | None:
        """The first chain that does not contain what the checkpoint saw; ``None`` if all do.

        Raises :class:`~adjudicator.store.errors.BadCheckpoint` if it was altered or is not signed with the key (PEM).
        """
        check_signature(checkpoint, public_key)
        with database.read_transaction(self.engine) as connection, database.without_timeouts(connection):
            return first_mismatch(connection, checkpoint)

    def export(self, stream: BinaryIO, key: bytes | None = None) -> int:
        """Write the whole record, except API keys, as NDJSON. Returns the number of entries.

        Signs it with an Ed25519 private key (PEM) if you give one. Raises :class:`~adjudicator.store.errors.Altered` if entries are missing.
        """
        with database.read_transaction(self.engine) as connection, database.without_timeouts(connection):
            return export(connection, stream, key)

    def import_(self, stream: BinaryIO, public_key: bytes | None = None) -> int:
        """Import an export, all of it or nothing. Returns the number of new entries.

        It writes no events: they were those of the other record. Reviews that are still to come are announced here.
        Entries that already exist must be identical. Raises :class:`~adjudicator.store.errors.NotImportable`, also unless the export is
        signed with the private key that belongs to the public key (PEM), if you give one. A stream that cannot be read twice is copied
        to a temporary file first.
        """
        with readable_again(stream) as export_again:
            count = database.unless_deadlocked(lambda: self._import(export_again(), public_key))
        database.clear_log(self.engine)
        return count

    def _import(self, stream: BinaryIO, public_key: bytes | None) -> int:
        with database.write_transaction(self.engine) as connection, database.without_timeouts(connection):
            return import_(connection, stream, self.now(), public_key)


@contextmanager
def readable_again(stream: BinaryIO) -> Iterator[Callable[[], BinaryIO]]:
    """Gives a stream from where it is now, as often as it is called.

    One that cannot be rewound, such as a pipe, is read to its end first. So a slow writer holds up no transaction.
    """
    if stream.seekable():
        start = stream.tell()
        yield lambda: _rewound(stream, start)
        return
    with tempfile.TemporaryFile() as copy:
        shutil.copyfileobj(stream, copy)
        yield lambda: _rewound(copy, 0)


def _rewound(stream: BinaryIO, start: int) -> BinaryIO:
    stream.seek(start)
    return stream

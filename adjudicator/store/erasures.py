"""Erasures: personal data are destroyed in small steps, while everyone else reads and writes.

An erasure is requested, and then carried on by any process until it is done. Each step is a short transaction of its own, and a repeated
step changes nothing, so an erasure that was interrupted continues where it stopped.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from itertools import groupby
from typing import Any, Final

import orjson
import sqlalchemy as sa
from attrs import field, frozen
from attrs.converters import optional

from adjudicator.engine.registry import policies
from adjudicator.model.time import Instant
from adjudicator.store import database
from adjudicator.store.chain import ERASED_SALT
from adjudicator.store.entries import Writer, new_id
from adjudicator.store.errors import NotFound, RecordError
from adjudicator.store.job_rows import ALL_SEARCHED, erase_from_jobs
from adjudicator.store.personal import subjects
from adjudicator.store.rulings import erase_rulings_on
from adjudicator.store.tables import ENTRIES, ERASED, ERASURE_TARGETS, ERASURES, SEALED
from adjudicator.store.tenancy import across_tenants, chain_name

BATCH: Final = 100
"""The most entries of one order or case that are erased in a step."""
SEARCHED: Final = 2_000
"""The most entries that are searched for a person in a step."""
PAUSE: Final = 0.05
"""The wait before the files are cleared again, in seconds, if a reader still used the old ones."""


class Stage(StrEnum):
    """The stage of an erasure."""

    ERASING = "erasing"
    CLEARING = "clearing"
    DONE = "done"


@frozen(kw_only=True)
class Erasure:
    """An erasure: its stage, and the decisions whose personal data it removed so far.

    ``erasing``: the data are being searched and destroyed. ``clearing``: they are gone from the record, but in SQLite the write-ahead log
    may still hold them until no one reads an older state. ``done``: neither file holds them.
    """

    id: str
    state: Stage = field(converter=Stage)
    reason: str
    requested_at: Instant = field(converter=Instant)
    finished_at: Instant | None = field(converter=optional(Instant))
    erased: tuple[str, ...]


_UNFINISHED: Final = ERASURES.c.state.in_((Stage.ERASING.value, Stage.CLEARING.value))


@frozen(eq=False)
class Erasures:
    """The erasures of one tenant."""

    engine: sa.Engine
    now: Callable[[], Instant]

    def request(
        self,
        *,
        order_id: str | None = None,
        case_id: str | None = None,
        subject: str | None = None,
        reason: str,
        caller: str | None = None,
    ) -> Erasure:
        """Request to erase the personal data of an order, of a case without an order, or of a person.

        ``subject`` is the id of a buyer or claimant; in a case that has neither, of anyone the case identifies. The reason, which must not
        name anyone, goes on record with the ids of the erased decisions; every chain still verifies. The service carries out what was
        requested; without it, call :meth:`proceed` or :meth:`finish`. Raises :class:`ValueError` unless exactly one of the three is given.
        """
        targets = {"order_id": order_id, "case_id": case_id, "subject": subject}
        given = [(kind, target) for kind, target in targets.items() if target is not None]
        if len(given) != 1:
            raise ValueError("name exactly one of an order, a case and a subject")
        ((kind, target),) = given
        at = self.now()
        new = new_id(at)
        row = {"id": new, "by": caller, "reason": reason, "kind": kind, "requested_at": int(at)}
        with database.write_transaction(self.engine) as connection:
            connection.execute(ERASURES.insert().values(**row, state=Stage.ERASING.value, position=""))
            connection.execute(ERASURE_TARGETS.insert().values(id=new, target=target))
        return Erasure(id=new, state=Stage.ERASING, reason=reason, requested_at=at, finished_at=None, erased=())

    def find(self, id: str) -> Erasure:
        """The erasure with an id. Raises :class:`~adjudicator.store.errors.NotFound`."""
        erased = sa.select(ERASED.c.decision).where(ERASED.c.erasure == id).order_by(ERASED.c.decision)
        with database.read_transaction(self.engine) as connection:
            row = _row(connection, id)
            decisions = tuple(connection.scalars(erased))
        return Erasure(
            id=id,
            state=row["state"],
            reason=row["reason"],
            requested_at=row["requested_at"],
            finished_at=row["finished_at"],
            erased=decisions,
        )

    def unfinished(self) -> tuple[str, ...]:
        """The ids of the erasures that are not done, oldest first."""
        query = sa.select(ERASURES.c.id).where(_UNFINISHED)
        with database.read_transaction(self.engine) as connection:
            return tuple(connection.scalars(query.order_by(ERASURES.c.id)))

    def proceed(self, seconds: float) -> None:
        """Work on the unfinished erasures for about some seconds. What then remains can be continued by any process."""
        deadline = time.monotonic() + seconds
        for each in self.unfinished():
            while time.monotonic() < deadline and self.advance(each):
                pass

    def finish(self, id: str, seconds: float) -> Erasure:
        """Carry out an erasure to its end. Raises :class:`~adjudicator.store.errors.RecordError` if a reader holds it up for this long."""
        deadline = time.monotonic() + seconds
        while (erasure := self.find(id)).state is not Stage.DONE:
            if self.advance(id):
                continue
            if time.monotonic() >= deadline:
                raise RecordError("erased, but a reader still holds the old files open: erase again to clear them too")
            time.sleep(PAUSE)
        return erasure

    def advance(self, id: str) -> bool:
        """Carry out the next step of an erasure. Returns whether there was a step to carry out."""
        with database.read_transaction(self.engine) as connection:
            row = _row(connection, id)
            target = connection.scalar(sa.select(ERASURE_TARGETS.c.target).where(ERASURE_TARGETS.c.id == id)) or ""
            searching_jobs = row["state"] == Stage.ERASING and (row["job_position"] or 0) < ALL_SEARCHED
            if row["state"] == Stage.ERASING and not searching_jobs:
                search = _by_subject if row["kind"] == "subject" else _by_chain
                found, position = search(connection, row, target)
        if searching_jobs:
            self._erase_from_jobs(row, target)
            return True
        if row["state"] == Stage.ERASING:
            self._erase(row, found)
            self._move(row, Stage.CLEARING if position is None else Stage.ERASING, position)
            return True
        if row["state"] == Stage.CLEARING and database.clear_log(self.engine):
            self._move(row, Stage.DONE, None)
            return True
        return False

    def _erase_from_jobs(self, row: sa.RowMapping, target: str) -> None:
        """Erase from the lines and results of jobs. This comes first: what a job recorded until then is found afterwards."""
        this = ERASURES.c.id == row["id"]
        with database.write_transaction(self.engine) as connection:
            reached = erase_from_jobs(connection, row["kind"], target, row["job_position"] or 0)
            connection.execute(ERASURES.update().where(this).values(job_position=reached))

    def _erase(self, row: sa.RowMapping, found: Iterable[tuple[str, str]]) -> None:
        for chain, pairs in groupby(found, key=lambda pair: pair[0]):
            with database.write_transaction(self.engine) as connection:
                ids = [entry_id for _, entry_id in pairs]
                erased = Writer(connection, self.now, row["by"]).erasure(chain, ids, row["reason"])
                erase_rulings_on(connection, erased)
                for decision in erased:
                    database.insert_if_new(connection, ERASED, erasure=row["id"], decision=decision)

    def _move(self, row: sa.RowMapping, stage: Stage, position: str | None) -> None:
        """Note how far an erasure is, unless another process went further meanwhile."""
        values: dict[str, Any] = {"state": stage.value, "position": row["position"] if position is None else position}
        if stage is Stage.DONE:
            values["finished_at"] = int(self.now())
        unchanged = [ERASURES.c[name] == row[name] for name in ("id", "state", "position")]
        with database.write_transaction(self.engine) as connection:
            moved = connection.execute(ERASURES.update().where(*unchanged).values(**values)).rowcount
            if moved and stage is not Stage.ERASING:
                _forget_target(connection, row["id"])


def tenants_erasing(engine: sa.Engine) -> tuple[str, ...]:
    """The tenants with erasures that are not done, by name."""
    query = sa.select(ERASURES.c.tenant).where(_UNFINISHED).distinct().order_by(ERASURES.c.tenant)
    with database.read_transaction(across_tenants(engine)) as connection:
        return tuple(connection.scalars(query))


def _row(connection: sa.Connection, id: str) -> sa.RowMapping:
    row = connection.execute(sa.select(ERASURES).where(ERASURES.c.id == id)).mappings().one_or_none()
    if row is None:
        raise NotFound(f"there is no erasure {id}")
    return row


def _forget_target(connection: sa.Connection, id: str) -> None:
    """Delete the name of the target of an erasure, like the data themselves."""
    this = ERASURE_TARGETS.c.id == id
    if connection.dialect.name == "sqlite":
        connection.execute(ERASURE_TARGETS.update().where(this).values(target=database.blank(ERASURE_TARGETS.c.target)))
    else:
        connection.execute(ERASURE_TARGETS.delete().where(this))


Found = tuple[list[tuple[str, str]], str | None]
"""Chain and id of entries to erase, by chain, and where to go on searching; ``None`` if nothing else is to be searched."""

_LIVE: Final = SEALED.c.salt != ERASED_SALT


def _by_chain(connection: sa.Connection, row: sa.RowMapping, target: str) -> Found:
    """Entries of an order, or of a case without an order."""
    chain = chain_name(connection, "case" if row["kind"] == "case_id" else "order", target)
    query = sa.select(ENTRIES.c.id).join(SEALED, SEALED.c.id == ENTRIES.c.id).where(ENTRIES.c.chain == chain, _LIVE)
    ids = connection.scalars(query.order_by(ENTRIES.c.number).limit(BATCH)).all()
    return [(chain, each) for each in ids], "" if len(ids) == BATCH else None


def _by_subject(connection: sa.Connection, row: sa.RowMapping, target: str) -> Found:
    """Entries about a person among the next ones.

    They are searched one by one: an index of persons would itself be personal data, and SQLite cannot clear an index without rebuilding it.
    """
    after = SEALED.c.id > row["position"]
    last = connection.scalar(sa.select(SEALED.c.id).where(after).order_by(SEALED.c.id).limit(1).offset(SEARCHED - 1))
    these = after if last is None else sa.and_(after, SEALED.c.id <= last)
    named = SEALED.c.content.contains(orjson.dumps(target).decode(), autoescape=True)
    columns = (ENTRIES.c.chain, ENTRIES.c.id, ENTRIES.c.body, SEALED.c.content)
    query = sa.select(*columns).join(SEALED, SEALED.c.id == ENTRIES.c.id).where(these, named, _LIVE)
    return sorted(_about(target, connection.execute(query).mappings())), last


def _about(subject: str, rows: Iterable[sa.RowMapping]) -> Iterator[tuple[str, str]]:
    for row in rows:
        editions = policies().get(orjson.loads(row["body"])["policy"]["id"])
        kind = None if editions is None else editions[0].case_kind.case_type
        if subject in subjects(row["content"], kind):
            yield row["chain"], row["id"]

"""The lines and results of jobs, which hold personal data: how they are written, read, erased and removed.

In SQLite, rows that move between pages leave copies that nothing clears (see :func:`~adjudicator.store.chain.erase_seals`). So here, too, rows
are only appended, and blanked in place. What is blank is deleted from the beginning of the table on, and never next to rows that are not: so
those that SQLite moves meanwhile are blank as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import orjson
import sqlalchemy as sa
from attrs import frozen

from adjudicator.store.database import blank
from adjudicator.store.job_tables import JOB_LINES, JOB_RESULTS, NOT_ERASED

STEP: Final = 500
"""The most rows that one transaction searches, blanks or deletes."""
MOST_BYTES: Final = 1024 * 1024
"""About the most that is read at once."""
MARGIN: Final = 1_000
"""How many blank rows stay before the first one that is not, so that they fill some pages between it and what is deleted."""
ALL_SEARCHED: Final = 2**62
"""The position of an erasure that has searched all lines."""
TABLES: Final = (JOB_LINES, JOB_RESULTS)


@frozen
class JobLine:
    """A line of a job: a case, or the id of a decision. ``problem`` says why it was not kept, or that it was erased."""

    number: int
    content: bytes
    problem: str | None = None


@frozen
class LineResult:
    """The result of a line, as JSON; ``decided`` unless it is a problem."""

    number: int
    content: bytes
    decided: bool


def add_lines(connection: sa.Connection, job: str, lines: Sequence[JobLine], **columns: Any) -> None:
    """Append lines to a job."""
    rows = [
        {"job": job, "number": each.number, "content": each.content.decode(), "problem": each.problem, "erased": 0}
        for each in lines
    ]
    connection.execute(JOB_LINES.insert(), [{**row, **columns} for row in rows])


def lines_after(connection: sa.Connection, job: str, number: int, limit: int) -> list[JobLine]:
    """The next lines of a job after a number."""
    return list(
        map(_line, _next_rows(connection, JOB_LINES, (JOB_LINES.c.job == job, JOB_LINES.c.number > number), limit))
    )


def lock_lines(connection: sa.Connection, job: str, numbers: Sequence[int]) -> frozenset[int]:
    """Lock lines until the transaction ends, so that no erasure passes meanwhile. Returns the numbers of those that were erased."""
    these = sa.select(JOB_LINES.c.number, JOB_LINES.c.erased).where(JOB_LINES.c.job == job)
    these = these.where(JOB_LINES.c.number.in_(numbers)).order_by(JOB_LINES.c.id).with_for_update()
    return frozenset(row.number for row in connection.execute(these).all() if row.erased)


def same_lines(connection: sa.Connection, job: str, lines: Sequence[JobLine]) -> bool | None:
    """Whether a job has these lines under their numbers; ``None`` if one of them was erased, so this cannot be checked."""
    numbers = [each.number for each in lines]
    query = sa.select(JOB_LINES).where(JOB_LINES.c.job == job, JOB_LINES.c.number.in_(numbers))
    rows = connection.execute(query.order_by(JOB_LINES.c.number)).all()
    if any(row.erased for row in rows):
        return None
    return list(map(_line, rows)) == list(lines)


def _next_rows(
    connection: sa.Connection, table: sa.Table, criteria: tuple[Any, ...], limit: int
) -> Sequence[sa.Row[Any]]:
    """The next rows, in the order in which they were appended, of about :data:`MOST_BYTES` together; one at least, if there is any."""
    sizes = sa.select(table.c.id, sa.func.length(table.c.content)).where(*criteria).order_by(table.c.id).limit(limit)
    ids: list[int] = []
    room = MOST_BYTES
    for row_id, size in connection.execute(sizes).all():
        if room <= 0:
            break
        ids.append(row_id)
        room -= size
    return connection.execute(sa.select(table).where(table.c.id.in_(ids)).order_by(table.c.id)).all()


def _line(row: sa.Row[Any]) -> JobLine:
    return JobLine(row.number, row.content.encode(), "erased" if row.erased else row.problem)


def add_results(
    connection: sa.Connection, job: str, results: Iterable[LineResult], erased: frozenset[int], **columns: Any
) -> None:
    """Append the results of lines to a job. Of those whose line was erased meanwhile, nothing is kept."""
    rows = [
        {"number": each.number, "content": "" if each.number in erased else each.content.decode()} for each in results
    ]
    connection.execute(
        JOB_RESULTS.insert(),
        [{"job": job, **row, "erased": int(row["number"] in erased), **columns} for row in rows],
    )


def results_after(connection: sa.Connection, job: str, number: int, limit: int) -> list[tuple[int, bytes | None]]:
    """The next results of a job after a line, each with its number; ``None`` for an erased one."""
    rows = _next_rows(connection, JOB_RESULTS, (JOB_RESULTS.c.job == job, JOB_RESULTS.c.number > number), limit)
    return [(row.number, None if row.erased else row.content.encode()) for row in rows]


# Erasing and removing


def erase_from_jobs(connection: sa.Connection, kind: str, target: str, position: int) -> int:
    """Search the next lines after a position for an order, a case or a person, and blank what is about them, with the results.

    ``kind`` is that of the erasure. Returns the position to go on from, or :data:`ALL_SEARCHED`.
    """
    rows = _next_rows(connection, JOB_LINES, (JOB_LINES.c.id > position, NOT_ERASED), STEP)
    for row in rows:
        if _is_about(row.content, kind, target):
            for table in TABLES:
                these = sa.and_(table.c.job == row.job, table.c.number == row.number, table.c.erased == 0)
                _blank(connection, table, these)
    return rows[-1].id if rows else ALL_SEARCHED


def _is_about(content: str, kind: str, target: str) -> bool:
    """Whether a line is about an order, a case or a person. A line that is not a case counts if it names the target anywhere."""
    try:
        document = orjson.loads(content)
    except orjson.JSONDecodeError:
        return target in content
    if not isinstance(document, dict):
        return target in content or _has_text(document, target)
    if kind == "subject":
        return orjson.dumps(target).decode() in content or _has_text(document, target)
    order = document.get("order")
    if kind == "order_id":
        return isinstance(order, dict) and order.get("id") == target
    return document.get("id") == target and not isinstance(order, dict)


def _has_text(document: Any, target: str) -> bool:
    """Whether any text in a document is the id of a person, wherever it stands."""
    waiting = [document]
    while waiting:
        value = waiting.pop()
        if value == target:
            return True
        if isinstance(value, dict):
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
    return False


def _blank(connection: sa.Connection, table: sa.Table, these: sa.ColumnElement[bool]) -> int:
    content: Any = blank(table.c.content) if connection.dialect.name == "sqlite" else ""
    return connection.execute(table.update().where(these).values(content=content, erased=1)).rowcount


def forget_some(connection: sa.Connection, job: str) -> int:
    """Blank some rows of a job, whatever they are about. Returns how many; call it again until none."""
    total = 0
    for table in TABLES:
        some = sa.select(table.c.id).where(table.c.job == job, table.c.erased == 0).limit(STEP)
        total += _blank(connection, table, table.c.id.in_(some))
    return total


def trim(connection: sa.Connection) -> int:
    """Delete some blank rows from the beginning of each table, of any tenant. Returns how many; call it again until none."""
    total = 0
    for table in TABLES:
        first_kept = connection.scalar(sa.select(sa.func.min(table.c.id)).where(NOT_ERASED))
        blank_rows = sa.select(table.c.id).where(table.c.erased == 1)
        if first_kept is not None:
            blank_rows = blank_rows.where(table.c.id < first_kept)
        last = connection.scalar(blank_rows.order_by(table.c.id.desc()).limit(1).offset(MARGIN))
        if last is not None:
            oldest = connection.scalars(blank_rows.where(table.c.id <= last).order_by(table.c.id).limit(STEP)).all()
            total += connection.execute(table.delete().where(table.c.id.in_(oldest))).rowcount
    return total

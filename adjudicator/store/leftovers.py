"""What workers of an earlier version leave behind when they erase: what was added to the record after them.

During an upgrade they run beside newer workers, and do not know of the files that cases name (schema 0012) and of rulings (0013).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import sqlalchemy as sa

from adjudicator.model.time import Instant
from adjudicator.store import database
from adjudicator.store.chain import lock_chain
from adjudicator.store.file_rows import IS_KEPT, forget_named
from adjudicator.store.file_tables import NAMED_FILES
from adjudicator.store.lookups import decision_row
from adjudicator.store.ruling_tables import RULING_TEXTS, RULINGS
from adjudicator.store.rulings import erase_rulings_on
from adjudicator.store.tables import ERASED, ERASURES
from adjudicator.store.tenancy import across_tenants, bound

LEFTOVER_DAYS: Final = 30
"""For so many days after an erasure it is looked for what was left behind: longer than any upgrade takes."""
AT_ONCE: Final = 100
"""The most decisions that are looked after with one call."""


def erase_leftovers(engine: sa.Engine, since: Instant) -> int:
    """Erase what was left behind of some decisions, of any tenant, by erasures that were done after an instant.

    Returns how many decisions that was; call it again until none.
    """
    with database.read_transaction(across_tenants(engine)) as connection:
        rows = [row for query in _left(since) for row in connection.execute(query.limit(AT_ONCE))]
    found = {(row.tenant, row.decision) for row in rows}
    for tenant, decision in sorted(found):
        with database.write_transaction(bound(engine, tenant)) as connection:
            lock_chain(connection, decision_row(connection, decision)["chain"])
            forget_named(connection, [decision])
            erase_rulings_on(connection, [decision])
    if found:
        database.clear_log(engine)
    return len(found)


def _left(since: Instant) -> Iterator[sa.Select[Any]]:
    """Tenant and id of decisions of which something is left."""
    decisions = sa.select(ERASED.c.tenant, ERASED.c.decision).distinct()
    done = decisions.join(ERASURES, ERASURES.c.id == ERASED.c.erasure).where(ERASURES.c.finished_at >= int(since))
    files = sa.and_(NAMED_FILES.c.decision == ERASED.c.decision, NAMED_FILES.c.erased == IS_KEPT)
    yield done.join(NAMED_FILES, files)
    rulings = done.join(RULINGS, RULINGS.c.decision_id == ERASED.c.decision)
    yield rulings.join(RULING_TEXTS, RULING_TEXTS.c.ruling == RULINGS.c.id).where(
        sa.func.trim(RULING_TEXTS.c.content) != ""
    )

"""Records of several tenants, filled with the same names in each."""

from __future__ import annotations

import io
from typing import Any, Final

import sqlalchemy as sa

from adjudicator.store import DecisionStore, Scope
from adjudicator.store import database as databases
from adjudicator.store.columns import METADATA
from adjudicator.store.tenancy import across_tenants
from store.cases import ADMISSION, a_claim

SHARED: Final = {"compatibility", "tenants"}
"""The tables that belong to no tenant."""


def rows_of(record: DecisionStore, tenant: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of a tenant, by table."""
    with databases.read_transaction(across_tenants(record.engine)) as connection:
        return {
            table.name: sorted(
                map(tuple, connection.execute(sa.select(table).where(table.c.tenant == tenant))), key=repr
            )
            for table in METADATA.sorted_tables
            if table.name not in SHARED
        }


def fill(record: DecisionStore) -> str:
    """Fill a tenant's record with everything that can be recorded, with the same names in each tenant. Returns the id of a decision."""
    caller = record.api_keys.create("shop", [Scope.DECIDE]).key.identity
    given = record.decide(a_claim(), idempotency_key="K", caller=caller)
    refund, *_ = record.reserve(given.id, idempotency_key="P", caller=caller)
    record.confirm(refund.key, caller=caller)
    record.decide(a_claim(ticket="T-2"), supersedes=given.id, fill_settlements=True, caller=caller)
    record.decide(repr(ADMISSION).replace("'", '"').encode())
    record.take_up("B", ["batch"], caller=caller)
    record.checkpoint()
    record.rates.take(caller, 3, 10)
    return given.id


def case_of(_: DecisionStore) -> Any:
    from adjudicator import load_case

    return load_case(a_claim())


def exported(record: DecisionStore) -> bytes:
    stream = io.BytesIO()
    record.export(stream)
    return stream.getvalue()

"""Rows are written without SQLAlchemy's steps, but for the connection's tenant only, and as SQLAlchemy would write them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa

from adjudicator.store import DecisionStore, database
from adjudicator.store.tables import CHAINS, REQUESTS, TENANTS
from adjudicator.store.tenancy import across_tenants, bound
from adjudicator.store.writing import Later, write_rows
from store.cases import a_claim

LENGTHEN = CHAINS.update().where(CHAINS.c.chain == sa.bindparam("of"))


def chains(record: DecisionStore) -> list[tuple[Any, ...]]:
    """All chains, of every tenant."""
    with database.read_transaction(across_tenants(record.engine)) as connection:
        query = sa.select(CHAINS.c.chain, CHAINS.c.length, CHAINS.c.tenant).order_by(CHAINS.c.chain)
        return [tuple(row) for row in connection.execute(query)]


def a_chain(name: str) -> dict[str, Any]:
    return {"chain": name, "length": 1, "head": "0" * 64}


@pytest.mark.parametrize("count", [1, 3])
def test_rows_belong_to_the_tenant_of_the_connection(record: DecisionStore, count: int) -> None:
    with database.write_transaction(bound(record.engine, "acme")) as connection:
        assert write_rows(connection, CHAINS.insert(), [a_chain(f"c{n}") for n in range(count)]) == count
    assert chains(record) == [(f"c{n}", 1, "acme") for n in range(count)]


def test_rows_of_another_tenant_are_not_changed(record: DecisionStore) -> None:
    with database.write_transaction(bound(record.engine, "acme")) as connection:
        write_rows(connection, CHAINS.insert(), [a_chain("theirs")])
    with database.write_transaction(record.engine) as connection:
        write_rows(connection, CHAINS.insert(), [a_chain("ours")])
        changes = [{"of": each, "length": 7, "head": "1" * 64} for each in ("ours", "theirs")]
        assert write_rows(connection, LENGTHEN, changes) == 1
    assert chains(record) == [("ours", 7, "default"), ("theirs", 1, "acme")]


@pytest.mark.parametrize("tenant", [None, "*"])
def test_without_one_tenant_nothing_is_written(record: DecisionStore, tenant: str | None) -> None:
    unbound = record.engine.execution_options(tenant=tenant)
    with pytest.raises(LookupError, match="tenant"), database.write_transaction(unbound) as connection:
        write_rows(connection, CHAINS.insert(), [a_chain("c")])
    assert chains(record) == []


def test_a_table_that_belongs_to_no_tenant_is_written_as_it_is(record: DecisionStore) -> None:
    rows = [{"name": name, "policies": None, "created_at": 1} for name in ("acme", "umbrella")]
    with database.write_transaction(record.engine) as connection:
        assert write_rows(connection, TENANTS.insert(), rows) == 2
        assert {"acme", "umbrella"} <= set(connection.scalars(sa.select(TENANTS.c.name)))


def test_statements_with_other_fields_are_other_statements(record: DecisionStore) -> None:
    """What is left out is null, as SQLAlchemy has it."""
    insert = REQUESTS.insert()
    with database.write_transaction(record.engine) as connection:
        write_rows(connection, insert, [{"request": "a", "answer": "x", "stored_at": 1}])
        write_rows(connection, insert, [{"request": "b", "decision_id": "d", "stored_at": 2}])
        query = sa.select(REQUESTS.c.request, REQUESTS.c.answer, REQUESTS.c.decision_id).order_by(REQUESTS.c.request)
        assert [tuple(row) for row in connection.execute(query)] == [("a", "x", None), ("b", None, "d")]


@pytest.mark.parametrize(
    "column",
    [partial(sa.Column, "a", sa.Integer, default=1), partial(sa.Column, "a", sa.JSON)],
    ids=["default", "converted"],
)
def test_a_statement_that_needs_sqlalchemy_is_refused(
    record: DecisionStore, column: Callable[[], sa.Column[Any]]
) -> None:
    table = sa.Table("made_up", sa.MetaData(), column(), sa.Column("b", sa.Integer))
    with database.write_transaction(record.engine) as connection, pytest.raises(NotImplementedError):
        write_rows(connection, table.insert(), [{"a": 1, "b": 2}])


def test_statements_are_carried_out_in_the_order_in_which_they_came(record: DecisionStore) -> None:
    later, insert = Later(), CHAINS.insert()
    later.execute(insert, a_chain("c1"))
    later.execute(LENGTHEN, {"of": "c2", "length": 5, "head": "1" * 64})
    later.execute(insert, a_chain("c2"))
    with database.write_transaction(record.engine) as connection:
        later.write(connection)
    assert chains(record) == [("c1", 1, "default"), ("c2", 5, "default")]


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_new_order_takes_five_statements(record: DecisionStore) -> None:
    statements: list[str] = []

    def trace(connection: sa.Connection) -> None:
        driver: Any = connection.connection.driver_connection
        driver.set_trace_callback(statements.append)

    sa.event.listen(record.engine, "begin", trace)
    record.decide(a_claim("A"))
    words = [each.split()[0] for each in statements if not each.startswith(("--", "PRAGMA busy_timeout"))]
    assert words == ["BEGIN", *["INSERT"] * 5, "COMMIT"]

"""Tenants and their policies, older data, and that no statement can forget its tenant."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any, Final

import pytest
import sqlalchemy as sa

from adjudicator import InputError
from adjudicator.store import DecisionStore, NotFound, Scope, TenantExists, open_store
from adjudicator.store import database as databases
from adjudicator.store.columns import METADATA
from adjudicator.store.database import migrate
from adjudicator.store.tables import DECISIONS, ENTRIES, SEALED
from adjudicator.store.tenancy import restricted
from store.cases import ADMISSION, ORDER, a_claim
from store.several import SHARED, case_of, exported, fill

STORE: Final = Path(databases.__file__).parent


# The tenant cannot be forgotten


def test_every_table_belongs_to_a_tenant() -> None:
    assert {table.name for table in METADATA.sorted_tables if "tenant" not in table.c} == SHARED


def test_a_statement_without_a_tenant_is_refused(record: DecisionStore) -> None:
    unbound = record.engine.execution_options(tenant=None)
    for statement in (sa.select(DECISIONS), DECISIONS.delete(), DECISIONS.update().values(outcome="x")):
        with (
            pytest.raises(LookupError, match="bound to no tenant"),
            databases.write_transaction(unbound) as connection,
        ):
            connection.execute(statement)
    with databases.write_transaction(unbound) as connection:
        assert connection.scalar(sa.select(sa.literal(1))) == 1
    with pytest.raises(NotImplementedError):
        restricted(SEALED.insert().from_select(["id"], sa.select(ENTRIES.c.id)))


@pytest.mark.parametrize(
    "statement",
    [
        sa.select(DECISIONS.c.id),
        sa.select(sa.func.count()).select_from(DECISIONS),
        sa.select(DECISIONS.alias().c.id),
        sa.select(ENTRIES.c.id).join(SEALED, SEALED.c.id == ENTRIES.c.id),
        sa.select(SEALED.c.id).where(SEALED.c.id.in_(sa.select(ENTRIES.c.id))),
        sa.select(sa.select(sa.func.max(DECISIONS.c.id)).scalar_subquery()),
        sa.select(sa.select(DECISIONS).subquery().c.id),
        sa.select(DECISIONS.c.id).union(sa.select(SEALED.c.id)),
        sa.select(sa.literal("x")).where(sa.exists(sa.select(DECISIONS.c.id))),
    ],
    ids=str,
)
def test_no_statement_sees_the_rows_of_another_tenant(
    record: DecisionStore, acme: DecisionStore, statement: Any
) -> None:
    """Whatever its form, an empty tenant has no rows."""
    record.decide(a_claim())
    with databases.read_transaction(record.engine) as connection:
        assert any(connection.scalars(statement))
    with databases.read_transaction(acme.engine) as connection:
        assert not any(connection.scalars(statement))


def test_no_module_of_the_store_writes_sql_as_text() -> None:
    """Text would bypass the restriction. It is allowed only for the database as a whole."""
    allowed = {"database.py", "tables.py", "tenancy.py"}
    for path in STORE.glob("*.py"):
        if path.name in allowed:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "sa":
                assert node.attr not in ("text", "table", "literal_column"), path.name
            assert not (isinstance(node, ast.Attribute) and node.attr == "exec_driver_sql"), path.name


# Tenants and their policies


def test_the_names_of_tenants_are_unique(record: DecisionStore) -> None:
    assert [each.name for each in record.tenants.listed()] == ["default"]
    record.tenants.create("acme-2")
    with pytest.raises(TenantExists):
        record.tenants.create("acme-2")
    for name in ("", "Acme", "a/b", "-a", "a-", "*", "a" * 64, "a b"):
        with pytest.raises(ValueError, match="a tenant's name has"):
            record.tenants.create(name)
    with pytest.raises(NotFound, match="there is no tenant"):
        record.for_tenant("nobody")


def test_a_store_of_an_unknown_tenant_does_not_open(record: DecisionStore, url: str) -> None:
    with pytest.raises(NotFound):
        open_store(url, tenant="nobody")
    record.tenants.create("acme")
    opened = open_store(url, tenant="acme")
    assert opened.tenant == "acme"
    opened.close()


def test_a_tenant_uses_the_policies_that_are_switched_on_for_it(record: DecisionStore) -> None:
    record.tenants.create("acme", ["douyin_alliance"])
    acme = record.for_tenant("acme")
    assert acme.decide(repr(ADMISSION).replace("'", '"').encode()).id
    with pytest.raises(InputError, match="/policy"):
        acme.decide(a_claim())
    with pytest.raises(InputError, match="/policy"):
        acme.filled(case_of(acme))
    record.tenants.use("acme", None)
    given = record.for_tenant("acme").decide(a_claim()).id
    record.tenants.use("acme", ["douyin_alliance.admission"])
    assert record.for_tenant("acme").rerun(given).agrees
    with pytest.raises(ValueError, match="there is no pack and no policy"):
        record.tenants.use("acme", ["magic"])
    with pytest.raises(NotFound):
        record.tenants.use("nobody", None)
    assert record.decide(a_claim()).id


# The migration


def test_older_data_belong_to_the_default_tenant(record: DecisionStore) -> None:
    made = [record.api_keys.create(name, [Scope.READ]) for name in ("shop", "desk", "shop")]
    given = fill(record)
    before = exported(record)
    keys = record.api_keys.listed()
    migrate(record.engine, "0005")
    migrate(record.engine)
    assert exported(record) == before
    assert record.decision(given).content
    assert record.verify() is None
    assert record.api_keys.caller_for(made[0].token) == made[0].key
    assert [each.identity for each in record.api_keys.listed()] == [each.identity for each in keys]
    with databases.read_transaction(record.engine) as connection:
        key = sa.inspect(connection).get_pk_constraint("payouts")["constrained_columns"]
    assert key == ["tenant", "key", "attempt"]
    acme = (record.tenants.create("acme"), record.for_tenant("acme"))[1]
    acme.reserve(acme.decide(a_claim()).id)
    assert len(acme.payouts(ORDER)) == 3


def test_a_schema_without_tenants_does_not_take_the_record_of_several(
    record: DecisionStore, acme: DecisionStore
) -> None:
    acme.decide(a_claim())
    with pytest.raises(ValueError, match="other tenants"):
        migrate(record.engine, "0004")
    assert len(acme.decisions().items) == 1

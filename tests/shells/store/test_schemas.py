"""The schema that one test after another uses is as good as a new one."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from adjudicator import Instant
from adjudicator.store import DecisionStore, database
from adjudicator.store.tenancy import DEFAULT_TENANT, bound
from store.cases import a_claim
from store.schemas import Migrated


def run(address: str, *statements: str) -> list[str]:
    """Run statements, and return the tables that have rows."""
    engine = database.engine_for(address)
    with engine.begin() as connection:
        for each in statements:
            connection.exec_driver_sql(each)
        tables = sa.inspect(connection).get_table_names()
        filled = [each for each in tables if connection.exec_driver_sql(f"SELECT 1 FROM {each}").first()]
    engine.dispose()
    return sorted(filled)


def test_a_schema_is_lent_empty_and_with_its_first_numbers(migrated_schema: Migrated) -> None:
    """Including the entries, which are never deleted otherwise."""
    with migrated_schema.lent() as address:
        engine = database.engine_for(address)
        record = DecisionStore(bound(engine, DEFAULT_TENANT), lambda: Instant.parse("2026-06-01T00:00:00Z"))
        record.tenants.create("acme")
        record.decide(a_claim())
        engine.dispose()
        assert "entries" in run(address, "SELECT nextval('outbox_id_seq')")
    with migrated_schema.lent() as again:
        assert again == address
        assert run(again) == ["alembic_version", "compatibility", "tenants"]
        engine = database.engine_for(again)
        with engine.begin() as connection:
            assert connection.exec_driver_sql("SELECT name FROM tenants").all() == [("default",)]
            assert connection.exec_driver_sql("SELECT nextval('outbox_id_seq')").scalar() == 1
        engine.dispose()


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE erasures RENAME TO elsewhere",
        "ALTER TABLE payouts ADD COLUMN more text",
        "ALTER TABLE payouts DROP COLUMN amount",
        "ALTER TABLE payouts ALTER COLUMN amount DROP NOT NULL",
        "CREATE TABLE more (id int)",
        "DROP TABLE sealed",
        "DROP TRIGGER entries_refuse_change ON entries",
        "DROP INDEX decisions_by_tenant_order",
        "UPDATE alembic_version SET version_num = 'another'",
        "UPDATE compatibility SET oldest = 'another'",
        "UPDATE tenants SET policies = '[]'",
        "DELETE FROM tenants",
    ],
)
def test_a_schema_that_a_test_changes_is_not_lent_again(statement: str, migrated_schema: Migrated) -> None:
    with migrated_schema.lent() as address:
        run(address, statement)
    with migrated_schema.lent() as another:
        assert another != address

"""Workers of this version next to the schema of a later one, made by a modified copy of the program."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Final

import httpx
import pytest

import adjudicator
from adjudicator.store import DecisionStore, Filter, SchemaMismatch, open_store
from adjudicator.store.database import schema_revision
from store.cases import a_claim

PACKAGE: Final = Path(adjudicator.__file__).parent
MIGRATION: Final = '''
"""{doc}"""

import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "{revision}", "{before}", None, None


def upgrade():
    {change}


def downgrade():
    raise NotImplementedError
'''
EXPANDS: Final = (
    'op.add_column("decisions", sa.Column("mood", sa.Text, server_default="calm")); '
    'op.create_table("moods", sa.Column("name", sa.Text))'
)
CONTRACTS: Final = "op.execute(\"UPDATE compatibility SET oldest = '9002'\")"
Upgrade = Callable[[str, str, str], None]


@pytest.fixture
def upgrade(record: DecisionStore, tmp_path: Path) -> Upgrade:
    """Run a later version of the program, with one more migration, on the record."""
    url = record.engine.url.render_as_string(hide_password=False)
    later = tmp_path / "later"
    shutil.copytree(PACKAGE, later / "adjudicator", ignore=shutil.ignore_patterns("__pycache__"))

    def upgrade(revision: str, before: str, change: str) -> None:
        file = later / f"adjudicator/store/migrations/versions/r{revision}.py"
        file.write_text(MIGRATION.format(doc=revision, revision=revision, before=before, change=change), "utf-8")
        program = (
            "import sys; from adjudicator.store import open_store; "
            "store = open_store(sys.argv[1]); store.decide(sys.argv[2].encode()); store.close()"
        )
        case = a_claim(order=f"later-{revision}").decode()
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(later), *sys.path))}
        subprocess.run([sys.executable, "-c", program, url, case], check=True, env=environment, cwd=later)

    return upgrade


def test_workers_serve_with_a_later_schema_until_it_removes_something(
    client: httpx.Client, record: DecisionStore, upgrade: Upgrade
) -> None:
    upgraded = Event()
    with record.engine.connect() as connection:
        newest = str(schema_revision(connection))

    def decide() -> set[int]:
        """Decide one case after another, while the upgrade runs and slightly longer."""
        statuses, number = set(), 0
        while not upgraded.is_set() or number < 3:
            case = a_claim(order=f"O-{number}")
            headers = {"Content-Type": "application/json"}
            statuses.add(client.post("/v1/decisions", content=case, headers=headers).status_code)
            number += 1
        return statuses

    with ThreadPoolExecutor(1) as others:
        statuses = others.submit(decide)
        try:
            upgrade("9001", newest, EXPANDS)
        finally:
            upgraded.set()
        assert statuses.result() == {200}
    assert client.get("/readyz").status_code == 200
    url = record.engine.url.render_as_string(hide_password=False)
    for migrate in (True, False):  # after a restart, the service finds the later schema
        again = open_store(url, migrate=migrate)
        assert again.verify() is None
        assert all(again.decisions(Filter(order_id=order)).items for order in ("later-9001", "O-0"))
        again.close()
    upgrade("9002", "9001", CONTRACTS)
    assert client.get("/readyz").status_code == 503
    for migrate in (True, False):
        with pytest.raises(SchemaMismatch, match="9002"):
            open_store(url, migrate=migrate)

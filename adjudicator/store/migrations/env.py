"""Runs the migrations on the connection that is handed in, within its transaction."""

from __future__ import annotations

from alembic import context

from adjudicator.store.tables import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA, transactional_ddl=True)
context.run_migrations()

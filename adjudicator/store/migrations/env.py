"""Run the migrations on the given connection, within its transaction."""

from __future__ import annotations

from alembic import context

from adjudicator.store.columns import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA, transactional_ddl=True)
context.run_migrations()

"""The record's fixtures: an empty database, in SQLite and in a real PostgreSQL."""

from __future__ import annotations

from store.conftest import record, server, url

__all__ = ["record", "server", "url"]

"""An empty record in SQLite. Other databases are tested with the service."""

from __future__ import annotations

from pathlib import Path

import pytest

from service.conftest import _copies, _no_certificates
from store.conftest import migrated_file, migrated_schema, record

__all__ = ["_copies", "_no_certificates", "migrated_file", "migrated_schema", "record", "url"]


@pytest.fixture
def url(tmp_path: Path) -> str:
    """The address of the record."""
    return f"sqlite:///{tmp_path / 'record.db'}"

"""A record in either database is an input of ``replay`` and ``compare``, named by its URL."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from adjudicator.cli import main
from adjudicator.store import DecisionStore
from bulk.reading import rows_in
from cli.running import DENIED, EXAMPLES, PAID, in_bytes

Write = Callable[[str], str]


def as_given(url: str) -> str:
    """The URL as people write it."""
    return url.replace("postgresql+psycopg:", "postgresql:")


def with_the_driver(url: str) -> str:
    """The URL as SQLAlchemy writes it, which other programs have in their settings."""
    return url.replace("sqlite:", "sqlite+pysqlite:")


@pytest.mark.parametrize("written", [as_given, with_the_driver])
def test_a_record_is_replayed_and_compared_by_its_url(
    record: DecisionStore, url: str, written: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record.decide(in_bytes(EXAMPLES[DENIED]))
    record.erase(order_id=EXAMPLES[DENIED]["order"]["id"], reason="asked for")
    kept = json.loads(record.decide(in_bytes(EXAMPLES[PAID])).decision)
    arguments = (written(url), "--processes", "1")
    assert main(["replay", *arguments, "--out", str(tmp_path / "replayed")]) == 0
    assert "1  decided without personal data that were erased: /claim/claimant_id (1)" in capsys.readouterr().out
    rows = {row["case_id"]: row for row in rows_in(tmp_path / "replayed") if row["part"] == 0}
    assert rows[EXAMPLES[PAID]["id"]]["decision_digest"] == kept["digests"]["decision"]
    assert rows[EXAMPLES[DENIED]["id"]]["erased"][0] == "/claim/claimant_id"
    (source,) = {row["source"] for row in rows.values()}
    assert source.startswith("sqlite") or ":***@" in source
    assert main(["compare", "governing", "2026-01-01", *arguments, "--locale", "en"]) == 0
    assert "2 past cases, each decided under both editions." in capsys.readouterr().out

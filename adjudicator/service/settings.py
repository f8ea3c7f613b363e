"""How the service is set up."""

from __future__ import annotations

from attrs import frozen

from adjudicator.parsing import MOST_BYTES
from adjudicator.store import DEFAULT_URL


@frozen(kw_only=True)
class Settings:
    """How the service is set up. Sizes are in bytes, times in seconds."""

    database: str = DEFAULT_URL
    host: str = "127.0.0.1"
    port: int = 8080
    workers: int = 1
    development: bool = False
    max_body_bytes: int = MOST_BYTES
    max_batch: int = 100
    request_timeout_seconds: float = 30.0
    requests_per_minute: int | None = 6_000

"""Example request bodies, built from a demo case. The service answers every one of them."""

from __future__ import annotations

from importlib.resources import files
from typing import Any, Final

import orjson

A_CASE: Final[dict[str, Any]] = orjson.loads((files("adjudicator") / "demo" / "counterfeit.json").read_bytes())
CASES: Final = {"cases": [A_CASE]}
AN_INQUIRY: Final = {name: A_CASE[name] for name in ("as_of", "order")}
WITHOUT_PROOF: Final = {"before": A_CASE | {"evidence": []}, "after": A_CASE}
A_REPLY: Final = {"about": A_CASE, "reply": "We will refund CNY 592.00 and pay ten times the price."}
A_PAYOUT: Final = {"do": "reserve"}
AN_ERASURE: Final = {"subject": "buyer-7", "reason": "requested on 1 June"}
A_KEY: Final = {"name": "refund service", "scopes": ["decide", "read"]}
A_ROTATION: Final = {"overlap_seconds": 3600}
A_JOB: Final = {"policy": A_CASE["policy"], "outcome": "approved"}
A_WEBHOOK: Final = {"url": "https://claims.example/hooks", "types": ["decision.recorded", "payout.confirmed"]}
A_CHANGE: Final = {"enabled": True}
A_REPLAY: Final = {"since": "2026-06-01T00:00:00Z"}
A_PANEL_TOKEN: Final = {"order_id": A_CASE["order"]["id"], "agent": "agent-7", "answers": ["consumer"]}

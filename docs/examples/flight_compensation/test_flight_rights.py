"""What must hold for any pack; the cases that the Regulation is read by are in ``flights.cases.yaml``."""

import json
from importlib.resources import files
from typing import Any

from flight_rights import EDITIONS
from hypothesis import strategies as st

from adjudicator.testing import case_variations, pack_tests

BASE = json.loads((files("flight_rights") / "examples" / "cancelled-the-week-before.json").read_text("utf-8"))
OTHERS: dict[str, list[Any]] = {
    "/departure": ["JFK", "BRU"],
    "/arrival": ["JFK", "LPA"],
    "/event": ["delayed", "denied_boarding"],
    "/informed_at": [None, "2024-05-31T12:00:00+01:00", "2024-06-07T12:00:00+01:00"],
    "/left_at": [None, "2024-06-14T16:30:00+01:00", "2024-06-14T15:30:00+01:00"],
    "/arrived_at": [None, "2024-06-14T22:00:00+02:00", "2024-06-15T03:00:00+02:00"],
    "/distance_km": [None, 1500, 3501],
    "/settlements": [[{"kind": "compensation", "amount": 100_00}]],
    **{f"/{name}": [None, False] for name in ("rerouted", "checked_in", "union_carrier")},
    **{f"/{name}": [None, True] for name in ("volunteered", "rightly_refused", "extraordinary")},
}
DENIED = {"event": "denied_boarding", "checked_in": True, "volunteered": False, "rightly_refused": False}
VARIATIONS = [case_variations(base, OTHERS, changes=range(6)) for base in (BASE, BASE | DENIED)]
CASES = {"eu.flight_compensation": st.one_of(VARIATIONS)}

test_laws = pack_tests.laws(EDITIONS, cases=CASES)
test_clauses = pack_tests.clauses(EDITIONS, cases=CASES, count=1000)
test_dates = pack_tests.dates(EDITIONS)
test_words = pack_tests.words(EDITIONS, languages=["en"])
test_examples = pack_tests.examples(EDITIONS)

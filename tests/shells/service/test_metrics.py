"""Metrics count each payout once for each state that it reaches, however often it is requested."""

from __future__ import annotations

import httpx
import pytest

from adjudicator.service.monitoring import metrics
from adjudicator.store import DecisionStore
from adjudicator.store.payouts import PayoutStep
from store.cases import a_claim

pytestmark = pytest.mark.parametrize("url", ["sqlite"], indirect=True)


def value_of(name: str, **labels: str) -> float:
    return metrics.REGISTRY.get_sample_value(name, labels) or 0.0


def test_payouts_are_counted_once_for_each_state_with_their_amounts(client: httpx.Client) -> None:
    def counted() -> dict[str, tuple[float, float]]:
        return {
            state: (
                value_of("adjudicator_payouts_total", state=state, currency="CNY"),
                value_of("adjudicator_payout_amount_total", state=state, currency="CNY"),
            )
            for state in ("reserved", "confirmed", "reversed")
        }

    before, repeats = counted(), value_of("adjudicator_payout_repeats_total")
    given = client.post("/v1/decisions", content=a_claim(), headers={"Content-Type": "application/json"})
    path = f"/v1/decisions/{given.headers['Decision-Id']}/payouts"
    amounts = {each["key"]: each["amount"] for each in given.json()["awards"]}
    first, *_ = amounts
    for body in ({"do": "reserve"}, {"do": "reserve"}, {"do": "confirm"}, {"do": "reverse", "keys": [first]}):
        for _ in range(2):
            key = {"Idempotency-Key": f'"{body["do"]}"'}
            assert client.post(path, json=body, headers=key).status_code == 200
    assert client.post(path, json={"do": "confirm", "keys": [first]}).status_code == 409
    total = sum(amounts.values())
    expected = {"reserved": (3, total), "confirmed": (3, total), "reversed": (1, amounts[first])}
    for state, (number, amount) in expected.items():
        assert counted()[state] == (before[state][0] + number, before[state][1] + amount), state
    assert value_of("adjudicator_payout_repeats_total") == repeats + 5


def test_callers_cannot_make_labels_without_end(record: DecisionStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "_CURRENCIES", {"CNY"})
    monkeypatch.setattr(metrics, "MOST_CURRENCIES", 1)
    payouts = record.reserve(record.decide(a_claim().replace(b"CNY", b"XTS")).id)
    before = value_of("adjudicator_payouts_total", state="reserved", currency="other")
    metrics.count_payouts(PayoutStep(payouts, payouts))
    assert value_of("adjudicator_payouts_total", state="reserved", currency="other") == before + len(payouts)
    assert value_of("adjudicator_payouts_total", state="reserved", currency="XTS") == 0

"""The synthetic history: the same bytes for the same seed, valid throughout, and varied."""

from __future__ import annotations

import hashlib
import itertools
import re
from collections import Counter
from collections.abc import Callable

import orjson

from adjudicator.bulk.sample import sample_cases
from bulk.conftest import sampled
from bulk.reading import rows_of
from cli.running import Result

MANY = 1500


def test_the_same_seed_gives_the_same_bytes_and_another_one_others(run: Callable[..., Result]) -> None:
    one, again, other = (run("sample", "--cases", "40", "--seed", seed).out for seed in ("7", "7", "8"))
    assert one == again != other
    assert one == b"".join(case + b"\n" for case in sampled(40, 7))
    digest = hashlib.sha256(one).hexdigest()
    assert digest == "dbc2a8f402949ba6d829f1c9e5a92aaa756eae1bc53ff65b0cdd55f18ee933d7", (
        "a seed must mean the same in every version"
    )


def test_every_case_can_be_decided_and_every_kind_and_outcome_is_there() -> None:
    rows = rows_of(sampled(MANY, 2))
    assert [row["error_message"] for row in rows if row["error_message"]] == []
    policies = Counter(row["policy"] for row in rows if row["part"] == 0)
    assert policies.keys() == {
        "consumer_law.seven_day_return",
        "douyin_alliance.admission",
        "douyin_alliance.clearance",
        "douyin_global.authenticity",
        "douyin_global.damage",
        "douyin_global.local_return",
        "douyin_xingtu.task",
        "pinduoduo.off_platform_trading",
        "pinduoduo.virtual_arrival",
    }
    for policy in ("authenticity", "damage", "local_return"):
        outcomes = Counter(row["case_outcome"] for row in rows if row["policy"] == f"douyin_global.{policy}")
        assert outcomes.keys() >= {"approved", "denied", "needs_information"}, (policy, outcomes)
        assert min(outcomes["approved"], outcomes["denied"], outcomes["needs_information"]) * 25 > outcomes.total()


def test_claims_come_back_and_orders_are_claimed_again() -> None:
    documents = [orjson.loads(text) for text in sampled(MANY, 2)]
    claims = [each for each in documents if "order" in each and "settlements" in each]
    decided_again = Counter(each["claim"]["id"] for each in claims)
    orders: dict[str, set[str]] = {}
    for each in claims:
        orders.setdefault(each["order"]["id"], set()).add(each["claim"]["id"])
    assert sum(count > 1 for count in decided_again.values()) > MANY / 20
    assert sum(len(ids) > 1 for ids in orders.values()) > MANY / 50
    assert len({each["id"] for each in documents}) == MANY


def test_there_are_seasons_markets_and_buyers_from_everywhere() -> None:
    documents = [orjson.loads(text) for text in sampled(MANY, 2)]
    days = Counter(each["as_of"][:7] for each in documents)
    assert days["2024-11"] > 1.3 * days["2025-02"]
    orders = [each["order"] for each in documents if "settlements" in each]
    assert {order["currency"] for order in orders} >= {"CNY", "HKD", "USD", "JPY"}
    buyers = {order["buyer_id"] for order in orders}
    assert any(re.match(r"[\u4e00-\u9fff]", buyer) for buyer in buyers)
    assert any(re.match(r"[a-z]", buyer) for buyer in buyers)
    merchants = Counter(order["merchant"]["id"] for order in orders)
    assert merchants.most_common(1)[0][1] > 10 * min(merchants.values())
    unknown = [line["completed_at"] is None or line["brand"] is None for order in orders for line in order["lines"]]
    assert any(unknown)
    assert not all(unknown)


def test_cases_are_made_one_by_one() -> None:
    """A history of a billion cases starts at once."""
    first = list(itertools.islice(sample_cases(10**9, 1), 5))
    assert [orjson.loads(case)["id"] for case in first] == [f"case-{number:08}" for number in range(1, 6)]


def test_counts_that_make_no_sense_are_refused(run: Callable[..., Result]) -> None:
    for arguments in (("--cases", "0"), ("--cases", "many"), ("--seed", "-1")):
        assert run("sample", *arguments).status == 2

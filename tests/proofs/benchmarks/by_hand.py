"""The facts of a claim under the authenticity guarantee, gathered from its bytes by a few plain functions.

This is the program that you write around a rule engine that knows nothing about claims. It holds for settled claims of one line: whoever
writes it has to leave out what is unknown or pending, units, amounts, earlier payments, and every check of the input.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta, timezone
from typing import Any, Final, TypeAlias

import orjson

Document: TypeAlias = Mapping[str, Any]

BEIJING: Final = timezone(timedelta(hours=8))
FAKE: Final = frozenset({"counterfeit", "not_original"})
BRAND: Final = frozenset({"brand_owner", "brand_authorised"})
BARRED_ON_SUSPICION: Final = frozenset({"brand_owner", "goods_swapped"})


def gather(text: bytes) -> dict[str, Any]:
    """The facts that the conditions of the guarantee are about."""
    case = orjson.loads(text)
    claim, order = case["claim"], case["order"]
    (line_id,) = (item["line_id"] for item in claim["items"])
    line = next(each for each in order["lines"] if each["id"] == line_id)
    documents = [each for each in case["evidence"] if not each.get("line_ids") or line_id in each["line_ids"]]
    conclusions = _conclusions(documents, _folded(line.get("brand")))
    return {
        "in_the_programme": order["merchant"].get("programme") == "global",
        "from_the_order_page": claim["filed_through"] == "order_page",
        "for_counterfeits": claim["reason"] == "counterfeit",
        "ten_times_demanded": "tenfold_compensation" in claim["demands"],
        "by_the_buyer": claim["claimant_id"] == order["buyer_id"],
        "proven": not FAKE.isdisjoint(conclusions) and "genuine" not in conclusions,
        "not_barred": not any(map(_bars, documents)) and not (_is_closed(case) and FAKE.isdisjoint(conclusions)),
        "days_after_success": (_day(claim["filed_at"]) - _day(line["completed_at"])).days,
    }


def _conclusions(documents: Iterable[Document], brand: str | None) -> set[str]:
    """What the verified documents about goods of this brand conclude."""
    return {each["conclusion"] for each in documents if each.get("verification") == "verified" and _proves(each, brand)}


def _proves(document: Document, brand: str | None) -> bool:
    if document["kind"] == "official_finding":
        return document.get("final") is True
    if document["kind"] != "appraisal_report" or document["issuer"]["role"] not in BRAND:
        return False
    return brand is not None and _folded(document.get("brand")) == brand


def _bars(document: Document) -> bool:
    if document["kind"] != "bar_finding":
        return False
    mark, is_proven = document.get("verification"), document["standard"] == "proven"
    if document["submitted_by"] == "platform":
        is_enough = is_proven or (document["standard"] == "suspected" and document["ground"] in BARRED_ON_SUSPICION)
        return is_enough and mark != "rejected"
    return is_proven and document["submitted_by"] == "merchant" and mark == "verified"


def _is_closed(case: Document) -> bool:
    closes_at = case["claim"].get("evidence_closes_at")
    return closes_at is not None and _instant(closes_at) <= _instant(case["as_of"])


def _folded(brand: str | None) -> str | None:
    return brand.strip().casefold() if brand else None


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _day(text: str) -> date:
    return _instant(text).astimezone(BEIJING).date()

"""Semantic errors in well-formed cases, as JSON pointers in the order of the case's paths, each once."""

import re
from collections import Counter

from .raw import instant

LARGEST = 2**53 - 1
PRICE_AND_TENFOLD = 11  # the total of a decision must also fit into an integer of the contract
FIRST_EDITION = instant("2022-03-15T00:00:00+08:00")
FIRST_OF_ITS_OWN = {"consumer_law.seven_day_return": instant("2014-03-15T00:00:00+08:00")}
RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.(\d+))?(?:[Zz]|[+-]\d\d:\d\d)", re.ASCII)
INSTANT_NAMES = {
    "as_of", "filed_at", "replied_at", "evidence_closes_at", "placed_at", "completed_at", "signed_at",
    "submitted_at", "verified_at", "issued_at", "settled_at", "reversed_at",
}  # fmt: skip
PAST = {"placed_at", "filed_at", "submitted_at", "issued_at", "replied_at", "settled_at", "reversed_at"}
LEAST = {
    "quantity": 1, "units_covered": 1, "goods_paid": 0, "tax_paid": 0, "postage_paid": 0,
    "requested_amount": 0, "amount": 0, "units": 1,
}  # fmt: skip


def walk(node, pointer=""):
    """(pointer, name, value) of every leaf, except in `metadata`."""
    pairs = node.items() if isinstance(node, dict) else enumerate(node)
    for name, value in pairs:
        here = f"{pointer}/{str(name).replace('~', '~0').replace('/', '~1')}"
        if isinstance(value, (dict, list)):
            if here != "/metadata":
                yield from walk(value, here)
        else:
            yield here, name, value


def readable(text):
    """The instant; None if the text is not an instant, has no offset, or is finer than a microsecond."""
    match = RFC_3339.fullmatch(text) if isinstance(text, str) else None
    if not match or len((match[1] or "").rstrip("0")) > 6:
        return None
    try:
        return instant(text)
    except ValueError:
        return None


def leaf_faults(case):
    """Invalid instants, instants after as_of, and integers out of range."""
    as_of = readable(case["as_of"])
    for pointer, name, value in walk(case):
        if value is None:
            continue
        if name in INSTANT_NAMES:
            at = readable(value)
            if at is None or (name in PAST and as_of is not None and at > as_of):
                yield pointer
        elif name in LEAST:
            most = LARGEST // PRICE_AND_TENFOLD if name == "goods_paid" else LARGEST
            if not LEAST[name] <= value <= most:
                yield pointer


def order_faults(case):
    """An order placed before the first edition, or a claim filed before the order was placed."""
    placed, filed = readable(case["order"]["placed_at"]), readable(case["claim"]["filed_at"])
    if placed and placed < FIRST_OF_ITS_OWN.get(case["policy"], FIRST_EDITION):
        yield "/order/placed_at"
    if placed and filed and filed < placed:
        yield "/claim/filed_at"


def too_much_in_all(case):
    """Amounts that are each within bounds but could award more in total than an integer of the contract holds."""
    order = case["order"]
    amounts = [order["postage_paid"]]
    for line in order["lines"]:
        amounts += [PRICE_AND_TENFOLD * line["goods_paid"], line["tax_paid"]]
    if sum(amounts) > LARGEST and all(amount <= LARGEST for amount in amounts):
        yield "/order/lines"


def unknown_lines(case):
    """Line ids that the order does not have."""
    ids = {line["id"] for line in case["order"]["lines"]}
    for group, items in (
        ("/claim/items", case["claim"]["items"]),
        ("/order/parcels", case["order"]["parcels"]),
        ("/evidence", case["evidence"]),
        ("/settlements", case["settlements"]),
    ):
        for n, item in enumerate(items):
            if item.get("line_id") is not None and item["line_id"] not in ids:
                yield f"{group}/{n}/line_id"
            for k, line_id in enumerate(item.get("line_ids") or []):
                if line_id not in ids:
                    yield f"{group}/{n}/line_ids/{k}"


def duplicates(case):
    """Ids that occur twice in their list: every one after the first."""
    order = case["order"]
    for group, items, name in (
        ("/claim/items", case["claim"]["items"], "line_id"),
        ("/order/merchant/return_addresses", order["merchant"].get("return_addresses") or [], "id"),
        ("/order/lines", order["lines"], "id"),
        ("/evidence", case["evidence"], "id"),
    ):
        seen = Counter()
        for n, item in enumerate(items):
            seen[item[name]] += 1
            if seen[item[name]] > 1:
                yield f"{group}/{n}/{name}"


def quantity_faults(case):
    """More units claimed than the line has. If the line itself has no units, the line is at fault and not the claim."""
    most = {line["id"]: line["quantity"] for line in case["order"]["lines"] if line["quantity"] >= 1}
    for n, item in enumerate(case["claim"]["items"]):
        if item["quantity"] > most.get(item["line_id"], item["quantity"]):
            yield f"/claim/items/{n}/quantity"


def settlement_faults(case):
    """Postage belongs to the order, everything else to a line; only refunds and compensations have units (R50)."""
    for n, settlement in enumerate(case["settlements"]):
        if settlement.get("units") is not None and settlement["kind"] not in ("refund", "compensation"):
            yield f"/settlements/{n}/units"
        if (settlement["kind"] == "postage") != (settlement.get("line_id") is None):
            yield f"/settlements/{n}/line_id"


def empty_faults(case):
    """Lists that must not be empty: items and lines."""
    if not case["claim"]["items"]:
        yield "/claim/items"
    if not case["order"]["lines"]:
        yield "/order/lines"


def faults(case):
    """All errors, each pointer once, sorted."""
    checks = (
        leaf_faults, order_faults, too_much_in_all, unknown_lines, duplicates, quantity_faults, settlement_faults,
        empty_faults,
    )  # fmt: skip
    return sorted({pointer for check in checks for pointer in check(case)})

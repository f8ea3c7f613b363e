"""The amounts payable now (R10 to R19), and the units paid for before (R50, R51). Shares are exact fractions, rounded up once."""

from fractions import Fraction
from math import ceil

from .raw import line_of

KINDS = ("refund", "compensation", "tax", "postage")


def in_force(case):
    """The settlements that were not reversed (R51)."""
    return [s for s in case["settlements"] if s.get("reversed_at") is None]


def of_this_claim(case, settlement):
    """Whether a settlement was paid under this claim. One that names no claim was not."""
    return settlement.get("claim_id") == case["claim"]["id"]


def settled(case, kind, line_id):
    """The settlements of a kind on a line (None: postage), under any claim."""
    return [s for s in in_force(case) if s["kind"] == kind and (kind == "postage" or s.get("line_id") == line_id)]


def paid_before(case, kind, line_id, own=False):
    """The sum of settlements of a kind on a line (None: postage), under any claim or under this one alone."""
    return sum(s["amount"] for s in settled(case, kind, line_id) if not own or of_this_claim(case, s))


def ever_paid(case, kind, line_id):
    """The sum of all settlements of a kind on a line, reversed ones included: it makes each award's key unique (R51)."""
    of_kind = (s for s in case["settlements"] if s["kind"] == kind)
    return sum(s["amount"] for s in of_kind if kind == "postage" or s.get("line_id") == line_id)


def adjustments(case, line):
    """Price adjustments paid back, at most the line's goods paid (R14)."""
    return min(line["goods_paid"], paid_before(case, "price_adjustment", line["id"]))


def base(case, line):
    """The price of the goods of the line after adjustments (R11)."""
    return line["goods_paid"] - adjustments(case, line)


def share(amount, units, quantity):
    """The share of some units, rounded up to the minor unit (R12)."""
    return ceil(Fraction(amount) * Fraction(units, quantity))


def units_settled(case, line, settlement):
    """The units of one settlement: as stated, else the fewest for which the payment leaves nothing owing (R50)."""
    if settlement.get("units") is not None:
        return settlement["units"]
    times = {"refund": 1, "compensation": 10}[settlement["kind"]]
    enough = (
        units
        for units in range(line["quantity"] + 1)
        if times * share(base(case, line), units, line["quantity"]) >= settlement["amount"]
    )
    return next(enough, line["quantity"])


def compensated_elsewhere(case, line):
    """Units of the line compensated under other claims, each settlement counted separately (R50)."""
    others = (s for s in settled(case, "compensation", line["id"]) if not of_this_claim(case, s))
    return sum(units_settled(case, line, s) for s in others)


def units_of_an_award(case, kind, line, units):
    """The approved units, less those for which this claim already received an award of this kind."""
    own = (s for s in settled(case, kind, line["id"]) if of_this_claim(case, s))
    return max(0, units - sum(units_settled(case, line, s) for s in own))


def entry(case, kind, line_id, entitled, ceiling, units=None):
    """An amount before it is limited: less what this claim received, and at most what is left (R14)."""
    before = paid_before(case, kind, line_id)
    own = paid_before(case, kind, line_id, own=True)
    payable = max(0, min(entitled - own, ceiling - before))
    return {
        "kind": kind,
        "line_id": line_id,
        "amount": payable,
        "entitled": entitled,
        "settled": entitled - payable,
        "units": units,
        "key_basis": ever_paid(case, kind, line_id),
    }


def line_entries(case, line, units):
    """Refund, compensation and tax of an approved line, before limits."""
    whole = base(case, line)
    part = share(whole, units, line["quantity"])
    refunded = units_of_an_award(case, "refund", line, units)
    if case["policy"] == "consumer_law.seven_day_return":
        return [entry(case, "refund", line["id"], part, whole, refunded)]
    if case["policy"] == "douyin_global.authenticity":
        demands = case["claim"]["demands"]
        refund = part if "refund" in demands else 0
        tenfold = 10 * part if "tenfold_compensation" in demands else 0
        return [
            entry(case, "refund", line["id"], refund, whole, refunded),
            entry(
                case,
                "compensation",
                line["id"],
                tenfold,
                10 * whole,
                units_of_an_award(case, "compensation", line, units),
            ),
        ]
    tax = share(line["tax_paid"], units, line["quantity"])
    return [
        entry(case, "refund", line["id"], part, whole, refunded),
        entry(case, "tax", line["id"], tax, line["tax_paid"]),
    ]


def all_taken_back(case, approved, entries):
    """Whether every line with something left to pay for is fully returned, here or by earlier refunds (R18)."""

    def back(line):
        if approved.get(line["id"]) == line["quantity"]:
            return True
        here = sum(e["amount"] for e in entries if e["kind"] == "refund" and e["line_id"] == line["id"])
        return paid_before(case, "refund", line["id"]) + here >= base(case, line)

    return all(back(line) for line in case["order"]["lines"] if base(case, line) > 0)


def trim(entries, budget):
    """Apply a limit: the kinds draw on it in their order, and within a kind the lines in theirs (R15)."""
    left = max(0, budget)
    for kind in KINDS:
        for one in entries:
            if one["kind"] == kind:
                one["amount"] = min(one["amount"], left)
                left -= one["amount"]


def order_cap(case):
    """What was paid for the order and not given back in any form (R18)."""
    order = case["order"]
    paid = order["postage_paid"] + sum(i["goods_paid"] + i["tax_paid"] for i in order["lines"])
    back = sum(
        adjustments(case, line) + paid_before(case, "refund", line["id"]) + paid_before(case, "tax", line["id"])
        for line in order["lines"]
    )
    return paid - back - paid_before(case, "postage", None)


def awards(case, approved):
    """The awards for {line id: approved units}, in the order of claim.items."""
    if case["policy"] == "douyin_global.local_return" or not approved:
        return []
    entries = []
    for line_id, units in approved.items():
        entries += line_entries(case, line_of(case, line_id), units)
    damage = case["policy"] == "douyin_global.damage"
    if case["policy"] != "consumer_law.seven_day_return" and (not damage or all_taken_back(case, approved, entries)):
        postage = case["order"]["postage_paid"]
        entries.append(entry(case, "postage", None, postage, postage))
    if damage:
        trim(entries, order_cap(case))
    if case["claim"].get("requested_amount") is not None:
        got = sum(s["amount"] for s in in_force(case) if of_this_claim(case, s) and s["kind"] != "price_adjustment")
        trim(entries, case["claim"]["requested_amount"] - got)
    return [one for one in entries if one["amount"]]

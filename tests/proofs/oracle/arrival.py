"""Whether a top-up arrived (PV.4, R25, R29, R30): official feedback of the account's platform, and nothing else."""

from .completions import every_answer, what_matters
from .raw import TICK, instant, later, mark

SOME_OTHER = object()
"""A platform or account that no document shows."""


def platform(name):
    """A platform's name as names are compared."""
    return None if name is None else name.strip().casefold()


def feedback(case):
    """The official feedback that could count: not rejected, saying something, and not from before the order."""
    placed = instant(case["order"]["placed_at"])
    return [
        item
        for item in case["evidence"]
        if item["kind"] == "official_feedback"
        and mark(item) != "rejected"
        and item["shows"] != "unclear"
        and item.get("platform") is not None
        and item.get("account") is not None
        and (item.get("observed_at") is None or instant(item["observed_at"]) >= placed)
    ]


def unknowns_of(case, heard):
    """What is not known with all that it could be: the account's platform, the account, and each unverified document."""
    top_up = case["top_up"]
    platforms, accounts = {platform(item["platform"]) for item in heard}, {item["account"] for item in heard}
    its_platform, account = platform(top_up.get("account_platform")), top_up.get("account")
    return [
        ("account_platform", (*platforms, SOME_OTHER) if its_platform is None else (its_platform,)),
        ("top_up_account", (*accounts, SOME_OTHER) if account is None else (account,)),
        *((("verified", item["id"]), (True,) if mark(item) == "verified" else (True, False)) for item in heard),
    ]


def shown(heard, full):
    """What the feedback shows that stands on this completion: "arrived", "not_arrived", "both" or "nothing"."""
    standing = [
        item
        for item in heard
        if full["verified", item["id"]]
        and platform(item["platform"]) == full["account_platform"]
        and item["account"] == full["top_up_account"]
    ]
    arrived = [instant(item.get("observed_at")) for item in standing if item["shows"] == "arrived"]
    missing = [instant(item.get("observed_at")) for item in standing if item["shows"] == "not_arrived"]
    if arrived and missing:
        return "arrived" if later_than_all(arrived, missing) else "both"
    return "arrived" if arrived else "not_arrived" if missing else "nothing"


def later_than_all(some, others):
    """Whether one of some is later than all others; what is not known is not."""
    return None not in others and any(at is not None and at > max(others) for at in some)


def examine(case, as_of):
    """The decision at an instant, but for when to look again."""
    heard, closes = feedback(case), instant(case.get("evidence_closes_at"))
    is_closed = closes is not None and as_of > closes
    unknowns = unknowns_of(case, heard)
    table = every_answer(unknowns, lambda full: shown(heard, full))
    answers = set(table.values())
    if answers in ({"not_arrived"}, {"arrived"}):
        outcome = answers.pop()
        effect, asks = "supports" if outcome == "not_arrived" else "defeats", []
    elif answers == {"both"} or is_closed:
        outcome, effect, asks = "manual_review", "undecided", []
    else:
        outcome, effect, asks = "needs_information", "undecided", asked(what_matters(unknowns, table))
    proofs = [item for item in case["evidence"] if item["kind"] == "dispatch_proof" and mark(item) != "rejected"]
    screenshots = any(item["kind"] == "merchant_screenshot" for item in case["evidence"])
    of_screenshots = ["own_screenshot_proves_nothing"] if screenshots else []
    return {
        "outcome": outcome,
        "findings": [{"clause": "top_up_did_not_arrive", "role": "requirement", "effect": effect}],
        "requests": [{**each, "due_at": closes} for each in asks],
        "remarks": [*([] if proofs else ["merchant_keeps_proof_of_dispatch"]), *of_screenshots],
    }


def asked(matters):
    """What is asked, of whom: what matters, or else proof of the merchant."""
    if not matters:
        return [{"to": "merchant", "need": "proof_of_arrival", "evidence_id": None}]
    named = [("verification", name[1]) if isinstance(name, tuple) else (name, None) for name in matters]
    return [{"to": "platform", "need": need, "evidence_id": evidence_id} for need, evidence_id in named]


def judge_arrival(case):
    """The decision. When the time for evidence is over, a person decides what is open."""
    now, closes = examine(case, instant(case["as_of"])), instant(case.get("evidence_closes_at"))
    waits = closes is not None and now["outcome"] == "needs_information"
    return {**now, "reconsider_at": later(closes, TICK) if waits else None}

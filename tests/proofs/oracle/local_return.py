"""Local return, line by line."""

from .common import form_clause, merchant_clause, path_clause
from .completions import every_answer
from .findings import ask, defeats, for_a_person, supports, wanting
from .raw import closed, not_rejected

TERRITORIES = ("CN", "HK", "TW")
ELSEWHERE = "elsewhere"
MERCHANTS_FAULT = ("counterfeit", "damaged", "defective", "not_as_described", "wrong_item")


def markets(case):
    """The possible markets of the goods: the stated one, or each territory and elsewhere (R39)."""
    stated = case["order"].get("market")
    return (stated,) if stated else (*TERRITORIES, ELSEWHERE)


def addresses(case, market):
    """The merchant's return addresses in a market, in the case's order."""
    listed = case["order"]["merchant"].get("return_addresses") or []
    return [a for a in listed if a.get("market") == market]


def territory_answer(market):
    """A named territory is fine; for anywhere else the rule is silent (R39)."""
    return "fine" if market in TERRITORIES else "person"


def address_answer(case, market):
    """An address in the market is fine. A missing one is asked for in a territory, and goes to a person elsewhere (R39, R40)."""
    if addresses(case, market):
        return "fine"
    return "missing" if market in TERRITORIES else "person"


def market_dependent(clause, answer, case, as_of):
    """A clause that depends on the market, on all possible markets. If the market is unknown, only the market is asked for (R39)."""
    answers = set(every_answer([("m", markets(case))], lambda f: answer(f["m"])).values())
    if not case["order"].get("market") and len(answers) > 1:
        return wanting(clause, [ask("platform", "market")], closed(case, as_of))
    only = answers.pop()
    if only == "missing":
        return wanting(clause, [ask("merchant", "return_address")], closed(case, as_of))
    return supports(clause) if only == "fine" else for_a_person(clause)


def agreement_clause(case, line_id, as_of):
    """The platform's ruling, else the merchant's answer (R40). A ruling by anyone else does not count (R29)."""
    clause = "parties_agreed"
    rulings = {r["for"] for r in not_rejected(case, line_id, "platform_ruling") if r["submitted_by"] == "platform"}
    if rulings:
        if len(rulings) == 2:
            return for_a_person(clause)
        return supports(clause) if rulings == {"consumer"} else defeats(clause)
    reply = (case["claim"].get("merchant_reply") or {}).get("decision")
    if reply == "agreed":
        return supports(clause)
    if reply == "refused":
        return for_a_person(clause)
    return wanting(clause, [ask("merchant", "agreement")], closed(case, as_of))


def examine(case, line_id, as_of):
    """The findings of a line in the rule's order, and None: nothing limits the units."""
    claim = case["claim"]
    right = claim["filed_through"] == "order_page" and claim["service"] == "return_refund"
    return [
        merchant_clause(case, as_of),
        path_clause("filed_as_return_and_refund", right, case, as_of, None),
        form_clause(case),
        market_dependent("sold_to_a_named_territory", territory_answer, case, as_of),
        market_dependent("merchant_names_a_local_address", lambda m: address_answer(case, m), case, as_of),
        agreement_clause(case, line_id, as_of),
    ], None


def last_in_time(case, line_id, as_of):
    """None: there is no clock (R42)."""
    return


def deadline(case, line_id, as_of):
    """None: there is no clock (R42)."""
    return


def authorisation(case, line_ids):
    """Where the approved lines are returned to, and who pays the freight (R41)."""
    if not line_ids:
        return None
    market, reason = case["order"]["market"], case["claim"]["reason"]
    if reason in MERCHANTS_FAULT:
        bearer = "merchant"
    else:
        bearer = "consumer" if reason == "changed_mind" else "undetermined"
    return {
        "address_id": addresses(case, market)[0]["id"],
        "market": market,
        "line_ids": list(line_ids),
        "freight_borne_by": bearer,
    }

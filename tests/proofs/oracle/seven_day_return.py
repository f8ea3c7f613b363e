"""The seven-day return without a reason (CL.25), line by line."""

from .common import path_clause, signing, started, window_clause
from .completions import every_answer
from .findings import ask, defeats, supports, wanting
from .raw import TICK, closed, line_of, midnight_after

WINDOW = "claimed_within_seven_days"
CLASSES = ("ordinary", "made_to_order", "perishable", "digital", "periodical", "unfit_for_return")
EXCEPTIONS = (
    ("made_to_order", lambda full: full["goods"] == "made_to_order"),
    ("fresh_and_perishable", lambda full: full["goods"] == "perishable"),
    ("unsealed_digital_goods", lambda full: full["goods"] == "digital" and not full["sealed"]),
    ("newspapers_and_periodicals", lambda full: full["goods"] == "periodical"),
    ("excluded_at_purchase", lambda full: full["goods"] == "unfit_for_return" and full["exclusion_confirmed"]),
)
"""CL.25(1) and (2): each exception, as a function of goods with all facts known."""


def seven_days(start):
    """(last instant in time, end to state, whether the end is in time). The day of receipt is not counted, the last day runs to 24:00 (R1)."""
    late = midnight_after(start, 7)
    return late - TICK, late, False


def buyer_clause(case):
    """The claimant is the buyer (R22)."""
    clause = "returned_by_the_buyer"
    return supports(clause) if case["claim"]["claimant_id"] == case["order"]["buyer_id"] else defeats(clause)


def return_clauses(case, line_id, as_of):
    """CL.25(3): the goods are back, and intact. The second cannot be known before the first."""
    (item,) = (each for each in case["claim"]["items"] if each["line_id"] == line_id)
    is_closed = closed(case, as_of)
    if item.get("goods_back") is not True:
        missing = [ask("consumer", "goods_back")]
        return [wanting(clause, missing, is_closed) for clause in ("goods_are_back", "goods_are_intact")]
    intact = item.get("intact")
    if intact is None:
        second = wanting("goods_are_intact", [ask("merchant", "condition_of_the_goods")], is_closed)
    else:
        second = (supports if intact else defeats)("goods_are_intact")
    return [supports("goods_are_back"), second]


def exception_clauses(case, line_id, as_of):
    """Each exception, on every possible class and state of the goods (R9). The platform is asked for missing facts."""
    line = line_of(case, line_id)
    possible = [
        (name, values if line.get(name) is None else (line[name],))
        for name, values in (("goods", CLASSES), ("sealed", (False, True)), ("exclusion_confirmed", (False, True)))
    ]
    for clause, applies in EXCEPTIONS:
        answers = set(every_answer(possible, applies).values())
        if len(answers) > 1:
            yield wanting(clause, [ask("platform", "return_exception")], closed(case, as_of), role="bar")
        else:
            yield (defeats if True in answers else supports)(clause, role="bar")


def last_in_time(case, line_id, as_of):
    """The last instant for a filing, once the goods are received (R21)."""
    start = signing(case, line_id)
    return seven_days(start)[0] if started(start, as_of) else None


def examine(case, line_id, as_of):
    """The findings of a line in the rule's order, and None: nothing limits the units."""
    start = signing(case, line_id)
    is_return = case["claim"]["service"] == "return_refund"
    return [
        buyer_clause(case),
        path_clause("claimed_as_a_return", is_return, case, as_of, last_in_time(case, line_id, as_of)),
        window_clause(
            WINDOW, start, [], lambda _: seven_days(start)[0], ask("carrier", "signing_time"), None, case, as_of
        ),
        *return_clauses(case, line_id, as_of),
        *exception_clauses(case, line_id, as_of),
    ], None


def deadline(case, line_id, as_of):
    """The deadline of the seven days, once they have started."""
    start = signing(case, line_id)
    if not started(start, as_of):
        return None
    _, end, included = seven_days(start)
    return {
        "clause": WINDOW,
        "line_id": line_id,
        "counted_from": "signed_at",
        "starts_at": start,
        "ends_at": end,
        "includes_end": included,
    }

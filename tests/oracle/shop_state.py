"""How a shop stands under PO.3: deposit, promise, closing state and earlier findings, each on every completion (R9)."""

from datetime import timedelta
from itertools import product

from .raw import TICK, instant, midnight_after

RAISE = 10_000_000
MOST = (2**53 - 1) // 2
LONG_AGO = timedelta(days=1000)
NEVER = "never"
"""What has not happened, among the instants at which something may have."""


# What has to be done in how many days


def standing(done, start, days, as_of):
    """Fine, due (there is still time) or failed, for what must be done within some days of a start (R1, R5)."""
    if start == NEVER:
        return "fine"
    end = midnight_after(start, days)
    if done != NEVER and done < end:
        return "fine"
    return "due" if as_of < end else "failed"


def topped_up_at(balance, top_ups, target):
    """When balance and top-ups first reach the target: long ago if the balance does, or never."""
    held, reached = balance, None
    if held >= target:
        return instant("0001-01-01T00:00:00+00:00")
    for at, amount in sorted(top_ups):
        held += amount
        if held >= target and reached is None:
            reached = at
    return NEVER if reached is None else reached


# What an event could be


def stated(event):
    """When it happened, NEVER, or None if that is not known."""
    if event is None:
        return None
    if not event["happened"]:
        return NEVER
    return instant(event.get("at"))


def could_be(event, instants, first, as_of):
    """All that matters of when an event can have happened; one that is known to have happened did."""
    known = stated(event)
    if known is not None:
        return (known,)
    some = sorted({at for at in instants if first <= at <= as_of})
    return tuple(some) if event else (NEVER, *some)


def starts_for(done, days, first):
    """Starts on either side of that from which on something done then was in time."""
    soonest = [midnight_after(at, -days - 1) for at in done]
    return [first, *done, *soonest, *(start - TICK for start in soonest)]


def ends_after(starts, days, first):
    """The last instant in time and the next one, of windows that start then; and long before."""
    ends = [midnight_after(start, days) for start in starts if start != NEVER]
    return [first, *ends, *(end - TICK for end in ends)]


class Table:
    """Some facts on every completion, and what each completion comes to."""

    def __init__(self, unknowns, comes_to):
        self.unknowns = unknowns
        names = [name for name, _ in unknowns]
        possible = product(*(values for _, values in unknowns))
        completed = ((values, comes_to(dict(zip(names, values, strict=True)))) for values in possible)
        self.came_to = {values: answer for values, answer in completed if answer is not None}

    def answers(self):
        """All that it may come to."""
        return set(self.came_to.values())

    def needs(self, result):
        """The facts that alone may change a result of what it comes to."""
        results = {answer: result(answer) for answer in self.answers()}
        told = {values: results[answer] for values, answer in self.came_to.items()}
        return {name for place, (name, _) in enumerate(self.unknowns) if turns(told, place)}


def turns(told, place):
    """Whether the value at one place alone, of some completion, makes a difference."""
    rest = {}
    return any(rest.setdefault((*v[:place], *v[place + 1 :]), answer) != answer for v, answer in told.items())


# The remedy: deposit and promise


def remedy(case, as_of):
    """{(noticed, top-up, promise, new standard, held, due)} of notice, promise and deposit (PO.3(1), PO.3(2))."""
    shop, opened = case["shop"], instant(case["opened_at"])
    deposit, long_ago = shop.get("deposit") or {}, as_of - LONG_AGO
    paid = deposit.get("top_ups")
    paid = None if paid is None else tuple((instant(each["paid_at"]), each["amount"]) for each in paid)
    done = [
        at for at in (stated(shop.get("written_promise")), *(at for at, _ in paid or ())) if at not in (None, NEVER)
    ]
    notices = could_be(shop.get("notice"), starts_for([*done, as_of], 3, opened), opened, as_of)
    ends = ends_after(notices, 3, long_ago)
    promises = could_be(shop.get("written_promise"), ends, long_ago, as_of)
    standards = known_or(deposit.get("standard"), (0, MOST))
    raised = known_or(deposit.get("raised"), (True, False))
    balances = known_or(deposit.get("balance"), balances_of_note(paid or (), standards, raised))
    room = MOST - min(balances)
    top_ups = known_or(paid, ((), *(((at, room),) for at in sorted(set(ends)) if at <= as_of)))

    def comes_to(full):
        if full["balance"] + sum(amount for _, amount in full["top_ups"]) > MOST:
            return None
        new = full["standard"] + RAISE
        target = new if full["raised"] else full["standard"]
        held = full["balance"] + sum(amount for _, amount in full["top_ups"])
        topped_up = topped_up_at(full["balance"], full["top_ups"], target)
        return (
            full["notice"] != NEVER,
            standing(topped_up, full["notice"], 3, as_of),
            standing(full["promise"], full["notice"], 3, as_of),
            new,
            held,
            max(0, target - held),
        )

    unknowns = [
        ("notice", notices),
        ("promise", promises),
        ("standard", standards),
        ("balance", balances),
        ("top_ups", top_ups),
        ("raised", raised),
    ]
    return Table(unknowns, comes_to)


def known_or(value, others):
    """What is stated, or all that it could be."""
    return tuple(others) if value is None else (value,)


def balances_of_note(paid, standards, raised):
    """No balance, the largest, and those with which one of the top-ups just reaches a standard, or just does not."""
    room = MOST - sum(amount for _, amount in paid)
    targets = [standard + RAISE * r for standard in standards for r in raised]
    reached = [sum(amount for _, amount in sorted(paid)[:n]) for n in range(len(paid) + 1)]
    just = {target - sum_ + step for target in targets for sum_ in reached for step in (0, -1)}
    return sorted({0, room} | {balance for balance in just if 0 <= balance <= room})


# The closing state, and findings before


def leaving(case, as_of):
    """What leaving comes to (PO.3(3)): "open" (no closing state), or where the own application stands."""
    shop, long_ago = case["shop"], as_of - LONG_AGO
    applied = stated(shop.get("exit_application"))
    done = [] if applied in (None, NEVER) else [applied]
    closings = could_be(shop.get("closing"), starts_for([*done, as_of], 45, long_ago), long_ago, as_of)
    applications = could_be(shop.get("exit_application"), ends_after(closings, 45, long_ago), long_ago, as_of)

    def comes_to(full):
        if full["closing"] == NEVER:
            return "open"
        return standing(full["application"], full["closing"], 45, as_of)

    return Table([("closing", closings), ("application", applications)], comes_to)


def before(case):
    """How many findings with notice there were before (R47)."""
    findings = case["shop"].get("earlier_findings")
    if findings is None:
        return Table([("earlier", (0, 1))], lambda full: full["earlier"])
    notices = [(each["id"], could_have_happened(each.get("notice"))) for each in findings]
    return Table(notices, lambda full: sum(full.values()))


def could_have_happened(event):
    """Whether it happened, as far as that is known."""
    return (True, False) if event is None else (event["happened"],)

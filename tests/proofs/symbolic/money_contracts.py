"""Contracts on money: shares, amounts still due, caps, and the accounts of the lines."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

from adjudicator.engine import vocabulary
from adjudicator.kinds import claim_facts
from adjudicator.kinds.claimed_line import ClaimedLine
from adjudicator.kinds.dues import Due
from adjudicator.kinds.payment import ApprovedLine, LineAccount, accounts, cut
from adjudicator.model.award import AwardKind
from adjudicator.model.case import Case
from adjudicator.model.claim import ClaimItem, Settlement
from adjudicator.model.enumerations import Demand, SettlementKind
from adjudicator.model.limits import LARGEST
from adjudicator.model.money import Minor
from adjudicator.model.order import OrderLine
from douyin_global import authenticity, damage, shared
from symbolic import plainly
from symbolic.bounds import UPTO, amounts, an_amount, counted_out

# Shares


def a_share_is_the_least_that_is_enough(amount: int, units: int, of: int) -> None:
    """R12. Multiplied by the quantity it reaches the units' part of the amount, and one minor unit less does not."""
    assert an_amount(amount)
    assert 0 <= units <= of
    assert 1 <= of <= LARGEST
    share = vocabulary.share(Minor(amount), units, of)
    assert share * of >= amount * units
    assert (share - 1) * of < amount * units


def a_share_is_a_quotient_rounded_up(amount: int, units: int, of: int) -> None:
    """R12, for price and tax. There is a remark on rounding exactly if there was a remainder."""
    assert an_amount(amount)
    assert 0 <= units <= of
    assert 1 <= of <= LARGEST
    share = plainly.rounded_up(amount * units, of)
    assert shared.price_of_the_approved_units(Minor(amount), units, of) == share
    assert damage.tax_entitled(Minor(amount), units, of) == share
    assert shared.share_rounded_up(Minor(amount), units, of) == (share * of > amount * units)


def two_parts_make_the_whole(amount: int, one: int, of: int) -> None:
    """R12, R14. Two parts of a line, paid one after the other, add up to the amount of the line."""
    assert an_amount(amount)
    assert 0 <= one <= of
    assert 1 <= of <= UPTO.units_in_two_parts
    of = counted_out(of, UPTO.units_in_two_parts)
    first = shared.refund(vocabulary.share(Minor(amount), one, of), Minor(0), Minor(0), Minor(amount))
    second = shared.refund(vocabulary.share(Minor(amount), of - one, of), Minor(0), first, Minor(amount))
    assert first + second == amount


def three_parts_make_the_whole(amount: int, one: int, two: int, of: int) -> None:
    """R12, R14. Three parts of a line, paid one after another, add up to the amount of the line."""
    assert an_amount(amount)
    assert min(one, two) >= 0
    assert one + two <= of
    assert 1 <= of <= UPTO.units_in_three_parts
    of = counted_out(of, UPTO.units_in_three_parts)
    paid = 0
    for units in (one, two, of - one - two):
        paid += shared.refund(vocabulary.share(Minor(amount), units, of), Minor(0), Minor(paid), Minor(amount))
        assert paid <= amount
    assert paid == amount


# The amount due of one kind


def what_is_due_is_the_most_that_both_ledgers_admit(entitled: int, had: int, paid: int, ceiling: int) -> None:
    """R14. Neither the claim nor the line gets too much, and with one minor unit more, one of them would."""
    assert amounts(entitled, had, paid, ceiling)
    due = vocabulary.still_due(Minor(entitled), Minor(had), Minor(paid), Minor(ceiling))
    assert due >= 0
    assert due == 0 or (had + due <= entitled and paid + due <= ceiling)
    assert had + due + 1 > entitled or paid + due + 1 > ceiling


def refund_tax_and_compensation_are_what_is_still_due(entitled: int, had: int, paid: int, price: int) -> None:
    """R12, R14. Their ceilings are the price, the tax, and ten times the price."""
    assert amounts(entitled, had, paid, price)
    due = plainly.still_due(entitled, had, paid, price)
    assert shared.refund(Minor(entitled), Minor(had), Minor(paid), Minor(price)) == due
    assert damage.tax(Minor(entitled), Minor(had), Minor(paid), Minor(price)) == due
    tenfold = plainly.still_due(entitled, had, paid, plainly.ten_times(price))
    assert authenticity.compensation(Minor(entitled), Minor(had), Minor(paid), Minor(price)) == tenfold


def the_promise_is_the_price_and_ten_times_on_top(price: int) -> None:
    """R10, R16. The refund is due only if it was demanded."""
    assert an_amount(price)
    tenfold = plainly.ten_times(price)
    assert authenticity.compensation_entitled(Minor(price)) == tenfold
    assert authenticity.refund_entitled(Minor(price), frozenset(Demand)) == price
    assert authenticity.refund_entitled(Minor(price), frozenset({Demand.TENFOLD_COMPENSATION})) == 0
    assert damage.refund_entitled(Minor(price)) == price


def refunds_are_subtracted(paid: int, back: int) -> None:
    """R11, R13, R15. From the price, the postage and the consumer's own figure; never below 0."""
    assert amounts(paid, back)
    left = plainly.beyond(paid, back)
    price = shared.goods_price(Minor(paid), Minor(back))
    assert price == left
    assert shared.price_adjustment_lowers_the_base(Minor(paid), price) == (back > 0 and paid > 0)
    assert authenticity.postage(authenticity.postage_entitled(Minor(paid)), Minor(back)) == left
    assert damage.postage(Minor(paid), Minor(back)) == left
    assert shared.requested_at_most(Minor(paid), Minor(back)) == left
    assert shared.requested_at_most(None, Minor(back)) is None


# The lines of an order


def an_account(
    *,
    quantity: int = 1,
    units: int = 0,
    goods: int = 0,
    tax: int = 0,
    down: int = 0,
    had: tuple[int, int] = (0, 0),
    due: int = 0,
) -> LineAccount:
    """The account of a line: ``down`` is the sum of its price adjustments, ``had`` its earlier refunds and taxes."""
    refunds, taxes = had
    return LineAccount(
        line_id="L1",
        quantity=quantity,
        approved_units=units,
        goods_paid=Minor(goods),
        tax_paid=Minor(tax),
        price_adjustments=Minor(down),
        refunds=Minor(refunds),
        taxes_returned=Minor(taxes),
        refund_due=Minor(due),
    )


def a_line_is_taken_back_in_full(
    quantity: int, units: int, goods: int, down: int, had: int, due: int, postage: int
) -> None:
    """R18. All units are approved, or nothing of the price is left; only then is the postage refunded too."""
    assert amounts(goods, down, had, due, postage)
    assert 0 <= units <= quantity
    assert 1 <= quantity <= LARGEST
    line = an_account(quantity=quantity, units=units, goods=goods, down=down, had=(had, 0), due=due)
    in_full = units == quantity or plainly.beyond(plainly.beyond(goods, down), had + due) == 0
    assert damage.taken_back_in_full(line) == in_full
    assert damage.postage_entitled(Minor(postage), (line,)) == (postage if in_full else 0)


def no_more_goes_back_than_is_left_of_the_order(
    lines: list[tuple[int, int, int, int, int]], postage: int, postage_back: int
) -> None:
    """R18. What was paid less what was given back, line by line; an adjustment counts up to the goods paid."""
    assert len(lines) <= UPTO.lines
    assert all(amounts(*line) for line in lines)
    assert amounts(postage, postage_back)
    order_lines = tuple(
        an_account(goods=goods, tax=tax, down=down, had=(refunds, taxes)) for goods, tax, down, refunds, taxes in lines
    )
    left = postage - postage_back
    for goods, tax, down, refunds, taxes in lines:
        left += plainly.beyond(goods, down) - refunds + tax - taxes
    most = damage.left_of_what_was_paid(order_lines, Minor(postage), Minor(postage_back))
    assert most >= 0
    assert most == left or (most == 0 and left < 0)


def a_ledger_is_kept_line_by_line(
    kinds: tuple[SettlementKind, SettlementKind], first: int, second: int, units: int, due: int
) -> None:
    """R14. Two settlements of any kind on one of two lines: each line's account holds only its own sums."""
    assert amounts(first, second, units, due)
    settlements = tuple(
        Settlement(kind=kind, amount=Minor(amount), line_id="L1")
        for kind, amount in zip(kinds, (first, second), strict=True)
    )
    approved = cast(ApprovedLine, SimpleNamespace(at=SimpleNamespace(line_id="L2"), units=units))
    one, two = accounts(a_case_with(*settlements), (approved,), [a_due(AwardKind.REFUND, "L2", due)])
    paid = {kind: sum(each.amount for each in settlements if each.kind is kind) for kind in SettlementKind}
    assert one.price_adjustments == paid[SettlementKind.PRICE_ADJUSTMENT]
    assert one.refunds == paid[SettlementKind.REFUND]
    assert one.taxes_returned == paid[SettlementKind.TAX]
    assert (one.approved_units, one.refund_due) == (0, 0)
    assert (two.price_adjustments, two.refunds, two.taxes_returned) == (0, 0, 0)
    assert (two.approved_units, two.refund_due) == (units, due)


def a_claim_knows_its_own_payments(
    kind: SettlementKind, first: int, second: int, of_this_claim: bool, of_this_line: bool
) -> None:
    """R14, R15. Two settlements of one kind, the first perhaps under another claim or on another line."""
    assert amounts(first, second)
    claim_id, line_id = "A1" if of_this_claim else "A0", "L1" if of_this_line else "L2"
    is_refund, is_postage = kind is SettlementKind.REFUND, kind is SettlementKind.POSTAGE
    case = a_case_with(
        Settlement(kind=kind, amount=Minor(first), line_id=None if is_postage else line_id, claim_id=claim_id),
        Settlement(kind=kind, amount=Minor(second), line_id=None if is_postage else "L1", claim_id="A1"),
    )
    at = ClaimedLine(case, ClaimItem(line_id="L1", quantity=1), case.order.lines[0], 0, 0)
    on_the_line = (first if of_this_line else 0) + second
    own_on_the_line = (first if of_this_line and of_this_claim else 0) + second
    own = (first if of_this_claim else 0) + second
    assert claim_facts.refunds(at) == (on_the_line if is_refund else 0)
    assert claim_facts.refunds_of_this_claim(at) == (own_on_the_line if is_refund else 0)
    assert claim_facts.postage_returned(at) == (first + second if is_postage else 0)
    assert claim_facts.paid_under_this_claim(at) == (0 if kind is SettlementKind.PRICE_ADJUSTMENT else own)


def a_case_with(*settlements: Settlement) -> Case:
    """The parts of a case that the accounts read: two lines, and the settlements."""
    lines = tuple(
        OrderLine(id=line_id, quantity=2, goods_paid=Minor(100), tax_paid=Minor(0)) for line_id in ("L1", "L2")
    )
    order = SimpleNamespace(lines=lines, parcels=())
    parts = SimpleNamespace(claim=SimpleNamespace(id="A1"), order=order, evidence=(), settlements=settlements)
    return cast(Case, parts)


# Caps


def a_ceiling_is_filled_in_the_order_of_the_rule(
    refund: int, more: int, tenfold: int, again: int, postage: int, room: int
) -> None:
    """R15. Two lines with refund and compensation, and the postage: refunds come first, line by line, then the rest."""
    assert amounts(refund, more, tenfold, again, postage, room)
    dues = [
        a_due(AwardKind.REFUND, "L1", refund),
        a_due(AwardKind.COMPENSATION, "L1", tenfold),
        a_due(AwardKind.REFUND, "L2", more),
        a_due(AwardKind.COMPENSATION, "L2", again),
        a_due(AwardKind.POSTAGE, None, postage),
    ]
    first, third, second, fourth, last = (each.amount for each in cut(dues, Minor(room), shared.TAKEN_IN_ORDER))
    assert [first, second, third, fourth, last] == plainly.filled_in_order(
        room, [refund, more, tenfold, again, postage]
    )


def a_ceiling_holds_for_dues_in_any_order(kinds: list[AwardKind], parts: list[int], room: int) -> None:
    """R15. In any order of kinds: each kind in its turn, and within a kind in the order of the dues."""
    assert len(kinds) == len(parts) <= UPTO.dues
    assert amounts(*parts)
    assert an_amount(room)
    dues = [a_due(kind, "L1", part) for kind, part in zip(kinds, parts, strict=True)]
    left = cut(dues, Minor(room), shared.TAKEN_IN_ORDER)
    turns = [place for kind in shared.TAKEN_IN_ORDER for place, due in enumerate(dues) if due.kind is kind]
    assert [left[place].amount for place in turns] == plainly.filled_in_order(room, [parts[place] for place in turns])


def a_due(kind: AwardKind, line_id: str | None, amount: int) -> Due:
    """An amount due, not yet cut by any cap."""
    return Due(kind, line_id, Minor(amount), Minor(amount), Minor(amount))

"""Orders: what was bought from whom, sent in which parcels, and how much of that nobody stated."""

from __future__ import annotations

from typing import Any

from attrs import frozen

from adjudicator.bulk.sample.dice import DAY, HOUR, Dice, instant
from adjudicator.bulk.sample.world import CARRIERS, GOODS, Merchant, buyer


@frozen
class Sold:
    """An order as JSON, with what a claim about it goes by."""

    document: dict[str, Any]
    merchant: Merchant
    buyer: str
    offset: int
    signed_at: int

    def at(self, seconds: int) -> str:
        """An instant on the buyer's clock."""
        return instant(seconds, self.offset)


def sold(dice: Dice, merchant: Merchant, signed_at: int, now: int) -> Sold:
    """An order whose last parcel was signed for at ``signed_at``, as known at ``now``."""
    market, currency, offset = merchant.market
    account = buyer(dice)
    lines = [_line(dice, merchant, number, signed_at, now) for number in range(1, _number_of_lines(dice) + 1)]
    document = {
        "id": f"48{dice.digits(17)}",
        "buyer_id": account,
        "placed_at": instant(signed_at - dice.between(2 * DAY, 9 * DAY), offset),
        "market": dice.known(market, 0.97),
        "currency": currency,
        "postage_paid": dice.pick((0, 0, 800, 1200, 2500)),
        "merchant": {
            "id": merchant.id,
            "programme": merchant.programme,
            "return_addresses": merchant.addresses,
        },
        "lines": lines,
        "parcels": _parcels(dice, lines, signed_at, offset),
    }
    return Sold(document, merchant, account, offset, signed_at)


def _number_of_lines(dice: Dice) -> int:
    share = dice.share()
    return 1 if share < 0.7 else 2 if share < 0.93 else 3


def _line(dice: Dice, merchant: Merchant, number: int, signed_at: int, now: int) -> dict[str, Any]:
    category, title, least, most = dice.pick(GOODS)
    quantity = 1 if dice.chance(0.75) else dice.between(2, 4)
    paid = dice.between(least // 100, most // 100) * 100 * quantity
    completed_at = signed_at + dice.between(6 * HOUR, 10 * DAY)
    badges = [badge for badge in ("authenticity", "damage", "local_return") if dice.chance(0.93)]
    return {
        "id": f"L{number}",
        "sku": f"sku-{dice.digits(6)}",
        "title": title,
        "brand": dice.known(dice.pick(merchant.brands), 0.95),
        "category": dice.known(category, 0.96),
        "barcode": dice.known(f"69{dice.digits(11)}", 0.92),
        "quantity": quantity,
        "goods_paid": paid,
        "tax_paid": paid * 91 // 1000 if dice.chance(0.6) else 0,
        "badges": dice.known(badges, 0.97),
        "completed_at": instant(completed_at) if completed_at <= now and dice.chance(0.95) else None,
    }


def _parcels(dice: Dice, lines: list[dict[str, Any]], signed_at: int, offset: int) -> list[dict[str, Any]]:
    ids = [line["id"] for line in lines]
    groups = [ids] if len(ids) == 1 or dice.chance(0.8) else [ids[:1], ids[1:]]
    return [
        {
            "waybill_no": f"SF{dice.digits(12)}",
            "carrier": dice.pick(CARRIERS),
            "signed_at": instant(signed_at - index * HOUR, offset) if dice.chance(0.96) else None,
            "line_ids": group,
        }
        for index, group in enumerate(groups)
    ]

"""Merchants, goods and buyers of a made-up market. Every name is invented."""

from __future__ import annotations

from typing import Any, Final

from attrs import frozen

from adjudicator.bulk.sample.dice import Dice

MERCHANTS: Final = 240
BRANDS: Final = (
    *(
        "Aurelle",
        "Kestrel & Moor",
        "松间雨",
        "Solvane",
        "半夏坊",
        "Nordhavn",
        "青岚记",
        "Tamarind Bay",
        "海棠里",
        "Oakmere",
    ),
    *("Mirabelle Rue", "霁雪", "Lantern Hill", "Vesper & Vale", "南枝", "Quillon", "雾屿", "Brightwater", "拾光社"),
)
GOODS: Final = (
    ("milk_powder", "婴儿配方奶粉 3 段 800g", 16800, 42800),
    ("milk_powder", "Goat milk formula, stage 2, 400 g", 13900, 35900),
    ("alcohol", "单一麦芽威士忌 700ml", 22900, 129900),
    ("alcohol", "Late harvest white wine 750 ml", 9900, 45900),
    ("food", "黑巧克力礼盒 24 枚", 5900, 29900),
    ("food", "Cold-pressed olive oil 1 l", 6900, 25900),
    ("food", "冻干莓果燕麦片 500g", 2900, 8900),
    ("other", "保湿面霜 50ml", 12900, 68900),
    ("other", "Vitamin C serum 30 ml", 9900, 59900),
    ("other", "真无线降噪耳机", 29900, 159900),
    ("other", "Canvas tote, navy", 8900, 39900),
    ("other", "手冲咖啡壶 600ml", 7900, 32900),
    ("other", "Running shoes, size 42", 29900, 109900),
    ("other", "儿童积木 240 粒", 9900, 45900),
)
"""Category, title, and the least and most that one costs."""
CARRIERS: Final = ("sf", "zto", "yto", "jt", "ems")
GIVEN: Final = (
    "晓雨",
    "阿哲",
    "小满",
    "思远",
    "若溪",
    "maria.s",
    "j.okafor",
    "lena_k",
    "tomas.r",
    "priya.d",
    "yuki.h",
    "noah.w",
)
MARKETS: Final = (
    ("CN", "CNY", 8),
    ("HK", "HKD", 8),
    ("TW", "TWD", 8),
    ("SG", "SGD", 8),
    ("JP", "JPY", 9),
    ("US", "USD", -5),
)
"""Where goods are sold to, in which currency, and the offset of its clocks; mainland China has the most orders."""
ADDRESSES: Final = {
    "CN": "浙江省杭州市临平区晴川路 12 号保税仓",
    "HK": "新界葵涌青松街 8 號貨倉 3 樓",
    "TW": "桃園市大溪區松影路 21 號",
    "SG": "18 Harbourfront Lane, #04-02",
    "JP": "千葉県浦浜市青葉町 3-14",
    "US": "410 Alder Street, Dock 7",
}
LABORATORIES: Final = ("澄明检测中心", "Fairline Testing", "南渡鉴定所", "Greywell Laboratories")


@frozen
class Merchant:
    """A shop, and how it does business: the share of its goods that are counterfeit or badly packed, and how often it agrees."""

    id: str
    programme: str | None
    brands: tuple[str, ...]
    market: tuple[str, str, int]
    addresses: tuple[dict[str, Any], ...] | None
    counterfeit: float
    broken: float
    agrees: float


def merchants(dice: Dice) -> tuple[Merchant, ...]:
    """The merchants of a market, the busiest first."""
    return tuple(_merchant(dice, number) for number in range(1, MERCHANTS + 1))


def _merchant(dice: Dice, number: int) -> Merchant:
    market = MARKETS[0] if dice.chance(0.7) else dice.pick(MARKETS)
    programme = "global" if dice.chance(0.95) else "domestic"
    addresses: tuple[dict[str, Any], ...] | None = None
    if dice.chance(0.9):
        places = [market[0]] if dice.chance(0.85) else []
        places += [dice.pick(MARKETS)[0]] if dice.chance(0.3) else []
        addresses = tuple(
            {"id": f"R{index}", "market": place, "address": ADDRESSES[place]} for index, place in enumerate(places, 1)
        )
    return Merchant(
        id=f"shop-{number:04}",
        programme=dice.known(programme, 0.96),
        brands=tuple({dice.pick(BRANDS): None for _ in range(3)}),
        market=market,
        addresses=addresses,
        counterfeit=0.95 if dice.chance(0.06) else 0.2 + 0.6 * dice.share(),
        broken=0.5 + 0.45 * dice.share(),
        agrees=0.35 + 0.6 * dice.share(),
    )


def buyer(dice: Dice) -> str:
    """The account of a buyer; some buy often."""
    number = int(dice.share() ** 2 * 40_000)
    return f"{GIVEN[number % len(GIVEN)]}_{number:05}"

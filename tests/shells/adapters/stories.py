"""The payload pairs of the tests and the documentation, and changes to them."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any, Final

from attrs import evolve, frozen

from adjudicator.adapters import Adapted, adapt_doudian

PAYLOADS: Final = Path(__file__).parents[3] / "docs" / "examples" / "doudian"
INFO: Final = "data/process_info/after_sale_info"
CLAIMED: Final = "data/order_info/sku_order_infos/0"
ORDER: Final = "data/shop_order_detail"
LINE: Final = f"{ORDER}/sku_order_list/0"

MISSING: Final = object()
"""Put in place of a value, it takes the field away."""

EARLIER: Final = {"a": "after_sale", "o": "order", "b": "beside", "m": "mapping"}


@frozen(kw_only=True)
class Story:
    """Four inputs, the policy to decide them by, and when."""

    policy: str
    as_of: str
    after_sale: Any
    order: Any
    beside: Any
    mapping: Any

    def but(self, changes: dict[str, Any]) -> Story:
        """The same with some values changed; a key is ``a:``, ``o:``, ``b:`` or ``m:`` and a path."""
        story = self
        for key, value in changes.items():
            which, _, path = key.partition(":")
            name = EARLIER[which]
            story = evolve(story, **{name: _with(getattr(story, name), path.split("/"), value)})
        return story

    def adapted(self) -> Adapted:
        """What becomes of it."""
        return adapt_doudian(
            json.dumps(self.after_sale),
            json.dumps(self.order),
            policy=self.policy,
            as_of=self.as_of,
            beside=json.dumps(self.beside),
            mapping=json.dumps(self.mapping),
        )


MOMENTS: Final = {
    "genuine-goods-in-time": ("douyin_global.authenticity", "2022-06-25T12:00:00+08:00"),
    "huge-ids": ("douyin_global.damage", "2022-04-12T12:00:00+08:00"),
    "leaking-milk-powder": ("douyin_global.damage", "2022-04-11T12:00:00+08:00"),
    "legacy-envelope": ("douyin_global.damage", "2022-04-11T12:00:00+08:00"),
    "refused-and-in-arbitration": ("douyin_global.local_return", "2022-05-13T12:00:00+08:00"),
    "ruled-for-the-consumer": ("douyin_global.local_return", "2022-05-16T12:00:00+08:00"),
    "unknown-category": ("douyin_global.damage", "2022-05-27T12:00:00+08:00"),
    "withdrawn": ("douyin_global.damage", "2022-04-11T12:00:00+08:00"),
    "wrong-reason": ("douyin_global.authenticity", "2022-05-12T12:00:00+08:00"),
}


def story(name: str) -> Story:
    """A story of the folder ``payloads``."""
    policy, as_of = MOMENTS[name]
    folder = PAYLOADS / name
    return Story(
        policy=policy,
        as_of=as_of,
        after_sale=_read(folder / "after-sale.json"),
        order=_read(folder / "order.json"),
        beside=_read(folder / "beside.json"),
        mapping=_read(PAYLOADS / "map.json"),
    )


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _with(document: Any, path: list[str], value: Any) -> Any:
    changed = copy.deepcopy(document)
    place = changed
    for step in path[:-1]:
        place = place[int(step)] if isinstance(place, list) else place.setdefault(step, {})
    last: Any = int(path[-1]) if isinstance(place, list) else path[-1]
    if value is MISSING:
        del place[last]
    else:
        place[last] = value
    return changed

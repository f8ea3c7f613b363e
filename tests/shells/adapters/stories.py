"""The payload pairs of the tests and the documentation, and changes to them."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from attrs import evolve, field, frozen

from adjudicator.adapters import Adapted, adapt_doudian, adapt_pinduoduo

EXAMPLES: Final = Path(__file__).parents[3] / "docs" / "examples"
REPORTED: Final = Path(__file__).parent / "reported"
"""Inputs that were once read wrongly."""

PAYLOADS: Final = EXAMPLES / "doudian"
INFO: Final = "data/process_info/after_sale_info"
CLAIMED: Final = "data/order_info/sku_order_infos/0"
ORDER: Final = "data/shop_order_detail"
LINE: Final = f"{ORDER}/sku_order_list/0"

BOUGHT: Final = "order_info_get_response/order_info"
"""The order of Pinduoduo."""

MISSING: Final = object()
"""In place of a value, it removes the field."""

INPUTS: Final = {"a": "after_sale", "o": "order", "b": "beside", "m": "mapping"}


@frozen(kw_only=True)
class Story:
    """Four inputs, the policy to decide them by, and when."""

    adapt: Callable[..., Adapted] = adapt_doudian
    policy: str
    as_of: str
    after_sale: Any
    order: Any
    beside: Any
    mapping: Any
    envelopes: dict[str, str] = field(factory=dict)

    def but(self, changes: dict[str, Any]) -> Story:
        """The same story with other values. A key is ``a:``, ``o:``, ``b:`` or ``m:`` and a path."""
        story = self
        for key, value in changes.items():
            which, _, path = key.partition(":")
            name = INPUTS[which]
            story = evolve(story, **{name: _with(getattr(story, name), path.split("/"), value)})
        return story

    def adapted(self) -> Adapted:
        """The adapted case and its report."""
        return self.adapt(
            json.dumps(self.after_sale),
            json.dumps(self.order),
            policy=self.policy,
            as_of=self.as_of,
            beside=json.dumps(self.beside),
            mapping=json.dumps(self.mapping),
            **self.envelopes,
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
PINDUODUO_POLICIES: Final = {
    "broken-cups": "douyin_global.damage",
    "from-a-list": "douyin_global.damage",
    "paid-before": "douyin_global.damage",
    "top-up-not-arrived": "pinduoduo.virtual_arrival",
    "top-up-nothing-shown": "pinduoduo.virtual_arrival",
    "withdrawn": "douyin_global.damage",
}
OPEN_STORIES: Final = sorted(
    f"{platform}/{name}"
    for platform, names in (("doudian", MOMENTS), ("pinduoduo", PINDUODUO_POLICIES))
    for name in names
    if name != "withdrawn"
)


def story(name: str) -> Story:
    """A story of Doudian's examples."""
    policy, as_of = MOMENTS[name]
    return Story(policy=policy, as_of=as_of, **_inputs(PAYLOADS / name))


def pinduoduo_story(name: str) -> Story:
    """A story of Pinduoduo's examples."""
    return Story(
        adapt=adapt_pinduoduo,
        policy=PINDUODUO_POLICIES[name],
        as_of="2022-08-04T12:00:00+08:00",
        **_inputs(EXAMPLES / "pinduoduo" / name),
    )


def any_story(name: str) -> Story:
    """A story of either platform, by its folder."""
    platform, _, own = name.partition("/")
    return story(own) if platform == "doudian" else pinduoduo_story(own)


def reported(name: str, policy: str = "douyin_global.damage") -> Story:
    """Doudian payloads that were once read wrongly."""
    beside = REPORTED / f"{name}.beside.json"
    return Story(
        policy=policy,
        as_of="2025-01-02T12:00:00+08:00",
        after_sale=_read(REPORTED / f"{name}.after-sale.json"),
        order=_read(REPORTED / f"{name}.order.json"),
        beside=_read(beside) if beside.exists() else {},
        mapping={"reasons": {"2": "changed_mind", "15": "damaged"}},
    )


def value_at(adapted: Adapted, pointer: str) -> Any:
    """A value of the adapted case."""
    found: Any = adapted.case_document
    for step in pointer.split("/")[1:]:
        found = found[int(step)] if isinstance(found, list) else found[step]
    return found


def codes(adapted: Adapted, field: str) -> set[tuple[str, str]]:
    """The losses of a field, each as its kind and code."""
    return {(loss.kind.value, loss.code) for loss in adapted.report.losses if loss.field == field}


def _inputs(folder: Path) -> dict[str, Any]:
    names = {"after_sale": "after-sale", "order": "order", "beside": "beside"}
    inputs = {name: _read(folder / f"{file}.json") for name, file in names.items()}
    return {**inputs, "mapping": _read(folder.parent / "map.json")}


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

"""A maker makes what calling the class makes, or it is the class."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

import pytest
from attrs import Factory, field, frozen
from attrs.exceptions import FrozenInstanceError

from adjudicator.engine.vocabulary import Voices
from adjudicator.law import (
    Admissibility,
    Ask,
    EvidencePool,
    Failed,
    Holds,
    Instant,
    Need,
    Open,
    Party,
    Pending,
    Repairable,
    Window,
)
from adjudicator.model.source import maker

PROOF = Need("proof", Party.CONSUMER)
ASK = Ask(PROOF, ({"kind": ("photo",)},), "E1", Instant(5), "I1")


@pytest.mark.parametrize(
    ("kind", "values", "required"),
    [
        (Need, ("proof", Party.CONSUMER), 2),
        (Ask, (PROOF, ({"kind": ()},), "E1", Instant(5), "I1"), 1),
        (Open, ((ASK,), "pending", (1, 2), Instant(5), True, ("I1",)), 1),
        (Failed, ("late", ("E1",), Instant(5)), 0),
        (Repairable, (ASK, Instant(5), "late"), 1),
        (Holds, ("shown", ("E1",), Instant(5)), 0),
        (Pending, ("broken", (ASK,)), 2),
        (EvidencePool, (("broken",), (Pending("wet", (ASK,)),)), 1),
        (Admissibility, ("E1", "edited", (ASK,)), 1),
        (Voices, (("yes",), ("no",), ("silent",)), 3),
        (Window, ("opened_at", Instant(0), Instant(5), True), 4),
    ],
)
def test_a_maker_makes_what_the_class_makes(kind: Callable[..., Any], values: tuple[Any, ...], required: int) -> None:
    """With all values or with the least, by place or by name; it stays as it is, and can be stored."""
    made = maker(kind)
    assert made is not kind
    names = [each.name for each in kind.__attrs_attrs__]  # type: ignore[attr-defined]
    for count in range(required, len(values) + 1):
        by_place, by_name = made(*values[:count]), made(**dict(zip(names, values[:count], strict=False)))
        assert type(by_place) is type(by_name) is kind
        assert by_place == by_name == kind(*values[:count])
        assert repr(by_place) == repr(kind(*values[:count]))
        assert pickle.loads(pickle.dumps(by_place)) == by_place
        with pytest.raises(FrozenInstanceError):
            setattr(by_place, names[0], values[0])


@frozen
class Checked:
    """It checks its field."""

    amount: int

    def __attrs_post_init__(self) -> None:
        if self.amount < 0:
            raise ValueError("an amount is not negative")


@frozen
class Computed:
    """It has a field that is computed."""

    amount: int
    doubled: int = field(init=False, default=0)


@frozen(kw_only=True)
class Named:
    """Its field has to be named."""

    amount: int


def test_fields_that_have_to_be_named_stay_so() -> None:
    made: Any = maker(Named)
    assert made is not Named
    assert made(amount=1) == Named(amount=1)
    with pytest.raises(TypeError):
        made(1)


@frozen
class Collected:
    """Its field starts with something new."""

    amounts: dict[str, int] = Factory(dict)


@frozen
class Converted:
    """It converts its field."""

    amount: int = field(converter=int)


@pytest.mark.parametrize("kind", [Checked, Computed, Collected, Converted])
def test_a_class_that_does_more_than_take_its_fields_is_its_own_maker(kind: type) -> None:
    assert maker(kind) is kind

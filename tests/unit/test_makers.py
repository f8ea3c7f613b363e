"""A maker makes what calling the class makes."""

from __future__ import annotations

import pickle
from typing import Any, Generic, TypeVar

import pytest
from attrs import Factory, field, fields, frozen
from attrs.exceptions import FrozenInstanceError

from adjudicator.engine.admissibility import Voices
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
from adjudicator.model.source import maker, unfinished

T = TypeVar("T")
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
def test_a_maker_makes_what_the_class_makes(kind: type[Any], values: tuple[Any, ...], required: int) -> None:
    """With all values or with the least, by place or by name; it stays as it is, and can be stored."""
    made: Any = maker(kind)
    names = [each.name for each in fields(kind)]
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
class Converted:
    """It converts its field."""

    amount: int = field(converter=int)


@pytest.mark.parametrize("kind", [Checked, Converted])
def test_a_class_that_does_more_than_take_its_fields_has_no_maker(kind: type) -> None:
    with pytest.raises(TypeError, match=f"{kind.__name__} does more"):
        maker(kind)


@frozen
class Collected:
    """Its second field starts with something new."""

    currency: str = "CNY"
    amounts: dict[str, int] = Factory(dict)
    units: int = 1


def test_a_value_that_is_new_each_time_has_to_be_given() -> None:
    """So do the values before it."""
    made: Any = maker(Collected)
    assert made("CNY", {}) == Collected()
    for values in ((), ("CNY",)):
        with pytest.raises(TypeError, match="missing"):
            made(*values)


def test_a_generic_class_has_a_maker_even_if_generic_itself_does_not_say_that_it_has_no_slots(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As it does not from Python 3.12 on."""
    monkeypatch.delattr(Generic, "__slots__", raising=False)
    assert unfinished.__wrapped__(Pending) is not None
    assert unfinished.__wrapped__(WithoutSlots) is None


@frozen(slots=False)
class WithoutSlots(Generic[T]):
    """Anything can be set on its instances."""

    first: T

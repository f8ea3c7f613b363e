"""Mistakes in a kind of case: its fields, its bounds and its evidence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

import pytest
from attrs import evolve, field, frozen

from adjudicator.law import (
    COUNT,
    CaseBase,
    Document,
    Fault,
    InputError,
    Instant,
    Party,
    PolicyError,
    Question,
    WholeCase,
    asked_of,
    glossary_of,
    supplied,
)
from mistakes.rooms import ROOMS, RoomCase, Side, edition, refusal


def test_the_edition_of_a_case_is_picked_by_an_instant() -> None:
    assert refusal(case_kind=evolve(ROOMS, governed_from="/placed_at")) == (
        "test.rooms: governed_from of RoomCase is /placed_at, which leads nowhere; it has to be the pointer to an Instant"
    )
    assert "is /id, which holds str;" in refusal(case_kind=evolve(ROOMS, governed_from="/id"))


@pytest.mark.parametrize(
    ("of", "written", "told"),
    [
        (int, asked_of(Party.MERCHANT, "Beds."), "the fact beds can never be unknown: write int | None, or supplied"),
        (int | str | None, asked_of(Party.MERCHANT, "Beds."), "the fact beds is of int | str | None; a fact is of one"),
        (int | None, asked_of(Party.MERCHANT, "Beds.", could_be=("one",)), "beds could be 'one', but it is of int"),
    ],
)
def test_a_field_that_cannot_be_a_fact_is_refused(of: Any, written: Any, told: str) -> None:
    annotations = {"id": str, "policy": str, "as_of": Instant, "beds": of}
    case_type = frozen(kw_only=True)(type("Case", (CaseBase,), {"__annotations__": annotations, "beds": written}))
    with pytest.raises(PolicyError) as raised:
        glossary_of(case_type)
    assert told in str(raised.value)


def test_what_is_said_of_a_field_is_checked() -> None:
    with pytest.raises(PolicyError, match=r"asked_of has no bound; did you mean bounds\?"):
        asked_of(Party.MERCHANT, "Beds.", bound=(1, 5))
    with pytest.raises(
        PolicyError, match="supplied names the party 'merchant'; write a member of Party or of a StrEnum"
    ):
        supplied("merchant", "Beds.")  # type: ignore[arg-type]  # which is what is refused


@frozen(kw_only=True)
class Bed(CaseBase):
    """A case without faults of its own."""

    id: str
    policy: str
    as_of: Instant
    width: int | None = asked_of(Party.MERCHANT, "How wide it is, in centimetres.", bounds=COUNT)
    made_at: Instant | None = None


@frozen(kw_only=True)
class UncheckedBed(Bed):
    """One whose faults leave out those that follow from its fields."""

    def faults(self) -> Iterator[Fault]:
        """What cannot be."""
        yield from ()


@frozen(kw_only=True)
class StackedBed(Bed):
    """One that adds a fault to those that follow from its fields, of its parts too."""

    beds: tuple[Slat, ...] = ()

    def faults(self) -> Iterator[Fault]:
        """What cannot be."""
        yield from super().faults()
        yield from ((Fault("/beds", "none", "a slat"),) if not self.beds else ())


@frozen(kw_only=True)
class Slat:
    """A part of a bed."""

    length: int = field(metadata={"bounds": COUNT})
    sawn_at: Instant | None = None


def wide(width: int) -> bool:
    """ZZ.1(1). It is wide."""
    return width > 90


def test_bounds_that_nothing_checks_are_refused() -> None:
    """The schema would promise them, and decisions would not keep them."""
    beds = (UncheckedBed, Bed, StackedBed)
    kinds = [evolve(ROOMS, case_type=each, glossary=glossary_of(each)) for each in beds]
    assert refusal(wide, case_kind=kinds[0]) == (
        "test.rooms: UncheckedBed.width has limits, but the faults of a UncheckedBed do not check them; write "
        "yield from super().faults() in its faults"
    )
    assert [edition(wide, case_kind=each).clauses[0].name for each in kinds[1:]] == ["wide", "wide"]


def test_bounds_and_instants_are_checked_wherever_a_case_has_them() -> None:
    """In its parts and lists, also by faults that only add to what follows from the fields."""
    late = Instant.parse("9000-01-02T00:00:00+08:00")

    def places(kind: Any, **fields: Any) -> list[str]:
        with pytest.raises(InputError) as refused:
            kind(id="1", policy="test.rooms", as_of=Instant(0), **fields)
        return [each.pointer for each in refused.value.faults]

    assert places(Bed, width=0) == ["/width"]
    slats = (Slat(length=1), Slat(length=0))
    assert places(StackedBed, width=0, beds=slats) == ["/width", "/beds/1/length"]
    assert places(StackedBed, width=0) == ["/width", "/beds"]
    case = Bed(id="1", policy="test.rooms", as_of=Instant(0), width=1)
    object.__setattr__(case, "made_at", late)
    assert [each.pointer for each in case.faults()] == ["/made_at"]


def test_the_answers_to_a_question_differ() -> None:
    with pytest.raises(PolicyError, match="a question is answered let either way"):
        Question(granted="let", refused="let")


@frozen(kw_only=True)
class Lease(Document):
    """A lease."""

    kind: ClassVar[str] = "lease"


@frozen(kw_only=True)
class Survey(Document):
    """A survey."""

    kind: ClassVar[str] = "survey"


@frozen(kw_only=True)
class OneKind(RoomCase):
    """A case with evidence of one kind."""

    evidence: tuple[Lease, ...] = ()


@frozen(kw_only=True)
class TwoKinds(RoomCase):
    """A case with evidence of two kinds."""

    evidence: tuple[Lease | Survey, ...] = ()


def test_evidence_has_kinds_and_is_submitted_by_the_parties() -> None:
    one, two = (evolve(ROOMS, case_type=each) for each in (OneKind, TwoKinds))
    assert "the evidence of a OneKind is always a Lease; name two kinds at least" in refusal(case_kind=one)
    tenants = evolve(two, claimant=Side.TENANT)
    assert refusal(case_kind=tenants) == (
        "test.rooms: Lease.submitted_by takes carrier, consumer, merchant, platform, third_party, but not tenant; "
        "write submitted_by: Side in its class"
    )
    assert edition(case_kind=two).policy == "test.rooms"


def test_the_documents_of_a_kind_are_read_in_order() -> None:
    said: dict[str, Any] = {"submitted_by": "merchant", "submitted_at": Instant(0)}
    first, survey, last = Lease(id="1", **said), Survey(id="2", **said), Lease(id="3", **said)
    case = TwoKinds(id="1", policy="test.rooms", as_of=Instant(0), evidence=(first, survey, last))
    assert WholeCase(case).documents(Lease) == (first, last)

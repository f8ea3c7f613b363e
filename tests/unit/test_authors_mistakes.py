"""Mistakes that an author of a policy makes: each is refused at import, and the message says where and what to write."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve, frozen

from adjudicator import decide
from adjudicator.engine.policy import Edition
from adjudicator.law import (
    BEIJING,
    COUNT,
    DAY,
    Answer,
    AwardKind,
    CaseBase,
    CasePayment,
    Document,
    Established,
    Fact,
    Fault,
    Glossary,
    Instant,
    Minor,
    Need,
    Party,
    PaymentKind,
    Pays,
    PolicyError,
    Question,
    ReviewKind,
    WholeCase,
    Window,
    asked_of,
    by_date,
    day_of,
    fails,
    glossary_of,
    missing,
    start_of_day,
    supplied,
    within_bounds,
    within_days,
    within_months,
)
from losses import LOSSES

BERLIN = ZoneInfo("Europe/Berlin")


class Side(StrEnum):
    """Parties of a pack's own."""

    TENANT = "tenant"
    LANDLORD = "landlord"


@frozen(kw_only=True)
class RoomCase(CaseBase):
    """A room that somebody wants to rent."""

    id: str
    policy: str
    as_of: Instant
    beds: int | None = asked_of(Party.MERCHANT, "How many beds there are.")
    pets: int | None = None


ROOMS = ReviewKind(
    case_type=RoomCase, glossary=glossary_of(RoomCase), questions=(Question(granted="let", refused="not_let"),)
)


def has_beds(beds: int) -> bool:
    """ZZ.1(1). A room has a bed."""
    return beds > 0


def edition(*requires: Any, **others: Any) -> Edition:
    """A small edition about rooms, with these clauses."""
    fields: dict[str, Any] = {
        "policy": "test.rooms",
        "article": "ZZ.1",
        "effective_from": dt.date(2022, 3, 15),
        "case_kind": ROOMS,
        "requires": requires or (has_beds,),
    }
    return Edition(**(fields | others))


def refusal(*requires: Any, **others: Any) -> str:
    """What an edition is refused for."""
    with pytest.raises(PolicyError) as raised:
        edition(*requires, **others)
    return str(raised.value)


def place(function: Callable[..., Any]) -> str:
    """A function with its file and line."""
    return f"{__name__}.{function.__name__} ({__file__}:{function.__code__.co_firstlineno})"


# Names and types


def test_a_misspelled_fact_is_named_with_what_may_be_meant() -> None:
    def clause(bed: int) -> bool:
        """ZZ.1(1). A bed."""
        return bed > 0

    assert refusal(clause) == (
        f"test.rooms: {place(clause)} asks for bed, which is no known fact; did you mean beds or barred?"
    )


def test_a_field_that_is_no_fact_is_told_how_to_become_one() -> None:
    def clause(pets: int) -> bool:
        """ZZ.1(1). No pets."""
        return pets == 0

    assert refusal(clause).endswith(
        "asks for pets, which is no known fact; it is a field of a RoomCase: write it with asked_of or supplied to make it one"
    )


def test_types_are_told_as_an_author_writes_them() -> None:
    def clause(beds: tuple[str, ...]) -> bool:
        """ZZ.1(1). Beds."""
        return bool(beds)

    assert refusal(clause) == f"test.rooms: {place(clause)} takes beds as tuple[str, ...], but it can be int"

    def setting(most: str | None) -> bool:
        """ZZ.1(1). Beds."""
        return most is None

    assert refusal(setting, settings={"most": 5}).endswith(f"{place(setting)} expects: str | None, not int")


def test_a_fact_without_a_type_is_refused() -> None:
    def kitchen(at: WholeCase):  # type: ignore[no-untyped-def]  # noqa: ANN202
        """Whether there is one."""
        return at.case.id

    kind = evolve(ROOMS, glossary=Glossary.of(*ROOMS.glossary.facts.values(), Fact(kitchen, ("/id",))))
    assert refusal(case_kind=kind) == f"test.rooms: the fact {place(kitchen)} has no type for return"


# What an edition lists


def test_lists_of_functions_are_tuples_of_plain_functions() -> None:
    assert refusal(requires=has_beds) == ("test.rooms: requires is a function; write a tuple of functions: (has_beds,)")
    assert refusal(barred_by=[has_beds]) == "test.rooms: barred_by is a list; write a tuple of functions: (one, two)"
    assert refusal("has_beds") == "test.rooms: requires lists 'has_beds', which is not a function"
    assert (
        refusal(requires=()) == "test.rooms: neither requires nor barred_by lists a clause; an edition has at least one"
    )


def test_a_function_is_listed_once() -> None:
    assert refusal(has_beds, has_beds) == f"test.rooms: {place(has_beds)} is listed twice, in requires"
    assert refusal(barred_by=(has_beds,)).endswith("is listed twice, in requires and barred_by")


def test_a_function_takes_facts_and_returns_its_result() -> None:
    def with_default(beds: int = 1) -> bool:
        """ZZ.1(1). A bed."""
        return beds > 0

    assert "has a default for beds, which is never used; let beds be None or Established" in refusal(with_default)

    def with_all(**facts: int) -> bool:
        """ZZ.1(1). A bed."""
        return bool(facts)

    assert f"{place(with_all)} cannot take **facts: 'int'; name each fact on its own" in refusal(with_all)

    def generator(beds: int) -> Iterator[bool]:
        """ZZ.1(1). A bed."""
        yield beds > 0

    async def coroutine(beds: int) -> bool:
        """ZZ.1(1). A bed."""
        return beds > 0

    for function in (generator, coroutine):
        assert f"{place(function)} has to be a plain function that returns its result" in refusal(function)


def test_a_remark_is_said_or_not() -> None:
    def remark(beds: int) -> int:
        """ZZ.1(2). Beds."""
        return beds

    assert f"the remark {place(remark)} returns int; a remark returns bool" in refusal(remarks=(remark,))


@pytest.mark.parametrize("day", ["2024-01-01", dt.datetime(2024, 1, 1)])  # noqa: DTZ001 - what is refused
def test_an_edition_begins_on_a_day(day: Any) -> None:
    assert refusal(effective_from=day) == (
        f"test.rooms: effective_from is {day!r}; write a day, such as datetime.date(2024, 1, 1)"
    )


def test_an_amendment_is_later_than_what_it_amends() -> None:
    old = edition()
    with pytest.raises(PolicyError, match="an edition of 2022-03-15 cannot amend that of 2022-03-15, which is no earl"):
        old.amended(effective_from=old.effective_from)


# The kind of case


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
    """A case whose bounds nothing checks."""

    id: str
    policy: str
    as_of: Instant
    width: int | None = asked_of(Party.MERCHANT, "How wide it is, in centimetres.", bounds=COUNT)


@frozen(kw_only=True)
class CheckedBed(Bed):
    """One whose bounds a helper checks."""

    def faults(self) -> Iterator[Fault]:
        """What cannot be."""
        yield from faults_of_a_bed(self)


def faults_of_a_bed(bed: Bed) -> Iterator[Fault]:
    """What cannot be."""
    yield from within_bounds("", bed)


def wide(width: int) -> bool:
    """ZZ.1(1). It is wide."""
    return width > 90


def test_bounds_that_nothing_checks_are_refused() -> None:
    """The schema would promise them, and decisions would not keep them."""
    kinds = [evolve(ROOMS, case_type=each, glossary=glossary_of(each)) for each in (Bed, CheckedBed)]
    assert refusal(wide, case_kind=kinds[0]) == (
        "test.rooms: Bed.width has bounds, but the faults of a Bed do not check them; write "
        'yield from within_bounds("", self) in its faults, and the same for each part with bounds'
    )
    assert edition(wide, case_kind=kinds[1]).clauses[0].name == "wide"


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


# Money


def rent(beds: int) -> Minor:
    """ZZ.1(2). Ten for each bed."""
    return Minor(10 * beds)


def due(rent: Minor) -> Minor:
    """ZZ.1(2). All of it."""
    return rent


def test_a_function_stands_in_a_calculation_once() -> None:
    pays = (Pays(AwardKind.COMPENSATION, rent, due),)
    with pytest.raises(
        PolicyError, match=r"rent \(.*:\d+\) stands in a CasePayment twice; steps are what comes before"
    ):
        CasePayment(steps=(rent,), pays=pays)


def test_an_amount_is_minor() -> None:
    def cents(beds: int) -> int:
        """ZZ.1(2). Ten for each bed."""
        return 10 * beds

    with pytest.raises(
        PolicyError, match=r"cents \(.*:\d+\) is a step of a CasePayment and returns int; it has to return"
    ):
        CasePayment(steps=(cents,), pays=(Pays(AwardKind.COMPENSATION, rent, due),))


def test_a_currency_is_a_code() -> None:
    with pytest.raises(PolicyError, match="the currency pounds is not an ISO 4217 code"):
        PaymentKind(case_type=LOSSES.case_type, glossary=Glossary(), questions=LOSSES.questions, currency="pounds")


# Days


def test_a_window_is_counted_from_a_fact() -> None:
    def window(as_of: Instant) -> Window:
        """ZZ.1(3). A week."""
        return within_days("asof", as_of, 7)

    def clause(window: Window, as_of: Instant) -> bool:
        """ZZ.1(3). Within a week."""
        return as_of in window

    line = window.__code__.co_firstlineno + 2
    assert refusal(clause, facts=(window,)) == (
        f"test.rooms: {place(window)} counts from asof at line {line}, which is neither a fact nor a field; did you mean as_of?"
    )


def first_day(as_of: Instant) -> int:
    """The day, as a helper counts it."""
    return day_of(as_of)


def test_days_are_those_of_the_edition_or_of_a_zone_that_is_named() -> None:
    """Beijing's where the edition says nothing; elsewhere a function that leaves out the zone would count another day."""

    def month(as_of: Instant) -> Window:
        """ZZ.1(3). A month."""
        return within_months("as_of", as_of, 1)

    def in_berlin(as_of: Instant) -> Window:
        """ZZ.1(3). A month."""
        return within_months("as_of", Instant(start_of_day(day_of(as_of, BERLIN), zone=BERLIN)), 1, zone=BERLIN)

    def by_a_helper(as_of: Instant) -> Established[Window]:
        """ZZ.1(3). A month, on even days."""
        return within_months("as_of", as_of, 1, zone=BEIJING) if first_day(as_of) % 2 else missing(NEED, {"beds": ()})

    def clause(window: Window, as_of: Instant) -> bool:
        """ZZ.1(3). Within it."""
        return as_of in window

    def with_window(function: Callable[..., Any]) -> dict[str, Any]:
        def window(window_of: Established[Window]) -> Established[Window]:
            """ZZ.1(3). It."""
            return window_of

        function.__name__ = "window_of"
        return {"facts": (function, window)}

    line = month.__code__.co_firstlineno + 2
    assert edition(clause, **with_window(month)).zone is BEIJING
    assert refusal(clause, zone=BERLIN, **with_window(month)).endswith(
        f"calls within_months at line {line} without a zone, so it counts Beijing's days, but the edition's are those of "
        "Europe/Berlin; write zone=..."
    )
    assert edition(clause, zone=BERLIN, **with_window(in_berlin)).zone is BERLIN
    assert f"{place(first_day)} calls day_of at line" in refusal(clause, zone=BERLIN, **with_window(by_a_helper))


def test_a_calculation_with_the_clock_says_when_it_changes() -> None:
    """In the clause or in a fact behind it; a comparison with an instant is announced by the engine."""

    def counted(as_of: Instant, since: Instant) -> Answer:
        """ZZ.1(3). It is five days ago."""
        return as_of - since > 5 * DAY

    def compared(as_of: Instant, since: Instant) -> Answer:
        """ZZ.1(3). It is five days ago."""
        return since + 5 * DAY < as_of

    def announced(as_of: Instant, since: Instant) -> Answer:
        """ZZ.1(3). It is five days ago."""
        end = Instant(since + 5 * DAY)
        return end < as_of or fails("too_early", changes_at=end) if as_of - since > DAY else True

    def plain(as_of: Instant, since: Instant) -> Answer:
        """ZZ.1(3). It is over."""
        return since < as_of

    def waited(as_of: Instant, since: Instant) -> int:
        """ZZ.1(3). How long ago it is."""
        return as_of - since

    def through_a_fact(waited: int) -> Answer:
        """ZZ.1(3). It is five days ago."""
        return waited > 5 * DAY

    kind = evolve(ROOMS, case_type=SinceCase, glossary=glossary_of(SinceCase))
    for clause in (counted, compared):
        line = clause.__code__.co_firstlineno + 2
        assert refusal(clause, case_kind=kind) == (
            f"test.rooms: the clause {place(clause)} calculates with as_of at line {line}, so nothing says when it changes; "
            "give its answer changes_at, or ask for a Window"
        )
    assert f"calculates with as_of through {place(waited)} at" in refusal(
        through_a_fact, case_kind=kind, facts=(waited,)
    )
    assert len(edition(announced, plain, case_kind=kind).clauses) == 2


@frozen(kw_only=True)
class SinceCase(CaseBase):
    """A case about something that began."""

    id: str
    policy: str
    as_of: Instant
    since: Instant = supplied(Party.MERCHANT, "Since when.")


NEED = Need("beds", Party.MERCHANT)


def test_a_table_of_another_zone_is_told_by_its_type() -> None:
    def clause(most: int, beds: int) -> bool:
        """ZZ.1(1). Beds."""
        return beds <= most

    assert refusal(clause, settings={"most": by_date({"2020-01-01": 5})}).endswith("expects: int, not ByDate[int]")


# What only a case shows


def test_an_answer_of_another_type_than_promised_names_the_clause() -> None:
    def clause(beds: int) -> bool:
        """ZZ.1(1). Beds."""
        return beds  # type: ignore[return-value]  # which is what is refused

    case = RoomCase(id="1", policy="test.rooms", as_of=Instant.parse("2024-01-01T00:00:00+08:00"), beds=5)
    with pytest.raises(PolicyError) as raised:
        decide(case, edition(clause))
    assert str(raised.value) == f"the clause {place(clause)} returned a int, which is no answer; a clause returns bool"

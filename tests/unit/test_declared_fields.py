"""Fields that say beside which others they are stated, and what follows: faults, facts, answers; and values that one rule tries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from enum import StrEnum
from typing import Any

import attrs
import pytest
from attrs import field, frozen

from adjudicator import decide
from adjudicator.claims import CLAIMS, AppraisalReport, Case
from adjudicator.kinds.claim import claimed_lines
from adjudicator.kinds.claimed_line import ClaimedLine
from adjudicator.law import (
    ANY,
    AnyOf,
    CaseBase,
    Edition,
    Instant,
    Minor,
    Open,
    Party,
    PolicyError,
    Question,
    ReviewKind,
    WholeCase,
    asked_of,
    glossary_of,
    supplied,
    trying,
)
from adjudicator.model.declared_faults import declared_faults
from adjudicator.model.errors import Fault, InputError
from adjudicator.model.limits import LATEST
from adjudicator.testing import a_case as claim_case
from adjudicator.testing import a_line, an_appraisal, an_order

NOON = Instant.parse("2022-08-01T12:00:00+08:00")
EARLIER, LATER = Instant(NOON - 1), Instant(NOON + 1)


class Kind(StrEnum):
    """What is sent."""

    PARCEL = "parcel"
    LETTER = "letter"


@frozen(kw_only=True)
class Stop:
    """A place that it came through."""

    id: str
    at: Instant = field(metadata={"not_before": "/sent_at", "not_after": "/as_of"})


@frozen(kw_only=True)
class Route:
    """The way that it takes."""

    ended_at: Instant = EARLIER


@frozen(kw_only=True)
class Delivery:
    """Whether and how it arrived."""

    happened: bool | None = asked_of(
        Party.CARRIER, "Whether.", "delivery", fact="delivered", shown_by=("at", "signed"), accepts=(True,)
    )
    at: Instant | None = asked_of(
        Party.CARRIER, "When.", "delivery", fact="delivered_at", not_after="/as_of", none_where={"happened": False}
    )
    signed: bool | None = asked_of(Party.CARRIER, "Whether it was signed for.", never_where={"happened": False})
    stamped: bool | None = asked_of(Party.CARRIER, "Whether it was stamped.", "stamp")
    stamped_at: Instant | None = asked_of(Party.CARRIER, "When.", "stamp", none_where={"stamped": False})
    insured: bool | None = asked_of(Party.MERCHANT, "Whether it was insured.", "insurance")
    insured_for: Minor | None = asked_of(
        Party.MERCHANT, "For how much.", "insurance", only_where={"insured": True}, could_be=(Minor(0), Minor(9))
    )


@frozen(kw_only=True)
class DeliveryCase(CaseBase):
    """Something that was sent."""

    id: str
    policy: str = "acme.delivery"
    as_of: Instant = NOON
    kind: Kind = Kind.PARCEL
    weight: int | None = supplied(
        Party.CARRIER,
        "Of a parcel.",
        default=None,
        only_where={"kind": Kind.PARCEL},
        needed_where={"kind": Kind.PARCEL},
    )
    sent_at: Instant = EARLIER
    delivery: Delivery | None = None
    stops: tuple[Stop, ...] = field(default=(), metadata={"each_once": "id"})
    metadata: dict[str, str] | None = None


def a_case(delivery: Delivery | None = None, **fields: Any) -> DeliveryCase:
    """A parcel that was sent."""
    return DeliveryCase(**{"id": "1", "weight": 5, "delivery": delivery, **fields})


def a_delivery(**fields: Any) -> Delivery:
    """What is known of how it arrived."""
    return Delivery(**fields)


@pytest.mark.parametrize(
    ("case", "fault"),
    [
        (
            {"delivery": a_delivery(happened=False, at=NOON)},
            Fault("/delivery/at", f'"{NOON}"', "nothing, because happened is false"),
        ),
        (
            {"delivery": a_delivery(happened=False, signed=True)},
            Fault("/delivery/signed", "true", "nothing, because happened is false"),
        ),
        (
            {"delivery": a_delivery(insured_for=Minor(3))},
            Fault("/delivery/insured_for", "3", "nothing, unless insured is true"),
        ),
        ({"kind": Kind.LETTER}, Fault("/weight", "5", "nothing, unless kind is parcel")),
        ({"weight": None}, Fault("/weight", "nothing", "a value, because kind is parcel")),
        (
            {"delivery": a_delivery(at=LATER)},
            Fault("/delivery/at", f'"{LATER}"', f"an instant not after as_of, {NOON}"),
        ),
        (
            {"stops": (Stop(id="A", at=NOON), Stop(id="B", at=Instant(EARLIER - 1)))},
            Fault("/stops/1/at", f'"{Instant(EARLIER - 1)}"', f"an instant not before sent_at, {EARLIER}"),
        ),
        (
            {"stops": (Stop(id="A", at=NOON), Stop(id="A", at=NOON))},
            Fault("/stops/1/id", '"A"', "an id that stands only once"),
        ),
    ],
)
def test_what_is_stated_beside_the_wrong_fields_is_a_fault_at_its_place(case: dict[str, Any], fault: Fault) -> None:
    with pytest.raises(InputError) as caught:
        a_case(**case)
    assert caught.value.faults == (fault,)


def test_a_class_that_is_new_says_the_same() -> None:
    """The words of fields are read when the first case of a class is checked."""

    @frozen(kw_only=True)
    class Parcel:
        as_of: Instant = NOON
        sent_at: Instant = field(default=NOON, metadata={"not_after": "/route/ended_at"})
        route: Route = Route()
        seen_at: tuple[Instant, ...] = ()
        stops: tuple[Stop, ...] = field(default=(), metadata={"each_once": "id"})
        happened: bool = False
        signed: bool | None = field(default=None, metadata={"never_where": {"happened": False}})
        weight: int | None = field(default=None, metadata={"needed_where": {"happened": False}})

    stop = Stop(id="S1", at=NOON)
    faults = declared_faults(Parcel(seen_at=(NOON, LATEST), stops=(stop, stop), signed=True))
    assert list(faults) == [
        Fault("/seen_at/1", f'"{LATEST}"', f"an instant before {LATEST}"),
        Fault("/sent_at", f'"{NOON}"', f"an instant not after route.ended_at, {EARLIER}"),
        Fault("/stops/1/id", '"S1"', "an id that stands only once"),
        Fault("/signed", "true", "nothing, because happened is false"),
        Fault("/weight", "nothing", "a value, because happened is false"),
    ]


def test_what_the_fields_allow_is_no_fault() -> None:
    """A boolean that is false states nothing, and what is at the very limit is within it."""
    a_case(a_delivery(happened=False, signed=False))
    a_case(
        a_delivery(at=NOON, insured=True, insured_for=Minor(3)), stops=(Stop(id="A", at=EARLIER), Stop(id="B", at=NOON))
    )
    a_case(kind=Kind.LETTER, weight=None)


def fact(name: str, delivery: Delivery | None) -> Any:
    """A fact of a case with this delivery."""
    return glossary_of(DeliveryCase).facts[name].read(WholeCase(a_case(delivery)))


@pytest.mark.parametrize("shown", [{"at": NOON}, {"signed": True}, {"happened": True}])
def test_a_fact_that_is_not_stated_is_shown_by_others(shown: dict[str, Any]) -> None:
    assert fact("delivered", a_delivery(**shown)) is True


@pytest.mark.parametrize("delivery", [None, a_delivery(), a_delivery(signed=False)])
def test_a_fact_that_nothing_shows_is_asked_for_with_what_is_stated_beside_it(delivery: Delivery | None) -> None:
    """Only with the values that it accepts."""
    assert accepted(fact("delivered", delivery)) == ({"delivered": (True,), "delivered_at": ANY},)
    assert fact("delivered", delivery).could_be == (False, True)


def test_there_is_none_where_another_field_says_so() -> None:
    """Otherwise it is asked for by itself."""
    assert fact("delivered_at", a_delivery(happened=False)) is None
    for unknown in (None, a_delivery(), a_delivery(happened=True)):
        assert accepted(fact("delivered_at", unknown)) == ({"delivered_at": ANY},)


def test_a_field_is_asked_for_with_the_one_that_it_depends_on_while_that_is_unknown() -> None:
    """Each value with the details that are stated beside it."""
    both: AnyOf = ({"insured": (False,)}, {"insured": (True,), "insured_for": ANY})
    assert accepted(fact("insured", None)) == accepted(fact("insured_for", a_delivery())) == both
    assert accepted(fact("insured_for", a_delivery(insured=True))) == ({"insured_for": ANY},)
    assert fact("insured_for", a_delivery()).could_be == (0, 9)
    assert accepted(fact("stamped", None)) == ({"stamped": (False,)}, {"stamped": (True,), "stamped_at": ANY})


def accepted(value: Any) -> Any:
    """The answers that are acceptable to the only ask about an unknown fact."""
    assert isinstance(value, Open)
    (ask,) = value.asks
    return ask.accepts


def was_delivered(delivered: bool) -> bool:
    """AC.1. It was delivered."""
    return delivered


def edition_for(case_type: type[CaseBase]) -> Edition:
    """An edition about cases of a class."""
    return Edition(
        policy="acme.delivery",
        article="AC.1",
        effective_from=dt.date(2020, 1, 1),
        case_kind=ReviewKind(
            case_type=case_type,
            glossary=glossary_of(DeliveryCase),
            questions=(Question(granted="delivered", refused="late"),),
        ),
        requires=(was_delivered,),
    )


def test_an_edition_decides_by_declared_fields() -> None:
    """From a case that states nothing but a signature."""
    assert decide(a_case(a_delivery(signed=True)), edition_for(DeliveryCase)).outcome == "delivered"


@pytest.mark.parametrize(
    ("metadata", "message"),
    [
        (
            {"never_where": {"hapened": False}},
            "never_where of AstrayCase.extra names hapened, which is no field of AstrayCase",
        ),
        (
            {"not_after": "/delivery/when"},
            "not_after of AstrayCase.extra is '/delivery/when', which is no pointer to an instant",
        ),
        ({"not_before": "as_of"}, "not_before of AstrayCase.extra is 'as_of', which is no pointer to an instant"),
        (
            {"not_before": "/stops/at"},
            "not_before of AstrayCase.extra is '/stops/at', which is no pointer to an instant",
        ),
        ({"not_before": "/kind"}, "not_before of AstrayCase.extra is '/kind', which is no pointer to an instant"),
    ],
)
def test_a_limit_that_names_nothing_is_refused(metadata: dict[str, Any], message: str) -> None:
    @frozen(kw_only=True)
    class AstrayCase(DeliveryCase):
        """A case whose field names what there is not."""

        extra: Instant | None = field(default=None, metadata=metadata)

    with pytest.raises(PolicyError, match=message):
        edition_for(AstrayCase)


def test_a_limit_that_nothing_checks_is_refused() -> None:
    @frozen(kw_only=True)
    class UncheckedCase(DeliveryCase):
        """A case that forgets what its fields say."""

        extra: Instant | None = field(default=None, metadata={"not_after": "/as_of"})

        def faults(self) -> Iterable[Fault]:
            """None."""
            return ()

    with pytest.raises(PolicyError, match="do not check them; write yield from super"):
        edition_for(UncheckedCase)


@frozen(kw_only=True)
class GiftCase(Case):
    """A claim with fields of its own that say how they stand to each other."""

    gift: bool | None = None
    giver: str | None = field(default=None, metadata={"only_where": {"gift": True}})


def test_the_own_fields_of_a_claim_are_checked_too() -> None:
    case = claim_case("douyin_global.authenticity")
    of_every_claim = {each.name: getattr(case, each.name) for each in attrs.fields(Case)}
    assert GiftCase(**of_every_claim, gift=True, giver="Li").giver == "Li"
    with pytest.raises(InputError, match="/giver: expected nothing, unless gift is true"):
        GiftCase(**of_every_claim, giver="Li")


def brands(appraisals: tuple[AppraisalReport, ...]) -> list[str | None]:
    """Those that appraisals name, and another."""
    return ["another", *(each.brand for each in appraisals)]


def test_a_rule_tries_values_of_its_own_for_a_fact_of_every_claim() -> None:
    """Those that are listed or found in facts of the case, each once, while the fact is unknown and not otherwise."""
    tried = trying(CLAIMS, line_brand=brands, market=("elsewhere", "CN")).glossary.facts
    unknown, known = a_claimed_line(brand=None, market=None), a_claimed_line(brand="Acme", market="HK")
    assert tried["line_brand"].read(unknown).could_be == ("another", "Acme")
    assert tried["market"].read(unknown).could_be == ("elsewhere", "CN")
    assert [tried[name].read(known) for name in ("line_brand", "market")] == ["Acme", "HK"]
    assert CLAIMS.glossary.facts["market"].read(unknown).could_be == ()


def a_claimed_line(*, brand: str | None, market: str | None) -> ClaimedLine:
    """A line of a claim with three appraisals."""
    reports = [an_appraisal(f"E{number}", brand=of) for number, of in enumerate(("Acme", "another", "Acme"))]
    case = claim_case("douyin_global.authenticity", *reports, order=an_order(a_line(brand=brand), market=market))
    (line,) = claimed_lines(case)
    return line


def test_a_fact_that_there_is_not_is_refused() -> None:
    """Also as a parameter of what finds the values."""
    with pytest.raises(PolicyError, match="trying names line_brnd, which is no fact; did you mean line_brand"):
        trying(CLAIMS, line_brnd=("A",))
    with pytest.raises(PolicyError, match="trying names apraisals, which is no fact; did you mean appraisals"):
        trying(CLAIMS, line_brand=lambda apraisals: apraisals)


def test_a_fact_that_is_never_unknown_is_refused() -> None:
    with pytest.raises(PolicyError, match="trying names filed_at, which is never unknown"):
        trying(CLAIMS, filed_at=(NOON,))

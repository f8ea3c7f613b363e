"""A passenger and a flight that was cancelled, came late, or left without the passenger. ``None`` means not known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from attrs import field, frozen

from adjudicator.law import (
    METADATA,
    Bounds,
    CaseBase,
    Fault,
    Instant,
    Need,
    PaymentKind,
    Personal,
    Question,
    Settlement,
    faults_of_settlements,
    glossary_of,
    happened_by,
    not_before,
    within_bounds,
)


class Side(StrEnum):
    """Who can be asked."""

    PASSENGER = "passenger"
    CARRIER = "carrier"
    AIRPORT = "airport"


class Event(StrEnum):
    """What went wrong."""

    CANCELLED = "cancelled"
    DELAYED = "delayed"
    DENIED_BOARDING = "denied_boarding"


class Airport(StrEnum):
    """The airports that the airline of this example serves."""

    BRUSSELS = "BRU"
    LISBON = "LIS"
    LAS_PALMAS = "LPA"
    NEW_YORK = "JFK"

    @property
    def zone(self) -> ZoneInfo:
        """The zone of its clocks."""
        return ZoneInfo(ZONES[self])

    @property
    def in_the_union(self) -> bool:
        """Whether it lies in a member state."""
        return self is not Airport.NEW_YORK


ZONES = {"BRU": "Europe/Brussels", "LIS": "Europe/Lisbon", "LPA": "Atlantic/Canary", "JFK": "America/New_York"}


def stated(means: str, by: Side) -> Any:
    """A field that every case states."""
    return field(metadata={"means": means, "supplier": by})


def asked(means: str, name: str, of: Side, **more: object) -> Any:
    """A field that may be unknown, and whom to ask for it under which name."""
    return field(default=None, metadata={"means": means, "asked_as": Need(name, of), **more})


@frozen(kw_only=True)
class FlightCase(CaseBase):
    """A passenger's claim for compensation."""

    id: str
    policy: str
    as_of: Instant
    booking: str = field(metadata={"means": "The booking."})
    passenger: str = field(metadata={"means": "The passenger's name in it.", "personal": Personal.IDENTITY})
    departure: Airport = stated("The airport of departure.", Side.PASSENGER)
    arrival: Airport = stated("The airport of the final destination.", Side.PASSENGER)
    scheduled_departure: Instant = stated("When it was to leave.", Side.PASSENGER)
    scheduled_arrival: Instant = stated("When it was to arrive.", Side.PASSENGER)
    event: Event = stated("What went wrong.", Side.PASSENGER)
    union_carrier: bool | None = asked("Whether a member state licensed the carrier.", "licence", Side.CARRIER)
    checked_in: bool | None = asked("Whether the passenger was at check-in in time.", "check_in", Side.CARRIER)
    volunteered: bool | None = asked("Whether the passenger gave up the seat for a benefit.", "volunteering", Side.CARRIER)
    rightly_refused: bool | None = asked("Whether health, safety or documents were why.", "refusal", Side.CARRIER)
    extraordinary: bool | None = asked("Whether nothing could have avoided the cause.", "cause", Side.CARRIER)
    informed_at: Instant | None = asked("When the passenger was told of the cancellation.", "notice", Side.CARRIER)
    rerouted: bool | None = asked("Whether another flight was offered.", "rerouting", Side.CARRIER)
    left_at: Instant | None = asked("When the flight or the other one left.", "flight_times", Side.AIRPORT)
    arrived_at: Instant | None = asked("When it arrived.", "flight_times", Side.AIRPORT)
    distance_km: int | None = asked(
        "The great circle distance, in kilometres.", "distance", Side.AIRPORT, bounds=Bounds(1, 20_100)
    )
    settlements: tuple[Settlement, ...] = field(default=(), metadata={"means": "What was paid before."})
    metadata: Mapping[str, str] | None = field(default=None, metadata=METADATA)

    def faults(self) -> Iterator[Fault]:
        """What cannot be."""
        yield from within_bounds("", self)
        yield from not_before("/scheduled_arrival", self.scheduled_arrival, self.scheduled_departure, "scheduled_departure")
        for name in ("informed_at", "left_at", "arrived_at"):
            yield from happened_by(f"/{name}", getattr(self, name), self.as_of)
        yield from faults_of_settlements(self.settlements, self.as_of)


FLIGHTS = PaymentKind(
    case_type=FlightCase,
    glossary=glossary_of(FlightCase),
    questions=(Question(granted="entitled", refused="not_entitled"),),
    governed_from="/scheduled_departure",
    claimant=Side.PASSENGER,
    respondent=Side.CARRIER,
    currency="EUR",
    paid_for=lambda case: (case.booking, case.passenger, str(case.scheduled_departure)),
)

"""A passenger and a flight that was cancelled, came late, or left without the passenger. ``None`` means not known."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from zoneinfo import ZoneInfo

from attrs import field, frozen

from adjudicator.law import (
    Bounds,
    Fault,
    Instant,
    PaymentCase,
    PaymentKind,
    Personal,
    Question,
    asked_of,
    glossary_of,
    happened_by,
    not_before,
    supplied,
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


@frozen(kw_only=True)
class FlightCase(PaymentCase):
    """A passenger's claim for compensation."""

    booking: str = field(metadata={"means": "The booking."})
    passenger: str = field(metadata={"means": "The passenger's name in it.", "personal": Personal.IDENTITY})
    departure: Airport = supplied(Side.PASSENGER, "The airport of departure.")
    arrival: Airport = supplied(Side.PASSENGER, "The airport of the final destination.")
    scheduled_departure: Instant = supplied(Side.PASSENGER, "When it was to leave.")
    scheduled_arrival: Instant = supplied(Side.PASSENGER, "When it was to arrive.")
    event: Event = supplied(Side.PASSENGER, "What went wrong.")
    union_carrier: bool | None = asked_of(Side.CARRIER, "Whether a member state licensed the carrier.")
    checked_in: bool | None = asked_of(Side.CARRIER, "Whether the passenger was at check-in in time.")
    volunteered: bool | None = asked_of(Side.CARRIER, "Whether the passenger gave up the seat for a benefit.")
    rightly_refused: bool | None = asked_of(Side.CARRIER, "Whether health, safety or documents were why.")
    extraordinary: bool | None = asked_of(Side.CARRIER, "Whether nothing could have avoided the cause.")
    informed_at: Instant | None = asked_of(Side.CARRIER, "When the passenger was told of the cancellation.")
    rerouted: bool | None = asked_of(Side.CARRIER, "Whether another flight was offered.")
    left_at: Instant | None = asked_of(Side.AIRPORT, "When the flight or the other one left.", "flight_times")
    arrived_at: Instant | None = asked_of(Side.AIRPORT, "When it arrived.", "flight_times")
    distance_km: int | None = asked_of(
        Side.AIRPORT, "The great circle distance, in kilometres.", bounds=Bounds(1, 20_100)
    )

    def faults(self) -> Iterator[Fault]:
        """What cannot be."""
        yield from super().faults()
        first = self.scheduled_departure
        yield from not_before("/scheduled_arrival", self.scheduled_arrival, first, "scheduled_departure")
        for name in ("informed_at", "left_at", "arrived_at"):
            yield from happened_by(f"/{name}", getattr(self, name), self.as_of)


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

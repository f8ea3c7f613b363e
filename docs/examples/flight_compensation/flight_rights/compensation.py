"""Compensation of air passengers under Regulation (EC) No 261/2004, in force since 17 February 2005."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from adjudicator.law import HOUR, AwardKind, CasePayment, Edition, Established, Instant, Minor, Pays, day_of, share
from flight_rights.case import FLIGHTS, Airport, Event

NEVER = 1_000 * HOUR


def days_of_notice(
    event: Event, informed_at: Established[Instant], scheduled_departure: Instant, departure: Airport
) -> Established[int]:
    """Art. 5(1)(c). How many days before departure the passenger was told, by the calendar of the airport."""
    if event is not Event.CANCELLED:
        return 0
    if not isinstance(informed_at, Instant):
        return informed_at
    return day_of(scheduled_departure, departure.zone) - day_of(informed_at, departure.zone)


def travelled(event: Event, rerouted: Established[bool]) -> Established[bool]:
    """Art. 8(1). Whether the passenger flew at all: late, or on another flight."""
    return True if event is Event.DELAYED else rerouted


def early_by(travelled: bool, left_at: Established[Instant], scheduled_departure: Instant) -> Established[int]:
    """Art. 5(1)(c). How long before the scheduled time the passenger had to leave."""
    if not travelled:
        return NEVER
    return scheduled_departure - left_at if isinstance(left_at, Instant) else left_at


def late_by(travelled: bool, arrived_at: Established[Instant], scheduled_arrival: Instant) -> Established[int]:
    """Art. 5(1)(c), Art. 7(2). How long after the scheduled time the passenger arrived."""
    if not travelled:
        return NEVER
    return arrived_at - scheduled_arrival if isinstance(arrived_at, Instant) else arrived_at


def flight_is_of_the_union(departure: Airport, arrival: Airport, union_carrier: bool) -> bool:
    """Art. 3(1). The flight leaves an airport in the Union, or goes to one with a carrier licensed there."""
    return departure.in_the_union or (arrival.in_the_union and union_carrier)


def was_at_check_in(event: Event, checked_in: bool) -> bool:
    """Art. 3(2). The passenger was at check-in in time, unless the flight was cancelled."""
    return event is Event.CANCELLED or checked_in


def came_late_enough(event: Event, late_by: Established[int]) -> Established[bool]:
    """Art. 7(1). A delayed flight arrived three hours late or more, as the Court of Justice reads it."""
    if event is not Event.DELAYED:
        return True
    return late_by >= 3 * HOUR if isinstance(late_by, int) else late_by


def gave_up_the_seat(event: Event, volunteered: bool) -> bool:
    """Art. 4(1). The passenger gave up the seat for a benefit."""
    return event is Event.DENIED_BOARDING and volunteered


def was_rightly_refused(event: Event, rightly_refused: bool) -> bool:
    """Art. 2(j). There were reasonable grounds to deny boarding: health, safety, or documents."""
    return event is Event.DENIED_BOARDING and rightly_refused


def told_two_weeks_before(days_of_notice: int) -> bool:
    """Art. 5(1)(c)(i). The passenger was told at least 14 days before departure."""
    return days_of_notice >= 14


def rerouted_within_four_hours(event: Event, days_of_notice: int, early_by: int, late_by: int) -> bool:
    """Art. 5(1)(c)(ii). Told 7 days before, and rerouted: at most 2 hours earlier, and less than 4 hours late."""
    return event is Event.CANCELLED and days_of_notice >= 7 and early_by <= 2 * HOUR and late_by < 4 * HOUR


def rerouted_within_two_hours(event: Event, early_by: int, late_by: int) -> bool:
    """Art. 5(1)(c)(iii). Told later, and rerouted: at most 1 hour earlier, and less than 2 hours late."""
    return event is Event.CANCELLED and early_by <= 1 * HOUR and late_by < 2 * HOUR


def circumstances_were_extraordinary(event: Event, extraordinary: bool) -> bool:
    """Art. 5(3). All reasonable measures could not have avoided what caused the cancellation or delay."""
    return event is not Event.DENIED_BOARDING and extraordinary


def by_distance(distance_km: int, departure: Airport, arrival: Airport) -> Minor:
    """Art. 7(1). EUR 250 up to 1,500 km, EUR 400 up to 3,500 km or within the Union, EUR 600 beyond."""
    if distance_km <= 1500:
        return Minor(250_00)
    within_the_union = departure.in_the_union and arrival.in_the_union
    return Minor(400_00) if within_the_union or distance_km <= 3500 else Minor(600_00)


def compensation(by_distance: Minor, late_by: int) -> Minor:
    """Art. 7(2). Half of it for who arrives at most 2, 3 or 4 hours late, the longer the further."""
    hours = {250_00: 2, 400_00: 3, 600_00: 4}[by_distance]
    return share(by_distance, 1, 2) if late_by <= hours * HOUR else by_distance


def compensation_due(compensation: Minor, compensations: Minor) -> Minor:
    """Art. 12(1). That less what was paid before."""
    return Minor(max(compensation - compensations, 0))


EDITION = Edition(
    policy="eu.flight_compensation",
    article="Art. 2; Art. 3; Art. 4; Art. 5; Art. 7; Art. 8; Art. 12",
    numbering=r"Art\. \d+(?:\([0-9a-z]+\))*",
    effective_from=dt.date(2005, 2, 17),
    zone=ZoneInfo("Europe/Brussels"),
    case_kind=FLIGHTS,
    facts=(days_of_notice, travelled, early_by, late_by),
    requires=(flight_is_of_the_union, was_at_check_in, came_late_enough),
    barred_by=(
        gave_up_the_seat,
        was_rightly_refused,
        told_two_weeks_before,
        rerouted_within_four_hours,
        rerouted_within_two_hours,
        circumstances_were_extraordinary,
    ),
    grants=CasePayment(steps=(by_distance,), pays=(Pays(AwardKind.COMPENSATION, compensation, compensation_due),)),
    not_adjudicated={"Art. 5(1)(a)": "assistance", "Art. 5(1)(b)": "assistance"},
)

"""Reading raw cases: instants, windows, and which evidence concerns which line. Nothing here decides anything."""

from datetime import datetime, time, timedelta, timezone

BEIJING = timezone(timedelta(hours=8))
TICK = timedelta(microseconds=1)
SECOND = timedelta(seconds=1)
END_OF_TIME = datetime.max.replace(tzinfo=BEIJING)


def instant(text):
    """The aware datetime of an RFC 3339 text; None for None."""
    return None if text is None else datetime.fromisoformat(text.upper())


def midnight_after(moment, days):
    """00:00 in Beijing at the end of the day that lies `days` calendar days after the moment's own (R1, R3)."""
    try:
        day = moment.astimezone(BEIJING).date() + timedelta(days=days + 1)
    except OverflowError:
        return END_OF_TIME
    return datetime.combine(day, time(0), BEIJING)


def later(moment, delta):
    """The moment plus a delta, at most the last representable instant."""
    try:
        return moment + delta
    except OverflowError:
        return END_OF_TIME


def whole_seconds(earlier, later):
    """Seconds from one instant to another, rounded towards minus infinity."""
    return (later - earlier) // SECOND


def line_of(case, line_id):
    """The order's line of that id."""
    return next(line for line in case["order"]["lines"] if line["id"] == line_id)


def concerns(item, line_id):
    """Whether a piece of evidence is about the line; no line named means the whole order."""
    return not item["line_ids"] or line_id in item["line_ids"]


def mark(item):
    """The document's verification mark; not stated is unverified."""
    return item.get("verification") or "unverified"


def not_rejected(case, line_id, *kinds):
    """Evidence of these kinds about the line that was not rejected (R29), in the case's order."""
    return [
        item
        for item in case["evidence"]
        if item["kind"] in kinds and mark(item) != "rejected" and concerns(item, line_id)
    ]


def carrying(case, line_id):
    """The parcels that carry the line."""
    return [parcel for parcel in case["order"]["parcels"] if line_id in parcel["line_ids"]]


def closed(case, as_of):
    """Whether the time for evidence is over (R30): strictly after the stated instant."""
    end = instant(case["claim"].get("evidence_closes_at"))
    return end is not None and as_of > end

"""Generate input that must be refused."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from attrs import frozen

from adjudicator.extras import importing

with importing("testing"):
    from hypothesis import strategies as st

from adjudicator.engine.registry import policies
from adjudicator.model.limits import LARGEST
from adjudicator.model.time import Instant
from adjudicator.testing.builders import a_case
from adjudicator.testing.choices import Json
from adjudicator.testing.valid import case_documents
from adjudicator.wire.codec import case_document
from adjudicator.wire.pointer import at, put

LEFT_OUT: Final = object()
INSTANTS: Final = frozenset(
    [
        "as_of",
        "filed_at",
        "replied_at",
        "evidence_closes_at",
        "placed_at",
        "completed_at",
        "signed_at",
        "submitted_at",
        "verified_at",
        "issued_at",
        "settled_at",
    ]
)
PAST: Final = INSTANTS - {"as_of", "evidence_closes_at", "completed_at", "signed_at", "verified_at"}
AT_LEAST_ONE: Final = frozenset(("quantity", "units_covered"))
AMOUNTS: Final = frozenset(("goods_paid", "tax_paid", "postage_paid", "requested_amount", "amount"))
CHOICES: Final = frozenset(
    [
        "filed_through",
        "reason",
        "service",
        "decision",
        "programme",
        "category",
        "submitted_by",
        "verification",
        "role",
        "body",
        "conclusion",
        "ground",
        "standard",
        "on",
        "for",
        "kind",
    ]
)
REQUIRED: Final[Mapping[str, str]] = {
    "": "id policy as_of claim order evidence settlements",
    "/claim": "id claimant_id filed_at filed_through reason service demands items",
    "/claim/items/*": "line_id quantity",
    "/order": "id buyer_id placed_at currency postage_paid merchant lines parcels",
    "/order/merchant": "id",
    "/order/lines/*": "id quantity goods_paid tax_paid",
    "/order/parcels/*": "line_ids",
    "/evidence/*": "id kind submitted_by submitted_at line_ids issuer conclusion body edited stamped ground standard on for"
    " description",
    "/evidence/*/issuer": "role",
    "/settlements/*": "kind amount",
}
"""The required members by the place of their object; for evidence, those that every kind requires."""

UNREADABLE_INSTANTS: Final = (
    "2022-03-20T20:15:00",
    "2022-03-20T20:15:00.1234567+08:00",
    "2022-02-30T00:00:00Z",
    "2022-03-20T20:60:00+08:00",
    "2022-03-20",
    "",
)


@frozen
class NearlyValid:
    """A valid document with one thing broken, and the place where the fault must be reported.

    ``well_formed`` means that all types are right and only a value is impossible.
    """

    document: Any
    pointer: str
    broken: str
    well_formed: bool


@frozen
class Breakage:
    """One way to break a valid document: a value to put at a place, and where the fault is reported."""

    place: str
    value: Any
    broken: str
    well_formed: bool = False
    reported_at: str | None = None

    def done_to(self, document: Json) -> NearlyValid:
        """Break a document in this way."""
        broken: Any = json.loads(json.dumps(document))
        if self.value is LEFT_OUT:
            parent, _, name = self.place.rpartition("/")
            del at(broken, parent)[name]
        elif self.place:
            put(broken, self.place, self.value)
        else:
            broken = self.value
        pointer = self.place if self.reported_at is None else self.reported_at
        return NearlyValid(broken, pointer, self.broken, self.well_formed)


def nearly_valid_documents(policy: str) -> st.SearchStrategy[NearlyValid]:
    """Valid claims of a policy with exactly one thing broken.

    For example::

    @given(nearly_valid_documents("acme.returns"))
    def test_a_fault_is_reported_at_its_place(nearly):
        with pytest.raises(InputError) as refused:
            load_case(json.dumps(nearly.document))
        assert nearly.pointer in {fault.pointer for fault in refused.value.faults}
    """
    return case_documents(policy).flatmap(
        lambda document: st.sampled_from(tuple(breakages(document))).map(lambda each: each.done_to(document))
    )


def invalid_documents() -> st.SearchStrategy[bytes]:
    """Any input at all: JSON of every shape, truncated or garbled JSON, and bytes that are not text.

    For example::

    @given(invalid_documents())
    def test_nothing_ends_in_a_traceback(text):
        with suppress(InputError):
            load_case(text)
    """
    leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
    names = st.sampled_from([*REQUIRED[""].split(), "metadata"]) | st.text()
    anything = st.recursive(leaves, lambda inner: st.lists(inner) | st.dictionaries(names, inner), max_leaves=20).map(
        lambda value: json.dumps(value).encode()
    )
    return anything | st.binary() | st.text().map(str.encode) | _garbled()


@st.composite
def _garbled(draw: st.DrawFn) -> bytes:
    """A valid case in JSON with some bytes replaced, deleted or duplicated."""
    text = json.dumps(case_document(a_case("no.such.policy"))).encode()
    start = draw(st.integers(0, len(text)))
    end = draw(st.integers(start, min(len(text), start + 40)))
    return text[:start] + draw(st.binary(max_size=3) | st.just(text[start:end] * 2)) + text[end:]


def breakages(document: Json) -> Iterable[Breakage]:
    """Every way to break a valid claim at one place."""
    for pointer, name, value in places(document):
        yield from wrong_types(pointer, value)
        yield from wrong_values(pointer, name, value, document)
    for shape, names in REQUIRED.items():
        for pointer, _, value in places(document):
            if shape_of(pointer) == shape:
                yield from missing(pointer, value, names.split())
    yield from unsound(document)


def places(value: Any, pointer: str = "", name: str = "") -> Iterable[tuple[str, str, Any]]:
    """Every place in a document that is not null, except inside metadata: pointer, name and value."""
    if value is not None:
        yield pointer, name, value
    if isinstance(value, dict) and name != "metadata":
        for inner, each in value.items():
            yield from places(each, f"{pointer}/{inner}", inner)
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from places(each, f"{pointer}/{index}", name)


def shape_of(pointer: str) -> str:
    """A pointer with ``*`` in place of positions in lists."""
    return "/".join("*" if part.isdigit() else part for part in pointer.split("/"))


def wrong_types(pointer: str, value: Any) -> Iterable[Breakage]:
    """Values of a wrong type, and unknown fields."""
    others: tuple[Any, ...] = (5, True, [], {}) if isinstance(value, str) else ("5", [], {})
    if isinstance(value, bool):
        others = ("true", 1, 0, [], {})
    elif isinstance(value, int):
        others = ("5", 5.0, True, [], {})
    elif isinstance(value, list):
        others = ({}, "x", 0, False)
    elif isinstance(value, dict):
        others = ([], "x", 0, False)
        if pointer != "/metadata":
            yield Breakage(f"{pointer}/nonsense", 1, "an unknown field")
    for other in others:
        yield Breakage(pointer, other, f"{other!r} in place of {type(value).__name__}")


def wrong_values(pointer: str, name: str, value: Any, document: Json) -> Iterable[Breakage]:
    """Impossible values of the right type."""
    if name in INSTANTS:
        for text in UNREADABLE_INSTANTS:
            yield Breakage(pointer, text, "no instant to the microsecond with an offset", well_formed=True)
    if name in PAST:
        later = Instant(Instant.parse(document["as_of"]) + 1)
        yield Breakage(pointer, str(later), "later than as_of", well_formed=True)
    if isinstance(value, str) and name in CHOICES | {"demands", "badges"}:
        yield Breakage(pointer, "no_such_value", "not one of the values that there are")
    if name in AT_LEAST_ONE | AMOUNTS:
        least = 1 if name in AT_LEAST_ONE else 0
        for number in (least - 1, LARGEST + 1):
            yield Breakage(pointer, number, "out of bounds", well_formed=True)
    if isinstance(value, str) and name in ("market", "currency"):
        yield Breakage(pointer, "nowhere", "no code")


def missing(pointer: str, value: Json, names: Iterable[str]) -> Iterable[Breakage]:
    """Required members left out or null."""
    for name in names:
        if value.get(name) is not None:
            yield Breakage(f"{pointer}/{name}", LEFT_OUT, "left out")
            yield Breakage(f"{pointer}/{name}", None, "not known")


def unsound(document: Json) -> Iterable[Breakage]:
    """Lines, ids and instants that contradict each other."""
    claim, order = document["claim"], document["order"]
    for index, item in enumerate(claim["items"]):
        line = next(line for line in order["lines"] if line["id"] == item["line_id"])
        yield _unsound(f"/claim/items/{index}/quantity", line["quantity"] + 1, "more than were bought")
    for pointer, name, value in places(document):
        if name in ("line_id", "line_ids") and isinstance(value, str):
            yield _unsound(pointer, "no such line", "a line that the order does not have")
    for index, settlement in enumerate(document["settlements"]):
        of_postage = settlement["kind"] == "postage"
        other = order["lines"][0]["id"] if of_postage else None
        yield _unsound(f"/settlements/{index}/line_id", other, "postage has no line, and all else has one")
    for pointer, items, field in (
        ("/claim/items", claim["items"], "line_id"),
        ("/order/lines", order["lines"], "id"),
        ("/evidence", document["evidence"], "id"),
    ):
        if items:
            again = f"{pointer}/{len(items)}"
            yield Breakage(again, items[0], "an id that stands twice", True, f"{again}/{field}")
    if order["postage_paid"]:
        yield Breakage("/order/lines/0/tax_paid", LARGEST, "too much in all", True, "/order/lines")
    yield _unsound("/claim/items", [], "nothing claimed")
    placed_at = Instant.parse(order["placed_at"])
    yield _unsound("/claim/filed_at", str(Instant(placed_at - 1)), "filed before the order was placed")
    first = policies()[document["policy"]][0]
    yield _unsound("/order/placed_at", str(Instant(first.governs_from - 1)), "before the first edition")
    yield Breakage("/policy", "no.such.policy", "a policy that nobody has")


def _unsound(place: str, value: Any, broken: str) -> Breakage:
    return Breakage(place, value, broken, well_formed=True)

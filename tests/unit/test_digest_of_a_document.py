"""The digest of a case is the same whether it is taken from the document that the case was read from, or from the case."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

import pytest
from attrs import field, frozen
from cattrs import ClassValidationError

from adjudicator.law import Instant
from adjudicator.model.digest import digest
from adjudicator.model.errors import InputError
from adjudicator.model.soundness import CaseBase
from adjudicator.wire.codec import normalised
from adjudicator.wire.decoder import decoder
from adjudicator.wire.reader import DOUBTS, reader_of


class Colour(StrEnum):
    """The colour of a parcel."""

    RED = "red"
    BLUE = "blue"


@frozen
class Handover:
    """When a parcel changed hands."""

    at: Instant
    by: str | None = None


@frozen
class Sender:
    """Who sent a parcel; another one may have asked for that."""

    id: str
    asked_by: Sender | None = None


def lowered(text: str) -> str:
    """The text in small letters."""
    return text.lower()


@frozen
class Box:
    """What a parcel is in; its colour is not that of the parcel."""

    colour: str = field(converter=lowered)
    weight: Decimal | None = None


@frozen(kw_only=True)
class ParcelCase(CaseBase):
    """A case with a field of every form that a document can state otherwise than its digest does."""

    id: str
    policy: str
    as_of: Instant
    weight: Decimal
    scans: tuple[Instant, ...] = ()
    scanned_at: Mapping[str, Instant] = field(factory=dict)
    handovers: tuple[Handover, ...] = ()
    colour: Colour = Colour.RED
    returned_at: Instant | None = None
    sender: Sender | None = None
    sender_id: str | None = None
    box: Box | None = None
    counts: Mapping[str, Mapping[str, int]] | None = None
    rows: tuple[tuple[bool | None, ...], ...] = ((True,),)
    metadata: Mapping[str, str] | None = None


STATED: Final[dict[str, Any]] = {
    "id": "P1",
    "policy": "parcels",
    "as_of": "2024-05-01T10:00:00.5+08:00",
    "weight": "0.00000010",
    "scans": ["2024-05-01T00:00:00Z", "2024-05-01T09:00:00-01:30"],
    "scanned_at": {"gate": "2024-05-01T07:00:00+08:00"},
    "handovers": [{"at": "2024-05-01T08:00:00+08:00"}, {"at": "2024-05-01T08:00:00Z", "by": "courier"}],
    "colour": "blue",
    "returned_at": "2024-05-01T23:59:59+08:00",
    "sender": {"id": "S1", "asked_by": {"id": "S2", "asked_by": {"id": "S3"}}},
    "sender_id": "S4",
    "box": {"colour": "brown", "weight": "0.00000020"},
    "counts": {"gate": {"a": 1, "b": 2}, "door": {"c": 3}},
    "rows": [[True, None], [], [False]],
    "metadata": {"note": "旺旺", "a": "first"},
}
REQUIRED: Final = ("id", "policy", "as_of", "weight")


def digests(document: dict[str, Any]) -> tuple[str, str]:
    """The digest from the document, and from the case."""
    read, document = reader_of(ParcelCase), deepcopy(document)
    assert read is not None
    stated = deepcopy(document)
    case = read(document, [])
    assert case == decoder(strict=True).structure(stated, ParcelCase)
    return digest(document), digest(normalised(case))


@pytest.mark.parametrize("left_out", [None, *[each for each in STATED if each not in REQUIRED]])
def test_a_document_gives_the_digest_of_its_case(left_out: str | None) -> None:
    """Whatever it leaves out, or says by null."""
    stated = {name: value for name, value in STATED.items() if name != left_out}
    for document in (stated, stated if left_out is None else {**stated, left_out: None}):
        from_the_document, from_the_case = digests(document)
        assert from_the_document == from_the_case


def test_keys_beyond_the_basic_plane_stand_in_their_own_order() -> None:
    """RFC 8785 orders them otherwise than the fast writer does."""
    from_the_document, from_the_case = digests({**STATED, "metadata": {"\U0001f381": "gift", "\uffee": "seal"}})
    assert from_the_document == from_the_case


@frozen(kw_only=True)
class ValuedCase(CaseBase):
    """A case that has to say what its value is, or that this is not known."""

    id: str
    policy: str
    as_of: Instant
    value: int | None
    note: str | None = None


def test_what_has_no_default_has_to_be_stated_even_if_it_is_not_known() -> None:
    """Only a field with a default may be left out."""
    read = reader_of(ValuedCase)
    assert read is not None
    document = {"id": "P1", "policy": "parcels", "as_of": "2024-05-01T10:00:00+08:00"}
    case = read({**document, "value": None}, [])
    assert (case.value, case.note) == (None, None)
    with pytest.raises(DOUBTS):
        read({**document, "note": "fragile"}, [])
    with pytest.raises(DOUBTS):
        read(document, [])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("sender", {"asked_by": None}),
        ("sender", {"id": "S1", "asked_by": {"id": 2}}),
        ("box", {"colour": 1}),
        ("box", {"colour": "brown", "depth": 1}),
        ("box", []),
        ("counts", {"gate": {"a": True}}),
        ("counts", {"gate": None}),
        ("rows", [[1]]),
        ("rows", [None]),
        ("scans", [None]),
        ("weight", 1),
        ("metadata", {"note": None}),
        ("returned_at", "9000-01-01T00:00:00+08:00"),
        ("nothing", None),
    ],
)
def test_what_the_decoder_refuses_is_doubted(name: str, value: object) -> None:
    """Wherever a value is, and however its class is read."""
    read = reader_of(ParcelCase)
    assert read is not None
    document = {**deepcopy(STATED), name: value}
    with pytest.raises((ClassValidationError, InputError)):
        decoder(strict=True).structure(deepcopy(document), ParcelCase)
    with pytest.raises(DOUBTS):
        read(document, [])

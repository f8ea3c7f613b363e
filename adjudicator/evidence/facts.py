"""From readings to the fields of evidence: what is certain, and what a person should look at.

A field is filled in only if what was read leaves no doubt; see ``docs/evidence.md`` for each rule and its reason.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Final, TypeAlias

from attrs import frozen

from adjudicator.evidence.manifest import Item, Kinds
from adjudicator.evidence.readings import Reading, What
from adjudicator.evidence.report import ExaminedFile, Fact, Remark, Source
from adjudicator.evidence.trust import Signer, TrustList
from adjudicator.model.evidence import (
    AppraisalReport,
    CourierStatement,
    DamagePhoto,
    Document,
    OfficialFinding,
    PackagePhoto,
)
from adjudicator.model.finding import JsonValue
from adjudicator.model.order import Order
from adjudicator.model.time import Instant

Finding: TypeAlias = Fact | Remark
GENERATED: Final = "1"
"""The ``Label`` of content that is generated; 2 and 3 only say that it may be."""
PACKAGE: Final = re.compile(r"-\d{1,3}-\d{1,3}(?:-\d{0,4})?")
"""What JD adds to a waybill number on the label of a package: which one it is, of how many, and for which site."""
EARLIEST_ZONE, LATEST_ZONE = "+14:00", "-12:00"
"""The offsets between which a time without one lies."""


@frozen(kw_only=True)
class Examined:
    """A piece of evidence with the readings of its files, and what it is compared with."""

    item: Item
    files: tuple[ExaminedFile, ...]
    order: Order
    as_of: Instant
    trust: TrustList
    kinds: Kinds

    def readings(self, what: What) -> Iterator[tuple[ExaminedFile, Reading]]:
        """The readings about one thing, with their files."""
        for file in self.files:
            for reading in file.reading.of(what):
                yield file, reading


def findings(examined: Examined) -> Iterator[Finding]:
    """Everything certain about a piece of evidence, and every remark."""
    for establish in (*_establishing(examined.kinds[examined.item.kind]), *OF_EVERY_KIND):
        yield from establish(examined)


def barcode(examined: Examined) -> Iterator[Finding]:
    """The barcode of the goods: that of a line, if one is read; else the only one read."""
    concerned = [
        line for line in examined.order.lines if not examined.item.line_ids or line.id in examined.item.line_ids
    ]
    expected = {_gtin(line.barcode): line.barcode for line in concerned if line.barcode}
    found = {_gtin(reading.value): (file, reading) for file, reading in examined.readings(What.BARCODE)}
    matching = {code: place for code, place in found.items() if code in expected}
    if len(matching or found) > 1:
        codes = [reading.value for _, reading in found.values()]
        yield Remark(code="several_barcodes", params={"codes": tuple(codes)})
        return
    for code, (file, reading) in (matching or found).items():
        yield _read("barcode", expected.get(code, reading.value), file, reading)
        if expected and code not in expected:
            yield Remark(code="barcode_of_no_line", file=file.name, params={"number": reading.value})


def waybill(examined: Examined) -> Iterator[Finding]:
    """The waybill number: a code that is exactly that of a parcel, or of a package of it. Any other code may be anything."""
    expected = {parcel.waybill_no for parcel in examined.order.parcels if parcel.waybill_no}
    found = {_number(reading.value, expected): (file, reading) for file, reading in examined.readings(What.CODE)}
    matching = [(code, *place) for code, place in found.items() if code in expected]
    if len(matching) > 1:
        yield Remark(code="several_waybills", params={"codes": tuple(code for code, *_ in matching)})
    elif matching:
        code, file, reading = matching[0]
        yield _read("waybill_no", code, file, reading)
    else:
        for code, (file, _) in found.items():
            yield Remark(code="code_of_no_parcel", file=file.name, params={"number": code})


def _number(code: str, expected: Collection[str]) -> str:
    """The waybill number in a code, if one is expected that continues as the number of a package."""
    packages = (each for each in expected if code.startswith(each) and PACKAGE.fullmatch(code, len(each)))
    return code if code in expected else next(packages, code)


def edited(examined: Examined) -> Iterator[Finding]:
    """A picture that says itself that it is generated or edited. One that does not say so may be both."""
    for file, reading, how in _declarations(examined):
        yield _read("edited", True, file, reading)
        yield Remark(code=how, file=file.name)


def generated(examined: Examined) -> Iterator[Finding]:
    """The same, for evidence that has no field for it."""
    for file, _, how in _declarations(examined):
        yield Remark(code=how, file=file.name)


def doubtful_declarations(examined: Examined) -> Iterator[Finding]:
    """What a picture says of itself without certainty."""
    for file, reading in examined.readings(What.LABEL):
        if reading.value != GENERATED:
            yield Remark(code="maybe_generated", file=file.name, params={"label": reading.value})
    for file, reading in examined.readings(What.CREDENTIALS):
        if not _is_intact(reading):
            yield Remark(code="credentials_broken", file=file.name)


def pictures_only(examined: Examined) -> Iterator[Finding]:
    """A file of a photo that is a document: neither codes nor labels are looked for in it."""
    for file in examined.files:
        if file.reading.pages is not None:
            yield Remark(code="not_a_picture", file=file.name)


def unread(examined: Examined) -> Iterator[Finding]:
    """A file that could not be opened. What is stated of the evidence stands; nothing in the file bears it out."""
    for file in examined.files:
        if file.reading.width is None and file.reading.pages is None:
            yield Remark(code="file_not_read", file=file.name)


def capture_time(examined: Examined) -> Iterator[Finding]:
    """An impossible camera time: before the order, or after submission. Clocks are often wrong, so this is only a remark."""
    for file, reading in examined.readings(What.CAPTURED_AT):
        earliest, latest = _instant(reading.value, EARLIEST_ZONE), _instant(reading.value, LATEST_ZONE)
        if latest is not None and latest < examined.order.placed_at:
            yield Remark(code="captured_before_order", file=file.name, params={"moment": reading.value})
        if earliest is not None and earliest > examined.item.submitted_at:
            yield Remark(code="captured_after_submission", file=file.name, params={"moment": reading.value})


def signer(examined: Examined) -> Iterator[Finding]:
    """The signer, if one signer of the trust list has validly signed every file of the document, and may sign such a document."""
    yield from signature_remarks(examined)
    signers = [_sound(file, examined) for file in examined.files]
    found = signers[0]
    if found is None:
        return
    by, file, reading = found
    if any(other is None or other[0] != by for other in signers):
        yield Remark(code="not_every_file_signed", file=file.name)
        return
    kind = examined.kinds[examined.item.kind]
    if (by.role is None) if issubclass(kind, AppraisalReport) else (by.body is None):
        yield Remark(code="signer_of_another_kind", file=file.name, params={"signer": by.name})
        return
    brand = examined.item.stated.get("brand")
    if by.brands is not None and _plain(brand) not in {_plain(each) for each in by.brands}:
        yield Remark(code="signer_of_another_brand", file=file.name, params={"signer": by.name, "brand": brand})
        return
    if by.role is not None:
        yield _read("issuer/role", by.role.value, file, reading)
        yield _read("issuer/name", by.name, file, reading)
    if by.body is not None:
        yield _read("body", by.body.value, file, reading)
    yield _read("verification", "verified", file, reading)
    yield _read("verified_by", reading.value or by.name, file, reading)
    yield _read("verified_at", str(examined.as_of), file, reading)


def signature_remarks(examined: Examined) -> Iterator[Finding]:
    """Signatures that do not verify anything."""
    for file, reading in examined.readings(What.SIGNATURE):
        details = reading.details
        if not details["intact"]:
            yield Remark(code="signature_broken", file=file.name, params={"signer": reading.value})
        elif not details["whole"]:
            yield Remark(code="signature_not_whole", file=file.name, params={"signer": reading.value})
        elif _trusted(reading, examined.trust) is None:
            yield Remark(code="signature_untrusted", file=file.name, params={"signer": reading.value})


Establish: TypeAlias = Callable[[Examined], Iterator[Finding]]
BY_KIND: Final[Mapping[type[Document], tuple[Establish, ...]]] = {
    DamagePhoto: (barcode, edited, signature_remarks, pictures_only),
    PackagePhoto: (waybill, generated, signature_remarks, pictures_only),
    CourierStatement: (waybill, generated, signature_remarks),
    AppraisalReport: (signer, generated),
    OfficialFinding: (signer, generated),
    Document: (generated, signature_remarks),
}
"""What is established of evidence, by the class that its kind is or extends."""
OF_EVERY_KIND: Final[tuple[Establish, ...]] = (doubtful_declarations, capture_time, unread)


def _establishing(kind: type[Document]) -> tuple[Establish, ...]:
    return next(BY_KIND[each] for each in kind.__mro__ if each in BY_KIND)


def _read(field: str, value: JsonValue, file: ExaminedFile, reading: Reading) -> Fact:
    return Fact(
        field=field, value=value, source=Source.READ, file=file.name, method=reading.method, place=reading.place
    )


def _gtin(code: str) -> str:
    """The number of a barcode in fourteen digits, for comparing EAN, UPC and ISBN; any other code unchanged."""
    return code.zfill(14) if code.isdecimal() and len(code) in (8, 12, 13) else code


def _declarations(examined: Examined) -> Iterator[tuple[ExaminedFile, Reading, str]]:
    """What pictures say of themselves: ``says_generated`` or ``says_edited``, once a file."""
    said: dict[tuple[str, str], tuple[ExaminedFile, Reading, str]] = {}
    for file, reading in examined.readings(What.LABEL):
        if reading.value == GENERATED:
            said.setdefault((file.name, "says_generated"), (file, reading, "says_generated"))
    for file, reading in examined.readings(What.CREDENTIALS):
        if _is_intact(reading) and reading.value != "neither":
            said.setdefault((file.name, f"says_{reading.value}"), (file, reading, f"says_{reading.value}"))
    return iter(said.values())


def _is_intact(credentials: Reading) -> bool:
    return credentials.details.get("state") in ("Valid", "Trusted")


def _instant(text: str, zone: str) -> Instant | None:
    """The instant of a camera's time; ``zone`` is used if it states none. ``None`` for a date that does not exist."""
    has_offset = text[-6:-5] in ("+", "-")
    try:
        return Instant.parse(text if has_offset else text + zone)
    except ValueError:
        return None


def _sound(file: ExaminedFile, examined: Examined) -> tuple[Signer, ExaminedFile, Reading] | None:
    """The signer of the trust list whose signature covers a whole file."""
    for reading in file.reading.of(What.SIGNATURE):
        signer = _trusted(reading, examined.trust)
        if signer is not None:
            return signer, file, reading
    return None


def _trusted(signature: Reading, trust: TrustList) -> Signer | None:
    """The first signer of the trust list who made a signature."""
    if signature.details["sound"] is not True:
        return None
    positions = {int(each) for each in str(signature.details["trusted_by"]).split()}
    named = (each for position, each in enumerate(trust.signers) if position in positions)
    return next((each for each in named if each.signer in (None, signature.value)), None)


def _plain(brand: JsonValue) -> str:
    return brand.strip().casefold() if isinstance(brand, str) else ""

"""Files for the tests: pictures with labels and manifests, archives, documents."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from functools import cache
from random import Random
from typing import Any, Final

import c2pa
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from PIL import ExifTags, Image
from PIL.PngImagePlugin import PngInfo
from pyhanko.sign.validation.dss import DocumentSecurityStore

from adjudicator.evidence.sample import scenes, signing

BARCODE: Final = "5010327000176"
WAYBILL: Final = "SF1234567890"
SUBMITTED: Final = {"submitted_by": "consumer", "submitted_at": "2022-03-27T16:30:00+08:00", "line_ids": ["L1"]}
SHOWS: Final = {"breakage": True, "leak": True, "edited": False}


def manifest(*items: Mapping[str, Any]) -> bytes:
    """A manifest with some items, with the usual fields filled in."""
    whole = [{"id": f"B{index}", "kind": "damage_photo", **SUBMITTED, **item} for index, item in enumerate(items, 1)]
    return json.dumps({"manifest": 1, "prepared_by": "desk", "items": whole}).encode()


def photo_of(drawn: Image.Image | None, seed: int = 1, **how: float) -> Image.Image:
    """A picture with a code, or without one."""
    conditions: Any = {"scale": 3, **how}
    return scenes.photo(Random(seed), drawn, scenes.Conditions(**conditions))


def plain(seed: int = 1, size: tuple[int, int] = (320, 240)) -> Image.Image:
    """A picture of nothing in particular."""
    return scenes.surface(Random(seed), size)


def saved(picture: Image.Image, format: str, **options: Any) -> bytes:
    """A picture as the bytes of a file."""
    written = io.BytesIO()
    picture.save(written, format, **options)
    return written.getvalue()


def aigc(label: object) -> str:
    """The label for generated content."""
    return json.dumps({"Label": label, "ContentProducer": "a generator", "ProduceID": "1"})


def xmp(text: str, *, attribute: bool = False) -> bytes:
    """An XMP packet with a label, in an element or in an attribute."""
    escaped = text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
    spaces = (
        'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:TC260="http://www.tc260.org.cn/ns/AIGC/1.0/"'
    )
    inside = (
        f'<rdf:Description {spaces} TC260:AIGC="{escaped}"/>'
        if attribute
        else f"<rdf:Description {spaces}><TC260:AIGC>{escaped}</TC260:AIGC></rdf:Description>"
    )
    packet = (
        f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">{inside}'
    )
    return (
        f'<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>{packet}</rdf:RDF></x:xmpmeta><?xpacket end="w"?>'.encode()
    )


def with_text(name: str, text: str, *, zip: bool = False) -> bytes:
    """A PNG with a text."""
    info = PngInfo()
    info.add_text(name, text, zip=zip)
    return saved(plain(), "PNG", pnginfo=info)


def altered(content: bytes) -> bytes:
    """A picture with one bit changed."""
    return content[:-200] + bytes([content[-200] ^ 1]) + content[-199:]


def png_with_xmp(packet: bytes) -> bytes:
    """A PNG with an XMP packet."""
    info = PngInfo()
    info.add_itxt("XML:com.adobe.xmp", packet.decode())
    return saved(plain(), "PNG", pnginfo=info)


def with_exif(values: Mapping[int, Any], base: Mapping[int, Any] | None = None) -> bytes:
    """A JPEG with EXIF values: of the capture, and of the picture."""
    exif = Image.Exif()
    exif.update(base or {})
    exif.get_ifd(ExifTags.IFD.Exif).update(values)
    return saved(plain(), "JPEG", exif=exif)


def archive(files: Mapping[str, bytes]) -> bytes:
    """A zip archive."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            made.writestr(name, content)
    return written.getvalue()


@cache
def owner() -> signing.Notary:
    """A brand owner who signs."""
    return signing.Notary("Lumiere SA")


@cache
def stranger() -> signing.Notary:
    """Another signer with the same name."""
    return signing.Notary("Lumiere SA")


@cache
def report() -> bytes:
    """A report signed by the owner."""
    return owner().signed(signing.pdf(["Appraisal", "Two jars are counterfeit."]))


def prolonged() -> bytes:
    """The report with certificates added after signing, which PDF allows: the signature is valid but covers less than the file."""
    written = io.BytesIO(report())
    DocumentSecurityStore.add_dss(written, sig_contents=None, certs=[owner()._signer.signing_cert])
    return written.getvalue()


def trust(**changes: Any) -> bytes:
    """A trust list with the owner."""
    signer = {"name": "Lumière SA", "certificate": owner().pem, "role": "brand_owner", **changes}
    return json.dumps({"signers": [signer]}).encode()


@cache
def with_credentials(source: str, *actions: str) -> bytes:
    """A JPEG with a C2PA manifest that states the origin of the picture and the edits."""
    created = {
        "action": "c2pa.created",
        "digitalSourceType": f"http://cv.iptc.org/newscodes/digitalsourcetype/{source}",
    }
    assertion = {"label": "c2pa.actions", "data": {"actions": [created, *({"action": each} for each in actions)]}}
    return _signed(_builder(assertion), saved(plain(), "JPEG"))


def saved_again(before: bytes, relationship: str = "parentOf") -> bytes:
    """A JPEG as a program saves it that only opened it: with a manifest of its own, and that of the picture before."""
    opened = {"action": "c2pa.opened", "parameters": {"ingredientIds": ["before"]}}
    builder = _builder({"label": "c2pa.actions", "data": {"actions": [opened]}})
    ingredient = {"title": "before", "relationship": relationship, "instance_id": "before", "label": "before"}
    builder.add_ingredient(json.dumps(ingredient), "image/jpeg", io.BytesIO(before))
    return _signed(builder, before)


def _builder(assertion: Mapping[str, Any]) -> Any:
    generator = [{"name": "test", "version": "1"}]
    return c2pa.Builder(json.dumps({"claim_generator_info": generator, "assertions": [assertion]}))


def _signed(builder: Any, content: bytes) -> bytes:
    written = io.BytesIO()
    builder.sign(_content_signer(), "image/jpeg", io.BytesIO(content), written)
    return written.getvalue()


def _content_signer() -> Any:
    root, leaf = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    chain = (
        _certificate("leaf", leaf, "root", root, is_root=False),
        _certificate("root", root, "root", root, is_root=True),
    )
    pem = b"".join(each.public_bytes(serialization.Encoding.PEM) for each in chain)
    key = leaf.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return c2pa.Signer.from_info(c2pa.C2paSignerInfo(b"es256", pem, key, None))


def _certificate(
    name: str, key: ec.EllipticCurvePrivateKey, issuer: str, by: ec.EllipticCurvePrivateKey, *, is_root: bool
) -> x509.Certificate:
    def named(text: str) -> x509.Name:
        return x509.Name(
            [x509.NameAttribute(NameOID.COMMON_NAME, text), x509.NameAttribute(NameOID.ORGANIZATION_NAME, text)]
        )

    built = (
        x509.CertificateBuilder()
        .subject_name(named(name))
        .issuer_name(named(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(dt.datetime(2021, 1, 1, tzinfo=dt.UTC))
        .not_valid_after(dt.datetime(2041, 1, 1, tzinfo=dt.UTC))
        .add_extension(x509.BasicConstraints(is_root, None), critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()), critical=False)
        .add_extension(
            x509.KeyUsage(not is_root, False, False, False, False, is_root, is_root, False, False), critical=True
        )
    )
    if not is_root:
        built = built.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
    return built.sign(by, hashes.SHA256())


def document(*pages: Sequence[str], size: tuple[float, float] = (595, 842), page: bytes = b"") -> bytes:
    """A PDF with lines of text in Latin letters on each page; ``page`` are further entries of every page."""
    kids = b" ".join(b"%d 0 R" % (2 * number + 4) for number in range(len(pages)))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(pages), kids),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    for number, lines in enumerate(pages):
        rows = "".join(f"({line}) Tj 0 -24 Td " for line in lines)
        text = f"BT /F1 14 Tf 72 {size[1] - 102} Td {rows}ET".encode("latin-1")
        box = b"[0 0 %g %g]" % size
        entries = b"/MediaBox%s/Resources<</Font<</F1 3 0 R>>>>/Contents %d 0 R%s" % (box, 2 * number + 5, page)
        objects.append(b"<</Type/Page/Parent 2 0 R%s>>" % entries)
        objects.append(b"<</Length %d>>stream\n%s\nendstream" % (len(text), text))
    return pdf_with(*objects)


def pdf_with(catalog: bytes, *objects: bytes) -> bytes:
    """A PDF with a catalogue and objects as they are written."""
    written = bytearray(b"%PDF-1.7\n")
    places = []
    for number, each in enumerate((catalog, *objects), 1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    start = len(written)
    written += b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1)
    written += b"".join(b"%010d 00000 n \n" % place for place in places)
    return bytes(written + b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(places) + 1, start))

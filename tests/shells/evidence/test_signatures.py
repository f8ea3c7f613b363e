"""Signed documents as they come: timed, encrypted, signed by several, out of time. Only a signature that leaves no doubt verifies."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

import pytest
from asn1crypto import keys
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import copy_into_new_writer
from pyhanko.sign import signers
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from adjudicator.evidence.limits import Limits
from adjudicator.evidence.process import Examiner
from adjudicator.evidence.reading import pdfs, signatures
from adjudicator.evidence.readings import FileReading, What
from adjudicator.evidence.sample import signing
from evidence.conftest import Read
from evidence.made import owner, pdf_with, report, stranger

AT: Final = "2022-05-01T00:00:00+08:00"
OPENING: Final = b"<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>>>"
FORM: Final = b"<</Type/Catalog/Pages 2 0 R/AcroForm<</XFA(<xdp/>)/Fields[]>>>>"
ONE_PAGE: Final = (b"<</Type/Pages/Count 1/Kids[3 0 R]>>", b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>")


class Signer:
    """Somebody who signs, with a certificate of an authority, or one of their own."""

    def __init__(
        self, name: str, by: Signer | None = None, *, years: tuple[int, int] = (2021, 2041), is_clock: bool = False
    ) -> None:
        self.key: Any = rsa.generate_private_key(65537, 2048) if is_clock else ec.generate_private_key(ec.SECP256R1())
        self.name, self.by = name, by or self
        built = (
            x509.CertificateBuilder()
            .subject_name(_named(name))
            .issuer_name(_named(self.by.name))
            .public_key(self.key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(dt.datetime(years[0], 1, 1, tzinfo=dt.UTC))
            .not_valid_after(dt.datetime(years[1], 1, 1, tzinfo=dt.UTC))
            .add_extension(x509.BasicConstraints(by is None and not is_clock, None), critical=True)
            .add_extension(x509.KeyUsage(True, True, False, False, False, True, True, False, False), critical=True)
        )
        if is_clock:
            built = built.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        self.certificate = built.sign(self.by.key, hashes.SHA256())

    @property
    def pem(self) -> str:
        """The certificate."""
        return self.certificate.public_bytes(serialization.Encoding.PEM).decode()

    def parts(self) -> tuple[asn1.Certificate, keys.PrivateKeyInfo]:
        """The certificate and the key, as pyHanko takes them."""
        plain = serialization.NoEncryption()
        key = self.key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, plain)
        certificate = self.certificate.public_bytes(serialization.Encoding.DER)
        return asn1.Certificate.load(certificate), keys.PrivateKeyInfo.load(key)

    def signed(
        self, content: bytes, field: str = "One", *, clock: Signer | None = None, password: str | None = None
    ) -> bytes:
        """A PDF with this signature, timed by a clock."""
        certificate, key = self.parts()
        store = SimpleCertificateStore()
        store.register(self.by.parts()[0])
        writer, written = IncrementalPdfFileWriter(io.BytesIO(content)), io.BytesIO()
        if password is not None:
            writer.encrypt(password)
        signers.sign_pdf(
            writer,
            signers.PdfSignatureMetadata(field_name=field),
            signer=signers.SimpleSigner(signing_cert=certificate, signing_key=key, cert_registry=store),
            timestamper=None if clock is None else clock.stamper(),
            output=written,
        )
        return written.getvalue()

    def stamper(self) -> DummyTimeStamper:
        """A service that says what time it is."""
        certificate, key = self.parts()
        return DummyTimeStamper(tsa_cert=certificate, tsa_key=key)

    def stamped(self, content: bytes) -> bytes:
        """A PDF to which a time stamp was added."""
        written = io.BytesIO()
        stamper = signers.PdfTimeStamper(self.stamper())
        stamper.timestamp_pdf(IncrementalPdfFileWriter(io.BytesIO(content)), "sha256", None, output=written)
        return written.getvalue()


def _named(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


@cache
def issuer() -> Signer:
    """An issuer of appraisals."""
    return Signer("Lumiere SA")


@cache
def clock() -> Signer:
    """A time stamping authority, which no trust list names."""
    return Signer("Clock", is_clock=True)


@cache
def page() -> bytes:
    """A document without a signature."""
    return signing.pdf(["Two jars are counterfeit."])


def protected(user: str) -> bytes:
    """A document that nobody may change, and that opens with a password."""
    writer, written = copy_into_new_writer(PdfFileReader(io.BytesIO(page()))), io.BytesIO()
    writer.encrypt(owner_pass="owner", user_pass=user)
    writer.write(written)
    return written.getvalue()


def read_trusting(examiner: Examiner, content: bytes, *signers: Signer) -> FileReading:
    """What is read in a document, with some certificates trusted."""
    return examiner.read(content, at=AT, certificates=[each.pem for each in signers])


def details_of(found: FileReading) -> list[tuple[str, Mapping[str, object]]]:
    """The signatures, by name."""
    return [(each.value, each.details) for each in found.of(What.SIGNATURE)]


def test_a_time_stamp_of_an_unknown_clock_takes_nothing_from_a_signature(examiner: Examiner) -> None:
    """Nothing depends on when it was signed: the certificate has to be valid when the claim is decided."""
    signed = issuer().signed(page(), clock=clock())
    ((name, details),) = details_of(read_trusting(examiner, signed, issuer()))
    assert (name, details["sound"]) == ("Lumiere SA", True)
    ((_, untrusted),) = details_of(read_trusting(examiner, signed, clock()))
    assert (untrusted["intact"], untrusted["sound"]) == (True, False)


def test_a_time_stamp_of_the_document_is_no_signature(examiner: Examiner) -> None:
    """It is not reported as a broken one; and it is content that the signature before does not cover."""
    assert details_of(read_trusting(examiner, clock().stamped(page()), clock())) == []
    ((name, details),) = details_of(read_trusting(examiner, clock().stamped(issuer().signed(page())), issuer()))
    assert (name, details["intact"], details["whole"], details["sound"]) == ("Lumiere SA", True, False, False)


def test_a_document_that_opens_without_a_password_has_its_signature_verified(examiner: Examiner) -> None:
    """Appraisals are often protected against changes in this way."""
    found = read_trusting(examiner, issuer().signed(protected(""), password=""), issuer())
    assert [details["sound"] for _, details in details_of(found)] == [True]
    assert found.problems == ()
    locked = read_trusting(examiner, protected("secret"), issuer())
    assert [each.code for each in locked.problems] == ["encrypted"]


def test_an_authority_that_is_out_of_time_verifies_nothing(examiner: Examiner) -> None:
    past = Signer("Authority", years=(2010, 2020))
    ((_, details),) = details_of(read_trusting(examiner, Signer("Leaf", past).signed(page()), past))
    assert (details["intact"], details["whole"], details["sound"]) == (True, True, False)
    present = Signer("Authority")
    ((_, details),) = details_of(read_trusting(examiner, Signer("Leaf", present).signed(page()), present))
    assert details["sound"] is True


def test_of_many_signatures_the_last_are_verified(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the very last can cover the whole file, and that some were left out is said."""
    monkeypatch.setattr(signatures, "MOST", 2)
    content = page()
    for field in ("One", "Two", "Three"):
        content = issuer().signed(content, field)
    found = pdfs.read(content, Limits(), [issuer().pem], AT)
    assert [details["sound"] for _, details in details_of(found)] == [False, True]
    assert [(each.code, each.params) for each in found.problems] == [
        ("signatures_left_out", {"most": 2, "signatures": 3})
    ]


@pytest.mark.parametrize(
    ("content", "code"),
    [(pdf_with(OPENING, *ONE_PAGE), "script"), (pdf_with(FORM, *ONE_PAGE), "xfa_form")],
    ids=["a script at the opening", "a form in XFA"],
)
def test_what_another_program_would_run_or_show_is_said(read: Read, content: bytes, code: str) -> None:
    assert [each.code for each in read(content).problems] == [code]


def test_a_document_may_begin_after_something_else(read: Read) -> None:
    """As other programs accept it. A signature in it cannot be read then, and is not passed over."""
    found = read(b"\n\n" + report())
    assert (found.media_type, found.pages) == ("application/pdf", 1)
    assert "counterfeit" in found.of(What.TEXT)[0].value
    assert [each.code for each in found.problems] == ["signatures_unreadable"]


def test_two_who_sign_one_after_the_other_are_told_apart(examiner: Examiner) -> None:
    """What the second added, the first does not cover."""
    both = examiner.read(stranger().signed(report(), "Two"), at=AT, certificates=[owner().pem, stranger().pem])
    assert [(details["whole"], details["trusted_by"]) for _, details in details_of(both)] == [(False, ""), (True, "1")]

"""Signed documents to try the examiner on. The keys are made for the sample and forgotten."""

from __future__ import annotations

import datetime as dt
import io

from asn1crypto import keys, x509
from cryptography import x509 as certificates
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.writer import PageObject, PdfFileWriter
from pyhanko.sign import signers
from pyhanko_certvalidator.registry import SimpleCertificateStore

_FROM = dt.datetime(2021, 1, 1, tzinfo=dt.UTC)
_UNTIL = dt.datetime(2041, 1, 1, tzinfo=dt.UTC)


class Notary:
    """Somebody with a key and a certificate, who signs PDF files."""

    def __init__(self, name: str) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = certificates.Name([certificates.NameAttribute(NameOID.COMMON_NAME, name)])
        certificate = (
            certificates.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject)
            .public_key(key.public_key())
            .serial_number(certificates.random_serial_number())
            .not_valid_before(_FROM)
            .not_valid_after(_UNTIL)
            .add_extension(certificates.KeyUsage(True, True, False, False, False, False, False, False, False), True)
            .sign(key, hashes.SHA256())
        )
        self.name = name
        self.pem = certificate.public_bytes(serialization.Encoding.PEM).decode()
        plain = key.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        self._signer = signers.SimpleSigner(
            signing_cert=x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER)),
            signing_key=keys.PrivateKeyInfo.load(plain),
            cert_registry=SimpleCertificateStore(),
        )

    def signed(self, content: bytes, field: str = "Signature") -> bytes:
        """A PDF with this signature."""
        from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter  # noqa: PLC0415 - heavy, and only for samples

        written = io.BytesIO()
        signers.sign_pdf(
            IncrementalPdfFileWriter(io.BytesIO(content)),
            signers.PdfSignatureMetadata(field_name=field),
            signer=self._signer,
            output=written,
        )
        return written.getvalue()


def pdf(lines: list[str]) -> bytes:
    """A PDF of one page with lines of text in Latin letters."""
    writer = PdfFileWriter()
    font = generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Font"),
            pdf_name("/Subtype"): pdf_name("/Type1"),
            pdf_name("/BaseFont"): pdf_name("/Helvetica"),
        }
    )
    resources = generic.DictionaryObject(
        {pdf_name("/Font"): generic.DictionaryObject({pdf_name("/F1"): writer.add_object(font)})}
    )
    rows = "".join(f"({line}) Tj 0 -24 Td " for line in lines)
    contents = generic.StreamObject(stream_data=f"BT /F1 14 Tf 72 740 Td {rows}ET".encode("latin-1"))
    page = PageObject(contents=writer.add_object(contents), media_box=(0, 0, 595, 842), resources=resources)
    writer.insert_page(page)
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def appended(content: bytes, note: str) -> bytes:
    """A PDF to which a note was added after it was signed, as a viewer would do it."""
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter  # noqa: PLC0415 - heavy, and only for samples

    writer = IncrementalPdfFileWriter(io.BytesIO(content))
    annotation = generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Annot"),
            pdf_name("/Subtype"): pdf_name("/FreeText"),
            pdf_name("/Rect"): generic.ArrayObject([generic.NumberObject(each) for each in (72, 400, 400, 440)]),
            pdf_name("/Contents"): generic.pdf_string(note),
        }
    )
    page = writer.root["/Pages"]["/Kids"][0]
    page["/Annots"] = generic.ArrayObject([writer.add_object(annotation)])
    writer.update_container(page)
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()

"""Signatures in PDF files, verified by pyHanko against the certificates that the caller trusts. Nothing is fetched: no revocation."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
from collections.abc import Sequence
from importlib.metadata import version
from typing import Final

from asn1crypto import pem, x509
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.general import SigningError
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from adjudicator.evidence.reading.faults import DAMAGED
from adjudicator.evidence.readings import Reading, What

METHOD: Final = f"pyHanko {version('pyHanko')}"
MOST: Final = 20
"""Signatures of one file that are verified: the last ones, of which only the very last can cover the whole file."""


class Unreadable(Exception):
    """pyHanko cannot read the file; the message is the kind of error."""


def read(content: bytes, certificates: Sequence[str], at: str) -> tuple[list[Reading], int]:
    """The last signatures, with what holds of each. ``at`` (RFC 3339) is when the certificates have to be valid.

    ``sound`` is pyHanko's bottom line with one of the certificates as root, and that the signature covers the whole file: what was
    appended after signing is not covered. ``trusted_by`` holds the positions of those certificates. ``intact`` says whether the signed part
    is unchanged, and ``whole`` whether that part is the whole file. Also how many signatures there are in all. Time stamps are not among them.
    """
    try:
        reader = PdfFileReader(io.BytesIO(content), strict=False)
        if reader.encrypted:
            reader.decrypt("")  # PDFium has read it without a password too
        found = list(reader.embedded_regular_signatures)
    except (PdfError, *DAMAGED) as error:
        raise Unreadable(type(error).__name__) from error
    roots = [x509.Certificate.load(pem.unarmor(text.encode())[2]) for text in certificates]
    moment = dt.datetime.fromisoformat(at)
    return [_reading(signature, roots, moment) for signature in found[-MOST:]], len(found)


def _reading(signature: EmbeddedPdfSignature, roots: Sequence[x509.Certificate], moment: dt.datetime) -> Reading:
    try:
        signature.compute_integrity_info()
        whole = signature.evaluate_signature_coverage() is SignatureCoverageLevel.ENTIRE_FILE
        signer = str(signature.signer_cert.subject.native.get("common_name", ""))[:200]
        fingerprint = signature.signer_cert.sha256.hex()
        in_time = _is_valid(signature.signer_cert, moment)
        statuses = [_status(signature, [root], moment) for root in roots] or [_status(signature, [], moment)]
        sound = [
            index
            for index, (root, status) in enumerate(zip(roots, statuses, strict=False))
            if whole and in_time and _is_valid(root, moment) and _holds(status)
        ]
    except (PdfError, SignatureValidationError, SigningError, *DAMAGED) as error:
        details: dict[str, str | int | bool | None] = {"error": type(error).__name__, "intact": False, "sound": False}
        return Reading(what=What.SIGNATURE, value="", method=METHOD, details=details)
    return Reading(
        what=What.SIGNATURE,
        value=signer,
        method=METHOD,
        details={
            "intact": all(each.intact and each.valid for each in statuses),
            "whole": whole,
            "sound": bool(sound),
            "trusted_by": " ".join(map(str, sound)),
            "certificate": fingerprint,
        },
    )


def _is_valid(certificate: x509.Certificate, moment: dt.datetime) -> bool:
    """Whether a certificate is valid at a moment. Of one that is trusted itself, pyHanko does not ask that."""
    return bool(certificate.not_valid_before <= moment <= certificate.not_valid_after)


def _holds(status: PdfSignatureStatus) -> bool:
    """PyHanko's bottom line. Whose clock a time stamp in the signature is makes no difference: nothing here depends on when it was signed."""
    stamps = [each for each in (status.timestamp_validity, status.content_timestamp_validity) if each is not None]
    without = dataclasses.replace(status, timestamp_validity=None, content_timestamp_validity=None)
    return without.bottom_line and all(each.valid and each.intact for each in stamps)


def _status(
    signature: EmbeddedPdfSignature, roots: Sequence[x509.Certificate], moment: dt.datetime
) -> PdfSignatureStatus:
    context = ValidationContext(
        trust_roots=list(roots), allow_fetching=False, revocation_mode="soft-fail", moment=moment
    )
    return validate_pdf_signature(signature, signer_validation_context=context)

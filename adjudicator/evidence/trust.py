"""The trust list: whose signatures verify a document, and what they are."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from typing import Final

from attrs import frozen

from adjudicator.evidence.manifest import part_from
from adjudicator.model.enumerations import Body, IssuerRole
from adjudicator.model.errors import Fault, InputError, shown

_PEM: Final = re.compile(r"-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----\s*")


@frozen(kw_only=True)
class Signer:
    """Somebody whose signature verifies a document.

    ``certificate`` is the signer's own, or that of the authority that issued it (PEM). With ``signer``, the common name in the
    certificate that signed has to be exactly that: needed where the authority issues certificates to others too. An issuer of
    appraisals has a ``role`` (and ``brands``, if it may speak for those only); a court or enforcement body has a ``body``.
    """

    name: str
    certificate: str
    signer: str | None = None
    role: IssuerRole | None = None
    body: Body | None = None
    brands: tuple[str, ...] | None = None


@frozen(kw_only=True)
class TrustList:
    """Everybody whose signatures are trusted, in the order of preference."""

    signers: tuple[Signer, ...] = ()


def load_trust_list(text: str | bytes) -> TrustList:
    """Read a trust list.

    Raises :class:`~adjudicator.model.errors.InputError` with every fault; pointers begin with ``trust#``.
    """
    trust: TrustList = part_from(text, TrustList, "trust")
    faults = list(_faults(trust))
    if faults:
        raise InputError(faults)
    return trust


def _faults(trust: TrustList) -> Iterator[Fault]:
    for index, signer in enumerate(trust.signers):
        at = f"trust#/signers/{index}"
        if not _is_certificate(signer.certificate):
            yield Fault(f"{at}/certificate", shown(signer.certificate), "one certificate in PEM")
        if (signer.role is None) == (signer.body is None):
            yield Fault(at, shown(signer.name), "either a role or a body")


def _is_certificate(text: str) -> bool:
    found = _PEM.fullmatch(text.strip())
    try:
        return found is not None and base64.b64decode("".join(found[1].split()), validate=True)[:1] == b"\x30"
    except binascii.Error:
        return False

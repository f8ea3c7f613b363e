"""Addresses of files: the same file is given out again and again under addresses that expire."""

from __future__ import annotations

from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

_SIGNATURE: Final = frozenset(
    {"auth_key", "expires", "key-pair-id", "ossaccesskeyid", "policy", "security-token", "sign", "signature", "token"}
)
_PREFIXES: Final = ("x-expires", "x-signature", "x-orig", "x-oss-", "x-amz-", "x-cos-", "x-tos-", "q-")
"""What the signers of the common object stores put into an address."""
_MOMENT: Final = frozenset({"t", "ts", "timestamp"})
"""When it was signed, if it was."""


def unsigned(address: str) -> str:
    """An address without its signature and expiry, for comparing; what is no address stays as it is."""
    try:
        parts = urlsplit(address)
        query = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=True) if parts.query else []
    except ValueError:
        return address
    kept = [(name, value) for name, value in query if not _signs(name.lower())]
    if len(kept) < len(query):
        kept = [(name, value) for name, value in kept if name.lower() not in _MOMENT]
    return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(kept), ""))


def _signs(name: str) -> bool:
    return name in _SIGNATURE or name.startswith(_PREFIXES)

"""URLs of files. Platforms hand out the same file under many signed URLs that expire."""

from __future__ import annotations

from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

_SIGNATURE: Final = frozenset(
    {"auth_key", "expires", "key-pair-id", "ossaccesskeyid", "policy", "security-token", "sign", "signature", "token"}
)
_PREFIXES: Final = ("x-expires", "x-signature", "x-orig", "x-oss-", "x-amz-", "x-cos-", "x-tos-", "q-")
"""Parameters that the common object stores add when they sign a URL."""
_SIGNED_AT: Final = frozenset({"t", "ts", "timestamp"})
"""Parameters that hold the signing time, but only in a signed URL."""


def unsigned(address: str) -> str:
    """A URL without its signature and expiry, for comparing; other texts stay as they are."""
    try:
        parts = urlsplit(address)
        query = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=True) if parts.query else []
    except ValueError:
        return address
    kept = [(name, value) for name, value in query if not _signs(name.lower())]
    if len(kept) < len(query):
        kept = [(name, value) for name, value in kept if name.lower() not in _SIGNED_AT]
    return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(kept), ""))


def _signs(name: str) -> bool:
    return name in _SIGNATURE or name.startswith(_PREFIXES)

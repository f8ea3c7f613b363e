"""Safe retries and updates: ``Idempotency-Key`` (an RFC 9651 string, as in the IETF draft) and ``If-Match``."""

from __future__ import annotations

import re
from typing import Final

from adjudicator.service.operations import Header, InvalidValue, Parameter
from adjudicator.store import LONGEST_ID

_STRING: Final = re.compile(r'"((?:[ !#-\[\]-~]|\\["\\])+)"')
_TAG: Final = re.compile(r'(?:W/)?"[!#-~]*"')
_VERSION: Final = re.compile(r'"([1-9][0-9]{0,15})"')
UNKNOWN_VERSION: Final = -1
"""A version that never matches."""


def _key(text: str) -> str:
    match = _STRING.fullmatch(text.strip(" "))
    if match is None or len(match.group(1)) > LONGEST_ID:
        raise InvalidValue(
            f'a string of 1 to {LONGEST_ID} ASCII characters, sent with double quotes around it: "8e03978e-40d5"'
        )
    return re.sub(r'\\(["\\])', r"\1", match.group(1))


def _version(text: str) -> int | None:
    if text.strip() == "*":
        return None
    if not _TAG.fullmatch(text.strip()):
        raise InvalidValue('one entity tag, sent with its double quotes: "3"; or *')
    match = _VERSION.fullmatch(text.strip())
    return int(match.group(1)) if match else UNKNOWN_VERSION


def etag(version: int) -> str:
    """The ``ETag`` of a version."""
    return f'"{version}"'


IDEMPOTENCY_KEY: Final = Parameter(
    name="Idempotency-Key",
    where="header",
    description=(
        "A string of your choice in double quotes, unique to each operation. The same key with the same content returns the same "
        "answer; with other content it is refused. Keys belong to the name of your API key, and are kept as long as the record, unless the service is set to remove old ones."
    ),
    schema={"type": "string", "pattern": '^"([ !#-\\[\\]-~]|\\\\["\\\\]){1,255}"$'},
    read=_key,
)
IF_MATCH: Final = Parameter(
    name="If-Match",
    where="header",
    description="Proceed only if the order, or the case without an order, is still at the version of this `ETag`.",
    schema={"type": "string", "pattern": '^(\\*|(W/)?"[!#-~]*")$'},
    read=_version,
)
IF_NONE_MATCH: Final = Parameter(
    name="If-None-Match",
    where="header",
    description="Entity tags that you have. If one is still current, the response is 304 without content.",
    schema={"type": "string"},
)
ETAG: Final = Header(
    name="ETag", description="The version of the response, for `If-None-Match`.", schema={"type": "string"}
)
VERSION: Final = Header(
    name="ETag",
    description="The version of the order, or of the case without an order, for `If-Match`. Every change on it creates a new version.",
    schema={"type": "string", "pattern": '^"[1-9][0-9]*"$'},
)

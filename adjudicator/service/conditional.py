"""Asking again safely: the headers ``Idempotency-Key`` (a string of RFC 9651, as the IETF draft has it) and ``If-Match``."""

from __future__ import annotations

import re
from typing import Final

from adjudicator.service.operations import Header, InvalidValue, Parameter
from adjudicator.store import LONGEST_ID

_STRING: Final = re.compile(r'"((?:[ !#-\[\]-~]|\\["\\])+)"')
_TAG: Final = re.compile(r'(?:W/)?"[!#-~]*"')
_VERSION: Final = re.compile(r'"([1-9][0-9]{0,15})"')
ANOTHER: Final = 0
"""The version of nothing: an order or case at which something happened is at 1 or more."""


def _key(text: str) -> str:
    found = _STRING.fullmatch(text.strip(" "))
    if found is None or len(found.group(1)) > LONGEST_ID:
        raise InvalidValue(
            f'a string in double quotes, of 1 to {LONGEST_ID} characters of ASCII, such as "8e03978e-40d5"'
        )
    return re.sub(r'\\(["\\])', r"\1", found.group(1))


def _version(text: str) -> int | None:
    if text.strip() == "*":
        return None
    if not _TAG.fullmatch(text.strip()):
        raise InvalidValue('one entity tag, such as "3", or *')
    found = _VERSION.fullmatch(text.strip())
    return int(found.group(1)) if found else ANOTHER


def tag_of(version: int) -> str:
    """The entity tag of a version."""
    return f'"{version}"'


IDEMPOTENCY_KEY: Final = Parameter(
    name="Idempotency-Key",
    where="header",
    about=(
        "A string of your choice in double quotes, new for each thing to be done. The same key with the same content gets the same "
        "answer; with other content it is refused. It belongs to the name of your API key, and is kept as long as the record."
    ),
    schema={"type": "string", "pattern": '^"([ !#-\\[\\]-~]|\\\\["\\\\]){1,255}"$'},
    read=_key,
)
IF_MATCH: Final = Parameter(
    name="If-Match",
    where="header",
    about="Do it only while the order, or the case without an order, is at the version of this `ETag`.",
    schema={"type": "string", "pattern": '^(\\*|(W/)?"[!#-~]*")$'},
    read=_version,
)
IF_NONE_MATCH: Final = Parameter(
    name="If-None-Match",
    where="header",
    about="Entity tags that are known already: for one that is still right the answer is 304, without content.",
    schema={"type": "string"},
)
ETAG: Final = Header(name="ETag", about="The version that is answered, for `If-None-Match`.", schema={"type": "string"})
VERSION: Final = Header(
    name="ETag",
    about="The version of the order, or of the case without an order: it changes with whatever happens to it. For `If-Match`.",
    schema={"type": "string", "pattern": '^"[1-9][0-9]*"$'},
)

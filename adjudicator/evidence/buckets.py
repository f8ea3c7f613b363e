"""Files kept by their digest in an S3-compatible bucket (extra ``s3``)."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

from attrs import define, field

from adjudicator.evidence.files import DIGEST, READING, AlteredFile, NoFile
from adjudicator.extras import importing

with importing("s3"):
    import obstore
    from obstore.exceptions import BaseError
    from obstore.store import S3Store

if TYPE_CHECKING:
    from obstore.store import RetryConfig

TIMEOUT: Final = "20s"
"""For one request to the bucket."""
RETRIES: Final[RetryConfig] = {"max_retries": 3, "retry_timeout": dt.timedelta(seconds=30)}


class BucketUnreachable(OSError):
    """The bucket cannot be reached, or refuses a request."""


@define(eq=False)
class BucketStore:
    """Files in a bucket, at ``s3://bucket/prefix``.

    Credentials, region and endpoint come from the usual variables of the environment (``AWS_ACCESS_KEY_ID``, ``AWS_ENDPOINT_URL``, ...);
    without TLS only with ``AWS_ALLOW_HTTP=true``.
    Every method raises :class:`BucketUnreachable`.
    """

    address: str
    _bucket: S3Store = field(init=False)

    def __attrs_post_init__(self) -> None:
        allow_http = os.environ.get("AWS_ALLOW_HTTP") == "true"  # options given here hide it from the client
        with _reachable():
            self._bucket = S3Store.from_url(
                self.address, client_options={"timeout": TIMEOUT, "allow_http": allow_http}, retry_config=RETRIES
            )

    def put(self, content: bytes) -> str:
        """Store a file. An object exists completely or not at all; an altered one is replaced."""
        sha256 = hashlib.sha256(content).hexdigest()
        self._put(_place(sha256), content)
        return sha256

    def _put(self, place: str, content: bytes) -> None:
        try:
            with _reachable():
                obstore.put(self._bucket, place, content)
        except FileNotFoundError as error:
            raise BucketUnreachable(_reason(error)) from None

    def get(self, sha256: str) -> bytes:
        """A file, whose digest is computed again."""
        content = self._get(_place(sha256), sha256)
        if hashlib.sha256(content).hexdigest() != sha256:
            raise AlteredFile(sha256)
        return content

    def erase(self, sha256: str) -> None:
        """Delete a file and its readings. In a bucket with versioning, old versions stay: see the documentation."""
        for place in (_place(sha256) + READING, _place(sha256)):
            with suppress(FileNotFoundError), _reachable():
                obstore.delete(self._bucket, place)

    def put_reading(self, sha256: str, reading: bytes) -> None:
        """Store the readings of a file."""
        self._put(_place(sha256) + READING, reading)

    def reading(self, sha256: str) -> bytes:
        """What was read in a file."""
        return self._get(_place(sha256) + READING, sha256)

    def _get(self, place: str, sha256: str) -> bytes:
        try:
            with _reachable():
                return bytes(obstore.get(self._bucket, place).bytes())
        except FileNotFoundError:
            raise NoFile(sha256) from None

    def digests(self, *, older_than_days: int = 0) -> Iterator[str]:
        """The digests, in order."""
        latest = dt.datetime.now(dt.UTC) - dt.timedelta(days=older_than_days)
        with _reachable():
            kept = [each for group in obstore.list(self._bucket) for each in group]
        names = (each["path"].rpartition("/")[2] for each in kept if each["last_modified"] <= latest)
        yield from sorted(name for name in names if DIGEST.fullmatch(name))


def _place(sha256: str) -> str:
    if not DIGEST.fullmatch(sha256):
        raise NoFile(sha256)
    return f"{sha256[:2]}/{sha256}"


@contextmanager
def _reachable() -> Iterator[None]:
    """Turn any error of the client, except for a missing object, into one error."""
    try:
        yield
    except (BaseError, PermissionError) as error:
        raise BucketUnreachable(_reason(error)) from None


def _reason(error: Exception) -> str:
    """What the client reports, without the answer of the server."""
    return f"the bucket: {str(error).strip().partition(chr(10))[0][:300]}"

"""Where evidence files are kept: in a folder, or in a bucket."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from adjudicator.evidence.files import FileStore, FolderStore

BUCKET: Final = "s3://"
"""How the address of a bucket begins."""


def kept_at(place: str) -> FileStore:
    """The files kept in a folder, or in a bucket at ``s3://bucket/prefix`` (extra ``s3``)."""
    if not place.startswith(BUCKET):
        return FolderStore(Path(place))
    from adjudicator.evidence.buckets import BucketStore  # noqa: PLC0415 - an extra of its own

    return BucketStore(place)

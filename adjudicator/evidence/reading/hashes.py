"""Perceptual hashes, by ImageHash: near for pictures that look alike."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import version
from typing import Final

import imagehash
from PIL import Image, ImageStat

from adjudicator.evidence.readings import Reading, What

METHOD: Final = f"ImageHash {version('ImageHash')} phash"
FLAT: Final = 4.0
"""Grey values of standard deviation below which a picture shows nothing that a hash could compare."""


def read(image: Image.Image) -> Iterable[Reading]:
    """The hash of a picture; none for one that is nearly of one colour."""
    grey = image.convert("L")
    if ImageStat.Stat(grey).stddev[0] < FLAT:
        return ()
    return (Reading(what=What.PICTURE_HASH, value=str(imagehash.phash(grey)), method=METHOD),)

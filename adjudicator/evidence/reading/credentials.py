"""Content Credentials: C2PA manifests, read and verified by the C2PA library.

Re-encoding a picture removes them: their absence says nothing.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.metadata import version
from typing import Any, Final

import c2pa

from adjudicator.evidence.readings import Reading, What

METHOD: Final = f"c2pa-python {version('c2pa-python')}"
TYPES: Final = frozenset(
    {"image/jpeg", "image/png", "image/webp", "image/heic", "image/heif", "image/tiff", "image/gif", "image/avif"}
)
GENERATED: Final = frozenset(
    {
        "trainedAlgorithmicMedia",
        "compositeWithTrainedAlgorithmicMedia",
        "compositeSynthetic",
        "algorithmicMedia",
        "virtualRecording",
        "digitalCreation",
        "digitalArt",
    }
)
"""IPTC digital source types of pictures that no camera took."""
EDITED: Final = frozenset(
    {
        "c2pa.addedText",
        "c2pa.adjustedColor",
        "c2pa.color_adjustments",
        "c2pa.cropped",
        "c2pa.deleted",
        "c2pa.drawing",
        "c2pa.edited",
        "c2pa.filtered",
        "c2pa.placed",
        "c2pa.removed",
    }
)
"""Actions that change what a picture shows."""


MOST_MANIFESTS: Final = 20
"""Of a picture that was saved again and again."""
UNTRUSTED: Final = "signingCredential.untrusted"
_OFFLINE: Final = {"verify": {"remote_manifest_fetch": False, "ocsp_fetch": False}}
"""By default, the library fetches a manifest from the address that a picture names, past Python's own sockets."""


class Unreadable(Exception):
    """There is a manifest, but it cannot be read, or it is at an address, from which nothing is fetched."""


def read(content: bytes, media_type: str) -> Iterable[Reading]:
    """What the manifests of a picture say of it: ``generated``, ``edited`` or ``neither``; nothing where it has none.

    A picture that a program opened and saved again keeps the manifest of the picture before, which counts too.

    ``state`` is the library's: ``Valid`` and ``Trusted`` mean that the picture is as it was when the manifest was signed.
    """
    if media_type not in TYPES or b"c2pa" not in content:
        return ()
    try:
        reader = c2pa.Reader.try_create(media_type, io.BytesIO(content), None, _context())
        if reader is None:
            return ()
        with reader:
            store = json.loads(reader.json())
        said = {_said(manifest) for manifest in _ancestry(store)}
    except (c2pa.C2paError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise Unreadable from error
    value = next((each for each in ("generated", "edited") if each in said), "neither")
    details = {"state": str(store.get("validation_state", "Unknown"))[:40]}
    return (Reading(what=What.CREDENTIALS, value=value, method=METHOD, details=details),)


@cache
def _context() -> c2pa.Context:
    return c2pa.Context(settings=c2pa.Settings.from_dict(_OFFLINE))


def _ancestry(store: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The manifest of a picture, then that of the picture it was made from, and so on, as long as each fitted when it was opened."""
    manifests = store.get("manifests", {})
    label = store.get("active_manifest")
    for _ in range(MOST_MANIFESTS):
        manifest = manifests.get(label)
        if manifest is None:
            return
        yield manifest
        parents = [each for each in manifest.get("ingredients", ()) if each.get("relationship") == "parentOf"]
        label = parents[0].get("active_manifest") if parents and _fitted(parents[0]) else None


def _fitted(ingredient: Mapping[str, Any]) -> bool:
    """Whether the picture before was as it was when it was signed. Whom to trust is nobody's decision here."""
    results = ingredient.get("validation_results", {}).get("activeManifest")
    return results is not None and all(each.get("code") == UNTRUSTED for each in results.get("failure", ()))


def _said(manifest: Mapping[str, Any]) -> str:
    actions = [
        action
        for assertion in manifest.get("assertions", ())
        if str(assertion.get("label", "")).startswith("c2pa.actions")
        for action in assertion.get("data", {}).get("actions", ())
    ]
    sources = {str(action.get("digitalSourceType", "")).rpartition("/")[2] for action in actions}
    if sources & GENERATED:
        return "generated"
    return "edited" if EDITED & {str(action.get("action")) for action in actions} else "neither"

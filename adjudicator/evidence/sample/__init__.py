"""Two bundles to try the examiner on: a broken bottle, and a counterfeit that a brand owner's signed report proves."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from random import Random
from typing import Any, Final

from adjudicator.evidence.manifest import NAME
from adjudicator.extras import importing

with importing("evidence"):
    from PIL import ExifTags, Image
    from PIL.PngImagePlugin import PngInfo

    from adjudicator.evidence.sample import scenes, signing

SEED: Final = 20
_HANDED_IN: Final = {"submitted_by": "consumer", "submitted_at": "2022-03-27T16:30:00+08:00", "line_ids": ["L1"]}
_REPORTED: Final = {"submitted_by": "consumer", "submitted_at": "2022-05-19T10:00:00+08:00", "line_ids": ["L1"]}
BRAND: Final = "Lumière"


def write_sample(folder: Path, seed: int = SEED) -> tuple[Path, Path]:
    """Write both bundles into a folder: for each a case and files with a manifest; a trust list and corrections where they are of use.

    Returns the folders of the bundles. The same seed gives the same pictures; signatures differ, since their keys do. Raises
    :class:`FileExistsError` rather than overwrite anything.
    """
    random = Random(seed)  # noqa: S311 - pictures, not secrets
    damaged, counterfeit = folder / "damaged", folder / "counterfeit"
    _write_damaged(damaged, random)
    _write_counterfeit(counterfeit)
    return damaged, counterfeit


def _write_damaged(folder: Path, random: Random) -> None:
    case = _case("leaking-whisky.json")
    line, parcel = case["order"]["lines"][0], case["order"]["parcels"][0]
    line["barcode"] = scenes.with_check_digit("501032700017")
    bottle = scenes.bottle(random, scenes.code(line["barcode"], scenes.EAN13))
    taken = Image.Exif()
    taken.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "2022:03:26 19:02:11"
    label = scenes.photo(
        random, scenes.code(parcel["waybill_no"], scenes.CODE128), scenes.Conditions(angle=-8, scale=2.5)
    )
    typed = [
        "STATEMENT OF THE CARRIER",
        f"Waybill {parcel['waybill_no']}",
        "Handed over on 2022-03-26",
        "One bottle was broken and leaking",
        "when the parcel was signed for.",
    ]
    pictures = {
        "close-up.jpg": scenes.jpeg(bottle, exif=taken),
        "waybill.jpg": scenes.jpeg(label),
        "drawn.png": _labelled(scenes.bottle(random, scenes.code(line["barcode"], scenes.EAN13))),
        "again.jpg": scenes.jpeg(bottle.resize((800, 600)), quality=60),
        "statement.jpg": scenes.jpeg(scenes.statement(random, typed, parcel["waybill_no"])),
    }
    shows = {"breakage": True, "leak": True, "edited": False, "units_covered": 1}
    items: list[dict[str, Any]] = [
        {"id": "E1", "kind": "damage_photo", **_HANDED_IN, "files": ["close-up.jpg"], "stated": shows},
        {"id": "E2", "kind": "package_photo", **_HANDED_IN, "files": ["waybill.jpg"]},
        {"id": "E3", "kind": "damage_photo", **_HANDED_IN, "files": ["drawn.png"], "stated": shows},
        {"id": "E4", "kind": "damage_photo", **_HANDED_IN, "files": ["again.jpg"]},
        {"id": "E5", "kind": "courier_statement", **_HANDED_IN, "files": ["statement.jpg"]},
    ]
    _write(folder, case, pictures, items)
    seen = {"stamped": True, "damaged_at_signing": True, "leak": True, "units_covered": 1}
    corrections = {"corrections": 1, "by": "agent 17", "items": [{"id": "E5", "fields": seen}]}
    _write_json(folder / "corrections.json", corrections)


def _write_counterfeit(folder: Path) -> None:
    case = _case("counterfeit.json")
    owner = signing.Notary("Lumiere SA, brand protection")
    typed = [
        "APPRAISAL REPORT 2022-117",
        "Brand: Lumiere",
        "Two jars of cream were examined.",
        "Conclusion: counterfeit. They were not made by us.",
    ]
    sound = owner.signed(signing.pdf(typed))
    documents = {
        "report.pdf": sound,
        "report-altered.pdf": sound.replace(b"Two jars", b"Six jars"),
        "report-with-a-note.pdf": signing.appended(sound, "Six jars, in fact"),
    }
    says: dict[str, Any] = {"brand": BRAND, "conclusion": "counterfeit"}
    unsure = says | {"issuer": {"role": "brand_owner"}, "units_covered": 3}
    items = [
        {
            "id": "E1",
            "kind": "appraisal_report",
            **_REPORTED,
            "files": ["report.pdf"],
            "stated": says | {"units_covered": 2},
        },
        {"id": "E2", "kind": "appraisal_report", **_REPORTED, "files": ["report-altered.pdf"], "stated": unsure},
        {"id": "E3", "kind": "appraisal_report", **_REPORTED, "files": ["report-with-a-note.pdf"], "stated": unsure},
    ]
    _write(folder, case, documents, items)
    signer = {"name": "Lumière SA", "certificate": owner.pem, "role": "brand_owner", "brands": [BRAND]}
    _write_json(folder / "trust.json", {"signers": [signer]})


def _case(name: str) -> dict[str, Any]:
    """A case of the demo, without its evidence."""
    case: dict[str, Any] = json.loads((files("adjudicator") / "demo" / name).read_bytes())
    return case | {"evidence": []}


def _labelled(picture: Image.Image) -> bytes:
    """A picture with the label of generated content."""
    label = PngInfo()
    label.add_text("AIGC", json.dumps({"Label": "1", "ContentProducer": "a generator", "ProduceID": "1"}))
    written = io.BytesIO()
    picture.quantize(64).save(written, "PNG", pnginfo=label)
    return written.getvalue()


def _write(folder: Path, case: Any, contents: Mapping[str, bytes], items: list[dict[str, Any]]) -> None:
    place = folder / "files"
    place.mkdir(parents=True)
    _write_json(folder / "case.json", case)
    _write_json(place / NAME, {"manifest": 1, "prepared_by": "desk", "items": items})
    for name, content in contents.items():
        (place / name).write_bytes(content)


def _write_json(place: Path, document: Any) -> None:
    place.write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")

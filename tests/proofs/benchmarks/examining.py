"""``make bench-evidence``: how many barcodes in generated pictures are found, missed and misread, and how long that takes."""

from __future__ import annotations

import argparse
import io
import json
import resource
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from itertools import combinations
from pathlib import Path
from random import Random
from time import perf_counter, process_time
from typing import Any, Final

from attrs import evolve
from PIL import Image, ImageEnhance, ImageOps
from rich.console import Console
from rich.table import Table

from adjudicator.evidence.reading import barcodes, hashes
from adjudicator.evidence.readings import What
from adjudicator.evidence.reuse import NEAR
from adjudicator.evidence.sample import scenes
from adjudicator.evidence.sample.scenes import Conditions

SEED: Final = 20_261_129
VARIED: Final[Mapping[str, tuple[float, ...]]] = {
    "angle": (0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 60, 75, 90),
    "blur": (0, 1, 1.5, 2, 3),
    "scale": (1, 1.5, 2, 3, 4),
    "light": (0, 0.5, 0.75, 0.9),
    "noise": (0, 8, 16, 32),
    "quality": (90, 50, 25, 10),
    "crop": (0.05, 0.15, 0.3, 0.5),
    "no code": (0,),
}
"""The conditions that vary, first each by itself, then all together as ``everything``."""
SIZE: Final = (720, 560)
USUAL: Final = Conditions(scale=2.5, blur=0.5, light=0.2, noise=4, quality=85, size=SIZE)
MOST_HASHED: Final = 200


def ean13(random: Random) -> str:
    """A number with a check digit that fits."""
    return scenes.with_check_digit(f"69{random.randrange(10**10):010d}")


def ean8(random: Random) -> str:
    """A short number with a check digit that fits."""
    return scenes.with_check_digit(f"{random.randrange(10**7):07d}")


def waybill(random: Random) -> str:
    """A number such as carriers give."""
    return f"SF{random.randrange(10**12):012d}"


METHODS: Final = {
    "EAN-13": (scenes.EAN13, ean13, What.BARCODE),
    "EAN-8": (scenes.EAN8, ean8, What.BARCODE),
    "Code 128": (scenes.CODE128, waybill, What.CODE),
    "QR": (scenes.QR, waybill, What.CODE),
}


def conditions(random: Random) -> Iterator[tuple[str, float, Conditions]]:
    """Yield without end: the condition that varies, its value, and the picture's conditions."""
    while True:
        for name, values in VARIED.items():
            value = random.choice(values)
            usual = evolve(USUAL, angle=random.uniform(-12, 12))
            changed: dict[str, Any] = {} if name == "no code" else {name: value}
            yield name, value, evolve(usual, **changed)
        yield (
            "everything",
            0,
            Conditions(
                angle=random.uniform(-180, 180),
                size=SIZE,
                scale=random.uniform(1, 4),
                blur=random.uniform(0, 2.5),
                light=random.uniform(0, 0.9),
                noise=random.uniform(0, 32),
                quality=random.randrange(10, 95),
                crop=random.choice((0, 0, 0, random.uniform(0, 0.6))),
            ),
        )


def outcome(picture: Image.Image, expected: str | None, what: What) -> str:
    """Whether a picture's code was found, missed or misread."""
    read = {(reading.what, reading.value) for reading in barcodes.read(picture)}
    if read - {(what, expected)}:
        return "wrong"
    return "found" if read else "missed"


def measure(pictures: int, seed: int, method: str) -> dict[str, Counter[str]]:
    """Count the outcomes of some pictures, by condition and value."""
    random = Random(seed)
    symbology, number, what = METHODS[method]
    counted: dict[str, Counter[str]] = {}
    for index, (name, value, how) in zip(range(pictures), conditions(random), strict=False):
        expected = None if name == "no code" else number(random)
        drawn = None if expected is None else scenes.code(expected, symbology)
        taken = scenes.photo(random, drawn, how)
        start = process_time()
        came = outcome(Image.open(_stream(taken, how.quality)), expected, what)
        held = counted.setdefault(f"{name} {value:g}" if len(VARIED.get(name, ())) > 1 else name, Counter())
        held[came] += 1
        held["milliseconds"] += round((process_time() - start) * 1000)
        if came == "wrong":
            Console(stderr=True).print(f"{method}: picture {index} of seed {seed} is read wrongly ({name} {value:g})")
    return counted


ALTERED: Final[Mapping[str, Callable[[Image.Image], Image.Image]]] = {
    "recompressed": lambda picture: Image.open(_stream(picture, 30)),
    "half as large": lambda picture: picture.resize((picture.width // 2, picture.height // 2)),
    "brighter": lambda picture: ImageEnhance.Brightness(picture).enhance(1.3),
    "3% cropped": lambda picture: ImageOps.crop(picture, round(picture.width * 0.015)),
    "10% cropped": lambda picture: ImageOps.crop(picture, round(picture.width * 0.05)),
    "turned by 3 degrees": lambda picture: picture.rotate(3, Image.Resampling.BICUBIC),
    "mirrored": ImageOps.mirror,
}
"""What somebody may do to a picture before using it again."""


def measure_hashes(pictures: int, seed: int) -> dict[str, Counter[str]]:
    """Count how many altered copies still look alike, and how many pairs of different pictures do."""
    random = Random(seed)
    originals = [scenes.photo(random, scenes.code(ean13(random), scenes.EAN13)) for _ in range(pictures)]
    hashed = [_hash(each) for each in originals]
    counted = {
        name: Counter(
            "found" if (_hash(alter(each)) ^ before).bit_count() <= NEAR else "missed"
            for each, before in zip(originals, hashed, strict=True)
        )
        for name, alter in ALTERED.items()
    }
    pairs = combinations(range(len(hashed)), 2)
    alike = [(one, other) for one, other in pairs if (hashed[one] ^ hashed[other]).bit_count() <= NEAR]
    counted["pairs of others"] = Counter(missed=len(hashed) * (len(hashed) - 1) // 2 - len(alike), wrong=len(alike))
    return counted


def _hash(picture: Image.Image) -> int:
    (reading,) = hashes.read(picture)
    return int(reading.value, 16)


def _stream(picture: Image.Image, quality: int) -> io.BytesIO:
    return io.BytesIO(scenes.jpeg(picture, quality))


def page(method: str, counted: Mapping[str, Counter[str]]) -> Table:
    """The outcomes of a method as a Markdown table."""
    table = Table("varied", "found", "missed", "wrong", "ms a picture", title=method)
    for name in sorted(counted, key=lambda each: (each.rpartition(" ")[0], _number(each))):
        came = counted[name]
        total = came["found"] + came["missed"] + came["wrong"]
        shares = (f"{came[each] / total:.1%}" for each in ("found", "missed"))
        table.add_row(name, *shares, str(came["wrong"]), str(came["milliseconds"] // total))
    return table


def _number(name: str) -> float:
    try:
        return float(name.rpartition(" ")[2])
    except ValueError:
        return 0


def main() -> None:
    """Run the measurements, add them to those of earlier runs, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=1000, help="of each method")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--keep", type=Path, help="a file to add the counts to")
    parser.add_argument("--method", choices=METHODS, action="append", help="only this one; by default, all")
    chosen = parser.parse_args()
    start = perf_counter()
    kept = json.loads(chosen.keep.read_text()) if chosen.keep and chosen.keep.exists() else {}
    for method in chosen.method or METHODS:
        so_far = {name: Counter(came) for name, came in kept.get(method, {}).items()}
        for name, came in measure(chosen.pictures, chosen.seed, method).items():
            so_far[name] = so_far.get(name, Counter()) + came
        kept[method] = so_far
        Console(width=100).print(page(method, so_far))
    altered = measure_hashes(min(chosen.pictures, MOST_HASHED), chosen.seed)
    Console(width=100).print(page("Looks alike", altered))
    if chosen.keep:
        chosen.keep.write_text(json.dumps(kept))
    total = sum(
        came[each] for tables in kept.values() for came in tables.values() for each in ("found", "missed", "wrong")
    )
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    Console().print(f"{total} pictures in all; this run took {perf_counter() - start:.0f} s, and {most} MB at most")


if __name__ == "__main__":
    main()

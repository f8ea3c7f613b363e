"""Text in pictures, by RapidOCR with the models of its wheel. Only ever a suggestion: it reads well, and sometimes it reads wrongly."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from functools import cache
from importlib.metadata import version
from typing import Any, Final

import numpy as np
from PIL import Image

from adjudicator.evidence.readings import Place, Reading, What
from adjudicator.extras import importing

with importing("ocr"):
    from rapidocr import RapidOCR

METHOD: Final = f"RapidOCR {version('rapidocr')}"
LONGEST: Final = 2_000
"""The longest side of the picture that is read, in pixels; a larger one is reduced."""
MOST: Final = 200
"""Lines of one picture."""
_ONE_THREAD: Final = {
    "EngineConfig.onnxruntime.intra_op_num_threads": 1,
    "EngineConfig.onnxruntime.inter_op_num_threads": 1,
    "Global.log_level": "critical",
}


def read(image: Image.Image) -> Iterable[Reading]:
    """The lines of text in an upright picture, each with its place and the program's own confidence in percent."""
    scale = min(1.0, LONGEST / max(image.size))
    smaller = image.resize((max(1, round(image.width * scale)), max(1, round(image.height * scale))))
    found: Any = _engine()(np.asarray(smaller.convert("RGB"))[:, :, ::-1])
    if found.boxes is None:
        return
    for box, text, confidence in zip(found.boxes[:MOST], found.txts, found.scores, strict=False):
        yield Reading(
            what=What.WORDS,
            value=text,
            method=METHOD,
            place=Place(polygon=tuple((round(x / scale), round(y / scale)) for x, y in box.tolist())),
            details={"confidence": round(float(confidence) * 100)},
        )


@cache
def _engine() -> Any:
    logging.disable()
    return RapidOCR(params=_ONE_THREAD)

"""Results of what is judged in JSON: of a judgement that many cases share, the result is written once."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final, TypeAlias

from orjson import OPT_SORT_KEYS, Fragment, dumps

from adjudicator.engine.shared_judgement import SharedJudgement, WithResult
from adjudicator.wire.template import Texts
from adjudicator.wire.writer import Writer, writer_of

MOST_CLASSES: Final = 64
"""The number of classes of results whose writers are kept."""

Written: TypeAlias = dict[str, Any] | Fragment


def results_written(judged: Iterable[WithResult], texts: Texts) -> tuple[list[Written], list[Written]]:
    """All results in both orders, for orjson."""
    plain: list[Written] = []
    canonical: list[Written] = []
    for each in judged:
        judgement = each.judgement
        if type(judgement) is SharedJudgement:
            shared = judgement.written.get("result") or _shared(judgement, each.result, texts)
            plain.append(shared[0])
            canonical.append(shared[1])
        else:
            document = _document(each.result, texts)
            plain.append(document)
            canonical.append(document)
    return plain, canonical


def _shared(judgement: SharedJudgement, result: Any, texts: Texts) -> tuple[Fragment, Fragment]:
    """The text of a result that many cases share, written once."""
    document = _document(result, texts)
    found = Fragment(dumps(document)), Fragment(dumps(document, None, OPT_SORT_KEYS))
    judgement.written["result"] = found
    return found


def _document(result: Any, texts: Texts) -> dict[str, Any]:
    kind: Any = type(result)
    return _writer(kind)(result, texts.instants)


@lru_cache(maxsize=MOST_CLASSES)
def _writer(kind: Any) -> Writer:
    return writer_of(kind)

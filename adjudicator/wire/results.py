"""Results of what is judged in JSON: of a judgement that many cases share, the result is written once."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final, TypeAlias

from orjson import OPT_SORT_KEYS, Fragment, dumps

from adjudicator.engine.shared_judgement import Results, SharedJudgement, SharedWork, WithResult
from adjudicator.wire.template import Texts
from adjudicator.wire.writer import Writer, writer_of

MOST_CLASSES: Final = 64
"""The number of classes of results whose writers are kept."""

Written: TypeAlias = dict[str, Any] | Fragment


def results_written(results: Results, texts: Texts) -> tuple[list[Written], list[Written]]:
    """All results in both orders, for orjson: those that many cases share are put in place at once."""
    judged, shared, own = results.of.judged, results.of.shared, results.of.own
    kept: _Kept = shared.written.get("results") or _kept(shared, texts)
    plain, canonical = [*kept[0]], [*kept[1]]
    for place in own:
        plain[place], canonical[place] = _in_both_orders(judged[place], texts)
    return plain, canonical


_Kept: TypeAlias = tuple[tuple[Any, ...], tuple[Any, ...]]
"""The results that many cases share, in both orders, and null for those of each case."""


def _kept(shared: SharedWork[Any], texts: Texts) -> _Kept:
    written = [(None, None) if each is None else _in_both_orders(each, texts) for each in shared.judged]
    shared.written["results"] = kept = tuple([each[0] for each in written]), tuple([each[1] for each in written])
    return kept


def _in_both_orders(judged: WithResult, texts: Texts) -> tuple[Written, Written]:
    judgement = judged.judgement
    if type(judgement) is SharedJudgement:
        return judgement.written.get("result") or _shared(judgement, judged.result, texts)
    document = _document(judged.result, texts)
    return document, document


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

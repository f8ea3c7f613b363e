"""The rulebook as JSON: editions, their clauses and the facts they read, in all languages."""

from __future__ import annotations

import datetime as dt
from typing import Any

from adjudicator.engine.policy import Edition
from adjudicator.engine.registry import policies
from adjudicator.kinds.process import ProcessKind
from adjudicator.kinds.steps import Process, Step
from adjudicator.model.by_date import ByDate
from adjudicator.model.json_value import json_value
from adjudicator.words import LANGUAGES, tag_of, words_for


def last_day(edition: Edition) -> dt.date | None:
    """The day before the next edition takes effect; ``None`` for the newest."""
    later = [each for each in policies()[edition.policy] if each.effective_from > edition.effective_from]
    return later[0].effective_from - dt.timedelta(days=1) if later else None


def edition_document(edition: Edition, last: dt.date | None) -> dict[str, Any]:
    """An edition as an item of a list: its name, title and the days on which it is in force."""
    return {
        "policy": edition.policy,
        "edition": edition.name,
        "revision": edition.revision,
        "in_force_from": edition.name,
        "in_force_until": None if last is None else last.isoformat(),
        "title": {tag_of(language): words_for(edition, language).title() for language in LANGUAGES},
    }


def policy_document(edition: Edition) -> dict[str, Any]:
    """An edition as JSON, in all languages."""
    granted = edition.grants.functions() if edition.grants else ()
    process = process_of(edition)
    steps = {"steps": [_step_document(edition, each) for each in process.steps]} if process else {}
    return {
        **edition_document(edition, last_day(edition)),
        "article": edition.article,
        "clauses": [
            {
                "clause": clause.name,
                "role": clause.role.value,
                **_function_document(edition, clause.name),
                "facts": [_fact_document(edition, name) for name in clause.reads],
            }
            for clause in edition.clauses
        ],
        **steps,
        "settings": {name: _setting_document(value) for name, value in edition.settings.items()},
        "grants": [
            {"name": function.__name__, **_function_document(edition, function.__name__)} for function in granted
        ],
        "remarks": [
            {"code": function.__name__, **_function_document(edition, function.__name__)}
            for function in edition.remarks
        ],
        "not_adjudicated": {
            sentence: {tag_of(language): words_for(edition, language).not_adjudicated(reason) for language in LANGUAGES}
            for sentence, reason in edition.not_adjudicated.items()
        },
    }


def process_of(edition: Edition) -> Process | None:
    """The process that an edition is about, if it is about one."""
    kind = edition.case_kind
    return kind.process if isinstance(kind, ProcessKind) else None


def _step_document(edition: Edition, step: Step) -> dict[str, Any]:
    return {
        "step": step.name.value,
        "by": [each.value for each in step.by],
        "at": [each.value for each in step.at],
        "then": None if step.then is None else step.then.value,
        "clauses": [each.__name__ for each in edition.clauses_by_question[step.name]],
        "label": {tag_of(language): words_for(edition, language).part_named(step.name) for language in LANGUAGES},
    }


def _function_document(edition: Edition, name: str) -> dict[str, Any]:
    citation = edition.nodes[name].citation
    return {
        "cites": citation.within(edition.article),
        "readings": citation.readings,
        "restatement": {tag_of(language): words_for(edition, language).restated(name) for language in LANGUAGES},
    }


def _fact_document(edition: Edition, name: str) -> dict[str, Any]:
    fact = edition.case_kind.glossary.facts[name]
    return {
        "name": name,
        "supplier": None if fact.supplier is None else fact.supplier.value,
        "pointers": fact.pointers,
        "label": {tag_of(language): words_for(edition, language).say(f"fact.{name}") for language in LANGUAGES},
    }


def _setting_document(value: object) -> object:
    if isinstance(value, ByDate):
        return {day.isoformat(): json_value(each) for day, each in value.entries.items()}
    return sorted(map(str, value)) if isinstance(value, tuple | frozenset) else value

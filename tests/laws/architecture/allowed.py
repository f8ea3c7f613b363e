"""What pure modules may import and do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

PURE: Final = frozenset(
    {
        "__future__",
        "attrs",
        "collections",
        "datetime",
        "decimal",
        "enum",
        "fractions",
        "itertools",
        "math",
        "operator",
        "re",
        "typing",
    }
)
"""The other modules that a pure module may import: none of them can reach a clock, a file or a random source."""

MAY_ALSO_IMPORT: Final[Mapping[str, Mapping[str, str]]] = {
    "model.digest": {
        "hashlib": "digests are SHA-256",
        "orjson": "writes text",
        "rfc8785": "writes canonical text",
    },
    "analysis.promises.books": {
        "functools": "a decision is summed up once",
    },
    "wire.pointer": {
        "functools": "a field of a class is looked at once",
    },
    "analysis.whatif.places": {
        "functools": "a class and an edition are looked at once",
    },
    "analysis.whatif.actions": {
        "functools": "an edition is looked at once",
    },
    "analysis.whatif.search": {
        "contextlib": "a search that is stopped ends there",
    },
    "analysis.whatif.questions": {
        "contextlib": "the same",
    },
    "model.declared_faults": {
        "functools": "which fields of a class have limits is found once",
        "types": "recognises unions",
    },
    "model.case": {
        "functools": "which faults a class of claims adds is found once",
    },
    "kinds.field_facts": {
        "inspect": "reads the signature of a function that finds possible values",
    },
    "kinds.trying": {
        "functools": "keeps the name and the source of what reads a fact",
        "inspect": "reads the signature of a function that finds possible values",
    },
    "engine.limit_checks": {
        "ast": "reads whether the faults of a case include those of its fields",
        "functools": "a class of cases is checked once",
        "inspect": "reads the source of the faults of a case",
        "types": "tells functions from other values",
    },
    "engine.combinations": {
        "functools": "the results for several facts are put in order once they are there",
    },
    "engine.kept_results": {
        "functools": "an edition has one place for what is kept",
    },
    "engine.layouts": {
        "array": "many numbers take little room",
        "functools": "a layout is worked out once",
    },
    "engine.vocabulary": {
        "functools": "failures for the same reason are one object",
    },
    "engine.amendment": {
        "inspect": "reads the signatures of new functions",
        "types": "tells functions from other values",
    },
    "engine.blame": {
        "types": "walks through the functions behind an error",
    },
    "engine.counting": {
        "ast": "reads how a function counts days, once, when an edition is made",
        "functools": "a function is read once",
        "types": "tells functions from other values",
    },
    "engine.structure": {
        "inspect": "reads the signatures of functions",
        "types": "tells functions from other values",
    },
    "engine.checks": {
        "functools": "a class is looked at once",
        "types": "takes annotations apart",
    },
    "engine.inspection": {
        "dis": "reads what a function calls and returns, once, when an edition is made",
        "functools": "a function is read once",
        "inspect": "tells generators from other functions",
        "types": "tells functions, modules and code apart",
    },
    "model.errors": {
        "difflib": "finds the name that may have been meant",
    },
    "model.calendars": {
        "bisect": "working days are looked up, not counted one by one",
        "calendar": "how long months are",
    },
    "engine.clause": {
        "functools": "annotations and numberings are read once each",
        "inspect": "reads signatures and docstrings, once, when an edition is made",
        "types": "takes annotations apart",
    },
    "engine.sameness": {
        "functools": "a class is looked at once",
    },
    "model.source": {
        "functools": "a class is looked at once",
        "linecache": "source that is made can be read where an error is shown",
    },
    "wire.decisions": {
        "functools": "a class is looked at once",
        "hashlib": "digests are SHA-256",
        "orjson": "writes text",
    },
    "wire.findings": {
        "functools": "an edition is looked at once; it does not change while it runs",
        "orjson": "writes text",
    },
    "wire.ladder": {
        "functools": "a function is looked at once",
        "orjson": "writes text",
    },
    "model.plainly_sound": {
        "string": "names the letters of a country's code",
    },
    "model.json_value": {
        "types": "names the type of None",
    },
    "wire.results": {
        "functools": "a class is looked at once",
        "orjson": "writes text",
    },
    "wire.template": {
        "orjson": "writes text",
        "types": "names the type of None",
    },
    "engine.plan": {
        "functools": "an edition is planned once; it does not change while it runs",
    },
    "engine.judgement": {
        "functools": "a judge is given its memory, and a memory is made once",
    },
    "engine.ladder": {
        "functools": "a sequence of functions is looked at once",
    },
    "engine.standing": {
        "functools": "what follows from answers is found once for each combination of them",
    },
    "kinds.claim": {
        "functools": "a question about a line is put together where it is asked",
    },
    "kinds.dues": {
        "functools": "the functions of a payment are listed once",
    },
    "kinds.payment": {
        "functools": "a payment is planned once for each edition",
        "hashlib": "the key of an award is a digest",
        "json": "text in a key is written as JSON has it",
    },
    "wire.reader": {
        "functools": "a class is looked at once; cases are never kept",
        "orjson": "knows which strings are the keys of documents",
    },
    "engine.changes_in_time": {
        "functools": "an edition is looked at once",
    },
    "engine.findings": {
        "functools": "an edition is looked at once",
    },
    "engine.moment_plan": {
        "functools": "a plan is made once for each edition",
    },
    "engine.acceptables": {
        "ast": "reads what a function says will do, once, when an edition is made",
        "functools": "a function is read once",
        "linecache": "finds the text of a function, once, when an edition is made",
        "textwrap": "the same",
        "types": "tells functions from other values",
    },
    "model.by_date": {
        "bisect": "entries are looked up, not searched",
        "types": "takes annotations apart",
    },
    "kinds.claimed_line": {
        "functools": "where things stand in a case is looked up once for each decision",
    },
    "kinds.conduct_judgement": {
        "functools": "how grave the whole can be is worked out once",
    },
    "kinds.judged_incident": {
        "functools": "how grave an incident can be is worked out once",
    },
    "kinds.consequences": {
        "functools": "an edition is taken apart once; it does not change while it runs",
    },
    "kinds.kept_steps": {
        "copy": "reaches every field of a value",
        "functools": "a step that is judged alike in many cases is judged once; nothing of a case is kept",
    },
    "kinds.step_in_any_case": {
        "functools": "a class is looked at once",
        "types": "compares the types of values",
    },
    "kinds.process": {
        "functools": "an edition is taken apart once; it does not change while it runs",
    },
    "kinds.steps": {
        "functools": "which steps lead from one stage to another is found once",
    },
    "model.evidence": {
        "types": "takes the annotations of the models apart",
    },
    "wire.annotations": {
        "cattrs": "is told what fields are called",
        "functools": "a class is looked at once",
        "types": "takes the annotations of the models apart",
    },
    "wire.closer_look": {
        "cattrs": "structures cases",
        "functools": "a type is looked at once",
    },
    "wire.codec": {
        "orjson": "writes text",
    },
    "wire.decoder": {
        "cattrs": "structures cases",
        "functools": "its converters are made once, when first asked for; cases are never kept",
    },
    "wire.encoder": {
        "cattrs": "writes cases",
        "functools": "the same",
    },
    "engine.registry": {
        "functools": "the packs are looked up once; an installation does not change while it runs",
        "importlib": "packs are found by entry point",
        "sys": "an error names the pack or candidate in memory in which it arose; no decision depends on it",
    },
    "wire.parser": {
        "json": "reads text that it is handed",
        "orjson": "the same, faster",
    },
    "model.fields": {
        "functools": "a class is looked at once",
        "types": "takes the annotations of the models apart",
    },
    "model.soundness": {
        "functools": "how a class of cases is checked is worked out once",
        "types": "takes the annotations of the models apart",
    },
    "kinds.review": {
        "functools": "an edition is taken apart once; it does not change while it runs",
    },
    "engine.evaluation": {
        "functools": "which functions depend on a fact is found once",
    },
    "engine.policy": {
        "functools": "what follows from an edition is found once",
        "inspect": "reads the docstring of the policy file, when an edition is made",
    },
}
"""Further imports of single engine modules, with the reasons."""

MAY_ALSO_DO: Final[Mapping[str, Mapping[str, str]]] = {
    "model.source": {
        "calls compile": "source is made of classes, and of nothing else",
        "calls exec": "the same",
    },
    "engine.branches": {
        "calls id": "a function is called once for the same objects; equal ones may differ in fields that do not count",
    },
}
"""Exceptions for single engine modules, with the reasons."""

"""The law is in the policies: the engine cites no rule, holds no number of one, and names no issuer."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Mapping
from enum import Enum
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Final

from attrs import frozen

from adjudicator.model import award, enumerations, evidence, finding
from adjudicator.model import decision as decision_module
from adjudicator.model import facts as facts_module
from architecture.modules import ENGINE, PACKS, engine_modules, pack_modules

CITATION: Final = re.compile(r"\b[A-Z]{2}\.\d|\bR\d+[a-z]?\b")
NUMBERS: Final[Mapping[str, tuple[frozenset[int], str]]] = {
    "kinds.kept_steps": (frozenset({4, 8192}), "how many judged steps are kept, and for how many states at once"),
    "kinds.process": (frozenset({100}), "how long a history gets"),
    "kinds.progress": (frozenset({64}), "in how many ways a history may have come"),
    "kinds.uncertain_events": (frozenset({4}), "how many uncertain events are asked about at once"),
    "model.money": (frozenset({3, 4}), "how many decimal places a currency has"),
    "model.time": (
        frozenset({3, 6, 8, 10, 11, 13, 24, 60, 1000, 1970, 3600, 8192, 9900, 16_384, 1_000_000}),
        "clock and calendar, and how much of them is kept",
    ),
    "model.digest": (frozenset({240, 241, 242, 243, 244}), "the bytes with which a long character begins"),
    "model.errors": (frozenset({3, 10, 80, 100}), "how long a message gets"),
    "wire.parser": (frozenset({4, 32, 100, 1024}), "limits on the size of an input"),
    "engine.clause": (frozenset({6}), "where a docstring is Chinese"),
    "model.calendars": (frozenset({5, 6, 7, 12, 200, 366}), "the calendar"),
    "analysis.whatif.questions": (frozenset({64}), "how many answers are told at most"),
    "model.limits": (frozenset({11, 53, 1000}), "the range of integers, and the length of lists, in the contract"),
    "analysis.whatif.places": (frozenset({5}), "of how many things every selection is tried"),
    "analysis.work": (
        frozenset({10, 1_000, 20_000}),
        "how much is tried if nobody says otherwise, and what a trial takes",
    ),
    "analysis.entitlements.guarantees": (frozenset({20}), "how much work a line is under one guarantee"),
    "engine.acceptables": (frozenset({4}), "which parameter takes acceptable answers"),
    "engine.registry": (frozenset({256}), "for how many policies is kept when each edition takes over"),
    "engine.requests": (frozenset({64}), "how many combinations of answers a request lists"),
    "engine.kept_results": (frozenset({1024}), "how many results are kept for an edition"),
    "engine.layouts": (frozenset({256}), "how many numbers fit into a byte, and how many layouts are kept"),
    "engine.combinations": (
        frozenset({3, 4096}),
        "how many results are few, and in how many combinations unknowns are tried at most",
    ),
    "engine.vocabulary": (frozenset({256}), "for how many reasons a failure is kept"),
    "engine.evaluation": (frozenset({4096}), "of how many sets of changed facts something is kept"),
    "analysis.whatif.search": (frozenset({3, 4, 6, 64}), "how far a search goes"),
    "wire.findings": (
        frozenset({2048, 4096}),
        "how many texts are kept",
    ),
    "wire.decisions": (frozenset({1024}), "how many ways of making a decision are kept"),
    "wire.results": (frozenset({64}), "of how many classes the writers are kept"),
    "wire.ladder": (frozenset({4096}), "for how many functions what is the same in every case is kept"),
    "model.json_value": (frozenset({1024}), "how many sets are kept in order"),
    "engine.ladder": (frozenset({4096}), "for how many sequences of functions is kept what makes their steps"),
    "engine.findings": (frozenset({4096}), "of how many places in a case pointers are kept"),
    "engine.plan": (frozenset({1024}), "how many plans are kept"),
    "engine.plan_writer": (frozenset({30}), "how long a tuple is that Python makes in one step"),
    "engine.policy": (frozenset({1024}), "of how many editions something is kept"),
    "engine.standing": (frozenset({16_384}), "of how many combinations of answers the effects are kept"),
    "engine.by_types": (frozenset({16_384}), "of how many combinations of types is kept what follows"),
}
"""The numbers in the engine, with their meanings: none is a number of a rule. One and two (one, several) need no reason."""

LEDGER: Final = frozenset({"SettlementKind"})
"""The only enumeration of a case whose values the engine may distinguish: the kind of an earlier payment."""


TELLING: Final = frozenset({"cli", "explain", "rulebook", "words"})
"""The shells that explain decisions: they know as little law as the engine. The others are about one platform, or examples."""

OF_ITS_OWN: Final[Mapping[str, tuple[frozenset[str], str]]] = {
    "analysis.entitlements.results": (frozenset({"closed"}), "of a window, and not of a shop"),
    "analysis.promises.results": (
        frozenset({"agreed", "other", "refused", "unclear"}),
        "of a promise in a reply, and not of a merchant's answer",
    ),
    "kinds.claimed_line": (frozenset({"parcel"}), "of a placeholder in pointers, and not of a parcel as evidence"),
    "engine.admissibility": (frozenset({"unverified"}), "why a document waits, and not what its mark says"),
    "kinds.process_decision": (frozenset({"refused"}), "how a step stands, and not what a merchant answered"),
    "engine.plan_writer": (frozenset({"closed"}), "of the time for evidence, and not of a shop"),
    "engine.standing": (frozenset({"refused"}), "where a subject stands, and not what a merchant answered"),
    "words.moments": (frozenset({"closed"}), "of a time that is over, and not of a shop"),
}
"""Words that the law also uses, with their meanings in these modules."""

NAMED_IN_EXAMPLES: Final = frozenset({"cli.commands.demo", "cli.commands.rules"})
"""The modules that may name a shipped policy: the help of the command, and its demonstration."""

NAMED_IN_SAMPLES: Final[Mapping[str, frozenset[str]]] = {
    "bulk.sample.claims": frozenset({"consumer_law", "douyin_global"}),
    "bulk.sample.other_cases": frozenset({"douyin_alliance", "douyin_xingtu", "pinduoduo"}),
}
"""The modules that may name a policy because they generate its cases."""

NAMED_AS_PLATFORMS: Final[Mapping[str, frozenset[str]]] = dict.fromkeys(
    ("adapters.__init__", "adapters.pinduoduo.__init__", "adapters.pinduoduo.adapter", "cli.commands.adapt"),
    frozenset({"pinduoduo"}),
)
"""Modules in which the word names a platform whose payloads are adapted, not the pack of the same name."""


def citations_in(source: str) -> list[str]:
    """The citations of rules and readings in a text."""
    return [match.group() for match in CITATION.finditer(source)]


@frozen
class Content:
    """What the tests look for in the code of a module."""

    integers: frozenset[int]
    texts: frozenset[str]
    """String expressions on their own (docstrings) are left out."""
    classes: frozenset[str]
    """Names that begin with a capital letter."""
    members: tuple[str, ...]
    """``Name.MEMBER``, anywhere."""


@cache
def content_of(source: str) -> Content:
    """The content of a module. Cached, because several tests read each module."""
    nodes = [*ast.walk(ast.parse(source))]
    alone = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    constants = [node for node in nodes if isinstance(node, ast.Constant)]
    attributes = [node for node in nodes if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)]
    return Content(
        integers=frozenset(node.value for node in constants if type(node.value) is int),
        texts=frozenset(node.value for node in constants if isinstance(node.value, str) and id(node) not in alone),
        classes=frozenset(node.id for node in nodes if isinstance(node, ast.Name) and node.id[0].isupper()),
        members=tuple(ast.unparse(node) for node in attributes if node.attr.isupper()),
    )


def numbers_in(source: str) -> frozenset[int]:
    """The integers in a module, from 3 up."""
    return content_of(source).integers - {0, 1, 2}


@cache
def kinds_of_cases() -> frozenset[str]:
    """The names of the enumerations of a case."""
    found = [each for each in vars(enumerations).items() if isinstance(each[1], type) and issubclass(each[1], Enum)]
    return frozenset(name for name, each in found if each.__module__ == enumerations.__name__)


def values_singled_out(source: str) -> list[str]:
    """The enumeration values of a case that a module names, such as one role of an issuer or one kind of goods."""
    return [each for each in content_of(source).members if each.partition(".")[0] in kinds_of_cases() - LEDGER]


@cache
def all_modules() -> dict[str, Path]:
    """Every module of the engine and its shells by name."""
    return {".".join(path.relative_to(ENGINE).with_suffix("").parts): path for path in sorted(ENGINE.rglob("*.py"))}


@cache
def telling_modules() -> dict[str, Path]:
    """The modules of the engine and its shells that explain decisions."""
    return {name: path for name, path in all_modules().items() if name.partition(".")[0] in TELLING} | (
        engine_modules()
    )


def written_in(source: str) -> frozenset[str]:
    """The strings in a module's code, and the class names."""
    content = content_of(source)
    return content.texts | content.classes


def words_of(module: ModuleType) -> tuple[set[str], set[str]]:
    """The names that a module defines: the values of its enumerations, and its kinds of documents with their classes."""
    own = [each for each in vars(module).values() if isinstance(each, type) and each.__module__ == module.__name__]
    values = {value.value for each in own if issubclass(each, Enum) for value in each}
    documents = {each for each in own if isinstance(getattr(each, "kind", None), str)}
    return values, {text for each in documents for text in (each.__name__, vars(each)["kind"])}


@cache
def words_of_the_law() -> frozenset[str]:
    """Issuers, grounds, kinds of goods and of documents, acts and so on, of claims and of the packs' own cases."""
    of_packs = [import_module(name) for name in pack_modules() if "case" in name.rpartition(".")[2]]
    text = [words for module in (enumerations, evidence, *of_packs) for words in words_of(module)]
    vocabulary = [words for module in (award, decision_module, facts_module, finding) for words in words_of(module)]
    return frozenset[str]().union(*text).difference(*vocabulary)


def test_no_issuer_and_no_document_of_the_law_is_named_in_the_engine() -> None:
    """As the value of an enumeration, the kind of a document, or its class, of claims and of every pack."""
    naming_them = {"claims", "kinds.claim_facts", "model.enumerations", "model.evidence"}
    for module in telling_modules().keys() - naming_them:
        of_its_own, _ = OF_ITS_OWN.get(module, (frozenset(), ""))
        named = written_in(telling_modules()[module].read_text(encoding="utf-8")) & words_of_the_law()
        assert named == of_its_own, module


def test_the_glossary_of_claims_treats_all_kinds_of_documents_alike() -> None:
    """It names each class once as the type of a fact and once to select the documents, and none of their fields."""
    source = engine_modules()["kinds.claim_facts"].read_text(encoding="utf-8")
    values, _ = words_of(enumerations)
    _, documents = words_of(evidence)
    classes = {name for name in documents if name[0].isupper()} - {"OtherEvidence"}
    named = [node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name) and node.id in documents]
    assert Counter(named) == dict.fromkeys(classes, 2)
    assert written_in(source) & (values | documents) == classes


def test_the_engine_and_its_shells_name_no_pack() -> None:
    for module, path in all_modules().items():
        written = written_in(path.read_text(encoding="utf-8"))
        named = {pack.name for pack in PACKS if any(pack.name in text for text in written)}
        platforms, samples = NAMED_AS_PLATFORMS.get(module, frozenset()), NAMED_IN_SAMPLES.get(module, frozenset())
        assert named == ({"douyin_global"} if module in NAMED_IN_EXAMPLES else set()) | platforms | samples, module
        assert not [text for text in written for name in platforms if text.startswith(f"{name}.")], module


def test_the_engine_cites_no_rule_and_no_reading() -> None:
    """In code, comments, texts and pages."""
    paths = [each for kind in ("*.py", "*.po", "*.html") for each in ENGINE.rglob(kind)]
    assert len(paths) > 500
    assert {path: found for path in paths if (found := citations_in(path.read_text(encoding="utf-8")))} == {}


def test_the_engine_holds_no_number_of_a_rule() -> None:
    for module, path in engine_modules().items():
        known, _ = NUMBERS.get(module, (frozenset(), ""))
        assert numbers_in(path.read_text(encoding="utf-8")) <= known, module


def test_the_engine_prefers_no_issuer_and_no_kind_of_goods() -> None:
    for module in telling_modules().keys() - {"model.enumerations", "model.evidence"}:
        assert values_singled_out(telling_modules()[module].read_text(encoding="utf-8")) == [], module


def test_law_in_the_engine_would_be_detected() -> None:
    assert citations_in("# DG.1.3(2)\nx = 1  # by R9") == ["DG.1", "R9"]
    assert numbers_in("def hours(category):\n    return 24 if category else -72") == {24, 72}
    assert values_singled_out("if issuer.role is IssuerRole.BRAND_OWNER: pass") == ["IssuerRole.BRAND_OWNER"]
    spoken = '"""Of the brand_owner."""\nif role == "brand_owner" or type(document) is CourierStatement:\n    pass'
    assert written_in(spoken) & words_of_the_law() == {"brand_owner", "CourierStatement"}
    assert {"accredited_lab", "goods_swapped", "damage_photo", "milk_powder"} < words_of_the_law()
    assert {"cash_on_delivery", "official_feedback"} < words_of_the_law()
    assert not words_of_the_law() & {"consumer", "refund", "approved"}

"""Rules in words: what a policy is called, what its functions say, and who supplies the facts that they read."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Self

from attrs import evolve, frozen

from adjudicator.engine.clause import Node
from adjudicator.engine.policy import Edition
from adjudicator.words.catalogues import texts_for
from adjudicator.words.languages import ENGLISH
from adjudicator.words.values import Values


def rule_code(node: Node) -> str:
    """Where the words for a function of a policy stand if its docstring does not have them."""
    return ".".join(("rule", *node.function.__module__.split(".")[1:], node.name))


@cache
def modules_of(edition: Edition) -> tuple[str, ...]:
    """The modules of the functions of an edition, that of the last requirement first."""
    functions = (*edition.requires[-1:], *(node.function for node in edition.nodes.values()))
    return tuple(dict.fromkeys(each.__module__ for each in functions))


@frozen
class Rules(Values):
    """What one edition says, in words of one language; nothing where there is no edition."""

    def title(self) -> str:
        """What the policy is called; else what its file says of itself."""
        if self.edition is None:
            return ""
        code = f"title.{self.edition.policy}"
        return self.say(code) if code in self else self.edition.title

    def of_function(self, name: str) -> Self:
        """The same words, with those of the pack that a function of the edition comes from before all others."""
        node = self.edition.nodes.get(name) if self.edition else None
        if self.edition is None or node is None:
            return self
        own, modules = node.function.__module__, modules_of(self.edition)
        if own.partition(".")[0] == modules[0].partition(".")[0]:
            return self
        return evolve(self, texts=texts_for((own, *modules), self.edition.policy, self.language))

    def restated(self, name: str) -> str:
        """What a clause, step or remark of the edition says, restated; in English where there is no other."""
        node = self.edition.nodes.get(name) if self.edition else None
        if node is None:
            return self.outside(name).replace("_", " ")
        words = self.of_function(name)
        if (code := rule_code(node)) in words:
            return words.say(code)
        return (node.citation.english if self.language == ENGLISH else node.citation.chinese) or node.citation.english

    def revision(self) -> str:
        """The edition by its date, the revision of its code, and the article that it carries out."""
        if self.edition is None:
            return ""
        edition = self.edition
        return self.say("policy.revision", edition=edition.name, revision=edition.revision, article=edition.article)

    def in_force(self, last: dt.date | None) -> str:
        """From when the edition is in force, and until when if another follows."""
        if self.edition is None:
            return ""
        if last is None:
            return self.say("policy.in_force", first=self.edition.name)
        return self.say("policy.in_force_until", first=self.edition.name, last=last.isoformat())

    def supplied(self, fact: str) -> str:
        """A fact of the case, and who supplies it."""
        return self.say("policy.fact", fact=self.say(f"fact.{fact}"), party=self.supplier(fact))

    def supplier(self, fact: str) -> str:
        """Who supplies a fact of the case."""
        known = self.edition.case_kind.glossary.facts.get(fact) if self.edition else None
        return self.say(f"party.{known.supplier.value}" if known and known.supplier else "policy.from_nobody")

    def not_adjudicated(self, reason: str) -> str:
        """Why a sentence of the rule is not adjudicated, by the code of the reason."""
        return self.say(f"not_adjudicated.{reason}")

"""Put rules into words: titles of policies, restatements of their functions, and suppliers of their facts."""

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
    """The code of a function's restatement in catalogues, for languages that its docstring does not have."""
    return ".".join(("rule", *node.function.__module__.split(".")[1:], node.name))


@cache
def modules_of(edition: Edition) -> tuple[str, ...]:
    """The modules of an edition's functions; that of the last requirement comes first."""
    functions = (*edition.requires[-1:], *(node.function for node in edition.nodes.values()))
    return tuple(dict.fromkeys(each.__module__ for each in functions))


@frozen
class Rules(Values):
    """The texts of one edition in one language; empty without an edition."""

    def title(self) -> str:
        """The title of the policy; if it has none, the title in its module."""
        if self.edition is None:
            return ""
        code = f"title.{self.edition.policy}"
        return self.say(code) if code in self else self.edition.title

    def of_function(self, name: str) -> Self:
        """The same texts, but those of this function's pack take precedence."""
        node = self.edition.nodes.get(name) if self.edition else None
        if self.edition is None or node is None:
            return self
        own, modules = node.function.__module__, modules_of(self.edition)
        if own.partition(".")[0] == modules[0].partition(".")[0]:
            return self
        return evolve(self, texts=texts_for((own, *modules), self.edition.policy, self.language))

    def restated(self, name: str) -> str:
        """The restatement of a clause, step or remark; in English if there is no other."""
        node = self.edition.nodes.get(name) if self.edition else None
        if node is None:
            return self.outside(name).replace("_", " ")
        words = self.of_function(name)
        if (code := rule_code(node)) in words:
            return words.say(code)
        return (node.citation.english if self.language == ENGLISH else node.citation.chinese) or node.citation.english

    def revision(self) -> str:
        """The date of the edition, the revision of its code, and the article that it implements."""
        if self.edition is None:
            return ""
        edition = self.edition
        return self.say("policy.revision", edition=edition.name, revision=edition.revision, article=edition.article)

    def in_force(self, last: dt.date | None) -> str:
        """The first day of the edition, and the last one if another follows."""
        if self.edition is None:
            return ""
        if last is None:
            return self.say("policy.in_force", first=self.edition.name)
        return self.say("policy.in_force_until", first=self.edition.name, last=last.isoformat())

    def supplied(self, fact: str) -> str:
        """A fact of the case with its supplier."""
        return self.say("policy.fact", fact=self.say(f"fact.{fact}"), party=self.supplier(fact))

    def supplier(self, fact: str) -> str:
        """The supplier of a fact of the case."""
        known = self.edition.case_kind.glossary.facts.get(fact) if self.edition else None
        return self.say(f"party.{known.supplier.value}" if known and known.supplier else "policy.from_nobody")

    def not_adjudicated(self, reason: str) -> str:
        """The reason for not adjudicating a sentence of the rule, given its code."""
        return self.say(f"not_adjudicated.{reason}")

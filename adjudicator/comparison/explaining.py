"""What a changed case says under an edition, for people who may see nothing personal."""

from __future__ import annotations

from attrs import evolve

from adjudicator.engine.policy import Edition
from adjudicator.explain import page_for
from adjudicator.explain.page import Page
from adjudicator.explain.privacy import redacted
from adjudicator.model.decision import Decision


def explanation(decision: Decision, edition: Edition, locale: str) -> Page:
    """The letter to the claimant, without anything that says who that is, and without its date and salutation lines."""
    anonymous = redacted(decision, edition.case_kind.case_type, frozenset())
    page = page_for(anonymous, voice="consumer", locale=locale, edition=edition)
    return evolve(page, about=())

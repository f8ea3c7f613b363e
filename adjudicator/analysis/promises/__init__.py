"""Promises: what a reply to a customer says about money, time and rights, held against a decision."""

from adjudicator.analysis.promises.books import Books
from adjudicator.analysis.promises.judging import judged
from adjudicator.analysis.promises.results import (
    Cause,
    Judged,
    Mood,
    Owed,
    Payee,
    Promise,
    ReplyCheck,
    SetAside,
    Subject,
    Verdict,
    Why,
    reply_check_document,
)

__all__ = [
    "Books",
    "Cause",
    "Judged",
    "Mood",
    "Owed",
    "Payee",
    "Promise",
    "ReplyCheck",
    "SetAside",
    "Subject",
    "Verdict",
    "Why",
    "judged",
    "reply_check_document",
]

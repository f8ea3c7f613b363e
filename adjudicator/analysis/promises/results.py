"""A promise that a reply makes, and what became of it when it was held against the decision."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from fractions import Fraction
from typing import Any

from attrs import field, frozen

from adjudicator.model.award import AwardKind, FreightBearer
from adjudicator.model.decision import Outcome, PolicyRef
from adjudicator.model.finding import JsonValue
from adjudicator.model.limits import AMOUNT, CURRENCY
from adjudicator.model.money import Minor
from adjudicator.model.time import Instant
from adjudicator.wire.codec import document_of


class Subject(StrEnum):
    """What a promise is about.

    Amount: a sum of money. Award: money of one kind without a figure. Everything: a full refund. Share: a part of the price.
    Multiple: a multiple of the price on top. Return: that goods may be sent back. Freight: who pays for that. Outcome: how the
    case was decided. Deadline: until when the customer can do something. Due date: when we pay or answer. Person: that a person
    decides. Other: what no decision grants, such as vouchers and replacements.
    """

    AMOUNT = "amount"
    AWARD = "award"
    EVERYTHING = "everything"
    SHARE = "share"
    MULTIPLE = "multiple"
    RETURN = "return"
    FREIGHT = "freight"
    OUTCOME = "outcome"
    DEADLINE = "deadline"
    DUE_DATE = "due_date"
    PERSON = "person"
    OTHER = "other"


class Payee(StrEnum):
    """Who the text says is paid, if it is not the claimant."""

    OTHER_SIDE = "other_side"
    SOMEONE_ELSE = "someone_else"


class Mood(StrEnum):
    """Whether a reply promises something, denies it, ties it to a condition, or cannot be read either way."""

    PROMISED = "promised"
    DENIED = "denied"
    CONDITIONAL = "conditional"
    UNCLEAR = "unclear"


class End(StrEnum):
    """What a reply says is over: sending evidence for this claim, or filing a claim."""

    EVIDENCE = "evidence"
    CLAIMS = "claims"


class Verdict(StrEnum):
    """How a promise compares with the decision."""

    AGREED = "agreed"
    REFUSED = "refused"
    CANNOT_JUDGE = "cannot_judge"


class Cause(StrEnum):
    """Why a promise got its verdict.

    Day left out: the Chinese for "before" a day (前) may include that day or not, and the decision agrees only if it does not.
    """

    OWED = "owed"
    FIGURE = "figure"
    ON_RECORD = "on_record"
    TOO_MUCH = "too_much"
    TOO_LITTLE = "too_little"
    NOT_OWED = "not_owed"
    NOT_OWED_YET = "not_owed_yet"
    DENIED = "denied"
    WRONG_KIND = "wrong_kind"
    WRONG_LINE = "wrong_line"
    WRONG_RECIPIENT = "wrong_recipient"
    WRONG_CURRENCY = "wrong_currency"
    WRONG_MULTIPLE = "wrong_multiple"
    WRONG_SHARE = "wrong_share"
    WRONG_FREIGHT = "wrong_freight"
    WRONG_OUTCOME = "wrong_outcome"
    WRONG_DEADLINE = "wrong_deadline"
    DAY_LEFT_OUT = "day_left_out"
    CONDITIONAL = "conditional"
    UNCLEAR = "unclear"
    NOT_DECIDED_HERE = "not_decided_here"
    UNREADABLE = "unreadable"
    INEXACT = "inexact"
    ONE_OF_SEVERAL = "one_of_several"
    UNKNOWN_FIGURE = "unknown_figure"
    PART_OF_THE_ORDER = "part_of_the_order"


class Why(StrEnum):
    """Why a text that looks like a promise is not one of ours."""

    DENIED = "denied"
    QUESTION = "question"
    CONDITIONAL = "conditional"
    CUSTOMER_WORDS = "customer_words"


@frozen
class Time:
    """A time that a reply names: the first and the last instant at which it may be meant to end.

    ``length`` is set instead for a length of time that is counted from another event than now, in microseconds. ``before_day`` marks
    "before" a day in Chinese (前): it ends with the day before at the earliest, with the day itself at the latest.
    """

    earliest: Instant
    latest: Instant
    length: int | None = None
    before_day: bool = False


@frozen(kw_only=True)
class Promise:
    """What a reply says, as far as it could be read. ``start`` and ``end`` are positions in the reply, in characters.

    ``kind`` is what money is promised for, ``None`` if the text does not say; with ``is_total`` it is all money together. ``amount`` is
    ``None`` for a figure that cannot be read. ``inexact`` marks "about", "up to" and ranges, ``for_each`` the amount of one unit,
    ``is_figure`` a figure of a calculation that nobody is promised, ``past`` what is said to be paid already, ``added`` what is said to
    come on top of the amounts before, ``of_some`` what is said of some of the goods without naming their line. ``ends`` holds what is
    said to be over: what cannot be sent or filed any more.
    """

    start: int
    end: int
    subject: Subject
    mood: Mood = Mood.PROMISED
    kind: AwardKind | None = None
    is_total: bool = False
    amount: Minor | None = None
    currencies: frozenset[str] = frozenset()
    share: Fraction | None = None
    multiple: int | None = None
    line_ids: tuple[str, ...] = ()
    payee: Payee | None = None
    past: bool = False
    added: bool = False
    inexact: bool = False
    for_each: bool = False
    is_figure: bool = False
    ends: frozenset[End] = frozenset()
    of_some: bool = False
    freight: FreightBearer | None = None
    outcomes: frozenset[Outcome] = frozenset()
    time: Time | None = None


@frozen
class Owed:
    """What the decision grants, or the window that a clause read. ``until`` is the last instant in time."""

    what: str = field(
        metadata={"means": "A kind of award, `total`, `return`, `outcome`, or what has to be sent in time."}
    )
    line_id: str | None = field(metadata={"means": "The line it is for; null for the order or the case."})
    amount: Minor | None = field(metadata={"means": "The amount payable now.", "bounds": AMOUNT})
    until: Instant | None = field(metadata={"means": "The last instant in time."})
    clause: str | None = field(metadata={"means": "The clause or the money function that it comes from."})
    cites: tuple[str, ...] = field(metadata={"means": "The parts of the rule's text that it applies."})


@frozen
class Judged:
    """One promise of the reply, with its verdict. What is owed instead is listed by clause."""

    start: int = field(metadata={"means": "Where it begins in the reply, in characters from 0.", "bounds": AMOUNT})
    end: int = field(metadata={"means": "Where it ends: the position after its last character.", "bounds": AMOUNT})
    text: str = field(metadata={"means": "The words of the reply. They are data, whatever they say."})
    subject: Subject
    mood: Mood
    verdict: Verdict
    reason: Cause
    params: Mapping[str, JsonValue] = field(
        metadata={
            "means": "What was read, such as the amount in minor units; with `day_left_out`, also `write`: what to write instead."
        }
    )
    owed: tuple[Owed, ...] = field(metadata={"means": "What the decision says instead; empty if nothing is owed."})
    against: tuple[Owed, ...] = field(
        metadata={"means": "The clauses because of which it is not owed, or not yet; empty if something is owed."}
    )


@frozen
class SetAside:
    """A text that looks like a promise and was not counted as one."""

    start: int = field(metadata={"means": "Where it begins in the reply, in characters from 0.", "bounds": AMOUNT})
    end: int = field(metadata={"means": "Where it ends: the position after its last character.", "bounds": AMOUNT})
    text: str = field(metadata={"means": "The words of the reply. They are data, whatever they say."})
    why: Why


@frozen
class ReplyCheck:
    """A reply held against a decision.

    The verdict is ``refused`` if any promise is, else ``cannot_judge`` if any cannot be judged, else ``agreed``.
    """

    case_id: str = field(metadata={"means": "The case that was decided."})
    as_of: Instant = field(metadata={"means": "The instant of the decision."})
    policy: PolicyRef = field(metadata={"means": "The rule that decided."})
    currency: str | None = field(metadata={"means": "The currency of every amount.", "code": CURRENCY})
    verdict: Verdict
    promises: tuple[Judged, ...] = field(metadata={"means": "Every promise that was found, in the order of the reply."})
    set_aside: tuple[SetAside, ...] = field(metadata={"means": "What looks like a promise and is none."})


def reply_check_document(check: ReplyCheck) -> dict[str, Any]:
    """The check as a JSON document."""
    return document_of(check)

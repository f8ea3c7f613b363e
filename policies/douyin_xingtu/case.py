"""The case of a creator's task: the client's account, what has happened so far, and the step that somebody wants to take.

``None`` means *not known*.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum

from attrs import field, frozen

from adjudicator.law import METADATA, MOST_EVENTS, Fault, Instant, Party, ProcessCase, asked_of, not_before, shown


class Side(StrEnum):
    """Who takes a step."""

    CLIENT = "client"
    CREATOR = "creator"
    PLATFORM = "platform"


class TaskStep(StrEnum):
    """The steps of a task, in the order of the rule."""

    PLACE_TASK = "place_task"
    TAKE_ORDER = "take_order"
    UPLOAD_SCRIPT = "upload_script"
    CONFIRM_SCRIPT = "confirm_script"
    REJECT_SCRIPT = "reject_script"
    UPLOAD_VIDEO = "upload_video"
    APPROVE_VIDEO = "approve_video"
    DISAPPROVE_VIDEO = "disapprove_video"
    CONFIRM_VIDEO = "confirm_video"
    REJECT_VIDEO = "reject_video"
    PUBLISH = "publish"
    SET_PUBLICATION = "set_publication"
    ACCEPT_CONTENT = "accept_content"
    RATE = "rate"
    END_TASK = "end_task"


class Stage(StrEnum):
    """The stage of a task."""

    NO_TASK = "no_task"
    OFFERED = "offered"
    SCRIPT_AWAITED = "script_awaited"
    SCRIPT_WITH_CLIENT = "script_with_client"
    VIDEO_AWAITED = "video_awaited"
    VIDEO_IN_REVIEW = "video_in_review"
    VIDEO_WITH_CLIENT = "video_with_client"
    VIDEO_CONFIRMED = "video_confirmed"
    PUBLISHED = "published"
    ACCEPTED = "accepted"
    ENDED = "ended"


REJECTIONS = (TaskStep.REJECT_SCRIPT, TaskStep.REJECT_VIDEO)


@frozen(kw_only=True)
class Client:
    """The client's account when the task was placed, or now if it has not been placed yet."""

    id: str
    qualification_certified: bool | None = asked_of(
        Party.PLATFORM, "Whether the client's account has passed the qualification certification.", "qualification"
    )
    payment_checked: bool | None = asked_of(
        Party.PLATFORM,
        "Whether the client's account has passed the payment check by a corporate transfer.",
        "payment_check",
    )
    agreement_signed: bool | None = asked_of(
        Party.PLATFORM,
        "Whether the client's account has signed the platform's service agreement.",
        "service_agreement",
    )


@frozen(kw_only=True)
class TaskEvent:
    """A step that was taken."""

    step: TaskStep
    happened_at: Instant
    changes_stated: bool | None = field(
        default=None, metadata={"means": "Of a rejection: whether it states what is to be changed."}
    )
    set_for: Instant | None = field(
        default=None, metadata={"means": "Of a publication at a set time: the time that was set."}
    )


@frozen(kw_only=True)
class WantedStep:
    """The step that somebody wants to take."""

    step: TaskStep
    by: Side
    changes_stated: bool | None = field(
        default=None, metadata={"means": "Of a rejection: whether it states what is to be changed."}
    )


@frozen(kw_only=True)
class TaskCase(ProcessCase):
    """A creator's task, with everything that has happened until ``as_of``, and the wanted step.

    Every instance is valid: see :class:`~adjudicator.law.CaseBase`.
    """

    id: str
    policy: str
    as_of: Instant = field(metadata={"means": "The moment at which it is decided; it picks the edition."})
    client: Client
    history: tuple[TaskEvent, ...] = field(
        metadata={"means": "The steps that were taken, in the order in which they happened.", "most": MOST_EVENTS}
    )
    wanted: WantedStep
    metadata: Mapping[str, str] | None = field(default=None, metadata=METADATA)

    def own_faults(self) -> Iterable[Fault]:
        """Faults of an event: changes stated by a step other than a rejection, or an unexpected or too early publication time."""
        for index, event in enumerate(self.history or ()):
            if event is not None and not (event.changes_stated is None and event.set_for is None):
                yield from _faults_of_the_event(f"/history/{index}", event)
        if self.wanted is not None:
            yield from _faults_of_the_changes("/wanted", self.wanted)


def _faults_of_the_event(pointer: str, event: TaskEvent) -> Iterator[Fault]:
    yield from _faults_of_the_changes(pointer, event)
    if event.set_for is not None and event.step is not None and event.step is not TaskStep.SET_PUBLICATION:
        yield Fault(
            f"{pointer}/set_for", shown(str(event.set_for)), "nothing, because no time is set for a publication"
        )
    yield from not_before(f"{pointer}/set_for", event.set_for, event.happened_at, "happened_at")


def _faults_of_the_changes(pointer: str, event: TaskEvent | WantedStep) -> Iterator[Fault]:
    if event.changes_stated is not None and event.step is not None and event.step not in REJECTIONS:
        yield Fault(f"{pointer}/changes_stated", shown(event.changes_stated), "nothing, because nothing is rejected")

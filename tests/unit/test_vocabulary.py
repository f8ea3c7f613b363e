"""The functions of the vocabulary build the values that the engine evaluates."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from operator import attrgetter

import pytest

from adjudicator.engine.vocabulary import either_way
from adjudicator.law import (
    ANY,
    Disputed,
    Duty,
    EvidencePool,
    Failed,
    Holds,
    Instant,
    Need,
    NotCovered,
    Open,
    Party,
    Repairable,
    Window,
    any_of,
    at_some_time,
    awaited,
    disputed,
    duty,
    fails,
    for_a_person,
    heard,
    holds,
    how_many,
    in_time,
    known,
    lacks_only,
    latest,
    missing,
    possible,
    possible_proofs,
    proofs,
    repairable,
    share,
    standing,
    still_due,
    supposing,
    voices,
    with_another,
    within_hours,
)
from adjudicator.model.facts import Ask
from adjudicator.model.money import Minor
from adjudicator.testing import a_damage_photo

PROOF, DATE = Need("proof", Party.CONSUMER), Need("date", Party.PLATFORM)
START = Instant(0)
WINDOW = within_hours("opened_at", START, 1)
END = WINDOW.last_instant
LATE = Instant(END + 1)


def test_a_missing_fact_is_asked_for_with_all_acceptable_answers() -> None:
    """One way or several, and when time alone settles it."""
    ask = Ask(PROOF, ({"kind": ("photo",)},))
    assert missing(PROOF, {"kind": ("photo",)}) == Open((ask,))
    assert missing(PROOF, ({"kind": ("photo",)},), "not_shown", changes_at=START, as_good_as_failed=True) == Open(
        (ask,), "not_shown", changes_at=START, as_good_as_failed=True
    )
    assert any_of({"a": ()}, None, ({"b": ()}, {"c": ()})) == ({"a": ()}, {"b": ()}, {"c": ()})


def test_a_correction_has_a_due_time() -> None:
    assert repairable(PROOF, {"a": ()}, END) == Repairable(Ask(PROOF, ({"a": ()},), due_at=END), END)
    assert repairable(PROOF, {"a": ()}, None, "late").because == "late"
    assert repairable(PROOF, ({"a": ()}, {"b": ()}), END).ask.accepts == ({"a": ()}, {"b": ()})


def test_an_answer_names_its_documents_in_their_order() -> None:
    """A document, something said by one, or its id."""
    photo = a_damage_photo("E1")
    assert fails("late") == Failed("late")
    assert fails(changes_at=END) == Failed(changes_at=END)
    assert holds(changes_at=END) == Holds(changes_at=END)
    assert fails("dry", [photo, "E2"]) == Failed("dry", ("E1", "E2"))
    assert holds("shown", ["E2"]) == Holds("shown", ("E2",))
    assert disputed("disagree", [photo], ["E3"]) == Disputed("disagree", ("E1", "E3"))
    assert for_a_person("silent", ["E3"], [photo]) == NotCovered("silent", ("E3", "E1"))


def test_an_unknown_fact_can_be_assumed_or_replaced() -> None:
    """A known fact stays as it is."""
    unknown = missing(PROOF, {"brand": ()})
    assert known("B", None) == "B"
    assert [known(each, "none") for each in (unknown, fails(), disputed("disagree"), for_a_person("silent"))] == [
        "none"
    ] * 4
    assert supposing("B", "A") == "B"
    supposed = supposing(unknown, None, "A", "A")
    assert isinstance(supposed, Open)
    assert (supposed.asks, supposed.could_be) == (unknown.asks, (None, "A"))
    again = supposing(supposed, "A", "B")
    assert isinstance(again, Open)
    assert again.could_be == (None, "A", "B")


def test_an_unknown_instant_could_be_in_each_window_or_after_it() -> None:
    """At both ends, and at the end of each window between them. A known one, or one that has failed, stays as it is."""
    unknown = missing(DATE, {"at": ()})
    tried = at_some_time(unknown, START, LATE, [WINDOW, within_hours("opened_at", LATE, 1)])
    assert isinstance(tried, Open)
    assert (tried.asks, tried.could_be) == (unknown.asks, (LATE, END, START))
    assert at_some_time(unknown, START, END, [WINDOW]) == supposing(unknown, END, START)
    over_before = Window("opened_at", START, START, includes_end=True)
    assert at_some_time(unknown, START, LATE, [over_before, WINDOW]) == tried
    assert [at_some_time(each, START, LATE, [WINDOW]) for each in (END, fails())] == [END, fails()]


def test_windows_are_looked_for_only_if_the_instant_is_unknown() -> None:
    windows = iter([WINDOW])
    assert at_some_time(END, START, LATE, windows) == END
    assert next(windows) is WINDOW


def test_a_text_that_is_compared_with_names_could_be_any_of_them_or_none() -> None:
    """None of them is a text that no name equals, also if letters and spaces are not told apart."""
    assert with_another([]) == ("another",)
    assert with_another(["A", None, "B", "A"]) == ("another", "A", "B")
    assert with_another([" Another"]) == ("another-", " Another")


def test_a_yes_or_no_depends_on_everything_that_is_missing() -> None:
    """Each thing is asked for once."""
    proof, date = missing(PROOF, {}), missing(DATE, {}, part="incident-1")
    turning = either_way([proof, date, proof], turns_on=["incident-1"])
    assert turning == Open((*proof.asks, *date.asks), "pending", could_be=(False, True), turns_on=("incident-1",))
    assert date.asks[0].part == "incident-1"


def test_what_lacks_one_need_alone_lacks_nothing_else() -> None:
    """If it is known or has failed, it lacks nothing."""
    both = Open((Ask(PROOF), Ask(DATE)))
    assert lacks_only(missing(PROOF, {}), PROOF)
    assert not any(lacks_only(each, PROOF) for each in (both, missing(DATE, {}), fails(), "B"))


@pytest.mark.parametrize(
    ("said", "is_yes", "is_no", "disagree"),
    [
        ((), False, False, False),
        ((None,), False, False, False),
        ((True, None), True, False, False),
        ((None, False), False, True, False),
        ((True, False), False, False, True),
    ],
)
def test_voices_are_for_against_or_silent(
    said: tuple[bool | None, ...], is_yes: bool, is_no: bool, disagree: bool
) -> None:
    """Silent ones are neither."""
    heard = voices(said, lambda each: each)
    assert (heard.is_yes, heard.is_no, heard.disagree) == (is_yes, is_no, disagree)
    assert sorted((*heard.yes, *heard.no, *heard.silent), key=said.index) == sorted(said, key=said.index)


def test_a_document_may_still_count_or_say_one_of_several_things() -> None:
    """Each thing that it may say is a statement of its own; one that does not count says nothing."""
    photos = [a_damage_photo(each) for each in ("E1", "E2", "E3")]
    counts = heard(
        photos,
        edited=lambda photo: photo.id == "E1",
        unseen=lambda photo: photo.id == "E2" and missing(DATE, {"seen_at": ANY}),
    )
    assert [each.id for each in awaited(photos, counts)] == ["E2"]
    assert [each.id for each in standing(photos, counts)] == ["E3"]
    pool = possible_proofs(photos, counts, lambda photo: [f"{photo.id} now", f"{photo.id} then"])
    assert pool.standing == ("E3 now", "E3 then")
    assert [(each.says, each.asks[0].evidence_id) for each in pool.pending] == [("E2 now", "E2"), ("E2 then", "E2")]


@pytest.mark.parametrize(
    "put_together",
    [
        awaited,
        standing,
        partial(possible_proofs, says=lambda photo: [photo.id]),
        partial(proofs, says=attrgetter("id")),
    ],
)
def test_what_was_heard_of_other_documents_is_refused(put_together: Callable[..., object]) -> None:
    """Of fewer or more, or of none: it is a mistake of the rule."""
    photos = (a_damage_photo("E1"), a_damage_photo("E2"))
    for some, others in ((photos, photos[:1]), (photos[:1], photos), (photos, ()), ((), photos)):
        with pytest.raises(ValueError, match="zip"):
            put_together(some, heard(others))


def test_of_proofs_of_which_the_latest_counts_earlier_ones_are_left_out() -> None:
    """One that may count counts only if it is not earlier than one that does; where none does, all may."""
    lacks = missing(DATE, {})
    said = [(START, lacks.asks), (START, ()), (END, ()), (END, lacks.asks), (LATE, lacks.asks)]
    kept = latest(EvidencePool.of(said), at=lambda moment: moment)
    assert (kept.standing, [each.says for each in kept.pending]) == ((END,), [END, LATE])
    open_ones = EvidencePool.of([each for each in said if each[1]])
    assert latest(open_ones, at=lambda moment: moment) == open_ones
    several = EvidencePool((Instant(1), Instant(3), Instant(3)))
    assert latest(several, at=lambda moment: moment) == EvidencePool((Instant(3), Instant(3)))
    one = EvidencePool((Instant(1),))
    assert latest(one, at=lambda moment: moment) is one
    earlier = EvidencePool.of([(END, ()), (START, lacks.asks)])
    assert latest(earlier, at=lambda moment: moment) == EvidencePool((END,))


def test_how_many_there_are_may_be_as_few_as_now_or_as_many_as_there_may_be() -> None:
    """While some are unknown the engine tries both ends, and asks about each of them once."""
    one, other = missing(DATE, {"seen_at": ANY}), missing(DATE, {"filed_at": ANY})
    assert how_many([True, False, True]) == 2
    assert how_many([]) == 0
    assert how_many([one, True, other, one, False]) == Open((*one.asks, *other.asks), could_be=(1, 4))


def test_the_possible_values_of_a_fact_are_its_own_or_those_that_are_tried() -> None:
    assert possible(15) == (15,)
    assert possible(supposing(missing(DATE, {}), 1, 30)) == (1, 30)
    assert possible(missing(DATE, {})) == possible(fails()) == ()


def test_a_share_is_rounded_up_and_the_rest_is_due() -> None:
    assert [share(Minor(100), units, 3) for units in (0, 1, 2, 3)] == [0, 34, 67, 100]
    assert still_due(Minor(50), Minor(20), Minor(0), Minor(100)) == 30
    assert still_due(Minor(50), Minor(0), Minor(90), Minor(100)) == 10
    assert still_due(Minor(50), Minor(60), Minor(0), Minor(100)) == 0
    assert still_due(Minor(50), Minor(49), Minor(0), Minor(100)) == 1
    assert still_due(Minor(50), Minor(0), Minor(101), Minor(100)) == 0


@pytest.mark.parametrize(
    ("done_at", "window", "as_of", "stands"),
    [
        (None, None, START, Duty.NOT_DUE),
        (None, WINDOW, END, Duty.OPEN),
        (None, WINDOW, LATE, Duty.MISSED),
        (END, WINDOW, LATE, Duty.DONE),
        (LATE, WINDOW, LATE, Duty.MISSED),
    ],
)
def test_a_duty_is_open_until_it_is_done_or_the_time_is_over(
    done_at: Instant | None, window: Window | None, as_of: Instant, stands: Duty
) -> None:
    assert duty(done_at, window, as_of) is stands


def test_a_duty_of_unknown_time_can_have_any_status() -> None:
    unknown = duty(START, missing(DATE, {}), START)
    assert isinstance(unknown, Open)
    assert unknown.could_be == tuple(Duty)


def test_a_duty_can_be_met_until_its_time_ends() -> None:
    """Before its clock starts nothing is due; afterwards it was done in time or not."""
    assert in_time(None, Duty.NOT_DUE, None, PROOF, {}) == Holds("not_due")
    assert in_time(None, Duty.OPEN, WINDOW, PROOF, {}) == repairable(PROOF, {}, END)
    assert in_time(END, Duty.DONE, WINDOW, PROOF, {}) is True
    assert in_time(LATE, Duty.MISSED, WINDOW, PROOF, {}) is False
    assert in_time(None, Duty.MISSED, WINDOW, PROOF, {}) is False

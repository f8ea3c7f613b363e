"""Creators' tasks (DX.1, DX.2, R61), as the state of a task: its script, video, publication and acceptance.

Unknown facts of the past make several possible worlds. Every step is examined in each of them; what differs between them is open.
"""

from collections import deque

from .raw import instant

CLIENT, CREATOR, PLATFORM = ("client",), ("creator",), ("platform",)
NOTHING_YET = {
    "placed": False,
    "taken": False,
    "script": "none",
    "video": "none",
    "scripts_rejected": 0,
    "videos_rejected": 0,
    "public": None,
    "published": False,
    "accepted": False,
    "ended": False,
}


def going(condition):
    """A condition that no world meets once the task has ended."""
    return lambda world: not world["ended"] and condition(world)


def step_of(takers, turn, change):
    """A step: who takes it, when it is its turn, and what it changes."""
    return takers, turn, change


STEPS = {
    "place_task": step_of(CLIENT, going(lambda w: not w["placed"]), lambda w: {"placed": True}),
    "take_order": step_of(CREATOR, going(lambda w: w["placed"] and not w["taken"]), lambda w: {"taken": True}),
    "upload_script": step_of(
        CREATOR, going(lambda w: w["taken"] and w["script"] == "none"), lambda w: {"script": "shown"}
    ),
    "confirm_script": step_of(CLIENT, going(lambda w: w["script"] == "shown"), lambda w: {"script": "confirmed"}),
    "reject_script": step_of(
        CLIENT,
        going(lambda w: w["script"] == "shown"),
        lambda w: {"script": "none", "scripts_rejected": w["scripts_rejected"] + 1},
    ),
    "upload_video": step_of(
        CREATOR,
        going(lambda w: w["script"] == "confirmed" and w["video"] == "none"),
        lambda w: {"video": "in review"},
    ),
    "approve_video": step_of(PLATFORM, going(lambda w: w["video"] == "in review"), lambda w: {"video": "shown"}),
    "disapprove_video": step_of(PLATFORM, going(lambda w: w["video"] == "in review"), lambda w: {"video": "none"}),
    "confirm_video": step_of(CLIENT, going(lambda w: w["video"] == "shown"), lambda w: {"video": "confirmed"}),
    "reject_video": step_of(
        CLIENT,
        going(lambda w: w["video"] in ("in review", "shown")),
        lambda w: {"video": "none", "videos_rejected": w["videos_rejected"] + 1},
    ),
    "publish": step_of(
        CLIENT,
        going(lambda w: w["video"] == "confirmed" and not w["published"]),
        lambda w: {"published": True},
    ),
    "set_publication": step_of(
        CLIENT,
        going(lambda w: w["video"] == "confirmed" and not w["published"]),
        lambda w: {"published": True},
    ),
    "accept_content": step_of(
        CLIENT, going(lambda w: w["published"] and not w["accepted"]), lambda w: {"accepted": True}
    ),
    "rate": step_of((*CLIENT, *CREATOR), going(lambda w: w["accepted"]), lambda w: {}),
    "end_task": step_of(
        (*CLIENT, *CREATOR),
        going(lambda w: w["placed"] and not w["accepted"]),
        lambda w: {"ended": True},
    ),
}
NO_MORE = {
    "reject_script": lambda w: w["scripts_rejected"] >= 3,
    "reject_video": lambda w: w["videos_rejected"] >= 2,
}
IN_TURN = {
    "place_task": "the_task_is_new",
    "take_order": "a_task_is_offered",
    "upload_script": "a_script_is_awaited",
    "confirm_script": "a_script_is_before_the_client",
    "reject_script": "a_script_is_before_the_client",
    "upload_video": "a_video_is_awaited",
    "approve_video": "a_video_is_in_review",
    "disapprove_video": "a_video_is_in_review",
    "confirm_video": "the_review_is_passed",
    "reject_video": "a_video_is_before_the_client",
    "publish": "the_video_is_confirmed",
    "set_publication": "the_video_is_confirmed",
    "accept_content": "the_content_is_published",
    "rate": "the_content_is_accepted",
    "end_task": "ending_is_agreed_or_decided",
}
OF_THE_ACCOUNT = (
    ("qualification_is_certified", "qualification_certified", "qualification", "qualification_certification"),
    ("payment_is_checked", "payment_checked", "payment_check", "corporate_transfer"),
    ("agreement_is_signed", "agreement_signed", "service_agreement", "signature"),
)


# One world


def after(world, step, event, counted=None):
    """The world after a step. `counted` has the events that are assumed to count, or not to."""
    public = instant(event.get("set_for")) or "not known" if step == "set_publication" else world["public"]
    public = instant(event["happened_at"]) if step == "publish" else public
    return {
        **world,
        **STEPS[step][2](world),
        "public": public,
        "assumed": {**world.get("assumed", {}), **(counted or {})},
    }


def first_of_the_fewest(world, goal):
    """The first of the fewest steps that lead to another step's turn; None if that turn never comes."""
    start = {name: value for name, value in world.items() if name not in ("public", "assumed")}
    seen, reached = [start], deque()
    reached.append((start, None))
    while reached:
        here, first = reached.popleft()
        if STEPS[goal][1](here):
            return first
        for step, (_, turn, change) in STEPS.items():
            then = {**here, **change(here)}
            if turn(here) and not NO_MORE.get(step, lambda _: False)(here) and then not in seen:
                seen.append(then)
                reached.append((then, first or step))
    return None


def turn_of(world, case, step):
    """Whether it is a step's turn; if not, who has to do what first."""
    if STEPS[step][1](world):
        return "yes"
    first = first_of_the_fewest(world, step)
    lacking = [("client", remedy) for _, field, _, remedy in OF_THE_ACCOUNT if case["client"].get(field) is False]
    if first == "place_task" and lacking:
        return ("first", *lacking)
    return "no" if first is None else ("first", (STEPS[first][0][0], first))


def answers(world, case, step, wanted, now):
    """[(clause, role, answer)] of a step. An answer is yes, no, person, or a tuple that starts with first, ask or later."""
    takers, *_ = STEPS[step]
    by = wanted.get("by", takers[0]) if wanted else takers[0]
    yield "taken_by_the_right_side", "requirement", "yes" if by in takers else "no"
    if step == "place_task":
        for clause, field, need, remedy in OF_THE_ACCOUNT:
            stated = {True: "yes", False: ("first", ("client", remedy)), None: ("ask", ("platform", need))}
            yield clause, "requirement", stated[case["client"].get(field)]
    turn = turn_of(world, case, step)
    if step == "end_task" and turn == "yes":
        turn = "person"
    if step == "reject_video" and world["video"] == "in review" and not world["ended"]:
        turn = "person"
    yield IN_TURN[step], "requirement", turn
    if step in NO_MORE:
        stated = {True: "yes", False: ("first", ("client", "changes")), None: ("ask", ("client", "changes"))}
        yield "changes_are_stated", "requirement", stated[wanted.get("changes_stated") if wanted else True]
        which = "three_rejections_of_the_script" if step == "reject_script" else "two_rejections_of_the_video"
        yield f"{which}_are_used_up", "bar", "no" if NO_MORE[step](world) else "yes"
    if step == "accept_content":
        public = world["public"]
        known = "yes" if public is None or public == "not known" or public <= now else ("later", public)
        yield (
            "the_content_is_public",
            "requirement",
            ("ask", ("platform", "publication_time")) if public == "not known" else known,
        )


def forbidden(world, case, event):
    """Whether an event states a step that was not allowed at that time."""
    now = instant(event["happened_at"])
    found = [answer for *_, answer in answers(world, case, event["step"], None, now)]
    return any(answer == "no" or answer[0] in ("first", "later") for answer in found)


# All worlds


def worlds_after(worlds, case, index):
    """The possible worlds after an event of the history; none if the event was impossible."""
    event = case["history"][index]
    step = event["step"]
    counts = event.get("changes_stated") if step in NO_MORE else True
    if counts is False:
        return worlds
    taken = [world for world in worlds if not forbidden(world, case, event)]
    if counts:
        return [after(world, step, event) for world in taken]
    it_did = [after(world, step, event, {index: True}) for world in taken]
    return it_did + [{**world, "assumed": {**world.get("assumed", {}), index: False}} for world in worlds]


def worlds_of(case):
    """Every world that the history can have led to, and the position of the first impossible event, if any."""
    worlds = [dict(NOTHING_YET)]
    for index in range(len(case["history"])):
        worlds = worlds_after(worlds, case, index)
        if not worlds:
            return [], index
    return worlds, None


def together(found):
    """The combined answer of all worlds."""
    if all(answer == found[0] for answer in found):
        return found[0]
    return ("ask", ("platform", "stated_changes"))


EFFECTS = {
    "yes": "supports",
    "no": "defeats",
    "person": "undecided",
    "first": "defeats",
    "later": "defeats",
    "ask": "undecided",
}


def sort_of(answer):
    """The kind of an answer, without its person, need or time."""
    return answer if isinstance(answer, str) else answer[0]


def standing(found):
    """(outcome, what has to come first, when it opens), from the answers of all clauses of a step."""
    sorts = [sort_of(answer) for answer in found]
    if "no" in sorts or ("later" in sorts and {*sorts} - {"later", "yes"}):
        return "refused", [], None
    if "later" in sorts:
        return "opens_later", [], max(answer[1] for answer in found if sort_of(answer) == "later")
    if "ask" in sorts:
        return "needs_information", [], None
    if "first" in sorts:
        needed = [{"to": to, "need": need} for each in found if sort_of(each) == "first" for to, need in each[1:]]
        return "waiting", needed, None
    return ("manual_review" if "person" in sorts else "open"), [], None


def judge_task(case):
    """The decision."""
    now, wanted = instant(case["as_of"]), case["wanted"]
    worlds, _ = worlds_of(case)
    steps, findings = [], []
    for step in STEPS:
        found = found_of(worlds, case, step, wanted if step == wanted["step"] else None, now)
        outcome, first, opens_at = standing([answer for *_, answer in found])
        steps.append({"step": step, "outcome": outcome, "waits_for": first, "opens_at": opens_at})
        findings += [
            {"clause": clause, "line_id": step, "role": role, "effect": EFFECTS[sort_of(answer)]}
            for clause, role, answer in found
        ]
    asked = found_of(worlds, case, wanted["step"], wanted, now)
    outcome, *_ = standing([answer for *_, answer in asked])
    public = sorted({world["public"] for world in worlds} - {None, "not known"})
    return {
        "outcome": outcome,
        "steps": steps,
        "findings": findings,
        "requests": requests_of(outcome, asked, wanted["step"]),
        "remarks": ["the_client_may_still_confirm"] if all(map(no_rejection_is_left, worlds)) else [],
        "reconsider_at": next((each for each in public if each > now), None),
    }


def found_of(worlds, case, step, wanted, now):
    """The answer of each clause of a step over all worlds."""
    by_world = [[*answers(world, case, step, wanted, now)] for world in worlds]
    return [(clause, role, together([of[n][2] for of in by_world])) for n, (clause, role, _) in enumerate(by_world[0])]


def requests_of(outcome, found, step):
    """All requests, each once."""
    if outcome not in ("waiting", "needs_information"):
        return []
    wanting = [answer for *_, answer in found if sort_of(answer) in ("first", "ask")]
    needed = dict.fromkeys(each for answer in wanting for each in answer[1:])
    return [{"to": to, "need": need, "line_id": step} for to, need in needed]


def no_rejection_is_left(world):
    """Whether no rejections are left: the client can only confirm, or stop."""
    of_the_script = world["script"] == "shown" and world["scripts_rejected"] >= 3
    of_the_video = world["video"] in ("in review", "shown") and world["videos_rejected"] >= 2
    return not world["ended"] and (of_the_script or of_the_video)

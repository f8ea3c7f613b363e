"""What a merchant did, incident by incident (PO.0 to PO.2, R56 to R58), on every completion of the unknown facts (R9).

The result of an incident is the set of its possible gravities: 0 is none, 1 ordinary, 2 serious. With more than one, a person has to
judge, because the list of acts is open.
"""

from functools import cache
from itertools import product

from .completions import every_answer, neighbours
from .raw import instant

BOTH = (True, False)
ORDINARY_ACTS = (
    "paid_outside_the_platform",
    "exchanged_an_outside_account",
    "led_users_outside",
    "outside_information_on_the_parcel",
    "exchanged_contacts_to_trade_outside",
)
GRAVE_WITH_THEM = (
    "with_a_problem_or_its_risk",
    "with_prohibited_goods_or_another_violation",
    "with_a_grave_threat",
)
CLAUSES = (*ORDINARY_ACTS, "did_something_similar", "cash_on_delivery_without_approval", *GRAVE_WITH_THEM)

WHATEVER_IS_SAID = "whatever is said"
"""Stands for a further finding that does not depend on a person's judgement."""

LONG_BEFORE = instant("0001-01-01T00:00:00+00:00")
"""Before every stated instant."""

ANY_VALUE = {
    "begun_by": ("merchant", "user"),
    "taken_up": BOTH,
    "official": BOTH,
    "needed_for_trade": BOTH,
    "purpose": ("off_platform_trade", "delivery"),
    "platform_leave": BOTH,
    "provider_approved": BOTH,
    "problems": ((), ("quality",)),
    "risks": ((), ("quality",)),
    "prohibited_goods": BOTH,
    "other_violation": BOTH,
    "grave_threat": BOTH,
}
ALWAYS_READ = ("begun_by", "taken_up", "problems", "risks", "prohibited_goods", "other_violation", "grave_threat")
READ_FOR = {
    "payment": ("official",),
    "account": ("official",),
    "content": ("official", "needed_for_trade"),
    "parcel": ("official", "needed_for_trade"),
    "contact": ("purpose",),
    "cash_on_delivery": ("platform_leave", "provider_approved"),
    "other": (),
}
ASKED_AS = {
    "begun_by": "who_began",
    "taken_up": "what_was_taken_up",
    "official": "official_channel",
    "needed_for_trade": "need_for_trade",
    "provider_approved": "provider_approval",
    "risks": "problems",
}


def what_applies(act, known):
    """The answer of each clause for an incident whose facts are known: "no", "applies" or "person"."""
    took_part = known["begun_by"] == "merchant" or known["taken_up"]
    outside = not known["official"]
    needless = outside and not known["needed_for_trade"]
    conduct = {
        "payment": outside,
        "account": outside,
        "content": needless,
        "parcel": needless,
        "contact": known["purpose"] in ("off_platform_trade", "off_platform_payment"),
    }
    found = {
        clause: took_part and act == kind and conduct[kind] for clause, kind in zip(ORDINARY_ACTS, conduct, strict=True)
    }
    similar = took_part and act == "other"
    cash = act == "cash_on_delivery"
    grave = (
        known["problems"] or known["risks"],
        known["prohibited_goods"] or known["other_violation"],
        known["grave_threat"],
    )
    answers = {clause: "applies" if applies else "no" for clause, applies in found.items()}
    answers["did_something_similar"] = "person" if similar else "no"
    unapproved = cash and not (known["platform_leave"] and known["provider_approved"])
    answers["cash_on_delivery_without_approval"] = "applies" if unapproved else "no"
    for clause, is_there in zip(GRAVE_WITH_THEM, grave, strict=True):
        with_conduct = "applies" if any(found.values()) else "person" if similar else "no"
        answers[clause] = with_conduct if is_there else "no"
    return answers


def gravities(answers):
    """The possible gravities of an incident, given its clauses' answers. What a person judges can be ordinary, or nothing."""
    serious = {answers[clause] for clause in ("cash_on_delivery_without_approval", *GRAVE_WITH_THEM)}
    if "applies" in serious:
        return frozenset({2})
    if answers["did_something_similar"] == "person":
        return frozenset({0, 1, 2} if "person" in serious else {0, 1})
    return frozenset({1 if "applies" in answers.values() else 0})


def could_be(incident, name, values, read):
    """The possible values of a fact of an incident: the stated one, or all if the clause reads it."""
    stated = incident.get(name)
    if stated is not None:
        return (tuple(stated) if isinstance(stated, list) else stated,)
    return values if name in read else (None,)


class Incident:
    """One incident on every completion: what each clause can say, and what gravities it can have.

    Two reasons to go to a person count as one answer (R25).
    """

    def __init__(self, incident):
        self.id, self.happened_at = incident["id"], instant(incident.get("happened_at"))
        read = (*ALWAYS_READ, *READ_FOR[incident["act"]])
        self.unknowns = [(name, could_be(incident, name, values, read)) for name, values in ANY_VALUE.items()]
        self.table = every_answer(self.unknowns, lambda full: what_applies(incident["act"], full))
        came_to = {values: gravities(answers) for values, answers in self.table.items()}
        of_a_person = frozenset().union(*(each for each in came_to.values() if len(each) > 1))
        self.came_to = {values: of_a_person if len(each) > 1 else each for values, each in came_to.items()}

    def effect(self, clause):
        """The effect of a clause, on all completions."""
        answers = {each[clause] for each in self.table.values()}
        if answers == {"no"}:
            return "supports"
        return "defeats" if answers == {"applies"} else "undecided"

    def outcome(self):
        """The finding on the incident by itself."""
        if len(self.possible()) > 1:
            return "needs_information"
        (only,) = self.possible()
        return ("not_found", "ordinary", "serious")[min(only)] if len(only) == 1 else "manual_review"

    def possible(self):
        """All its possible gravities."""
        return set(self.came_to.values())

    def courses(self, notice, as_of):
        """All possible pairs of gravities and whether the act was after an instant of notice (R58)."""
        known = self.happened_at
        after = (known > notice,) if known is not None else (True, False) if notice < as_of else (False,)
        return {*product(self.possible(), after)}

    def needs_of_another_time(self, notice, as_of, others):
        """Which facts decide which acts make this a further finding (R58), together with one of the others."""
        needs = set()
        for rest in others:
            if any(self.makes(each, True, rest) != self.makes(each, False, rest) for each in self.possible()):
                needs |= {"incident_time"} if self.happened_at is None and notice < as_of else set()
            for is_after in {after for _, after in self.courses(notice, as_of)}:
                table = {values: self.makes(each, is_after, rest) for values, each in self.came_to.items()}
                needs |= {ASKED_AS.get(name, name) for name in that_matter(self.unknowns, table)}
        return needs

    def makes(self, gravities, is_after, rest):
        """The acts that make this a further finding, together with one of the others; WHATEVER_IS_SAID if one is found for certain.

        A person may find any one of the acts that they judge, so each of them matters.
        """
        if not is_after or gravities == {0} or rest == WHATEVER_IS_SAID:
            return rest
        return rest | {self.id} if 0 in gravities else WHATEVER_IS_SAID

    def needs(self, others):
        """The facts that leave one of its clauses open (R9), if they could change the gravity of the whole together with the others.

        Facts that leave the clause with a person either way do not count.
        """
        if all(len({graver(each, rest) for each in self.possible()}) == 1 for rest in others):
            return set()
        table = {
            values: "person" if len(self.came_to[values]) > 1 else answers for values, answers in self.table.items()
        }
        return {ASKED_AS.get(name, name) for name in that_matter(self.unknowns, table)}


def that_matter(unknowns, table):
    """The unknowns that can change the values of a table on their own."""
    return {
        name
        for name, values in unknowns
        if len(values) > 1 and any(before != after for before, _, after, _ in neighbours(unknowns, table, name))
    }


def graver(gravities, least):
    """The possible gravities, raised to at least ``least``."""
    return frozenset(max(gravity, least) for gravity in gravities)


def whole(sets):
    """All incidents together: the certain gravity, and what each incident that a person judges could make of it."""
    least = max((min(each) for each in sets if len(each) == 1), default=0)
    open_ones = [graver(each, least) for each in sets]
    return least, tuple(sorted(tuple(sorted(each)) for each in open_ones if each != {least}))


def gravities_of(result):
    """The possible gravities of the whole."""
    least, open_ones = result
    return frozenset(max(each, default=least) for each in product(*open_ones)) if open_ones else frozenset({least})


def of_all(incidents):
    """All possible results of the whole."""
    return {whole(each) for each in product(*(each.possible() for each in incidents))}


def needs_of(incidents, notices, as_of):
    """All requests about incidents, as (incident id, need). `notices` are the possible instants of the first notice of an earlier finding."""
    asked = set()
    for one in incidents:
        others = [other for other in incidents if other is not one]
        possible = frozenset().union(*(gravities_of(result) for result in of_all(others)))
        needs = one.needs(possible)
        for notice in notices:
            needs |= one.needs_of_another_time(notice, as_of, furthers(others, notice, as_of))
        asked |= {(one.id, need) for need in needs}
    return asked


def which(incidents, acts):
    """Which of these acts make this a further finding, for one result of each."""
    making = frozenset()
    for each, act in zip(incidents, acts, strict=True):
        making = each.makes(*act, making)
    return making


def furthers(incidents, notice, as_of):
    """All the acts that could make this a further finding."""
    return {which(incidents, acts) for acts in product(*(each.courses(notice, as_of) for each in incidents))}


def finds_of_all(incidents, notice, as_of):
    """{(the incidents together, {(what a person could say of each: (gravity, whether it is a further finding))})}."""
    possible = product(*(each.courses(notice, as_of) for each in incidents))
    return {(whole([gravities for gravities, _ in acts]), frozenset(map(found_in, said_of(acts)))) for acts in possible}


def said_of(acts):
    """Everything a person could say about some acts, one by one: the gravity, and whether it was after notice."""
    return product(*([(gravity, is_after) for gravity in gravities] for gravities, is_after in acts))


def found_in(acts):
    """(What is said, (gravity, whether it is a further finding)), everything being said. It takes an act that is itself found (R58)."""
    said = tuple(gravity for gravity, _ in acts)
    return said, (max(said), any(gravity and is_after for gravity, is_after in acts))


@cache
def what_turns(answers):
    """{(what is said, the answer)}, with None in place of what is said of an incident that cannot change the answer."""
    for place in range(len(next(iter(answers))[0])):
        without = frozenset(((*said[:place], None, *said[place + 1 :]), answer) for said, answer in answers)
        if len({said for said, _ in without}) == len(without):
            answers = without
    return answers


def latest_acts(incidents, moments):
    """{(the latest act that is found, the same or a later act that a person may find)}. An act of unknown time can be at any of the moments."""
    latest = {(LONG_BEFORE, LONG_BEFORE)}
    for one in incidents:
        known = moments if one.happened_at is None else (one.happened_at,)
        found_in_it = {(max(found, at), perhaps) for found, perhaps in latest for at in known}
        perhaps_in_it = latest | {(found, at) for found, _ in latest for at in known}
        latest = {
            course
            for gravities in one.possible()
            for course in (latest if gravities == {0} else perhaps_in_it if 0 in gravities else found_in_it)
        }
    return {(found, max(found, perhaps)) for found, perhaps in latest}

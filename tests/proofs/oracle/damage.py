"""The damage guarantee, line by line."""

from .authenticity import deadline_of
from .common import (
    damage_window,
    form_clause,
    merchant_clause,
    path_clause,
    possible_categories,
    signing,
    started,
    window_clause,
)
from .completions import every_answer, neighbours
from .findings import ask, defeats, for_a_person, supports, wanting
from .raw import carrying, closed, line_of, mark, not_rejected

WINDOW = "filed_within_the_damage_window"


def badge_clause(case, line_id, as_of):
    """The badge, as stated for the line at the time of the order (R36)."""
    clause = "goods_carry_the_damage_badge"
    badges = line_of(case, line_id).get("badges")
    unknowns = [("badges", (tuple(badges),) if badges is not None else (("damage",), ()))]
    answers = set(every_answer(unknowns, lambda full: "damage" in full["badges"]).values())
    if len(answers) > 1:
        return wanting(clause, [ask("platform", "badges")], closed(case, as_of))
    return supports(clause) if answers.pop() else defeats(clause)


def waybills(case, line_id):
    """The numbers of the parcels that carry the line; comparison is exact."""
    return {p.get("waybill_no") for p in carrying(case, line_id)} - {None}


def usable_pictures(case, line_id):
    """Close-ups that are not rejected, not edited, and identified by a barcode or, failing that, by the packaging (R33)."""
    numbers = waybills(case, line_id)
    packaged = any(p.get("waybill_no") in numbers for p in not_rejected(case, line_id, "package_photo"))
    own = line_of(case, line_id).get("barcode")

    def identified(picture):
        seen = picture.get("barcode")
        return packaged if own is None or seen is None else seen == own

    return [p for p in not_rejected(case, line_id, "damage_photo") if not p["edited"] and identified(p)]


def statements(case, line_id):
    """(usable, pending) stamped statements for a parcel that carries the line (R33)."""
    numbers = waybills(case, line_id)
    good = [s for s in not_rejected(case, line_id, "courier_statement") if s["stamped"] and s["waybill_no"] in numbers]
    return [s for s in good if mark(s) == "verified"], [s for s in good if mark(s) != "verified"]


def shows_broken(item):
    """Whether it shows breakage, a failed seal, or damage at signing (R34)."""
    return any(item.get(k) is True for k in ("breakage", "seal_failure", "damaged_at_signing"))


def shows_leak(item):
    """Whether it shows or states a leak."""
    return item.get("leak") is True


def denies_broken(item):
    """Whether it denies breakage: only "no breakage" and "intact at signing" do (R34)."""
    return any(item.get(k) is False for k in ("breakage", "damaged_at_signing"))


def feature_state(items, shows, denies):
    """Whether a feature is shown, absent or unknown (R34)."""
    if any(map(shows, items)):
        return "shown"
    return "absent" if any(map(denies, items)) else "unknown"


def plain_answer(items):
    """The answer from the usable proof, broken and leaking: supports, fails, person or open (R32, R34, R35)."""
    broken = feature_state(items, shows_broken, denies_broken)
    leak = feature_state(items, shows_leak, lambda item: item.get("leak") is False)
    intact = any(item.get("damaged_at_signing") is False for item in items)
    if "absent" in (broken, leak):
        return "fails"
    if "unknown" in (broken, leak):
        return "open"
    return "person" if intact else "supports"


def plain_units(items):
    """The smaller of the two features' largest figures (R28)."""

    def most(shows):
        return max((item.get("units_covered") or 1 for item in items if shows(item)), default=0)

    return min(most(shows_broken), most(shows_leak))


def bearing(statement):
    """What a statement says. Pending statements that are equal in this are one unknown (as in authenticity.bearing)."""
    return (statement.get("damaged_at_signing"), statement.get("leak"))


class Shown:
    """Every completion of the pending statements, with the answer from the usable proof."""

    def __init__(self, case, line_id, as_of):
        self.closed = closed(case, as_of)
        usable, self.pending = statements(case, line_id)
        self.stands = usable_pictures(case, line_id) + usable
        self.twins = {bearing(s): s for s in self.pending}
        self.unknowns = [(key, (True, False)) for key in self.twins]
        self.table = every_answer(self.unknowns, lambda full: plain_answer(self.items(full)))
        self.answers = set(self.table.values())

    def items(self, full):
        """The usable proof in a completion."""
        return self.stands + [s for key, s in self.twins.items() if full[key]]

    def units(self):
        """The units that are known on every completion."""
        return min(every_answer(self.unknowns, lambda f: plain_units(self.items(f))).values())

    def worth_verifying(self, key):
        """Whether verifying it could approve the claim, fail it, or send it to a person (R34)."""
        for before, counted, after, counts in neighbours(self.unknowns, self.table, key):
            if counts and not counted and before != after:
                if after in ("supports", "person"):
                    return True
                if after == "fails" and before in ("supports", "person"):
                    return True
        return False

    def asks(self):
        """The verifications that could matter, or else more proof from the consumer (R34)."""
        worth = {key for key in self.twins if self.worth_verifying(key)}
        asks = [ask("platform", "verification", s["id"]) for s in self.pending if bearing(s) in worth]
        return asks or [ask("consumer", "damage_proof")]


def proof_clause(shown):
    """Any usable proof. At closing, none usable and none pending defeats the claim (R33, R38)."""
    clause = "damage_proof_is_usable"
    if shown.stands:
        return supports(clause)
    if shown.closed and shown.pending:
        return for_a_person(clause)
    return wanting(clause, shown.asks(), shown.closed)


def feature_clause(shown):
    """Both features. After closing, a feature that no usable proof shows fails (R32, R34, R38)."""
    clause = "broken_and_leaking_on_arrival"
    answers = {"fails" if shown.closed and a == "open" else a for a in shown.answers}
    if answers == {"supports"}:
        return supports(clause)
    if answers == {"fails"}:
        return defeats(clause)
    if answers == {"person"} or shown.closed:
        return for_a_person(clause)
    return wanting(clause, shown.asks(), False)


def last_in_time(case, line_id, as_of):
    """The last instant for a filing. An unknown category counts as 72 hours here (R21)."""
    start = signing(case, line_id)
    if not started(start, as_of):
        return None
    return damage_window(start, line_of(case, line_id).get("category"))[0]


def examine(case, line_id, as_of):
    """The findings of a line in the rule's order, and the units shown."""
    start = signing(case, line_id)
    shown = Shown(case, line_id, as_of)
    findings = [
        merchant_clause(case, as_of),
        badge_clause(case, line_id, as_of),
        path_clause(
            "filed_on_the_order_page",
            case["claim"]["filed_through"] == "order_page",
            case,
            as_of,
            last_in_time(case, line_id, as_of),
        ),
        window_clause(
            WINDOW,
            start,
            [("category", possible_categories(line_of(case, line_id)))],
            lambda full: damage_window(start, full["category"])[0],
            ask("carrier", "signing_time"),
            ask("platform", "goods_category"),
            case,
            as_of,
        ),
        form_clause(case),
        proof_clause(shown),
        feature_clause(shown),
    ]
    return findings, shown.units()


def deadline(case, line_id, as_of):
    """The deadline of the filing window, if it is certain: the clock has started and the category is known."""
    start, category = signing(case, line_id), line_of(case, line_id).get("category")
    if not started(start, as_of) or not category:
        return None
    _, end, included = damage_window(start, category)
    return deadline_of(WINDOW, line_id, "signed_at", start, end, included)

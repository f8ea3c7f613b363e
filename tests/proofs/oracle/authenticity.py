"""The authenticity guarantee, line by line."""

from .common import (
    completion,
    form_clause,
    merchant_clause,
    ninety_days,
    path_clause,
    started,
    window_clause,
)
from .completions import every_answer, what_matters
from .findings import ask, defeats, finding, for_a_person, supports, wanting
from .money import compensated_elsewhere
from .raw import closed, line_of, mark, not_rejected

ELSE = object()  # a brand that no document names
WINDOW = "filed_within_ninety_days"
BARS = (
    ("claimant_is_the_brand_owner", "brand_owner", "bars"),
    ("claimant_caused_the_fake", "consumer_caused", "person"),
    ("not_for_personal_consumption", "not_personal_consumption", "person"),
    ("goods_were_swapped", "goods_swapped", "bars"),
)


def fold(brand):
    """The brand, normalized: comparison ignores case and outer spaces."""
    return brand.strip().casefold() if isinstance(brand, str) else brand


def weight(document, brand):
    """What a document says about a line of this brand if it counts: "proof", "other", "genuine" or None (R23, R24)."""
    fake = document["conclusion"] in ("counterfeit", "not_original")
    genuine = document["conclusion"] == "genuine"
    if document["kind"] == "official_finding":
        return "proof" if fake else "genuine" if genuine else None
    named = fold(document.get("brand"))
    if named is not None and named != brand:
        return None
    if document["issuer"]["role"] in ("brand_owner", "brand_authorised"):
        return None if named is None else "proof" if fake else "genuine" if genuine else None
    return "other" if fake else None


def plain_answer(weights, units_left):
    """The answer of the clause when everything is known, from what each document says (R23, R24, R26, R27).

    A proof whose units are all used up still contradicts (R26). Otherwise it is ignored (R50): a finding about someone else's goods then
    stands alone (R24).
    """
    if "genuine" in weights:
        return "disagree" if {"proof", "other"} & weights else "fails"
    if "proof" in weights and units_left > 0:
        return "proven"
    return "person" if "other" in weights else "unproven"


def is_pending(document):
    """Whether a document is unverified, or a finding not known to be final (R25)."""
    lacks_final = document["kind"] == "official_finding" and document.get("final") is not True
    return mark(document) != "verified" or lacks_final


def dead_letter(document, is_closed):
    """Whether a ruling never counts: after closing, one that is not final (R30)."""
    return is_closed and document["kind"] == "official_finding" and document.get("final") is not True


def covered(document):
    """The units that a document covers, at least one: without a figure it is known to carry one (R28)."""
    return document.get("units_covered") or 1


def bearing(document, used):
    """Everything about a document that matters to the answer, such as whether any of its units would be left (R50).

    Pending documents that are equal in this are one unknown: each alone has the same effect, and a second one changes nothing.
    """
    leaves = covered(document) > used
    if document["kind"] == "official_finding":
        return (document["kind"], document["conclusion"], leaves)
    side = document["issuer"]["role"] in ("brand_owner", "brand_authorised")
    return (document["kind"], document["conclusion"], leaves, side, fold(document.get("brand")))


class Proof:
    """Every completion of the line's brand and its pending documents, with the answer of the clause for each."""

    def __init__(self, case, line_id, as_of):
        self.closed = closed(case, as_of)
        documents = [
            document
            for document in not_rejected(case, line_id, "appraisal_report", "official_finding")
            if not dead_letter(document, self.closed)
        ]
        self.stands = [d for d in documents if not is_pending(d)]
        line = line_of(case, line_id)
        self.used = compensated_elsewhere(case, line)
        stated = fold(line.get("brand"))
        named = {fold(d.get("brand")) for d in documents} - {None}
        brands = (stated,) if stated is not None else (*sorted(named), ELSE)
        self.pending = [d for d in documents if is_pending(d) and any(weight(d, b) for b in brands)]
        twins = {self.bearing(d): d for d in self.pending}
        self.unknowns = [("brand", brands)] + [(key, (True, False)) for key in twins]
        self.twins = twins
        self.table = every_answer(self.unknowns, self.answer)
        self.answers = set(self.table.values())

    def standing_in(self, full):
        """The documents that count in a completion."""
        return self.stands + [d for key, d in self.twins.items() if full[key]]

    def bearing(self, document):
        """What matters of a document for this line."""
        return bearing(document, self.used)

    def answer(self, full):
        """The answer of the clause on one completion."""
        return plain_answer({weight(d, full["brand"]) for d in self.standing_in(full)}, self.units_left(full))

    def units_left(self, full):
        """The largest figure, never the sum (R28), less the units that other claims were compensated for (R50)."""
        proofs = (covered(d) for d in self.standing_in(full) if weight(d, full["brand"]) == "proof")
        return max(0, max(proofs, default=0) - self.used)

    def units(self):
        """The units that are proven on every completion."""
        return min(every_answer(self.unknowns, self.units_left).values())

    def verdict(self):
        """The one answer of all completions, or None. Both reasons for a person count as the same answer (R25)."""
        rough = {"person" if a == "disagree" else a for a in self.answers}
        return rough.pop() if len(rough) == 1 else None

    def hopeless(self):
        """Whether no completion supports the claim, without it having plainly failed: then the consumer's proof is missing (R25)."""
        return "unproven" in self.answers and self.answers <= {"unproven", "fails"}

    def asks(self):
        """The requests: the brand and the documents that matter, documents in the order of the case."""
        rough = {k: "person" if a == "disagree" else a for k, a in self.table.items()}
        matters = what_matters(self.unknowns, rough)
        asks = [ask("platform", "line_brand")] if "brand" in matters else []
        for document in self.pending:
            if self.bearing(document) in matters:
                if mark(document) != "verified":
                    asks.append(ask("platform", "verification", document["id"]))
                else:
                    asks.append(ask("consumer", "final_ruling", document["id"]))
        return asks


def proof_clause(proof):
    """DG.1.3(4), with R25 for what is not settled."""
    clause = "counterfeit_is_proven"
    if proof.hopeless():
        if proof.closed:
            return finding(clause, "undecided", "person")
        return finding(clause, "undecided", "open", [ask("consumer", "counterfeit_proof")])
    verdict = proof.verdict()
    if verdict == "proven":
        return supports(clause)
    if verdict == "fails":
        return defeats(clause)
    if verdict == "person":
        return for_a_person(clause)
    return wanting(clause, proof.asks(), proof.closed)


def inconclusive_clause(proof):
    """DG.1.4(5): documents that disagree on every completion (R26), or no proof at closing (R30)."""
    clause = "evidence_is_inconclusive"
    if proof.closed and proof.hopeless():
        return defeats(clause, "bar")
    if proof.answers == {"disagree"}:
        return for_a_person(clause, "bar")
    return supports(clause, "bar")


def bar_clause(clause, ground, when_suspected, case, line_id, as_of):
    """DG.1.4(1) to (4), by who says so and how firmly (R29). For a merchant's unverified proof, both outcomes are tried."""
    said = [f for f in not_rejected(case, line_id, "bar_finding") if f["ground"] == ground]
    platform = {f["standard"] for f in said if f["submitted_by"] == "platform"}
    shown = [f for f in said if f["submitted_by"] == "merchant" and f["standard"] == "proven"]
    pending = [f for f in shown if mark(f) != "verified"]

    def answer(full):
        if "proven" in platform or len(shown) > len(pending) or full["pending"]:
            return "bars"
        return when_suspected if "suspected" in platform else "nothing"

    unknowns = [("pending", (True, False) if pending else (False,))]
    answers = set(every_answer(unknowns, answer).values())
    if len(answers) > 1:
        asks = [ask("platform", "verification", f["id"]) for f in pending]
        return wanting(clause, asks, closed(case, as_of), "bar")
    only = answers.pop()
    if only == "bars":
        return defeats(clause, "bar")
    return for_a_person(clause, "bar") if only == "person" else supports(clause, "bar")


def last_in_time(case, line_id, as_of):
    """The last instant for a filing in time; None while the clock has not started (R21)."""
    start = completion(case, line_id)
    return ninety_days(start)[0] if started(start, as_of) else None


def examine(case, line_id, as_of):
    """The findings of a line in the rule's order, and the units proven."""
    claim = case["claim"]
    right = (
        claim["filed_through"] == "order_page"
        and claim["reason"] == "counterfeit"
        and "tenfold_compensation" in claim["demands"]
    )
    start = completion(case, line_id)
    proof = Proof(case, line_id, as_of)
    findings = [
        merchant_clause(case, as_of),
        path_clause("filed_on_the_authenticity_path", right, case, as_of, last_in_time(case, line_id, as_of)),
        window_clause(
            WINDOW,
            start,
            [],
            lambda full: ninety_days(start)[0],
            ask("platform", "completion_time"),
            None,
            case,
            as_of,
        ),
        form_clause(case),
        proof_clause(proof),
        *(bar_clause(*bar, case, line_id, as_of) for bar in BARS),
        inconclusive_clause(proof),
    ]
    return findings, proof.units()


def deadline(case, line_id, as_of):
    """The deadline of the filing window, if the window is certain."""
    start = completion(case, line_id)
    if not started(start, as_of):
        return None
    _, end, included = ninety_days(start)
    return deadline_of(WINDOW, line_id, "completed_at", start, end, included)


def deadline_of(clause, line_id, counted_from, start, end, included):
    """One deadline, in the form of the contract."""
    return {
        "clause": clause,
        "line_id": line_id,
        "counted_from": counted_from,
        "starts_at": start,
        "ends_at": end,
        "includes_end": included,
    }

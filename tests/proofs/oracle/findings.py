"""The possible findings of a clause, and what follows once nothing can be asked any more (R30).

A finding is {clause, role, effect, fate, asks, margin}. The fates determine the line's outcome (R44): "fine", "dead" (beyond repair),
"open" (something can still be supplied, verified or repaired) or "person".
"""


def finding(clause, effect, fate, asks=(), margin=None, role="requirement"):
    """A finding with the given parts."""
    return {
        "clause": clause,
        "role": role,
        "effect": effect,
        "fate": fate,
        "asks": list(asks),
        "margin": margin,
    }


def ask(to, need, evidence_id=None):
    """One request to someone."""
    return {"to": to, "need": need, "evidence_id": evidence_id}


def effect_in_time(one):
    """The effect of a clause, for comparison over time (R60): failing beyond repair is not the same as being repairable."""
    return one["effect"], one["effect"] == "defeats" and one["fate"] == "open"


def supports(clause, role="requirement", margin=None):
    """The clause supports the claim, as does a bar that is not shown."""
    return finding(clause, "supports", "fine", role=role, margin=margin)


def defeats(clause, role="requirement", margin=None):
    """A requirement fails beyond repair, or a bar applies."""
    return finding(clause, "defeats", "dead", role=role, margin=margin)


def for_a_person(clause, role="requirement"):
    """A person decides: the matter is disputed, or the rule is silent."""
    return finding(clause, "undecided", "person", role=role)


def wanting(clause, asks, is_closed, role="requirement"):
    """Open. Once closed, what the consumer owed defeats the claim, and what anyone else owed goes to a person (R30)."""
    if not is_closed:
        return finding(clause, "undecided", "open", asks, role=role)
    if all(wanted["to"] == "consumer" for wanted in asks):
        return defeats(clause, role)
    return for_a_person(clause, role)

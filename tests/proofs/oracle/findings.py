"""What a clause can come to, and what follows when nothing may be asked any more (R30).

A finding is {clause, role, effect, fate, asks, margin}. The fate is what the line's outcome is made of (R44): "fine", "dead"
(beyond repair), "open" (something can still be supplied, verified or repaired) or "person".
"""


def finding(clause, effect, fate, asks=(), margin=None, role="requirement"):
    """One finding, plainly."""
    return {
        "clause": clause,
        "role": role,
        "effect": effect,
        "fate": fate,
        "asks": list(asks),
        "margin": margin,
    }


def ask(to, need, evidence_id=None):
    """One thing wanted of someone."""
    return {"to": to, "need": need, "evidence_id": evidence_id}


def effect_in_time(one):
    """The effect of a clause as far as time may change it (R60): to fail beyond repair is another effect than to be repairable."""
    return one["effect"], one["effect"] == "defeats" and one["fate"] == "open"


def supports(clause, role="requirement", margin=None):
    """The clause speaks for the claim; a bar that is not shown does too."""
    return finding(clause, "supports", "fine", role=role, margin=margin)


def defeats(clause, role="requirement", margin=None):
    """A requirement fails beyond repair, or a bar applies."""
    return finding(clause, "defeats", "dead", role=role, margin=margin)


def for_a_person(clause, role="requirement"):
    """Disputed, or the rule is silent."""
    return finding(clause, "undecided", "person", role=role)


def wanting(clause, asks, is_closed, role="requirement"):
    """Open; once closed, what the consumer owed defeats and what anyone else owed goes to a person (R30)."""
    if not is_closed:
        return finding(clause, "undecided", "open", asks, role=role)
    if all(wanted["to"] == "consumer" for wanted in asks):
        return defeats(clause, role)
    return for_a_person(clause, role)

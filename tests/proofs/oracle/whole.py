"""Cases judged as a whole: clauses over facts that can be unknown, with R9 by brute force."""

from .completions import every_answer, what_matters


def clause_effect(known, depends, plain):
    """The effect of a clause, and the facts that matter, on every completion of its facts."""
    unknowns = [(name, (known[name],) if known[name] is not None else values) for name, values in depends.items()]
    table = every_answer(unknowns, lambda full: bool(plain(full)))
    answers = set(table.values())
    if len(answers) > 1:
        return "undecided", what_matters(unknowns, table)
    return ("supports" if answers.pop() else "defeats"), []


def judge_whole(clauses, known, asked_as, met, failed):
    """Outcome, findings and requests. A failed case has no requests: no further fact would change it."""
    findings, requests = [], []
    for clause, role, depends, plain in clauses:
        effect, needs = clause_effect(known, depends, plain)
        findings.append({"clause": clause, "role": role, "effect": effect})
        for to, need in map(asked_as, needs):
            request = {"to": to, "need": need}
            if request not in requests:
                requests.append(request)
    effects = {f["effect"] for f in findings}
    if "defeats" in effects:
        return {"outcome": failed, "findings": findings, "requests": []}
    outcome = "needs_information" if "undecided" in effects else met
    return {"outcome": outcome, "findings": findings, "requests": requests}

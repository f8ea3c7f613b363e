"""The engine: an edition made from clauses, the facts that it evaluates, and the judgement on one subject."""

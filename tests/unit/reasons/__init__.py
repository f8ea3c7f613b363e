"""The reasons that the clauses of the global guarantees give."""

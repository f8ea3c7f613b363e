"""Plain values: time, money, facts, cases, decisions, and faults of an input."""

"""Plain values: time, money, facts, cases, decisions, and what is wrong with an input."""

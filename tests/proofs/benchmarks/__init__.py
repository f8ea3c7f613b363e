"""The cost of a decision, compared with parsing the same bytes: ``make bench``."""

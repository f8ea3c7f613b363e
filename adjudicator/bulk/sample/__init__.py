"""Made-up histories of cases to try a replay on: realistic in shape, invented in every name and text, the same bytes for the same seed."""

from adjudicator.bulk.sample.history import sample_cases

__all__ = ["sample_cases"]

"""Checks: what a case lacks, with the requests of its decision and without its outcome."""

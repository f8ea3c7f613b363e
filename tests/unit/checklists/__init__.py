"""Checklists: the evidence that each line needs, and what is on file."""

"""Explanations of decisions, for every reader, in every language and format."""

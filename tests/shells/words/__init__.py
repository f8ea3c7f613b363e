"""Texts: every stable code has one in every language, and every value has words."""

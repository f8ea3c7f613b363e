"""Words: every stable code has them in every language, and every value is told in them."""

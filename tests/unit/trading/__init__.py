"""Off-platform trading, worked out by hand from the rule."""

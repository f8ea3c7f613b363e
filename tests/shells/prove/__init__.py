"""Past cases decided in bulk: the rows of decisions, record batches, whole replays, and the made-up history."""

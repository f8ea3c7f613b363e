"""Past cases decided in bulk: the rows of decisions, record batches, replays, and the synthetic history."""

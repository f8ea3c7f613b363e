"""What the platforms send, and what becomes of it."""

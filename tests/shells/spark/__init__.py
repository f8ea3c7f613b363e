"""Past cases decided on Spark."""

"""Two editions compared over past cases: that everything adds up, the report, samples, and proposed editions."""

"""Two editions compared on past cases: sums, the report, samples, and proposed editions."""

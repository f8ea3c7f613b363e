"""The handbook says all that the editions say, in every language, and nothing that it would have to be told twice."""

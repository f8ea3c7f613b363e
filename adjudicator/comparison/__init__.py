"""Two editions compared over past cases, and what a proposed edition would change (extra ``compare``)."""

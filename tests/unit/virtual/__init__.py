"""Virtual goods: invalid cases, who is asked for what, and the edges of each clause by hand."""

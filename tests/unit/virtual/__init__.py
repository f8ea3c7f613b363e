"""Virtual goods: what makes a case unsound, what is asked of whom, and the edges of each clause by hand."""

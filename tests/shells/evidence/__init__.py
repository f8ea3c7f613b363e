"""Evidence bundles: what is read from files, what becomes a fact, and what hostile files can do."""

"""Evidence bundles: what is read in files, what becomes a fact, and what hostile files can do."""

"""Tools for authors of packs."""

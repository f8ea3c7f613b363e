"""Entitlements: what is told beforehand is what a claim then gets, to the microsecond and to the cent."""

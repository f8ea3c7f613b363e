"""Entitlements: the answer given in advance is what a claim then gets, to the microsecond and the cent."""

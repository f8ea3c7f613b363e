"""Questions about a case beside its decision: checks, differences, what-if, entitlements."""

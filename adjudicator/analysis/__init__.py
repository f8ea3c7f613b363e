"""Questions about a case other than its decision: checks, checklists, differences, what-if, entitlements, promises."""

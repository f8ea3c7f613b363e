"""The JSON Schemas of cases and decisions."""

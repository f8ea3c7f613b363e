"""What holds the house up: a pure core, imports that point one way, and no law outside the policies.

Each check is shown to fail on a text that breaks it.
"""

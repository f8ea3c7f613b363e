"""The architecture: a pure core, imports in one direction, and no law outside the policies.

Each check has a test that it fails on code that breaks it.
"""

"""Proves the whole: engine against oracle on a million cases, and every other proof that there is, told in one table.

``make prove`` runs it; ``make prove ARGS="--case 123456"`` shows one case again. Quick parts of it are tests of the suite.
"""

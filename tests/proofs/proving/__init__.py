"""Runs every proof, above all engine against oracle on a million cases, and prints one table of results.

``make prove`` runs it; ``make prove ARGS="--case 123456"`` shows one case again. Its quick parts are also tests of the suite.
"""

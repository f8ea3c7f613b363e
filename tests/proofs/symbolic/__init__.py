"""Contracts over whole numbers, proven by CrossHair: time and money agree with simple oracles.

A contract is a function. Its first asserts are its bounds; the asserts after the first other statement must hold for every argument
within them. ``test_symbolic`` passes each to CrossHair, and shows that a wrong formula refutes it.
"""

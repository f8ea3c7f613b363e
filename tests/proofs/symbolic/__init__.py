"""Contracts over whole numbers that CrossHair shows to hold: time and money say the same as oracles written plainly.

A contract is a function. The asserts that it opens with are its bounds; the asserts after the first other statement must
hold for every argument within them. ``test_symbolic`` hands each to CrossHair, and shows that it is refuted where a formula
is wrong.
"""

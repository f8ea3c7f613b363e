"""Amounts in whole minor units."""

from __future__ import annotations

from typing import NewType

Minor = NewType("Minor", int)
"""An amount in the currency's minor unit (fen, cents)."""

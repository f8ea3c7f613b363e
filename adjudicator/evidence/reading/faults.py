"""What libraries raise for bytes that are damaged, or made to break them."""

from __future__ import annotations

import struct
import zlib
from typing import Final

DAMAGED: Final = (
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    RecursionError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)
"""Errors of a parser that met something it does not expect. Too little memory is not among them: the process reports that itself."""

"""The signs of print for those that are typed: '≥' for '>=', 'cm²' for 'cm2'."""

from __future__ import annotations

import re

_SIGNS = ((">=", "≥"), ("<=", "≤"))
_SQUARED = re.compile(r"\b([cm]?m)2\b")


def with_signs(text: str) -> str:
    """Plain text with the signs of print.

    >>> with_signs(">= 0.40 cm2 and < 1")
    '≥ 0.40 cm² and < 1'
    """
    for typed, printed in _SIGNS:
        text = text.replace(typed, printed)
    return _SQUARED.sub(r"\1²", text)

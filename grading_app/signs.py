"""The signs of print for those that are typed: '≥' for '>=', 'cm²' for 'cm2', '×' for '*'."""

from __future__ import annotations

import re

_SIGNS = ((">=", "≥"), ("<=", "≤"), ("^2", "²"), (" * ", " × "))
_PI = re.compile(r"\bpi\b")
_SQUARED = re.compile(r"\b([cm]?m)2\b")


def with_signs(text: str) -> str:
    """Plain text with the signs of print.

    >>> with_signs(">= 0.40 cm2 and < 1")
    '≥ 0.40 cm² and < 1'
    >>> with_signs("2 * pi * PISA radius^2")
    '2 × π × PISA radius²'
    """
    for typed, printed in _SIGNS:
        text = text.replace(typed, printed)
    return _PI.sub("π", _SQUARED.sub(r"\1²", text))

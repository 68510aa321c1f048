"""Values as a vector types them ("6mm", "0.4m/s", "dense"), in canonical units by exact ratio."""

from __future__ import annotations

import re
from fractions import Fraction

#: factor of each other accepted unit to the canonical one (section 3)
FACTORS = {
    "mm": Fraction(1, 10),
    "mm2": Fraction(1, 100),
    "m/s": Fraction(100),
    "s": Fraction(1000),
    "m": Fraction(100),
}
MISSING = ("", "na", "nan")


def typed_value(text: str) -> float | str | None:
    """A number in its canonical unit without float noise, a word, or None for a missing value.

    >>> typed_value("6mm"), typed_value("0.4m/s"), typed_value("dense"), typed_value("NA")
    (0.6, 40.0, 'dense', None)
    """
    if text.lower() in MISSING:
        return None
    found = re.fullmatch(r"([-+]?[0-9.]+)([a-zA-Z%][\w%/]*)?", text)
    if found is None:
        return text
    return float(round(Fraction(found[1]) * FACTORS.get(found[2] or "", Fraction(1)), 9))


def typed_values(inputs: str) -> dict[str, float | str]:
    """The inputs of a vector: 'eroa=40mm2 cw_jet=dense'."""
    pairs = (token.split("=", 1) for token in inputs.split())
    return {name: value for name, text in pairs if (value := typed_value(text)) is not None}


#: prefixes of a study's columns
VALVES = {"mr": "mitral", "ar": "aortic", "tr": "tricuspid", "pr": "pulmonic"}


def typed_study(inputs: str) -> dict[str, dict[str, float | str]]:
    """The inputs of a study by valve: 'mr_eroa=0.3cm2 lvot_vti=20cm'; what has no prefix belongs to every valve."""
    tokens = inputs.split()
    shared = [token for token in tokens if token.partition("_")[0] not in VALVES]
    return {
        valve: typed_values(
            " ".join([t.removeprefix(f"{prefix}_") for t in tokens if t.startswith(f"{prefix}_")] + shared)
        )
        for prefix, valve in VALVES.items()
    }

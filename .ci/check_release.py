"""A release says one version: `check_release.py v0.2.0` fails where tag, code, changelog or citation differ."""

from __future__ import annotations

import re
import sys
from pathlib import Path

#: where the version stands, and what is said of it there
PLACES = {
    "grading/version.py": r'(?m)^VERSION = "(.+)"$',
    "CITATION.cff": r"(?m)^version: (.+)$",
    "CHANGELOG.md": r"(?m)^## (?!Unreleased)(\S+) \(\d{4}-\d{2}-\d{2}\)$",
}


def disagreements(tag: str, checkout: Path) -> list[str]:
    """What differs from a tag, a sentence each: 'CITATION.cff says 0.1.0, the tag 0.2.0'."""
    version = tag.removeprefix("v")
    if not re.fullmatch(r"v\d+\.\d+\.\d+((a|b|rc)\d+)?", tag):
        return [f"the tag is {tag!r}; expected one such as v0.2.0"]
    found = []
    for name, pattern in PLACES.items():
        # the newest release stands first
        first = re.search(pattern, (checkout / name).read_text(encoding="utf-8"))
        if first is None:
            found.append(f"{name} names no version; expected {version}")
        elif first[1] != version:
            found.append(f"{name} says {first[1]}, the tag {version}")
    return found


if __name__ == "__main__":
    sys.exit("\n".join(disagreements(sys.argv[1], Path(__file__).parents[1])) or 0)

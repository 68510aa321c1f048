"""Thousands of mutated files of every new format: a table or a sentence, never another exception, never a hang.

They run by the hundred in one limited process each. Where that process dies, the reader's own child would have died in
its place, which its caller gets as a sentence; what it dies of is counted.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
COUNT = int(os.environ.get("ECHOGRADE_FUZZ_FORMATS", "2000"))
FORMATS = ("xlsx", "xls", "ods", "sav", "por", "dta", "xpt", "dicom", "fhir", "packed")
#: no parser of these is written in another language than Python, or none that is not trusted with a whole file
NEVER_DIE = ("dicom", "fhir", "packed")


def run(name: str, start: int, count: int) -> tuple[int, str, int]:
    """One process: how many inputs it took, what it printed, and how it ended."""
    path = os.pathsep.join([str(TESTS), *(place or "." for place in sys.path)])
    done = subprocess.run(
        [sys.executable, str(TESTS / "support" / "fuzz_child.py"), name, str(start), str(count)],
        env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, timeout=900, check=False,
    )  # fmt: skip
    numbers = [int(line) for line in done.stdout.splitlines() if line.isdecimal()]
    taken = numbers[-1] + 1 - start if numbers else 0
    return taken, done.stdout + (done.stderr[-2000:] if not numbers else ""), done.returncode


@pytest.mark.slow
@pytest.mark.parametrize("name", FORMATS)
def test_mutated_files(name: str) -> None:
    start, deaths, faults = 0, 0, ""
    while start < COUNT:
        taken, said, code = run(name, start, COUNT - start)
        assert taken, said
        faults += "\n".join(re.findall(r"(?s)(?:BROKE|SLOW) at .*?(?=\n\d+\n|\Z)", said))
        deaths += code != 0
        start += taken
        assert deaths <= COUNT // 4, f"{deaths} deaths in {start} inputs"
    print(f"{name}: {COUNT} inputs, {deaths} deaths of the reading process")
    assert (faults, deaths if name in NEVER_DIE else 0) == ("", 0)

"""Where things lie in a checkout."""

from __future__ import annotations

from pathlib import Path

TESTS = Path(__file__).parents[1]
ROOT = TESTS.parent
#: what Streamlit runs for every visit
SCRIPT = ROOT / "grading_app" / "start" / "script.py"
EXAMPLE = ROOT / "grading_app" / "example_studies.csv"

"""The house: which module may import which, what `explain` must not load, and what leaves no trace."""

from __future__ import annotations

import subprocess
import sys

HEAVY = ("pandas", "pandera", "pyarrow", "streamlit")


def test_explain_starts_without_the_heavy_libraries() -> None:
    program = (
        "import sys; from grading.cli.main import app\n"
        "app(['explain', 'mitral', 'eroa=0.3'], standalone_mode=False)\n"
        f"print([m for m in {HEAVY} if m in sys.modules], file=sys.stderr)"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stderr.strip() == "[]"
    assert "MODERATE" in ran.stdout

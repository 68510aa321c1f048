"""What the app starts with, what it never does, and that its colours are read in both themes."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from itertools import pairwise
from pathlib import Path

import pytest
from support.paths import ROOT

from grading.cli.app_server import command
from grading_app.palette import GRADE_COLOURS, THEMES, contrast

CONFIG = ROOT / ".streamlit" / "config.toml"

SETTINGS = {
    ("server", "address"): "127.0.0.1",
    ("server", "enableXsrfProtection"): True,
    ("server", "enableCORS"): True,
    ("server", "allowedHosts"): ["127.0.0.1", "localhost", "::1"],
    ("server", "showEmailPrompt"): False,
    ("browser", "gatherUsageStats"): False,
    ("client", "showErrorDetails"): "none",
}


@pytest.mark.parametrize(("section", "key"), SETTINGS, ids=".".join)
def test_a_setting(section: str, key: str) -> None:
    found = tomllib.loads(CONFIG.read_text(encoding="utf-8"))[section][key]
    assert found == SETTINGS[section, key] and type(found) is type(SETTINGS[section, key])


def test_uploads_are_capped() -> None:
    assert 1 <= tomllib.loads(CONFIG.read_text(encoding="utf-8"))["server"]["maxUploadSize"] <= 200


def test_both_ways_to_start_have_the_same_settings() -> None:
    packaged = ROOT / "grading_app" / "start" / ".streamlit" / "config.toml"
    assert packaged.read_bytes() == CONFIG.read_bytes()


def test_streamlit_knows_every_setting() -> None:
    program = (
        "from streamlit import config; from streamlit.config import get_config_options as o\n"
        "import tomllib, sys; t = tomllib.load(open(sys.argv[1], 'rb')); k = o()\n"
        "print([f'{s}.{n}' for s, row in t.items() for n, v in row.items() if not isinstance(v, dict) and f'{s}.{n}' not in k])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program, str(CONFIG)], capture_output=True, text=True, check=True, cwd="/"
    )
    assert ran.stdout.strip().splitlines()[-1] == "[]"


@pytest.mark.parametrize("name", sorted(THEMES))
def test_a_page_has_the_paper_and_the_ink_of_its_figures(name: str) -> None:
    theme = tomllib.loads(CONFIG.read_text(encoding="utf-8"))["theme"][name]
    assert (theme["backgroundColor"], theme["textColor"]) == (THEMES[name].paper, THEMES[name].ink)
    for ground in ("backgroundColor", "secondaryBackgroundColor"):
        assert contrast(theme["textColor"], theme[ground]) >= 7
        assert contrast(theme["primaryColor"], theme[ground]) >= 4.5


@pytest.mark.parametrize("theme", sorted(THEMES))
def test_neighbouring_grades_differ_and_the_darkest_are_framed(theme: str) -> None:
    """On dark paper the darkest colours cannot stand out; each carries its word in white and its frame in the ink."""
    scale = ["mild", "moderate", "severe"]
    assert all(contrast(GRADE_COLOURS[a], GRADE_COLOURS[b]) >= 1.5 for a, b in pairwise(scale))
    assert contrast(THEMES[theme].ink, THEMES[theme].paper) >= 7


def test_the_command_starts_the_packaged_script() -> None:
    line = command(8501, browser=False)
    script = Path(line[line.index("run") + 1])
    assert script == ROOT / "grading_app" / "start" / "app.py"
    # Streamlit searches the folder of its script first: what lies beside it must not take the name of another module
    assert {path.stem for path in script.parent.iterdir()} & sys.stdlib_module_names == set()
    assert "--server.port=8501" in line and "--server.headless=true" in line
    assert "--server.headless=true" not in command(8501, browser=True)

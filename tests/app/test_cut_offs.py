"""No cut-off stands in the app: where a table has another number, so have the pages that grade by it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support.paths import ROOT

#: what a person does on each page, so that it says where mitral EROA becomes severe
USES = {
    "case": "page.query_params['valve'], page.query_params['eroa'] = 'mitral', '0.42 cm2'\npage.run()",
    "slider": (
        "page.session_state['valve'], page.session_state['case.mitral.eroa'] = 'mitral', '0.42'\n"
        "page.session_state['slider.case.mitral'] = FIRST_PAGE\npage.run()"
    ),
}
PROGRAM = """
import json, sys
from streamlit.testing.v1 import AppTest
from grading_app.case.choice import FIRST_PAGE
page = AppTest.from_file(sys.argv[1], default_timeout=60)
exec(sys.argv[2])
assert not page.exception, page.exception
print(json.dumps([str(part.value) for part in (*page.get("html"), *page.markdown)] + [b.label for b in page.button]))
"""


def shown(place: Path, page: str) -> str:
    """All that a page says, with the tables of `place` where there are any."""
    script = place / f"{page}.py"
    script.write_text(f"from grading_app.pages.{page} import page\n\npage()\n", encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(place), str(ROOT)])}
    command = [sys.executable, "-c", PROGRAM, str(script), USES[page]]
    ran = subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return " ".join(json.loads(ran.stdout))


@pytest.mark.parametrize("page", USES)
def test_a_cut_off_moved_in_the_table_is_moved_on_the_page(tmp_path: Path, page: str) -> None:
    tables = tmp_path / "moved" / "reference_tables"
    shutil.copytree(ROOT / "reference_tables", tables)
    table = tables / "ase-2017" / "mitral.toml"
    table.write_text(table.read_text(encoding="utf-8").replace("0.40", "0.44"), encoding="utf-8")
    published, moved = shown(tmp_path, page), shown(tmp_path / "moved", page)
    severe, moderate = "is grade IV (severe)", "is grade III (moderate)"
    assert [text in published for text in ("0.40", severe, "0.44", moderate)] == [True, True, False, False]
    assert [text in moved for text in ("0.40", severe, "0.44", moderate)] == [False, False, True, True]

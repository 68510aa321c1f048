"""The sentences for a methods section: they say what the run did, and refuse what is no manifest."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path

import pytest
from support.paths import EXAMPLE
from typer.testing import CliRunner, Result

from grading.cli.main import app
from grading.reference.guideline import references, tables_digest
from grading.version import VERSION


def echograde(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def cited(tmp_path: Path, text: str, *words: object) -> str:
    """What is said of a run over a small file."""
    (tmp_path / "in.csv").write_text(text)
    ran = echograde("grade", tmp_path / "in.csv", "-o", tmp_path / "out.csv", *words)
    assert ran.exit_code in (0, 1), ran.output
    return echograde("cite", tmp_path / "out.run.json").stdout.strip()


def test_version_tables_guidelines_and_what_was_left_out_are_named(tmp_path: Path) -> None:
    echograde("grade", EXAMPLE, "-o", tmp_path / "out.csv", "-g", "ase-2017", "-g", "esc-2025")
    papers = [references()[name] for name in ("ase-2017", "esc-2025")]
    named = " and ".join(f"{p['short']} ({p['citation']}, doi {p['doi']})" for p in papers)
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        counts = Counter(row["echograde_status"] for row in csv.DictReader(file))
    said = echograde("cite", tmp_path / "out.run.json").stdout
    assert said == (
        f"Regurgitation (mitral, aortic, tricuspid and pulmonic) was graded with echograde {VERSION} "
        f"(tables {tables_digest()}) by {named}. Rows: 60 ({counts['graded']} graded, {counts['indeterminate']} indeterminate, "
        f"{counts['insufficient_data']} without sufficient data, {counts['rejected']} rejected for a cell that cannot be "
        "used).\n"
    )


ONE = "id,valve,MR ERO baseline,eroa,rv\n1,mr,0.3,20,5\n"
MAP = '[columns]\n"MR ERO baseline" = { measurement = "vena_contracta_width", unit = "cm" }\nrv = "ignore"\n'
#: the file, the options -> what is said of them
OPTIONS = {
    "none": ("id,valve,eroa_cm2\n1,mr,0.3\n", [], ""),
    "the valve": ("id,eroa_cm2\n1,0.3\n", ["--valve", "MR"], "Every row was about the mitral valve."),
    "a unit that was assumed": ("id,valve,eroa\n1,mr,0.3\n", [], "Columns without a unit were taken as EROA in cm2."),
    "a unit that was given": ("id,valve,eroa\n1,mr,30\n", ["--unit", "eroa=mm2"], "EROA was given in mm2."),
    "codes": ("id,valve,eroa_cm2\n1,mr,0.3\n", ["--missing", "-9", "--missing", "x"], "'-9' and 'x' meant not measured."),
    "what holds in every row": ("id,valve,eroa_cm2\n1,mr,0.3\n", ["--set", "mechanism=secondary"], "Mechanism was secondary in every row."),
    "columns": (ONE, ["--columns", "map.toml", "--unit", "eroa=mm2"], "Column 'MR ERO baseline' was read as vena contracta width in cm; column 'rv' was not read; EROA was given in mm2."),
    "repeats": ("study,valve,name,value,unit\n1,mr,eroa,0.3,cm2\n1,mr,eroa,0.5,cm2\n", ["--layout", "long", "--repeats", "max"], "Repeated measurements of a study came to their max."),
}  # fmt: skip


@pytest.mark.parametrize(("text", "words", "sentence"), OPTIONS.values(), ids=OPTIONS)
def test_options_that_can_change_a_grade_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, words: list[str], sentence: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "map.toml").write_text(MAP)
    said = cited(tmp_path, text, *words)
    between = said.partition(f"doi {references()['ase-2017']['doi']}). ")[2].partition("Rows: 1 (1 graded).")[0]
    assert between.strip() == sentence


WHOLE = {"echograde": "1", "tables": "x", "guidelines": {"ase-2017": {}}}
REFUSED = {
    "no JSON": ("row,line\n", "run.json as a JSON file: Expecting value"),
    "another file": ('{"a": 1}', "run.json is no manifest of a run; expected the .run.json"),
    "a list": ("[]", "run.json is no manifest of a run; expected the .run.json"),
    "half a manifest": (json.dumps(WHOLE), "run.json is not whole: expected the .run.json"),
    "an odd manifest": (json.dumps({**WHOLE, "methods": 3}), "run.json is not whole: expected the .run.json"),
    "nested without end": ("[" * 200_000, "it is nested too deeply"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "sentence"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_manifest_is_refused_in_a_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    (tmp_path / "run.json").write_text(text)
    ran = echograde("cite", tmp_path / "run.json")
    assert (ran.exit_code, ran.stdout) == (2, "")
    assert sentence in ran.stderr
    assert "cannot read" in echograde("cite", tmp_path / "absent.json").stderr


def test_a_guideline_that_these_tables_do_not_know_is_named_by_its_id(tmp_path: Path) -> None:
    cited(tmp_path, "id,valve,eroa_cm2\n1,mr,0.3\n")
    run = json.loads((tmp_path / "out.run.json").read_text())
    run["guidelines"] = {"asc-2031": {}}
    (tmp_path / "out.run.json").write_text(json.dumps(run))
    assert ") by asc-2031. Rows" in echograde("cite", tmp_path / "out.run.json").stdout

"""Files of other programs graded as they come: workbooks, packed files, data files, reports and FHIR."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from support import make_observations, make_reports, make_statistics, make_workbooks
from support.witness import check_sentence, outputs
from typer.testing import CliRunner

import grading.batch.foreign_source as foreign_source
import grading.batch.open_source as open_source
from grading.batch.in_memory import job_of
from grading.batch.job import Job
from grading.batch.preview import preview
from grading.batch.run import run
from grading.cli.main import app
from grading.errors import UsageError
from grading.formats.excel import read_grid
from grading.formats.upload import Upload
from grading_app.pages.file import KINDS

WIDE = "id,valve,EROA (mm²),RVol (mL)\nP01,MR,45,62\nP02,MR,12.5,20\n".encode()
LONG = b"study_id,label,value,unit\nP01,MR EROA,45,mm2\nP01,MR RVol,62,mL\nP02,MR EROA,12.5,mm2\nP02,MR RVol,20,mL\n"
#: id and grade of every row
GRADES = [("P01", "severe"), ("P02", "mild")]


def zipped(data: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("studies.csv", data)
    return stream.getvalue()


def zstd(data: bytes) -> bytes:
    stream = pa.BufferOutputStream()
    with pa.CompressedOutputStream(stream, "zstd") as packed:
        packed.write(data)
    return bytes(stream.getvalue())


def parquet() -> bytes:
    stream = io.BytesIO()
    columns = {"id": ["P01", "P02"], "valve": ["MR", "MR"], "eroa_mm2": [45.0, 12.5], "rvol_ml": [62.0, 20.0]}
    pq.write_table(pa.table(columns), stream)
    return stream.getvalue()


def made_by(make: Callable[[Path], Path], path: Path) -> bytes:
    return make(path).read_bytes()


def grade(path: Path, *options: str, target: str = "out.csv") -> tuple[int, str, Path]:
    """Exit code, what was printed, and the output of the command line."""
    out = path.parent / target
    result = CliRunner().invoke(app, ["grade", str(path), "-o", str(out), *options])
    return result.exit_code, result.output, out


def written_files(out: Path) -> list[Path]:
    return [path for path in outputs(out) if path.exists()]


def grades(out: Path) -> list[tuple[str, str]]:
    frame = pd.read_csv(out, dtype=str, sep=None, engine="python")
    column = next(name for name in frame.columns if name.endswith("ase_2017_grade"))
    return list(zip(frame.iloc[:, 0], frame[column], strict=True))


WIDE_FILES: dict[str, bytes] = {
    "a.xlsx": make_workbooks.xlsx(), "a.xls": make_workbooks.xls(), "a.ods": make_workbooks.ods(), "renamed.csv": make_workbooks.xlsx(),
    "a.csv.gz": gzip.compress(WIDE), "a.csv.zst": zstd(WIDE), "a.zip": zipped(WIDE), "a.txt": parquet(),
}  # fmt: skip
LONG_ROWS = [line.split(",") for line in LONG.decode().splitlines()]
LONG_FILES: dict[str, bytes] = {
    "a.xlsx": make_workbooks.xlsx(LONG_ROWS), "a.csv.gz": gzip.compress(LONG), "a.csv.zst": zstd(LONG), "a.zip": zipped(LONG),
}  # fmt: skip


@pytest.mark.parametrize("name", WIDE_FILES)
def test_a_wide_table_is_graded_and_its_digest_is_that_of_the_file(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(WIDE_FILES[name])
    code, printed, out = grade(path)
    assert (code, grades(out)) == (0, GRADES), printed
    manifest = json.loads((tmp_path / "out.run.json").read_text())
    assert [hashlib.sha256(WIDE_FILES[name]).hexdigest()] == digests(manifest)


def digests(manifest: Mapping[str, Any]) -> list[str]:
    """The digest of every input file, wherever it stands in a manifest."""
    found: list[str] = []
    for key, value in manifest.items():
        if isinstance(value, Mapping) and key == "input":
            found += [value["sha256"]] if "sha256" in value else [part["sha256"] for part in value.get("parts", ())]
    return found


@pytest.mark.parametrize("name", LONG_FILES)
def test_a_long_table_is_graded(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(LONG_FILES[name])
    code, printed, out = grade(path, "--layout", "long")
    assert (code, grades(out)) == (0, GRADES), printed


def second_sheet(book: Any, sheet: Any) -> None:
    other = book.add_worksheet("Other")
    other.write_row(0, 0, ["id", "valve", "eroa_mm2", "rvol_ml"])
    other.write_row(1, 0, ["Q01", "TR", 45, 50])


SHEETS = {"first": ((), GRADES), "by name": (("--sheet", "Other"), [("Q01", "severe")]), "by number": (("--sheet", "2"), [("Q01", "severe")])}  # fmt: skip


@pytest.mark.parametrize(("options", "expected"), SHEETS.values(), ids=SHEETS)
def test_a_sheet_is_chosen(options: tuple[str, ...], expected: list[tuple[str, str]], tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(make_workbooks.xlsx(also=second_sheet))
    code, printed, out = grade(path, *options)
    assert (code, grades(out)) == (0, expected), printed


TITLED = [["Echo laboratory, export"], [], *make_workbooks.STUDIES]
DATED = [("id", "mr_eroa_mm2"), ("P01", "2026-04-03"), ("P02", 12.5)]


def test_a_title_row_is_named_with_the_option_that_skips_it(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(make_workbooks.xlsx(TITLED))
    code, printed, _ = grade(path)
    assert (code, written_files(tmp_path / "out.csv")) == (2, [])
    assert "'Echo laboratory, export'" in printed
    assert "--skip-lines 1" in printed
    code, printed, out = grade(path, "--skip-lines", "1")
    assert (code, grades(out)) == (0, GRADES), printed


def test_a_line_of_units_in_a_workbook_is_read_as_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(foreign_source, "_ROWS", 2)
    rows = [("id", "MR EROA"), (None, "mm2"), *((f"P{n}", value) for n, value in enumerate((45, 12, "x", 45)))]
    path = tmp_path / "in.xlsx"
    path.write_bytes(make_workbooks.xlsx(rows))
    code, said, _ = grade(path)
    assert code == 2 and "the first row holds units (MR EROA mm2)" in said and "--units-row" in said
    code, _, out = grade(path, "--units-row")
    assert code == 1
    assert pd.read_csv(out)["mitral_ase_2017_grade"].fillna("").tolist() == ["severe", "mild", "", "severe"]
    assert pd.read_csv(out.with_suffix(".issues.csv"))[["row", "line"]].values.tolist() == [[3, 5]]


def test_a_date_where_a_number_belongs_is_refused_with_its_cause(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(make_workbooks.xlsx(DATED))
    code, printed, out = grade(path)
    issues = pd.read_csv(tmp_path / "out.issues.csv", dtype=str)
    assert (code, len(pd.read_csv(out)), issues["severity"].tolist()) == (1, 2, ["error"]), printed
    assert "date" in issues["message"][0]


STATISTICS = {"a.sav": make_statistics.spss, "a.dta": make_statistics.stata, "a.xpt": make_statistics.transport}


@pytest.mark.parametrize(("name", "make"), STATISTICS.items(), ids=STATISTICS)
def test_a_data_file_is_graded(name: str, make: Callable[[Path], Path], tmp_path: Path) -> None:
    code, printed, out = grade(make(tmp_path / name), "--valve", "mitral", "--unit", "mr_eroa=cm2")
    assert code in (0, 1), printed
    frame = pd.read_csv(out, dtype=str)
    assert frame["id"].tolist() == ["P1", "P2", "P3"]
    assert frame["ase_2017_grade"].notna().any()


REPORTS = {"older": make_reports.older, "newer": make_reports.newer, "precoordinated": make_reports.precoordinated}


@pytest.mark.parametrize(("name", "make"), REPORTS.items(), ids=REPORTS)
def test_a_report_is_graded_and_nothing_of_the_patient_shows(
    name: str, make: Callable[..., bytes], tmp_path: Path
) -> None:
    path = tmp_path / "a.dcm"
    path.write_bytes(make())
    code, printed, out = grade(path)
    assert (code, len(pd.read_csv(out))) == (0, 1), printed
    check_no_secret(out, printed)


def check_no_secret(out: Path, printed: str, *but: str) -> None:
    texts = [printed, *(path.read_text() for path in out.parent.glob("out*"))]
    secrets = [*map(str, make_reports.SECRETS), "1.2.3.4", "1.2.3.5"]
    assert [secret for secret in secrets if secret not in but and any(secret in text for text in texts)] == []


def folder_of_reports(folder: Path) -> Path:
    """Three reports, two of them of one study, among files that are none."""
    (folder / "below").mkdir(parents=True)
    (folder / "1.dcm").write_bytes(make_reports.older())
    (folder / "below" / "2").write_bytes(make_reports.newer())
    (folder / "3.dcm").write_bytes(make_reports.precoordinated(study="1.2.3.5", date="20260404"))
    (folder / "image.dcm").write_bytes(make_reports.image())
    (folder / "notes.txt").write_text("nothing")
    return folder


def test_a_folder_of_reports_is_graded(tmp_path: Path) -> None:
    folder = folder_of_reports(tmp_path / "reports")
    code, printed, out = grade(folder)
    frame = pd.read_csv(out, dtype=str)
    assert (code, len(frame)) == (0, 2), printed
    assert frame["mitral_ase_2017_grade"].tolist() == ["severe", "insufficient_data"]
    issues = pd.read_csv(tmp_path / "out.issues.csv", dtype=str)["message"].tolist()
    several = "study 1: several reports of one study: 1.dcm is used, the latest complete one; not used: 'below/2'"
    others = ["(an image, say) (1 file)", "a file of another kind (1 file)"]
    assert (several in issues, [sum(end in text for text in issues) for end in others]) == (True, [1, 1])
    check_no_secret(out, printed)


def test_a_zip_archive_of_reports_is_graded_as_the_folder(tmp_path: Path) -> None:
    folder = folder_of_reports(tmp_path / "reports")
    (folder / "huge.dcm").write_bytes(make_reports.image() + b"\0" * (65 << 20))
    packed = tmp_path / "reports.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            archive.write(path, path.relative_to(folder))
        archive.writestr("__MACOSX/._1.dcm", b"of the archiver")
    outputs = []
    for given in (folder, packed):
        code, printed, out = grade(given)
        outputs.append((code, out.read_bytes(), out.with_name("out.issues.csv").read_bytes()))
    assert outputs[1] == outputs[0]
    assert b"(an image, say) (2 files)" in outputs[1][2]
    check_no_secret(tmp_path / "out.csv", printed)


def test_a_damaged_report_in_an_archive_is_named(tmp_path: Path) -> None:
    packed = tmp_path / "reports.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("good.dcm", make_reports.older())
        archive.writestr("cut.dcm", make_reports.newer(study="1.2.3.9")[:-40])
    code, _, out = grade(packed)
    assert (code, len(pd.read_csv(out, dtype=str))) == (0, 1)
    assert "cut.dcm: it is damaged or cut short" in out.with_name("out.issues.csv").read_text()


def test_a_keyword_of_a_report_is_kept_when_it_is_asked_for(tmp_path: Path) -> None:
    folder = folder_of_reports(tmp_path / "reports")
    code, printed, out = grade(folder, "--keep", "StudyDate")
    assert (code, sorted(pd.read_csv(out, dtype=str)["StudyDate"])) == (0, ["20260403", "20260404"]), printed
    check_no_secret(out, printed)


FHIR = {
    "bundle.json": make_observations.bundle(*make_observations.STUDY),
    "lines.ndjson": make_observations.lines(*make_observations.STUDY),
}


@pytest.mark.parametrize("name", FHIR)
def test_observations_are_graded(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(FHIR[name])
    code, printed, out = grade(path)
    frame = pd.read_csv(out, dtype=str)
    assert (code, len(frame)) == (0, 1), printed
    assert "mitral_ase_2017_grade" in frame.columns
    assert "Patient/1" not in out.read_text()


REFUSED = {
    "a.pdf": (b"%PDF-1.7\n%\xe2\xe3\n", "PDF"), "a.xls": (b"<html><table><tr><td>id</td></tr></table></html>", "web page"),
    "a.png": (b"\x89PNG\r\n\x1a\n" + bytes(64), "picture"), "a.json": (b'{"rows": [{"id": 1}]}', "JSON"),
}  # fmt: skip


@pytest.mark.parametrize(("name", "data", "what"), [(n, *row) for n, row in REFUSED.items()], ids=REFUSED)
def test_what_is_not_read_is_named(name: str, data: bytes, what: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    code, printed, out = grade(path)
    assert (code, written_files(out)) == (2, [])
    assert what in printed
    check_sentence(printed.strip())


FORMULAS = b'id,mr_eroa_mm2,mr_rvol_ml,note\n007,45,62,=1+1\n008,12.5,20,"@SUM(A1)"\n'


def test_a_workbook_is_written_and_reads_back(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(FORMULAS)
    code, printed, out = grade(path, target="out.xlsx")
    assert code == 0, printed
    rows = read_grid(out, None, isolate=False).table.to_pylist()
    first = [list(row.values())[:5] for row in rows]
    assert first[1:] == [["007", "45", "62", "=1+1", "severe"], ["008", "12.5", "20", "@SUM(A1)", "mild"]]
    with zipfile.ZipFile(out) as book:
        assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")


def test_numbers_of_a_workbook_stay_numbers(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(make_workbooks.xlsx())
    code, printed, out = grade(path, target="out.xlsx")
    assert code == 0, printed
    frame = pd.read_excel(out, engine="calamine")
    assert frame["EROA (mm²)"].tolist() == [45.0, 12.5]
    assert frame["ase_2017_grade"].tolist() == ["severe", "mild"]


#: a file, and what can be added to it and leaves it one
CHANGED = {
    "a.xlsx": (make_workbooks.xlsx(), b"\0"), "a.csv.gz": (gzip.compress(WIDE), gzip.compress(b"P03,MR,1,1\n")),
    "bundle.json": (FHIR["bundle.json"], b"\n"), "a.dcm": (make_reports.older(), b""),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGED)
def test_a_file_that_changes_while_it_is_read_is_refused(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / name
    data, more = CHANGED[name]
    path.write_bytes(data)
    kind_of_part = open_source.kind_of_part

    def change(*given: Any) -> Any:
        kind = kind_of_part(*given)
        before = path.stat()
        with path.open("ab") as file:
            file.write(more)
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns + 10**9))
        return kind

    monkeypatch.setattr("grading.batch.open_source.kind_of_part", change)
    with pytest.raises(UsageError, match="changed"):
        run(Job(path, tmp_path / "out.csv"))
    assert written_files(tmp_path / "out.csv") == []


PREVIEWED = {**WIDE_FILES, **FHIR, "a.dcm": make_reports.older()}


@pytest.mark.parametrize("name", PREVIEWED)
def test_the_preview_of_an_upload_is_ready(name: str) -> None:
    found = preview(job_of(Upload(name, PREVIEWED[name])))
    assert (found.refusal, found.ready, found.plan is not None) == ("", True, True)


@pytest.mark.parametrize(("name", "make"), STATISTICS.items(), ids=STATISTICS)
def test_the_preview_of_a_data_file_names_its_columns(name: str, make: Callable[[Path], Path], tmp_path: Path) -> None:
    found = preview(job_of(Upload(name, made_by(make, tmp_path / name))))
    assert [one.column.measurement for one in found.columns if one.column.header in ("mr_eroa", "flail")][:1] == [
        "eroa"
    ]


@pytest.mark.parametrize(("name", "data", "what"), [(n, *row) for n, row in REFUSED.items()], ids=REFUSED)
def test_the_preview_of_what_is_not_read_names_it(name: str, data: bytes, what: str) -> None:
    assert what in preview(job_of(Upload(name, data))).refusal


def test_every_kind_that_is_read_can_be_chosen_in_the_app() -> None:
    endings = {name.rpartition(".")[2] for name in (*WIDE_FILES, *FHIR, *STATISTICS, "a.dcm")}
    assert endings <= set(KINDS)


def test_one_report_is_explained(tmp_path: Path) -> None:
    path = tmp_path / "a.dcm"
    path.write_bytes(make_reports.older())
    result = CliRunner().invoke(app, ["explain", "--sr", str(path)])
    assert (result.exit_code, "Mitral regurgitation" in result.output) == (0, True), result.output
    result = CliRunner().invoke(app, ["explain", "mitral", "eroa=0.45cm2", "--as", "fhir"])
    assert (result.exit_code, json.loads(result.output)["resourceType"]) == (0, "Bundle")


@pytest.mark.parametrize(("values", "code"), [((0.1, 0.43), 2), ((0.42, 0.43), 0)], ids=["of two", "repeats"])
def test_repeats_without_a_subject_that_are_none_stop_the_run(
    tmp_path: Path, values: tuple[float, float], code: int
) -> None:
    found = [make_observations.observation("80071-4", value, "cm2", subject="", at="") for value in values]
    (tmp_path / "a.json").write_bytes(make_observations.bundle(*found))
    ran = CliRunner().invoke(app, ["grade", str(tmp_path / "a.json"), "-o", str(tmp_path / "out.csv")])
    assert (ran.exit_code, (tmp_path / "out.csv").exists()) == (code, code == 0), ran.output
    sentence = "are no repeats of one another (0.1 / 0.43), and no observation names a subject: name that of each"
    assert (sentence in " ".join(ran.output.split())) == (code == 2)

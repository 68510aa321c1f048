"""Files graded in memory: the same bytes as the command line writes, and nothing on any disk."""

from __future__ import annotations

import io
import os
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import pytest
from support.paths import EXAMPLE, TESTS
from typer.testing import CliRunner

from grading import UsageError
from grading.agreement.question import Question, answer
from grading.batch.in_memory import InMemory, job_of, run_in_memory, shares
from grading.batch.job import Long
from grading.cli.arguments import as_flag
from grading.cli.main import app
from grading.columns.plan import Options
from grading.formats.memory_file import MOST_PLAIN
from grading.formats.upload import Upload
from grading.graded_files.reclassify import text
from grading.graded_files.table import read_graded

STUDIES = EXAMPLE.read_bytes()
LONG = (TESTS / "data" / "example_studies_long.csv").read_bytes()
READER = (TESTS / "data" / "example_reader.csv").read_bytes()
SEMICOLONS = "id;mr_eroa_cm2;Bemerkung\n1;0,45;größer\n2;=1+1;@b\n3;0,1;\n".encode()
FORMULA = b"id,valve,eroa_cm2\n=1+1,=cmd,0.4\n2,MR,=2+3\n"
BOTH = ("ase-2017", "esc-2025")


def parquet() -> bytes:
    written = io.BytesIO()
    pq.write_table(pacsv.read_csv(io.BytesIO(READER)), written)
    return written.getvalue()


def in_memory(name: str, data: bytes, **options: Any) -> InMemory:
    return run_in_memory(job_of(Upload(name, data), write_option=as_flag, **options))


FILES = {
    "the example": ("a.csv", STUDIES, {}, ()),
    "two guidelines": ("a.csv", STUDIES, {"guidelines": BOTH}, ("-g", BOTH[0], "-g", BOTH[1])),
    "utf-8 with a mark": ("a.csv", b"\xef\xbb\xbf" + STUDIES, {}, ()),
    "utf-16": ("a.txt", STUDIES.decode().encode("utf-16"), {}, ()),
    "semicolons and decimal commas": ("ü.csv", SEMICOLONS, {}, ()),
    "windows-1252": ("a.csv", SEMICOLONS.decode().encode("cp1252"), {}, ()),
    "tabs and line ends of Windows": ("a.tsv", STUDIES[:3000].rpartition(b"\n")[0].replace(b"\n", b"\r\n"), {}, ()),
    "a delimiter that is named": ("a.txt", READER.replace(b",", b"|"), {"delimiter": "|"}, ("--delimiter", "|")),
    "long": ("l.csv", LONG, {"long": Long()}, ("--layout", "long")),
    "long, the largest": ("l.csv", LONG, {"long": Long(repeats="max")}, ("--layout", "long", "--repeats", "max")),
    "parquet": ("a.parquet", parquet(), {}, ()),
    "formulas": ("a.csv", FORMULA, {}, ()),
    "a unit and a missing code": (
        "a.csv", b"id,eroa\n1,45\n2,-9\n", {"options": Options("mitral", units={"eroa": "mm2"}), "missing": ("-9",)},
        ("--valve", "mitral", "--unit", "eroa=mm2", "--missing", "-9"),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("name", "data", "options", "words"), FILES.values(), ids=FILES)
def test_the_bytes_are_those_of_the_command_line(
    tmp_path: Path, name: str, data: bytes, options: dict[str, Any], words: tuple[str, ...]
) -> None:
    found = in_memory(name, data, **options)
    (tmp_path / name).write_bytes(data)
    asked = ["grade", str(tmp_path / name), "-o", str(tmp_path / found.job.target), "--excel-safe", "--quiet", *words]
    assert CliRunner().invoke(app, asked).exit_code in (0, 1)
    written = [tmp_path / path for path in (found.job.target, found.job.issues_path, found.job.manifest_path)]
    assert [found.graded, found.issues, found.manifest] == [path.read_bytes() for path in written]


def test_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    assert in_memory("a.csv", STUDIES).summary.rows == 60
    assert os.listdir(tmp_path) == []


REFUSED = {
    "nothing in it": (b"", "the file is empty"),
    "no text": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "this is a picture"),
    "no measurement": (b"id,valve,colour\n1,MR,red\n", "no column holds a measurement"),
    "another unit": (b"mr_eroa\n45\n40\n35\n30\n25\n20\n", "units={'mr_eroa': 'mm2'}"),
    "graded before": (b"valve,eroa_cm2,ase_2017_grade\nMR,0.4,severe\n", "was it graded before"),
}


@pytest.mark.parametrize(("data", "said"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_graded_is_refused(data: bytes, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        in_memory("a.csv", data)


def test_parquet_that_is_none_is_refused() -> None:
    with pytest.raises(UsageError, match="not a readable Parquet file"):
        in_memory("a.parquet", b"PAR1 and no more")


def test_progress_ends_with_the_whole_file() -> None:
    job = replace(job_of(Upload("a.csv", STUDIES)), block_bytes=4096)
    told: list[tuple[int, float]] = []
    run_in_memory(job, shares(job, lambda rows, share: told.append((rows, share))))
    assert len(told) > 1
    assert [share for _, share in told] == sorted(share for _, share in told)
    assert told[-1][0] == 60
    assert 0.9 < told[-1][1] <= 1


def test_a_graded_file_in_memory_is_compared_as_one_on_disk(tmp_path: Path) -> None:
    found = in_memory("reader.csv", READER)
    (tmp_path / "reader.graded.csv").write_bytes(found.graded)
    ways = (found.graded_file, tmp_path / "reader.graded.csv")
    in_memory_, on_disk = (answer(Question(way, reader="mr_reader", bootstrap=0)).agreement for way in ways)
    assert in_memory_.compared == 28
    assert in_memory_ == on_disk


def test_a_graded_file_in_memory_is_reclassified_as_one_on_disk(tmp_path: Path) -> None:
    found = in_memory("a.txt", READER.replace(b",", b"|"), delimiter="|", guidelines=BOTH)
    (tmp_path / "a.csv").write_bytes(in_memory("a.csv", READER, guidelines=BOTH).graded)
    assert text(found.graded_file, *BOTH) == text(tmp_path / "a.csv", *BOTH)


def test_two_runs_know_nothing_of_each_other() -> None:
    first, second = (
        in_memory(name, b"id,valve,eroa_cm2\n" + row)
        for name, row in (("1.csv", b"a,MR,0.45\n"), ("2.csv", b"b,AR,0.1\n"))
    )
    assert (b"a,MR" in first.graded, b"b,AR" in first.graded) == (True, False)
    assert (b"a,MR" in second.graded, b"b,AR" in second.graded) == (False, True)


def test_a_table_of_one_row_and_many_columns() -> None:
    header = ",".join(["valve", "eroa_cm2", *(f"other{place}" for place in range(300))])
    found = in_memory("a.csv", f"{header}\nMR,0.45{',x' * 300}\n".encode())
    assert found.summary.rows == 1
    assert len(found.summary.plan.unmatched if found.summary.plan else ()) == 300


def test_a_large_result_is_a_zip_archive_of_the_bytes_of_the_command_line(tmp_path: Path) -> None:
    head, rows = READER.split(b"\n", 1)
    large = head + b"\n" + 2_000 * (rows.rstrip(b"\n") + b"\n")
    found = in_memory("reader.csv", large, guidelines=BOTH)
    assert found.graded_file.name == "reader.graded.csv.zip"
    (tmp_path / "reader.csv").write_bytes(large)
    asked = ["grade", str(tmp_path / "reader.csv"), "-o", str(tmp_path / found.job.target), "--excel-safe", "--quiet"]
    assert CliRunner().invoke(app, [*asked, "-g", BOTH[0], "-g", BOTH[1]]).exit_code == 0
    written = (tmp_path / found.job.target).read_bytes()
    assert len(written) > MOST_PLAIN > 5 * len(found.graded_file.data)
    assert found.graded == written
    saved = tmp_path / found.graded_file.name
    saved.write_bytes(found.graded_file.data)
    with zipfile.ZipFile(saved) as archive:
        assert archive.namelist() == ["reader.graded.csv"]
        assert archive.testzip() is None
    ways = (found.graded_file, tmp_path / found.job.target)
    packed, plain = (
        answer(Question(way, guidelines=BOTH[:1], reader="mr_reader", bootstrap=0)).agreement for way in ways
    )
    assert (packed, packed.compared) == (plain, 2_000 * 28)
    assert found.issues == (tmp_path / found.job.issues_path).read_bytes()


def test_what_repeats_itself_a_million_times_is_read_again_all_the_same() -> None:
    found = in_memory("a.csv", b"mr_eroa_cm2\n" + 1_000_000 * b"0.4\n")
    assert found.graded_file.suffix == ".zip"
    table = read_graded(found)
    assert (table.count, table.grades) == (1_000_000, ["severe"])

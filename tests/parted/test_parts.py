"""A folder graded part by part: each part as by itself, what cannot be graded named, and what is done kept."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
from support.parted import NAMES, STUDIES, echograde, everything, parted, spoil, write_part
from support.paths import EXAMPLE
from support.witness import check_sentence

from grading.batch.job import Job
from grading.columns.plan import Options
from grading.errors import UsageError
from grading.parted.place import DiskFolder, StoreFolder, folder_of
from grading.parted.run import run_parts


def manifest(folder: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads((folder / "_graded.run.json").read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_part_is_graded_as_by_itself(tmp_path: Path, ending: str) -> None:
    source = parted(tmp_path / "in", ending)
    ran = echograde("grade", source, "-o", f"{tmp_path / 'out'}/")
    assert ran.exit_code == 1, "some rows of the example are rejected"
    assert "3 parts: all graded" in ran.output
    rows, grades = 0, dict[str, int]()
    for name in NAMES:
        alone = tmp_path / "alone" / f"{name}.{ending}"
        alone.parent.mkdir(parents=True, exist_ok=True)
        echograde("grade", source / f"{name}.{ending}", "-o", alone, "-q")
        assert (tmp_path / "out" / f"{name}.{ending}").read_bytes() == alone.read_bytes()
        issues = tmp_path / "out" / "_issues" / f"{name}.{ending}.csv"
        assert issues.read_bytes() == alone.with_name(f"{alone.stem}.issues.csv").read_bytes()
        own = json.loads(alone.with_name(f"{alone.stem}.run.json").read_text(encoding="utf-8"))
        rows += own["input"]["rows"]
        for grade, count in own["grades"]["mitral_ase_2017_grade"].items():
            grades[grade] = grades.get(grade, 0) + count
    whole = manifest(tmp_path / "out")
    assert whole["input"]["rows"] == rows == 60  # type: ignore[index]
    assert whole["grades"]["mitral_ase_2017_grade"] == grades  # type: ignore[index]
    assert (tmp_path / "out" / "_SUCCESS").read_bytes() == b""


def test_readers_of_a_folder_find_the_graded_parts_alone(tmp_path: Path) -> None:
    source = parted(tmp_path / "in", "parquet")
    echograde("grade", source, "-o", f"{tmp_path / 'out'}/", "-q")
    found = ds.dataset(tmp_path / "out", partitioning="hive").to_table()
    assert found.num_rows == 60
    assert sorted(set(found["year"].to_pylist())) == [2024, 2025]
    assert found.select(STUDIES.column_names).sort_by("study_id") == STUDIES.sort_by("study_id")


BESIDE = [
    ("a word", "mechanism", ["secondary", "primary", ""]),
    ("a number with its unit", "mr_eroa_mm2", ["45", "12", ""]),
    ("the valve", "valve", ["mitral", "MR", "aortic"]),
]


@pytest.mark.parametrize("ending", ["csv", "parquet"])
@pytest.mark.parametrize(("key", "values"), [row[1:] for row in BESIDE], ids=[row[0] for row in BESIDE])
def test_what_a_folder_says_of_its_rows_counts_as_a_column(
    tmp_path: Path, ending: str, key: str, values: list[str]
) -> None:
    own = {"valve": ["vc_mm", "pht_ms"], "mr_eroa_mm2": ["mr_rvol_ml", "mr_rf_pct"]}.get(key, ["eroa_mm2", "rvol_ml"])
    table = pa.table({"id": ["1", "2"], own[0]: ["31", "61"], own[1]: ["44", "180"]})
    valve = ["--valve", "mitral"] if key == "mechanism" else []
    for value in values:
        folder = f"{key}={value or '__HIVE_DEFAULT_PARTITION__'}"
        write_part(table, tmp_path / "in" / folder / f"0.{ending}")
        write_part(table.append_column(key, [[value, value]]), tmp_path / "with" / f"{folder}.{ending}")
    echograde("grade", tmp_path / "in", "-o", f"{tmp_path / 'out'}/", "-q", "-g", "esc-2021", "-g", "ase-2017", *valve)
    echograde(
        "grade", tmp_path / "with", "-o", f"{tmp_path / 'out2'}/", "-q", "-g", "esc-2021", "-g", "ase-2017", *valve
    )
    for value in values:
        folder = f"{key}={value or '__HIVE_DEFAULT_PARTITION__'}"
        found, expected = tmp_path / "out" / folder / f"0.{ending}", tmp_path / "out2" / f"{folder}.{ending}"
        if ending == "parquet":
            # the table of a file, for its folder would be read as a column again
            found_table, expected_table = pq.ParquetFile(found).read(), pq.ParquetFile(expected).read()
        else:
            found_table, expected_table = pacsv.read_csv(found), pacsv.read_csv(expected)
        assert found_table == expected_table.drop_columns([key])
        assert found_table.num_columns > 10


@pytest.mark.parametrize("ending", ["csv", "parquet"])
@pytest.mark.parametrize("place", [0, 1])
def test_a_damaged_part_is_named_and_a_later_run_does_what_is_missing(tmp_path: Path, ending: str, place: int) -> None:
    source, out = parted(tmp_path / "in", ending), tmp_path / "out"
    name = f"{NAMES[place]}.{ending}"
    whole = spoil(source / name)
    ran = echograde("grade", source, "-o", f"{out}/")
    assert ran.exit_code == 1
    assert f"echograde: {name}: " in ran.output
    assert "3 parts: 1 not graded" in ran.output
    done = everything(out)
    assert "_SUCCESS" not in done and name not in done
    assert set(manifest(out)["failed"]) == {name}  # type: ignore[call-overload]
    first = {path: path.stat().st_mtime_ns for path in out.rglob("*.*") if path.name != "_graded.run.json"}
    (source / name).write_bytes(whole)
    again = echograde("grade", source, "-o", f"{out}/", "--resume")
    assert "3 parts: all graded" in again.output
    assert {path: path.stat().st_mtime_ns for path in first} == first, "what was done is not touched"
    echograde("grade", source, "-o", f"{tmp_path / 'fresh'}/")
    assert everything(out) == everything(tmp_path / "fresh")


def cut_graded(source: Path, out: Path) -> None:
    file = out / f"{NAMES[1]}.csv"
    file.write_bytes(file.read_bytes()[:-7])


def lose_issues(source: Path, out: Path) -> None:
    (out / "_issues" / f"{NAMES[1]}.csv.csv").unlink()


def spoil_receipt(source: Path, out: Path) -> None:
    (out / "_receipts" / f"{NAMES[1]}.csv.json").write_text('{"part": 1}')


def change_input(source: Path, out: Path) -> None:
    file = source / f"{NAMES[1]}.csv"
    file.write_bytes(file.read_bytes().replace(b"0.", b"1.", 1))


CHANGES: list[tuple[str, Callable[[Path, Path], None], int]] = [
    ("nothing", lambda source, out: None, 0),
    ("a graded part cut short", cut_graded, 1),
    ("issues that are gone", lose_issues, 1),
    ("a receipt that says nothing", spoil_receipt, 1),
    ("another input", change_input, 1),
]


@pytest.mark.parametrize(("change", "again"), [row[1:] for row in CHANGES], ids=[row[0] for row in CHANGES])
def test_what_no_longer_holds_is_done_again(tmp_path: Path, change: Callable[[Path, Path], None], again: int) -> None:
    source, out = parted(tmp_path / "in", "csv"), tmp_path / "out"
    job = Job(source, out)
    run_parts(job, DiskFolder(source), DiskFolder(out))
    change(source, out)
    before = {name: (out / f"{name}.csv").stat().st_mtime_ns for name in NAMES}
    run_parts(job, DiskFolder(source), DiskFolder(out), resume=True)
    after = {name: (out / f"{name}.csv").stat().st_mtime_ns for name in NAMES}
    assert sum(before[name] != after[name] for name in NAMES) == again
    run_parts(job, DiskFolder(source), DiskFolder(tmp_path / "fresh"))
    assert everything(out) == everything(tmp_path / "fresh")


@pytest.mark.parametrize("other", [{"guidelines": ("esc-2021",)}, {"missing": ("-9",)}, {"excel_safe": True}], ids=str)
def test_a_run_with_other_options_does_all_parts_again(tmp_path: Path, other: dict[str, object]) -> None:
    source, out = parted(tmp_path / "in", "csv"), tmp_path / "out"
    run_parts(Job(source, out), DiskFolder(source), DiskFolder(out))
    before = {name: (out / f"{name}.csv").stat().st_mtime_ns for name in NAMES}
    run_parts(replace(Job(source, out), **other), DiskFolder(source), DiskFolder(out), resume=True)
    assert not {(out / f"{name}.csv").stat().st_mtime_ns for name in NAMES} & set(before.values())


def test_a_part_that_fails_leaves_nothing_of_an_earlier_run(tmp_path: Path) -> None:
    source, out = parted(tmp_path / "in", "csv"), tmp_path / "out"
    run_parts(Job(source, out), DiskFolder(source), DiskFolder(out))
    spoil(source / f"{NAMES[1]}.csv")
    ran = run_parts(Job(source, out), DiskFolder(source), DiskFolder(out), resume=True)
    assert [failure.part for failure in ran.failures] == [f"{NAMES[1]}.csv"]
    assert not [name for name in everything(out) if NAMES[1] in name]
    assert "_SUCCESS" not in everything(out)


def other_header(source: Path) -> None:
    file = source / f"{NAMES[1]}.csv"
    file.write_text(file.read_text(encoding="utf-8").replace("study_id", "study", 1), encoding="utf-8")


def other_unit(source: Path) -> None:
    table = STUDIES.slice(20, 20)
    place = table.column_names.index("mr_eroa_cm2")
    millimetres = pa.array([f"{25 + row}" for row in range(20)])
    write_part(table.set_column(place, "mr_eroa_cm2", millimetres), source / f"{NAMES[1]}.csv")


def other_folders(source: Path) -> None:
    (source / "place=1").mkdir()
    (source / f"{NAMES[1]}.csv").rename(source / "place=1" / "0.csv")


ODD = [
    ("another header", other_header, "its header is not that of year=1/0.csv"),
    ("values of another unit", other_unit, "--unit"),
    ("other folders", other_folders, "its folders name 'year', and those of place=1/0.csv 'place'"),
]


@pytest.mark.parametrize(("change", "said"), [row[1:] for row in ODD], ids=[row[0] for row in ODD])
def test_a_part_of_another_table_is_named(tmp_path: Path, change: Callable[[Path], None], said: str) -> None:
    source = parted(tmp_path / "in", "csv", ("year=1/0", *NAMES[1:]))
    change(source)
    ran = echograde("grade", source, "-o", f"{tmp_path / 'out'}/", "-q")
    assert ran.exit_code == 1
    assert said in ran.output
    assert manifest(tmp_path / "out")["input"]["rows"] == (20 if "folders" in said else 40)  # type: ignore[index]


def nothing(folder: Path) -> None:
    (folder / "in").mkdir()


def two_kinds(folder: Path) -> None:
    parted(folder / "in", "csv")
    parted(folder / "in", "parquet")


def full(folder: Path) -> None:
    parted(folder / "in", "csv")
    (folder / "out").mkdir()
    (folder / "out" / "notes.txt").write_text("mine")


def strays(folder: Path) -> None:
    parted(folder / "in", "csv")
    parted(folder / "out", "csv", ("year=1999/0",))


def csvs(folder: Path) -> None:
    parted(folder / "in", "csv")


def damaged(folder: Path) -> None:
    for path in parted(folder / "in", "parquet").rglob("*.parquet"):
        spoil(path)


def long_parts(folder: Path) -> None:
    write_part(pa.table({"study": ["1"], "measurement": ["MR EROA"], "value": ["0.4"]}), folder / "in" / "0.csv")


def one_file(folder: Path) -> None:
    (folder / "in").write_bytes(EXAMPLE.read_bytes())


REFUSED: list[tuple[str, Callable[[Path], None], list[str], str]] = [
    ("nothing there", lambda folder: None, [], "is not there"),
    ("no parts", nothing, [], "holds no .csv and no .parquet files"),
    ("parts of two kinds", two_kinds, [], "both .csv and .parquet"),
    ("a file", one_file, [], "is a file, and no folder of parts"),
    ("a folder that is in use", full, [], "is not empty ('notes.txt'); give --resume"),
    ("parts of another input", strays, ["--resume"], "holds parts that"),
    ("long lines", long_parts, ["--layout", "long"], "is not graded part by part"),
    ("nothing that can be read", damaged, [], "not a readable Parquet file"),
    ("an option that is wrong for all", csvs, ["--unit", "nothing=mm"], "nothing"),
    ("tidy rows", csvs, ["--tidy"], "--tidy: it is not written part by part"),
    ("another engine", csvs, ["--engine", "ray"], "expected local or dask"),
]  # fmt: skip


@pytest.mark.parametrize(("make", "words", "said"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_what_is_not_done_is_said(tmp_path: Path, make: Callable[[Path], None], words: list[str], said: str) -> None:
    make(tmp_path)
    before = everything(tmp_path)
    ran = echograde("grade", tmp_path / "in", "-o", f"{tmp_path / 'out'}/", *words)
    assert ran.exit_code == 2
    check_sentence(ran.output)
    assert said in ran.output
    assert everything(tmp_path) == before


@pytest.mark.parametrize(("words", "said"), [
    (("in", "-o", "in/graded/"), "lie within each other"),
    (("-", "-o", "out/"), "standard input is no folder of parts"),
    (("s3://bucket/in", "-o", "out.csv"), "graded part by part: name a folder"),
    (("s3://bucket/in",), "graded part by part: name a folder"),
    (("in", "-o", "out.csv", "--resume"), "it is for parts in a folder"),
    (("in", "-o", "none://key:secret@here/out"), "none://here/out: the store cannot be reached"),
])  # fmt: skip
def test_a_place_that_cannot_be_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], said: str
) -> None:
    csvs(tmp_path)
    monkeypatch.chdir(tmp_path)
    ran = echograde("grade", *words)
    assert ran.exit_code == 2
    check_sentence(ran.output)
    assert said in ran.output
    assert "secret" not in ran.output


@pytest.mark.parametrize("kind", ["memory", "file"])
def test_a_store_holds_what_a_disk_would(tmp_path: Path, kind: str) -> None:
    import fsspec

    source = parted(tmp_path / "in", "parquet")
    files = fsspec.filesystem("memory")
    files.store.clear()
    url = f"memory://{tmp_path.name}" if kind == "memory" else f"file://{tmp_path}"
    if kind == "memory":
        files.put(str(source), f"/{tmp_path.name}/in", recursive=True)
    run_parts(Job(source, source), DiskFolder(source), DiskFolder(tmp_path / "disk"))
    for resume in (False, True):
        ran = run_parts(Job(source, source), folder_of(f"{url}/in"), folder_of(f"{url}/out"), resume)
        assert (ran.parts, ran.failures, ran.summary.rows) == (3, [], 60)
        found = everything(tmp_path / "out") if kind == "file" else {
            name.removeprefix(f"/{tmp_path.name}/out/"): files.cat(name) for name in files.find(f"/{tmp_path.name}/out")
        }  # fmt: skip
        assert found == everything(tmp_path / "disk")
    files.store.clear()


def test_a_url_is_named_without_its_secrets() -> None:
    assert str(StoreFolder("s3://key:secret@bucket/a%20b/?token=secret")) == "s3://bucket/a%20b/"
    assert StoreFolder("s3://bucket/a%20b/").name == "a b"
    assert StoreFolder("s3://key:secret@bucket").name == "bucket"


def test_a_part_that_comes_from_elsewhere_is_no_more_open_than_the_folder_allows(tmp_path: Path) -> None:
    source = parted(tmp_path / "in", "csv")
    for path in source.rglob("*.csv"):
        path.chmod(0o600)
    run_parts(Job(source, source, options=Options()), DiskFolder(source), DiskFolder(tmp_path / "out"))
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "out").rglob("*.csv")} == {0o600}


def test_nothing_is_left_in_the_folder_when_a_part_cannot_be_written(tmp_path: Path) -> None:
    source = parted(tmp_path / "in", "csv")
    (tmp_path / "out" / "_issues").mkdir(parents=True)
    (tmp_path / "out" / "_issues" / "year=2024").write_text("in the way")
    ran = run_parts(Job(source, source), DiskFolder(source), DiskFolder(tmp_path / "out"), resume=True)
    assert [failure.part for failure in ran.failures] == [f"{name}.csv" for name in NAMES[:2]]
    assert "cannot be read or written" in ran.failures[0].sentence
    shutil.rmtree(tmp_path / "out")
    with pytest.raises(UsageError, match="is a file; name a folder"):
        (tmp_path / "out").write_text("")
        run_parts(Job(source, source), DiskFolder(source), DiskFolder(tmp_path / "out"))

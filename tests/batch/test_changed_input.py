"""An input that changes while it is read is refused, whatever changed and however it is read; nothing is replaced."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from support.witness import check_sentence, outputs

from grading import UsageError
from grading.batch.job import Job, Long
from grading.batch.run import run
from grading.columns.plan import Options
from grading.formats.parquet import BATCH_ROWS

HEADER, ROW = b"id,valve,eroa_cm2\n", b"%06d,MR,0.45\n"
LONG_HEADER, LONG_ROW = b"study,label,value\n", b"%06d,mr_eroa,0.45\n"
ROWS = 40_000


def csv(path: Path) -> None:
    path.write_bytes(HEADER + b"".join(ROW % row for row in range(ROWS)))


def long(path: Path) -> None:
    path.write_bytes(LONG_HEADER + b"".join(LONG_ROW % row for row in range(ROWS)))


def parquet(path: Path) -> None:
    count = 4 * BATCH_ROWS
    table = pa.table({"id": pa.array(range(count)), "valve": ["MR"] * count, "eroa_cm2": [0.45] * count})
    pq.write_table(table, path, row_group_size=BATCH_ROWS)


def cut(path: Path) -> None:
    """Cut to 80 %."""
    os.truncate(path, path.stat().st_size * 4 // 5)


def grow(path: Path) -> None:
    with path.open("ab") as file:
        file.write(ROW % ROWS)


def overwrite(path: Path) -> None:
    """As long as before, and other bytes."""
    with path.open("r+b") as file:
        file.seek(-6, os.SEEK_END)
        file.write(b"9.99\n\n")
    os.utime(path, ns=(0, path.stat().st_mtime_ns + 1))


def replace(path: Path) -> None:
    """Another file of the same bytes and time, moved into its place."""
    other = path.with_name("other")
    other.write_bytes(path.read_bytes())
    os.utime(other, ns=(0, path.stat().st_mtime_ns))
    os.replace(other, path)


def remove(path: Path) -> None:
    path.unlink()


CHANGES = (cut, grow, overwrite, replace, remove)
INPUTS = {"in.csv": csv, "in.parquet": parquet}


def write_old(target: Path) -> list[bytes]:
    for path in outputs(target):
        path.write_text(f"old {path.name}\n")
    return [path.read_bytes() for path in outputs(target)]


def once(change: Callable[[], None]) -> Callable[[int, int], None]:
    """A progress that changes something as soon as the first piece is graded."""
    changes = [change]

    def progress(rows: int, size: int) -> None:
        if changes:
            changes.pop()()

    return progress


@pytest.mark.hazard("changed-input")
@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
@pytest.mark.parametrize("name", INPUTS)
def test_a_file_that_changes(tmp_path: Path, name: str, change: Callable[[Path], None]) -> None:
    source, target = tmp_path / name, tmp_path / "out.csv"
    INPUTS[name](source)
    before = write_old(target)
    with pytest.raises(UsageError) as caught:
        run(Job(source, target, block_bytes=20_000), once(lambda: change(source)))
    check_sentence(str(caught.value), name)
    assert [path.read_bytes() for path in outputs(target)] == before
    assert {path.name for path in tmp_path.iterdir()} <= {name, *(path.name for path in outputs(target))}


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_long_file_that_changes_while_its_studies_are_graded(tmp_path: Path, change: Callable[[Path], None]) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    long(source)
    before = write_old(target)
    with pytest.raises(UsageError, match="changed while it was read"):
        run(Job(source, target, long=Long()), once(lambda: change(source)))
    assert [path.read_bytes() for path in outputs(target)] == before


# which part changes, and how, after the first piece of the first part is graded
FOLDERS = {
    "the part that is read": ("a.csv", cut),
    "a part that was read": ("a.csv", replace),
    "a part that came": ("c.csv", csv),
    "a part that went": ("b.csv", remove),
}


@pytest.mark.hazard("changed-input")
@pytest.mark.parametrize("kind", FOLDERS)
def test_a_folder_that_changes(tmp_path: Path, kind: str) -> None:
    folder, target = tmp_path / "parts", tmp_path / "out.csv"
    folder.mkdir()
    for name in ("a.csv", "b.csv"):
        csv(folder / name)
    name, change = FOLDERS[kind]
    with pytest.raises(UsageError):
        run(Job(folder, target, block_bytes=20_000), once(lambda: change(folder / name)))
    assert not any(path.exists() for path in outputs(target))


def test_what_was_read_of_standard_input_by_another_program_is_no_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "in.txt").write_bytes(b"a title\n" + HEADER + ROW % 1)
    with (tmp_path / "in.txt").open() as given:
        os.lseek(given.fileno(), len(b"a title\n"), os.SEEK_SET)
        monkeypatch.setattr("sys.stdin", given)
        assert run(Job(Path("-"), tmp_path / "out.csv", options=Options())).rows == 1


def test_a_thousand_parts_need_no_thousand_open_files(tmp_path: Path) -> None:
    import resource

    folder = tmp_path / "parts"
    folder.mkdir()
    for number in range(300):
        (folder / f"{number:04d}.csv").write_bytes(HEADER + ROW % number)
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (200, limits[1]))
    try:
        assert run(Job(folder, tmp_path / "out.csv")).rows == 300
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)

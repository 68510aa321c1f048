"""Files that take their place whole: who may read them, through no link, on the disk, and never half."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import NoReturn

import pytest

from grading import UsageError
from grading.batch.job import Job
from grading.batch.run import run
from grading.formats import whole_file
from grading.formats.whole_file import WholeFile, put_in_place, write_whole

if not hasattr(os, "fchmod"):
    pytest.skip("permissions are those of POSIX", allow_module_level=True)

ROWS = b"valve,eroa_cm2\nMR,0.45\n"
# permissions of the input (None: it has none), of the file that is replaced (None: there is none), umask, outcome
PERMISSIONS = {
    "an open input": (0o644, None, 0o022, 0o644),
    "a private input": (0o600, None, 0o022, 0o600),
    "one for a group": (0o640, None, 0o022, 0o640),
    "one that may not be written": (0o400, None, 0o022, 0o600),
    "one that can be run": (0o755, None, 0o022, 0o644),
    "the umask is stricter": (0o644, None, 0o077, 0o600),
    "no input on a disk": (None, None, 0o027, 0o640),
    "a private file is replaced": (0o644, 0o600, 0o022, 0o600),
    "an open file is replaced": (0o600, 0o644, 0o077, 0o644),
    "a group's file is replaced": (0o600, 0o660, 0o077, 0o660),
}


@pytest.mark.parametrize(("given", "before", "umask", "expected"), PERMISSIONS.values(), ids=PERMISSIONS)
def test_permissions(tmp_path: Path, given: int | None, before: int | None, umask: int, expected: int) -> None:
    target = tmp_path / "out"
    if before is not None:
        target.write_bytes(b"old")
        target.chmod(before)
    old_umask = os.umask(umask)
    try:
        file = WholeFile(target, given)
        while_written = stat.S_IMODE(next(tmp_path.glob(".*")).stat().st_mode)
        put_in_place([file])
    finally:
        os.umask(old_umask)
    assert (stat.S_IMODE(target.stat().st_mode), while_written & ~expected) == (expected, 0)


def test_outputs_of_a_run_are_no_more_open_than_the_strictest_part(tmp_path: Path) -> None:
    folder, target = tmp_path / "parts", tmp_path / "out.csv"
    folder.mkdir()
    for name, mode in (("a.csv", 0o644), ("b.csv", 0o600)):
        (folder / name).write_bytes(ROWS)
        (folder / name).chmod(mode)
    run(Job(folder, target))
    outputs = [path for path in tmp_path.iterdir() if path.is_file()]
    assert {path.name: stat.S_IMODE(path.stat().st_mode) for path in outputs} == dict.fromkeys(
        ("out.csv", "out.issues.csv", "out.run.json"), 0o600
    )


def test_a_group_that_cannot_be_kept_is_let_in_by_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(descriptor: int, owner: int, group: int) -> None:
        raise PermissionError

    target = tmp_path / "out"
    target.write_bytes(b"old")
    target.chmod(0o664)
    replaced = os.stat_result((0o100664, 0, 0, 1, os.getuid(), os.getgid() + 1, 0, 0, 0, 0))
    monkeypatch.setattr(whole_file, "_status", lambda path: replaced)
    monkeypatch.setattr(os, "fchown", refuse)
    write_whole(target, b"new")
    assert stat.S_IMODE(target.stat().st_mode) == 0o604


@pytest.mark.parametrize("name", ["out.csv", "out.issues.csv", "out.run.json"])
@pytest.mark.parametrize("there", [True, False], ids=["to a file", "to nothing"])
def test_a_link_in_the_place_of_an_output_is_refused(tmp_path: Path, name: str, there: bool) -> None:
    source, elsewhere = tmp_path / "in.csv", tmp_path / "elsewhere"
    source.write_bytes(ROWS)
    if there:
        elsewhere.write_bytes(b"kept")
    (tmp_path / name).symlink_to(elsewhere)
    with pytest.raises(UsageError, match=f"{name} is a link to"):
        run(Job(source, tmp_path / "out.csv"))
    assert (tmp_path / name).is_symlink()
    assert (elsewhere.read_bytes() == b"kept") if there else not elsewhere.exists()


def test_a_link_that_comes_while_the_file_is_written_is_refused(tmp_path: Path) -> None:
    target = tmp_path / "out"
    file = WholeFile(target)
    target.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UsageError, match="is a link"):
        put_in_place([file])
    file.discard()
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_an_interrupt_while_the_file_is_made_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(descriptor: int, mode: str) -> NoReturn:
        os.close(descriptor)
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fdopen", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_whole(tmp_path / "out", b"new")
    (tmp_path / "in.csv").write_bytes(ROWS)
    with pytest.raises(KeyboardInterrupt):
        run(Job(tmp_path / "in.csv", tmp_path / "out.csv"))
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]


def test_a_file_of_the_hidden_name_is_never_written_into(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("secrets.token_hex", lambda count: "guessed")
    (tmp_path / ".echograde-guessed.part").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FileExistsError):
        WholeFile(tmp_path / "out")
    assert not (tmp_path / "elsewhere").exists()


def test_bytes_and_names_are_on_the_disk_before_and_after_the_file_has_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    events = []
    kinds = {True: "folder", False: "file"}
    sync, replace = os.fsync, os.replace

    def recorded_sync(descriptor: int) -> None:
        events.append(f"sync {kinds[stat.S_ISDIR(os.fstat(descriptor).st_mode)]}")
        sync(descriptor)

    def recorded_replace(source: Path, target: Path) -> None:
        events.append(f"place {target.name}")
        replace(source, target)

    monkeypatch.setattr(os, "fsync", recorded_sync)
    monkeypatch.setattr(os, "replace", recorded_replace)
    put_in_place([WholeFile(tmp_path / "a"), WholeFile(tmp_path / "b")])
    assert events == ["sync file", "sync file", "place a", "place b", "sync folder"]

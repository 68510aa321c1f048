"""How the command ends, whatever happens to it: a sentence on standard error, and an exit code that is true."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from support.paths import ROOT
from support.witness import at_most, check_sentence, outputs

from grading.cli import edge

ROWS = b"id,valve,eroa_mm2\n1,MR,45\n2,MR,10\n"
REPORT = "Report it to the maintainers"


@pytest.fixture(autouse=True)
def _no_hang() -> Iterator[None]:
    with at_most(120):
        yield


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to be in, with a file that can be graded."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in.csv").write_bytes(ROWS)
    return tmp_path


@pytest.fixture
def echograde(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Iterator[Callable[..., tuple[int, str]]]:
    """Runs the command in this process as its own does: its exit code, and what it says on standard error."""
    heard = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def ended(*words: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["echograde", *words])
        with pytest.raises(SystemExit) as end:
            edge.main()
        return int(end.value.code or 0), capfd.readouterr().err

    yield ended
    for number, handler in heard.items():
        signal.signal(number, handler)


# --- what a user can give ---------------------------------------------------------------------------------------------


def nested(place: Path) -> None:
    (place / "map.toml").write_text("a = " + "[" * 20_000 + "]" * 20_000)


def long_number(place: Path) -> None:
    (place / "map.toml").write_text("a = " + "1" * 5_000)


def pipe(place: Path) -> None:
    os.mkfifo(place / "map.toml")


def large(place: Path) -> None:
    (place / "map.toml").write_bytes(b"#" * 2_000_000)


def latin(place: Path) -> None:
    (place / "map.toml").write_bytes("[columns]\n'größe' = 'eroa'\n".encode("latin-1"))


def folder(place: Path) -> None:
    (place / "map.toml").mkdir()


def device(place: Path) -> None:
    (place / "map.toml").symlink_to("/dev/zero")


MAPS = (nested, long_number, pipe, large, latin, folder, device)


@pytest.mark.parametrize("made", MAPS, ids=lambda made: made.__name__)
@pytest.mark.parametrize(
    "words", [("grade", "in.csv", "--columns"), ("agree", "in.csv", "--reader", "id", "--reader-map")], ids=" ".join
)
def test_a_map_that_is_none(
    place: Path, echograde: Callable[..., tuple[int, str]], made: Callable[[Path], None], words: tuple[str, ...]
) -> None:
    made(place)
    code, text = echograde(*words, "map.toml")
    assert code == 2
    check_sentence(text, "map.toml")


GIVEN = {
    "no name of an input": (("grade", ""), "it is empty"),
    "no name of an output": (("grade", "in.csv", "-o", ""), "it is empty"),
    "the folder one is in as output": (("grade", "in.csv", "-o", "."), "is a folder"),
    "the root as output": (("grade", "in.csv", "-o", "/"), "is a folder"),
    "the root as input": (("grade", "/"), "name a file to write"),
    "an encoding that is never one": (("grade", "in.csv", "--encoding", "undefined"), "undefined is not read"),
    "an encoding for names": (("grade", "in.csv", "--encoding", "idna"), "idna is not read"),
    "an encoding of seven bits": (("grade", "in.csv", "--encoding", "utf-7"), "utf-7 is not read"),
    "an encoding that shifts": (("grade", "in.csv", "--encoding", "iso2022_jp"), "iso2022_jp is not read"),
    "no encoding": (("grade", "in.csv", "--encoding", "x" * 2_000), "no encoding"),
    "a mark that may be half a character": (
        ("grade", "in.csv", "--encoding", "shift_jis", "--delimiter", "|"), "can be part of a character"
    ),
    "no command": (("grad",), "No such command"),
    "no such file": (("grade", "\x1b[31mred.csv"), "\\x1b[31mred.csv"),
}  # fmt: skip


@pytest.mark.parametrize(("words", "said"), GIVEN.values(), ids=GIVEN)
def test_what_cannot_be_used_is_refused(
    place: Path, echograde: Callable[..., tuple[int, str]], words: tuple[str, ...], said: str
) -> None:
    code, text = echograde(*words)
    assert (code, said in text, REPORT in text) == (2, True, False), text
    assert text.isprintable() or "\x1b" not in text
    assert sorted(path.name for path in place.iterdir()) == ["in.csv"]


def test_the_folder_one_is_in_is_graded_under_its_own_name(
    place: Path, echograde: Callable[..., tuple[int, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    (place / "parts").mkdir()
    (place / "in.csv").rename(place / "parts" / "in.csv")
    monkeypatch.chdir(place / "parts")
    assert echograde("grade", ".", "-q")[0] == 0
    assert (place / "parts.graded.csv").exists()


def test_every_guideline_on_one_row(place: Path, echograde: Callable[..., tuple[int, str]]) -> None:
    (place / "in.csv").write_bytes(b"id,valve,eroa_mm2,rvol_ml,cw_jet\n4,PXR,1,2,dense\n")
    assert echograde("grade", "in.csv", "-g", "all", "-q")[0] == 1
    assert (place / "in.graded.csv").read_bytes().count(b"\n") == 2


@pytest.mark.parametrize("option", ["--figure", "--csv"])
def test_a_figure_cannot_be_written_into_a_file(
    place: Path, echograde: Callable[..., tuple[int, str]], option: str
) -> None:
    (place / "graded.csv").write_bytes(b"ase_2017_grade,reader\nsevere,severe\nmild,mild\n")
    name = {"--figure": "in.csv/x.html", "--csv": "in.csv/x.csv"}[option]
    code, text = echograde("agree", "graded.csv", "--reader", "reader", "--valve", "mitral", option, name)
    assert (code, name in text) == (2, True), text
    check_sentence(text, name)


# --- errors of the program --------------------------------------------------------------------------------------------

ERRORS = [
    RuntimeError("secret"),
    MemoryError(),
    RecursionError(),
    AssertionError("secret"),
    UnicodeDecodeError("x", b"secret", 0, 1, ""),
]


@pytest.mark.hazard("crash-as-result")
@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize(
    "where", ["grading.batch.run.run", "grading.cli.grade.check_decimal", "grading.cli.arguments.pairs"]
)
def test_an_error_of_the_program_is_70_and_says_where_to_report(
    place: Path,
    echograde: Callable[..., tuple[int, str]],
    monkeypatch: pytest.MonkeyPatch,
    where: str,
    error: Exception,
) -> None:
    def failing(*args: object) -> None:
        raise error

    monkeypatch.setattr("grading.cli.grade.pairs" if where.endswith("pairs") else where, failing)
    code, text = echograde("grade", "in.csv")
    first, report, program = text.splitlines()
    assert code == 70
    assert first.startswith("echograde: ")
    assert report.startswith(REPORT)
    assert type(error).__name__ in program
    assert "cli/grade.py:" in program
    assert "secret" not in text
    assert [path.name for path in place.iterdir()] == ["in.csv"]


def test_an_error_while_the_program_is_loaded_is_70(
    place: Path, echograde: Callable[..., tuple[int, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "grading.batch.run", None)
    code, text = echograde("grade", "in.csv")
    assert (code, "ModuleNotFoundError" in text, REPORT in text) == (70, True, True)


# --- in a process of its own ------------------------------------------------------------------------------------------


def run(place: Path, *words: str, shell: str = "", **options: object) -> subprocess.CompletedProcess[str]:
    """`python -m grading WORDS`, behind a shell that arranges its streams and limits."""
    arguments = [sys.executable, "-m", "grading", *words]
    if shell:
        arguments = ["sh", "-c", f'exec "$@" {shell}', "sh", *arguments]
    options = {"env": {**os.environ, "PYTHONPATH": str(ROOT)}, **options}
    return subprocess.run(arguments, cwd=place, capture_output=True, text=True, **options)


# what is done to the streams, the command, the exit code, what is said
STREAMS = {
    "nowhere to print to": (">&-", ("explain", "mitral", "eroa=0.4cm2"), 2, "standard output"),
    "nowhere to print to, and nothing to print": (">&-", ("grade", "in.csv"), 0, "wrote"),
    "nowhere to say it": ("2>&-", ("grade", "in.csv"), 0, ""),
    "nowhere at all": ("<&- >&- 2>&-", ("grade", "in.csv"), 0, ""),
    "nothing to read from": ("<&-", ("grade", "-"), 2, "standard input"),
    "nothing to read from, nor to be read": ("<&-", ("grade", "in.csv"), 0, "wrote"),
    "a full device for an answer": (">/dev/full", ("explain", "mitral", "eroa=0.4cm2"), 2, "No space left"),
    "a full device for help": (">/dev/full", ("--help",), 2, "No space left"),
    "a full device for rows": (">/dev/full", ("grade", "in.csv", "-o", "-"), 2, "No space left"),
    "a full device for what is said": ("2>/dev/full", ("grade", "in.csv"), 0, ""),
    "a reader who has enough": ("| true", ("guidelines",), 0, ""),
}  # fmt: skip


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the streams are those of Linux")
@pytest.mark.parametrize(("shell", "words", "code", "said"), STREAMS.values(), ids=STREAMS)
def test_streams(place: Path, shell: str, words: tuple[str, ...], code: int, said: str) -> None:
    ended = run(place, *words, shell=shell)
    assert (ended.returncode, said in ended.stderr, "Traceback" in ended.stderr) == (code, True, False), ended.stderr
    assert (place / "in.csv").read_bytes() == ROWS
    if words == ("grade", "in.csv"):
        assert (place / "in.graded.csv").read_bytes().count(b"\n") == 3


def test_a_reader_who_has_enough_of_help(place: Path) -> None:
    script = f'(PYTHONPATH={ROOT} {sys.executable} -m grading --help; echo "ended $?" >&2) | true'
    ended = subprocess.run(["sh", "-c", script], cwd=place, capture_output=True, text=True)
    assert ended.stderr.strip() in ("ended 141", "ended 0")


@pytest.mark.hazard("crash-as-result")
@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="the limit is that of Linux")
@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_whatever_memory_there_is_a_run_is_whole_or_leaves_nothing(place: Path, suffix: str) -> None:
    row = "%d,MR,45,a note that takes room\n"
    (place / "in.csv").write_text("id,valve,eroa_mm2,note\n" + "".join(row % number for number in range(60_000)))
    code = -1
    for megabytes in range(50, 3_000, 50):
        ended = run(place, "grade", "in.csv", "-o", f"out{suffix}", "-q", preexec_fn=partial(_limit, megabytes))
        code = ended.returncode
        written = [path for path in outputs(place / f"out{suffix}") if path.exists()]
        assert code not in (1, 120), (megabytes, ended.stderr)
        assert bool(code == 0) == (len(written) == 3) or not written, (megabytes, ended.stderr)
        assert {path.name for path in place.iterdir()} == {"in.csv", *(path.name for path in written)}, megabytes
        if code == 0:
            return
        assert code in (2, 70), (megabytes, ended.stderr)
    pytest.fail("3 GB were not enough")


def _limit(megabytes: int) -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))


# --- told to stop while it is loaded ----------------------------------------------------------------------------------

HOOK = """
import os, signal, sys

class Hook:
    def find_spec(self, name, path=None, target=None):
        if name == os.environ["STOP_AT"]:
            sys.meta_path.remove(self)
            os.kill(os.getpid(), int(os.environ["STOP_BY"]))

sys.meta_path.insert(0, Hook())
"""
MODULES = (
    "typer",
    "grading.cli.main",
    "numpy",
    "pyarrow",
    "grading.batch.run",
    "pyarrow.compute",
    "grading.rows.schema",
)


#: the same within a text that C has Python run, as modules written in C do while they are loaded
HOOK_IN_C = HOOK.replace("import os", "import ctypes, os", 1).replace(
    'os.kill(os.getpid(), int(os.environ["STOP_BY"]))',
    """run = ctypes.pythonapi.PyRun_String
            run.restype, run.argtypes = ctypes.py_object, [ctypes.c_char_p, ctypes.c_int, ctypes.py_object, ctypes.py_object]
            run(b"import os\\nos.kill(os.getpid(), int(os.environ['STOP_BY']))\\n", 257, {}, {})""",
)


@pytest.mark.parametrize("hooked", [HOOK, HOOK_IN_C], ids=["in Python", "in C"])
@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_a_stop_is_heard_while_the_program_is_loaded(
    place: Path, number: signal.Signals, module: str, hooked: str
) -> None:
    hook = place / "hook"
    hook.mkdir()
    (hook / "sitecustomize.py").write_text(hooked)
    path = os.pathsep.join([str(hook), str(ROOT)])
    told = {**os.environ, "PYTHONPATH": path, "STOP_AT": module, "STOP_BY": str(int(number))}
    ended = run(
        place, "grade", "in.csv", env=told, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler)
    )
    assert (ended.returncode, ended.stderr) == (128 + number, "echograde: stopped; nothing was written\n")
    assert sorted(path.name for path in place.iterdir()) == ["hook", "in.csv"]

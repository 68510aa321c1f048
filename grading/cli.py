"""The command line: `echograde grade`, `explain`, `guidelines`, `template`, `reclassify`, `agree`, `verify`, `app`.

Exit codes: 0 done; 1 done, but some rows (or the case) were rejected; 2 usage or unreadable input; 128
and the number of the signal that stopped it.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from grading.errors import TableError, UsageError
from grading.report import NOTICE

if TYPE_CHECKING:
    from grading.batch import Summary
    from grading.sources import Long

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help=f"Grades valvular regurgitation from echocardiogram measurements by published tables, and says why. {NOTICE}",
)

GuidelineOption = Annotated[
    list[str] | None,
    typer.Option("--guideline", "-g", metavar="ID", help="Guideline id, or all; may repeat. Default: ase-2017."),
]


#: general issues that the report on the terminal spells out
MOST_LISTED = 20
#: the signal of a pipe that nobody reads, where the system has signals
SIGPIPE = 13


class Template(StrEnum):
    """What `template` can print."""

    csv = "csv"
    table_schema = "table-schema"
    redcap = "redcap"
    markdown = "markdown"


@contextmanager
def _spoken_errors(stopped: str = "stopped; nothing was written") -> Iterator[None]:
    """A usage or table error becomes one sentence and exit code 2; a reader who has read enough ends the run."""
    try:
        yield
    except (UsageError, TableError) as error:
        typer.echo(f"echograde: {error}", err=True)
        raise typer.Exit(2) from error
    except KeyboardInterrupt as error:
        typer.echo(f"echograde: {stopped}", err=True)
        raise typer.Exit(error.args[0] if error.args else 130) from error
    except BrokenPipeError as error:
        # what is still to be flushed at the exit has nowhere to go
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(128 + SIGPIPE) from error


def _pairs(items: Sequence[str], option: str) -> dict[str, str]:
    """NAME=VALUE items as a dictionary."""
    pairs: dict[str, str] = {}
    for item in items:
        name, equals, value = item.partition("=")
        if not equals:
            raise UsageError(f"{option}: expected NAME=VALUE, found {item!r}")
        if name in pairs:
            raise UsageError(f"{option}: {name} is given twice ({pairs[name]} and {value}); give it once")
        pairs[name] = value
    return pairs


@app.command()
def explain(
    valve: Annotated[str, typer.Argument(help="mitral, aortic, tricuspid or pulmonic.")],
    measurements: Annotated[
        list[str] | None,
        typer.Argument(
            help="NAME=VALUE with an optional unit: eroa=45mm2 regurgitant_volume=62 cw_jet=dense. "
            "For all names, units and words: echograde template --valve VALVE --as markdown"
        ),
    ] = None,
    guideline: GuidelineOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Grade one case and explain it: every criterion, the rule, what disagrees, what is missing.

    With --guideline all: the same case by every guideline, where they differ and which cut-off makes the difference.
    """
    from grading import compare
    from grading.case import grade
    from grading.guideline import DEFAULT_GUIDELINE, expand

    with _spoken_errors():
        values = _named(_pairs(measurements or [], "measurements"), valve)
        asked = guideline or [DEFAULT_GUIDELINE]
        cases = grade(valve, guideline=expand(asked), **values)
        if "all" in asked:
            typer.echo(json.dumps(compare.describe(cases[0]), indent=2) if as_json else compare.text(cases[0]))
        elif as_json:
            answers = [case.to_dict() for case in cases]
            typer.echo(json.dumps(answers[0] if len(answers) == 1 else answers, indent=2, ensure_ascii=False))
        else:
            typer.echo("\n\n".join(case.explain() for case in cases))
    if any(case.status == "rejected" for case in cases):
        raise typer.Exit(1)


def _named(values: dict[str, str], valve: str) -> dict[str, str]:
    """Measurements by catalogue name; an alias such as `vc` and a unit in the name (`vc_mm`) are understood."""
    from grading.case import check_valve
    from grading.catalogue import load_catalogue
    from grading.headers import match

    named: dict[str, str] = {}
    for name, value in values.items():
        found = None if name in load_catalogue() else match(name)
        if found is not None and found.valve not in ("", check_valve(valve)):
            raise UsageError(f"{name}={value} is about the {found.valve} valve, and {valve} is graded")
        if found is not None and found.unit and value.strip() and value.strip()[-1].isdigit():
            value = f"{value} {found.unit}"
        canonical = found.measurement if found is not None else name
        if canonical in named:
            raise UsageError(f"{canonical} is given twice ({name}={value}); give it once")
        named[canonical] = value
    return named


@app.command()
def grade(
    source: Annotated[
        Path, typer.Argument(metavar="IN", help="A .csv (or other text) or .parquet file, a folder of them, or -.")
    ],
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="OUT", help="Where to write; default IN.graded.csv, and - for -."),
    ] = None,
    guideline: GuidelineOption = None,
    valve: Annotated[str | None, typer.Option(metavar="VALVE", help="The valve every row is about.")] = None,
    columns: Annotated[
        Path | None, typer.Option(metavar="MAP.toml", help="A map of headers to measurements, see README.")
    ] = None,
    unit: Annotated[
        list[str] | None, typer.Option(metavar="NAME=UNIT", help="The unit of a header or measurement; may repeat.")
    ] = None,
    constant: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="What holds in every row; may repeat.")
    ] = None,
    missing: Annotated[
        list[str] | None, typer.Option(metavar="CODE", help="A further code for not measured; may repeat.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No report and no progress bar.")] = False,
    excel_safe: Annotated[
        bool, typer.Option("--excel-safe", help="An apostrophe before cells that a spreadsheet would run as formulas.")
    ] = False,
    delimiter: Annotated[
        str | None, typer.Option(metavar="MARK", help="What stands between cells, when it is not detected.")
    ] = None,
    decimal: Annotated[
        str | None, typer.Option(metavar="MARK", help="Decimal mark: . or , when it is not detected.")
    ] = None,
    encoding: Annotated[
        str | None, typer.Option(metavar="NAME", help="Text encoding, when it is not detected.")
    ] = None,
    layout: Annotated[
        str, typer.Option(metavar="LAYOUT", help="wide (a study or valve a row), or long (a measurement a line).")
    ] = "wide",
    id_: Annotated[
        str | None, typer.Option("--id", metavar="COLUMN", help="Long layout: the column that names the study.")
    ] = None,
    one_study: Annotated[bool, typer.Option("--one-study", help="Long layout: the file is one study.")] = False,
    name: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="Long layout: the column of names or labels.")
    ] = None,
    value: Annotated[str | None, typer.Option(metavar="COLUMN", help="Long layout: the column of values.")] = None,
    unit_column: Annotated[str | None, typer.Option(metavar="COLUMN", help="Long layout: the column of units.")] = None,
    valve_column: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="Long layout: the column of valves.")
    ] = None,
    repeats: Annotated[
        str | None,
        typer.Option(metavar="RULE", help="Long layout: what repeats come to: mean (default), first, last or max."),
    ] = None,
    engine: Annotated[
        str, typer.Option(metavar="ENGINE", help="local (threads), or dask (processes, or --scheduler).")
    ] = "local",
    scheduler: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Address of a Dask scheduler, as tcp://host:8786.")
    ] = None,
) -> None:
    """Grade every row of a file; writes OUT, OUT.issues.csv and OUT.run.json.

    With - as OUT the graded rows go to standard output as they come, and nothing else is written.

    Exit codes: 0 done; 1 done, but some rows were rejected; 2 nothing was done, and a sentence says why.
    """
    import pyarrow as pa

    from grading.batch import run
    from grading.columns import Options
    from grading.guideline import DEFAULT_GUIDELINE, expand
    from grading.progress import progress_bar
    from grading.sources import STANDARD, Job

    # pieces come and go by the megabyte, which malloc reuses and mimalloc hands back to the system each time
    pa.set_memory_pool(pa.system_memory_pool())
    # what is loaded by now stays, and need not be searched for garbage again and again
    gc.freeze()
    target = out or _default_target(source)
    stopped = "stopped; nothing was written" if target != STANDARD else "stopped; what was written is not whole"
    with _spoken_errors(stopped):
        said = _map(columns)
        if decimal not in (None, ".", ","):
            raise UsageError(f"--decimal: expected '.' or ',', found {decimal!r}")
        if delimiter is not None and delimiter not in ("\\t", "tab") and len(delimiter) != 1:
            raise UsageError(f"--delimiter: expected one character (or tab), found {delimiter!r}")
        roles = {"id": id_, "name": name, "value": value, "unit": unit_column, "valve": valve_column}
        long = _long(layout, {role: column for role, column in roles.items() if column}, one_study, repeats)
        if scheduler is not None and engine != "dask":
            raise UsageError("--scheduler is for --engine dask")
        job = Job(
            source,
            target,
            tuple(expand(guideline or [DEFAULT_GUIDELINE])),
            Options(
                valve,
                said.get("columns", {}),
                _pairs(unit or [], "--unit"),
                {**said.get("set", {}), **_pairs(constant or [], "--set")},
            ),
            tuple(missing or ()),
            "\t" if delimiter in ("\\t", "tab") else delimiter,
            decimal,
            encoding,
            excel_safe,
            engine,
            scheduler,
            long,
        )
        with progress_bar(job, quiet) as progress:
            summary = run(job, progress)
    if not quiet:
        typer.echo(_report(summary), err=True)
        files = (job.target, job.issues_path, job.manifest_path) if job.target != STANDARD else ("standard output",)
        typer.echo(f"wrote {', '.join(map(str, files))}\n{NOTICE}", err=True)
    if summary.rejected:
        raise typer.Exit(1)


def _long(layout: str, columns: dict[str, str], one_study: bool, repeats: str | None) -> Long | None:
    """How a long file is read; None for a wide one."""
    from grading.sources import Long

    if layout not in ("wide", "long"):
        raise UsageError(f"--layout: expected wide or long, found {layout!r}")
    if layout == "long":
        return Long(columns, one_study, repeats or "mean")
    if columns or one_study or repeats:
        raise UsageError(
            "--id, --one-study, --name, --value, --unit-column, --valve-column and --repeats: give --layout long"
        )
    return None


def _default_target(source: Path) -> Path:
    """IN.graded.csv or IN.graded.parquet beside IN; standard output for standard input."""
    from grading.progress import is_parquet

    if source == Path("-"):
        return source
    return source.with_name(f"{source.stem}.graded{'.parquet' if is_parquet(source) else '.csv'}")


def _map(path: Path | None) -> dict[str, Any]:
    """A --columns map: [columns] header = measurement, [set] name = value."""
    if path is None:
        return {}
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"--columns: cannot read {path}: {error}") from error
    for key, section in said.items():
        if key not in ("columns", "set"):
            raise UsageError(f"--columns: {path.name}: unknown section [{key}]; allowed: [columns], [set]")
        if not isinstance(section, dict):
            raise UsageError(f"--columns: {path.name}: {key} is not a section; write [{key}] on a line of its own")
    said["set"] = {name: str(value) for name, value in said.get("set", {}).items()}
    return said


def _report(summary: Summary) -> str:
    """How the input was understood and what came of it."""
    plan = summary.plan
    assert plan is not None
    lines = [f"read as: {summary.read_as}", f"valves: {', '.join(plan.valves) or 'as the valve column says'}"]
    for column in plan.columns:
        where = f"{column.valve} " if column.valve else ""
        unit = (
            f" [{column.unit}, {'assumed' if column.unit_from == 'catalogue' else column.unit_from}]"
            if column.unit
            else ""
        )
        if column.matched_by != "name" or column.unit_from == "catalogue":
            lines.append(f"column {column.header!r} is {where}{column.measurement}{unit}, by {column.matched_by}")
    lines += [f"note: {note}" for note in plan.notes]
    grave = sorted(summary.general, key=lambda issue: ("error", "warning", "note").index(issue.severity))
    lines += [f"line {issue.line}: {issue.severity}: {issue.message}" for issue in grave[:MOST_LISTED]]
    if len(grave) > MOST_LISTED:
        lines.append(f"and {len(grave) - MOST_LISTED} more about the whole file, at the top of the issues file")
    if plan.unmatched:
        lines.append(f"passed through: {', '.join(plan.unmatched)}")
    lines.append(
        f"{summary.rows} rows: " + (", ".join(f"{n} {s}" for s, n in summary.statuses.most_common()) or "none")
    )
    for name, counts in summary.grades.items():
        lines.append(f"{name}: " + ", ".join(f"{n} {g}" for g, n in counts.most_common()))
    lines.append("issues: " + (", ".join(f"{n} {s}" for s, n in summary.severities.most_common()) or "none"))
    return "\n".join(lines)


@app.command()
def guidelines(
    guideline: Annotated[str | None, typer.Argument(metavar="[ID]", help="A guideline id.")] = None,
    valve: Annotated[str | None, typer.Argument(metavar="[VALVE]", help="One valve: print its whole table.")] = None,
) -> None:
    """List the guidelines, or print one table as published, with places and readings."""
    from grading.case import check_valve, not_covered
    from grading.guideline import load_guideline
    from grading.tabletext import guideline_text, guidelines_text, table_text

    with _spoken_errors():
        if guideline is None:
            typer.echo(guidelines_text())
        elif valve is None:
            typer.echo(guideline_text(load_guideline(guideline)))
        else:
            canonical = check_valve(valve)
            table = load_guideline(guideline).tables.get(canonical)
            if table is None:
                raise UsageError(not_covered(guideline, canonical))
            typer.echo(table_text(table))


@app.command()
def template(
    valve: Annotated[str | None, typer.Option(help="Only what matters to one valve.")] = None,
    form: Annotated[Template, typer.Option("--as", help="csv, table-schema, redcap or markdown.")] = Template.csv,
) -> None:
    """Print a blank input file, or its data dictionary."""
    from grading.case import check_valve
    from grading.template import FORMATS

    with _spoken_errors():
        typer.echo(FORMATS[form.value](check_valve(valve) if valve else None), nl=False)


@app.command()
def reclassify(
    graded: Annotated[Path, typer.Argument(metavar="GRADED", help="A CSV file that was graded by both guidelines.")],
    first: Annotated[str, typer.Argument(metavar="FIRST", help="Guideline of the rows.")],
    second: Annotated[str, typer.Argument(metavar="SECOND", help="Guideline of the columns.")],
) -> None:
    """Print how rows move from one guideline to another, as Markdown tables."""
    from grading.reclassify import text

    with _spoken_errors():
        typer.echo(text(graded, first, second))


@app.command()
def agree(
    graded: Annotated[Path, typer.Argument(metavar="GRADED", help="A graded .csv or .parquet file.")],
    reader: Annotated[str | None, typer.Option(help="The column of the reader's grades.")] = None,
    guideline: Annotated[
        list[str] | None, typer.Option("--guideline", "-g", help="Guideline id; two of them without --reader.")
    ] = None,
    valve: Annotated[str | None, typer.Option(help="The valve, when the file has several.")] = None,
    reader_scale: Annotated[str, typer.Option(help="What bare numbers mean: words, 0-4, 0-3, I-IV or 0-5.")] = "words",
    reader_map: Annotated[Path | None, typer.Option(help='A TOML map: [grades] "text" = "moderate".')] = None,
    unreadable: Annotated[str, typer.Option(help="Texts that cannot be read: stop, or skip to set aside.")] = "stop",
    ranges: Annotated[str, typer.Option(help="A range such as mild to moderate: apart, low or high.")] = "apart",
    bootstrap: Annotated[int, typer.Option(help="Resamples for the intervals; 0 for none.")] = 2000,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the resampling.")] = 0,
    table: Annotated[Path | None, typer.Option("--csv", help="Write everything counted to this .csv file.")] = None,
    figure: Annotated[Path | None, typer.Option(help="Write a figure to this .html or .svg file.")] = None,
) -> None:
    """Print how a guideline agrees with a reader's column, or with another guideline: matrix, agreement and kappa."""
    from grading.agree import Question, answer, read_map
    from grading.agreementfigure import check_targets, export
    from grading.agreementtext import text

    with _spoken_errors():
        said = read_map(reader_map) if reader_map else {}
        how = (reader_scale, said, unreadable, ranges, bootstrap, seed)
        check_targets(graded, table, figure)
        found = answer(Question(graded, tuple(guideline or ()), reader, valve, *how))
        export(found, table, figure)
        typer.echo(text(found))
        for written in filter(None, (table, figure)):
            typer.echo(f"wrote {written}", err=True)


@app.command()
def verify(
    vectors: Annotated[Path, typer.Option(help="Folder of vector files, to try every moved cut-off.")] = Path(
        "tests/vectors"
    ),
) -> None:
    """Prove every table: rules reached, cut-offs noticed, places cited; exit 1 when a proof fails."""
    from grading.guideline import list_guidelines, load_guideline
    from grading.verify import text
    from grading.verify import verify as prove

    with _spoken_errors():
        papers = map(load_guideline, list_guidelines())
        found = [prove(t, vectors / f"{p.id}-{v}.csv") for p in papers for v, t in p.tables.items()]
    typer.echo(text(found))
    if any(report.failures for report in found):
        raise typer.Exit(1)


@app.command("app")
def open_app(
    port: Annotated[int, typer.Option(help="Where to listen, on 127.0.0.1.", min=1, max=65535)] = 8501,
    browser: Annotated[bool, typer.Option(help="Open a browser window.")] = True,
) -> None:
    """Open the front end: grade a case or a file, teach, look up the tables. Ctrl-C ends it."""
    from grading.frontend import serve

    with _spoken_errors():
        code = serve(port, browser)
    raise typer.Exit(code)


def main() -> None:
    """Entry point of the `echograde` command."""
    # a polite kill unwinds like Ctrl-C, so that temporary files are removed
    signal.signal(signal.SIGTERM, _terminated)
    try:
        app(prog_name="echograde")
    except KeyboardInterrupt:
        typer.echo("echograde: stopped; nothing was written", err=True)
        sys.exit(130)


def _terminated(signum: int, frame: object) -> NoReturn:
    raise KeyboardInterrupt(128 + signum)

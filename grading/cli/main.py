"""The command line: `echograde grade`, `explain`, and what looks at tables and at graded files.

Exit codes: see `edge`.
"""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from grading.cli import grade as gradecommand
from grading.cli.arguments import StrictCommand, path_of, spoken_errors
from grading.cli.change import change
from grading.cli.ending import say
from grading.cli.explain import explain
from grading.cli.readings import readings
from grading.errors import UsageError
from grading.explanation.report import NOTICE
from grading.version import VERSION

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help=f"Grades valvular regurgitation from echocardiogram measurements by published tables, and says why. {NOTICE}",
)


def _show_version(wanted: bool) -> None:
    """`--version`: the version, and the digest of the tables."""
    if wanted:
        from grading.reference.guideline import tables_digest

        say(f"echograde {VERSION}, tables {tables_digest()}")
        raise typer.Exit


@app.callback()
def common(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_show_version, is_eager=True, help="The version, and the digest of the tables."
        ),
    ] = False,
) -> None:
    """What every command shares."""


class TableForm(StrEnum):
    """How `guidelines` prints one table."""

    text = "text"
    checklist = "checklist"


class Template(StrEnum):
    """What `template` can print."""

    csv = "csv"
    table_schema = "table-schema"
    redcap = "redcap"
    markdown = "markdown"


app.command(cls=StrictCommand)(explain)
app.command(cls=StrictCommand)(gradecommand.grade)
app.command(cls=StrictCommand)(readings)


@app.command(cls=StrictCommand)
def guidelines(
    guideline: Annotated[str | None, typer.Argument(metavar="[ID]", help="A guideline id.")] = None,
    valve: Annotated[str | None, typer.Argument(metavar="[VALVE]", help="One valve: print its whole table.")] = None,
    form: Annotated[
        TableForm, typer.Option("--as", help="text, or checklist: a line a cut-off, to hold beside the paper and sign.")
    ] = TableForm.text,
) -> None:
    """List the guidelines, or print one table as published, with places and readings."""
    from grading.explanation.checklist import checklist
    from grading.explanation.checklist_text import checklist_text
    from grading.explanation.table_text import guideline_text, guidelines_text, table_text
    from grading.reference.catalogue import check_valve
    from grading.reference.guideline import load_guideline, not_covered

    with spoken_errors():
        if form is TableForm.checklist and (guideline is None or valve is None):
            raise UsageError("a checklist is of one table: name a guideline and a valve, as in 'ase-2017 mitral'")
        if guideline is None:
            say(guidelines_text())
        elif valve is None:
            say(guideline_text(load_guideline(guideline)))
        else:
            canonical = check_valve(valve)
            table = load_guideline(guideline).tables.get(canonical)
            if table is None:
                raise UsageError(not_covered(guideline, canonical))
            say(checklist_text(checklist(table)) if form is TableForm.checklist else table_text(table))


@app.command(cls=StrictCommand)
def template(
    valve: Annotated[str | None, typer.Option(help="Only what matters to one valve.")] = None,
    form: Annotated[Template, typer.Option("--as", help="csv, table-schema, redcap or markdown.")] = Template.csv,
) -> None:
    """Print a blank input file, or its data dictionary."""
    from grading.columns.template import FORMATS
    from grading.reference.catalogue import check_valve

    with spoken_errors():
        say(FORMATS[form.value](check_valve(valve) if valve else None).removesuffix("\n"))


@app.command(cls=StrictCommand)
def reclassify(
    graded: Annotated[
        Path, typer.Argument(metavar="GRADED", parser=path_of, help="A CSV file that was graded by both guidelines.")
    ],
    first: Annotated[str, typer.Argument(metavar="FIRST", help="Guideline of the rows.")],
    second: Annotated[str, typer.Argument(metavar="SECOND", help="Guideline of the columns.")],
) -> None:
    """Print how rows move from one guideline to another, as Markdown tables."""
    from grading.graded_files.reclassify import text

    with spoken_errors():
        say(text(graded, first, second))


@app.command(cls=StrictCommand)
def cite(
    manifest: Annotated[
        Path, typer.Argument(metavar="RUN.json", parser=path_of, help="The OUT.run.json that `grade` wrote.")
    ],
) -> None:
    """Print the sentences for a methods section: version, tables, guidelines and options of a run."""
    from grading.graded_files.cite import citation

    with spoken_errors():
        say(citation(manifest))


@app.command(cls=StrictCommand)
def agree(
    graded: Annotated[Path, typer.Argument(metavar="GRADED", parser=path_of, help="A graded .csv or .parquet file.")],
    reader: Annotated[str | None, typer.Option(help="The column of the reader's grades.")] = None,
    guideline: Annotated[
        list[str] | None, typer.Option("--guideline", "-g", help="Guideline id; two of them without --reader.")
    ] = None,
    valve: Annotated[str | None, typer.Option(help="The valve, when the file has several.")] = None,
    reader_scale: Annotated[str, typer.Option(help="What bare numbers mean: words, 0-4, 0-3, I-IV or 0-5.")] = "words",
    reader_map: Annotated[
        Path | None, typer.Option(metavar="MAP.toml", parser=path_of, help='A TOML map: [grades] "text" = "moderate".')
    ] = None,
    unreadable: Annotated[str, typer.Option(help="Texts that cannot be read: stop, or skip to set aside.")] = "stop",
    ranges: Annotated[str, typer.Option(help="A range such as mild to moderate: apart, low or high.")] = "apart",
    bootstrap: Annotated[int, typer.Option(help="Resamples for the intervals; 0 for none.")] = 2000,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the resampling.")] = 0,
    table: Annotated[
        Path | None,
        typer.Option("--csv", metavar="FILE", parser=path_of, help="Write everything counted to this .csv file."),
    ] = None,
    figure: Annotated[
        Path | None, typer.Option(metavar="FILE", parser=path_of, help="Write a figure to this .html or .svg file.")
    ] = None,
) -> None:
    """Print how a guideline agrees with a reader's column, or with another guideline: matrix, agreement and kappa."""
    from grading.agreement.figure import check_targets, export
    from grading.agreement.question import Question, answer, read_map
    from grading.agreement.text import text

    with spoken_errors():
        check_targets(graded, table, figure)
        question = Question(
            path=graded,
            guidelines=tuple(guideline or ()),
            reader=reader,
            valve=valve,
            reader_scale=reader_scale,
            own_words=read_map(reader_map) if reader_map else {},
            unreadable=unreadable,
            ranges=ranges,
            bootstrap=bootstrap,
            seed=seed,
        )
        agreement = answer(question)
        export(agreement, table, figure)
        say(text(agreement))
        for target in filter(None, (table, figure)):
            say(f"wrote {target}", error=True)


app.command(cls=StrictCommand)(change)


@app.command(cls=StrictCommand)
def verify(
    vectors: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            parser=path_of,
            help="Another folder of vector files than the one that comes with the tables.",
        ),
    ] = None,
) -> None:
    """Prove every table: no range falls, rules reached, cut-offs noticed, places cited; exit 1 when a proof fails."""
    from grading.proofs.verify import check_shared, text
    from grading.proofs.verify import verify as prove
    from grading.reference.guideline import list_guidelines, load_guideline

    with spoken_errors():
        papers = map(load_guideline, list_guidelines())
        proofs = [prove(table, vectors) for paper in papers for table in paper.tables.values()]
        check_shared(proofs)
    say(text(proofs))
    if any(proof.failures for proof in proofs):
        raise typer.Exit(1)


@app.command("app", cls=StrictCommand)
def open_app(
    port: Annotated[int, typer.Option(help="Where to listen, on 127.0.0.1 but for a class.", min=1, max=65535)] = 8501,
    browser: Annotated[bool, typer.Option(help="Open a browser window.")] = True,
    for_class: Annotated[
        bool,
        typer.Option(
            "--class",
            help="Let a class in on its phones: listens on the network, behind a link with a secret, without files.",
        ),
    ] = False,
) -> None:
    """Open the front end: grade a case or a file, teach, look up the tables. Ctrl-C ends it."""
    from grading.cli.app_server import serve

    with spoken_errors():
        code = serve(port, browser, for_class)
    raise typer.Exit(code)

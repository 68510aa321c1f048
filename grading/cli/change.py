"""`echograde change`: how grades moved between the studies of each patient."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from grading.cli.arguments import path_of, spoken_errors
from grading.cli.ending import say
from grading.explanation.report import NOTICE


def change(
    graded: Annotated[Path, typer.Argument(metavar="GRADED", parser=path_of, help="A graded .csv or .parquet file.")],
    id_: Annotated[str, typer.Option("--id", metavar="COLUMN", help="The column that names the patient.")],
    date: Annotated[str, typer.Option(metavar="COLUMN", help="The column of the date of the study.")],
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="OUT", parser=path_of, help="Where to write; default GRADED.change.csv."),
    ] = None,
    date_order: Annotated[
        str, typer.Option(metavar="ORDER", help="Dates are iso (2024-03-01), dmy (1/3/2024) or mdy (3/1/2024).")
    ] = "iso",
    guideline: Annotated[
        list[str] | None,
        typer.Option("--guideline", "-g", metavar="ID", help="Guideline id; default: all of the file."),
    ] = None,
    valve: Annotated[str | None, typer.Option(help="One valve; default: all of the file.")] = None,
    against: Annotated[
        str, typer.Option(metavar="STUDY", help="Compare each study with the previous one, or with the first.")
    ] = "previous",
    manifest: Annotated[
        Path | None,
        typer.Option(metavar="RUN.json", parser=path_of, help="The manifest of the run; default GRADED.run.json."),
    ] = None,
    excel_safe: Annotated[
        bool, typer.Option("--excel-safe", help="An apostrophe before cells that a spreadsheet would run as formulas.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No report.")] = False,
) -> None:
    """Write how grade and range of each patient moved between studies, and whether beyond measurement error.

    Exit codes: 0 done; 1 done, but some rows could not be placed; 2 nothing was done, and a sentence says why.
    """
    from grading.followup.change import Question
    from grading.followup.change import change as compared
    from grading.followup.studies import read_studies
    from grading.followup.text import as_csv, refuse_target, report, write

    with spoken_errors():
        run = manifest or graded.with_name(f"{graded.stem}.run.json")
        target = out or graded.with_name(f"{graded.stem}.change.csv")
        refuse_target(target, graded, run)
        question = Question(
            id_, date, date_order=date_order, guidelines=tuple(guideline or ()), valve=valve, against=against
        )
        lines = compared(read_studies(graded, run), question)
        write(target, as_csv(lines, excel_safe), graded)
    if not quiet:
        say(f"{report(lines, question)}\nwrote {target}\n{NOTICE}", error=True)
    if any(line.problem for line in lines):
        raise typer.Exit(1)

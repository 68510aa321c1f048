"""`echograde grade`: its options, and what a run says on the terminal."""

import gc
from pathlib import Path
from typing import Annotated

import typer

from grading.cli.arguments import GuidelineOption, Place, as_flag, pairs, path_of, place_of, spoken_errors
from grading.cli.ending import STOPPED, say
from grading.cli.grade_options import check_decimal, default_target, delimiter_of, long_of, map_of
from grading.cli.run_text import run_text
from grading.errors import UsageError
from grading.explanation.report import NOTICE


def grade(
    place: Annotated[
        Place,
        typer.Argument(
            metavar="IN", parser=place_of, help="A .csv (or other text) or .parquet file, a folder of them, or -."
        ),
    ],
    out: Annotated[
        Place | None,
        typer.Option(
            "--out",
            "-o",
            metavar="OUT",
            parser=place_of,
            help="Where to write; default IN.graded.csv, and - for -. A folder (OUT/) is filled part by part.",
        ),
    ] = None,
    guideline: GuidelineOption = None,
    valve: Annotated[str | None, typer.Option(metavar="VALVE", help="The valve every row is about.")] = None,
    columns: Annotated[
        Path | None,
        typer.Option(metavar="MAP.toml", parser=path_of, help="A map of headers to measurements, see README."),
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
    skip_lines: Annotated[
        int, typer.Option(metavar="N", min=0, help="Lines above the header, such as a title, that are not read.")
    ] = 0,
    units_row: Annotated[
        bool, typer.Option("--units-row", help="The line below the header holds units; it is no row of the result.")
    ] = False,
    sheet: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="The sheet of a workbook, by name or number; the first by default."),
    ] = None,
    redcap_dictionary: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A REDCap data dictionary: what labels and codes mean.")
    ] = None,
    layout: Annotated[
        str, typer.Option(metavar="LAYOUT", help="wide (a study or valve a row), or long (a measurement a line).")
    ] = "wide",
    id_: Annotated[
        list[str] | None,
        typer.Option("--id", metavar="COLUMN", help="Long layout: a column that names the study; may repeat."),
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
    direction_column: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="Long layout: the column of the direction of flow.")
    ] = None,
    chosen_column: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="Long layout: the column that marks chosen values.")
    ] = None,
    keep: Annotated[
        list[str] | None,
        typer.Option(metavar="COLUMN", help="Long layout and reports: a column, label or keyword to keep; may repeat."),
    ] = None,
    repeats: Annotated[
        str | None,
        typer.Option(metavar="RULE", help="Long layout: what repeats come to: mean (default), first, last or max."),
    ] = None,
    tidy: Annotated[
        bool,
        typer.Option("--tidy", help="Also OUT.tidy.csv: a row for each study, valve and guideline."),
    ] = False,
    tidy_id: Annotated[
        str | None,
        typer.Option(metavar="COLUMN", help="Tidy: the column that names the study; default: the first not read."),
    ] = None,
    tidy_codes: Annotated[bool, typer.Option("--tidy-codes", help="Tidy: ordinal codes beside the grades.")] = False,
    engine: Annotated[
        str, typer.Option(metavar="ENGINE", help="local (threads), or dask (processes, or --scheduler).")
    ] = "local",
    scheduler: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Address of a Dask scheduler, as tcp://host:8786.")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Into a folder: leave the parts that an earlier run there has done.")
    ] = False,
    trusted: Annotated[
        bool, typer.Option("--trusted", help="Read a binary file of your own making faster, without protection.")
    ] = False,
) -> None:
    """Grade every row of a file; writes OUT, OUT.issues.csv and OUT.run.json, and OUT.tidy.csv on request.

    With - as OUT the graded rows go to standard output as they come, and nothing else is written.

    Exit codes: 0 done; 1 done, but some rows were rejected or some parts could not be graded; 2 nothing was done, and a
    sentence says why.
    """
    import pyarrow as pa

    from grading.batch.job import Job, Tidy
    from grading.batch.run import run
    from grading.cli.grade_parts import PARTS_STAY, grade_parts
    from grading.cli.progress import progress_bar
    from grading.columns.plan import Options
    from grading.columns.redcap import read_dictionary
    from grading.formats.upload import STANDARD
    from grading.reference.guideline import DEFAULT_GUIDELINE, expand

    # pieces come and go by the megabyte, which malloc reuses and mimalloc hands back to the system each time
    pa.set_memory_pool(pa.system_memory_pool())
    # what is loaded by now stays, and need not be searched for garbage again and again
    gc.freeze()
    by_part = place.is_url or (out is not None and out.is_folder)
    source = place.path
    stopped = "stopped; what was written is not whole" if (out or place).path == STANDARD else STOPPED
    with spoken_errors(PARTS_STAY if by_part else stopped):
        target = out.path if out is not None else source if by_part else default_target(source)
        mapped, constants = map_of(columns)
        check_decimal(decimal)
        mark = delimiter_of(delimiter)
        ids = tuple(id_ or ())
        roles = {
            "id": next(iter(ids), None), "name": name, "value": value, "unit": unit_column, "valve": valve_column,
            "direction": direction_column, "chosen": chosen_column,
        }  # fmt: skip
        named = {role: column for role, column in roles.items() if column}
        coded = layout == "wide" and not (named or one_study or repeats)
        long = None if coded else long_of(layout, named, one_study, repeats, ids[1:], tuple(keep or ()))
        if (tidy_id is not None or tidy_codes) and not tidy:
            raise UsageError("it is for --tidy", about="tidy_id" if tidy_id is not None else "tidy_codes")
        if scheduler is not None and engine != "dask":
            raise UsageError("it is for --engine dask", about="scheduler")
        options = Options(
            valve=valve,
            columns=mapped,
            units=pairs(unit or [], "units"),
            constants=constants | pairs(constant or [], "constants"),
            redcap=read_dictionary(redcap_dictionary) if redcap_dictionary is not None else {},
        )
        job = Job(
            source,
            target,
            guidelines=tuple(expand(guideline or [DEFAULT_GUIDELINE])),
            options=options,
            missing=tuple(missing or ()),
            delimiter=mark,
            decimal=decimal,
            encoding=encoding,
            skip_lines=skip_lines,
            units_row=units_row,
            sheet=sheet,
            keep=tuple(keep or ()),
            excel_safe=excel_safe,
            engine=engine,
            scheduler=scheduler,
            long=long,
            tidy=Tidy(tidy_id, tidy_codes) if tidy else None,
            trusted=trusted,
            write_option=as_flag,
        )
        if by_part:
            raise typer.Exit(grade_parts(job, place, out, resume, quiet))
        if resume:
            raise UsageError("it is for parts in a folder: end the name of the output with /", about="resume")
        with progress_bar(job, quiet) as progress:
            summary = run(job, progress)
    if not quiet:
        files = job.targets if target != STANDARD else ("standard output",)
        say(f"{run_text(summary)}\nwrote {', '.join(map(str, files))}\n{NOTICE}", error=True)
    if summary.rejected:
        raise typer.Exit(1)

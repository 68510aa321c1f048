"""`echograde explain`: one case, typed or from a report, by one guideline, several or all."""

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from grading.cli.arguments import GuidelineOption, pairs, path_of, spoken_errors
from grading.cli.ending import say
from grading.errors import UsageError

if TYPE_CHECKING:
    from grading.case import Case


class Form(StrEnum):
    """How `explain` says what it says."""

    text = "text"
    json = "json"
    fhir = "fhir"


def explain(
    valve: Annotated[
        str | None, typer.Argument(metavar="[VALVE]", help="mitral, aortic, tricuspid or pulmonic.")
    ] = None,
    measurements: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[NAME=VALUE]...",
            help="NAME=VALUE with an optional unit: eroa=45mm2 regurgitant_volume=62 cw_jet=dense. "
            "For all names, units and words: echograde template --valve VALVE --as markdown",
        ),
    ] = None,
    guideline: GuidelineOption = None,
    report: Annotated[
        Path | None,
        typer.Option(
            "--sr", metavar="FILE", parser=path_of, help="The values of a DICOM structured report, or of FHIR."
        ),
    ] = None,
    form: Annotated[Form, typer.Option("--as", help="text, json, or fhir: a Bundle of inputs and grade.")] = Form.text,
    as_json: Annotated[bool, typer.Option("--json", help="The same as --as json.")] = False,
) -> None:
    """Grade one case and explain it: every criterion, the rule, what disagrees, what is missing.

    With --guideline all: the same case by every guideline, where they differ and which cut-off makes the difference.
    With --sr: every valve that a report measures, or the one that is named, with what is typed beside it.
    """
    from grading.case import grade
    from grading.reference.guideline import DEFAULT_GUIDELINE, expand

    with spoken_errors():
        chosen = guideline or [DEFAULT_GUIDELINE]
        studies = _studies(valve, pairs(measurements or []), report)
        cases = [grade(name, guideline=expand(chosen), **values) for name, values in studies.items()]
        wanted = Form.json if as_json else form
        if "all" in chosen:
            _say_compared([each[0] for each in cases], wanted)
        else:
            _say_explained([case for each in cases for case in each], wanted)
    if any(case.status == "rejected" for each in cases for case in each):
        raise typer.Exit(1)


def _studies(valve: str | None, typed: dict[str, str], report: Path | None) -> dict[str, dict[str, Any]]:
    """valve -> its values, as typed or as a report has them."""
    from grading.reference.catalogue import check_valve

    if report is None:
        if valve is None:
            raise UsageError("name a valve: mitral, aortic, tricuspid or pulmonic; or give --sr FILE")
        return {check_valve(valve): typed}
    from grading.batch.job import Job
    from grading.batch.one_study import study_values

    studies = study_values(Job(report, report))
    if valve is not None:
        studies = {check_valve(valve): studies.get(check_valve(valve), {})}
    if not studies:
        raise UsageError(f"{report.name}: it measures nothing of a valve that leaks")
    return {name: values | typed for name, values in studies.items()}


def _say_compared(cases: "list[Case]", form: Form) -> None:
    from grading.explanation.comparison import compare

    if form is Form.fhir:
        raise UsageError("a comparison has no FHIR form; name one guideline")
    if form is Form.json:
        answers = [compare(case).to_dict() for case in cases]
        say(json.dumps(answers[0] if len(answers) == 1 else answers, indent=2))
    else:
        say("\n\n".join(case.compare() for case in cases))


def _say_explained(cases: "list[Case]", form: Form) -> None:
    if form is Form.text:
        say("\n\n".join(case.explain() for case in cases))
        return
    if form is Form.fhir:
        from grading.formats.fhir_bundle import bundle

        answers = [bundle(case) for case in cases]
    else:
        answers = [case.to_dict() for case in cases]
    say(json.dumps(answers[0] if len(answers) == 1 else answers, indent=2, ensure_ascii=False))

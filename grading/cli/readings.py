"""`echograde readings`: what this project decided where the papers are silent, each with its id."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from grading.cli.arguments import spoken_errors
from grading.cli.ending import say


def readings(
    guideline: Annotated[
        str | None, typer.Option("--guideline", "-g", help="Only the tables of one guideline.")
    ] = None,
    valve: Annotated[str | None, typer.Option(help="Only the tables of one valve.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The same as data.")] = False,
) -> None:
    """List every decision of this project that no paper prints, each with an id by which to object to it."""
    from grading.explanation.readings import every_reading, readings_text
    from grading.reference.catalogue import check_valve

    with spoken_errors():
        found = every_reading(guideline, check_valve(valve) if valve else None)
    say(json.dumps([one.to_dict() for one in found], indent=2, ensure_ascii=False) if as_json else readings_text(found))

"""What a methods section says of a run, from its manifest: version, tables, guidelines, options, rows left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from grading.errors import UsageError
from grading.formats.small_file import read_json_file
from grading.reference.catalogue import check_valve, load_catalogue
from grading.reference.guideline import references
from grading.writing import joined

_EXPECTED = "expected the .run.json that `echograde grade` writes beside a graded file; grade the file again"


def citation(path: Path) -> str:
    """The sentences for a methods section. Raises UsageError for what is no manifest of a run."""
    run = _read(path)
    try:
        return " ".join(_sentences(run))
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise UsageError(f"{path.name} is not whole: {_EXPECTED}") from error


def _read(path: Path) -> Mapping[str, Any]:
    """A manifest. Raises UsageError where there is none."""
    run = read_json_file(path)
    if not isinstance(run, dict) or not {"echograde", "tables", "guidelines"} <= run.keys():
        raise UsageError(f"{path.name} is no manifest of a run; {_EXPECTED}")
    return run


def _sentences(run: Mapping[str, Any]) -> Iterator[str]:
    papers = joined([_paper(name) for name in run["guidelines"]])
    valves = joined(list(run["methods"]))
    yield f"Regurgitation ({valves}) was graded with echograde {run['echograde']} (tables {run['tables']}) by {papers}."
    options = list(_options(run["options"]))
    if options:
        yield f"{'; '.join(options)}."
    assumed = [column for column in run["columns"] if column["unit_from"] == "catalogue"]
    if assumed:
        units = {f"{_label(c['measurement'])} in {c['unit']}": None for c in assumed}
        yield f"Columns without a unit were taken as {joined(list(units))}."
    yield _rows(run)


def _paper(guideline: str) -> str:
    """'ASE 2017 (Zoghbi WA et al. ..., doi ...)', by its id where these tables do not know it."""
    paper = references().get(guideline)
    if paper is None:
        return guideline
    place = f", doi {paper['doi']}" if paper["doi"] else ""
    return f"{paper['short']} ({paper['citation']}{place})"


def _options(options: Mapping[str, Any]) -> Iterator[str]:
    """The options that can change a grade, each as a clause; the first begins the sentence."""
    said = []
    if options["valve"]:
        said.append(f"every row was about the {check_valve(options['valve'])} valve")
    said += [f"{_label(name)} was {value} in every row" for name, value in options["set"].items()]
    said += [f"column {header!r} was {_meaning(meaning)}" for header, meaning in options["columns"].items()]
    said += [f"{_label(name)} was given in {unit}" for name, unit in options["units"].items()]
    if options["missing"]:
        said.append(f"{joined([repr(code) for code in options['missing']])} meant not measured")
    if options.get("layout") == "long":
        said.append(f"repeated measurements of a study came to their {options['repeats']}")
    for place, clause in enumerate(said):
        yield clause if place else clause[:1].upper() + clause[1:]


def _meaning(meaning: str | Mapping[str, str]) -> str:
    if isinstance(meaning, str):
        return "not read" if meaning == "ignore" else f"read as {_label(meaning)}"
    unit = f" in {meaning['unit']}" if "unit" in meaning else ""
    return f"read as {_label(meaning['measurement'])}{unit}"


def _label(name: str) -> str:
    catalogue = load_catalogue()
    found = catalogue.numbers.get(name) or catalogue.words.get(name)
    return found.label if found else name


def _rows(run: Mapping[str, Any]) -> str:
    """'Rows: 60 (51 graded, 6 without sufficient data, 3 rejected for a cell that cannot be used).'"""
    status = {name: int(count) for name, count in run["status"].items()}
    words = {
        "graded": "graded", "indeterminate": "indeterminate", "insufficient_data": "without sufficient data",
        "not_covered": "of a valve that is not covered", "rejected": "rejected for a cell that cannot be used",
    }  # fmt: skip
    found = [f"{status[name]:,} {text}" for name, text in words.items() if status.get(name)]
    rows = int(run["input"]["rows"])
    return f"Rows: {rows:,} ({', '.join(found)})." if found else "The file held no rows."

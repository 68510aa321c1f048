"""The explanation of one case. It only reads the arrays the decision was made from, and asks the engine 'what if'."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Any

import numpy as np

from grading.case import Case, Entered
from grading.catalogue import Catalogue, Number, load_catalogue
from grading.derived import Flag, holds
from grading.engine import Decision, decide
from grading.guideline import Group, Row, Table, load_guideline, references
from grading.limits import plain, quantity
from grading.reasons import joined, spoken, step_name, upper, witness
from grading.scale import GRADES, NO_GRADE
from grading.units import convert
from grading.whatif import what_would_change

NOTICE = "For education and research. Not a medical device; not for decisions about a patient."
WIDTH = 80


def describe(case: Case) -> dict[str, Any]:
    """Everything about one case as plain dictionaries and lists, ready for JSON."""
    from grading import __version__

    paper = load_guideline(case.guideline)
    answer: dict[str, Any] = {
        "valve": case.valve,
        "guideline": case.guideline,
        "citation": f"{paper.citation}. doi {paper.doi}",
        "scheme": case.table.scheme if case.table else None,
        "rests_on": case.table.rests_on if case.table else None,
        "status": case.status,
        "grade": case.grade,
        "grade_low": case.grade_low,
        "grade_high": case.grade_high,
        "certainty": case.certainty,
        "reason": case.reason,
        "rule": case.rule,
        "entered": [_entered(e) for e in case.reading.entered.values()],
        "issues": [
            {"column": i.column, "value": i.value, "severity": i.severity, "message": i.message} for i in case.issues
        ],
    }
    if case.decision is not None:
        answer |= _described(case, case.decision)
    return answer | {"report": report(case), "notice": NOTICE, "echograde": __version__}


def _described(case: Case, decision: Decision) -> dict[str, Any]:
    rule = decision.table.rules[decision.rule[0] - 1] if decision.rule[0] else None
    return {
        "rule_source": {"at": rule.at or None, "reading": rule.reading or None} if rule else None,
        "quantitative_grade": quantitative_grade(decision, 0) or None,
        "counts": counts(decision),
        "criteria": list(criteria(case, decision)),
        "derived": derived(decision),
        "disagreements": disagreements(decision),
        "cautions": cautions(decision),
        "would_change": what_would_change(decision.table, case.reading.columns(), decision),
    }


def _entered(entered: Entered) -> dict[str, Any]:
    measurement = load_catalogue()[entered.name]
    row: dict[str, Any] = {"measurement": entered.name, "label": measurement.label, "typed": entered.typed}
    if isinstance(measurement, Number):
        return row | {"unit": entered.unit, "value": entered.value, "catalogue_unit": measurement.unit}
    return row | {"value": measurement.values[int(entered.value) - 1]}


def quantitative_grade(decision: Decision, row: int) -> str:
    """The step the quantities agree on: 'IV', 'II-III', 'unresolved', or '' when nothing was quantified."""
    group = decision.table.group("quantitative")
    if group is None or decision.tallies[group.name].measured[row] == 0:
        return ""
    tally, steps = decision.tallies[group.name], list(group.steps)
    low, high = int(tally.agree_low[row]), int(tally.agree_high[row])
    if low == 0:
        return "unresolved"
    return steps[low - 1] if low == high else f"{steps[low - 1]}-{steps[high - 1]}"


def counts(decision: Decision) -> dict[str, Any]:
    """How many criteria were met for each grade, of how many, and how many were assessed, per group."""
    return {
        name: {
            "assessed": int(tally.measured[0]),
            "criteria": tally.group.size,
            **{s: {"met": int(n[0]), "possible": tally.group.possible(s)} for s, n in tally.counts.items() if tally.group.possible(s)},
        }
        for name, tally in decision.tallies.items()
    }  # fmt: skip


def criteria(case: Case, decision: Decision) -> Iterator[dict[str, Any]]:
    """Every criterion of the table: its value, the band it falls in, what that argues for, and where it stands."""
    for group, row in decision.table.rows():
        bands = decision.tallies[group.name].bands
        band = int(bands[row.name][0]) if row.name in bands else 0
        label = row.labels[band - 1] if band else None
        measurement = load_catalogue()[row.name]
        yield {
            "group": group.name,
            "measurement": row.name,
            "label": measurement.label,
            "assessed": band > 0,
            "value": _value(row, decision) if _is_known(row.name, decision) else None,
            "entered": _typed(case, row.name),
            "unit": row.unit or None,
            "band": band_text(row, band) if band else None,
            "argues_for": None if label in (None, NO_GRADE) else label,
            "verdicts": {step: _verdict(row, band, step) for step in group.steps if row.bands(step)},
            "why_not_assessed": None if band else why_not(row, group, decision),
            "counted": group.role != "supportive",
            "instead_of": row.instead_of or None,
            "cut_offs": cut_offs(row),
            "at": row.at or None,
            "reading": row.reading or None,
            "note": row.note or None,
        }


def _verdict(row: Row, band: int, step: str) -> str:
    return "not assessed" if band == 0 else "met" if band in row.bands(step) else "not met"


def _is_known(name: str, decision: Decision) -> bool:
    column = decision.filled.columns.get(name)
    return column is not None and not (np.isnan(column[0]) if column.dtype.kind == "f" else column[0] == 0)


def _value(row: Row, decision: Decision) -> float | str:
    """The value in the table's unit, or the word."""
    column, measurement = decision.filled.columns[row.name], load_catalogue()[row.name]
    if isinstance(measurement, Number):
        return convert(float(column[0]), measurement.unit, row.unit)
    return measurement.values[int(column[0]) - 1]


def _typed(case: Case, name: str) -> str | None:
    entered = case.reading.entered.get(name)
    return None if entered is None else quantity(entered.typed, entered.unit).strip()


def band_text(row: Row, band: int) -> str:
    """The band in the paper's digits and unit: '>= 0.40 cm2', or the word."""
    return row.scale.text(band, row.unit) if row.scale else words_of(row)[band - 1].replace("_", " ")


def words_of(row: Row) -> tuple[str, ...]:
    """The values of a row read in words."""
    return load_catalogue().words[row.name].values


def cut_offs(row: Row) -> str:
    """What argues for what, in the paper's digits: 'mild <= 0.3 cm, severe >= 0.7 cm', or the whole chain of grades."""
    if row.scale and NO_GRADE not in row.labels:
        return row.scale.chain(row.unit)
    said: dict[str, list[str]] = {}
    for band, label in enumerate(row.labels, 1):
        if label != NO_GRADE:
            said.setdefault(label, []).append(band_text(row, band))
    return ", ".join(f"{label} {' or '.join(texts)}" for label, texts in said.items())


def why_not(row: Row, group: Group, decision: Decision) -> str:
    """Why a criterion was not assessed."""
    columns = decision.filled.columns
    if not _is_known(row.name, decision):
        return "not entered" if load_catalogue()[row.name].group != "derived" else missing_parts(row.name, decision)
    if row.instead_of:
        return f"not needed: {load_catalogue()[row.instead_of].label} is known"
    for condition in row.unless:
        void = holds(condition, columns)
        if void is not None and void[0]:
            return f"void because {condition.text.replace('_', ' ')}"
    return "needs " + joined([condition.text.replace("_", " ") for condition in row.given])


def missing_parts(name: str, decision: Decision) -> str:
    """Which parts of a derived word are unknown."""
    catalogue = load_catalogue()
    derivation = catalogue.words[name].derivation
    assert derivation is not None
    parts = [catalogue[part].label for part in derivation.inputs if not _is_known(part, decision)]
    return f"needs {joined(parts)}" if parts else "its parts do not settle it"


def derived(decision: Decision) -> list[dict[str, Any]]:
    """What was worked out, from what, by which formula."""
    catalogue, filled = load_catalogue(), decision.filled
    rows: list[dict[str, Any]] = []
    for name, sources in filled.sources.items():
        measurement = catalogue[name]
        if sources[0] < 2:
            continue
        if isinstance(measurement, Number):
            method = filled.method(name)
            assert method is not None
            parts = [*method.inputs, *(n for n in method.optional if n in filled.columns)]
            values = [f"{n} = {_plain(n, filled.columns[n][0], catalogue)}" for n in parts]
            rows.append(
                {"measurement": name, "label": measurement.label, "value": float(filled.columns[name][0]),
                 "unit": measurement.unit, "method": method.text, "from": ", ".join(values)}
            )  # fmt: skip
        else:
            derivation = measurement.derivation
            assert derivation is not None
            known = [n for n in derivation.inputs if _is_known(n, decision)]
            values = [f"{n} = {_plain(n, filled.columns[n][0], catalogue)}" for n in known]
            value = measurement.values[filled.columns[name][0] - 1]
            rows.append(
                {"measurement": name, "label": measurement.label, "value": value, "unit": None,
                 "method": derivation.place_for(decision.table.valve), "from": ", ".join(values)}
            )  # fmt: skip
    return rows


def _plain(name: str, value: Any, catalogue: Catalogue) -> str:
    measurement = catalogue[name]
    if isinstance(measurement, Number):
        return quantity(f"{float(value):.6g}", measurement.unit)
    return measurement.values[int(value) - 1].replace("_", " ")


def flag_text(flag: Flag, row: int, entered: float) -> str:
    """The sentence for one derived value that could not be used or that disagrees with what was entered."""
    number = load_catalogue().numbers[flag.method.target]
    value = quantity(f"{flag.value[row]:.3g}", number.unit)
    if flag.disagrees:
        return (
            f"{number.label} was entered as {quantity(plain(entered), number.unit)}, but {flag.method.text} gives {value}, "
            "more than 20 % apart; the entered value is kept, check both"
        )
    return f"{number.label} by {flag.method.text} would be {value}, which is impossible: it is not used, check its inputs"


def disagreements(decision: Decision) -> list[str]:
    """What speaks against what: dissenting quantities, criteria of both kinds, derived values that do not fit."""
    said = []
    for tally in decision.tallies.values():
        voices: dict[str, list[str]] = {}
        for name, step in spoken(tally, 0):
            if tally.group.role != "supportive":
                voices.setdefault(step, []).append(load_catalogue()[name].label)
        if len(voices) > 1:
            said.append("; ".join(f"{joined(names)}: {step_name(tally.group, s)}" for s, names in voices.items()) + ".")
    said += _across_groups(decision)
    filled = decision.filled
    for flag in filled.flags:
        if flag.rows[0]:
            said.append(upper(flag_text(flag, 0, float(filled.columns[flag.method.target][0]))) + ".")
    return said


def _across_groups(decision: Decision) -> list[str]:
    """Criteria for severe beside mild quantities, and the other way round."""
    quantitative, specific = (decision.table.group(role) for role in ("quantitative", "criteria"))
    if quantitative is None or specific is None:
        return []
    steps, tally = quantitative.steps, decision.tallies[quantitative.name]
    ends = [int(end[0]) for end in (tally.low, tally.high)]
    if ends[0] == 0:
        return []
    low, high = (list(steps.values())[end - 1] for end in ends)
    said = []
    for grade, other in (("severe", high), ("mild", low)):
        names = [load_catalogue()[n].label for n, step in spoken(decision.tallies[specific.name], 0) if step == grade]
        if names and GRADES.index(other) * (1 if grade == "severe" else -1) < GRADES.index(grade) * (1 if grade == "severe" else -1):
            said.append(f"{upper(joined(names))} {'argues' if len(names) == 1 else 'argue'} for {grade}, the quantities for {other}.")
    return said


def cautions(decision: Decision) -> list[dict[str, str]]:
    """Sentences to keep in mind; they never change the grade."""
    from grading.engine import met

    said = [{"text": witness(decision, 0), "at": "reading: one PISA radius is one witness"}] if witness(decision, 0) else []
    for caution in decision.table.cautions:
        masks = [met(condition, decision.tallies, decision.filled.columns) for condition in caution.when]
        if all(mask is not None and mask[0] for mask in masks):
            said.append({"text": caution.text, "at": caution.at})
    return said


# --- the report sentence ---------------------------------------------------------------------------------------------


def shown(number: Number, value: float, table: Table | None) -> str:
    """A value as a report prints it: the catalogue's decimals, and more where fewer would move it into another band."""
    rows = [row for _, row in table.rows() if row.name == number.name and row.scale] if table else []
    for decimals in range(number.decimals, 10):
        text = f"{value:.{decimals}f}"
        pairs = [np.array([value, float(text)]) for _ in rows]
        bands = [row.scale.band(pair, row.ratio) for row, pair in zip(rows, pairs, strict=True) if row.scale]
        if all(pair[0] == pair[1] for pair in bands):
            return quantity(text, number.unit)
    return quantity(plain(value), number.unit)


def in_words(grade: str) -> str:
    """A grade as prose: 'not severe'."""
    return grade.replace("_", " ")


def report(case: Case) -> str:
    """One sentence for a report, in the words of the 2025 ASE reporting standard, with its scheme."""
    short = references()[case.guideline]["short"]
    leak = f"{case.valve} regurgitation"
    if case.decision is None:
        return f"{upper(leak)}: not graded by {short}."
    grade, low, high = case.grade or "", case.grade_low, case.grade_high
    measured = _measured(case, case.decision)
    if grade == "insufficient_data":
        return f"The severity of {leak} cannot be graded by {short} from what was measured{measured}."
    if grade == "indeterminate":
        mixed = f"{in_words(low or '')}-to-{in_words(high or '')}" if low != high else in_words(low or "")
        return f"{upper(mixed)} {leak} by {short}, indeterminate{measured}. {case.reason}"
    words = "No" if grade == "none" else upper(in_words(grade))
    step = quantitative_grade(case.decision, 0)
    numeral = f" (grade {step})" if case.certainty in ("quantified", "single_parameter") and step.isupper() else ""
    why = {"majority": f", by majority (range {low} to {high})", "single_parameter": ", by a single parameter"}
    return f"{words} {leak}{numeral} by {short}{why.get(case.certainty or '', '')}{measured}."


def _measured(case: Case, decision: Decision) -> str:
    group = decision.table.group("quantitative")
    catalogue = load_catalogue()
    said = []
    for name, _ in spoken(decision.tallies[group.name], 0) if group else []:
        number = catalogue.numbers[name]
        said.append(f"{number.label} {shown(number, float(decision.filled.columns[name][0]), decision.table)}")
    return f": {', '.join(said)}" if said else ""


# --- for the terminal ------------------------------------------------------------------------------------------------


def text(case: Case) -> str:
    """The explanation for a terminal of 80 columns."""
    answer = describe(case)
    short = references()[case.guideline]["short"]
    lines = [f"{upper(case.valve)} regurgitation by {short}", ""]
    lines += _wrapped(_verdict_line(case))
    lines += _wrapped(answer["reason"], "  ")
    if case.decision is None:
        return "\n".join([*lines, "", *_wrapped(NOTICE)])
    if answer["rule_source"]:
        source = answer["rule_source"]
        said = [f"published: {source['at']}"] if source["at"] else []
        said += [f"our reading: {source['reading']}"] if source["reading"] else []
        lines += _wrapped(f"Rule {answer['rule']} ({'; '.join(said)}).", "  ")
    for issue in answer["issues"]:
        lines += _wrapped(f"{issue['severity']}: {issue['message']}.", "  ")
    for name, group in case.decision.table.groups.items():
        lines += ["", *_group_lines(group, answer["counts"][name], answer)]
    lines += _derived_lines(answer["derived"])
    lines += _listed("What disagrees", answer["disagreements"])
    lines += _change_lines(answer["would_change"])
    lines += _listed("Keep in mind", [f"{c['text']} [{c['at']}]" for c in answer["cautions"]])
    lines += _listed("Report sentence", [answer["report"]])
    lines += ["", *_wrapped(f"{answer['citation']}"), *_wrapped(NOTICE)]
    return "\n".join(lines)


def _wrapped(sentence: str, indent: str = "", hang: str = "") -> list[str]:
    return textwrap.wrap(sentence, WIDTH, initial_indent=indent, subsequent_indent=indent + hang, break_on_hyphens=False)


def _listed(title: str, items: list[str]) -> list[str]:
    return ["", title, *(line for item in items for line in _wrapped(item, "  ", "  "))] if items else []


def _verdict_line(case: Case) -> str:
    grade = case.grade or "not graded"
    low, high = case.grade_low, case.grade_high
    if case.status == "rejected":
        return "REJECTED: not graded"
    between = f": {in_words(low)} to {in_words(high)}" if low and high and low != high else ""
    if grade in ("indeterminate", "insufficient_data", "not_covered"):
        return in_words(grade).upper() + between
    return f"{in_words(grade).upper()} ({in_words(case.certainty or '')}){between.replace(': ', ', range ')}"


def _group_lines(group: Group, count: dict[str, Any], answer: dict[str, Any]) -> list[str]:
    met = [f"{c['met']} of {c['possible']} for {s}" for s, c in count.items() if isinstance(c, dict)]
    if group.role == "quantitative":
        resolved = answer["quantitative_grade"]
        met = [{"unresolved": "they disagree", None: "none measured"}.get(resolved, f"together {resolved}")]
    elif group.role == "supportive":
        met = []
    title = f"{group.title} ({group.at})" + (f": {', '.join(met)}" if met else "")
    lines = _wrapped(f"{title}; {count['assessed']} of {count['criteria']} assessed")
    for criterion in answer["criteria"]:
        if criterion["group"] == group.name and not (criterion["instead_of"] and not criterion["assessed"]):
            lines += _criterion_lines(criterion, group)
    return lines


def _criterion_lines(criterion: dict[str, Any], group: Group) -> list[str]:
    mark = "-" if not criterion["assessed"] else "+" if criterion["argues_for"] else "o"
    head = f"  {mark} {criterion['label']:<26}"
    if not criterion["assessed"]:
        return _wrapped(f"{head} {criterion['why_not_assessed']}  [{criterion['cut_offs']}]", "", " " * 31)
    value = criterion["value"]
    said = quantity(plain(value), criterion["unit"]) if isinstance(value, float) else str(value).replace("_", " ")
    if criterion["entered"] and isinstance(value, float) and criterion["entered"] != said:
        said = f"{criterion['entered']} = {said}"
    if criterion["argues_for"]:
        step = criterion["argues_for"].rstrip("+-")
        verdict = step_name(group, step) + {"+": " or worse", "-": " or milder"}.get(criterion["argues_for"][-1], "")
        shown_band = "" if criterion["band"] == said else f" ({criterion['band']})"
        return _wrapped(f"{head} {said}: {verdict}{shown_band}", "", " " * 31)
    return _wrapped(f"{head} {said}: argues for neither  [{criterion['cut_offs']}]", "", " " * 31)


def _derived_lines(rows: list[dict[str, Any]]) -> list[str]:
    said = []
    for row in rows:
        value = quantity(f"{row['value']:.4g}", row["unit"]) if row["unit"] else str(row["value"]).replace("_", " ")
        said.append(f"{row['label']} {value}: {row['method']} ({row['from']})")
    return _listed("Worked out", said)


def _change_lines(changes: list[dict[str, Any]], most: int = 6) -> list[str]:
    said = []
    for change in changes[:most]:
        outcomes = "; ".join(f"{' or '.join(o['values'])}: {_outcome(o)}" for o in change["outcomes"])
        said.append(f"{change['label']}: {outcomes}")
    if len(changes) > most:
        said.append(f"and {joined([c['label'] for c in changes[most:]])}.")
    return _listed("Not measured; one more value could change the grade", said)


def _outcome(outcome: dict[str, Any]) -> str:
    grade, low, high = outcome["grade"], outcome["grade_low"], outcome["grade_high"]
    if grade == "indeterminate":
        return f"indeterminate, {in_words(low)} to {in_words(high)}"
    return in_words(grade) + (f" (range {in_words(low)} to {in_words(high)})" if low != high and low else "")

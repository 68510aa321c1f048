"""The groups and rows of a guideline table: a line is one string, or a section where there is more to say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, Final

from grading.errors import TableError, nearest, take
from grading.reference.condition import Condition, Vocabulary, parse_condition
from grading.reference.measurement import Catalogue, Number, Word
from grading.reference.scale import NO_GRADE, Scale, parse_scale, split_unit
from grading.reference.table import Group, Row
from grading.reference.units import ratio

ROLES = ("criteria", "quantitative", "supportive")
#: how a line was seen: in the paper itself, or only in trustworthy reproductions of it
RESTS_ON = ("paper", "reproductions")
#: grades that a record gives, and no criterion
RECORDS = ("none", "trace")
_GROUP_KEYS = ("title", "at", "role", "steps", "otherwise", "rows")
_ROW_KEYS = (
    "measurement", "scale", "words", "otherwise", "given", "unless", "unless_reading", "instead_of", "weak", "own",
    "entered_only", "at", "reading", "note", "rests_on", "listed",
)  # fmt: skip
_TEXTS = ("instead_of", "at", "reading", "note", "unless_reading")
_FLAGS: Final = {"weak": False, "own": True, "entered_only": False}
#: what only a line of a number may say, and what only a line of a word
_OF_NUMBERS, _OF_WORDS = ("scale",), ("words", "otherwise")


def known(token: str, allowed: Sequence[str], kind: str, where: str) -> None:
    """Raise TableError unless a token is one of those allowed."""
    if token not in allowed:
        raise TableError(f"{where}: no {kind} {token!r}.{nearest(token, allowed)} Allowed: {', '.join(allowed)}")


def cited(row: Mapping[str, Any], where: str) -> None:
    """Raise TableError for a line that says neither where it is printed nor that it is a reading."""
    if not row.get("at") and not row.get("reading"):
        raise TableError(f"{where}: citation missing: give `at` (place in the paper) or `reading` (our decision)")


class RowReader:
    """Reads the groups of one table."""

    def __init__(self, file: str, catalogue: Catalogue, grades: tuple[str, ...], rests_on: str) -> None:
        self.file, self.catalogue, self.grades, self.rests_on = file, catalogue, grades, rests_on

    def group(self, name: str, data: dict[str, Any]) -> Group:
        """One group. Raises TableError naming file, row, what is wrong and what is allowed."""
        where = f"{self.file}: groups.{name}"
        take(data, _GROUP_KEYS, ("title", "at", "role", "rows"), where)
        known(data["role"], ROLES, "role", where)
        steps = data.get("steps", {grade: grade for grade in self.grades if grade not in RECORDS})
        for grade in steps.values():
            known(grade, self.grades, "grade", where)
        rows: dict[str, Row] = {}
        for key, line in data["rows"].items():
            section = _section(line, data, f"{where}.{key}")
            rows[key] = self._row(key, section, rows, tuple(steps), f"{where}.{key}")
        return Group(
            name=name, title=data["title"], at=data["at"], role=data["role"], steps=steps, rows=tuple(rows.values())
        )

    def _row(self, key: str, data: dict[str, Any], before: dict[str, Row], steps: tuple[str, ...], where: str) -> Row:
        take(data, _ROW_KEYS, (), where)
        cited(data, where)
        name = data.get("measurement", key)
        if name not in self.catalogue:
            names = [*self.catalogue.numbers, *self.catalogue.words]
            raise TableError(f"{where}: no measurement {name!r} in the catalogue.{nearest(name, names)}")
        original = before.get(data.get("instead_of", ""))
        if "instead_of" in data and original is None:
            raise TableError(f"{where}: it stands in for {data['instead_of']!r}, which is not a row above it")
        measurement = self.catalogue[name]
        others = _OF_WORDS if isinstance(measurement, Number) else _OF_NUMBERS
        take(data, [key for key in _ROW_KEYS if key not in others], (), where)
        if isinstance(measurement, Number):
            labels, scale, unit = _number_bands(measurement, data, original, where)
            to_catalogue = ratio(unit, measurement.unit)
        else:
            labels, scale, unit = self._word_bands(name, data, where), None, ""
            to_catalogue = Fraction(1)
        for label in labels:
            if label != NO_GRADE:
                known(label.rstrip("+-"), steps, "step", where)
        rests_on = data.get("rests_on", self.rests_on)
        known(rests_on, RESTS_ON, "rests_on", where)
        extra: dict[str, Any] = {text: data.get(text, "") for text in _TEXTS}
        extra |= {flag: _flag(data, flag, where) for flag in _FLAGS}
        return Row(
            key=key, name=name, labels=labels, scale=scale, unit=unit, ratio=to_catalogue, rests_on=rests_on,
            listed=_listed(data.get("listed", {}), self.catalogue[name], where),
            given=self._conditions(data.get("given", []), where),
            unless=self._conditions(data.get("unless", []), where), **extra,
        )  # fmt: skip

    def _conditions(self, texts: list[str], where: str) -> tuple[Condition, ...]:
        """Conditions on measurements alone: a row is read before anything is counted."""
        return tuple(parse_condition(text, Vocabulary(self.catalogue), where) for text in texts)

    def _word_bands(self, name: str, data: dict[str, Any], where: str) -> tuple[str, ...]:
        take(data, _ROW_KEYS, ("words",), where)
        values = self.catalogue.words[name].values
        labels = _labels_of_words(data["words"], where)
        for value in labels:
            known(value, values, f"value of {name}", where)
        return tuple(labels.get(value, data.get("otherwise", NO_GRADE)) for value in values)


def _section(line: str | dict[str, Any], group: dict[str, Any], where: str) -> dict[str, Any]:
    """A line as a section, with what its group says of all: the place, and what words that are not named argue for."""
    if isinstance(line, str):
        line = {"words" if ":" in line else "scale": line}
    elif not isinstance(line, dict):
        raise TableError(f"{where}: a line is one string, or a section; found {line!r}")
    common = {"otherwise": group["otherwise"]} if "otherwise" in group and "words" in line else {}
    if not line.get("at") and not line.get("reading"):
        common["at"] = group["at"]
    return {**common, **line}


def _listed(texts: dict[str, str], measurement: Number | Word, where: str) -> Mapping[str, str]:
    """What the paper lists a finding as that its line does not count: by word, or for bands that argue for nothing."""
    allowed = measurement.values if isinstance(measurement, Word) else (NO_GRADE,)
    take(texts, allowed, (), f"{where}.listed")
    return texts


def _flag(data: dict[str, Any], flag: str, where: str) -> bool:
    value = data.get(flag, _FLAGS[flag])
    if not isinstance(value, bool):
        raise TableError(f"{where}: {flag} is {value!r}; expected true or false, without quotes")
    return value


def _labels_of_words(text: str, where: str) -> dict[str, str]:
    """'small_central: mild; large_central, eccentric: severe' as value -> label."""
    labels: dict[str, str] = {}
    for part in text.split(";"):
        values, colon, label = part.partition(":")
        if not colon or not label.strip():
            raise TableError(f"{where}: {part.strip()!r} is not 'value: step'; parts stand between semicolons")
        for value in values.split(","):
            if labels.setdefault(value.strip(), label.strip()) != label.strip():
                raise TableError(f"{where}: {value.strip()!r} argues for two steps")
    return labels


def _number_bands(
    measurement: Number, data: dict[str, Any], original: Row | None, where: str
) -> tuple[tuple[str, ...], Scale, str]:
    if "scale" not in data and original is not None and original.scale is not None:
        return original.labels, original.scale, original.unit
    take(data, _ROW_KEYS, ("scale",), where)
    chain, unit = split_unit(data["scale"])
    known(unit, measurement.units, "unit", where)
    try:
        scale = parse_scale(chain)
    except TableError as error:
        raise TableError(f"{where}: {error}") from error
    return scale.labels, scale, unit

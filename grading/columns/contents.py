"""What a column holds, whatever it is called: units, or a reader's grades."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from grading.columns.cells import as_text
from grading.columns.headers import LONGEST_HEADER
from grading.reading.checks import is_missing
from grading.reference.catalogue import valve_of
from grading.reference.languages import grade_elsewhere
from grading.reference.measurement import fold_word
from grading.reference.units import read_number, read_unit

#: characters of a cell that are looked at
_LONGEST_TEXT = 200
#: what stands before a number that is no value but a limit
LIMITS = frozenset({"<", ">", "<=", ">=", "=<", "=>", "≤", "≥", "<<", ">>", "~", "≈"})
#: a header about the range of reference of a measurement
_REFERENCE = re.compile(
    r"(?:^|[\W_])(?:ref|reference|referenz|norm|normal|limit|cutoff|threshold|lln|uln)(?:$|[\W_])", re.IGNORECASE
)
#: the record of whether a valve leaks at all, which a column of grades is not
EVIDENCE = "regurgitation"
#: different texts of a column, and how many of its first cells hold each
Texts: TypeAlias = Mapping[str, int]
#: the first cells of the column at an index
Contents: TypeAlias = Callable[[int], Texts]

#: words of a header that say that it is about the unit of a measurement
_UNIT_WORDS = frozenset({
    "unit", "units", "uom", "einheit", "einheiten", "unité", "unités", "unite", "unites", "unidad", "unidades", "unità",
    "unita", "unidade", "birim", "единица", "единицы", "单位",
})  # fmt: skip
_BESIDE_UNIT = frozenset({"of", "measure", "measurement", "value", "result"})

_STEP = r"(?:[0-5](?:\.0)?\s*\+{0,4}|\+{1,4}|i{1,3}\+?|iv\+?|v)"
_GRADE = re.compile(rf"\(?(?:grade\s*)?{_STEP}(?:\s*(?:-|–|/|to|of)\s*{_STEP})?\)?", re.IGNORECASE)
_GRADE_WORDS = re.compile(
    r"\b(?:mild|moderate|mod|severe|sev|massive|torrential|mild\w*|moderat\w*|sever\w*|grade)\b", re.IGNORECASE
)


def nothing_known(index: int) -> Texts:
    """The contents of a table of which only the headers are known."""
    return {}


def counted(cells: pa.Array) -> Texts:
    """The different texts of some cells, and how many hold each; nothing for lists and other nests."""
    try:
        texts = as_text(cells)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return {}
    texts = texts.dictionary_decode() if pa.types.is_dictionary(texts.type) else texts
    # what is looked at is short; of a longer text the start says as much
    texts = pc.utf8_slice_codeunits(texts, 0, _LONGEST_TEXT)
    return {entry["values"]: entry["counts"] for entry in pc.value_counts(texts.fill_null("")).to_pylist()}


def holds_units(texts: Texts) -> bool:
    """True when the cells of a column are units and nothing else.

    >>> holds_units({"mm": 3, "cm²": 1, "": 4}), holds_units({"M": 2, "F": 2}), holds_units({"mm": 1, "mild": 9})
    (True, False, False)
    """
    words = [text.strip() for text in texts if not is_missing(text)]
    # a letter alone is as well a code: m for male
    telling = (word for word in words if len(word) > 1 or word == "%")
    return any(read_number(word) is None for word in telling) and all(map(read_unit, words))


def holds_valves(texts: Texts) -> bool:
    """True when a column holds names of valves and nothing else."""
    return holds_only(valve_of, texts)


def holds_only(said: Callable[[str], object], texts: Texts) -> bool:
    """True when something stands in a column, and all of it is what is said to be so."""
    words = [text for text in texts if not is_missing(text)]
    return bool(words) and all(map(said, words))


def holds_limits(header: str, texts: Texts) -> bool:
    """True when the cells of a column are marks that make limits of numbers beside them, or say that there is none;
    not those of a range of reference.

    >>> holds_limits("op", {"<": 1, "=": 7, "": 2}), holds_limits("op", {"=": 7}), holds_limits("ref_op", {"<": 1})
    (True, False, False)
    """
    if _REFERENCE.search(header[:LONGEST_HEADER]):
        return False
    marks = {text.strip() for text in texts if not is_missing(text)}
    return bool(marks & LIMITS) and marks <= LIMITS | {"="}


def holds_grades(texts: Texts) -> bool:
    """True when a column of regurgitation holds grades, and not only whether there is any.

    >>> holds_grades({"none": 3, "present": 2}), holds_grades({"0": 3, "2": 2}), holds_grades({"none": 1, "mild": 2})
    (False, True, True)
    """
    return any(_is_grade(text) for text in texts if not is_missing(text))


def _is_grade(text: str) -> bool:
    if _GRADE.fullmatch(text.strip()) is not None or _GRADE_WORDS.search(fold_word(text)) is not None:
        return True
    return grade_elsewhere(text) not in (None, "none", "trace")


def unit_of(header: str) -> str | None:
    """What a header is the unit of, by its words: 'tr_vc' of 'tr_vc_unit', '' of 'uom'; None for any other header.

    >>> unit_of("tr_vc_unit"), unit_of("Unit of MR EROA"), unit_of("uom"), unit_of("community")
    ('tr vc', 'MR EROA', '', None)
    """
    if len(header) > LONGEST_HEADER:
        return None
    words = re.findall(r"[^\W_]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", header))
    if not any(word.casefold() in _UNIT_WORDS for word in words):
        return None
    return " ".join(word for word in words if word.casefold() not in _UNIT_WORDS | _BESIDE_UNIT)

"""What a column of a long table holds, whatever it is called: units, dates, directions of flow, marks of a choice."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable

from grading.columns.contents import Texts, holds_only
from grading.columns.headers import fold
from grading.longtable.vocabulary import vocabulary
from grading.reading.checks import is_missing

#: the share of lines with a known unit that makes a column one of units, while every text could be one
MOST_UNITS = 0.8
_LIKE_A_UNIT = re.compile(r"[^\W\d_][\w ./^*²³%°µ-]{0,15}|%|°", re.ASCII | re.IGNORECASE)

_TIME = r"\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?\s*([ap]\.?m\.?)?\s*(Z|[+-]\d{2}:?\d{2})?"
_DAY = (
    r"\d{4}(?P<mark>[-/.])\d{1,2}(?P=mark)\d{1,2}|\d{1,2}(?P<other>[-/.])\d{1,2}(?P=other)(\d{4}|\d{2})"
    r"|\d{4}年\d{1,2}月\d{1,2}日|(19|20)\d{2}[-/](0[1-9]|1[0-2])|[^\W\d_]{3,10}\.?[- ](19|20)\d{2}"
    r"|\d{1,2}(er)?[-. ]{1,2}[^\W\d_]{3,10}\.?[- ,]{1,2}(\d{4}|\d{2})|[^\W\d_]{3,10}\.? \d{1,2}, ?\d{4}"
    r"|(19|2[0-3])\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?P<clock>[0-2]\d[0-5]\d[0-5]\d(\.\d+)?)?"
)
_DATE = re.compile(rf"\s*(?P<day>{_DAY})([T ,]\s*(?P<time>{_TIME}))?\s*", re.IGNORECASE)


def holds_units(texts: Texts) -> bool:
    """True when a column's cells are units, of our measurements and of others.

    >>> holds_units({"mm": 3, "mmHg": 1}), holds_units({"M": 2, "F": 2}), holds_units({"mm": 1, "mild": 9})
    (True, False, False)
    """
    words: dict[str, int] = {}
    known: list[str] = []
    for text, lines in texts.items():
        if is_missing(text) or vocabulary().says_no_unit(text):
            continue
        words[text] = lines
        if vocabulary().is_unit(text):
            known.append(text)
        elif not _LIKE_A_UNIT.match(text.strip()):
            return False
    enough = sum(words[text] for text in known) >= MOST_UNITS * sum(words.values())
    return enough and any(map(vocabulary().tells_units, known))


def holds_directions(texts: Texts) -> bool:
    """True when some cells of a column name a direction of flow."""
    return any(vocabulary().direction(text) for text in texts)


def holds_marks(texts: Texts) -> bool:
    """True when a column holds nothing but marks of what is chosen and what is not."""
    marks = vocabulary().chosen | vocabulary().not_chosen
    return all(fold(text) in marks or is_missing(text) for text in texts)


def holds_means(texts: Texts) -> bool:
    """True when some cells of a column say that their line is the mean of others."""
    return any(fold(text) in vocabulary().mean for text in texts)


def holds_visits(texts: Texts) -> bool:
    """True when a column's cells name visits, or states of a patient that are studied apart, and nothing else.

    >>> holds_visits({"pre": 2, "post-TEER": 1}), holds_visits({"rest": 3, "stress": 3}), holds_visits({"systole": 3})
    (True, True, False)
    """
    return holds_only(vocabulary().names_visit, texts)


def holds_dates(texts: Texts) -> bool:
    """True when a column's cells are dates, with or without a time.

    >>> holds_dates({"2024-01-02": 4}), holds_dates({"2.1.2024 08:15": 1}), holds_dates({"08:15": 3})
    (True, True, False)
    """
    return holds_only(_DATE.fullmatch, texts)


def are_of_one_study(texts: Iterable[str]) -> bool:
    """True when texts of one column may stand in the lines of one study: the same, or times around one midnight.

    >>> are_of_one_study(["2024-01-02", "2025-01-02"]), are_of_one_study(["2024-01-02 23:50", "2024-01-03 00:20"])
    (False, True)
    """
    moments = [_moment(text) for text in texts if not is_missing(text)]
    if len({day for day, _ in moments}) < 2:
        return True
    hours = [hour for _, hour in moments if hour is not None]
    return len(hours) == len(moments) and max(hours) - min(hours) <= vocabulary().hours


def _moment(text: str) -> tuple[str, float | None]:
    """The day of a date as it is written (any other text is its own day), and hours since year 1 where it has a time
    and its day can be told."""
    found = _DATE.fullmatch(text)
    if found is None:
        return " ".join(text.casefold().split()), None
    clock, time = found["clock"], re.match(r"(\d{1,2}):(\d{2})", found["time"] or "")
    day = found["day"][: -len(clock)] if clock else found["day"]
    year_first = re.fullmatch(r"(\d{4})\D?(\d{1,2})\D?(\d{1,2})", day)
    if year_first is None or not (clock or time):
        return day, None
    hour, minute = (int(clock[:2]), int(clock[2:4])) if clock else (int(time[1]), int(time[2])) if time else (0, 0)
    try:
        days = datetime.date(*map(int, year_first.groups())).toordinal()
    except ValueError:
        return day, None
    return day, 24 * days + hour + minute / 60

"""Columns that may tell studies apart though neither their name nor their cells say so: a label stands in one study
under several of their texts, and each of these stands beside several lines."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

import numpy as np
import pyarrow as pa

from grading.errors import option
from grading.longtable.block import same_texts
from grading.longtable.line_issue import LineIssue
from grading.longtable.text_column import coded_texts
from grading.reading.values import WARNING
from grading.reference.scale import Mask

#: lines that a text stands beside in one study, on average, where it is a visit and no number of a line
_LINES_OF_A_TEXT = 2


def mixtures(
    ids: Mapping[str, pa.Array], names: pa.Array, others: Mapping[str, pa.Array], labels: Collection[str]
) -> Iterator[LineIssue]:
    """A warning for each of the `others`, of some lines, that may name a visit or the like.

    Args:
        ids: the columns that name the study.
        names: the label of each line.
        labels: those that are measurements.
    """
    column = coded_texts(names)
    measured = column.each(labels.__contains__).astype(bool)
    used = np.flatnonzero(measured[column.codes])
    if not len(used):
        return
    keys = [_texts(array).take(pa.array(used)) for array in ids.values()]
    labelled = column.texts.take(pa.array(column.codes[used]))
    studies = same_texts(keys)[1] if keys else np.zeros(len(used), np.int32)
    for header, array in others.items():
        texts = _texts(array).take(pa.array(used))
        mixed = _mixed(studies, labelled, texts)
        if mixed.any():
            place = int(np.argmax(mixed))
            own = np.flatnonzero(studies == studies[place])
            found = list(dict.fromkeys(texts.take(pa.array(own)).to_pylist()))
            name = " and ".join(repr(key[place].as_py()) for key in keys) or "the file"
            yield LineIssue(1, None, header, "", WARNING, _sentence(header, name, found, list(ids)))


def _texts(array: pa.Array) -> pa.Array:
    column = coded_texts(array)
    return column.texts.take(pa.array(column.codes))


def _mixed(studies: np.ndarray, labels: pa.Array, texts: pa.Array) -> Mask:
    """Which lines are of a study in which a label stands under several texts, and each text beside several lines."""
    values = texts.dictionary_encode().indices.to_numpy()
    kinds = labels.dictionary_encode().indices.to_numpy()
    count = int(studies.max()) + 1
    pairs = np.unique(np.stack([studies, values]), axis=1)[0]
    sizes, different = np.bincount(studies, minlength=count), np.bincount(pairs, minlength=count)
    triples = np.unique(np.stack([studies, kinds, values]), axis=1)
    again = np.flatnonzero((np.diff(triples[0]) == 0) & (np.diff(triples[1]) == 0))
    repeated = np.bincount(triples[0][again], minlength=count) > 0
    suspect: Mask = repeated & (different > 1) & (sizes >= _LINES_OF_A_TEXT * different)
    lines: Mask = suspect[studies]
    return lines


def _sentence(header: str, name: str, texts: Sequence[str], ids: Sequence[str]) -> str:
    named = " and ".join(map(repr, texts[:2])) + (" and more" if len(texts) > 2 else "")
    key = " ".join(option("id", one) for one in (*ids, header))
    return (
        f"lines of one id give a measurement under several texts of column {header!r}: {name} has {named}. They are "
        f"taken as one study; if they are of several, give {key}"
    )

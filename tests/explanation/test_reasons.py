"""A reason is put into words once for all rows that share it; no row may get the sentence of another."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from grading.engine.decide import decide
from grading.explanation.reasons import sentence
from grading.explanation.sentence_keys import sentence_keys
from grading.reference.guideline import load_guideline
from grading.reference.scale import NO_GRADE
from grading.reference.table import Table
from grading.reference.table_reader import read_table
from grading.rows.result_columns import Phrases

#: every quantity has bands enough that one 64-bit number cannot tell all their sentences apart
WIDE = {
    "eroa": ("cm2", 5), "eroa_volumetric": ("cm2", 6), "vena_contracta_area_3d": ("cm2", 6),
    "regurgitant_volume": ("mL", 400), "regurgitant_fraction": ("%", 100), "vena_contracta_width": ("cm", 4),
    "vena_contracta_width_biplane": ("cm", 4), "pisa_radius": ("cm", 3), "regurgitant_vti": ("cm", 500),
    "peak_velocity": ("cm/s", 900), "jet_area": ("cm2", 80), "jet_area_ratio": ("%", 100),
    "e_wave_velocity": ("cm/s", 400), "vti_ratio": ("1", 10), "aliasing_velocity": ("cm/s", 150),
}  # fmt: skip
BANDS = 20


@pytest.fixture
def wide(tmp_path: Path) -> Table:
    """A table a user could add: fifteen quantities of twenty bands each in one sentence."""
    steps = "{ " + ", ".join(f's{i} = "{"mild" if i < BANDS // 2 else "severe"}"' for i in range(BANDS)) + " }"
    lines = ['guideline = "made-up"', 'valve = "mitral"', 'scheme = "made up"', 'rests_on = "paper"']
    lines += ['next_test = "CMR"', 'grades = ["mild", "severe"]', "[groups.q]", 'title = "Quantities"']
    lines += ['at = "Table 1"', 'role = "quantitative"', f"steps = {steps}", "[groups.q.rows]"]
    for name, (unit, top) in WIDE.items():
        cuts = [f"{top * i / BANDS:.4f} <= s{i}" for i in range(1, BANDS)]
        lines.append(f'{name} = "s0 < {" < ".join(cuts)}{"" if unit == "1" else f" {unit}"}"')
    lines += ["[[rules]]", "rule = 1", 'range = "mild to severe"']
    lines += ['because = "{q}."', 'at = "Table 1"']
    path = tmp_path / "wide.toml"
    path.write_text("\n".join(lines), encoding="utf-8")
    return read_table(path)


def chunk(names: list[str], rows: int, seed: int) -> dict[str, np.ndarray]:
    """Random values of some quantities; a tenth is missing."""
    random = np.random.default_rng(seed)
    columns = {name: random.random(rows) * WIDE[name][1] for name in names}
    for values in columns.values():
        values[random.random(rows) < 0.1] = np.nan
    return columns


def test_sentences_stay_apart_where_one_number_cannot_tell_them(wide: Table) -> None:
    phrases = Phrases()
    for seed in range(3):
        decision = decide(wide, chunk(list(WIDE), 200, seed), 200)
        assert len(sentence_keys(decision)) > 1
        codes, texts = phrases.of(decision)
        assert [texts[code] for code in codes] == [sentence(decision, row) for row in range(200)]


@pytest.mark.hazard("wrong-reason")
@pytest.mark.parametrize("table", ["wide", *load_guideline("ase-2017").tables, "esc-2025"])
def test_chunks_that_hold_other_columns_share_no_sentence_by_chance(table: str, request: pytest.FixtureRequest) -> None:
    """A criterion or a method that a whole chunk lacks must not shift what the others mean."""
    read: Table = (
        request.getfixturevalue("wide")
        if table == "wide"
        else load_guideline("esc-2025").tables["mitral"]
        if table == "esc-2025"
        else load_guideline("ase-2017").tables[table]
    )
    asked = [row for _, row in read.rows() if row.scale and NO_GRADE not in row.labels]
    derive = {"pisa_radius", "aliasing_velocity", "peak_velocity", "regurgitant_vti"}
    phrases = Phrases()
    for seed in range(12):
        random = np.random.default_rng(seed)
        names = [n for n in WIDE if n in {row.name for row in asked} | derive and random.random() < 0.6] or ["eroa"]
        decision = decide(read, chunk(names, 50, seed), 50)
        codes, texts = phrases.of(decision)
        assert [texts[code] for code in codes] == [sentence(decision, row) for row in range(50)]

"""Seeded files of mitral studies for the benchmarks: 24 columns, 30 % of the numbers missing, a free-text note.

python benchmarks/study_files.py --rows 1000000 --out FOLDER
"""

from __future__ import annotations

import argparse
import csv
import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from grading.reference.catalogue import load_catalogue

#: measurement -> decimals it is typed with
NUMBERS = {
    "eroa": 2, "regurgitant_volume": 0, "regurgitant_fraction": 0, "vena_contracta_width": 2, "pisa_radius": 2,
    "aliasing_velocity": 0, "peak_velocity": 0, "regurgitant_vti": 0, "lvot_diameter": 1, "lvot_vti": 1,
    "la_volume_index": 0, "lv_end_diastolic_diameter": 1,
}  # fmt: skip
UNITS = {
    "eroa": "cm2", "regurgitant_volume": "ml", "regurgitant_fraction": "pct", "vena_contracta_width": "cm",
    "pisa_radius": "cm", "aliasing_velocity": "cm_s", "peak_velocity": "cm_s", "regurgitant_vti": "cm",
    "lvot_diameter": "cm", "lvot_vti": "cm", "la_volume_index": "ml_m2", "lv_end_diastolic_diameter": "cm",
}  # fmt: skip
WORDS = ("colour_jet", "flow_convergence", "mitral_inflow", "cw_jet", "lv_function", "sex")
NOTES = (
    "", "", "", "technically difficult, limited windows", 'read as "moderate" before, see prior study',
    "eccentric jet; anterior leaflet", "no change", "repeat in 6 months, sooner if symptoms", "TEE advised",
)  # fmt: skip
MISSING = 0.3
#: one EROA in so many is typed in mm2 in a column of cm2
SLIPPED = 2_000
PIECE = 250_000


def hearts(rows: int, random: np.random.Generator) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """How leaky each valve is (0-1), and its measurements; those that follow from others do, but for an error."""

    def about(middle: np.ndarray | float, spread: float) -> np.ndarray:
        return middle * np.exp(spread * random.standard_normal(rows))

    leak = random.beta(1.2, 1.6, rows)
    found = {
        "pisa_radius": about(0.35 + 0.75 * leak, 0.08), "aliasing_velocity": about(37, 0.08),
        "peak_velocity": about(500, 0.08), "regurgitant_vti": about(150, 0.08), "lvot_diameter": about(2.0, 0.06),
        "lvot_vti": about(22 - 7 * leak, 0.10), "vena_contracta_width": about(0.15 + 0.75 * leak, 0.12),
        "la_volume_index": about(26 + 29 * leak, 0.20), "lv_end_diastolic_diameter": about(4.8 + 1.5 * leak, 0.08),
    }  # fmt: skip
    flow = 2 * np.pi * found["pisa_radius"] ** 2 * found["aliasing_velocity"]
    found["eroa"] = about(flow / found["peak_velocity"], 0.07)
    found["regurgitant_volume"] = about(found["eroa"] * found["regurgitant_vti"], 0.07)
    forward = np.pi / 4 * found["lvot_diameter"] ** 2 * found["lvot_vti"]
    share = found["regurgitant_volume"] / (found["regurgitant_volume"] + forward)
    found["regurgitant_fraction"] = about(100 * share, 0.05)
    return leak, found


def study_table(rows: int, seed: int = 20170401, first: int = 0) -> pa.Table:
    """Rows of studies as text, as a registry would export them."""
    random = np.random.default_rng([seed, first])
    leak, found = hearts(rows, random)
    dates = np.datetime64("2015-01-01") + random.integers(0, 3650, rows)
    columns: dict[str, pa.Array] = {
        "study_id": pa.array([f"{i:09d}" for i in range(first, first + rows)]),
        "site": pa.array(np.array([f"site {i:02d}" for i in range(40)])[random.integers(0, 40, rows)]),
        "exam_date": pa.array(dates.astype(str)),
        "report_date": pa.array((dates + random.integers(0, 5, rows)).astype(str)),
    }
    for name, decimals in NUMBERS.items():
        hard = load_catalogue().numbers[name].hard
        assert hard is not None
        values = np.clip(found[name], hard.low, hard.high)
        texts = np.char.mod(f"%.{decimals}f", values)
        if name == "eroa":
            slipped = random.integers(0, SLIPPED, rows) == 0
            texts = np.where(slipped, np.char.mod("%.0f", values * 100), texts)
        texts[random.random(rows) < MISSING] = ""
        columns[f"{name}_{UNITS[name]}"] = pa.array(texts)
    for name in WORDS:
        allowed = np.array(["", *load_catalogue().words[name].values])
        places = 1 + np.clip((leak + 0.25 * random.standard_normal(rows)) * (len(allowed) - 1), 0, len(allowed) - 2)
        codes = places.astype(np.int64) * (random.random(rows) >= MISSING)
        columns[name] = pa.array(allowed[codes])
    columns["reader"] = pa.array(np.array(["AB", "CD", "EF", ""])[random.integers(0, 4, rows)])
    columns["note"] = pa.array(np.array(NOTES)[random.integers(0, len(NOTES), rows)])
    return pa.table(columns)


def typed(table: pa.Table) -> pa.Table:
    """The same with numbers as numbers, as a Parquet file would hold them."""
    numbers = [f"{name}_{unit}" for name, unit in UNITS.items()]
    for name in numbers:
        text = table[name]
        blank = pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)
        table = table.set_column(table.schema.get_field_index(name), name, blank.cast(pa.float64()))
    return table


def write_files(rows: int, folder: Path) -> tuple[Path, Path]:
    """Write studies-ROWS.csv and studies-ROWS.parquet unless they are there, piece by piece."""
    folder.mkdir(parents=True, exist_ok=True)
    text, binary = folder / f"studies-{rows}.csv", folder / f"studies-{rows}.parquet"
    if text.exists() and binary.exists():
        return text, binary
    header = study_table(1)
    opened = text.open("w", encoding="utf-8", newline="")
    with opened as lines, pq.ParquetWriter(binary, typed(header).schema) as groups:
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerow(header.column_names)
        for first in range(0, rows, PIECE):
            piece = study_table(min(PIECE, rows - first), first=first)
            writer.writerows(zip(*(column.to_pylist() for column in piece.columns), strict=True))
            groups.write_table(typed(piece))
    return text, binary


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--out", type=Path, default=Path(tempfile.gettempdir()) / "echograde-bench")
    asked = parser.parse_args()
    print(*write_files(asked.rows, asked.out), sep="\n")

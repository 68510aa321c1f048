"""Five invented data sets with a story each, for a journal club: `python docs/data/make_data.py [FOLDER]`.

Nobody was measured. Values are drawn from one seed with the scatter of repeated readings, by what is known of how they
hang together (a volume is an orifice times an integral), and never by asking what grade comes of them. README.md beside
this file tells the stories; a test writes the files again and grades them.
"""

from __future__ import annotations

import csv
import io
import math
import sys
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from random import Random

Row = dict[str, object]
HERE = Path(__file__).parent


def near(dice: Random, value: float, percent: float) -> float:
    """A reading of a value, its error so many percent of it."""
    return value * max(0.1, dice.gauss(1, percent / 100))


def width_of(orifice: float) -> float:
    """The width [cm] of a round orifice [cm2], as the vena contracta shows it."""
    return 2 * math.sqrt(orifice / math.pi)


def clip_cohort(dice: Random) -> list[Row]:
    """Secondary mitral regurgitation before an edge-to-edge repair: two trials' worth of patients in one list."""
    rows = []
    for number in range(60):
        # one half as in a trial that was positive, with larger leaks in smaller ventricles; the other the other way
        large = number % 2 == 0
        orifice = max(0.18, dice.gauss(0.43, 0.06) if large else dice.gauss(0.31, 0.05))
        diastolic = dice.gauss(190, 20) if large else dice.gauss(250, 22)
        fraction = dice.gauss(32, 4)
        integral = dice.gauss(112, 8)
        volume = orifice * integral
        forward = max(25.0, diastolic * fraction / 100 - volume * 0.5)
        rows.append(
            {
                "id": f"C{number + 1:02d}",
                "trial_like": "larger leak, smaller ventricle" if large else "smaller leak, larger ventricle",
                "mechanism": "secondary",
                "jet_direction": "central",
                "eroa_cm2": f"{near(dice, orifice, 5):.2f}",
                "regurgitant_volume_ml": f"{near(dice, volume, 6):.0f}",
                "regurgitant_fraction_pct": f"{100 * volume / (volume + forward):.0f}",
                "vena_contracta_width_mm": f"{10 * near(dice, 0.75 * width_of(orifice), 6):.1f}",
                "lv_ejection_fraction_pct": f"{fraction:.0f}",
                "lv_end_diastolic_volume_ml": f"{diastolic:.0f}",
            }
        )
    return rows


#: what becomes of a patient's orifice from visit to visit: a factor a year
COURSES = {"stable": 1.0, "growing": 1.5, "at_the_line": 1.03}


def aortic_follow_up(dice: Random) -> list[Row]:
    """Aortic regurgitation seen once a year: most are stable, some grow, some sit on a cut-off."""
    rows = []
    for number in range(24):
        course = "growing" if number % 4 == 0 else "at_the_line" if number % 4 == 1 else "stable"
        orifice = {"stable": dice.uniform(0.06, 0.16), "growing": 0.10, "at_the_line": 0.292}[course]
        seen = date(2019, 1, 1) + timedelta(days=dice.randrange(300))
        for _ in range(4):
            now = near(dice, orifice, 2)
            rows.append(
                {
                    "patient": f"P{number + 1:02d}",
                    "echo_date": seen.isoformat(),
                    "course": course,
                    "ar_eroa_cm2": f"{now:.2f}",
                    "ar_regurgitant_volume_ml": f"{near(dice, now * 200, 2):.0f}",
                    "ar_vena_contracta_width_mm": f"{10 * near(dice, 0.85 * width_of(now), 2):.1f}",
                    "ar_jet_width_ratio_pct": f"{min(95.0, 25 + 110 * now):.0f}",
                }
            )
            orifice *= COURSES[course]
            seen += timedelta(days=365 + dice.randrange(-20, 21))
    # what every registry holds: a day that is none, and two studies of one day
    rows[-1]["echo_date"] = "2022-02-30"
    rows[-5]["echo_date"] = rows[-6]["echo_date"]
    return rows


#: what is seen up to so many cm2
HEPATIC = ((0.25, "systolic_dominant"), (0.42, "systolic_blunting"), (math.inf, "systolic_reversal"))
ENVELOPE = ((0.2, "faint_or_incomplete"), (0.5, "dense_parabolic"), (math.inf, "dense_triangular"))


def word_of(orifice: float, words: Sequence[tuple[float, str]]) -> str:
    """The word for an orifice [cm2], by the largest that each stands for."""
    return next(word for limit, word in words if orifice <= limit)


def tricuspid_grades(dice: Random) -> list[Row]:
    """Tricuspid regurgitation from mild to torrential: what lies beyond severe."""
    rows = []
    for number in range(50):
        orifice = 0.08 + 0.95 * (number / 49) ** 1.4
        width = 1.35 * width_of(orifice)
        rows.append(
            {
                "id": f"T{number + 1:02d}",
                "eroa_mm2": f"{100 * near(dice, orifice, 4):.0f}",
                "regurgitant_volume_ml": f"{near(dice, orifice * 92, 4):.0f}",
                "vena_contracta_width_mm": f"{10 * near(dice, width, 3):.0f}",
                "hepatic_vein_flow": word_of(orifice, HEPATIC),
                "cw_jet": word_of(orifice, ENVELOPE),
            }
        )
    return rows


#: what a reader calls a leak of an orifice up to so many cm2
READ = (
    (0.10, "trivial"), (0.20, "mild"), (0.30, "mild-moderate"), (0.40, "moderate"), (0.46, "moderate-severe"),
    (math.inf, "severe"),
)  # fmt: skip


def reader_study(dice: Random) -> list[Row]:
    """80 mitral studies with the grade of a reader, who looks at jets: eccentric ones seem smaller than they are."""
    rows = []
    for number in range(80):
        orifice = dice.uniform(0.04, 0.62)
        eccentric = number % 4 == 0
        seen = orifice * (0.62 if eccentric else near(dice, 1, 9))
        rows.append(
            {
                "id": f"R{number + 1:02d}",
                "jet_direction": "eccentric" if eccentric else "central",
                "eroa_cm2": f"{near(dice, orifice, 3):.2f}",
                "regurgitant_volume_ml": f"{near(dice, orifice * 150, 3):.0f}",
                "regurgitant_fraction_pct": f"{min(75.0, 18 + 80 * orifice):.0f}",
                "reader": word_of(seen, READ) if number % 20 else "",
            }
        )
    return rows


def registry(dice: Random) -> list[Row]:
    """40 mitral studies as they should have been exported; `mess` makes of them what was."""
    rows = []
    for number in range(40):
        orifice = dice.uniform(0.05, 0.6)
        rows.append(
            {
                "Fallnummer": f"{number + 1:04d}",
                "Untersucher": dice.choice(["Oberärztin A", "Ärztin B", "Arzt C"]),
                "Regurgitationsöffnungsfläche (mm²)": f"{100 * orifice:.1f}".replace(".", ","),
                "Regurgitationsvolumen (ml)": f"{orifice * 140:.0f}",
                "VC-Breite (mm)": f"{7.5 * width_of(orifice):.1f}".replace(".", ","),
                "Bemerkung": dice.choice(["", "gute Schallbedingungen", "Vorhofflimmern; unregelmäßig", "=Kontrolle!"]),
            }
        )
    return rows


#: row (from 1) -> column and what was typed there; the last letter says what comes of it: e(rror) or m(issing)
MESS = {
    3: ("Regurgitationsöffnungsfläche (mm²)", "4500", "e"),
    7: ("VC-Breite (mm)", "<3", "e"),
    11: ("Regurgitationsvolumen (ml)", "ca. 40", "e"),
    15: ("Regurgitationsvolumen (ml)", "-999", "m"),
    19: ("VC-Breite (mm)", "k.A.", "m"),
    23: ("Regurgitationsöffnungsfläche (mm²)", "0,35 cm2", "e"),
}


def mess(rows: list[Row]) -> bytes:
    """An export of a German registry: a title above the header, semicolons, decimal commas, Windows-1252, odd cells."""
    for number, (column, typed, _) in MESS.items():
        rows[number - 1][column] = typed
    title = "Klappenregister, Export vom 3.4.2024\r\n"
    return (title + as_csv(rows, ";", "\r\n")).encode("cp1252")


def as_csv(rows: list[Row], delimiter: str = ",", ending: str = "\n") -> str:
    """Rows as a CSV file."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), delimiter=delimiter, lineterminator=ending)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


#: the files, and how each is made
FILES: dict[str, Callable[[Random], bytes]] = {
    "clip_cohort.csv": lambda dice: as_csv(clip_cohort(dice)).encode(),
    "aortic_follow_up.csv": lambda dice: as_csv(aortic_follow_up(dice)).encode(),
    "tricuspid_grades.csv": lambda dice: as_csv(tricuspid_grades(dice)).encode(),
    "reader_study.csv": lambda dice: as_csv(reader_study(dice)).encode(),
    "registry_export.csv": lambda dice: mess(registry(dice)),
}


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    for name, make in FILES.items():
        (folder / name).write_bytes(make(Random(f"echograde {name}")))

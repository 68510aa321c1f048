"""Agreement of two graders: published kappas, every row accounted for, and the command as a user runs it."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.paths import TESTS
from typer.testing import CliRunner, Result

from grading import UsageError
from grading.agreement.categories import Scheme, common, guideline_scheme, reader_scheme
from grading.agreement.statistics import RANGES, Agreement, agreement, agreement_of_counts
from grading.agreement.vocabulary import STEPS, ReadGrade
from grading.cli.main import app
from grading.explanation.report import NOTICE

MITRAL = common(guideline_scheme("ase-2017", "mitral"), reader_scheme())


def of_table(table: list[list[int]], bootstrap: int = 0) -> Agreement:
    """The agreement of a published contingency table."""
    steps = STEPS[: len(table)]
    scheme = Scheme("table", steps, steps)
    pairs = {
        (ReadGrade(one, one), ReadGrade(other, other)): count
        for one, row in zip(steps, table, strict=True)
        for other, count in zip(steps, row, strict=True)
    }
    return agreement_of_counts(pairs, common(scheme, scheme), bootstrap=bootstrap)


# --- published numbers ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "weights", "published"),
    [
        pytest.param([[88, 14, 18], [10, 40, 10], [2, 6, 12]], "kappa", 0.492, id="Cohen 1968, Table 1"),
        pytest.param([[20, 20], [10, 50]], "kappa", 0.348, id="Artstein and Poesio 2008, Table 1"),
        pytest.param([[0, 4, 1], [0, 8, 0], [0, 1, 5]], "kappa", 0.4842, id="SAS printout in statsmodels"),
        pytest.param([[0, 4, 1], [0, 8, 0], [0, 1, 5]], "kappa_linear", 0.4701, id="SAS printout in statsmodels, linear"),
        pytest.param([[10, 4, 1, 0], [5, 10, 12, 2], [2, 4, 12, 5], [0, 2, 6, 13]], "kappa", 0.3449, id="SAS skin condition"),
        pytest.param([[46, 0, 0], [4, 40, 0], [0, 0, 10]], "kappa", 0.9315, id="scikit-learn"),
        pytest.param([[46, 0, 0], [4, 40, 0], [0, 0, 10]], "kappa_linear", 0.9412, id="scikit-learn, linear"),
        pytest.param([[46, 0, 0], [4, 40, 0], [0, 0, 10]], "kappa_quadratic", 0.9541, id="scikit-learn, quadratic"),
        pytest.param([[0, 0, 1, 0, 0], [4, 0, 1, 0, 0], [2, 3, 3, 0, 0], [0, 2, 0, 1, 1], [1, 0, 0, 1, 0]], "kappa", -0.006289308, id="R irr, anxiety"),
        pytest.param([[0, 0, 1, 0, 0], [4, 0, 1, 0, 0], [2, 3, 3, 0, 0], [0, 2, 0, 1, 1], [1, 0, 0, 1, 0]], "kappa_linear", 0.1459075, id="R irr, anxiety, equal"),
        pytest.param([[0, 0, 1, 0, 0], [4, 0, 1, 0, 0], [2, 3, 3, 0, 0], [0, 2, 0, 1, 1], [1, 0, 0, 1, 0]], "kappa_quadratic", 0.2520325, id="R irr, anxiety, squared"),
    ],
)  # fmt: skip
def test_kappa_is_the_published_one(table: list[list[int]], weights: str, published: float) -> None:
    decimals = len(str(published).partition(".")[2])
    assert round(getattr(of_table(table), weights).value, decimals) == published


def test_the_interval_agrees_with_the_published_standard_error() -> None:
    """SAS prints 0.2030 to 0.4868 for the skin condition table; its interval is asymptotic, ours a bootstrap."""
    found = of_table([[10, 4, 1, 0], [5, 10, 12, 2], [2, 4, 12, 5], [0, 2, 6, 13]], bootstrap=2000).kappa
    assert found.low == pytest.approx(0.2030, abs=0.02)
    assert found.high == pytest.approx(0.4868, abs=0.02)


# --- what is undefined, and why ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "name", "value", "why"),
    [
        ([[0, 0, 0], [0, 9, 0], [0, 0, 0]], "kappa", None, "both sides put every compared row in one category"),
        ([[0, 0, 0], [0, 0, 0], [0, 0, 0]], "kappa", None, "no row could be compared"),
        ([[0, 0, 0], [0, 0, 0], [0, 0, 0]], "exact", None, "no row could be compared"),
        ([[5, 0], [1, 9]], "within_one", None, "with two categories every row is within one"),
        ([[5, 0, 0], [0, 5, 0], [0, 0, 5]], "kappa", 1.0, "no interval, because every resample gives the same"),
        ([[1, 0, 0], [0, 2, 0], [0, 0, 0]], "kappa", 1.0, "no interval, because many resamples of so few rows hold one category only"),
        ([[0, 9, 0], [0, 0, 0], [0, 0, 0]], "kappa", 0.0, "no interval, because every resample gives the same"),
    ],
)  # fmt: skip
def test_an_undefined_statistic_has_a_sentence(
    table: list[list[int]], name: str, value: float | None, why: str
) -> None:
    found = getattr(of_table(table, bootstrap=200), name)
    assert (found.value, found.low, found.why) == (value, None, why)


# --- scales -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("guideline", "valve", "reader", "five", "names"),
    [
        ("ase-2017", "mitral", "words", False, ("none", "trace", "mild", "moderate", "severe")),
        ("ase-2017", "mitral", "0-4", False, ("none or trace", "mild", "moderate", "severe")),
        ("ase-2017", "tricuspid", "words", True, ("none", "trace", "mild", "moderate", "severe")),
        ("esc-2021", "mitral", "words", False, ("not severe", "severe")),
        ("acc-aha-2020", "mitral", "words", False, ("not severe", "severe")),
        ("acc-aha-2020", "aortic", "I-IV", False, ("mild or less", "moderate", "severe")),
        ("tvarc-2023", "tricuspid", "words", False, ("mild or less", "moderate", "severe")),
        ("tvarc-2023", "tricuspid", "0-5", False, ("mild or less", "moderate", "severe", "massive", "torrential")),
    ],
)
def test_two_schemes_are_compared_on_what_both_tell_apart(
    guideline: str, valve: str, reader: str, five: bool, names: tuple[str, ...]
) -> None:
    assert common(guideline_scheme(guideline, valve), reader_scheme(reader, five=five)).names == names


def test_five_grades_collapse_to_severe_and_it_is_declared() -> None:
    scale = common(guideline_scheme("hahn-zamorano-2017", "tricuspid"), guideline_scheme("esc-2025", "tricuspid"))
    found = agreement(["moderate", "massive", "torrential", "severe"], ["not_severe", "severe", "severe", "not_severe"],
                      scale, bootstrap=0)  # fmt: skip
    assert found.matrix == ((1, 0), (1, 2))
    assert ("Hahn-Zamorano 2017", "severe", ["severe", "massive", "torrential"]) in scale.merged()


@pytest.mark.parametrize(
    ("ranges", "matrix", "aside"),
    [
        ("apart", ((0, 0, 0, 0, 0), (0, 0, 0, 0, 0), (0, 0, 1, 0, 0), (0, 0, 0, 0, 0), (0, 0, 0, 0, 0)), 3),
        ("low", ((0, 0, 0, 0, 0), (0, 0, 0, 0, 0), (0, 0, 2, 1, 0), (0, 0, 0, 0, 0), (0, 0, 1, 0, 0)), 0),
        ("high", ((0, 0, 0, 0, 0), (0, 0, 0, 0, 0), (0, 0, 1, 1, 1), (0, 0, 0, 0, 0), (0, 0, 0, 1, 0)), 0),
    ],
)
def test_ranges_are_kept_apart_or_taken_by_one_end(ranges: str, matrix: object, aside: int) -> None:
    graded = ["mild", "mild", "mild", "severe"]
    read = ["mild", "mild-mod", "mod-severe", "mild to moderate"]
    found = agreement(graded, read, MITRAL, ranges=ranges, bootstrap=0)
    assert (found.matrix, found.aside["range"]) == (matrix, aside)
    assert (found.ranges.rows, found.ranges.exact, found.ranges.within_one) == (3, 1, 3)


def test_a_range_within_one_category_is_no_range() -> None:
    scale = common(guideline_scheme("esc-2021", "mitral"), reader_scheme())
    found = agreement(["not_severe", "severe"], ["mild-mod", "mod-severe"], scale, bootstrap=0)
    assert (found.matrix, found.aside["range"]) == (((1, 0), (0, 0)), 1)


# --- every row is accounted for ---------------------------------------------------------------------------------------

GRADED = ("none", "trace", "mild", "moderate", "severe", "indeterminate", "insufficient_data", "not_covered", "", None)
READ = ("none", "Trivial", "mild", "Mod [2+]", "severe", "mild-mod", "Present", "NA", "", "3", "so-so", None, 2, 1.5)


@settings(max_examples=60)
@given(st.lists(st.tuples(st.sampled_from(GRADED), st.sampled_from(READ)), max_size=40), st.sampled_from(RANGES))
def test_every_row_is_compared_or_set_aside_once(rows: list[tuple[str | None, object]], ranges: str) -> None:
    found = agreement([one for one, _ in rows], [other for _, other in rows], MITRAL, ranges=ranges, bootstrap=0)
    assert found.compared + sum(found.aside.values()) == len(rows) == found.rows
    assert found.aside["unreadable"] == sum(
        one in GRADED[:5] and other in ("3", "so-so", 2, 1.5) for one, other in rows
    )
    assert found.aside["rejected"] == sum(not one for one, _ in rows)


@pytest.mark.parametrize(
    ("graded", "read", "reason"),
    [
        ("", "", "rejected"),
        ("not_covered", "mild", "not_covered"),
        ("insufficient_data", "mild-mod", "insufficient_data"),
        ("indeterminate", "", "indeterminate"),
        ("mild", " ", "missing"),
        ("mild", "Present, can't qualify", "not_graded"),
        ("mild", "2", "unreadable"),
        ("mild", "trace/mild", "range"),
    ],
)
def test_a_row_is_set_aside_under_the_first_reason_that_holds(graded: str, read: str, reason: str) -> None:
    found = agreement([graded], [read], MITRAL, bootstrap=0)
    assert {name: count for name, count in found.aside.items() if count} == {reason: 1}


def test_columns_of_a_data_frame() -> None:
    frame = pd.DataFrame({"grade": ["mild", "severe", None, "mild"], "reader": ["mild", pd.NA, "mild", float("nan")]})
    found = agreement(frame["grade"], frame["reader"], MITRAL, bootstrap=0)
    assert (found.compared, found.aside["rejected"], found.aside["missing"]) == (1, 1, 2)


def test_the_seed_decides_the_interval() -> None:
    graded, read = ["mild", "moderate", "severe", "mild"] * 9, ["mild", "mild", "severe", "trace"] * 9
    found = [agreement(graded, read, MITRAL, seed=seed, bootstrap=300) for seed in (1, 1, 2)]
    assert found[0] == found[1]
    assert found[0].kappa.low != found[2].kappa.low
    assert found[0].kappa.value == found[2].kappa.value


@pytest.mark.parametrize(
    ("second", "options", "complaint"),
    [
        (["mild", "mild"], {}, "the first side has 1 rows and the second 2"),
        (["mild"], {"ranges": "lowest"}, "ranges=: no way 'lowest'. Did you mean low?"),
        (["mild"], {"bootstrap": 7}, "bootstrap=: expected 0"),
    ],
)
def test_a_call_that_cannot_be_carried_out_is_refused(
    second: list[str], options: dict[str, object], complaint: str
) -> None:
    with pytest.raises(UsageError, match=re.escape(complaint)):
        agreement(["mild"], second, MITRAL, **options)  # type: ignore[arg-type]


# --- the command ------------------------------------------------------------------------------------------------------


def echograde(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example of a reader, graded by two guidelines."""
    target = tmp_path_factory.mktemp("graded") / "graded.csv"
    asked = ["-g", "ase-2017", "-g", "esc-2021", "-o", target]
    assert echograde("grade", TESTS / "data" / "example_reader.csv", *asked).exit_code == 0
    return target


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_what_is_printed_fits_a_terminal(graded: Path) -> None:
    ran = echograde("agree", graded, "--reader", "mr_reader", "--guideline", "ase-2017")
    assert ran.exit_code == 0, ran.output
    assert max(map(len, ran.output.splitlines())) <= 80


def test_the_csv_export_counts_every_row_of_the_file(graded: Path, tmp_path: Path) -> None:
    table = tmp_path / "agreement.csv"
    asked = ["--reader", "mr_reader", "-g", "ase-2017", "--csv", table]
    assert echograde("agree", graded, *asked).exit_code == 0
    found, source = rows_of(table), rows_of(graded)
    counted = {
        kind: sum(int(row["value"]) for row in found if row["statistic"] == kind)
        for kind in ("matrix", "said", "reader_text")
    }
    aside = sum(int(row["value"]) for row in found if row["statistic"].startswith("aside_"))
    assert counted["matrix"] + aside == counted["said"] == counted["reader_text"] == len(source) == 40
    texts = {row["first"]: int(row["value"]) for row in found if row["statistic"] == "reader_text"}
    assert texts == Counter(row["mr_reader"] for row in source)
    both = Counter((row["mitral_ase_2017_grade"], row["mr_reader"]) for row in source)
    cell = next(row for row in found if (row["statistic"], row["first"], row["second"]) == ("matrix", "trace", "mild"))
    assert int(cell["value"]) == both["trace", "Mild [1+]"] > 0
    assert found[0]["note"].startswith(NOTICE)
    assert not list(tmp_path.glob(".*"))


def test_two_guidelines_of_one_file(graded: Path) -> None:
    ran = echograde("agree", graded)
    assert ran.exit_code == 0, ran.output
    assert "Mitral regurgitation: ASE 2017 and ESC 2021" in ran.output
    assert "Here 'not severe' stands for none, trace, mild and moderate of ASE 2017." in " ".join(ran.output.split())
    assert "With two categories" in ran.output


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--reader", "mr_reader"], "holds grades by ase-2017 and esc-2021; give one --guideline beside --reader"),
        (["-g", "ase-2017"], "give --reader and a column, or two different --guideline"),
        (["-g", "ase-2017", "--reader", "mr_raeder"], "Did you mean mr_reader?"),
        (["-g", "ase-2017", "--reader", "zzz"], "There are: study_id, mr_regurgitation"),
        (["-g", "ase-2018", "--reader", "mr_reader"], "Did you mean ase-2017?"),
        (["-g", "esc-2025", "--reader", "mr_reader"], "holds no grades by esc-2025 (it holds: ase-2017, esc-2021)"),
        (["-g", "ase-2017", "--reader", "mr_reader", "--valve", "aortic"], "holds no grades of aortic by ase-2017"),
        (["-g", "ase-2017", "--reader", "mr_reader", "--reader-scale", "0-6"], "--reader-scale: no scale '0-6'"),
        (["-g", "ase-2017", "--reader", "mr_reader", "--unreadable", "drop"], "--unreadable: expected stop or skip"),
        (["-g", "ase-2017", "--reader", "mr_reader", "--reader-map", "absent.toml"], "--reader-map: cannot read"),
        (["-g", "ase-2017", "--reader", "mr_reader", "--figure", "x.png"], "should end in .html or .svg"),
        (["-g", "ase-2017", "--reader", "mr_reader", "--csv", "/absent/x.csv"], "cannot write"),
        (["-g", "ase-2017", "--reader", "study_id"], "'R01': not known as a grade (1 row, first row 1)"),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(value[-2:]),
)
def test_what_cannot_be_compared_is_said_in_a_sentence(graded: Path, words: list[str], expected: str) -> None:
    ran = echograde("agree", graded, *words)
    assert ran.exit_code == 2
    assert expected in ran.output
    assert "Traceback" not in ran.output


def written(folder: Path, text: str, name: str = "graded.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


NUMBERS = "id,ase_2017_grade,reader\n1,mild,1\n2,moderate,2+\n3,severe,3\n4,severe,3\n5,none,0\n6,moderate,so-so\n"


@pytest.mark.hazard("reader-misread")
def test_numbers_alone_stop_the_run_and_name_what_to_give(tmp_path: Path) -> None:
    ran = echograde("agree", written(tmp_path, NUMBERS), "--reader", "reader")
    assert ran.exit_code == 2
    assert "5 of its texts cannot be read" in ran.output
    assert "'3': a number alone, and its scale is not declared (2 rows, first row 3)" in ran.output
    assert "--reader-scale I-IV: I mild, II and III moderate, IV severe" in ran.output
    assert "'so-so': not known as a grade (1 row, first row 6)" in ran.output
    assert "--unreadable skip" in ran.output


@pytest.mark.parametrize(
    ("words", "compared", "unreadable"),
    [
        (["--reader-scale", "0-3", "--unreadable", "skip"], 5, 1),
        (["--reader-scale", "0-4", "--unreadable", "skip"], 3, 1),
        (["--reader-scale", "0-4", "--unreadable", "skip", "--ranges", "high"], 5, 1),
        (["--unreadable", "skip"], 0, 6),
        (["--reader-scale", "0-3", "--reader-map", "map.toml"], 6, 0),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_declared_scale_or_a_map_reads_numbers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], compared: int, unreadable: int
) -> None:
    monkeypatch.chdir(tmp_path)
    written(tmp_path, '[grades]\n"so-so" = "moderate"\n', "map.toml")
    ran = echograde("agree", written(tmp_path, NUMBERS), "--reader", "reader", "--csv", "out.csv", *words)
    assert ran.exit_code == 0, ran.output
    found = {row["statistic"]: row["value"] for row in rows_of(tmp_path / "out.csv")}
    assert (int(found["compared"]), int(found["aside_unreadable"])) == (compared, unreadable)


@pytest.mark.hazard("wrong-valve")
def test_a_valve_column_chooses_rows(tmp_path: Path) -> None:
    text = "valve,ase_2017_grade,reader\nMR,mild,mild\nMR,severe,severe\nAR,mild,unheard of\n,,mild\n"
    path = written(tmp_path, text)
    assert (
        "holds rows of several valves; give --valve (mitral, aortic)"
        in echograde("agree", path, "--reader", "reader").output
    )
    ran = echograde("agree", path, "--reader", "reader", "--valve", "mitral", "--csv", tmp_path / "out.csv")
    assert ran.exit_code == 0, ran.output
    found = {row["statistic"]: row["value"] for row in rows_of(tmp_path / "out.csv")}
    assert [found[name] for name in ("rows", "compared", "aside_other_valve", "aside_rejected")] == ["4", "2", "1", "1"]


@pytest.mark.parametrize(
    ("header", "row", "words", "valve"),
    [
        ("valve,acc_aha_2020_grade,reader", "MR,progressive,mild", [], "Mitral regurgitation"),
        ("valve,tvarc_2023_grade,reader", "TR,massive,massive\nMR,not_covered,mild", [], "Tricuspid regurgitation"),
        ("mitral_tvarc_2023_grade,tricuspid_tvarc_2023_grade,reader", "not_covered,mild,mild", [], "Tricuspid regurgitation"),
        ("acc_aha_2020_grade,reader", "moderate,mild", ["--valve", "AR"], "Aortic regurgitation"),
        ("ase_2017_grade,reader", "moderate,mild", [], "Regurgitation: ASE 2017"),
    ],
)  # fmt: skip
def test_the_only_valve_that_fits_is_taken(tmp_path: Path, header: str, row: str, words: list[str], valve: str) -> None:
    ran = echograde("agree", written(tmp_path, f"{header}\n{row}\n"), "--reader", "reader", *words)
    assert ran.exit_code == 0, ran.output
    assert ran.output.startswith(valve)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "the file is empty"),
        ("id,reader\n1,mild\n", "holds no grades; grade it first: echograde grade"),
        (
            "ase_2017_grade,reader\nmild,mild\nbad,mild\n",
            "row 2: 'bad' is not a grade of ASE 2017; expected none, trace",
        ),
        ("ase_2017_grade,reader,reader\nmild,mild,mild\n", "--reader: there are two columns 'reader'. Rename one"),
        ("acc_aha_2020_grade,reader\nmild,mild\n", "ACC/AHA 2020 grades its valves by different schemes; give --valve"),
        ("mitral_ase_2017_grade,aortic_ase_2017_grade,reader\nmild,mild,mild\n", "give --valve (mitral, aortic)"),
        ("pulmonic_esc_2021_grade,reader\nnot_covered,mild\n", "holds no grades of any valve by esc-2021"),
    ],
)
def test_a_file_that_cannot_be_compared(tmp_path: Path, text: str, expected: str) -> None:
    ran = echograde("agree", written(tmp_path, text), "--reader", "reader")
    assert ran.exit_code == 2
    assert expected in ran.output


def test_a_column_of_free_text_is_refused(tmp_path: Path) -> None:
    text = "ase_2017_grade,note\n" + "".join(f"mild,note {i}\n" for i in range(10_002))
    ran = echograde("agree", written(tmp_path, text), "--reader", "note")
    assert ran.exit_code == 2
    assert "hold over 10000 different texts" in ran.output


def test_an_export_never_overwrites_the_graded_file(graded: Path) -> None:
    before = graded.read_bytes()
    ran = echograde("agree", graded, "--reader", "mr_reader", "-g", "ase-2017", "--csv", graded)
    assert ran.exit_code == 2
    assert "the graded file itself; name another file" in ran.output
    assert graded.read_bytes() == before


def test_parquet_and_csv_say_the_same(graded: Path, tmp_path: Path) -> None:
    pq.write_table(pacsv.read_csv(graded), tmp_path / "graded.parquet")
    asked = ["--reader", "mr_reader", "-g", "ase-2017"]
    said = [echograde("agree", path, *asked).output for path in (graded, tmp_path / "graded.parquet")]
    assert said[0].replace("graded.csv", "") == said[1].replace("graded.parquet", "")
    broken = written(tmp_path, "no parquet", "broken.parquet")
    assert "broken.parquet: not a readable Parquet file" in echograde("agree", broken, *asked).output


# --- figures ----------------------------------------------------------------------------------------------------------


class Page(HTMLParser):
    """The tags and the text of a page."""

    def __init__(self, said: str) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.addresses: list[str | None] = []
        self.said = ""
        self.feed(said)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.addresses += [value for name, value in attrs if name in ("src", "href", "onload")]

    def handle_data(self, data: str) -> None:
        self.said += data


HOSTILE = '"<img src=x onerror=alert(1)>"'


@pytest.mark.parametrize("ending", ["html", "svg"])
def test_a_figure_is_self_contained_and_escapes_the_file(tmp_path: Path, ending: str) -> None:
    path = written(
        tmp_path, f'ase_2017_grade,"<b>reader</b>"\nmild,mild\nsevere,moderate\nmild,"{HOSTILE.strip(chr(34))}"\n'
    )
    figure = tmp_path / f"figure.{ending}"
    asked = ["--reader", "<b>reader</b>", "--unreadable", "skip", "--figure", figure]
    assert echograde("agree", path, *asked).exit_code == 0
    page = Page(figure.read_text(encoding="utf-8"))
    assert not page.tags.keys() & {"img", "b", "script", "link", "image"}
    assert page.addresses == []
    assert "<b>reader</b>" in page.said
    assert NOTICE in page.said
    assert {"agree", "one apart"} <= set(re.split(r"(?<=\D)(?=\d)|(?<=\d)(?=\D)|  +|\n", page.said))


def test_a_text_that_a_spreadsheet_would_run_is_neutralised(tmp_path: Path) -> None:
    path = written(tmp_path, "ase_2017_grade,reader\nmild,=1+1\nmild,mild\n")
    table = tmp_path / "out.csv"
    assert echograde("agree", path, "--reader", "reader", "--unreadable", "skip", "--csv", table).exit_code == 0
    assert [row["first"] for row in rows_of(table) if row["statistic"] == "reader_text"] == ["'=1+1", "mild"]


OTHER_VALVES = {
    "a text about another valve": ("severe TR|mild", "reader", (), "'severe TR': it is about the tricuspid valve"),
    "a text about another valve too": ("mild MR, moderate TR|moderate", "reader", (), ""),
    "a column about another valve": ("severe|mild", "TR grade", (), "by its name about the tricuspid valve, and the"),
    "a column that is insisted on": ("severe|mild", "TR grade", ("--valve", "mitral"), ""),
}


@pytest.mark.parametrize(("texts", "header", "words", "problem"), OTHER_VALVES.values(), ids=OTHER_VALVES)
def test_what_is_about_another_valve_than_the_manifest_names_is_no_grade(
    tmp_path: Path, texts: str, header: str, words: tuple[str, ...], problem: str
) -> None:
    rows = "".join(f'0.42,"{text}"\n' for text in texts.split("|"))
    source, target = written(tmp_path, f"eroa_cm2,{header}\n{rows}", "in.csv"), tmp_path / "graded.csv"
    assert echograde("grade", source, "--valve", "mitral", "-o", target, "-q").exit_code == 0
    ran = echograde("agree", target, "--reader", header, *words)
    assert (ran.exit_code, problem in ran.output) == (2 if problem else 0, True), ran.output


def test_texts_about_several_valves_ask_which_was_graded(tmp_path: Path) -> None:
    path = written(tmp_path, "ase_2017_grade,reader\nmild,mild MR\nmild,severe TR\n")
    ran = echograde("agree", path, "--reader", "reader")
    assert (ran.exit_code, "about the mitral and tricuspid valves" in ran.output) == (2, True), ran.output


# --- a process of its own ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("library", ["statsmodels", "jinja2"])
def test_without_the_library_a_sentence_says_what_to_install(graded: Path, tmp_path: Path, library: str) -> None:
    figure = tmp_path / "figure.svg"
    options = ["--reader", "mr_reader", "-g", "ase-2017", "--figure", str(figure)]
    program = (
        f"import sys; sys.modules[{library!r}] = None\n"
        f"sys.argv = ['echograde', 'agree', {str(graded)!r}, *{options!r}]\n"
        "from grading.cli import main; main()"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert ran.returncode == 2
    assert "pip install 'echograde[agree]'" in ran.stderr


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak of a process is read from /proc")
def test_a_long_file_is_read_in_flat_memory(tmp_path: Path) -> None:
    padding = "x" * 300
    row = f"mild,mild,{padding}\nsevere,moderate,{padding}\n"
    program = (
        "import sys; from grading.cli.main import app\n"
        "app(['agree', sys.argv[1], '--reader', 'reader', '--bootstrap', '0'], standalone_mode=False)\n"
        "print(*(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')), file=sys.stderr)"
    )
    peaks = []
    for rows in (40_000, 200_000):
        path = written(tmp_path, "ase_2017_grade,reader,note\n" + row * (rows // 2), f"{rows}.csv")
        ran = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True)
        assert f"{rows} rows in {rows}.csv: {rows} compared" in ran.stdout
        peaks.append(int(ran.stderr) * 1024)
    assert peaks[1] - peaks[0] < (tmp_path / "200000.csv").stat().st_size / 2

"""Files as people send them: each ends as documented, every row in the output, or one sentence that says where and why."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from support.paths import TESTS
from support.witness import answers, at_most, cells, check_graded, check_sentence, outputs, text_of
from typer.testing import CliRunner, Result

from grading import UsageError
from grading.batch.job import Job
from grading.batch.run import run
from grading.cli.main import app
from grading.columns.plan import Options

MALFORMED = TESTS / "malformed"
NUMBERLESS = ["1e400", "inf", "-Infinity", "0x1A", "０.４５", "٠.٤٥", "'0.45", "45%", "None", "=0.45", "1_0", "−0.4"]


@pytest.fixture(autouse=True)
def _no_hang() -> Iterator[None]:
    with at_most(60):
        yield


def echograde(*words: object) -> Result:
    ran = CliRunner().invoke(app, [str(word) for word in words])
    assert isinstance(ran.exception, SystemExit | None), repr(ran.exception)
    assert "Traceback" not in ran.output
    return ran


def demand(text: str, said: tuple[str, ...]) -> None:
    """Every item stands in the text, without regard to case; an item may name alternatives: 'gzip or NUL'."""
    for item in said:
        assert any(option.casefold() in text.casefold() for option in item.split(" or ")), f"{item!r} not in: {text}"


# file, further words, exit code, the answer of every row, what is said: in the sentence when the exit code is 2, else in
# the report or the issues (row,line,column,value)
CORPUS = [
    # delimiters and decimal marks
    ("comma.csv", "", 0, "severe mild", ("comma between",)),
    ("semicolon_decimal_comma.csv", "", 0, "severe mild", ("semicolon", "decimal comma")),
    ("semicolon_decimal_point.csv", "", 0, "severe", ("decimal point",)),
    ("semicolon_both_marks.csv", "", 1, "severe rejected", ("2,3,eroa_cm2,0.35",)),
    ("semicolon_thousands.csv", "", 1, "severe rejected", ('2,3,eroa_cm2,"1.234,5"',)),
    ("tab.csv", "", 0, "severe", ("tab between",)),
    ("tab_decimal_comma.csv", "", 1, "rejected", ('1,2,eroa_cm2,"0,45"',)),
    ("tab_decimal_comma.csv", "--decimal ,", 0, "severe", ("decimal comma",)),
    ("pipe.csv", "", 2, "", ("id|eroa_cm2|note",)),
    ("pipe.csv", "--delimiter |", 0, "severe", ()),
    ("excel_sep_semicolon.csv", "", 1, "severe rejected", ("2,4,eroa_cm2,abc",)),
    ("excel_sep_tab.csv", "", 0, "severe", ("tab between",)),
    ("excel_sep_and_nothing_else.csv", "", 2, "", ("line 2 or empty",)),
    ("excel_sep_without_line_end.csv", "", 2, "", ("empty or blank or line 2",)),
    ("decimal_comma_quoted.csv", "", 1, "rejected severe", ('1,2,eroa_cm2,"0,45"', "comma")),
    ("decimal_comma_quoted.csv", "--decimal ,", 1, "severe rejected", ("2,3,eroa_cm2,0.45",)),
    ("decimal_comma_unquoted.csv", "", 2, "", ("line 3", "4 cells", "header has 3")),
    ("delimiter_in_quoted_header.csv", "", 0, "severe", ()),
    # encodings
    ("utf8_bom.csv", "", 0, "severe", ("utf-8",)),
    ("utf16_le.csv", "", 1, "severe rejected", ("utf-16", "2,3,eroa_cm2,abc")),
    ("utf16_be.csv", "", 1, "severe rejected", ("utf-16", "2,3,eroa_cm2,abc")),
    ("utf16_le_awkward.csv", "", 0, "severe mild", ("utf-16",)),
    ("utf16_le_unmarked.csv", "", 2, "", ("NUL or UTF-16",)),
    ("utf16_le_odd_length.csv", "", 2, "", ("UTF-16", "line 3")),
    ("utf16_le_half_a_pair.csv", "", 2, "", ("UTF-16", "line 2")),
    ("utf16_ragged.csv", "", 2, "", ("line 3 has 2 cells",)),
    ("utf16_only_a_mark.csv", "", 2, "", ("empty or blank",)),
    ("utf32_le.csv", "", 2, "", ("UTF-32 or UTF-16 or NUL",)),
    ("windows_1252.csv", "", 0, "severe", ("cp1252",)),
    ("windows_1252.csv", "--encoding utf-8", 2, "", ("line 2", "not utf-8", "--encoding")),
    ("windows_1252_headers.csv", "", 0, "severe", ("cp1252", "Bemerkung über")),
    ("windows_1252_in_the_last_bytes.csv", "", 0, "severe mild", ("cp1252",)),
    ("windows_1252_in_the_last_bytes.csv", "--encoding utf-8", 2, "", ("line 3", "not utf-8")),
    ("windows_1252_no_such_byte.csv", "", 0, "severe mild", ("cp1252",)),
    ("shift_jis.csv", "", 2, "", ("header", "--encoding")),
    ("shift_jis.csv", "--encoding shift_jis", 0, "severe", ("shift_jis",)),
    ("surrogates_in_utf8.csv", "", 0, "severe", ("cp1252",)),
    ("overlong_utf8.csv", "", 0, "severe", ("cp1252",)),
    ("mark_in_mid_file.csv", "", 1, "severe rejected mild", ("2,3,eroa_cm2,eroa_cm2",)),
    ("mark_in_the_first_cell.csv", "", 1, "rejected mild", ("1,2,eroa_cm2,\ufeff0.45",)),
    ("only_a_mark.csv", "", 2, "", ("empty or blank",)),
    # line ends
    ("crlf.csv", "", 0, "severe mild", ()),
    ("mixed_line_ends.csv", "", 0, "severe mild moderate", ()),
    ("quoted_newlines.csv", "", 1, "severe rejected rejected", ("2,5,eroa_cm2,abc", "3,8,eroa_cm2,x")),
    ("quoted_return.csv", "", 1, "severe rejected", ("2,3,eroa_cm2,abc",)),
    ("quoted_return_in_a_number.csv", "", 1, "rejected mild", ("1,2,eroa_cm2,",)),
    ("lone_returns.csv", "", 2, "", ("carriage return",)),
    ("return_in_a_cell.csv", "", 2, "", ("line 3", "carriage return")),
    ("return_before_line_end.csv", "", 2, "", ("line 2", "carriage return")),
    ("return_before_every_line_end.csv", "", 2, "", ("carriage return",)),
    ("return_at_line_start.csv", "", 2, "", ("line 3", "carriage return")),
    ("lone_return_on_a_line.csv", "", 2, "", ("line 3", "carriage return")),
    ("last_line_ends_in_return.csv", "", 2, "", ("line 3", "carriage return")),
    ("no_last_line_end.csv", "", 0, "severe mild", ()),
    ("blank_lines.csv", "", 1, "severe rejected", ("2,6,eroa_cm2,abc",)),
    ("blank_lines_at_the_start.csv", "", 2, "", ("line 1", "blank")),
    ("spaces_on_a_line.csv", "", 2, "", ("line 3 has 1 cell",)),
    ("spaces_on_a_line_of_one_column.csv", "", 0, "severe insufficient_data mild", ()),
    ("empty_quotes_of_one_column.csv", "", 0, "severe insufficient_data mild", ()),
    ("empty.csv", "", 2, "", ("empty",)),
    ("only_a_newline.csv", "", 2, "", ("empty",)),
    ("only_spaces.csv", "", 2, "", ("empty or blank",)),
    ("header_only.csv", "", 0, "", ("0 rows",)),
    ("header_only_without_line_end.csv", "", 0, "", ("0 rows",)),
    ("header_and_blank_lines.csv", "", 0, "", ("0 rows",)),
    ("other_line_separators.csv", "", 0, "severe mild", ()),
    ("control_z_at_the_end.csv", "", 2, "", ("line 3 has 1 cell",)),
    # ragged
    ("short_row.csv", "", 2, "", ("line 3 has 2 cells", "header has 3")),
    ("long_row.csv", "", 2, "", ("line 3 has 4 cells", "header has 3")),
    ("short_row_in_windows_1252.csv", "", 2, "", ("line 3 has 2 cells",)),
    ("ragged_both_ways.csv", "", 2, "", ("line 2 has 2 cells",)),
    ("ragged_after_quoted_newlines.csv", "", 2, "", ("line 7 has 2 cells",)),
    ("trailing_delimiters.csv", "", 2, "", ("line 2 has 4 cells",)),
    ("trailing_delimiters_in_header_too.csv", "", 0, "severe", ()),
    ("trailing_delimiter_in_header_only.csv", "", 2, "", ("line 2 has 2 cells",)),
    ("total_line_at_the_end.csv", "", 2, "", ("line 4 has 1 cell",)),
    ("comment_line_first.csv", "", 2, "", ("# exported 2024",)),
    ("title_row_first.csv", "", 2, "", ("Echo report",)),
    # quotes
    ("unclosed_quote.csv", "", 2, "", ("line 3", "never closed")),
    ("unclosed_quote_in_header.csv", "", 2, "", ("line 1", "quote")),
    ("unclosed_quote_closed_by_the_next.csv", "", 2, "", ("line 2 or line 3", "quote")),
    ("unclosed_quote_swallows_a_row.csv", "", 0, "severe moderate", ()),
    ("stray_quote.csv", "", 2, "", ("line 3", "quote")),
    ("stray_quotes_in_two_rows.csv", "", 2, "", ("line 2", "quote")),
    ("stray_quote_at_the_end.csv", "", 2, "", ("line 3", "quote")),
    ("text_after_closing_quote.csv", "", 2, "", ("line 3", "quote")),
    ("text_after_closing_quote_of_a_number.csv", "", 2, "", ("line 2", "quote")),
    ("space_before_quote.csv", "", 2, "", ("line 2", "quote")),
    ("space_after_quote.csv", "", 2, "", ("line 2", "quote")),
    ("backslash_before_quote.csv", "", 2, "", ("line 2", "quote")),
    ("quote_in_header.csv", "", 2, "", ("line 1", "quote")),
    ("doubled_quotes.csv", "", 0, "severe mild", ()),
    ("everything_quoted.csv", "", 1, "severe rejected", ("2,3,eroa_cm2,abc",)),
    ("apostrophes_are_no_quotes.csv", "", 0, "severe mild", ()),
    ("typographic_quotes.csv", "", 0, "severe", ()),
    # headers
    ("duplicate_header.csv", "", 2, "", ("'note' appears twice", "columns 2 and 4")),
    ("duplicate_blank_headers.csv", "", 0, "severe", ()),
    ("headers_differing_by_case.csv", "", 0, "severe", ()),
    ("measurements_differing_by_case.csv", "", 2, "", ("'eroa_cm2' and 'EROA_cm2' both claim eroa",)),
    ("measurements_differing_by_unit.csv", "", 2, "", ("'eroa_cm2' and 'eroa_mm2' both claim eroa",)),
    ("header_of_a_result.csv", "", 2, "", ("'ase_2017_grade'", "graded before")),
    ("header_of_a_status.csv", "", 2, "", ("'echograde_status'", "graded before")),
    ("spaces_in_headers_and_cells.csv", "", 0, "severe mild", ()),
    ("no_break_spaces.csv", "", 0, "severe mild", ()),
    ("no_break_spaces_windows_1252.csv", "", 0, "severe", ()),
    ("direction_marks_in_headers.csv", "", 0, "severe", ()),
    ("zero_width_space_in_header.csv", "", 0, "severe", ()),
    ("full_width_header.csv", "", 0, "severe", ()),
    ("headers_of_other_scripts.csv", "", 0, "severe", ("пациент",)),
    ("superscript_unit.csv", "", 0, "severe", ()),
    ("newline_in_header.csv", "", 1, "severe rejected", ('2,4,"eroa\n(cm2)",abc',)),
    ("formula_in_header.csv", "", 0, "severe mild", ()),
    ("escape_code_in_header.csv", "", 0, "severe", ()),
    ("escape_codes_and_no_measurement.csv", "", 2, "", ("no column holds a measurement",)),
    ("number_for_header.csv", "", 2, "", ("no column holds a measurement",)),
    ("only_delimiters.csv", "", 2, "", ("line 1", "blank")),
    ("unit_of_another_kind.csv", "", 2, "", ("'eroa (kg)'", "'kg' is not a unit of eroa")),
    ("near_miss.csv", "", 2, "", ("Did you mean eroa?",)),
    ("index_column_without_header.csv", "", 0, "severe mild", ()),
    # cells
    ("numbers_that_are_read.csv", "", 1, "mild severe severe severe severe severe rejected" + " insufficient_data" * 3, ("too small",)),
    ("numbers_that_are_not.csv", "", 1, "rejected " * 44, tuple(f",eroa_cm2,{n},error" for n in NUMBERLESS)),
    ("thousands_in_quotes.csv", "", 1, "rejected severe", ('1,2,regurgitant_volume_ml,"1,234"',)),
    ("ten_thousand_digits.csv", "", 1, "severe rejected", ("2,3,eroa_cm2,999",)),
    ("none_is_a_word.csv", "", 1, "severe insufficient_data rejected", ("3,4,eroa_cm2,None",)),
    ("missing_words.csv", "", 0, "insufficient_data " * 11, ()),
    ("leading_zeros.csv", "", 0, "severe mild moderate", ()),
    ("formula_cells.csv", "", 0, "severe mild", ()),
    ("emoji_and_joined_letters.csv", "", 0, "severe mild", ()),
    ("control_characters.csv", "", 0, "severe mild", ()),
    # REDCap
    ("redcap.csv", "--missing -999 --missing -998 --missing NASK", 0, "severe mild insufficient_data", ("aetiology___1",)),
    ("redcap.csv", "", 1, "severe rejected rejected", ("2,3,mr_eroa_cm2,-999", "3,4,mr_eroa_cm2,NASK", "3,4,mr_rvol_ml,-998")),
    # NUL bytes, and files of another kind
    ("nul_in_a_cell.csv", "", 2, "", ("NUL", "line 3")),
    ("nul_in_header.csv", "", 2, "", ("NUL", "line 1")),
    ("nuls_at_the_end.csv", "", 2, "", ("NUL", "line 3")),
    ("only_nuls.csv", "", 2, "", ("NUL",)),
    ("xlsx.csv", "", 2, "", ("save the file anew",)),
    ("xls.csv", "", 2, "", ("save the file anew",)),
    ("pdf.csv", "", 2, "", ("PDF or no column",)),
    ("html.csv", "", 2, "", ("HTML or no column",)),
    ("json.csv", "", 2, "", ("JSON or no column",)),
    ("json_lines.csv", "", 2, "", ("JSON or no column",)),
    ("xml.csv", "", 2, "", ("XML or no column",)),
    ("rtf.csv", "", 2, "", ("RTF or no column",)),
    ("png.csv", "", 2, "", ("this is a picture",)),
    ("sqlite.csv", "", 2, "", ("SQLite or not text",)),
    # Parquet
    ("csv.parquet", "", 2, "", ("Parquet",)),
    ("empty.parquet", "", 2, "", ("Parquet or empty",)),
    ("truncated.parquet", "", 2, "", ("Parquet",)),
    ("without_end.parquet", "", 2, "", ("Parquet",)),
    ("only_marks.parquet", "", 2, "", ("Parquet",)),
    ("footer_longer_than_the_file.parquet", "", 2, "", ("Parquet",)),
    ("broken_footer.parquet", "", 2, "", ("Parquet",)),
    ("broken_page.parquet", "", 2, "", ("Parquet",)),
    ("encrypted.parquet", "", 2, "", ("encrypted",)),
    ("arrow.parquet", "", 2, "", ("Parquet",)),
    # one byte changed, by support/damage_parquet.py
    ("rows_lost.parquet", "", 2, "", ("12 rows, and 0 could be read",)),
    ("aborts_the_reader.parquet", "", 2, "", ("broke off (SIGABRT) or not a readable Parquet file",)),
    ("text_is_no_text.parquet", "", 2, "", ("damaged",)),
    ("code_without_text.parquet", "", 2, "", ("damaged",)),
    ("page_of_another_sum.parquet", "", 2, "", ("damaged",)),
]  # fmt: skip
NAMES = [f"{file} {words}".strip() for file, words, *_ in CORPUS]


def test_every_file_of_the_corpus_has_an_expectation() -> None:
    assert {file for file, *_ in CORPUS} == {path.name for path in MALFORMED.glob("*.[cp]*")}


@pytest.mark.hazard("damaged-file")
@pytest.mark.parametrize(("file", "words", "code", "said_of_rows", "said"), CORPUS, ids=NAMES)
def test_a_file_ends_as_documented(
    tmp_path: Path, file: str, words: str, code: int, said_of_rows: str, said: tuple[str, ...]
) -> None:
    target = tmp_path / "out.csv"
    ran = echograde("grade", MALFORMED / file, "-o", target, "--valve", "mitral", *words.split())
    assert ran.exit_code == code, ran.output
    if code == 2:
        assert list(tmp_path.iterdir()) == []
        check_sentence(ran.stderr, file)
        demand(ran.stderr, said)
        return
    assert check_graded(MALFORMED / file, target) == said_of_rows.split()
    demand(ran.stderr + outputs(target)[1].read_text(encoding="utf-8"), said)


@pytest.mark.slow
@pytest.mark.parametrize("size", [16, 64])
@pytest.mark.parametrize("file", [file for file, words, *_ in CORPUS if not words and file.endswith(".csv")])
def test_a_file_ends_the_same_however_it_falls_into_blocks(tmp_path: Path, file: str, size: int) -> None:
    def ended(**how: int) -> list[bytes]:
        target = tmp_path / "out.csv"
        try:
            run(Job(MALFORMED / file, target, options=Options("mitral"), **how))  # type: ignore[arg-type]
        except UsageError as error:
            return [str(error).encode()]
        return [path.read_bytes() for path in outputs(target)]

    assert ended(block_bytes=size) == ended()


@pytest.mark.parametrize("file", ["utf16_le.csv", "utf16_be.csv", "utf16_le_awkward.csv"])
def test_utf_16_stays_what_it_was(tmp_path: Path, file: str) -> None:
    assert echograde("grade", MALFORMED / file, "-o", tmp_path / "out.csv", "--valve", "mitral").exit_code < 2
    data, given = (tmp_path / "out.csv").read_bytes(), (MALFORMED / file).read_bytes()
    assert data[:2] == given[:2]
    assert text_of(data).endswith(("\r\n", "\n")[text_of(given).count("\r\n") == 0])


# --- large, so made here -----------------------------------------------------------------------------------------------

HEADER = b"id,eroa_cm2,note\n"


def plain(rows: int, width: int = 1) -> bytes:
    return b"".join(b"%06d,0.45,%s\n" % (row, b"x" * width) for row in range(rows))


LARGE: list[tuple[str, Callable[[], bytes], int, int, tuple[str, ...]]] = [
    ("Windows-1252 after 10 MB", lambda: HEADER + plain(10_500, 1_000) + b"1,0.1,\xe9\n" + plain(3), 0, 10_504, ("cp1252",)),
    ("UTF-8 after 10 MB", lambda: HEADER + plain(10_500, 1_000) + b"1,0.1,\xc3\xa9\n" + plain(3), 0, 10_504, ("utf-8",)),
    ("Windows-1252 on both sides of 10 MB", lambda: HEADER + b"1,0.1,\xe9\n" + plain(10_500, 1_000) + b"1,0.1,\xc3\xa9\n", 0, 10_502, ("cp1252",)),
    ("a short row after 10 MB", lambda: HEADER + plain(10_500, 1_000) + b"1,0.1\n", 2, 0, ("line 10502 has 2 cells",)),
    ("a NUL after 10 MB", lambda: HEADER + plain(10_500, 1_000) + b"1,0.1,\0\n", 2, 0, ("NUL", "line 10502")),
    ("a stray quote after 10 MB", lambda: HEADER + plain(10_500, 1_000) + b'1,0.1,5"\n', 2, 0, ("line 10502", "quote")),
    ("a quote open for 10 MB", lambda: HEADER + b'1,0.1,"\n' + plain(10_500, 1_000), 2, 0, ("line 2", "quote")),
    ("a carriage return after 10 MB", lambda: HEADER + plain(10_500, 1_000) + b"1,0.1,a\rb\n", 2, 0, ("line 10502", "carriage return")),
    ("a cell of 7 MB", lambda: HEADER + b"1,0.1," + b"x" * 7_000_000 + b"\n2,0.1,y\n", 0, 2, ()),
    ("a quoted cell of 7 MB and lines", lambda: HEADER + b'1,0.1,"' + b"x\n" * 3_500_000 + b'"\n2,0.1,y\n', 0, 2, ()),
    ("a header of 70 kB", lambda: b"id,eroa_cm2," + b"h" * 70_000 + b"\n1,0.45,x\n", 0, 1, ()),
    ("a header of 70 kB and no measurement", lambda: b"id," + b"h" * 70_000 + b"\n1,0.45\n", 2, 0, ("no column holds",)),
    ("a header of 70 kB twice", lambda: b"eroa_cm2" + (b"," + b"h" * 70_000) * 2 + b"\n1,0.45,x\n", 2, 0, ("twice",)),
    ("4,000 columns and no measurement", lambda: b"h," * 4_000 + b"\n", 2, 0, ("twice or no column holds",)),
    ("noise", lambda: random.Random(1).randbytes(1_000_000), 2, 0, ()),
    ("noise without NUL", lambda: random.Random(2).randbytes(1_000_000).replace(b"\0", b""), 2, 0, ()),
    ("noise of printable characters", lambda: bytes(random.Random(3).choices(range(32, 127), k=500_000)), 2, 0, ()),
    ("20,000 blank lines before a short row", lambda: HEADER + b"\r\n" * 20_000 + b"1,0.1\n", 2, 0, ("line 20002",)),
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("made", "code", "rows", "said"), [row[1:] for row in LARGE], ids=[row[0] for row in LARGE])
def test_a_large_file_ends_as_documented(
    tmp_path: Path, made: Callable[[], bytes], code: int, rows: int, said: tuple[str, ...]
) -> None:
    source, target = tmp_path / "large.csv", tmp_path / "out.csv"
    source.write_bytes(made())
    ran = echograde("grade", source, "-o", target, "--valve", "mitral")
    assert ran.exit_code == code, ran.output[:1_000]
    demand(ran.stderr, said)
    if code == 2:
        check_sentence(ran.stderr, source.name)
        assert list(tmp_path.iterdir()) == [source]
        return
    assert len(check_graded(source, target)) == rows


# --- Parquet -----------------------------------------------------------------------------------------------------------


def one(values: object, type_: pa.DataType | None = None) -> pa.Table:
    """A table of an id and one column eroa_cm2."""
    column = values if isinstance(values, pa.Array) else pa.array(values, type_)
    return pa.table({"id": pa.array([f"{row:03d}" for row in range(len(column))], pa.string()), "eroa_cm2": column})


def beside(values: pa.Array) -> pa.Table:
    """A table of eroa_cm2 and one more column that is passed through."""
    return pa.table({"eroa_cm2": [0.45] * len(values), "more": values})


POINTS = pa.array([{"x": 1, "y": 2}])
TWICE = pa.Table.from_arrays([pa.array([0.45]), pa.array(["a"]), pa.array(["b"])], names=["eroa_cm2", "a", "a"])

# name, table, exit code and what is said when written as CSV, the answers, exit code when written as Parquet
TABLES = [
    ("zero rows", one([], pa.float64()), 0, "", "", 0),
    ("zero rows of text", one([], pa.string()), 0, "", "", 0),
    ("no columns", pa.table({}), 2, "no column holds", "", 2),
    ("a name twice", TWICE, 2, "'a' appears twice", "", 2),
    ("decimals", one([45, 10], pa.decimal128(5, 0)).set_column(1, "eroa_mm2", pa.array([45, 10], pa.decimal128(5, 2))), 0, "", "severe mild", 0),
    ("small integers", pa.table({"eroa_mm2": pa.array([45, 10, None], pa.int8())}), 0, "", "severe mild insufficient_data", 0),
    ("huge integers", pa.table({"eroa_mm2": pa.array([45, 2**64 - 1], pa.uint64())}), 1, "", "severe rejected", 1),
    ("half floats", one([0.5, float("nan")], pa.float16()), 0, "", "severe insufficient_data", 0),
    ("infinities", one([float("inf"), -0.0, float("nan")]), 1, "", "rejected mild insufficient_data", 1),
    ("a dictionary of texts", one(pa.array(["0.45", "abc", None]).dictionary_encode()), 1, "", "severe rejected insufficient_data", 1),
    ("a dictionary of numbers", one(pa.array([0.45, 0.1, None]).dictionary_encode()), 0, "", "severe mild insufficient_data", 0),
    ("large text", one(["0.45", "abc"], pa.large_string()), 1, "", "severe rejected", 1),
    ("text views", one(["0.45", "abc"], pa.string_view()), 1, "", "severe rejected", 1),
    ("bytes that are text", one([b"0.45"], pa.binary()), 0, "", "severe", 0),
    ("bytes that are no text", one([b"\xff\xfe"], pa.binary()), 2, "'eroa_cm2'", "", 2),
    ("nothing but nulls", one([None, None], pa.null()), 0, "", "insufficient_data insufficient_data", 0),
    ("a measurement of timestamps", one([0, 1], pa.timestamp("ms")), 1, "", "rejected rejected", 1),
    ("a measurement of truths", one([True, None]), 1, "", "rejected insufficient_data", 1),
    ("a measurement of structures", pa.table({"eroa_cm2": POINTS}), 2, "'eroa_cm2'", "", 2),
    ("a measurement of lists", one([[0.45]]), 2, "'eroa_cm2'", "", 2),
    ("structures beside", beside(POINTS), 2, "'more'", "severe", 0),
    ("lists beside", beside(pa.array([[1, 2]])), 2, "'more'", "severe", 0),
    ("maps beside", beside(pa.array([[("a", 1)]], pa.map_(pa.string(), pa.int8()))), 2, "'more'", "severe", 0),
    ("durations beside", beside(pa.array([7], pa.duration("s"))), 0, "", "severe", 0),
    ("timestamps beside", beside(pa.array([0], pa.timestamp("ms", tz="UTC"))), 0, "", "severe", 0),
    ("dates and times beside", pa.table({"eroa_cm2": [0.45], "d": pa.array([1], pa.date32()), "t": pa.array([1], pa.time64("us"))}), 0, "", "severe", 0),
    ("a dictionary beside", beside(pa.array(["a", None]).dictionary_encode()), 0, "", "severe severe", 0),
    ("bytes that are no text beside", beside(pa.array([b"\xff\xfe"])), 2, "'more'", "severe", 0),
    ("nulls beside", beside(pa.nulls(2)), 0, "", "severe severe", 0),
    ("quotes, newlines and returns beside", beside(pa.array(['a "b", c', "two\nlines", "one\rmore"])), 0, "", "severe severe severe", 0),
    ("a name with a quote and a newline", pa.table({"eroa_cm2": [0.45], 'say "x",\ny': ["a"]}), 0, "", "severe", 0),
    ("a name of a result", pa.table({"eroa_cm2": [0.45], "ase_2017_grade": ["mild"]}), 2, "graded before", "", 2),
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(
    ("table", "code", "said", "rows", "code_of_parquet"), [row[1:] for row in TABLES], ids=[row[0] for row in TABLES]
)
def test_a_parquet_file_of_any_types_ends_as_documented(
    tmp_path: Path, table: pa.Table, code: int, said: str, rows: str, code_of_parquet: int
) -> None:
    source = tmp_path / "typed.parquet"
    pq.write_table(table, source)
    for target, expected in ((tmp_path / "out.csv", code), (tmp_path / "as" / "out.parquet", code_of_parquet)):
        target.parent.mkdir(exist_ok=True)
        ran = echograde("grade", source, "-o", target, "--valve", "mitral")
        assert ran.exit_code == expected, ran.output
        if expected == 2:
            check_sentence(ran.stderr, source.name)
            demand(ran.stderr, (said,))
            assert not any(path.exists() for path in outputs(target))
        elif target.suffix == ".csv":
            header, *found = cells(target.read_text(encoding="utf-8"), ",")
            assert answers([dict(zip(header, row, strict=True)) for row in found]) == rows.split()
        else:
            given, out = pq.read_table(source), pq.read_table(target)
            kept = out.select(table.column_names)
            # by their texts: NaN is not equal to itself
            assert (kept.schema.types, str(kept.to_pydict())) == (given.schema.types, str(given.to_pydict()))
            graded, status = (out[name].to_pylist() for name in ("ase_2017_grade", "echograde_status"))
            assert [grade or said for grade, said in zip(graded, status, strict=True)] == rows.split()


# --- places ------------------------------------------------------------------------------------------------------------

# what, source, target, what is said
PLACES = [
    ("a folder", "folder.csv", "out.csv", "folder.csv"),
    ("a folder named as Parquet", "folder.parquet", "out.csv", "folder.parquet"),
    ("no such file", "absent.csv", "out.csv", "absent.csv"),
    ("no such Parquet file", "absent.parquet", "out.csv", "absent.parquet"),
    ("a link to nothing", "dangling.csv", "out.csv", "dangling.csv"),
    ("a link to itself", "loop.csv", "out.csv", "loop.csv"),
    ("a pipe that nobody writes", "pipe.csv", "out.csv", "pipe.csv"),
    ("a file for a folder", "in.csv/in.csv", "out.csv", "in.csv"),
    ("a name too long", "n" * 300 + ".csv", "out.csv", "too long"),
    ("unreadable", "unreadable.csv", "out.csv", "unreadable.csv"),
    ("the target is a folder", "in.csv", "folder.csv", "folder.csv is a folder"),
    ("the target is the input", "in.csv", "in.csv", "overwrite the input"),
    ("the target is the input by another way", "in.csv", "folder.csv/../in.csv", "overwrite the input"),
    ("the target is a link to the input", "in.csv", "link.csv", "link.csv is a link"),
    ("the input is a link to the target", "link.csv", "in.csv", "overwrite the input"),
    ("the target is a pipe, or any other thing that is no file", "in.csv", "pipe.csv", "pipe.csv"),
    ("the issues would be a folder", "in.csv", "busy.csv", "busy.issues.csv is a folder"),
    ("the target's folder is a file", "in.csv", "in.csv/out.csv", "in.csv"),
    ("the target's folder is not there", "in.csv", "absent/out.csv", "cannot write"),
    ("the target's name is too long", "in.csv", "n" * 253 + ".csv", "too long"),
]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with one of everything that can stand where a file should."""
    for name in ("in.csv", "unreadable.csv"):
        (tmp_path / name).write_bytes(HEADER + b"1,0.45,x\n")
    for name in ("folder.csv", "folder.parquet", "busy.issues.csv"):
        (tmp_path / name).mkdir()
    (tmp_path / "dangling.csv").symlink_to(tmp_path / "nothing.csv")
    (tmp_path / "loop.csv").symlink_to(tmp_path / "loop.csv")
    (tmp_path / "link.csv").symlink_to(tmp_path / "in.csv")
    (tmp_path / "unreadable.csv").chmod(0)
    os.mkfifo(tmp_path / "pipe.csv")
    return tmp_path


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes with names and such links are of POSIX")
@pytest.mark.parametrize(("source", "target", "said"), [row[1:] for row in PLACES], ids=[row[0] for row in PLACES])
def test_a_place_that_cannot_be_used_is_a_sentence(place: Path, source: str, target: str, said: str) -> None:
    if source == "unreadable.csv" and os.geteuid() == 0:
        pytest.skip("nothing is unreadable to root")
    before = sorted(path.name for path in place.iterdir())
    with at_most(5):
        ran = echograde("grade", place / source, "-o", place / target, "--valve", "mitral")
    assert ran.exit_code == 2, ran.output
    check_sentence(ran.stderr)
    demand(ran.stderr, (said,))
    assert sorted(path.name for path in place.iterdir()) == before
    assert (place / "in.csv").read_bytes() == HEADER + b"1,0.45,x\n"


def test_a_name_that_is_no_text_is_no_obstacle(tmp_path: Path) -> None:
    source, target = tmp_path / os.fsdecode(b"\xff.csv"), tmp_path / "out.csv"
    try:
        source.write_bytes(HEADER + b"1,0.45,x\n")
    except OSError:
        pytest.skip("this file system takes no such names")
    assert echograde("grade", source, "-o", target, "--valve", "mitral", "-q").exit_code == 0
    assert check_graded(source, target) == ["severe"]

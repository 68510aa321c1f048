"""The proofs hold for every table, and they can fail: a spoiled table is found out, with a witness."""

from __future__ import annotations

from dataclasses import replace
from math import comb, prod
from pathlib import Path

import pytest
from typer.testing import CliRunner

from grading import list_guidelines, load_guideline
from grading.cli.main import app
from grading.engine.decide import decide_from
from grading.proofs.laws import count_moves, moves
from grading.proofs.situations import feasible_counts, world
from grading.proofs.verify import TableProof, check_cut_offs, check_places, check_rules, check_shared, verify
from grading.reading.vectors import gradable, read_vectors
from grading.reference.table import PULLS, Group, Table

TABLES = [(guideline, valve) for guideline in list_guidelines() for valve in load_guideline(guideline).tables]
PULMONIC = load_guideline("ase-2017").tables["pulmonic"]
MITRAL = load_guideline("ase-2017").tables["mitral"]
BY_CMR = load_guideline("ase-2017-cmr").tables


@pytest.mark.hazard("milder-when-worse")
@pytest.mark.parametrize(("guideline", "valve"), TABLES)
def test_every_proof_holds(guideline: str, valve: str) -> None:
    report = verify(load_guideline(guideline).tables[valve])
    assert report.failures == []
    assert report.situations > 0
    assert report.moved > 0


def ways(rows: int) -> int:
    """How many counts (severe, not severe) a group of criteria can give that are each one of both, or not assessed."""
    return comb(rows + 2, 2)


#: discordance and poor image known to hold or not, or unknown; the record none, trace, present, or unknown
FLAGS = 3 * 4 * 3
SITUATIONS = [
    # no rule asks a word; bands of the quantities, and unknown
    ("ase-2017-cmr", "mitral", 5 * 5, 2 * 3 * 5),
    ("ase-2017-cmr", "pulmonic", 4, 2),
    ("ase-2017-cmr", "tricuspid", 5, 3),
    # one qualitative criterion, four semiquantitative, four quantitative
    ("esc-2025", "aortic", ways(1) * ways(4) * ways(4) * FLAGS, None),
    # a weak line has no voice, a stand-in shares one: 3 of 4 qualitative, 2, 2
    ("esc-2021", "aortic", ways(3) * ways(2) * ways(2) * FLAGS, None),
    # five grades and unknown, twice; four bands and unknown, twice
    ("hahn-zamorano-2017", "tricuspid", 6 * 6 * 5 * 5 * FLAGS, None),
]


@pytest.mark.parametrize(("guideline", "valve", "situations", "moved"), SITUATIONS)
def test_every_situation_is_enumerated(guideline: str, valve: str, situations: int, moved: int | None) -> None:
    table = load_guideline(guideline).tables[valve]
    everything = world(table)
    assert everything.rows == prod(everything.shape) == situations
    assert moved is None or count_moves(table, everything) == moved


def test_counts_that_criteria_can_give() -> None:
    """(mild, severe, assessed, severe and the valve's own) of one mild-or-severe criterion and a chamber."""
    rows = tuple(row for row in MITRAL.groups["specific"].rows if row.key in ("left_heart", "mitral_inflow"))
    group: Group = replace(MITRAL.groups["specific"], steps={"mild": "mild", "severe": "severe"}, rows=rows)
    chamber = {(0, 0, 0, 0), (1, 0, 1, 0), (0, 0, 1, 0), (0, 1, 1, 0)}
    inflow = {(0, 0, 0, 0), (0, 0, 1, 0), (1, 0, 1, 0)}
    both = {tuple(a + b for a, b in zip(one, other, strict=True)) for one in chamber for other in inflow}
    assert set(feasible_counts(group)) == both


def test_a_move_takes_one_finding_one_class_towards_worse() -> None:
    names = {move.name for move in moves(MITRAL, world(MITRAL))}
    assert names == {
        "a specific criterion turns from mild to neither",
        "a specific criterion turns from mild to severe",
        "a specific criterion turns from mild to severe, the valve's own",
        "a specific criterion turns from neither to severe",
        "a specific criterion turns from neither to severe, the valve's own",
        "quantitative.eroa moves by a band",
        "quantitative.regurgitant_volume moves by a band",
        "quantitative.regurgitant_fraction moves by a band",
    }


def test_a_line_that_is_worse_when_lower_moves_downwards() -> None:
    """Banded by pressure half-time, a fall of it is the move towards worse."""
    aortic = load_guideline("acc-aha-2020").tables["aortic"]
    half_time = load_guideline("ase-2017").tables["aortic"].groups["specific"].row("pressure_half_time")
    group = replace(aortic.groups["parameters"], rows=(half_time,))
    table = replace(aortic, groups={"parameters": group})
    (move,) = moves(table, world(table))
    assert (move.before, move.after) == ([3, 2], [2, 1])


# --- that the proofs can fail -----------------------------------------------------------------------------------------


def changed(table: Table, number: int, **changes: object) -> Table:
    """A table with every line of one rule changed."""
    rules = [replace(rule, **changes) if rule.number == number else rule for rule in table.rules]  # type: ignore[arg-type]
    return replace(table, rules=tuple(rules))


def led(step: str, pull: str, **changes: object) -> Table:
    """The pulmonic table where one quantity of a step, with the signs pointing somewhere, leads elsewhere."""
    assert PULMONIC.lead is not None
    outcomes = [list(by_pull) for by_pull in PULMONIC.lead.outcomes]
    by_pull, place = outcomes[list(PULMONIC.groups["quantitative"].steps).index(step)], PULLS.index(pull)
    by_pull[place] = replace(by_pull[place], **changes)  # type: ignore[arg-type]
    return replace(PULMONIC, lead=replace(PULMONIC.lead, outcomes=tuple(map(tuple, outcomes))))


def without(table: Table, number: int) -> Table:
    return replace(table, rules=tuple(rule for rule in table.rules if rule.number != number))


def dead(table: Table) -> Table:
    """A table with a rule of its own that the rule before it always anticipates."""
    rule = next(rule for rule in table.rules if rule.number == 9)
    place = table.rules.index(rule) + 1
    return replace(table, rules=(*table.rules[:place], replace(rule, number=99, shared=""), *table.rules[place:]))


SPOILED = {
    "a severe quantity called moderate": (
        led("severe", "none", grade="mild", low="mild", high="mild"),
        "quantitative.regurgitant_fraction moves by a band: the grade falls in",
    ),
    "a step that forgets the open end of the step below it": (
        led("moderate", "severe", grade="moderate", high="moderate"),
        "quantitative.regurgitant_fraction moves by a band: the high end falls in",
    ),
    "signs for severe that lower the low end": (
        led("moderate", "severe", low="mild"),
        "a specific criterion turns from neither to severe, the valve's own: the low end falls in",
    ),
    "a majority for severe called moderate": (
        changed(PULMONIC, 7, grade="moderate", low="moderate", high="moderate"),
        "a specific criterion turns from neither to severe, the valve's own: the grade falls in",
    ),
    "a grade outside its range": (changed(PULMONIC, 10, grade="mild"), "rule 10: the grade lies outside its range in"),
    "a rule that another anticipates": (dead(PULMONIC), "rule 99 (line "),
    "quantities that lead where there are none": (without(PULMONIC, 14), "rule 15: no answer in"),
    "a range of quantities where there are none": (without(BY_CMR["pulmonic"], 2), "rule 6: no answer in"),
    "a band of two grades and no rule for it": (
        without(BY_CMR["tricuspid"], 6),
        "some situations are decided by no rule",
    ),
}


@pytest.mark.parametrize(("table", "failure"), SPOILED.values(), ids=SPOILED)
def test_a_spoiled_table_is_found_out(table: Table, failure: str) -> None:
    report = TableProof(table)
    check_rules(table, report)
    assert [found for found in report.failures if found.startswith(failure)]


def test_a_witness_is_a_situation_where_the_law_is_broken() -> None:
    """A mild fraction leaves the range open up to severe beside two signs for it; a moderate one closes it."""
    table = led("moderate", "severe", grade="moderate", high="moderate")
    report = TableProof(table)
    check_rules(table, report)
    (witness,) = (failure for failure in report.failures if "moves by a band: the high end falls" in failure)
    assert "specific: 2 severe of 2 measured; quantitative: 1 mild of 1 measured" in witness


#: a line of the banded list that no situation of ACC/AHA 2020 mitral reaches: nothing there is worse than severe
LINE = "concordance: rule 4, parameters.least >= severe"


@pytest.mark.parametrize(
    ("included_by", "failures"),
    [
        ([("acc-aha-2020", "mitral")], [[f"{LINE}: reached by no situation of any table"]]),
        ([("acc-aha-2020", "mitral"), ("hahn-zamorano-2017", "tricuspid")], [[], []]),
    ],
    ids=["dead", "reached in another table"],
)
def test_a_line_of_a_shared_list_must_be_reached_in_some_table(
    included_by: list[tuple[str, str]], failures: list[list[str]]
) -> None:
    reports = [TableProof(load_guideline(guideline).tables[valve]) for guideline, valve in included_by]
    for report in reports:
        check_rules(report.table, report)
    check_shared(reports)
    assert [report.failures for report in reports] == failures


@pytest.mark.parametrize(
    ("table", "failure"),
    [
        (replace(MITRAL, guideline="nobody-2000"), "nobody-2000 is not in references.toml"),
        (changed(MITRAL, 7, at="", reading=""), "rule 7: no place and no reading"),
    ],
)
def test_a_table_without_places_is_found_out(table: Table, failure: str) -> None:
    report = TableProof(table)
    check_places(table, report)
    assert report.failures == [failure]


@pytest.mark.hazard("wrong-table")
def test_a_cut_off_that_no_vector_notices_is_reported(tmp_path: Path) -> None:
    few = tmp_path / "few.csv"
    few.write_text("id,place,inputs\nsevere,Table 8,eroa=0.4cm2\n")
    report = TableProof(MITRAL)
    check_cut_offs(MITRAL, gradable(read_vectors(few)), report)
    assert "no vector notices quantitative.regurgitant_volume 60 + 1" in report.failures
    assert "no vector notices quantitative.eroa 0.40 - 1/100" in report.failures
    assert not any("quantitative.eroa 0.40 + 1/100" in failure for failure in report.failures)


def test_situations_are_decided_by_the_engine_itself() -> None:
    """Severe at 40 % and above, by the band's place on the grid: unknown, mild, moderate, severe."""
    table = BY_CMR["pulmonic"]
    everything = world(table)
    decision = decide_from(table, everything.tallies, everything.columns, everything.rows)
    assert [table.rules[place - 1].number for place in decision.rule] == [2, 3, 3, 3]


# --- on the command line ----------------------------------------------------------------------------------------------


def test_verify_on_the_command_line() -> None:
    ran = CliRunner().invoke(app, ["verify"])
    assert ran.exit_code == 0
    assert ran.output.count(": holds;") == len(TABLES)
    assert "rules 1 and 4 can both hold, 1 wins" in ran.output
    assert ran.output.splitlines()[-1].endswith("no range falls, no definite grade becomes milder")


def test_verify_without_vectors_does_not_claim_the_cut_offs(tmp_path: Path) -> None:
    ran = CliRunner().invoke(app, ["verify", "--vectors", str(tmp_path)])
    assert "cut-offs NOT tried" in ran.output
    assert ": holds;" not in ran.output

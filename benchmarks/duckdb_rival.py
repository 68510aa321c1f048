"""The decision hand-written for DuckDB: one query, in memory over measurements or from a CSV file to a CSV file."""

from __future__ import annotations

from pathlib import Path

from rivals import ANSWERS, QUANTITIES, REASONS, STEPS, UNRECORDED, codes, hard, header, pieces
from study_files import NUMBERS, WORDS, study_table

#: from `cases` (a number or NULL, a word's code or 0) to `ruled`
COUNTED_AND_RULED = """
filled as (
  select *,
    2 * pi() * pisa_radius * pisa_radius * aliasing_velocity / peak_velocity as shell,
    coalesce(eroa, case when shell <= 5.000000001 then shell end) as orifice,
    orifice * regurgitant_vti as jet,
    case when jet <= 400.000000001 then jet end as pv,
    pi() / 4 * lvot_diameter * lvot_diameter * lvot_vti as sv,
    case when flow_convergence > 0 then flow_convergence
         when aliasing_velocity between 30 and 40 and pisa_radius is not null then
           case when pisa_radius >= 1.0 then 4 when pisa_radius <= 0.3 then 2 else 3 end
         else 0 end as fc,
    case when lv_size = 1 and la_size = 1 then 1
         when lv_size = 2 and lv_function = 1 then 3
         when (lv_size = 2 or la_size = 2) and (lv_size = 1 or lv_function = 2) then 2
         else 0 end as heart
  from cases
), volumes as (
  select *, round(orifice, 9) as e, coalesce(regurgitant_volume, round(pv, 9)) as v,
    coalesce(regurgitant_fraction,
      round(100 * coalesce(regurgitant_volume, pv) / (coalesce(regurgitant_volume, pv) + sv), 9)) as f
  from filled
), counted as (
  select *,
    (colour_jet = 1)::int + coalesce((vena_contracta_width <= 0.3)::int, 0) + (fc in (1, 2))::int
      + (mitral_inflow = 1)::int + (cw_jet = 1)::int + (heart = 1)::int as nm,
    (colour_jet = 3)::int + coalesce((vena_contracta_width >= 0.7)::int, 0) + (fc = 4)::int + (heart = 3)::int
      + (flail_leaflet = 2)::int + (pulmonary_vein_flow = 3)::int as ns,
    (colour_jet > 0)::int + (vena_contracta_width is not null)::int + (fc > 0)::int + (mitral_inflow > 0)::int
      + (cw_jet > 0)::int + (heart > 0)::int + (flail_leaflet > 0)::int + (pulmonary_vein_flow > 0)::int as ms,
    case when e is null then null when e < 0.20 then 1 when e < 0.30 then 2 when e < 0.40 then 3 else 4 end as qe,
    case when v is null then null when v < 30 then 1 when v < 45 then 2 when v < 60 then 3 else 4 end as qv,
    case when f is null then null when f < 30 then 1 when f < 40 then 2 when f < 50 then 3 else 4 end as qf
  from volumes
), spread as (
  select *, (qe is not null)::int + (qv is not null)::int + (qf is not null)::int as n,
    least(qe, qv, qf) as l, greatest(qe, qv, qf) as h
  from counted
), pulled as (
  select *,
    case when ns >= 2 and nm < 2 then 1 when nm >= 2 and ns < 2 then 2 else 0 end as pull,
    ns >= 3 or elliptical_orifice = 2 as raised,
    case when n = 3 and h - l = 1 then qe + qv + qf - l - h end as middle,
    case when eroa is not null then 1 else 2 end as root_e,
    case when regurgitant_volume is not null then 3 else root_e end as root_v,
    case when regurgitant_fraction is not null then 4 else root_v end as root_f
  from spread
), led as (
  select *,
    least(LOW_E, LOW_V, LOW_F) as lowest, greatest(HIGH_E, HIGH_V, HIGH_F) as highest,
    least(GRADE_E, GRADE_V, GRADE_F) as g_least, greatest(GRADE_E, GRADE_V, GRADE_F) as g_most,
    case when g_least = g_most then g_least when middle is not null then GRADE_MIDDLE else 0 end as g,
    case when e is not null then root_e end as known_e, case when v is not null then root_v end as known_v,
    case when f is not null then root_f end as known_f,
    least(known_e, known_v, known_f) = greatest(known_e, known_v, known_f) as one_root
  from pulled
), ruled as (
  select *,
    case when n = 0 and ns >= 4 and nm >= 4 then 5
         when ns >= 4 and n >= 1 and (h <= 2 or nm >= 4 and l <= 2) then 6
         when ns >= 4 then 7
         when nm >= 4 and ns < 2 and n >= 1 and (l >= 3 or h = 4) then 8
         when nm >= 4 and ns < 2 then 9
         when n >= 1 then 15
         when nm = 0 and ns >= 3 and 2 * ns > ms then 10
         when ns = 0 and nm >= 2 and 2 * nm > ms then 11
         when ns >= 2 or nm >= 2 then 12
         when ms >= 3 then 13
         else 14 end as rule,
    rule = 13 and (ms >= 4 or nm = 0 and ns = 0) as middling
  from led
)
"""
#: the outcome of one quantity of step `q`, with the signs at hand: the ends of its range and its grade, 0 for none
LOW = """case q when 1 then 1 when 2 then case pull when 2 then 1 else 2 end
  when 3 then case when pull = 2 then 1 when raised then 3 else 2 end
  when 4 then case pull when 2 then 1 else 3 end end"""
HIGH = """case q when 1 then case pull when 1 then 3 else 1 end when 2 then case pull when 1 then 3 else 2 end
  when 3 then case when pull = 2 then 2 when raised or pull = 1 then 3 else 2 end when 4 then 3 end"""
GRADE = """case q when 1 then case pull when 1 then 0 else 1 end when 2 then case pull when 1 then 0 else 2 end
  when 3 then case when pull = 2 then 0 when raised then 3 else 2 end
  when 4 then case pull when 2 then 0 else 3 end end"""
for part, text in (("LOW", LOW), ("HIGH", HIGH), ("GRADE", GRADE)):
    for place, column in (("E", "qe"), ("V", "qv"), ("F", "qf"), ("MIDDLE", "middle")):
        COUNTED_AND_RULED = COUNTED_AND_RULED.replace(f"{part}_{place}", text.replace("case q ", f"case {column} "))
WORD = "case when {0} = 1 then 'mild' when {0} = 2 then 'moderate' when {0} = 3 then 'severe' end"
#: of a step, as a grade
CALLED = "case when {0} = 1 then 'mild' when {0} = 4 then 'severe' else 'moderate' end"
# no IN list is long: DuckDB turns it into a join, which costs time and the order of the rows
GRADED = f"""rule,
  case when rule = 7 or rule = 10 then 'severe' when rule = 9 or rule = 11 then 'mild' when middling then 'moderate'
       when rule = 14 then 'insufficient_data' when rule = 15 and g > 0 then {WORD.format("g")}
       else 'indeterminate' end as grade,
  case when rule = 7 or rule = 9 then 'definite' when rule = 10 or rule = 11 or middling then 'probable'
       when rule = 14 then 'insufficient'
       when rule = 15 and g > 0 then case when one_root then 'single_parameter'
         when g_least = g_most and lowest = highest then 'quantified' else 'majority' end
       else 'indeterminate' end as certainty,
  case when rule = 14 then ''
       when rule = 15 then {WORD.format("lowest")}
       when rule = 6 then {CALLED.format("l")}
       when rule = 7 then 'severe' when rule = 10 then 'moderate'
       when rule = 12 and ns >= 2 and nm < 2 then 'moderate'
       when rule = 13 and ns = 1 and nm = 0 then 'moderate'
       else 'mild' end as grade_low,
  case when rule = 14 then ''
       when rule = 15 then {WORD.format("highest")}
       when rule = 8 then {CALLED.format("h")}
       when rule = 9 then 'mild' when rule = 11 then 'moderate'
       when rule = 12 and nm >= 2 and ns < 2 then 'moderate'
       when rule = 13 and nm = 1 and ns = 0 then 'moderate'
       else 'severe' end as grade_high"""
QUERY = f"with {COUNTED_AND_RULED}\nselect {GRADED}\nfrom ruled"


def query(source: Path) -> str:
    """Every column of a file of studies as text, and the answers; a row with an impossible number is left blank."""
    numbers = ", ".join(f'try_cast("{header(name)}" as double) as {name}' for name in NUMBERS)
    typed = ", ".join(f"{name} as typed_{name}" for name in WORDS)
    inputs = ", ".join(f"typed_{name} as {name}" if name in WORDS else name for name in study_table(1).column_names)
    answers = ", ".join(f"case when not refused then {name} end as {name}" for name in (*ANSWERS, "reason"))
    return f"""
with texts as (
  select * rename ({typed}) from read_csv('{source}', header = true, all_varchar = true, delim = ',', quote = '"')
), read as (
  select *, {numbers}, {", ".join(map(_code, WORDS))}, {", ".join(f"0 as {name}" for name in UNRECORDED)}
  from texts
), cases as (
  select *, {" or ".join(map(_impossible, NUMBERS))} as refused,
    case when la_volume_index is null then 0 when la_volume_index <= 34 then 1 else 2 end as la_size,
    case when lv_end_diastolic_diameter is null or sex = 0 then 0
         when lv_end_diastolic_diameter <= case when sex = 2 then 5.8 else 5.2 end then 1 else 2 end as lv_size
  from read
), {COUNTED_AND_RULED}, answered as (
  select *, {GRADED.replace("rule,", "", 1)},
    {_sentence()} as reason
  from (select *, concat_ws(', ', {", ".join(map(_said, QUANTITIES))}) as said from ruled)
)
select {inputs}, {answers} from answered
"""


def copy(source: Path, target: Path) -> str:
    """The statement that grades a CSV file into another."""
    return f"copy ({query(source)}) to '{target}' (header)"


def _code(word: str) -> str:
    branches = " ".join(f"when typed_{word} = '{value}' then {code}" for value, code in codes(word).items())
    return f"case {branches} else 0 end as {word}"


def _impossible(name: str) -> str:
    low, high, zero = hard(name)
    inside = f"{name} between {low} and {high}" + (f" or {name} = 0" if zero else "")
    return f"coalesce(not ({inside}), false)"


def _said(step: str) -> str:
    """'EROA is grade IV (severe)', or NULL."""
    branches = " ".join(f"when {n} then '{QUANTITIES[step]} is grade {name}'" for n, name in enumerate(STEPS, 1))
    return f"case {step} {branches} end"


def _sentence() -> str:
    branches = " ".join(f"when {rule} then {_filled_in(template)}" for rule, template in REASONS.items())
    return f"case rule {branches} end"


def _filled_in(template: str) -> str:
    parts = [part if place % 2 else f"'{part}'" for place, part in enumerate(pieces(template)) if part]
    return " || ".join(parts)

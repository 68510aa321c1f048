"""The decision hand-written in polars expressions, over measurements in memory or from a scanned file to a sunk one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import polars as pl
from polars import col
from rivals import ANSWERS, QUANTITIES, REASONS, STEPS, UNRECORDED, codes, hard, header, pieces
from study_files import NUMBERS, WORDS

Branch = tuple[pl.Expr, object]
ORDER = ("", "mild", "moderate", "severe")


def literal(value: object) -> pl.Expr:
    """An expression as it is, a small number or a text as a literal."""
    if isinstance(value, pl.Expr):
        return value
    return pl.lit(value, dtype=pl.Int8) if isinstance(value, int) else pl.lit(value)


def chosen(branches: Sequence[Branch], otherwise: object = None) -> pl.Expr:
    """The value of the first branch that holds: CASE WHEN."""
    (condition, value), *rest = branches
    chain = pl.when(condition).then(literal(value))
    for condition, value in rest:
        chain = chain.when(condition).then(literal(value))
    return chain.otherwise(literal(otherwise))


def count(*conditions: pl.Expr) -> pl.Expr:
    """How many conditions are known to hold."""
    return pl.sum_horizontal(condition.fill_null(False).cast(pl.Int8) for condition in conditions)


def step(value: str, cuts: Sequence[float]) -> pl.Expr:
    """The step from 1 that a quantity falls in; null stays null."""
    return sum((col(value) >= cut).cast(pl.Int8) for cut in cuts) + pl.lit(1, pl.Int8)


def filled(cases: pl.LazyFrame) -> pl.LazyFrame:
    """The values that follow from others, as echograde fills them in."""
    shell = 2 * math.pi * col("pisa_radius") ** 2 * col("aliasing_velocity") / col("peak_velocity")
    at_usual_aliasing = col("aliasing_velocity").is_between(30, 40)
    size, atrium, function = col("lv_size"), col("la_size"), col("lv_function")
    return (
        cases.with_columns(
            orifice=pl.coalesce(col("eroa"), pl.when(shell <= 5 + 1e-9).then(shell)),
            sv=math.pi / 4 * col("lvot_diameter") ** 2 * col("lvot_vti"),
            fc=chosen(
                [
                    (col("flow_convergence") > 0, col("flow_convergence")),
                    (at_usual_aliasing & (col("pisa_radius") >= 1.0), 4),
                    (at_usual_aliasing & (col("pisa_radius") <= 0.3), 2),
                    (at_usual_aliasing & col("pisa_radius").is_not_null(), 3),
                ],
                0,
            ),
            heart=chosen(
                [
                    ((size == 1) & (atrium == 1), 1),
                    ((size == 2) & (function == 1), 3),
                    (((size == 2) | (atrium == 2)) & ((size == 1) | (function == 2)), 2),
                ],
                0,
            ),
        )
        .with_columns(jet=col("orifice") * col("regurgitant_vti"))
        .with_columns(e=col("orifice").round(9), pv=pl.when(col("jet") <= 400 + 1e-9).then(col("jet")))
        .with_columns(x=pl.coalesce("regurgitant_volume", "pv"))
        .with_columns(
            v=pl.coalesce(col("regurgitant_volume"), col("pv").round(9)),
            f=pl.coalesce(col("regurgitant_fraction"), (100 * col("x") / (col("x") + col("sv"))).round(9)),
        )
    )


def counted(cases: pl.LazyFrame) -> pl.LazyFrame:
    """Criteria for mild and severe, and the step of every quantity."""
    width = col("vena_contracta_width")
    known = ("colour_jet", "fc", "mitral_inflow", "cw_jet", "heart", "flail_leaflet", "pulmonary_vein_flow")
    jet, pulmonary_vein = col("colour_jet"), col("pulmonary_vein_flow")
    convergence, heart = col("fc"), col("heart")
    return (
        filled(cases)
        .with_columns(
            nm=count(
                jet == 1, width <= 0.3, convergence.is_between(1, 2), col("mitral_inflow") == 1, col("cw_jet") == 1,
                heart == 1,
            ),
            ns=count(
                jet == 3, width >= 0.7, convergence == 4, heart == 3, col("flail_leaflet") == 2, pulmonary_vein == 3
            ),
            ms=count(width.is_not_null(), *(col(name) > 0 for name in known)),
            qe=step("e", (0.20, 0.30, 0.40)), qv=step("v", (30, 45, 60)), qf=step("f", (30, 40, 50)),
        )
        .with_columns(
            n=count(*(col(name).is_not_null() for name in QUANTITIES)), l=pl.min_horizontal(*QUANTITIES),
            h=pl.max_horizontal(*QUANTITIES),
        )
    )  # fmt: skip


def led(cases: pl.LazyFrame) -> pl.LazyFrame:
    """Where the quantities lead, with the signs at hand; 1 mild, 2 moderate, 3 severe, and 0 for no grade."""
    ns, nm, low, high = (col(name) for name in ("ns", "nm", "l", "h"))
    to_severe, to_mild = (ns >= 2) & (nm < 2), (nm >= 2) & (ns < 2)
    raised = (ns >= 3) | (col("elliptical_orifice") == 2)
    root_e = pl.when(col("eroa").is_not_null()).then(1).otherwise(2)
    root_v = pl.when(col("regurgitant_volume").is_not_null()).then(3).otherwise(root_e)
    root_f = pl.when(col("regurgitant_fraction").is_not_null()).then(4).otherwise(root_v)
    roots = [
        pl.when(col(q).is_not_null()).then(root) for q, root in zip(QUANTITIES, (root_e, root_v, root_f), strict=True)
    ]
    #: step -> lowest, highest, grade
    outcomes = {
        1: (literal(1), chosen([(to_severe, 3)], 1), chosen([(to_severe, 0)], 1)),
        2: (chosen([(to_mild, 1)], 2), chosen([(to_severe, 3)], 2), chosen([(to_severe, 0)], 2)),
        3: (
            chosen([(to_mild, 1), (raised, 3)], 2), chosen([(to_mild, 2), (raised | to_severe, 3)], 2),
            chosen([(to_mild, 0), (raised, 3)], 2),
        ),
        4: (chosen([(to_mild, 1)], 3), literal(3), chosen([(to_mild, 0)], 3)),
    }  # fmt: skip
    steps = {
        f"{part}{step}": outcome for step, parts in outcomes.items() for part, outcome in zip("abg", parts, strict=True)
    }

    def of(quantity: str, part: str) -> pl.Expr:
        return chosen([(col(quantity) == step, col(f"{part}{step}")) for step in outcomes])

    middle = pl.when((col("n") == 3) & (high - low == 1)).then(pl.sum_horizontal(*QUANTITIES) - low - high)
    return (
        counted(cases)
        .with_columns(middle=middle, **steps)
        .with_columns(
            lowest=pl.min_horizontal(of(q, "a") for q in QUANTITIES),
            highest=pl.max_horizontal(of(q, "b") for q in QUANTITIES),
            g_least=pl.min_horizontal(of(q, "g") for q in QUANTITIES),
            g_most=pl.max_horizontal(of(q, "g") for q in QUANTITIES),
            one_root=pl.min_horizontal(roots) == pl.max_horizontal(roots),
        )
        .with_columns(
            g=pl.when(col("g_least") == col("g_most")).then("g_least").otherwise(of("middle", "g").fill_null(0))
        )
    )


def ruled(cases: pl.LazyFrame) -> pl.LazyFrame:
    """The first rule that holds."""
    ns, nm, ms, n, low, high = (col(name) for name in ("ns", "nm", "ms", "n", "l", "h"))
    rules = [
        ((n == 0) & (ns >= 4) & (nm >= 4), 5), ((ns >= 4) & (n >= 1) & ((high <= 2) | ((nm >= 4) & (low <= 2))), 6),
        (ns >= 4, 7), ((nm >= 4) & (ns < 2) & (n >= 1) & ((low >= 3) | (high == 4)), 8), ((nm >= 4) & (ns < 2), 9),
        (n >= 1, 15), ((nm == 0) & (ns >= 3) & (2 * ns > ms), 10), ((ns == 0) & (nm >= 2) & (2 * nm > ms), 11),
        ((ns >= 2) | (nm >= 2), 12), (ms >= 3, 13),
    ]  # fmt: skip
    middling = (col("rule") == 13) & ((ms >= 4) | ((nm == 0) & (ns == 0)))
    return led(cases).with_columns(rule=chosen(rules, 14)).with_columns(middling=middling)


def graded(cases: pl.LazyFrame) -> pl.LazyFrame:
    """Grade, certainty and range beside the rule. `cases`: numbers or null, words as codes or 0."""
    rule, ns, nm, grade = (col(name) for name in ("rule", "ns", "nm", "g"))
    decided = (rule == 15) & (grade > 0)

    def word(name: str) -> list[Branch]:
        return [((rule == 15) & (col(name) == place), text) for place, text in enumerate(ORDER) if place]

    def called(name: str, of: int) -> list[Branch]:
        return [
            ((rule == of) & (col(name) == 1), "mild"),
            ((rule == of) & (col(name) < 4), "moderate"),
            (rule == of, "severe"),
        ]

    return ruled(cases).with_columns(
        grade=chosen(
            [
                ((rule == 7) | (rule == 10), "severe"), ((rule == 9) | (rule == 11), "mild"),
                (col("middling"), "moderate"), (rule == 14, "insufficient_data"), *word("g"),
            ],
            "indeterminate",
        ),
        certainty=chosen(
            [
                ((rule == 7) | (rule == 9), "definite"), ((rule == 10) | (rule == 11) | col("middling"), "probable"),
                (rule == 14, "insufficient"), (decided & col("one_root"), "single_parameter"),
                (decided & (col("g_least") == col("g_most")) & (col("lowest") == col("highest")), "quantified"),
                (decided, "majority"),
            ],
            "indeterminate",
        ),
        grade_low=chosen(
            [
                (rule == 14, ""), *word("lowest"), *called("l", 6), (rule == 7, "severe"), (rule == 10, "moderate"),
                ((rule == 12) & (ns >= 2) & (nm < 2), "moderate"), ((rule == 13) & (ns == 1) & (nm == 0), "moderate"),
            ],
            "mild",
        ),
        grade_high=chosen(
            [
                (rule == 14, ""), *word("highest"), *called("h", 8), (rule == 9, "mild"), (rule == 11, "moderate"),
                ((rule == 12) & (nm >= 2) & (ns < 2), "moderate"), ((rule == 13) & (nm == 1) & (ns == 0), "moderate"),
            ],
            "severe",
        ),
    )  # fmt: skip


def sentence() -> pl.Expr:
    """The rule's sentence with the counts and the quantities put in.

    Polars works every branch of a choice out for all rows, so whole sentences to choose from would cost more than
    these pieces.
    """
    said = pl.concat_str(*(_said(*quantity) for quantity in QUANTITIES.items()), separator=", ", ignore_nulls=True)
    parts = {"said": said, **{name: col(name).cast(pl.String) for name in ("ns", "nm", "ms")}}
    cut = {rule: pieces(template) for rule, template in REASONS.items()}
    return pl.concat_str(*(_piece(place, cut, parts) for place in range(max(map(len, cut.values())))))


def _piece(place: int, cut: dict[int, list[str]], parts: dict[str, pl.Expr]) -> pl.Expr:
    """What stands at one place of each rule's sentence, if it is so long: a text, or a part of the row."""
    here = {rule: texts[place] for rule, texts in cut.items() if place < len(texts)}
    if place % 2 == 0:
        return col("rule").replace_strict(here, default="", return_dtype=pl.String)
    return chosen([(col("rule").is_in([r for r in here if here[r] == name]), parts[name]) for name in parts], "")


def _said(step: str, label: str) -> pl.Expr:
    """'EROA is grade IV (severe)', or null."""
    return chosen([(col(step) == n, f"{label} is grade {name}") for n, name in enumerate(STEPS, 1)])


def read(source: Path) -> pl.LazyFrame:
    """The measurements of a file of studies beside its texts, which are kept under 'typed_' names where they clash."""
    texts = pl.scan_csv(source, infer_schema=False).rename({name: f"typed_{name}" for name in WORDS})
    diameter, sex = col("lv_end_diastolic_diameter"), col("sex")
    largest = pl.when(sex == 2).then(5.8).otherwise(5.2)
    return (
        texts.with_columns(
            *(col(header(name)).cast(pl.Float64, strict=False).alias(name) for name in NUMBERS),
            *(chosen([(col(f"typed_{n}") == v, c) for v, c in codes(n).items()], 0).alias(n) for n in WORDS),
            *(literal(0).alias(name) for name in UNRECORDED),
        )
        .with_columns(
            refused=pl.any_horizontal(*map(_impossible, NUMBERS)),
            la_size=chosen([(col("la_volume_index") <= 34, 1), (col("la_volume_index") > 34, 2)], 0),
            lv_size=chosen([(sex == 0, 0), (diameter <= largest, 1), (diameter > largest, 2)], 0),
        )
    )  # fmt: skip


def _impossible(name: str) -> pl.Expr:
    low, high, zero = hard(name)
    inside = col(name).is_between(low, high)
    return (~(inside | (col(name) == 0) if zero else inside)).fill_null(False)


def grade_file(source: Path, target: Path) -> None:
    """Grade a CSV file into another: every column as text, then the answers; a refused row is left blank."""
    columns = pl.scan_csv(source, infer_schema=False).collect_schema().names()
    inputs = [col(f"typed_{name}").alias(name) if name in WORDS else col(name) for name in columns]
    answers = [pl.when(~col("refused")).then(col(name)).alias(name) for name in (*ANSWERS, "reason")]
    graded(read(source)).with_columns(reason=sentence()).select(*inputs, *answers).sink_csv(target)

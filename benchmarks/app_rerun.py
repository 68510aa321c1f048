"""One changed input on the page of one case: the rerun, beside the same page with the grading removed.

    python benchmarks/app_rerun.py [--runs 40] [--browser]

The floor is the same script with the same fields, tabs and amount of HTML, in which everything that grades, explains,
perturbs and compares gives back what it gave at the first run. `--browser` also measures from the key press to the new
grade on the screen, in Chromium.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from grading import case as case_module  # noqa: E402
from grading_app.case import graded_form, results, sensitivity_tab  # noqa: E402
from grading_app.pages import case as case_page  # noqa: E402

#: a case with something in every part of the page
CASE = {
    "valve": "mitral",
    "vena_contracta_width": "6 mm",
    "colour_jet": "large_central",
    "pisa_radius": "0.9 cm",
    "aliasing_velocity": "40 cm/s",
    "peak_velocity": "500 cm/s",
    "regurgitant_vti": "140 cm",
    "cw_jet": "dense",
    "regurgitant_fraction": "48 %",
    "lv_size": "dilated",
    "lv_function": "normal",
}
CHANGED = "case.mitral.regurgitant_fraction"
REMOVED: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (graded_form, ("grade",)),
    (case_page, ("answer_html",)),
    (results, (
        "grounds_html", "changes_html", "unassessed_html", "general_html", "compare", "comparison_html", "citation",
        "report_text", "report_sentence",
    )),
    (case_module.Case, ("to_dict", "explain")),
    (sensitivity_tab, (
        "steps", "steps_html", "tipping_points", "tipping_texts", "uncertainty", "chances_html", "quantities_html",
        "listed",
    )),
)  # fmt: skip


class Remembered:
    """A function that works once, and then gives back what it gave."""

    def __init__(self, work: Callable[..., Any]) -> None:
        self.work, self.answers = work, list[Any]()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if not self.answers:
            self.answers.append(self.work(*args, **kwargs))
        return self.answers[0]

    def __get__(self, owner: Any, kind: Any = None) -> Callable[..., Any]:
        return lambda *args, **kwargs: self(owner, *args, **kwargs)


def opened(tab: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "grading_app" / "start" / "script.py"), default_timeout=60)
    app.session_state["tab"] = tab
    for name, value in CASE.items():
        app.query_params[name] = value
    return app.run()


def rerun(app: AppTest, place: int) -> float:
    """Seconds of one rerun after one changed value."""
    app.text_input(key=CHANGED).set_value(str(40 + place % 20))
    start = time.perf_counter()
    app.run()
    return time.perf_counter() - start


def interleaved(runs: int, tab: str) -> tuple[list[float], list[float]]:
    """Times of the page with one of its tabs open, and of the page with the grading removed, in turns."""
    app, floor_app = opened(tab), opened(tab)
    originals = [(place, name, getattr(place, name)) for place, names in REMOVED for name in names]
    stand_ins = [(place, name, Remembered(work)) for place, name, work in originals]
    times: list[float] = []
    floors: list[float] = []
    for place in range(runs + 2):
        times.append(rerun(app, place))
        for owner, name, stand_in in stand_ins:
            setattr(owner, name, stand_in)
        try:
            floors.append(rerun(floor_app, place))
        finally:
            for owner, name, work in originals:
                setattr(owner, name, work)
    return times[2:], floors[2:]


def in_browser(runs: int) -> list[float]:
    """Seconds from the key press to the new reason on the screen."""
    from urllib.parse import urlencode

    from support.browser import chromium, go, served, visit

    times = []
    with (
        tempfile.TemporaryDirectory() as folder,
        served(Path(folder)) as address,
        chromium() as browser,
        visit(browser) as page,
    ):
        go(page, f"{address}/?{urlencode(CASE)}")
        field = page.get_by_label("regurgitant fraction (%)", exact=True).first
        for place in range(runs + 2):
            value = f"{40 + place % 20 + place / 1000:g}"
            field.fill(value)
            start = time.perf_counter()
            field.press("Enter")
            page.get_by_text(f"{value} % is").first.wait_for()
            times.append(time.perf_counter() - start)
    return times[2:]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=40)
    parser.add_argument("--browser", action="store_true")
    options = parser.parse_args()
    print(f"| open tab | rerun, median of {options.runs} | grading removed | ratio, goal at most 2 |")
    print("|---|---|---|---|")
    for tab in results.TABS:
        times, floors = interleaved(options.runs, tab)
        page, floor = statistics.median(times), statistics.median(floors)
        print(f"| {tab} | {1000 * page:.0f} ms | {1000 * floor:.0f} ms | {page / floor:.2f} |")
    if options.browser:
        seen = statistics.median(in_browser(options.runs))
        print(f"In Chromium, from the key press to the new reason: {1000 * seen:.0f} ms (goal: under 300 ms).")


if __name__ == "__main__":
    main()

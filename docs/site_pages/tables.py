"""A page for every published table: the table as the app shows it, its decision drawn, and the sheet to check it."""

from __future__ import annotations

from collections.abc import Iterator

from grading.explanation.checklist import checklist
from grading.reference.guideline import list_guidelines, load_guideline, references
from grading.reference.table import Table
from grading_app.drawings.decision_list import decision_list
from grading_app.html.checklist import checklist_html, checklist_page
from grading_app.html.published import table_html
from grading_app.palette import THEMES
from site_pages.markdown import raw_html, table, theme_pair, toctree
from site_pages.readings import readings_of


def every_table() -> list[Table]:
    """Every table, those of the guidelines for most valves first."""
    papers = sorted(map(load_guideline, list_guidelines()), key=lambda paper: -len(paper.tables))
    return [one for paper in papers for one in paper.tables.values()]


def name_of(one: Table) -> str:
    """The name of a table's page: 'ase-2017-mitral'."""
    return f"{one.guideline}-{one.valve}"


def title_of(one: Table) -> str:
    """'ASE 2017: mitral regurgitation'."""
    return f"{references()[one.guideline]['short']}: {one.valve} regurgitation"


def table_pages() -> Iterator[tuple[str, str]]:
    """(file, content) of every table's page, of the sheet to print, and of its drawings."""
    for one in every_table():
        name = name_of(one)
        yield f"reference/tables/{name}.md", _page(one)
        yield f"_static/checklists/{name}.html", checklist_page(checklist(one))
        for theme in THEMES:
            yield f"drawings/{name}-{theme}.svg", decision_list(one, THEMES[theme]).svg


def _page(one: Table) -> str:
    name = name_of(one)
    drawn = decision_list(one, THEMES["light"])
    return "\n".join(
        [
            f"# {title_of(one)}\n",
            f"The same as text: `echograde guidelines {one.guideline} {one.valve}`. One case by it: "
            f"`echograde explain {one.valve} --guideline {one.guideline} NAME=VALUE ...`.\n",
            "## The table\n",
            raw_html(table_html(one)),
            "## The decision, drawn\n",
            "From the top: the first question whose answer is yes gives the grade. What is not known answers no. "
            "The same in words stands in the table above.\n",
            theme_pair(name, drawn.title),
            f"## Readings of this table\n\n{readings_of(one)}",
            "## Checklist\n",
            "One line a cut-off, to hold beside the paper and to sign: as printed, as held, and the cases around it. "
            f'As a page to print: <a href="../../_static/checklists/{name}.html">{name}</a>.\n',
            raw_html(f"<details><summary>The checklist here</summary>{checklist_html(checklist(one))}</details>"),
        ]
    )


def list_of_tables() -> str:
    """Every table with its page, and how it was seen."""
    rows = (
        [f"[{title_of(one)}](tables/{name_of(one)}.md)", f"`{one.guideline}`", one.rests_on, str(len(one.rules))]
        for one in every_table()
    )
    heads = ["Table", "Guideline", "Seen in the", "Lines of its decision"]
    return table(heads, rows) + "\n" + toctree(f"tables/{name_of(one)}" for one in every_table())

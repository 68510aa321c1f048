"""What stands beside the form: the answer to take away, why, what would move it, and what other guidelines say."""

from __future__ import annotations

import json

import streamlit as st

from grading.case import Case
from grading.explanation.comparison import compare
from grading.explanation.report import report_text
from grading.explanation.sentences import citation
from grading.formats.fhir_bundle import bundle
from grading.reference.catalogue import load_catalogue
from grading_app.case import keeping, sensitivity_tab
from grading_app.case.browser_parts import copy_button
from grading_app.case.entry_form import chosen_units
from grading_app.case.fields import shown_unit
from grading_app.case.graded_form import GradedForm
from grading_app.case.scope import report_sentence
from grading_app.downloads import offer
from grading_app.html.case import changes_html, comparison_html, general_html, grounds_html, unassessed_html
from grading_app.html.case import page as whole_page
from grading_app.text import escape_markdown

TABS = ("Why", "Sensitivity", "Other guidelines", "Take away")


def results(form: GradedForm) -> None:
    """The result of a case, in tabs; only what is seen is worked out and drawn."""
    if form.outside:
        st.markdown("What is covered, and what is not, stands under **References**, **Limits**.")
        return
    # in places that are always there: what comes and goes would draw anew, and shut, what stands below it
    with st.container():
        if form.gives_a_grade:
            _buttons(form)
        elif form.refused:
            waits = f"Without {form.refused_labels}, which waits to be corrected:"
            st.markdown(f"**{escape_markdown(waits)}**")
    why, sensitive, others, away = st.tabs(TABS, key="tab", on_change="rerun")
    if why.open:
        with why:
            _why(form)
    if sensitive.open:
        with sensitive:
            sensitivity_tab.tab(form.usable)
    if others.open:
        with others:
            st.html(comparison_html(compare(form.usable)))
    if away.open:
        with away:
            _take_away(form)


def _why(form: GradedForm) -> None:
    explanation = form.usable.explanation
    units = {name: shown_unit(number, chosen_units()) for name, number in load_catalogue().numbers.items()}
    more = st.expander("What one more value would change", key="changes", on_change="rerun")
    if more.open:
        with more:
            st.html(changes_html(explanation, units) or "<p>Nothing else that can be entered changes it alone.</p>")
    with st.container():
        if not form.is_empty:
            st.html(grounds_html(explanation, form.waiting))
    rows, count = unassessed_html(explanation, form.waiting)
    # the count stands beside the drawer: with another label it would be another drawer, and shut
    st.markdown(f"**{count} not assessed**")
    folded = st.expander("Criteria that were not assessed", key="unassessed", on_change="rerun")
    if folded.open:
        with folded:
            st.html(rows or "<p>Every criterion was assessed.</p>")
    general = st.expander("In every study of this valve", key="general", on_change="rerun")
    if general.open:
        with general:
            st.html(general_html(explanation) or "<p>Nothing.</p>")
    st.caption(escape_markdown(citation(explanation)))


def _buttons(form: GradedForm) -> None:
    """Everything to take away, one click off."""
    case = form.case
    name = f"{case.valve}-{case.guideline}"
    sentence = report_sentence(case.explanation, form.said)
    with st.container(horizontal=True, vertical_alignment="center"):
        copy_button("Copy sentence", sentence, key="copy.sentence")
        offer("Whole report", lambda: report_text(case.explanation, sentence), f"{name}.report.txt", "text/plain")
        offer("Page to print", lambda: whole_page(case.explanation), f"{name}.html", "text/html")
        offer("JSON", lambda: _json(case.to_dict()), f"{name}.json", "application/json")
        offer("FHIR", lambda: _json(bundle(case)), f"{name}.fhir.json", "application/fhir+json")


def _json(content: object) -> str:
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def _take_away(form: GradedForm) -> None:
    case: Case = form.case
    if form.gives_a_grade:
        st.markdown("**For a report**")
        sentence = report_sentence(case.explanation, form.said)
        st.code(report_text(case.explanation, sentence), language=None, wrap_lines=True)
        st.caption("For a PDF open the page to print, and choose to save as PDF where the browser asks for a printer.")
    explained = f"{case.valve}-{case.guideline}.txt"
    offer("Explanation as text", lambda: case.explain() + "\n", explained, "text/plain")
    st.markdown("**A link that holds this case** (valve, guideline, numbers and words; nothing else)")
    st.code(f"{st.context.url or ''}?{keeping.link_of(case, dict(form.said))}", language=None, wrap_lines=True)
    keeping.address_switch()
    st.caption(
        "The case is kept by this tab of the browser until it is closed, and goes nowhere else. In the address, it "
        "also stands in the browser's history, and with whoever is given the link."
    )

"""How a person wants hearts shown, asked on a page and kept for the next."""

from __future__ import annotations

import streamlit as st

from grading.writing import upper
from grading_app.drawings.views import APEXES, LEAFLETS, USUAL, View

_KEPT = "view"


def view() -> View:
    """How hearts are shown."""
    kept: View = st.session_state.get(_KEPT, USUAL)
    return kept


def view_switches(page: str, flail: bool) -> View:
    """Switches for the apex and, where a mitral leaflet is flail, for the leaflet, which no measurement says."""
    apex = _switch("Apex", APEXES, view().apex, f"{page}.apex")
    leaflet = _switch("Flail leaflet", LEAFLETS, view().leaflet, f"{page}.leaflet") if flail else view().leaflet
    st.session_state[_KEPT] = View(apex, leaflet)
    return view()


def _switch(label: str, options: tuple[str, ...], present: str, key: str) -> str:
    st.session_state.setdefault(key, present)
    st.segmented_control(label, options, format_func=upper, required=True, key=key)
    return str(st.session_state[key])

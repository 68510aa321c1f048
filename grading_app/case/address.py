"""What a page shows, in its address, so that a slide can link to it; and back."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from grading_app.signs import with_signs
from grading_app.text import escape_markdown

#: characters of one part of an address that are read
_LONGEST = 80


def asked(page: str) -> Mapping[str, str]:
    """What the address asks for, where the page did not write it itself; what the page showed last, where one comes
    back to it from another; {} else."""
    given, written = dict(st.query_params), st.session_state.get(_key(page), {})
    if given == written:
        return {}
    if not given:
        # what was chosen on a page is forgotten while another is shown
        return {} if any(str(key).startswith(f"{page}.") for key in st.session_state) else written
    st.session_state[_key(page)] = given
    return {name: value[:_LONGEST] for name, value in given.items()}


def show(page: str, parts: Mapping[str, str]) -> None:
    """Write what the page shows into its address."""
    st.session_state[_key(page)] = dict(parts)
    if dict(st.query_params) != parts:
        st.query_params.from_dict(dict(parts))


def refuse(sentence: str) -> None:
    """Say why a part of an address was not used."""
    st.warning(escape_markdown(with_signs(f"The link was not used in full: {sentence.rstrip('.')}.")))


def _key(page: str) -> str:
    return f"address.{page}"

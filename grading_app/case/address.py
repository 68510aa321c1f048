"""What a page shows, in its address, so that a slide can link to it; and back."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

#: characters of one part of an address that are read
_LONGEST = 80


def asked(page: str) -> Mapping[str, str]:
    """What the address asks for, where the page did not write it itself; {} else."""
    given = dict(st.query_params)
    if given == st.session_state.get(_key(page), {}):
        return {}
    st.session_state[_key(page)] = given
    return {name: value[:_LONGEST] for name, value in given.items()}


def show(page: str, parts: Mapping[str, str]) -> None:
    """Write what the page shows into its address."""
    st.session_state[_key(page)] = dict(parts)
    if dict(st.query_params) != parts:
        st.query_params.from_dict(dict(parts))


def _key(page: str) -> str:
    return f"address.{page}"

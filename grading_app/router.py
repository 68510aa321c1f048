"""The pages and how one gets from one to another."""

from __future__ import annotations

import streamlit as st


def main() -> None:
    """Show the page that was asked for."""
    st.set_page_config(page_title="echograde", layout="wide")


if __name__ == "__main__":
    main()

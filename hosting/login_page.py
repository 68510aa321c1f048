"""What is shown before and after the login that `login.py` asks for."""

import streamlit as st

from grading_app.router import main

try:
    ready = "auth" in st.secrets
except FileNotFoundError:
    ready = False
if not ready:
    st.error("No login is set up: .streamlit/secrets.toml has no section [auth]. See docs/start/hosting.md.")
    st.stop()
if not st.user.get("is_logged_in"):
    st.title("echograde")
    st.button("Log in", on_click=st.login, type="primary")
    st.stop()
main()

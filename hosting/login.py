"""The app behind Streamlit's own login (OIDC): `streamlit run hosting/login.py`, see docs/start/hosting.md."""

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from grading_app.guard import Guard
from grading_app.server import opened

app = st.App(Path(__file__).with_name("login_page.py"), lifespan=opened, middleware=[Middleware(Guard)])

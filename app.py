"""echograde's front end: `streamlit run app.py`, or `echograde app`."""

import streamlit as st
from starlette.middleware import Middleware

from grading_app.guard import Guard
from grading_app.server import SCRIPT, opened

app = st.App(SCRIPT, lifespan=opened, middleware=[Middleware(Guard)])

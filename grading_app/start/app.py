"""echograde's front end, as `echograde app` starts it: the server, and what guards it."""

import streamlit as st
from starlette.middleware import Middleware

from grading_app.guard import Guard
from grading_app.server import SCRIPT, opened

app = st.App(SCRIPT, lifespan=opened, middleware=[Middleware(Guard)])

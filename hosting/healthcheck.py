"""Ends with 0 where the app answers, below the path that it is served at: what Docker asks every half minute."""

import os
import sys
import urllib.request

port = sys.argv[1] if len(sys.argv) > 1 else "8501"
base = os.environ.get("STREAMLIT_SERVER_BASE_URL_PATH", "").strip("/")
path = f"/{base}/_stcore/health" if base else "/_stcore/health"
try:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=3) as answer:
        sys.exit(0 if answer.read() == b"ok" else 1)
except OSError as error:
    sys.exit(f"the app does not answer: {error}")

"""echograde's front end: `streamlit run app.py`, or `echograde app`."""

from grading_app.router import main

main()

"""The front end: Streamlit pages over `grading`. No arithmetic and no cut-off stands here."""

"""One case, and the healthy heart, as pictures. No streamlit here.

In: a graded case. Out: SVG as text, with title and description.
"""

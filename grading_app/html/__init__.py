"""One case, tables and counts as HTML. No streamlit here.

In: explanations, tables, counts. Out: HTML as text, every text escaped.
"""

"""One case, tables and counts as HTML. No streamlit here.

In: explanations, tables, counts. Out: HTML (Markup), made of `templates/` by `render`, which escapes every text; the
one stylesheet is `style.css`.
"""

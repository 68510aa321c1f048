"""Pages of the site that are made from the tables, the catalogue and the tests each time it is built.

A page of `docs/` holds `<!-- made: NAME -->` where `MAKERS[NAME]` writes Markdown; `whole_pages` are written whole.
"""

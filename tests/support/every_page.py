"""Every page of the app in use, one after the other: `python -m support.every_page PAGE.py ... MARK`, a script a page.

The mark is a number that is typed into the case, and stands in the file that is graded.
"""

from __future__ import annotations

import sys

from streamlit.testing.v1 import AppTest

#: noted where the pages begin, after all that their test bench does for itself
BEGIN = "the pages begin"


def use(script: str, mark: str) -> None:
    """Open a page; type into it, or upload to it and grade, where it takes something."""
    page = AppTest.from_file(script, default_timeout=60)
    page.query_params["valve"], page.query_params["vena_contracta_width"] = "mitral", f"{mark} cm"
    page.run()
    for field in [field for field in page.text_input if field.key == "case.mitral.eroa"]:
        field.set_value(mark).run()
    for uploader in list(page.file_uploader):
        data = f"id,mr_eroa_cm2,{mark}\n{mark},{mark},{mark}\n1,x{mark},\n".encode()
        # the file of own cases is read as soon as it is there
        takes_cases = uploader.key == "own.file"
        uploader.set_value((f"{mark}.{'json' if takes_cases else 'csv'}", data, "text/plain"))
        page.run()
        if not takes_cases:
            next(button for button in page.button if button.label == "Grade").click()
            page.run()
    assert not page.exception


if __name__ == "__main__":
    *scripts, mark = sys.argv[1:]
    sys.audit("os.system", BEGIN)
    for script in scripts:
        use(script, mark)

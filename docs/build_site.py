"""The documentation as a site: `python docs/build_site.py [FOLDER]`, by default into build/site.

Pages that say what the tables say are made anew each time. A warning of Sphinx, a link that leads nowhere or a page
that no menu holds fails the build. Nothing is fetched.
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from pathlib import Path

DOCS = Path(__file__).resolve().parent
sys.path[:0] = [str(DOCS), str(DOCS.parent)]

from site_pages.links import broken_links, outside_loads  # noqa: E402
from site_pages.makers import MAKERS, whole_pages  # noqa: E402

MARK = re.compile(r"<!-- made: ([a-z_]+) -->")
#: the program of the site
LEFT_OUT = shutil.ignore_patterns(
    "build_site.py", "conf.py", "run_notebook.py", "screenshots.py", "site_pages", "__pycache__"
)


def stage(folder: Path) -> None:
    """Every page in one folder: those that are written, with what is made put in, and those that are made whole.

    Raises KeyError for a mark that nothing makes.
    """
    shutil.copytree(DOCS, folder, ignore=LEFT_OUT, dirs_exist_ok=True)
    for page in folder.rglob("*.md"):
        text = page.read_text(encoding="utf-8")
        page.write_text(MARK.sub(lambda mark: MAKERS[mark[1]](), text), encoding="utf-8")
    for name, content in whole_pages().items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content, encoding="utf-8")


def build(target: Path) -> list[str]:
    """Build the site into a folder; what is wrong with it, a sentence each."""
    from sphinx.cmd.build import build_main

    with tempfile.TemporaryDirectory() as work:
        source = Path(work) / "source"
        stage(source)
        options = ["-q", "-W", "--keep-going", "-n", "-c", str(DOCS), "-d", str(Path(work) / "doctrees")]
        options += ["-D", f"html_static_path={source / '_static'}"]
        code = build_main(["-b", "html", *options, str(source), str(target)])
    if code:
        return [f"Sphinx ended with {code}: see its warnings"]
    return [*broken_links(target), *outside_loads(target)]


def main() -> int:
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else DOCS.parent / "build" / "site"
    wrong = build(target)
    print("\n".join(wrong) or f"wrote {target / 'index.html'}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

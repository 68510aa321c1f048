"""Pictures of the app, taken in Chromium: `python docs/screenshots.py [FOLDER]`.

Every page at 1280 and 390 pixels, light and dark; without FOLDER only the two that the README shows, into docs/images.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from urllib.parse import urlencode

DOCS = Path(__file__).parent
sys.path.insert(0, str(DOCS.parent / "tests"))

from playwright.sync_api import Browser  # noqa: E402
from support.browser import chromium, go, served, visit  # noqa: E402

CASE = urlencode(
    {
        "valve": "mitral",
        "vena_contracta_width": "6 mm",
        "pisa_radius": "0.9 cm",
        "aliasing_velocity": "40 cm/s",
        "peak_velocity": "500 cm/s",
        "regurgitant_vti": "140 cm",
        "cw_jet": "dense",
    }
)
PAGES = {
    "case": f"/?{CASE}",
    "file": "/file",
    "stage": "/stage",
    "slider": "/slider",
    "class": "/class",
    "quiz": "/quiz?case=mitral-two-against-one",
    "background": "/background",
    "references": "/references",
}
WIDTHS = {1280: 720, 1920: 1080, 390: 844}
SHOWN = (("case", 1280, 1180, False), ("stage", 1280, 1500, False))


def take(browser: Browser, address: str, target: Path, name: str, width: int, height: int, dark: bool) -> None:
    """One page as a newcomer sees it."""
    with visit(browser, width, height, dark) as page:
        go(page, address + PAGES[name])
        page.wait_for_timeout(800)
        page.screenshot(path=str(target))
        print(target)


def main() -> None:
    with tempfile.TemporaryDirectory() as elsewhere, served(Path(elsewhere)) as address, chromium() as browser:
        if len(sys.argv) < 2:
            for name, width, height, dark in SHOWN:
                take(browser, address, DOCS / "images" / f"{name}.png", name, width, height, dark)
            return
        folder = Path(sys.argv[1])
        folder.mkdir(parents=True, exist_ok=True)
        for name in PAGES:
            for width, height in WIDTHS.items():
                for dark in (False, True):
                    target = folder / f"{name}-{width}-{'dark' if dark else 'light'}.png"
                    take(browser, address, target, name, width, 2 * height, dark)


if __name__ == "__main__":
    main()

"""A link as a QR code: an image for a page, and blocks for a terminal."""

from __future__ import annotations

import io

import segno


def code_svg(link: str) -> str:
    """The code as SVG, black on white in any theme, since cameras read that best."""
    out = io.BytesIO()
    segno.make(link, micro=False).save(out, kind="svg", scale=8, border=4, dark="#000000", light="#FFFFFF")
    return out.getvalue().decode("utf-8")


def code_text(link: str) -> str:
    """The code in half blocks, for a terminal."""
    out = io.StringIO()
    segno.make(link, micro=False).terminal(out=out, border=2, compact=True)
    return out.getvalue()

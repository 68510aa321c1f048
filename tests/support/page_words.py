"""What the command writes, in the words of the page: its own controls stand where the command names its flags."""

from __future__ import annotations

from grading.cli.arguments import as_flag
from grading_app.file.words import as_control


def in_page_words(data: bytes) -> bytes:
    """The bytes of an output of the command as the page writes them for the same file."""
    codes = ["n/k"]
    flag, control = (words("missing", codes).encode() for words in (as_flag, as_control))
    return data.replace(flag, control)

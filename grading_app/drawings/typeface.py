"""The typeface of every drawing: Source Sans in two weights, carried by the drawing itself, and how wide its words are.

The fonts are subsets of Source Sans 3 (Adobe, SIL Open Font License 1.1, the text of which lies beside them) under a
name of their own, as that licence asks. Widths are theirs, so that words have the same room on every machine.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

FAMILY = "Echograde Sans"
REGULAR, BOLD = 400, 600
#: the size of ordinary text, and how much of a size a line of letters takes above and below its foot
TEXT, ABOVE, BELOW = 16.0, 0.74, 0.24
#: weight -> the file of the font
_FILES: Mapping[int, str] = MappingProxyType({REGULAR: "typeface-regular.woff2", BOLD: "typeface-semibold.woff2"})
#: width in thousandths of the size, and the letters that have it
_WIDTHS_REGULAR = (
    (200, " "), (241, "|"), (246, "i"), (247, "j"), (249, "',.:;·’"), (255, "l"), (263, "I"), (289, "!"), (292, "f"),
    (303, "()[]{}"), (311, "-"), (331, "°"), (338, "t"), (347, "r"), (350, "/\\"), (367, "²³"), (418, "*"),
    (419, "s"), (425, "?z"), (426, '"“”'), (446, "x"), (456, "c"), (467, "vy"), (476, "Y"), (479, "J"), (480, "–"),
    (486, "L"), (494, "F"), (495, "k"), (496, "e"), (497, "#$+0123456789<=>^~×≤≥±"), (500, "_"), (504, "ag"),
    (513, "X"), (515, "V"), (527, "E"), (534, "S"), (536, "T"), (539, "Z"), (542, "`o"), (543, "A"), (544, "hu"),
    (547, "n"), (553, "b"), (555, "dpq"), (562, "µ"), (566, "P"), (569, "R"), (571, "C"), (579, "K"), (588, "B"),
    (609, "&"), (615, "D"), (617, "G"), (645, "U"), (647, "N"), (652, "H"), (664, "OQ"), (719, "w"), (727, "M"),
    (786, "W"), (800, "—"), (808, "½"), (824, "%"), (829, "m"), (847, "@"), (948, "…"),
)  # fmt: skip
_WIDTHS_BOLD = (
    (200, " "), (255, "|"), (262, "i"), (263, "j"), (271, "l"), (275, "',.:;·’"), (282, "I"), (315, "!"), (317, "f"),
    (322, "-"), (324, "()[]{}"), (344, "/\\"), (348, "°"), (361, "t"), (372, "²³"), (373, "r"), (431, "s"),
    (438, "*"), (443, "z"), (444, "?"), (462, "c"), (480, "–"), (481, "x"), (482, '"“”'), (494, "J"), (495, "vy"),
    (500, "_"), (501, "Y"), (502, "L"), (507, "e"), (510, "F"), (513, "#$+0123456789<=>^~×≤≥±"), (516, "a"),
    (520, "g"), (522, "k"), (536, "V"), (538, "E"), (540, "Z"), (541, "X"), (545, "S"), (546, "T"), (549, "`o"),
    (556, "u"), (558, "Ah"), (560, "n"), (563, "b"), (564, "dpq"), (576, "C"), (578, "µ"), (582, "P"), (592, "R"),
    (597, "BK"), (625, "D"), (628, "G"), (639, "&"), (655, "U"), (657, "N"), (663, "H"), (674, "OQ"), (745, "M"),
    (748, "w"), (800, "W—"), (827, "½"), (841, "%"), (843, "m"), (875, "@"), (964, "…"),
)  # fmt: skip


def _by_letter(rows: Iterable[tuple[int, str]]) -> Mapping[str, int]:
    return MappingProxyType({letter: width for width, letters in rows for letter in letters})


#: weight -> letter -> width in thousandths of the size
WIDTHS: Mapping[int, Mapping[str, int]] = MappingProxyType(
    {REGULAR: _by_letter(_WIDTHS_REGULAR), BOLD: _by_letter(_WIDTHS_BOLD)}
)
#: for a letter that the typeface does not have, and another font shows
_UNKNOWN = 1000


def width(words: str, size: float = TEXT, weight: int = REGULAR) -> float:
    """How wide words are, in units of the drawing.

    >>> round(width("septum", 10.0), 2)
    31.81
    """
    return sum(WIDTHS[weight].get(letter, _UNKNOWN) for letter in words) * size / 1000


def wrapped(words: str, room: float, size: float = TEXT, weight: int = REGULAR) -> list[str]:
    """Words as lines that are no wider than the room, broken between words; one long word keeps a line of its own."""
    lines: list[str] = []
    for word in words.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width(longer, size, weight) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


@cache
def font_faces() -> str:
    """The style sheet that brings the fonts along, so that a drawing looks alike wherever it is shown."""
    return "".join(_face(weight, file) for weight, file in _FILES.items())


def _face(weight: int, file: str) -> str:
    data = base64.b64encode((files(__name__.rpartition(".")[0]) / file).read_bytes()).decode("ascii")
    return (
        f'@font-face{{font-family:"{FAMILY}";font-weight:{weight};'
        f'src:url(data:font/woff2;base64,{data}) format("woff2")}}'
    )

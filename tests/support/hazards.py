"""The hazard log: what could mislead a reader, the control, and the tests that say by a mark that they hold it."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from typing import NamedTuple

from support.paths import ROOT, TESTS

SOURCE, WRITTEN = (ROOT / "docs" / "trust" / f"hazards.{form}" for form in ("toml", "md"))
_BEGIN = """# Hazards

Each way in which this program could mislead a reader, what keeps it from that, and the tests that hold it. It is for education
and research; this list is no risk management of a medical device. The page is written from `docs/trust/hazards.toml` and the marks of
tests, by `python -m pytest tests/test_hazards.py --renew-hazards`.
"""


class Held(NamedTuple):
    """A test with the mark of a hazard."""

    hazard: str
    path: str
    test: str


def hazards() -> dict[str, dict[str, str]]:
    """id -> harm and control."""
    return tomllib.loads(SOURCE.read_text(encoding="utf-8"))


def held() -> list[Held]:
    """Every mark of a hazard, in the order of files."""
    return [
        held
        for path in sorted(TESTS.rglob("test_*.py"))
        for held in _marks(path.read_text("utf-8"), str(path.relative_to(ROOT)))
    ]


def _marks(text: str, path: str) -> Iterator[Held]:
    """The marks in one file: as decorators, or of the whole file.

    >>> list(_marks('@pytest.mark.hazard("a", "b")\\ndef test_x(): ...', "f"))
    [Held(hazard='a', path='f', test='test_x'), Held(hazard='b', path='f', test='test_x')]
    """
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            for call in filter(_is_mark, node.decorator_list):
                assert isinstance(call, ast.Call)
                yield from (Held(ast.literal_eval(name), path, node.name) for name in call.args)


def _is_mark(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.hazard"


def page() -> str:
    """The document, whole."""
    found = held()
    parts = [_BEGIN]
    for name, said in hazards().items():
        tests = [one for one in found if one.hazard == name]
        lines = [f"* {_in_words(one.test)} (`{one.path}`)" for one in tests]
        parts.append(f"## {name}\n\n{said['harm']}\n\n**Control.** {said['control']}\n\n" + "\n".join(lines) + "\n")
    return "\n".join(parts)


def _in_words(test: str) -> str:
    return test.removeprefix("test_").replace("_", " ")

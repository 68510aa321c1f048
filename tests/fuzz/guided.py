"""Fuzzing in which coverage chooses what to try: `python tests/fuzz/guided.py TARGET [libFuzzer's options]`.

It needs the extra `fuzz`. What it finds that runs new lines is kept in `.fuzz/TARGET`, beginning with `tests/corpus/TARGET`.
"""

from __future__ import annotations

import sys
from pathlib import Path

import atheris

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests"))

with atheris.instrument_imports(include=["grading", "grading_app.case", "pydicom"]):
    from fuzz.targets import TARGETS


def main() -> None:
    """Run one target until it is stopped or breaks."""
    name, *options = sys.argv[1:]
    found = ROOT / ".fuzz" / name
    found.mkdir(parents=True, exist_ok=True)
    own = [option for option in options if not option.startswith("-")]
    folders = own or [str(found), str(ROOT / "tests" / "corpus" / name)]
    flags = [option for option in options if option.startswith("-")]
    atheris.Setup([sys.argv[0], f"-artifact_prefix={found.parent}/{name}-", *flags, *folders], TARGETS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    main()

"""The corpus of every target holds its laws, and so do some changes of it, the same in every run."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest
from fuzz.targets import TARGETS
from support.mutations import mutated, mutated_archive
from support.paths import TESTS
from support.witness import at_most

CORPUS = TESTS / "corpus"
#: changes of each target's corpus that are tried
CHANGES = int(os.environ.get("ECHOGRADE_FUZZ_TARGETS", "300"))
#: what is read in a process of its own takes too long for many; test_fuzz_formats changes those files by the hundred
QUICK = sorted(set(TARGETS) - {"sav"})


def corpus(name: str) -> list[Path]:
    return sorted(path for path in (CORPUS / name).iterdir() if path.is_file())


def test_every_target_has_a_small_corpus() -> None:
    assert {path.name for path in CORPUS.iterdir()} == set(TARGETS)
    for name in TARGETS:
        sizes = [path.stat().st_size for path in corpus(name)]
        assert 3 <= len(sizes) <= 80 and sum(sizes) <= 150_000, (name, len(sizes), sum(sizes))


@pytest.mark.parametrize("name", TARGETS)
def test_the_corpus(name: str) -> None:
    with at_most(60):
        for path in corpus(name):
            TARGETS[name](path.read_bytes())


@pytest.mark.slow
@pytest.mark.parametrize("name", QUICK)
def test_changes_of_the_corpus(name: str) -> None:
    seeds = [path.read_bytes() for path in corpus(name)]
    change = mutated_archive if name == "xlsx" else mutated
    with at_most(600):
        for number in range(CHANGES):
            draw = random.Random(f"{name} {number}")
            data = change(draw.choice(seeds), draw)
            try:
                TARGETS[name](data)
            except Exception as error:
                pytest.fail(f"change {number} of {name}: {error!r} of {data[:300]!r}")

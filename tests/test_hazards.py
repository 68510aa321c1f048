"""The hazard log: every hazard has a test that holds its control, every mark names a hazard, and the document is theirs."""

from __future__ import annotations

import pytest
from support.hazards import WRITTEN, hazards, held, page


@pytest.mark.parametrize("name", hazards())
def test_a_hazard_has_its_control_and_a_test(name: str) -> None:
    said = hazards()[name]
    assert set(said) == {"harm", "control"} and all(text.endswith(".") for text in said.values())
    assert any(one.hazard == name for one in held())


def test_every_mark_names_a_hazard() -> None:
    assert {one.hazard for one in held()} <= set(hazards())


def test_the_document_is_what_the_marks_say(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--renew-hazards"):
        WRITTEN.write_text(page(), encoding="utf-8")
    assert WRITTEN.read_text(encoding="utf-8") == page(), "run: python -m pytest tests/test_hazards.py --renew-hazards"

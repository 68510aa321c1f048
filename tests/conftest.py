"""Settings and fixtures of all tests; what they import from each other lies in `support/`."""

from __future__ import annotations

import sys
import threading
from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import settings

#: scripts that tests run in processes of their own
collect_ignore = ["support/watched", "support/fuzz_child.py", "fuzz/guided.py"]

settings.register_profile("echograde", deadline=None, max_examples=100, derandomize=True)
settings.load_profile("echograde")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Flags to write the golden explanations and the hazard log anew, to be read before they are committed."""
    parser.addoption("--renew-golden", action="store_true", help="write tests/explanation/golden anew")
    parser.addoption("--renew-hazards", action="store_true", help="write docs/trust/hazards.md anew")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put files with slow tests before the others, so that no core is left alone with one at the end."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


#: how many cases of one test coverage looks at
TRACED = 20
seen: Counter[str] = Counter()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Coverage, which doubles the time of what it looks at, looks at the first cases of each test that is not slow: the
    others run the same lines."""
    test = item.nodeid.partition("[")[0]
    seen[test] += 1
    if seen[test] <= TRACED and not item.get_closest_marker("slow"):
        return (yield)
    tracers = sys.gettrace(), threading.gettrace()
    sys.settrace(None)
    threading.settrace(None)  # type: ignore[arg-type]
    try:
        return (yield)
    finally:
        sys.settrace(tracers[0])
        threading.settrace(tracers[1])  # type: ignore[arg-type]


@pytest.fixture(autouse=True, scope="module")
def own_main() -> Iterator[None]:
    """The main module is put back: tests of the app replace it by their script, which a forked process looks for."""
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main

"""What the tests in a browser share: a server and a browser for each module, and an empty page of the app."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page
from support.browser import Address, chromium, go, served, visit


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Address]:
    with served(tmp_path_factory.mktemp("server")) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture
def page(address: str, browser: Browser) -> Iterator[Page]:
    with visit(browser) as found:
        yield go(found, address)

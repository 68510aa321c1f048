"""What the server answers, to whom, and with which headers; and that no page hands a file to its store."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import streamlit
from streamlit import config
from support.paths import ROOT, SCRIPT

from grading.teaching.cases import graded, stage_pair
from grading_app.drawings.beat_page import beat_page
from grading_app.drawings.case import drawing
from grading_app.drawings.export_page import export_page
from grading_app.guard import Guard, digest, policy
from grading_app.palette import THEMES

HOST = "127.0.0.1:8501"
ANSWER = [
    {"type": "http.response.start", "status": 200, "headers": [(b"X-Frame-Options", b"ALLOWALL"), (b"a", b"b")]},
    {"type": "http.response.body", "body": b"page"},
]


def asked(kind: str, path: str, method: str = "GET", **headers: str) -> tuple[list[dict[str, Any]], list[Any]]:
    """What is sent for a request, and what of it reaches the pages behind the guard."""
    sent: list[dict[str, Any]] = []
    reached: list[Any] = []

    async def pages(scope: Any, receive: Any, send: Any) -> None:
        reached.append(scope)
        for message in ANSWER if kind == "http" else [{"type": "websocket.accept"}]:
            await send(message)

    async def receive() -> dict[str, str]:
        return {"type": f"{kind}.connect"}

    async def send(message: Any) -> None:
        sent.append(message)

    fields = [(name.replace("_", "-").encode(), value.encode()) for name, value in {"host": HOST, **headers}.items()]
    scope = {"type": kind, "path": path, "method": method, "headers": fields}
    asyncio.run(Guard(pages)(scope, receive, send))
    return sent, reached


def headers_of(sent: list[dict[str, Any]]) -> Mapping[str, str]:
    pairs = [(name.decode().lower(), value.decode()) for name, value in sent[0]["headers"]]
    assert len(dict(pairs)) == len(pairs)
    return dict(pairs)


@pytest.mark.parametrize(
    "path", ["/", "/file", "/static/js/index.js", "/_stcore/health", "/media/x.csv", "/_stcore/metrics"]
)
def test_every_answer_says_what_a_browser_may_do_with_it(path: str) -> None:
    found = headers_of(asked("http", path, method="HEAD")[0])
    assert found["x-frame-options"] == "DENY"
    assert found["x-content-type-options"] == "nosniff"
    assert found["referrer-policy"] == "no-referrer"
    assert found["content-security-policy"] == policy(HOST)
    assert found.get("cache-control") == ("no-store" if "media" in path else None)


@pytest.mark.parametrize(
    "path",
    [
        "/_stcore/metrics",
        "/_stcore/agent/mcp",
        "/_stcore/agent/openapi.json",
        "/_stcore/script-health-check",
        "/below/_stcore/metrics",
    ],
)
def test_what_no_page_needs_is_closed(path: str) -> None:
    sent, reached = asked("http", path)
    assert (sent[0]["status"], reached) == (404, [])


@pytest.mark.parametrize("path", ["/", "/_stcore/health", "/_stcore/host-config", "/_stcore/upload_file/a/b"])
def test_what_a_page_needs_is_open(path: str) -> None:
    sent, reached = asked("http", path)
    assert (sent[0]["status"], len(reached)) == (200, 1)


@pytest.mark.hazard("told-on")
@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://127.0.0.1:8502", "http://localhost:8501", "file://", "x"]
)
def test_a_connection_from_another_site_is_refused_and_never_reaches_the_server(origin: str) -> None:
    sent, reached = asked("websocket", "/_stcore/stream", origin=origin)
    assert (sent, reached) == ([{"type": "websocket.close", "code": 1008}], [])


@pytest.mark.parametrize("headers", [{}, {"origin": f"http://{HOST}"}, {"origin": f"https://{HOST}"}])
def test_a_connection_from_the_page_itself_is_let_through(headers: dict[str, str]) -> None:
    sent, reached = asked("websocket", "/_stcore/stream", **headers)
    assert (sent, len(reached)) == ([{"type": "websocket.accept"}], 1)


def test_a_site_that_is_allowed_by_name_is_let_through_without_a_question(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "get_option", lambda name: [" https://a.example "])
    sent, reached = asked("websocket", "/_stcore/stream", origin="https://a.example")
    assert sent == [{"type": "websocket.accept"}]
    assert b"origin" not in dict(reached[0]["headers"])


def test_the_policy_lets_nothing_in_from_elsewhere() -> None:
    parts = dict(part.strip().split(" ", 1) for part in policy(HOST).split(";"))
    assert parts["default-src"] == parts["frame-ancestors"] == parts["base-uri"] == "'none'"
    assert "unsafe" not in parts["script-src"] and "unsafe-eval" not in policy(HOST)
    places = {place for part in parts.values() for place in part.split() if place[0] != "'"}
    assert places == {"data:", "blob:", f"ws://{HOST}", f"wss://{HOST}"}


@pytest.mark.parametrize("host", ["", "a b", "a; script-src *", "x" * 300, "a\r\nb", "[::1"])
def test_a_name_that_is_none_is_not_put_into_the_policy(host: str) -> None:
    assert policy(host) == policy("")


def test_the_scripts_within_pages_are_those_that_the_policy_names() -> None:
    case = graded(stage_pair("mitral")[1])
    frames = [beat_page(case, THEMES["light"]), export_page(drawing(case, THEMES["light"]), "a", THEMES["dark"])]
    frames.append((Path(streamlit.__file__).parent / "static" / "index.html").read_text(encoding="utf-8"))
    for page in frames:
        scripts = re.findall(r"(?s)<script>(.*?)</script>", page)
        assert len(scripts) == 1
        assert f"'{digest(scripts[0])}'" in policy(HOST)
    # and the one that Streamlit adds to a frame
    assert policy(HOST).count("'sha256-") == len(frames) + 1


def test_a_look_whether_a_file_is_there_takes_no_body() -> None:
    sent, reached = asked("http", "/media/x.csv", sec_fetch_mode="cors")
    assert reached[0]["method"] == "HEAD"
    assert [message.get("body") for message in sent[1:]] == [b""]
    assert headers_of(sent)["content-length"] == "0"


def test_a_font_of_the_pages_is_sent_whole() -> None:
    sent, reached = asked("http", "/static/media/font.woff2", sec_fetch_mode="cors")
    assert reached[0]["method"] == "GET"
    assert headers_of(sent).get("cache-control") != "no-store"


def test_every_download_is_made_at_the_click() -> None:
    calls = {
        path.name for path in (ROOT / "grading_app").rglob("*.py") if "download_button(" in path.read_text("utf-8")
    }
    assert calls == {"downloads.py"}


@pytest.mark.parametrize("script", [ROOT / "app.py", ROOT / "grading_app" / "start" / "app.py"])
def test_both_ways_to_start_have_the_same_guard(script: Path) -> None:
    text = script.read_text(encoding="utf-8")
    assert text.partition('"""\n\n')[2] == (ROOT / "app.py").read_text(encoding="utf-8").partition('"""\n\n')[2]
    assert "Middleware(Guard)" in text and SCRIPT.is_file()

"""A class: the gate before the app, the count of answers, the code, and what the terminal says."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import pytest

from grading.cli.app_server import command
from grading_app.classroom.code import code_svg, code_text
from grading_app.classroom.gate import Gate
from grading_app.classroom.poll import QUESTIONS, VISITS, Poll
from grading_app.classroom.room import LOCAL, Room, network_address, open_room, room
from grading_app.start.classroom import announcement

SECRET = "a-secret-of-the-room"
ROOM = Room("192.0.2.7", 8501, SECRET)
COOKIE = f"echograde_class_8501={SECRET}"
OWN = {"host": "192.0.2.7:8501"}


def answered(kind: str = "http", path: str = "/", query: str = "", **headers: str) -> tuple[bool, list[dict[str, Any]]]:
    """Whether a request reaches the app, and what the gate says itself."""
    reached, said = [], []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        reached.append(scope["path"])

    async def receive() -> dict[str, Any]:
        return {"type": "http.request"}

    async def send(message: Any) -> None:
        said.append(message)

    sent = [(name.encode(), value.encode("latin-1")) for name, value in {**OWN, **headers}.items()]
    scope = {"type": kind, "path": path, "query_string": query.encode(), "headers": sent}
    asyncio.run(Gate(app, ROOM)(scope, receive, send))
    return bool(reached), said


REFUSED = {
    "nothing": {},
    "a wrong token": {"query": "token=another"},
    "half a token": {"query": f"token={SECRET[:-1]}"},
    "an empty token": {"query": "token="},
    "a token that is no text": {"query": "token=%ff%fe"},
    "a wrong cookie": {"cookie": "echograde_class_8501=another"},
    "a cookie of another room": {"cookie": f"echograde_class_8502={SECRET}"},
    "no cookie at all": {"cookie": "=;;=\"x"},
    "another host": {"host": "example.org", "cookie": COOKIE},
    "another origin": {"origin": "http://example.org", "cookie": COOKIE},
    "an origin of another port": {"origin": "http://192.0.2.7:9", "cookie": COOKIE},
    "a style sheet": {"path": "/static/css/main.css"},
    "the health of the server": {"path": "/_stcore/health"},
    "an upload": {"path": "/_stcore/upload_file/1/2", "cookie": COOKIE},
    "an upload with a token": {"path": "/_stcore/upload_file/1/2", "query": f"token={SECRET}"},
}  # fmt: skip


@pytest.mark.parametrize("asked", REFUSED.values(), ids=REFUSED)
def test_without_the_token_nothing_is_served(asked: dict[str, str]) -> None:
    reached, said = answered(**asked)
    assert not reached
    assert said[0]["status"] == 403
    assert not any(name == b"set-cookie" for name, _ in said[0]["headers"])
    assert SECRET not in str(said)


@pytest.mark.parametrize("asked", REFUSED.values(), ids=REFUSED)
def test_without_the_token_no_websocket_is_opened(asked: dict[str, str]) -> None:
    assert answered("websocket", **asked) == (False, [{"type": "websocket.close", "code": 1008}])


def test_a_token_in_the_address_of_a_websocket_does_not_open_it() -> None:
    assert not answered("websocket", query=f"token={SECRET}")[0]


def test_the_link_leads_to_the_address_without_the_token() -> None:
    reached, said = answered(path="/quiz", query=f"case=mitral-flail&token={SECRET}")
    headers = dict(said[0]["headers"])
    assert not reached
    assert (said[0]["status"], headers[b"location"]) == (303, b"/quiz?case=mitral-flail")
    assert headers[b"set-cookie"] == f"{COOKIE}; Path=/; HttpOnly; SameSite=Lax".encode()


@pytest.mark.parametrize("path", ["//example.org/", "/\\example.org", "/a\r\nset-cookie: b"])
def test_the_way_on_stays_on_this_server(path: str) -> None:
    _, said = answered(path=path, query=f"token={SECRET}")
    location = dict(said[0]["headers"])[b"location"].decode()
    assert location.startswith("/") and location[1] not in "/\\" and "\r" not in location


@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.parametrize("host", ["192.0.2.7:8501", "127.0.0.1:8501", "localhost:8501"])
def test_the_cookie_lets_in(kind: str, host: str) -> None:
    assert answered(kind, host=host, origin=f"http://{host}", cookie=f"other=1; {COOKIE}") == (True, [])


def test_the_start_of_the_server_passes_the_gate() -> None:
    assert answered("lifespan")[0]


def test_a_room_has_a_new_secret_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grading_app.classroom.room._OPENED", [])
    assert room() is None
    first, second = open_room(8501), open_room(8501)
    assert room() is second
    assert first.token != second.token and len(first.token) >= 22
    assert second.link("quiz", case="x") == f"http://{second.host}:8501/quiz?case=x&token={second.token}"


def test_the_own_address_is_found_without_a_name() -> None:
    assert network_address().count(".") == 3


def test_an_answer_counts_once_and_the_memory_has_bounds() -> None:
    poll = Poll()
    for visit in range(VISITS + 10):
        poll.answer("first", str(visit), "mild")
    poll.answer("first", "0", "severe")
    assert poll.counts("first", ("mild", "severe")) == {"mild": VISITS, "severe": 0}
    for question in range(QUESTIONS):
        poll.answer(str(question), "0", "mild")
    assert poll.counts("first", ("mild",)) == {"mild": 0}


def test_the_code_is_drawn_for_a_page_and_a_terminal() -> None:
    assert code_svg(ROOM.link()).startswith("<?xml") and "<svg" in code_svg(ROOM.link())
    lines = code_text(ROOM.link()).splitlines()
    assert len(lines) > 10 and len({len(line) for line in lines if line}) == 1


@pytest.mark.parametrize(("host", "alone"), [("192.0.2.7", False), (LOCAL, True)])
def test_the_terminal_says_who_may_come(host: str, alone: bool) -> None:
    said = announcement(Room(host, 8501, SECRET))
    assert f"http://{host}:8501/?token={SECRET}" in said
    assert "Anyone on this network who has the link" in said and "not encrypted" in said
    assert ("on no network" in said) is alone


def test_a_class_is_started_by_its_own_script() -> None:
    line = command(8600, browser=False, for_class=True)
    assert line == [sys.executable, "-m", "grading_app.start.classroom", "8600", ""]
    assert command(8600, browser=True, for_class=True)[-1] == "browser"

"""The gate of a class: without the token of the room's link nothing is served, neither a page nor its WebSocket."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from grading_app.classroom.room import TOKEN, Room

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

#: where Streamlit takes files; a class uploads none
_UPLOADS = "/_stcore/upload_file"
REFUSED = "This class is open to those who have its link: scan the code that the teacher shows.\n"
NO_UPLOAD = "A class takes no files.\n"
#: the code of a WebSocket that is closed because it may not be opened (RFC 6455, 7.4.1)
_POLICY = 1008


class Gate:
    """ASGI middleware. A link with the token is answered with a cookie and the address without the token; after that
    the cookie is asked for. Host and origin must be this server's own, so that no other page can use the cookie."""

    def __init__(self, app: ASGIApp, room: Room) -> None:
        """The gate before an app."""
        self.app, self.room = app, room
        self.cookie = f"echograde_class_{room.port}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let in, send on, or refuse."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        headers = _headers(scope["headers"])
        ours = self._is_own(headers)
        uploads = _UPLOADS in scope["path"]
        if ours and self._knows(_cookie(headers, self.cookie)) and not uploads:
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": _POLICY})
        elif ours and not uploads and self._knows(dict(_query(scope)).get(TOKEN, "")):
            await _answer(send, 303, "", self._let_in(scope))
        else:
            await _answer(send, 403, NO_UPLOAD if ours and uploads else REFUSED, {})

    def _knows(self, token: str) -> bool:
        return hmac.compare_digest(token.encode("utf-8", "replace"), self.room.token.encode("ascii"))

    def _is_own(self, headers: Mapping[str, str]) -> bool:
        """True for a request to this server from a page of its own or from none."""
        host = headers.get("host", "")
        origin = headers.get("origin")
        named = urlsplit(f"//{host}").hostname in self.room.hosts
        return named and (origin is None or urlsplit(origin).netloc == host)

    def _let_in(self, scope: Scope) -> dict[str, str]:
        kept = urlencode([pair for pair in _query(scope) if pair[0] != TOKEN])
        # one slash only: with two it would be the address of another server
        path = "/" + str(scope["path"]).lstrip("/\\")
        cookie = f"{self.cookie}={self.room.token}; Path=/; HttpOnly; SameSite=Lax"
        return {"location": f"{quote(path)}{'?' if kept else ''}{kept}", "set-cookie": cookie}


def _headers(pairs: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in pairs}


def _query(scope: Scope) -> list[tuple[str, str]]:
    return parse_qsl(scope["query_string"].decode("latin-1"))


def _cookie(headers: Mapping[str, str], name: str) -> str:
    try:
        found = SimpleCookie(headers.get("cookie", "")).get(name)
    except CookieError:
        return ""
    return found.value if found else ""


async def _answer(send: Send, status: int, text: str, headers: Mapping[str, str]) -> None:
    said = {"content-type": "text/plain; charset=utf-8", "cache-control": "no-store",
            "referrer-policy": "no-referrer", "x-content-type-options": "nosniff", **headers}  # fmt: skip
    pairs = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in said.items()]
    await send({"type": "http.response.start", "status": status, "headers": pairs})
    await send({"type": "http.response.body", "body": text.encode()})

"""What stands between the network and the pages: who may ask, what is answered, and what a browser may do with it.

Streamlit's server is asked for more than the pages need: how many sessions there are, to be driven by programs, and to
accept a connection from another site's page, for which it would look up its own address on the internet. None of that
reaches it here.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import re
from collections.abc import Iterable, MutableMapping
from functools import cache
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import streamlit
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config

from grading_app.downloads import let_go
from grading_app.drawings import beat_page, export_page

#: what the pages ask the server for, below this path; everything else there is closed
_CORE: Final = "/_stcore/"
_OPEN: Final = ("health", "host-config", "stream", "upload_file/")
#: what a session gives as a file, which a browser is not to keep, and how long after it was handed over [s]; fonts of
#: the pages stand in a folder of that name too
_FILES: Final = "/media/"
_OF_THE_PAGES: Final = "/static/"
_LINGERS: Final = 30
#: a script within the first page, of which the policy names the digest
_INLINE: Final = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_MEASURING: Final = re.compile(r"`<script>(.*?)<\\/script>`", re.DOTALL)
#: a name or an address, and a port
_HOST: Final = re.compile(r"[\w.\-]{1,253}(:\d{1,5})?|\[[\da-fA-F:.]{2,45}\](:\d{1,5})?", re.ASCII)
#: of every answer; the case stands in the address of a page, which is told nobody
_HEADERS: Final = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
}


class Guard:
    """The pages behind it: closes what they do not need, refuses other sites, and says what a browser may load."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._lingering: dict[str, asyncio.TimerHandle] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or pass it on."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket" and _is_foreign(scope):
            await receive()
            await send({"type": "websocket.close", "code": 1008})
        elif scope["type"] == "http" and is_closed(scope["path"]):
            await _refuse(_guarded(scope, send))
        elif scope["type"] == "http" and scope["method"] == "GET" and is_download(scope["path"]):
            await self._hand_over(scope, receive, _guarded(scope, send))
        else:
            await self._app(scope, receive, _guarded(scope, send))

    async def _hand_over(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A file for a page, which is let go of soon after."""
        path = scope["path"]
        if path in self._lingering:
            self._lingering.pop(path).cancel()
        if _header(scope, b"sec-fetch-mode") == "cors":
            # a page looks whether a file is there before it saves it, and would never read what it is sent
            scope, send = {**scope, "method": "HEAD"}, _without_body(send)
        await self._app(scope, receive, send)
        self._lingering[path] = asyncio.get_running_loop().call_later(_LINGERS, self._let_go, path)

    def _let_go(self, path: str) -> None:
        self._lingering.pop(path, None)
        let_go(path)


def is_closed(path: str) -> bool:
    """True for what the pages do not ask for.

    >>> [is_closed(path) for path in ("/", "/file", "/_stcore/health", "/_stcore/metrics", "/_stcore/agent/mcp")]
    [False, False, False, True, True]
    """
    place = path.find(_CORE)
    return place >= 0 and not path[place + len(_CORE) :].startswith(_OPEN)


def is_download(path: str) -> bool:
    """True for what a session gives as a file.

    >>> [is_download(path) for path in ("/media/1a.csv", "/base/media/1a.csv", "/static/media/font.woff2", "/file")]
    [True, True, False, False]
    """
    return _FILES in path and _OF_THE_PAGES not in path


def policy(host: str) -> str:
    """The Content-Security-Policy of a page that was asked for at `host`: nothing from elsewhere, no script but those
    of the program, in no other site's frame."""
    # not every browser takes 'self' to mean the connection that a page keeps open
    stream = f" ws://{host} wss://{host}" if _HOST.fullmatch(host) else ""
    scripts = " ".join(f"'{script}'" for script in _scripts())
    # Streamlit starts a page's own parts from a blob, which only a script that runs already can make
    return (
        f"default-src 'none'; script-src 'self' blob: {scripts}; style-src 'self' 'unsafe-inline'; "
        f"img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'{stream}; manifest-src 'self'; "
        "worker-src 'self' blob:; frame-src 'self' blob:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    )


@cache
def _scripts() -> list[str]:
    """The digests of the scripts that stand within pages: Streamlit's own, and those of drawings."""
    static = Path(streamlit.__file__).parent / "static"
    page = (static / "index.html").read_text(encoding="utf-8")
    frames = (path.read_text(encoding="utf-8") for path in static.glob("static/js/IFrame.*.js"))
    of_frames = [script for text in frames for script in _measuring(text)]
    return [digest(one) for one in (*_INLINE.findall(page), *of_frames, beat_page.SCRIPT, export_page.SCRIPT)]


def _measuring(text: str) -> list[str]:
    """The script that Streamlit adds to a page in a frame, which tells how high it is, out of its own program.

    >>> _measuring("d=`streamlit:iframe:size`,p=`<script>tell('${d}')<\\\\/script>`")
    ["tell('streamlit:iframe:size')"]
    """
    names = re.findall(r"`(streamlit:iframe:\w+)`", text)
    return [re.sub(r"\$\{\w+\}", names[0], script) for script in _MEASURING.findall(text)] if len(names) == 1 else []


def digest(script: str) -> str:
    """A script as a policy names it: nothing that differs by a letter runs in its place.

    >>> digest("alert('Hello, world.');")
    'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='
    """
    return f"sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}"


def _guarded(scope: Scope, send: Send) -> Send:
    """`send`, with the headers of the guard in every answer."""

    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": list(_with_headers(scope, message.get("headers", ())))}
        await send(message)

    return sent


def _without_body(send: Send) -> Send:
    """`send`, for an answer of which only the status matters."""

    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = [(name, value) for name, value in message["headers"] if name.lower() != b"content-length"]
            await send({**message, "headers": [*headers, (b"content-length", b"0")]})
        elif not message.get("more_body"):
            await send({"type": "http.response.body", "body": b""})

    return sent


def _with_headers(scope: Scope, headers: Iterable[tuple[bytes, bytes]]) -> Iterable[tuple[bytes, bytes]]:
    own = {**_HEADERS, "content-security-policy": policy(_header(scope, b"host"))}
    if is_download(scope["path"]):
        own["cache-control"] = "no-store"
    yield from ((name, value) for name, value in headers if name.decode("latin-1").lower() not in own)
    yield from ((name.encode(), value.encode()) for name, value in own.items())


def _is_foreign(scope: Scope) -> bool:
    """True for a connection from the page of another site. One that is allowed by name is let through without its
    origin, for which the server would ask the internet who it is itself."""
    origin = _header(scope, b"origin")
    if not origin or urlsplit(origin).netloc == _header(scope, b"host"):
        return False
    if origin in {allowed.strip() for allowed in config.get_option("server.corsAllowedOrigins")}:
        _drop(scope, b"origin")
        return False
    return True


def _header(scope: Scope, name: bytes) -> str:
    found: Iterable[tuple[bytes, bytes]] = scope["headers"]
    return next((value.decode("latin-1") for key, value in found if key.lower() == name), "")


def _drop(scope: MutableMapping[str, object], name: bytes) -> None:
    headers = scope["headers"]
    assert isinstance(headers, list)
    scope["headers"] = [(key, value) for key, value in headers if key.lower() != name]


async def _refuse(send: Send) -> None:
    await send({"type": "http.response.start", "status": 404, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": b"not found"})

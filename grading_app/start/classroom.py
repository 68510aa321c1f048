"""The app for a class: on the network, behind the token of its link, as `echograde app --class` starts it."""

from __future__ import annotations

import contextlib
import sys
import webbrowser

from starlette.middleware import Middleware
from streamlit.starlette import App

from grading_app.classroom.code import code_text
from grading_app.classroom.gate import Gate
from grading_app.classroom.room import LOCAL, Room, open_room
from grading_app.guard import Guard
from grading_app.server import SCRIPT


def announcement(room: Room) -> str:
    """What the terminal says: the link, and who may reach it."""
    link = room.link()
    lines = [
        f"A class can open this on its phones: {link}",
        "Anyone on this network who has the link or its code may open the teaching pages and grade a case.",
        "The link is new at every start. It is not encrypted (http): enter nothing that names a patient.",
        "It takes no files and keeps nothing; answers of the quiz are counted without names. Ctrl-C ends it.",
    ]
    if room.host == LOCAL:
        lines.insert(1, "This machine is on no network now: connect it and start again, or use the link here only.")
    return "\n".join(lines)


def main(port: int, browser: bool) -> None:
    """Serve the class until it is stopped."""
    room = open_room(port)
    # a terminal without blocks does without: the page shows the code too
    with contextlib.suppress(UnicodeEncodeError):
        print(code_text(room.link()), flush=True)
    print(announcement(room), flush=True)
    if browser:
        webbrowser.open(room.link())
    app = App(SCRIPT, middleware=[Middleware(Guard), Middleware(Gate, room=room)])
    app.run(
        config={
            "server.port": port,
            "server.address": "0.0.0.0",
            "server.allowedHosts": list(room.hosts),
            "browser.serverAddress": room.host,
            "server.headless": True,
            "logger.hideWelcomeMessage": True,
        }
    )


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2] == "browser")

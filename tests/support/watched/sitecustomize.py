"""Python runs this first in a program that `support.watch` watches: each audited event that counts is a line of a log."""

import os
import sys

LOG = os.open(os.environ["WATCH_LOG"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
#: events, and which of their arguments says what it is about
EVENTS = {
    "os.mkdir": 0, "os.rename": 1, "os.link": 1, "os.symlink": 1, "os.remove": 0, "os.system": 0, "os.exec": 0,
    "os.posix_spawn": 0, "subprocess.Popen": 0, "socket.connect": 1, "socket.sendto": 1, "socket.sendmsg": 1,
    "socket.getaddrinfo": 0, "socket.gethostbyname": 0, "sqlite3.connect": 0,
}  # fmt: skip


def note(event: str, arguments: tuple[object, ...]) -> None:
    writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
    if writes or event in EVENTS:
        os.write(LOG, f"{event} {arguments[EVENTS.get(event, 0)]!r}\n".encode())


os.write(LOG, b"process\n")
sys.addaudithook(note)

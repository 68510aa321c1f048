"""The room of this server: its link with a token, and the answers given in it; none unless a class is run."""

from __future__ import annotations

import secrets
import socket
from dataclasses import dataclass, field
from urllib.parse import urlencode

from grading_app.classroom.poll import Poll

#: the name of the token in a link, and this machine as it calls itself
TOKEN = "token"
LOCAL = "127.0.0.1"
#: an address that is nobody's (RFC 5737): a route to it names this machine's own address, and nothing is sent
NOBODY = ("192.0.2.1", 9)


@dataclass(frozen=True, slots=True)
class Room:
    """A class: the address of this machine on its network, the port, and the secret of its link."""

    host: str
    port: int
    token: str
    poll: Poll = field(default_factory=Poll)

    def link(self, page: str = "", **query: str) -> str:
        """The link that lets a person in, to the first page or to another."""
        return f"http://{self.host}:{self.port}/{page}?{urlencode({**query, TOKEN: self.token})}"

    @property
    def hosts(self) -> tuple[str, ...]:
        """The names that the server answers to."""
        return tuple(dict.fromkeys((self.host, LOCAL, "localhost")))


_OPENED: list[Room] = []


def open_room(port: int) -> Room:
    """Open the room of this process, with a new secret of 128 random bits."""
    _OPENED[:] = [Room(network_address(), port, secrets.token_urlsafe(16))]
    return _OPENED[0]


def room() -> Room | None:
    """The room of this process; None where no class is run."""
    return _OPENED[0] if _OPENED else None


def network_address() -> str:
    """This machine's address on its network; `LOCAL` where it is on none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        try:
            asked.connect(NOBODY)
            found = str(asked.getsockname()[0])
        except OSError:
            return LOCAL
    return LOCAL if found == "0.0.0.0" else found

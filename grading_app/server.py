"""How the server begins: which script it runs, and that a browser is opened for it."""

from __future__ import annotations

import contextlib
import threading
import webbrowser
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import streamlit as st
from starlette.formparsers import MultiPartParser
from streamlit import config
from streamlit.web.server.server_util import get_display_address, get_url

#: what Streamlit runs for every visit and every change
SCRIPT: Final = Path(__file__).parent / "start" / "script.py"


@contextlib.asynccontextmanager
async def opened(app: st.App) -> AsyncIterator[dict[str, object] | None]:
    """Keep uploads off the disk, and open a browser once the server listens, unless it was started without."""
    # what is larger would lie in a file while it is sent
    MultiPartParser.spool_max_size = (int(config.get_option("server.maxUploadSize")) + 1) << 20
    if not config.get_option("server.headless"):
        address = get_url(get_display_address(config.get_option("server.address") or "localhost"))
        # a browser of a terminal does not come back until it is left
        threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
    yield None

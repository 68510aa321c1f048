"""Files that a page gives: each is made when it is asked for, and let go of once it is handed over."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import sys
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Literal

import streamlit as st
from streamlit import runtime
from streamlit.runtime.media_file_storage import MediaFileKind

Width = Literal["content", "stretch"]


def offer(
    label: str,
    make: Callable[[], bytes | str],
    name: str,
    kind: str,
    *,
    key: str | None = None,
    width: Width = "content",
    help: str | None = None,
) -> None:
    """A button that gives what `make` makes at the click, as a file called `name` of the media type `kind`."""
    st.download_button(label, make, name, kind, key=key, help=help, width=width, on_click="ignore")


def let_go(path: str) -> None:
    """Take a download from the store, which serves it to whoever knows its `path`; the next click makes it anew."""
    files = runtime.get_instance().media_file_mgr
    file_id = PurePosixPath(path).stem
    found = files.read_file(file_id)
    if found is not None and found.kind is MediaFileKind.DOWNLOADABLE:
        files._storage.delete_file(file_id)


def release() -> None:
    """Take downloads that nobody came for from the store, and give the memory of what is forgotten to the system."""
    if runtime.exists():
        files = runtime.get_instance().media_file_mgr
        # the first time marks what is of no page any more, the second removes it
        files.remove_orphaned_files()
        files.remove_orphaned_files()
    gc.collect()
    if sys.platform == "linux":
        # the C library has this function on most Linux systems
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)

"""A folder on a disk or in a store (`s3://bucket/studies/`): whole files listed, fetched and put in their place."""

from __future__ import annotations

import contextlib
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING, Final, Protocol
from urllib.parse import unquote, urlsplit

from grading.errors import UsageError, why
from grading.formats.whole_file import WholeFile, write_whole

if TYPE_CHECKING:
    from pyarrow.fs import FileSystem

#: stores that pyarrow itself reaches; every other is fsspec's
_OF_ARROW: Final = ("s3", "gs", "gcs", "abfs", "abfss", "hdfs", "viewfs")
#: where a file that is written is there when it is whole, and has no other name before
_WHOLE_OBJECTS: Final = ("s3", "gcs", "abfs")


class NewFile(Protocol):
    """A file that is written under another name, or elsewhere, until it is put in its place."""

    stream: IO[bytes]

    def finish(self) -> None:
        """Bring everything to the disk."""

    def put_in_place(self) -> None:
        """Take its place, whole."""

    def discard(self) -> None:
        """Remove what did not get its place."""


class Folder(Protocol):
    """Where parts lie or go. Names are relative to it, with `/`. Every method raises OSError."""

    @property
    def name(self) -> str:
        """The last word of its place."""

    def files(self) -> dict[str, int]:
        """Every file in it and below, and its length [bytes]; none where it is not there."""

    def fetched(self, name: str, scratch: Path) -> Path:
        """A file on a disk of this machine: itself, or a copy in `scratch`."""

    def create(self, name: str, scratch: Path, permissions: int | None) -> NewFile:
        """Begin a file."""

    def read(self, name: str) -> bytes | None:
        """All of a small file; None where it is not there."""

    def write(self, name: str, data: bytes) -> None:
        """Write a small file, whole or not at all."""

    def remove(self, name: str) -> None:
        """Remove a file, where it is there."""

    def opened(self, name: str) -> contextlib.AbstractContextManager[IO[bytes]]:
        """A file to be read, in which can be sought."""


@dataclass(frozen=True, slots=True)
class DiskFolder:
    """A folder of a disk, by its absolute path: that of every worker."""

    path: Path

    def __str__(self) -> str:
        return str(self.path)

    @property
    def name(self) -> str:
        return self.path.name

    def files(self) -> dict[str, int]:
        found = (path for path in self.path.rglob("*") if path.is_file())
        return {path.relative_to(self.path).as_posix(): path.stat().st_size for path in found}

    def fetched(self, name: str, scratch: Path) -> Path:
        return self.path / name

    def create(self, name: str, scratch: Path, permissions: int | None) -> NewFile:
        self._parent(name)
        return WholeFile(self.path / name, permissions)

    def read(self, name: str) -> bytes | None:
        with contextlib.suppress(FileNotFoundError):
            return (self.path / name).read_bytes()
        return None

    def write(self, name: str, data: bytes) -> None:
        self._parent(name)
        write_whole(self.path / name, data)

    def remove(self, name: str) -> None:
        (self.path / name).unlink(missing_ok=True)

    @contextlib.contextmanager
    def opened(self, name: str) -> Iterator[IO[bytes]]:
        with (self.path / name).open("rb") as stream:
            yield stream

    def _parent(self, name: str) -> None:
        (self.path / name).parent.mkdir(parents=True, exist_ok=True)


@dataclass(frozen=True, slots=True)
class StoreFolder:
    """A folder of a store, by its URL; every worker opens it by its own rights."""

    url: str

    def __str__(self) -> str:
        """The place alone: a key, a secret or a token may stand in the URL.

        >>> str(StoreFolder("s3://key:secret@bucket/studies/?region=eu-west-1"))
        's3://bucket/studies/'
        """
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"

    @property
    def name(self) -> str:
        return PurePosixPath(unquote(urlsplit(self.url).path)).name or urlsplit(str(self)).netloc

    def files(self) -> dict[str, int]:
        from pyarrow.fs import FileSelector, FileType

        store, root = _store(self.url)
        found = store.get_file_info(FileSelector(root, recursive=True, allow_not_found=True))
        start = len(root.rstrip("/")) + 1
        return {info.path[start:]: int(info.size or 0) for info in found if info.type == FileType.File}

    def fetched(self, name: str, scratch: Path) -> Path:
        copy = scratch / PurePosixPath(name).name
        store, path = self._place(name)
        with store.open_input_stream(path) as stream, copy.open("wb") as file:
            shutil.copyfileobj(stream, file, 1 << 20)
        return copy

    def create(self, name: str, scratch: Path, permissions: int | None) -> NewFile:
        return _Sent(self, name, scratch / f"{secrets.token_hex(8)}.part")

    def read(self, name: str) -> bytes | None:
        store, path = self._place(name)
        with contextlib.suppress(FileNotFoundError), store.open_input_stream(path) as stream:
            return bytes(stream.read())
        return None

    def write(self, name: str, data: bytes) -> None:
        with self._sending(name) as stream:
            stream.write(data)

    def send(self, name: str, file: Path) -> None:
        """Copy a file of a disk to its place, under which it is never seen in part."""
        with file.open("rb") as written, self._sending(name) as stream:
            shutil.copyfileobj(written, stream, 1 << 22)

    def remove(self, name: str) -> None:
        store, path = self._place(name)
        with contextlib.suppress(FileNotFoundError):
            store.delete_file(path)

    @contextlib.contextmanager
    def opened(self, name: str) -> Iterator[IO[bytes]]:
        store, path = self._place(name)
        with store.open_input_file(path) as stream:
            yield stream

    def _place(self, name: str) -> tuple[FileSystem, str]:
        store, root = _store(self.url)
        return store, f"{root.rstrip('/')}/{name}"

    @contextlib.contextmanager
    def _sending(self, name: str) -> Iterator[IO[bytes]]:
        store, path = self._place(name)
        whole = store.type_name in _WHOLE_OBJECTS
        folder, _, own = path.rpartition("/")
        under = path if whole else f"{folder}/.{own}.{secrets.token_hex(8)}.part"
        if not whole:
            store.create_dir(folder, recursive=True)
        stream = store.open_output_stream(under)
        yield stream
        stream.close()
        if not whole:
            store.move(under, path)


class _Sent:
    """A file on a disk of this machine until it is sent to a store."""

    def __init__(self, folder: StoreFolder, name: str, path: Path) -> None:
        self._folder, self._name, self._path = folder, name, path
        self.stream: IO[bytes] = path.open("wb")

    def finish(self) -> None:
        self.stream.close()

    def put_in_place(self) -> None:
        self.finish()
        self._folder.send(self._name, self._path)
        self.discard()

    def discard(self) -> None:
        self.stream.close()
        self._path.unlink(missing_ok=True)


@cache
def _store(url: str) -> tuple[FileSystem, str]:
    """The store of a URL, and the path in it. Raises UsageError where it cannot be reached."""
    from pyarrow.fs import FileSystem, FSSpecHandler, PyFileSystem

    scheme = urlsplit(url).scheme
    try:
        if scheme in _OF_ARROW:
            store, path = FileSystem.from_uri(url)
            return store, str(path)
        import fsspec

        own, path = fsspec.core.url_to_fs(url)
        return PyFileSystem(FSSpecHandler(own)), str(path)
    except ImportError as error:
        said = f"what is at {scheme}:// is read by fsspec, which says: {why(error)}"
        raise UsageError(f"{StoreFolder(url)}: {said}") from error
    except (OSError, ValueError) as error:
        raise UsageError(f"{StoreFolder(url)}: the store cannot be reached: {why(error)}") from error


def is_url(text: str) -> bool:
    """True for the place of a store.

    >>> is_url("s3://bucket/studies/"), is_url("C:/studies/")
    (True, False)
    """
    return "://" in text


def folder_of(text: str) -> Folder:
    """A folder by its path or URL."""
    if text.startswith("file://"):
        return DiskFolder(Path(unquote(urlsplit(text).path)).resolve())
    return StoreFolder(text) if is_url(text) else DiskFolder(Path(text).resolve())

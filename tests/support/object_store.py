"""An object store on this machine: as much of S3 as a folder of parts asks for, over HTTP, objects held in memory.

It keeps what S3 promises: an object is there when its upload is complete, and whole; there are no folders.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

BUCKET = "studies"
#: most keys of one answer to a listing, so that it comes on several pages
PAGE = 5


@dataclass
class Store:
    """The objects of one bucket by key, and uploads that are not complete. `meet` is told of every request before it is
    answered: 'METHOD key', and the port that it comes from."""

    address: str = ""
    objects: dict[str, bytes] = field(default_factory=dict)
    begun: dict[str, dict[int, bytes]] = field(default_factory=dict)
    meet: Callable[[str, int], None] = lambda request, port: None

    def url(self, folder: str) -> str:
        """A folder of it, as a user names it."""
        return f"s3://key:secret@{BUCKET}/{folder}?scheme=http&endpoint_override={self.address}&region=us-east-1"


@contextmanager
def object_store() -> Iterator[Store]:
    """A store that answers while it is open."""
    store = Store()

    class Handler(_Handler):
        held = store

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            """Whoever asked may be gone."""

    server = Server(("127.0.0.1", 0), Handler)
    store.address = f"127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield store
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    held: Store
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        pass

    def _asked(self) -> tuple[str, dict[str, str]]:
        parts = urlsplit(self.path)
        key = unquote(parts.path).removeprefix(f"/{BUCKET}").removeprefix("/")
        self.held.meet(f"{self.command} {key}", self.client_address[1])
        return key, {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}

    def _answer(self, code: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if "Content_Length" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _none(self) -> None:
        self._answer(404, b"<Error><Code>NoSuchKey</Code></Error>" if self.command != "HEAD" else b"")

    def do_HEAD(self) -> None:
        key, _ = self._asked()
        if not key:
            self._answer(200)
        elif key in self.held.objects:
            self._answer(200, Content_Length=str(len(self.held.objects[key])), ETag='"x"')
        else:
            self._none()

    def do_GET(self) -> None:
        key, query = self._asked()
        if not key:
            self._list(query)
        elif key not in self.held.objects:
            self._none()
        else:
            data = self.held.objects[key]
            span = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
            if span is None:
                self._answer(200, data, ETag='"x"')
                return
            first, last = int(span[1]), min(int(span[2]), len(data) - 1)
            where = f"bytes {first}-{last}/{len(data)}"
            self._answer(206, data[first : last + 1], ETag='"x"', Content_Range=where)

    def _list(self, query: dict[str, str]) -> None:
        prefix, delimiter = query.get("prefix", ""), query.get("delimiter", "")
        keys, folders = [], set()
        for key in sorted(self.held.objects):
            if not key.startswith(prefix):
                continue
            head, found, _ = key[len(prefix) :].partition(delimiter) if delimiter else (key, "", "")
            if found:
                folders.add(prefix + head + delimiter)
            else:
                keys.append(key)
        after = query.get("continuation-token", "")
        rest = [key for key in keys if key > after]
        page = rest[: min(PAGE, int(query.get("max-keys", PAGE)))]
        more = len(rest) > len(page)
        held = self.held.objects
        body = "".join(
            f"<Contents><Key>{escape(key)}</Key><Size>{len(held[key])}</Size>"
            "<LastModified>2026-01-01T00:00:00.000Z</LastModified></Contents>"
            for key in page
        )
        body += "".join(f"<CommonPrefixes><Prefix>{escape(f)}</Prefix></CommonPrefixes>" for f in sorted(folders))
        body += f"<IsTruncated>{str(more).lower()}</IsTruncated><KeyCount>{len(page)}</KeyCount>"
        body += f"<NextContinuationToken>{escape(page[-1])}</NextContinuationToken>" if more else ""
        self._answer(200, f"<ListBucketResult>{body}</ListBucketResult>".encode(), Content_Type="application/xml")

    def _body(self) -> bytes:
        """What is sent: in chunks of HTTP, or with its length; and in it in chunks of S3, or plainly."""
        if self.headers.get("Transfer-Encoding") == "chunked":
            data = b""
            while size := int(self.rfile.readline(), 16):
                data += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
        else:
            data = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if "aws-chunked" not in self.headers.get("Content-Encoding", ""):
            return data
        whole = b""
        while data:
            head, _, data = data.partition(b"\r\n")
            size = int(head.split(b";")[0], 16)
            if not size:
                break
            whole, data = whole + data[:size], data[size + 2 :]
        return whole

    def do_PUT(self) -> None:
        key, query = self._asked()
        data = self._body()
        if "uploadId" in query:
            self.held.begun[query["uploadId"]][int(query["partNumber"])] = data
        elif key:
            self.held.objects[key] = data
        self._answer(200, ETag='"x"')

    def do_POST(self) -> None:
        key, query = self._asked()
        body = self._body()
        if "uploads" in query:
            name = f"upload{len(self.held.begun)}"
            self.held.begun[name] = {}
            answer = f"<InitiateMultipartUploadResult><UploadId>{name}</UploadId></InitiateMultipartUploadResult>"
        elif "delete" in query:
            for gone in re.findall(r"<Key>(.*?)</Key>", body.decode()):
                self.held.objects.pop(gone, None)
            answer = "<DeleteResult/>"
        else:
            pieces = self.held.begun.pop(query["uploadId"])
            self.held.objects[key] = b"".join(pieces[number] for number in sorted(pieces))
            answer = '<CompleteMultipartUploadResult><ETag>"x"</ETag></CompleteMultipartUploadResult>'
        self._answer(200, answer.encode(), Content_Type="application/xml")

    def do_DELETE(self) -> None:
        key, query = self._asked()
        if "uploadId" in query:
            self.held.begun.pop(query["uploadId"], None)
        else:
            self.held.objects.pop(key, None)
        self._answer(204)

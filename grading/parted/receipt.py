"""What came of a part: kept beside the graded parts, so that a later run knows what is done."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from grading.errors import take
from grading.parted.parts import Part
from grading.parted.place import Folder

#: beside the graded parts, where readers of a folder as one table do not look
ISSUES: Final = "_issues"
RECEIPTS: Final = "_receipts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A part that is graded: the run it belongs to, its own manifest, and the lengths [bytes] of what was written."""

    part: str
    identity: str
    graded_bytes: int
    issues_bytes: int
    manifest: Mapping[str, Any]

    @property
    def rows(self) -> int:
        """Rows in, and out."""
        return int(self.manifest["input"]["rows"])

    @property
    def sha256(self) -> str:
        """The digest of the part as it was read."""
        return str(self.manifest["input"]["sha256"])

    def write(self, folder: Folder) -> None:
        """Keep it. Raises OSError."""
        folder.write(receipt_name(self.part), (json.dumps(asdict(self), indent=2) + "\n").encode())


@dataclass(frozen=True, slots=True)
class Failure:
    """A part that is not graded, and the sentence for why."""

    part: str
    sentence: str


def receipt_of(folder: Folder, part: Part) -> Receipt | None:
    """The receipt of an earlier run; None where there is none that can be read. Raises OSError."""
    data = folder.read(receipt_name(part.name))
    with contextlib.suppress(ValueError, TypeError, AttributeError, KeyError):
        if data is not None:
            fields = json.loads(data)
            take(fields, Receipt.__dataclass_fields__, Receipt.__dataclass_fields__, part.name)
            receipt = Receipt(**fields)
            return receipt if receipt.rows >= 0 and receipt.sha256 else None
    return None


def receipt_name(part: str) -> str:
    """'_receipts/site=3/0.parquet.json'."""
    return f"{RECEIPTS}/{part}.json"


def issues_name(part: str) -> str:
    """'_issues/site=3/0.parquet.csv'."""
    return f"{ISSUES}/{part}.csv"

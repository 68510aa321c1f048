"""Makes damaged Parquet files for `tests/malformed/`: a sound file in which one byte is changed, the first change that
brings pyarrow to each of several ends. Run it anew when pyarrow mends one of them:

python tests/support/damage_parquet.py
"""

from __future__ import annotations

import io
import os
import resource
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

PLACE = Path(__file__).parents[1] / "malformed"
ROWS = 12
TABLE = pa.table({"id": [f"{n % 4:03d}" for n in range(ROWS)], "eroa_cm2": [0.45, 0.1, None] * (ROWS // 3)})
#: file -> how it is written, and what reading it must come to
WANTED: dict[str, tuple[dict[str, Any], str]] = {
    "rows_lost.parquet": ({}, "0 rows"),
    "aborts_the_reader.parquet": ({}, "signal 6"),
    "text_is_no_text.parquet": ({"use_dictionary": False}, "UnicodeDecodeError"),
    "code_without_text.parquet": ({"compression": "none", "use_dictionary": ["id"]}, "ArrowIndexError"),
    "page_of_another_sum.parquet": ({"write_page_checksum": True, "compression": "none"}, f"{ROWS} other rows"),
}
CHANGES = (1, 0xFF, 0x10, 0x80)


def reading(data: bytes) -> str:
    """What a plain program comes to that reads a file: '12 rows', '12 other rows', 'OSError', 'signal 6'."""
    file = pq.ParquetFile(io.BytesIO(data))
    meta = file.metadata
    for place in range(meta.num_row_groups * meta.num_columns):
        str(meta.row_group(place // meta.num_columns).column(place % meta.num_columns).total_compressed_size)
    names = [field.name for field in file.schema_arrow if pa.types.is_string(field.type)]
    batches = list(pq.ParquetFile(io.BytesIO(data), read_dictionary=names).iter_batches())
    for batch in batches:
        batch.to_pylist()
    table = pa.Table.from_batches(batches) if batches else file.schema_arrow.empty_table()
    other = table.num_rows == ROWS and table.to_pylist() != TABLE.to_pylist()
    return f"{table.num_rows} {'other ' * other}rows"


def end_of(data: bytes) -> str:
    """`reading`, in a process of its own."""
    told, tell = os.pipe()
    child = os.fork()
    if child == 0:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CPU, (5, 6))
        resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
        try:
            text = reading(data)
        except BaseException as error:
            text = type(error).__name__
        os.write(tell, text.encode())
        os._exit(0)
    os.close(tell)
    with os.fdopen(told) as pipe:
        text = pipe.read()
    status = os.waitpid(child, 0)[1]
    return f"signal {os.WTERMSIG(status)}" if os.WIFSIGNALED(status) else text


def damaged(data: bytes) -> Iterator[bytes]:
    """The file with one byte changed, between its marks."""
    for place in range(4, len(data) - 4):
        for change in CHANGES:
            yield data[:place] + bytes([(data[place] + change) % 256]) + data[place + 1 :]


def main() -> None:
    pa.set_cpu_count(1)
    for name, (how, wanted) in WANTED.items():
        sound = io.BytesIO()
        pq.write_table(TABLE, sound, **how)
        made = next((data for data in damaged(sound.getvalue()) if end_of(data) == wanted), None)
        if made is None:
            print(f"{name}: no change of one byte brings pyarrow {pa.__version__} to {wanted!r}")
        else:
            (PLACE / name).write_bytes(made)
            print(f"{name}: {len(made)} bytes, {wanted}")


if __name__ == "__main__":
    main()

"""pyarrow without pandas, which it would load to look at a list of texts: that takes longer than a small file."""

from __future__ import annotations

import sys
from importlib.abc import MetaPathFinder


class NoPandas(MetaPathFinder):
    """Put first among the finders of a process, it makes pandas one that is not installed."""

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> None:
        """Nothing, but for pandas an error that reads as its absence."""
        if fullname == "pandas":
            raise ModuleNotFoundError(fullname, name=fullname)


def leave_pandas_out() -> None:
    """Let pyarrow look for pandas now and not find it; whatever else of this process needs pandas still finds it.

    For a process that hands no pandas object to pyarrow.
    """
    import pyarrow as pa

    if "pandas" in sys.modules:
        return
    finder = NoPandas()
    sys.meta_path.insert(0, finder)
    try:
        pa.scalar("")
    finally:
        sys.meta_path.remove(finder)

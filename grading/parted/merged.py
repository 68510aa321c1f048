"""The receipts of all parts as one: the counts of a run, and its manifest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from grading.batch.agreed import Agreed
from grading.batch.summary import Apostrophes, Summary
from grading.parted.receipt import Failure, Receipt


def summary_of(receipts: Sequence[Receipt], agreed: Agreed) -> Summary:
    """What was done in all parts together."""
    summary = Summary(plan=agreed.plan, cell_format=agreed.cell_format)
    for manifest in (receipt.manifest for receipt in receipts):
        summary.rows += manifest["input"]["rows"]
        summary.statuses.update(manifest["status"])
        summary.severities.update(manifest["issues"])
        _add(summary.grades, manifest["grades"])
        _add(summary.valve_statuses, manifest.get("valve_status", {}))
        if "apostrophes" in manifest:
            changes = summary.apostrophes = summary.apostrophes or Apostrophes()
            changes.headers = max(changes.headers, manifest["apostrophes"]["headers"])
            changes.cells.update(manifest["apostrophes"]["cells"])
    read_as = Counter(receipt.manifest["input"]["read_as"] for receipt in receipts)
    files = f", {len(receipts)} part{'s' * (len(receipts) != 1)}"
    summary.read_as = "; ".join(sorted(read_as)) + files
    return summary


def merged_manifest(
    name: str, receipts: Sequence[Receipt], failures: Sequence[Failure], summary: Summary
) -> dict[str, Any]:
    """What is needed to repeat and to trust a run of parts: what each of them says, the counts added.

    It holds no time and no path, so that equal runs give equal files, on however many machines.
    """
    first = receipts[0].manifest
    parts = [{"name": r.part, "sha256": r.sha256, "rows": r.rows} for r in receipts]
    changes = summary.apostrophes
    counts: dict[str, Any] = {
        "input": {"name": name, "parts": parts, "read_as": summary.read_as, "rows": summary.rows},
        "status": _sorted(summary.statuses),
        "valve_status": {name: _sorted(counts) for name, counts in summary.valve_statuses.items()},
        "grades": {name: _sorted(counts) for name, counts in summary.grades.items()},
        "issues": _sorted(summary.severities),
    }
    if changes is not None:
        counts["apostrophes"] = {"headers": changes.headers, "cells": _sorted(changes.cells)}
    whole = {key: counts.get(key, value) for key, value in first.items()}
    return whole | ({"failed": {failure.part: failure.sentence for failure in failures}} if failures else {})


def _add(counts: dict[str, Counter[str]], more: Mapping[str, Mapping[str, int]]) -> None:
    for name, own in more.items():
        counts.setdefault(name, Counter()).update(own)


def _sorted(counts: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items()))

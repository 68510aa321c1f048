"""Grading a folder part by part: what is to be done is planned and counted here, and done by whoever is nearest."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Final

from grading.batch.agreed import Agreed
from grading.batch.job import Job
from grading.batch.pools import engine
from grading.batch.run import agree
from grading.batch.summary import Summary
from grading.batch.workers import Promise, WorkersDiedError
from grading.errors import UsageError, listed, option, why
from grading.parted.grade_part import PartGrader, identity_of, part_job
from grading.parted.merged import merged_manifest, summary_of
from grading.parted.parts import Part, parts_of, tables_in
from grading.parted.place import DiskFolder, Folder
from grading.parted.receipt import Failure, Receipt
from grading.reference.guideline import load_guideline, tables_digest
from grading.version import VERSION

#: written last, when every part is graded
SUCCESS: Final = "_SUCCESS"
#: readers of a folder as one table pass over it, as they do over all that begins so
MANIFEST: Final = "_graded.run.json"
#: parts that are looked at for how the table is read, where the first ones cannot be
_MOST_LOOKED_AT: Final = 5


@dataclass(frozen=True, slots=True)
class Ran:
    """What a run over parts did: the counts of those that are graded, and those that are not."""

    summary: Summary
    parts: int
    failures: Sequence[Failure]


def run_parts(
    job: Job, source: Folder, target: Folder, resume: bool = False,
    progress: Callable[[int, int], None] = lambda rows, size: None,
) -> Ran:  # fmt: skip
    """Grade every part of `source` into a part of `target` of the same name, by `job` for all but its files.

    What cannot be graded is named and left out; the others are graded, and a later run with `resume` does only what is
    missing. `progress` is told rows so far and the bytes of a part when it is done. Raises UsageError, with nothing
    done where no part can be graded, and with the parts that were done kept where the workers are gone.
    """
    for guideline in job.guidelines:
        load_guideline(guideline)
    if job.tidy is not None:
        raise UsageError("it is not written part by part; name a file to write", about="tidy")
    parts = parts_of(source)
    _refuse_target(source, target, parts, resume)
    agreed = _agreed(job, source, parts)
    identity = identity_of(job, agreed, f"{VERSION} {tables_digest()}")
    receipts: list[Receipt] = []
    failures: list[Failure] = []
    try:
        target.remove(SUCCESS)
        target.remove(MANIFEST)
        for part, outcome in _outcomes(job, source, target, parts, agreed, identity, resume):
            receipts += [outcome] if isinstance(outcome, Receipt) else []
            failures += [outcome] if isinstance(outcome, Failure) else []
            progress(sum(receipt.rows for receipt in receipts), part.size)
        receipts.sort(key=lambda receipt: receipt.part)
        failures.sort(key=lambda failure: failure.part)
        if not receipts:
            raise UsageError(f"none of the {len(parts)} parts could be graded; {_told(failures[0])}")
        summary = summary_of(receipts, agreed)
        manifest = merged_manifest(source.name, receipts, failures, summary)
        target.write(MANIFEST, (json.dumps(manifest, indent=2, ensure_ascii=False) + "\n").encode())
        if not failures:
            target.write(SUCCESS, b"")
    except OSError as error:
        raise UsageError(f"{target}: the run stopped: {why(error)}; {_ON}") from error
    return Ran(summary, len(parts), failures)


#: what is said where a run ends before its end
_ON: Final = f"parts that were done stay, and {option('resume')} goes on from there"


def _refuse_target(source: Folder, target: Folder, parts: Sequence[Part], resume: bool) -> None:
    """The parts go into a folder of their own, that of an earlier run only to go on. Raises UsageError."""
    inner, outer = (f"{folder}".rstrip("/\\") for folder in (target, source))
    if f"{inner}/".startswith(f"{outer}/") or f"{outer}/".startswith(f"{inner}/"):
        raise UsageError(f"{target} and {source} lie within each other; choose another folder", about="out")
    if isinstance(target, DiskFolder) and target.path.exists() and not target.path.is_dir():
        raise UsageError(f"{target} is a file; name a folder", about="out")
    try:
        there = target.files()
    except OSError as error:
        raise UsageError(f"cannot look into {target}: {why(error)}", about="out") from error
    if there and not resume:
        first = listed(sorted(there), 3)
        raise UsageError(
            f"{target} is not empty ({first}); give {option('resume')} to finish a run that was begun there, or name "
            "another folder"
        )
    strays = sorted(set(tables_in(there)) - {part.name for part in parts})
    if strays:
        raise UsageError(f"{target} holds parts that {source} does not ({listed(strays, 3)}); remove them")


def _agreed(job: Job, source: Folder, parts: Sequence[Part]) -> Agreed:
    """How the table is read, by the first part that can be. Raises UsageError where none of the first ones can."""
    refusals: list[UsageError] = []
    for part in parts[:_MOST_LOOKED_AT]:
        try:
            with tempfile.TemporaryDirectory(prefix="echograde-") as scratch:
                agreed = agree(part_job(job, part, source.fetched(part.name, Path(scratch))))
                return replace(agreed, first=part.name)
        except UsageError as error:
            refusals.append(error)
        except OSError as error:
            refusals.append(UsageError(f"{part.name}: it cannot be read: {why(error)}"))
    raise refusals[0]


def _outcomes(
    job: Job, source: Folder, target: Folder, parts: Sequence[Part], agreed: Agreed, identity: str, resume: bool
) -> Iterator[tuple[Part, Receipt | Failure]]:
    """What comes of every part. Without Dask one part after the other, on all threads; a worker of a cluster grades on
    the one that it has for the part."""
    elsewhere = job.engine != "local"
    own = replace(job, engine="local", scheduler=None, threads=1 if elsewhere else job.threads)
    grader = PartGrader(job=own, agreed=agreed, source=source, target=target, identity=identity, resume=resume)
    if not elsewhere:
        yield from ((part, grader.apply(part)) for part in parts)
        return
    with engine(job.engine, job.scheduler) as (workers, _):
        waiting = [workers.submit(grader.apply, part) for part in parts]
        suspects = []
        for part, promise in zip(parts, waiting, strict=True):
            outcome = _outcome(promise)
            if isinstance(outcome, WorkersDiedError):
                suspects.append(part)
            else:
                yield part, outcome
        for part in suspects:
            # workers may have died of another part, which waited on them with this one: now each is alone
            outcome = _outcome(workers.submit(grader.apply, part))
            yield part, Failure(part.name, outcome.sentence) if isinstance(outcome, WorkersDiedError) else outcome


def _outcome(promise: Promise[Receipt | Failure]) -> Receipt | Failure | WorkersDiedError:
    try:
        return promise.result()
    except WorkersDiedError as error:
        return error
    except UsageError as error:
        raise UsageError(f"{error.sentence}; {_ON}") from error


def _told(failure: Failure) -> str:
    return f"{PurePosixPath(failure.part)}: {failure.sentence}"

"""`echograde grade IN -o OUT/`: a folder graded part by part, and what is said of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from grading.cli.arguments import Place, as_flag
from grading.cli.ending import DONE, REJECTED, say
from grading.cli.progress import progress_bar
from grading.cli.run_text import run_text
from grading.errors import UsageError, written
from grading.explanation.report import NOTICE
from grading.formats.upload import STANDARD
from grading.writing import on_one_line

if TYPE_CHECKING:
    from grading.batch.job import Job
    from grading.parted.run import Ran

PARTS_STAY: Final = "stopped; parts that were done stay, and --resume goes on from there"


def grade_parts(job: Job, place: Place, out: Place | None, resume: bool, quiet: bool) -> int:
    """Grade every part of a folder into another; the exit code. Raises UsageError."""
    from grading.parted.place import folder_of
    from grading.parted.run import run_parts

    if place.path == STANDARD:
        raise UsageError("standard input is no folder of parts; name a file to write", about="out")
    if out is None or not out.is_folder:
        sentence = "what is in a store is graded part by part: name a folder to write, with / at its end"
        raise UsageError(sentence, about="out")
    with progress_bar(job, quiet, parts=True) as progress:
        ran = run_parts(job, folder_of(place.text), target := folder_of(out.text), resume, progress)
    for failure in ran.failures:
        # it is what the user has to mend, quiet or not
        say(on_one_line(f"echograde: {failure.part}: {written(failure.sentence, as_flag)}"), error=True)
    if not quiet:
        say(f"{run_text(ran.summary)}\n{parts_text(ran)}\nwrote {target}\n{NOTICE}", error=True)
    return REJECTED if ran.failures or ran.summary.rejected else DONE


def parts_text(ran: Ran) -> str:
    """How many parts were graded, and what to do about the others."""
    if not ran.failures:
        return f"{ran.parts} parts: all graded"
    number = len(ran.failures)
    return f"{ran.parts} parts: {number} not graded (named above); mend them, and give --resume"

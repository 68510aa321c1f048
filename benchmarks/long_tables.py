"""Long tables, one measurement a line: making them wide and grading them, beside a pivot hand-written for DuckDB.

Every run is a process of its own, timed after its imports; the contenders take turns, after one run each that is not
counted and whose wide tables are compared. The figure to quote is the ratio of the medians.

    python benchmarks/long_tables.py [--studies 206488] [--mixed] [--runs 5] [--before CHECKOUT] [--update-readme]
    python benchmarks/long_tables.py --once --studies 3700000          # 100 million lines, 5 GB: time and memory
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
from grading_files import Contest, Run, clear, compared, most_memory, update

#: label, unit, smallest and largest value, decimals, share of studies that have it: what a laboratory measures in all
#: and what it measures where a valve leaks, about 27 lines a study
LABELS = (
    ("lvef", "%", 20, 75, 0, 0.98), ("LVIDd", "cm", 3.5, 7, 1, 0.97), ("LVIDs", "cm", 2, 5.5, 1, 0.95),
    ("IVSd", "cm", 0.6, 1.6, 1, 0.97), ("LVPWd", "cm", 0.6, 1.6, 1, 0.97), ("LA Dimension", "cm", 2.5, 6, 1, 0.9),
    ("Ao Root Diam", "cm", 2.5, 4.5, 1, 0.95), ("Asc Ao", "cm", 2.5, 4.5, 1, 0.8),
    ("LVOT Diam", "cm", 1.7, 2.5, 1, 0.85),
    ("LVOT Vmax", "m/s", 0.6, 1.5, 1, 0.85), ("LVOT VTI", "cm", 14, 28, 0, 0.85), ("LVOT maxPG", "mmHg", 1, 9, 0, 0.8),
    ("AV Vmax", "m/s", 0.8, 4, 1, 0.95), ("AV maxPG", "mmHg", 3, 70, 0, 0.9), ("AV meanPG", "mmHg", 2, 40, 0, 0.4),
    ("MV E Vmax", "m/s", 0.4, 1.6, 1, 0.95), ("MV A Vmax", "m/s", 0.3, 1.3, 1, 0.9), ("MV E/A", "", 0.5, 2.5, 1, 0.9),
    ("MV Dec Time", "ms", 100, 350, 0, 0.9),
    ("E' lateral", "cm/s", 4, 16, 0, 0.85), ("E' septal", "cm/s", 3, 14, 0, 0.85),
    ("E/E'", "", 5, 25, 0, 0.8), ("TR Vmax", "m/s", 1.8, 4.5, 1, 0.7), ("TR maxPG", "mmHg", 13, 80, 0, 0.7),
    ("RVSP", "mmHg", 18, 90, 0, 0.6), ("TAPSE", "cm", 1, 2.8, 1, 0.5), ("HR", "bpm", 45, 120, 0, 0.98),
    ("BSA", "m2", 1.4, 2.5, 2, 0.98), ("LAVI", "ml/m2", 15, 60, 0, 0.5), ("LVEDV MOD BP", "ml", 60, 250, 0, 0.3),
    ("LVESV MOD BP", "ml", 20, 180, 0, 0.3), ("MR VC", "cm", 0.1, 0.9, 1, 0.05), ("MR Rad", "cm", 0.2, 1.3, 1, 0.05),
    ("MR Alias Vel", "cm/s", 30, 45, 0, 0.05), ("MR Vmax", "m/s", 4, 6, 1, 0.15), ("MR ERO", "cm2", 0.05, 0.6, 2, 0.04),
    ("MR RV", "ml", 5, 90, 0, 0.04), ("AR PHT", "ms", 150, 700, 0, 0.08), ("TR VC", "cm", 0.1, 1.2, 1, 0.02),
)  # fmt: skip
HEADER = "subject_id,study_id,measurement_datetime,test_type,measurement,result,unit\n"
VALUES = 400
#: studies written at a time
PIECE = 20_000
#: files over which lines are strewn to bring them into no order
HEAPS = 64
CONTESTS = (Contest("wide", "duckdb", 2), Contest("echograde", "before", 1 / 3))


def lines(first: int, studies: int, random: np.random.Generator) -> pa.Table:
    """The lines of some studies, those of each together."""
    shares = np.array([label[-1] for label in LABELS])
    study, label = np.nonzero(random.random((studies, len(LABELS))) < shares)
    when = np.datetime64("2150-01-01T08:00:00") + np.arange(first, first + studies).astype("m8[h]")
    day = pc.strftime(pa.array(when), format="%Y-%m-%d %H:%M:%S")
    pool = pa.array([f"{v:.{d}f}" for _, _, low, high, d, _ in LABELS for v in np.linspace(low, high, VALUES)])
    of_study, of_label = pa.array(study), pa.array(label)
    number = pa.array(np.arange(first, first + studies))
    return pa.table({
        "subject_id": pc.add(pc.divide(number, 3), 10_000_000).cast(pa.string()).take(of_study),
        "study_id": pc.add(number, 90_000_000).cast(pa.string()).take(of_study),
        "measurement_datetime": day.take(of_study),
        "test_type": pa.array(["TTE"] * studies).take(of_study),
        "measurement": pa.array([row[0] for row in LABELS]).take(of_label),
        "result": pool.take(pa.array(random.integers(0, VALUES, len(label)) + label * VALUES)),
        "unit": pa.array([row[1] for row in LABELS]).take(of_label),
    })  # fmt: skip


def write_long(studies: int, folder: Path) -> Path:
    """Write long-STUDIES.csv unless it is there."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"long-{studies}.csv"
    if path.exists():
        return path
    random = np.random.default_rng(20170401)
    options = pacsv.WriteOptions(include_header=False, quoting_style="none")
    with path.open("wb") as file:
        file.write(HEADER.encode())
        with pacsv.CSVWriter(file, lines(0, 1, random).schema, write_options=options) as writer:
            for first in range(0, studies, PIECE):
                writer.write_table(lines(first, min(PIECE, studies - first), random))
    return path


def write_mixed(grouped: Path) -> Path:
    """Write the same lines in no order, as mixed-STUDIES.csv, unless it is there."""
    path = grouped.with_name(grouped.name.replace("long", "mixed"))
    if path.exists():
        return path
    random = np.random.default_rng(20170402)
    names = HEADER.strip().split(",")
    options = pacsv.WriteOptions(include_header=False, quoting_style="none")
    convert = pacsv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False)

    def in_no_order(table: pa.Table) -> pa.Table:
        return table.take(pa.array(random.permutation(len(table))))

    with tempfile.TemporaryDirectory(dir=path.parent) as folder, path.open("wb") as file:
        heaps = [Path(folder) / str(heap) for heap in range(HEAPS)]
        schema = pa.schema([(name, pa.string()) for name in names])
        writers = [pacsv.CSVWriter(heap, schema, write_options=options) for heap in heaps]
        for batch in pacsv.open_csv(grouped, pacsv.ReadOptions(block_size=1 << 24), convert_options=convert):
            table = in_no_order(pa.table(batch))
            bounds = np.linspace(0, len(table), HEAPS + 1).astype(int).tolist()
            for writer, (start, end) in zip(writers, pairwise(bounds), strict=True):
                writer.write_table(table.slice(start, end - start))
        for writer in writers:
            writer.close()
        file.write(HEADER.encode())
        for heap in heaps:
            table = pacsv.read_csv(heap, pacsv.ReadOptions(column_names=names), convert_options=convert)
            pacsv.write_csv(in_no_order(table), file, options)
    return path


# --- contenders


def echograde() -> Callable[[Path, Path], object]:
    """`echograde grade IN --layout long -q`: graded studies, issues and manifest."""
    import grading.batch.run
    import grading.rows.schema
    from grading.batch.job import Job, Long

    pa.set_memory_pool(pa.system_memory_pool())
    return lambda source, target: grading.batch.run.run(Job(source, target, long=Long()))


def wide() -> Callable[[Path, Path], object]:
    """The same reading, checks and pivot, and the wide table written as CSV without a grade."""
    import contextlib

    from grading.batch.job import Job, Long
    from grading.batch.long_source import widened
    from grading.batch.open_source import open_source

    pa.set_memory_pool(pa.system_memory_pool())

    def work(source: Path, target: Path) -> None:
        with contextlib.ExitStack() as stack:
            job = Job(source, target, long=Long())
            table, _ = widened(job, open_source(job, stack), stack)
            options = pacsv.WriteOptions(quoting_style="needed")
            with pacsv.CSVWriter(target, table.schema, write_options=options) as writer:
                for piece in table.pieces():
                    writer.write_table(piece.table)

    return work


def duckdb() -> Callable[[Path, Path], object]:
    """The same pivot in one query: no check of units, values, repeats, dates or line ends, and no order of studies."""
    import duckdb as engine

    from grading.longtable.labels import Labels, wide_header

    columns = []
    for label, unit, *_ in LABELS:
        meaning = Labels().read(label, unit=unit)
        if meaning.measurement:
            header = wide_header(meaning.measurement, meaning.valve, None if unit == "" else meaning.unit)
            own = label.replace("'", "''")
            columns.append(f"first(result) filter (measurement = '{own}') as \"{header}\"")
    select = ", ".join(columns)

    def work(source: Path, target: Path) -> None:
        connection = engine.connect()
        connection.execute(f"set memory_limit = '1GB'; set temp_directory = '{target.parent}'")
        read = f"read_csv('{source}', header = true, all_varchar = true, delim = ',', quote = '\"')"
        connection.execute(f"copy (select study_id, {select} from {read} group by study_id) to '{target}' (header)")

    return work


CONTENDERS = {"echograde": echograde, "before": echograde, "wide": wide, "duckdb": duckdb}


def alone(name: str, source: str, target: str) -> Run:
    """One contender's work in this process; its memory with that of the processes it began."""
    # pyarrow would load it while the clock runs; the command line keeps it out
    import pandas  # noqa: F401

    work = CONTENDERS[name]()
    before, start = time.process_time(), time.perf_counter()
    work(Path(source), Path(target))
    seconds, processor = time.perf_counter() - start, time.process_time() - before
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    return Run(seconds, processor, most_memory() + children)


def run(name: str, source: Path, target: Path, before: Path | None) -> Run:
    """One contender's work in a process of its own, on a disk with nothing left to write."""
    clear(target)
    os.sync()
    checkout = before if name == "before" else Path(__file__).parents[1]
    environment = {**os.environ, "PYTHONPATH": str(checkout)}
    command = [sys.executable, __file__, "--alone", name, str(source), str(target)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=environment)
    return Run(**json.loads(done.stdout))


def check(tables: list[Path]) -> None:
    """Both wide tables hold the same cells, or the run ends here."""
    options = pacsv.ConvertOptions(strings_can_be_null=False)
    read = [pacsv.read_csv(path, convert_options=options).sort_by("study_id") for path in tables]
    other = [name for name in read[0].column_names if not read[0][name].equals(read[1][name])]
    print(f"wide tables: {read[0].num_rows:,} studies, columns with another cell: {', '.join(other) or 'none'}")
    if other:
        raise SystemExit(1)


def main() -> None:
    """Compare the wide tables, time all in turn, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--studies", type=int, default=206_488)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--before", type=Path, help="another checkout, whose command is timed too")
    parser.add_argument("--once", action="store_true", help="run once, to see time and memory")
    parser.add_argument("--mixed", action="store_true", help="the lines of all studies in no order")
    folder = Path(tempfile.gettempdir()) / "echograde-bench"
    parser.add_argument("--folder", type=Path, default=folder, help="where the files are made")
    parser.add_argument("--update-readme", action="store_true", help="put the figures into benchmarks/README.md")
    asked = parser.parse_args()
    source = write_long(asked.studies, asked.folder)
    source = write_mixed(source) if asked.mixed else source
    contests = [contest for contest in CONTESTS if contest.rival != "before" or asked.before]
    names = [name for contest in contests for name in (contest.ours, contest.rival)]
    names = list(dict.fromkeys([*names, "echograde"])) if not asked.once else ["wide", "duckdb", "echograde"]
    targets = {name: asked.folder / f"long-by-{name}.csv" for name in names}
    done: dict[str, list[Run]] = {name: [] for name in names}
    try:
        for name in names if not asked.once else ():
            run(name, source, targets[name], asked.before)
        if not asked.once:
            check([targets["wide"], targets["duckdb"]])
        for name in names * (1 if asked.once else asked.runs):
            done[name].append(run(name, source, targets[name], asked.before))
            clear(targets[name])
            print(name, done[name][-1], flush=True)
    finally:
        for target in targets.values():
            clear(target)
    with source.open("rb") as file:
        count = sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 24), b"")) - 1
    figures = compared(count, contests[:1] if asked.once else contests, done).replace(" rows,", " lines,", 1)
    print(figures)
    if asked.update_readme:
        order = "long tables in no order" if asked.mixed else "long tables"
        update(f"{order} at once" if asked.once else order, figures)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--alone"]:
        one = alone(*sys.argv[2:])
        print(json.dumps({"seconds": one.seconds, "processor": one.processor, "memory": one.memory}))
    else:
        main()

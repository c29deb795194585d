"""`python -m benchmarks [NAME ...]`: measure, print a line a row, fail on a row under its floor."""

import argparse
import contextlib
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from benchmarks.bench import Bench
from benchmarks.errors import MeasureError, SkippedError
from benchmarks.figures import NEVER, Row, Verdict, skipped
from benchmarks.pace import pace
from benchmarks.rows import ROWS, Benchmark

_HEAD = ("name", "value", "unit", "anchor in the same run", "ratio", "goal", "floor", "verdict")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the rows asked for; return 1 if one misses its floor, 2 for a name that is none."""
    options = _parser().parse_args(arguments)
    try:
        chosen = _chosen(options.rows)
    except KeyError as error:
        print(f"no benchmark is called {error.args[0]}; there are: {_names()}", file=sys.stderr)
        return 2
    with _folder(options.folder) as folder:
        bench = Bench(folder, small=options.small, display=options.display)
        try:
            rows = list(_run(bench, chosen))
        finally:
            bench.close()
    _print_notes(rows)
    return 1 if any(row.verdict is Verdict.FAIL for row in rows) else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="NAME", help="numbers or names; all if none")
    parser.add_argument(
        "--small",
        action="store_true",
        help="10,000 patients for 100,000 and 100,000 for 1,000,000; 20 kills for 200",
    )
    parser.add_argument(
        "--folder", type=Path, help="keep vaults here for the next run (default: removed)"
    )
    parser.add_argument("--display", type=int, help="number of the X display (default: a free one)")
    return parser


def _names() -> str:
    return ", ".join(f"{row.number} {row.name}" for row in ROWS)


def _chosen(names: Sequence[str]) -> tuple[Benchmark, ...]:
    by_name = {row.name: row for row in ROWS} | {str(row.number): row for row in ROWS}
    return tuple(by_name[name] for name in names) or ROWS


@contextlib.contextmanager
def _folder(kept: Path | None) -> Iterator[Path]:
    if kept is not None:
        kept.mkdir(parents=True, exist_ok=True)
        yield kept.resolve()
        return
    folder = Path(tempfile.mkdtemp(prefix="mesodesk-bench-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(bench: Bench, chosen: Iterable[Benchmark]) -> Iterator[Row]:
    print(" | ".join(_HEAD), flush=True)
    for benchmark in chosen:
        for row in _measured(bench, benchmark):
            cells = row.cells(row.judged(lambda: pace(bench)))
            print(f"{benchmark.number:>2} {' | '.join(cells)}", flush=True)
            yield row


def _measured(bench: Bench, benchmark: Benchmark) -> list[Row]:
    try:
        return benchmark.measure(bench)
    except SkippedError as reason:
        return [skipped(benchmark.name, str(reason))]
    except MeasureError as error:
        # A row that could not be measured has not met its floor.
        return [Row(benchmark.name, limits=(NEVER,), note=str(error))]


def _print_notes(rows: Sequence[Row]) -> None:
    for row in rows:
        if row.note:
            print(f"{row.name}: {row.note}")


if __name__ == "__main__":
    sys.exit(main())

"""One clinic for all faults, a disk that is quick to work on, and the recording library."""

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).resolve().parent
# Helpers are modules of their own: those that need another process run as scripts.
sys.path[:0] = [str(HERE), str(HERE.parent / "e2e")]

SEED = "20260401"
_ROOM = 1 << 30


@pytest.fixture(scope="session")
def quick_place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder in memory where there is one: what syncing does is simulated, not the disk's."""
    memory = Path("/dev/shm")  # noqa: S108
    if not memory.is_dir() or shutil.disk_usage(memory).free < _ROOM:
        yield tmp_path_factory.mktemp("faults")
        return
    with tempfile.TemporaryDirectory(dir=memory, prefix="faults-") as folder:
        yield Path(folder).resolve()


@pytest.fixture
def place(quick_place: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    """A folder of this test alone."""
    folder = Path(tempfile.mkdtemp(dir=quick_place))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def start(quick_place: Path) -> Path:
    """A folder with a closed vault in it, of a clinic with a session in draft; not to be opened."""
    from vaults import clinic_at_work

    folder = quick_place / "start"
    folder.mkdir()
    clinic_at_work(folder / "vault")
    return folder


@pytest.fixture
def vault_folder(start: Path, place: Path) -> Path:
    """A copy of that vault."""
    return Path(shutil.copytree(start / "vault", place / "vault"))


@pytest.fixture(scope="session")
def library(quick_place: Path) -> Path:
    """The compiled library that notes calls; without a compiler these tests are skipped."""
    from cut_runs import compile_shim

    made = compile_shim(quick_place)
    if isinstance(made, str):
        print(made)
        pytest.skip(made)
    return made


@pytest.fixture(scope="session")
def court() -> Iterator[Any]:
    """The processes that judge cuts."""
    from cut_runs import Court

    made = Court()
    yield made
    made.close()


@pytest.fixture
def trial(court: Any, place: Path) -> Callable[..., Any]:
    """Cuts the power of a recorded run so many times; prints and returns what came of it."""

    def hold(recording: Any, *, cuts: int, seed: str = SEED, within: str = "") -> Any:
        found = court.judge(recording, place / "cuts", seed=seed, cuts=cuts, within=within)
        print(f"seed {seed}, " + found.figures(within or recording.root.parent.name))
        return found

    return hold

"""What every test stands on: no screen, one locale, no surprising log record, no window left."""

import gc
import json
import logging
import os
import zipfile
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest
from figures import figure, pytest_terminal_summary
from hypothesis import settings
from known_items import known_items
from statements import compiled_once

__all__ = ["figure", "pytest_terminal_summary"]

# A law that fails must fail for everybody and again: by default each test draws the same examples
# on every run. `make test-long` draws new ones, and prints how to have them again.
# No deadline: how fast a machine is says nothing of what is right.
settings.register_profile("repeated", derandomize=True, deadline=None, max_examples=50)
settings.register_profile(
    "explored", derandomize=False, deadline=None, max_examples=300, print_blob=True
)
settings.load_profile("repeated")

os.environ["QT_QPA_PLATFORM"] = os.environ.get("QT_QPA_PLATFORM_TEST", "offscreen")
os.environ.pop("QT_SCALE_FACTOR", None)
os.environ["LC_ALL"] = "C.UTF-8"
os.environ["LANGUAGE"] = "en"


def pytest_configure(config: pytest.Config) -> None:
    """Pass over what the offscreen platform says of every window."""
    config.addinivalue_line("qt_log_ignore", "This plugin does not support propagateSizeHints")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give a test that is said to take minutes half an hour, if it names no limit of its own."""
    for item in items:
        if item.get_closest_marker("long") and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(1800))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Fail a test that lets Python know an item of a layout which Qt made, and may delete.

    Whatever comes to lie at its place in memory is then taken for it, and the program ends.
    """
    result = yield
    if "qapp" in getattr(item, "fixturenames", ()):
        known = known_items()
        assert not known, f"Python knows items of layouts: {known}"
    return result


@pytest.fixture(scope="session", autouse=True)
def _compiled_once() -> Iterator[None]:
    with compiled_once():
        yield


@pytest.fixture(scope="session")
def _settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where the settings of each test lie, one after the other."""
    folder = tmp_path_factory.mktemp("settings")
    return (folder / str(each) for each in count())


@pytest.fixture(autouse=True)
def _settings_of_its_own(_settings: Iterator[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no test find what another, or who runs this, has had this computer remember."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(next(_settings)))


@pytest.fixture(scope="session")
def qapp(qapp):
    """The application, dressed in the program's theme."""
    from PySide6.QtCore import QLocale

    from mesodesk.ui import theme

    QLocale.setDefault(QLocale("en_GB"))
    theme.watcher().forced = False
    theme.start(qapp)
    return qapp


@pytest.fixture
def qtbot(qapp, request):
    """A hand for widgets; it waits as long as a busy machine needs."""
    from PySide6.QtGui import QCursor
    from waiting import PatientBot

    # Where it is for the first test: a move to where the one before left it would be none.
    QCursor.setPos(0, 0)
    return PatientBot(request)


class LogBook(logging.Handler):
    """Collects what is logged at WARNING or above, less what a test has announced."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.unexpected: list[logging.LogRecord] = []
        self.expected: list[logging.LogRecord] = []
        self._awaited: list[tuple[str, int]] = []

    def emit(self, record: logging.LogRecord) -> None:
        if any(
            record.name.startswith(name) and record.levelno == level
            for name, level in self._awaited
        ):
            self.expected.append(record)
        else:
            self.unexpected.append(record)

    @contextmanager
    def expects(
        self, logger: str, level: int = logging.WARNING
    ) -> Iterator[list[logging.LogRecord]]:
        """Allow, and demand, a record of that logger and level inside the block."""
        before = len(self.expected)
        self._awaited.append((logger, level))
        caught: list[logging.LogRecord] = []
        try:
            yield caught
        finally:
            self._awaited.remove((logger, level))
            caught.extend(self.expected[before:])
        assert caught, f"{logger} logged nothing"


@pytest.fixture(autouse=True)
def log_book() -> Iterator[LogBook]:
    """Fail a test in which something is logged at WARNING or above that it does not expect."""
    book = LogBook()
    root = logging.getLogger()
    root.addHandler(book)
    yield book
    root.removeHandler(book)
    told = [f"{one.name}: {one.getMessage()}" for one in book.unexpected]
    assert not told, f"unexpected log records: {told}"


_tests_run = 0


@pytest.fixture(autouse=True)
def collected_here(request: pytest.FixtureRequest) -> Iterator[None]:
    """Collect garbage between tests, on this thread, as the program does: never on a worker.

    After each test with widgets, which must not outlive it; of the others it can pile up a while.
    """
    global _tests_run  # noqa: PLW0603
    gc.disable()
    yield
    _tests_run += 1
    if "qapp" in request.fixturenames or _tests_run % 20 == 0:
        gc.collect(2 if _tests_run % 100 == 0 else 1)


@pytest.fixture(autouse=True)
def no_window_left() -> Iterator[None]:
    """Fail a test that leaves a top-level widget behind."""
    yield
    from PySide6.QtCore import QCoreApplication, QEvent
    from PySide6.QtWidgets import QApplication

    if not isinstance(QApplication.instance(), QApplication):
        return
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    left = _windows()
    if left:
        gc.collect()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        left = _windows()
    assert not left, f"windows left open: {left}"


def _windows() -> list[str]:
    from PySide6.QtWidgets import QApplication

    return [
        f"{type(widget).__name__} {widget.objectName()!r}"
        for widget in QApplication.topLevelWidgets()
        if not (widget.objectName() == "qtooltip_label" or type(widget).__name__ == "QMenu")
    ]


GOLDEN = Path(__file__).parent / "data" / "schemas"


@dataclass(frozen=True)
class GoldenVault:
    """A vault made by an earlier version of the program, and what opens it."""

    folder: Path
    revision: str
    password: str
    data_key: bytes
    salt: bytes

    @property
    def database(self) -> Path:
        return self.folder / "clinic.db"


@pytest.fixture
def golden(tmp_path: Path) -> Callable[[str], GoldenVault]:
    """Lays out a fresh copy of the vault of a schema revision; see `tools/golden_vault.py`."""

    def lay_out(revision: str, kept_in: Path = GOLDEN) -> GoldenVault:
        folder = tmp_path / f"golden-{revision}"
        with zipfile.ZipFile(kept_in / f"{revision}.zip") as packed:
            packed.extractall(folder)
        opens = json.loads((folder / "opens-with.json").read_bytes())
        return GoldenVault(
            folder / "vault",
            revision,
            opens["password"],
            bytes.fromhex(opens["data_key"]),
            bytes.fromhex(opens["salt"]),
        )

    return lay_out

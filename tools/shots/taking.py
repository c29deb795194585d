"""Opens the program on the demonstration clinic, goes from page to page, and takes pictures."""

from __future__ import annotations

import contextlib
import io
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from PySide6.QtWidgets import QWidget

    from mesodesk.app import Application

SIZE = (1366, 768)
LARGE = (1440, 900)
PATIENCE_S = 300.0
"""A busy machine may take so long over one page."""
NO_CLINIC_YET = "/home/claire/.local/share/Mesodesk/vault"
"""Shown in the pictures of the first start; nothing is made there."""
_NEVER_MS = 2**31 - 1
QUIET_S = 0.45
"""Nothing must be under way for so long before a picture is taken."""
QUIET_TICKS = 15
"""So often must the program have been seen idle meanwhile: it may have stood still itself."""

AT_200 = {
    "patient-measurements",
    "first-run-recovery", "today", "patient-overview", "patient-intake", "session-check",
    "session-prepare", "session-chart", "session-finish", "follow-up", "stock", "people", "safety",
}  # fmt: skip
"""What is kept at 200 % if nothing is asked for by name."""

Tour = Generator[str | None, None, None]
"""Yields the name of a picture to take once everything is quiet; None just waits for that."""


def make_clinic(folder: Path, moment: datetime) -> Path:
    """Return the folder of the demonstration clinic of a moment, made if need be."""
    from mesodesk.demo import make_demo

    _stand_still(moment)
    return make_demo(folder, _say, moment)


def take_all(demo: Path, album: Album, moment: datetime) -> int:
    """Take every picture of an album; return 0, or 1 if some could not be taken.

    Args:
        demo: a demonstration clinic, which the tours change.
        album: where to, at which scale, which ones.
        moment: at which the program's clock stands.
    """
    from mesodesk.app import run
    from mesodesk.demo import DEMO_PASSWORD
    from shots import bodies, tours

    _stand_still(moment)
    codes = [0]
    if album.wants_any(("first-run",)):
        with _playing(tours.gate, album):
            codes.append(run(Path(NO_CLINIC_YET)))
    if any(album.wants_any(names) for names, _part in tours.PARTS):
        with _playing(tours.desk, album):
            codes.append(run(demo, DEMO_PASSWORD))
    if album.wants_any(("restore",)):
        with _playing(tours.restoring, album), _beside_a_backup(demo) as nothing_yet:
            codes.append(run(nothing_yet))
    if album.is_whole:
        bodies.keep_views(album.folder)
        bodies.keep_fields(album)
    return 1 if album.is_broken else max(codes)


@contextlib.contextmanager
def _beside_a_backup(demo: Path) -> Iterator[Path]:
    """Yield a folder without a vault, beside which a backup of the demonstration clinic lies."""
    from mesodesk.demo import DEMO_PASSWORD
    from mesodesk.domain.clock import SystemClock
    from mesodesk.vault import finding_backups
    from mesodesk.vault.backing_up import FolderTarget, make_backup, source_of
    from mesodesk.vault.places import default_place
    from mesodesk.vault.vault import open_vault

    with tempfile.TemporaryDirectory(prefix="clinic-") as scratch:
        folder = Path(scratch) / "vault"
        place = default_place(folder)
        place.mkdir()
        with open_vault(demo, password=DEMO_PASSWORD) as vault:
            target = FolderTarget(place)
            make_backup(source_of(vault), target, reason="asked", clock=SystemClock())
        setattr(finding_backups, "volumes", tuple)  # noqa: B010  nothing plugged in is in a picture
        yield folder


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr)


def _stand_still(moment: datetime) -> None:
    """Let the program's clock stand at a moment, and no backup begin: a banner would tell of it."""
    from mesodesk.domain.clock import SystemClock
    from mesodesk.ui import backup_watch

    for wait in ("AFTER_CHANGES_MS", "FIRST_MS", "STICKS_MS"):
        setattr(backup_watch, wait, _NEVER_MS)

    def now(_clock: SystemClock) -> datetime:
        return moment

    SystemClock.now = now  # type: ignore[method-assign,assignment]


class Album:
    """Writes pictures: few colours are enough for them, and keep the files small.

    Args:
        folder: where the pictures go.
        scale: 1 or 2; at 2 only some are taken, unless they are asked for.
        only: how the names of those begin that are asked for; all of them if empty.
        size: width and height of the window.
    """

    def __init__(
        self,
        folder: Path,
        scale: int,
        only: Sequence[str] = (),
        size: tuple[int, int] = SIZE,
    ) -> None:
        self.folder = folder
        self.scale = scale
        self.only = tuple(only)
        self.size = size
        self.is_broken = False

    def tell(self, trouble: str) -> None:
        """Say what cannot be taken; the rest is taken all the same."""
        self.is_broken = True
        print(f"screenshots: {trouble}", file=sys.stderr, flush=True)

    @property
    def is_whole(self) -> bool:
        """Whether pictures of everything are wanted, those without a window too."""
        return self.scale == 1 and not self.only and self.size == SIZE

    def wants(self, name: str) -> bool:
        """Tell whether a picture is to be taken."""
        if self.only:
            return name.startswith(self.only)
        return self.scale == 1 or name in AT_200

    def wants_any(self, beginnings: Sequence[str]) -> bool:
        """Tell whether a picture may be wanted whose name begins in one of some ways."""
        if self.only:
            return any(
                each.startswith(wanted) or wanted.startswith(each)
                for each in beginnings
                for wanted in self.only
            )
        return self.scale == 1 or any(name.startswith(tuple(beginnings)) for name in AT_200)

    def keep(self, window: QWidget, name: str) -> None:
        """Write a picture of the window."""
        from PIL import Image
        from PySide6.QtCore import QBuffer

        buffer = QBuffer()
        buffer.open(QBuffer.OpenModeFlag.WriteOnly)
        window.grab().save(buffer, "PNG")
        picture = Image.open(io.BytesIO(bytes(buffer.data().data()))).convert("RGB")
        few = picture.quantize(256, kmeans=2, dither=Image.Dither.NONE)
        few.save(self.folder / f"{name}.png", optimize=True)
        print(f"{name}.png", flush=True)


class _playing:  # noqa: N801 - reads as a verb
    """Lets the next program that is started go on a tour."""

    def __init__(self, tour: Callable[[Application, Album], Tour], album: Album) -> None:
        self._tour = tour
        self._album = album

    def __enter__(self) -> None:
        from mesodesk.app import Application

        self._show = Application.show
        tour, album, show = self._tour, self._album, self._show

        def show_and_tour(application: Application) -> None:
            show(application)
            application.window.showNormal()  # on a small screen it fills it
            application.window.resize(*album.size)
            guide = Guide(application, tour(application, album), album)
            application.guide = guide  # type: ignore[attr-defined]

        Application.show = show_and_tour  # type: ignore[method-assign,assignment]

    def __exit__(self, *_error: object) -> None:
        from mesodesk.app import Application

        Application.show = self._show  # type: ignore[method-assign]


class Guide:
    """Leads the tour on whenever nothing has been under way for a while."""

    def __init__(self, application: Application, tour: Tour, album: Album) -> None:
        from PySide6.QtCore import QTimer

        self._application = application
        self._tour = tour
        self._album = album
        self._name: str | None = None
        self._last = "the start"
        self._quiet_since = time.monotonic()
        self._moved_at = self._quiet_since
        self._quiet_ticks = 0
        self._inside = False
        self._timer = QTimer()
        self._timer.setInterval(20)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def _tick(self) -> None:
        now = time.monotonic()
        if self._inside:
            return
        self._quiet_ticks += 1
        if self._is_busy():
            self._quiet_since, self._quiet_ticks = now, 0
        if now - self._moved_at > PATIENCE_S:
            self._stop(1, f"the program does not come to rest after {self._last}")
        elif self._quiet_ticks < QUIET_TICKS:
            return
        elif now - max(self._quiet_since, self._moved_at) > QUIET_S:
            self._inside = True
            try:
                self._go_on()
            finally:
                self._inside = False

    def _is_busy(self) -> bool:
        """Tell whether something is read, written, or made bit by bit, such as a chart."""
        from PySide6.QtWidgets import QWidget

        from mesodesk.ui.turns import Turns

        if self._application.jobs.is_busy():
            return True
        for each in self._application.window.findChildren(Turns):
            page = each.parent()
            if isinstance(page, QWidget) and page.isVisible() and each.is_running():
                return True
        return False

    def _go_on(self) -> None:
        if self._name is not None:
            self._take(self._name)
            self._last = self._name
        try:
            self._name = next(self._tour)
        except StopIteration:
            self._stop(0)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is said
            self._stop(1, f"the tour broke off after {self._last}: {error!r}")
        self._moved_at, self._quiet_ticks = time.monotonic(), 0

    def _take(self, name: str) -> None:
        window, album = self._application.window, self._album
        if not album.wants(name):
            return
        if album.scale != 1:
            album.keep(window, f"{name}-{album.scale}00")
            return
        from mesodesk.ui import theme

        for dark in (True, False):
            theme.force(dark)
            album.keep(window, f"{name}-{'dark' if dark else 'light'}")
        if name == "session-chart" and album.size == SIZE:
            window.resize(*LARGE)
            album.keep(window, "chart-1440")
            window.resize(*SIZE)

    def _stop(self, code: int, why: str = "") -> None:
        from PySide6.QtWidgets import QApplication

        self._timer.stop()
        if why:
            self._album.tell(why)
        self._application.window.close()
        QApplication.exit(code)

"""The main window: rail, pages, status strip, command palette, key overview, lock cover.

window = MainWindow()
window.add_page(TodayPage(context), in_rail=True)
window.add_lazy_page("stock", tr("Stock"), "flask-outline", make_stock)
window.open("patient", patient_id=patient.id, tab="intake")
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from mesodesk.ui.frame.covered import NAME
from mesodesk.ui.frame.handed import HandingWindow

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from PySide6.QtGui import QCloseEvent, QKeyEvent, QShowEvent
    from PySide6.QtWidgets import QStackedWidget

    from mesodesk.ui.frame.frame import Frame
    from mesodesk.ui.frame.idle import IdleWatch
    from mesodesk.ui.frame.page import KeyHelp, Page
    from mesodesk.ui.frame.palette import CommandPalette
    from mesodesk.ui.frame.rail import Rail
    from mesodesk.ui.frame.status import StatusStrip
    from mesodesk.ui.frame.trail import Stop, Trail
    from mesodesk.ui.jobs import Jobs
    from mesodesk.ui.tokens import Kind
    from mesodesk.ui.widgets.cards import Notice


class MainWindow(HandingWindow):
    """The one window. Its title names the program and the kind of page, never a patient."""

    page_changed = Signal(str)

    closing = Signal()
    """The window closes; everything is kept."""

    def __init__(self, jobs: Jobs | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("main_window")
        self.setWindowTitle(NAME)
        self.resize(1280, 800)
        self.setMinimumSize(960, 600)
        self._jobs = jobs
        self.may_close: Callable[[], bool] | None = None
        """Asked before the window closes, once all is written; who answers no closes it later."""
        self.begin_again = False
        """Whether the program goes on with a new window once this one is closed."""
        self._pages: dict[str, Page] = {}
        self._makers: dict[str, Callable[[], Page]] = {}
        self._focus_before: QWidget | None = None
        self._palette: QWidget | None = None
        self.key_help: list[KeyHelp] = []
        if jobs is not None:
            jobs.troubled.connect(self.show_trouble)

    @cached_property
    def frame(self) -> Frame:
        """Rail, notices, pages and status strip. Made after the first paint, which needs none."""
        from mesodesk.ui.frame.frame import Frame

        frame = Frame(self._root)
        frame.rail.selected.connect(self._rail_selected)
        frame.rail.locked.connect(self.ask_lock)
        frame.rail.person_asked.connect(self.ask_switch)
        frame.status.palette_asked.connect(self.open_palette)
        frame.status.keys_asked.connect(self.open_keys)
        frame.setVisible(not self.is_covered())
        self._column.addWidget(frame)
        self._add_keys(frame)
        return frame

    @property
    def rail(self) -> Rail:
        return self.frame.rail

    @property
    def status(self) -> StatusStrip:
        return self.frame.status

    @property
    def stack(self) -> QStackedWidget:
        return self.frame.stack

    @cached_property
    def _trail(self) -> Trail:
        from mesodesk.ui.frame.trail import Trail

        return Trail()

    @cached_property
    def idle_watch(self) -> IdleWatch:
        """Notices that nobody is there."""
        from mesodesk.ui.frame.idle import IdleWatch

        watch = IdleWatch(self)
        watch.idle.connect(self.ask_lock)
        watch.watch(self.windowHandle())
        return watch

    def fit_screen(self) -> None:
        """Take the whole of a small screen, and a pleasant part of a large one."""
        room = self.screen().availableGeometry()
        self.resize(min(1440, room.width()), min(900, room.height()))
        if room.width() <= 1440 or room.height() <= 900:
            self.setWindowState(Qt.WindowState.WindowMaximized)

    def _add_keys(self, frame: Frame) -> None:
        for keys, text, slot in (
            ("Ctrl+K", self.tr("Find a patient, page or command"), self.open_palette),
            ("?", self.tr("Show these keys"), self.open_keys),
            ("Ctrl+L", self.tr("Lock the window"), self.ask_lock),
            ("Ctrl+Shift+L", self.tr("Switch person"), self.ask_switch),
            ("Alt+Left", self.tr("Go back"), self.back),
        ):
            self._add_key(frame, keys, text, slot)

    def _add_key(self, frame: Frame, keys: str, text: str, slot: Callable[[], object]) -> None:
        """Let a key do something on every page, while the window is not locked."""
        from PySide6.QtGui import QKeySequence, QShortcut

        from mesodesk.ui.frame.page import KeyHelp

        shortcut = QShortcut(QKeySequence(keys), frame)
        shortcut.activated.connect(slot)
        self.key_help.append(KeyHelp(keys, text))

    # Pages

    def add_page(self, page: Page, *, in_rail: bool = False) -> None:
        """Add a page; in the rail under its title if wanted."""
        self._pages[page.page_id] = page
        self.stack.addWidget(page)
        page.go.connect(self.navigate)
        if in_rail:
            self._add_to_rail(page.page_id, page.title, page.icon)

    def add_lazy_page(
        self, page_id: str, title: str, icon: str, make: Callable[[], Page], *, in_rail: bool = True
    ) -> None:
        """Add a page that is made when it is first shown."""
        self._makers[page_id] = make
        if in_rail:
            self._add_to_rail(page_id, title, icon)

    def _add_to_rail(self, page_id: str, title: str, icon: str) -> None:
        item = self.rail.add_item(page_id, icon, title)
        self._add_key(self.frame, f"Alt+{len(self.rail.page_ids())}", title, item.click)

    def page(self, page_id: str) -> Page:
        """Return a page, making it if need be.

        Raises:
            KeyError: if there is no such page.
        """
        if page_id not in self._pages:
            self.add_page(self._makers[page_id]())
        return self._pages[page_id]

    def current_page(self) -> Page | None:
        """Return the page in sight."""
        shown = self.stack.currentWidget()
        return next((page for page in self._pages.values() if page is shown), None)

    def open(self, page_id: str, **arguments: object) -> None:
        """Show a page and tell it what to show."""
        self.navigate(page_id, arguments)

    @Slot(str, dict)
    def navigate(self, page_id: str, arguments: Mapping[str, object]) -> None:
        """Show a page; "back" then leads to where in its page the one before stood."""
        before = self.current_page() if self._trail else None
        if before is not None:
            self._trail.stand(before.place())
        self._bring(page_id, arguments, before)

    def _bring(
        self, page_id: str, arguments: Mapping[str, object], before: Page | None = None
    ) -> None:
        if before is not None:
            before.leave()  # first, so that what waits is written
        (page := self.page(page_id)).coming(**arguments)
        self._trail.add(page_id, arguments)
        self.stack.setCurrentWidget(page)
        self.rail.set_current(page.section or page.page_id)
        self.setWindowTitle(f"{page.title} - {NAME}" if page.title else NAME)
        if before is not None and before is not page:
            before.hidden()
        page.shown(**arguments)
        if (focus := page.first_focus()) is not None:
            focus.setFocus(Qt.FocusReason.OtherFocusReason)
        self.page_changed.emit(page_id)

    def renew_pages(self) -> None:
        """Make all pages anew that can be made, and show the one in sight again.

        What they hold is written first.
        """
        from mesodesk.ui.frame.trail import Trail

        self.take_away()
        self.leave_page()
        if self._jobs is not None:
            self._jobs.drain()
        stops = self.place()
        old = [self._pages.pop(each) for each in list(self._pages) if each in self._makers]
        for page in old:
            self.stack.removeWidget(page)
            page.hide()
            page.deleteLater()
        if stops:
            self._trail = Trail(stops[:-1])
            self._bring(*stops[-1])

    @Slot()
    def back(self) -> None:
        """Show the page before this one."""
        if (stop := self._trail.back()) is not None:
            self._bring(*stop, self.current_page())

    def place(self) -> tuple[Stop, ...]:
        """Return the pages that led here, and where in it the one in sight stands."""
        page = self.current_page() if self._trail else None
        if page is not None:
            self._trail.stand(page.place())
        return self._trail.stops

    def take_place(self, stops: Sequence[Stop]) -> None:
        """Show the page at the end of what `place` returned, with the way back from it."""
        from mesodesk.ui.frame.trail import Trail

        self._trail = Trail(tuple(stops[:-1]))
        self._bring(*stops[-1])

    def dismantle(self) -> None:
        """Delete all pages and what surrounds them: somebody else comes in, or nobody is in."""
        from mesodesk.ui.frame.floating import delete_what_floats

        self.take_back()
        delete_what_floats(self)
        self._pages.clear()
        self._makers.clear()
        self.key_help.clear()
        self._palette = self._focus_before = None
        self.__dict__.pop("_trail", None)
        frame = self.__dict__.pop("frame", None)
        if frame is not None:
            frame.hide()
            self._column.removeWidget(frame)
            frame.deleteLater()
        self.setWindowTitle(NAME)

    @Slot(str)
    def _rail_selected(self, page_id: str) -> None:
        self.navigate(page_id, {})

    # Notices

    def notify(
        self, kind: Kind, headline: str, text: str = "", *, object_name: str = "window_notice"
    ) -> Notice:
        """Show a banner above the page until it is closed; the same words are not shown twice."""
        return self.frame.notify(kind, headline, text, object_name)

    @Slot(str)
    def show_trouble(self, sentence: str) -> None:
        """Say that something failed which nobody else tells of."""
        from mesodesk.ui.tokens import Kind

        self.notify(Kind.STOP, self.tr("That did not work"), sentence, object_name="trouble")

    # Palette and keys

    def palette_overlay(self) -> CommandPalette:
        """Return the command palette, made on first use."""
        from mesodesk.ui.frame.palette import CommandPalette

        if not isinstance(self._palette, CommandPalette):
            self._palette = CommandPalette(self.frame)
        return self._palette

    @Slot()
    def open_palette(self) -> None:
        """Show the command palette."""
        self.palette_overlay().open_palette()

    @Slot()
    def open_keys(self) -> None:
        """Show the keys that work here."""
        from mesodesk.ui.frame.keys import KeyOverview

        page = self.current_page()
        overview = self.frame.findChild(KeyOverview) or KeyOverview(self.frame)
        here = page.key_help if page is not None else []
        title = page.title if page is not None else ""
        overview.open_keys([(title, here), (self.tr("Everywhere"), self.key_help)])

    # Lock

    def leave_page(self) -> None:
        """Have everything written that waits."""
        if not self._has_frame():
            return
        if (page := self.current_page()) is not None:
            page.leave()
        self.status.ask_flush()

    def _has_frame(self) -> bool:
        return "frame" in self.__dict__

    def covered(self) -> None:
        """Have written what waits, and close what would come back with the pages."""
        if not self._has_frame():
            return
        from mesodesk.ui.frame.floating import close_what_floats

        self._focus_before = QApplication.focusWidget()
        self.leave_page()
        close_what_floats(self)
        self.content().hide()

    def uncovered(self) -> None:
        """Show everything where it was, with the focus where it was."""
        self._closing_anyway = False
        self.content().show()
        page = self.current_page()
        if page is not None and page.title:
            self.setWindowTitle(f"{page.title} - {NAME}")
        before, self._focus_before = self._focus_before, None
        if before is not None and isValid(before) and self.content().isAncestorOf(before):
            before.setFocus(Qt.FocusReason.OtherFocusReason)

    def set_person(self, initials: str, name: str, number: int) -> None:
        """Show who works, at the foot of the rail."""
        self.rail.person.set_person(initials, name, number)

    # Window

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Begin a search with a letter that nothing on the page has taken."""
        page = self.current_page() if self.is_open_to_keys() else None
        plain = not event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier
        if page is not None and page.type_to_find and plain and event.text().isalnum():
            self.palette_overlay().open_palette(event.text())
        else:
            super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        # Not before there is a watch: asking for the handle costs the first picture 2 ms.
        if "idle_watch" in self.__dict__:
            self.idle_watch.watch(self.windowHandle())

    def close_at_once(self) -> None:
        """Close without asking anything: the system ends the program, and soon with force."""
        self._closing_anyway, self.may_close = True, None
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Write what waits; if that fails, stay open and let the user decide."""
        self.stopping.emit()
        self.leave_page()
        if self._jobs is not None:
            self._jobs.drain()
        if self._has_frame() and self.status.unkept() and not self._closing_anyway:
            event.ignore()
            self._tell_of_loss()
            return
        if self.may_close is not None and not self.may_close():
            event.ignore()
            return
        self.closing.emit()
        super().closeEvent(event)

    _closing_anyway = False

    def _tell_of_loss(self) -> None:
        if self.is_covered() or self.is_handed_over():
            # No question stands above either: it is told there. At the lock a second time is meant.
            self._closing_anyway = self.is_covered()
            self.loss_near.emit()
            return
        from mesodesk.ui.frame.losing import ask_before_losing

        ask_before_losing(self, self.status).confirmed.connect(self._close_anyway)

    @Slot()
    def _close_anyway(self) -> None:
        self._closing_anyway = True
        self.close()

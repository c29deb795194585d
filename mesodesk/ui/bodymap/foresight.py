"""What a gesture will need at its end, computed beside the window while the hand still rests."""

from collections.abc import Callable
from threading import Event, Lock
from typing import TYPE_CHECKING, Final, Generic, Protocol, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal, Slot

if TYPE_CHECKING:
    from collections.abc import Hashable

    from mesodesk.domain.bodymap.drawing import GoOn

T = TypeVar("T")

_REST_MS: Final = 12
"""A hand that pauses so long may be about to let go; one that draws on is not slowed down."""


Work = Callable[["GoOn"], T]
"""Computes something; what it is given is called between its steps, and ends it if in vain."""


class Aside(Protocol):
    """Computes something for an owner on another thread, then calls back on that of the window."""

    def __call__(
        self, owner: QObject, work: "Callable[[], T]", done: "Callable[[T], object]"
    ) -> None: ...


class GivenUpError(Exception):
    """What was being computed is of no use any more."""


class Foresight(QObject):
    """Keeps the one thing that was computed ahead. Without an `aside` nothing is."""

    #: what was to be computed ahead is there: `known` returns it.
    ready = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._aside: Aside | None = None
        self._wanted: _Task[object] | None = None
        self._begun: _Task[object] | None = None
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MS)
        self._rest.timeout.connect(self._begin)

    def compute_aside(self, aside: Aside) -> None:
        """Say who computes."""
        self._aside = aside

    def prepare(self, key: "Hashable", work: "Work[object]") -> None:
        """Compute something once the hand rests, in place of what was to be computed before.

        Args:
            key: names it for `result`.
            work: is called on another thread, with what it may call between its steps: that
                raises GivenUpError once the result is of no use.
        """
        begun = self._begun
        if self._aside is not None and not (begun is not None and begun.is_for(key)):
            if begun is not None:
                begun.give_up()
            self._wanted = _Task(key, work)
            self._rest.start()

    def drop(self) -> None:
        """Compute nothing more of what was to be: no result of it is wanted."""
        if self._begun is not None:
            self._begun.give_up()
        self._wanted = None
        self._rest.stop()

    def result(self, key: "Hashable", work: "Work[T]") -> T:
        """Return what `work` returns, which is there already if `key` was prepared.

        Raises:
            Exception: whatever `work` raises.
        """
        begun, self._begun, self._wanted = self._begun, None, None
        self._rest.stop()
        if begun is not None and begun.is_for(key):
            return begun.result()  # type: ignore[return-value]  # of the same work
        if begun is not None:
            begun.give_up()
        return work(_nothing)

    def known(self, key: "Hashable") -> object | None:
        """Return what was computed ahead if it is there; None if it is not, or failed."""
        begun = self._begun
        return None if begun is None or not begun.is_for(key) else begun.found

    def _told(self, _result: object) -> None:
        if self._begun is not None and self._begun.is_done():
            self.ready.emit()

    @Slot()
    def _begin(self) -> None:
        wanted = self._wanted
        if wanted is None or self._aside is None:
            return
        if self._begun is not None and not self._begun.is_done():
            # One at a time: a hand that pauses often must not make a queue.
            self._rest.start()
            return
        self._wanted, self._begun = None, wanted
        self._aside(self, wanted.run, self._told)


class _Task(Generic[T]):
    """Work that is done once, by whichever thread comes first."""

    def __init__(self, key: "Hashable", work: "Work[T]") -> None:
        self._key = key
        self._work = work
        self._is_given_up = False
        self._claim = Lock()
        self._done = Event()
        #: what the work returned; None before it is done.
        self.found: T | None = None
        self._error: Exception | None = None

    def is_for(self, key: "Hashable") -> bool:
        """Tell whether this is, or will be, what a key names."""
        return self._key == key and not self._is_given_up

    def is_done(self) -> bool:
        return self._done.is_set()

    def give_up(self) -> None:
        """Let the work end early: nobody will ask for its result."""
        self._is_given_up = True

    def _go_on(self) -> None:
        if self._is_given_up:
            raise GivenUpError

    def run(self) -> None:
        """Do the work unless it is done or under way. Any thread."""
        if not self._claim.acquire(blocking=False):
            return
        try:
            self._go_on()
            self.found = self._work(self._go_on)
        except Exception as error:  # noqa: BLE001 - told to whoever wants the result
            self._error = error
        finally:
            self._done.set()

    def result(self) -> T:
        """Return what the work returned; do it here if nobody has begun."""
        self.run()
        self._done.wait()
        if self._error is not None:
            raise self._error
        return self.found  # type: ignore[return-value]  # it is done


def _nothing() -> None:
    pass

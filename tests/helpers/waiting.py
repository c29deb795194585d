"""A hand that waits until something comes: how long that takes says nothing of what is right."""

from pytestqt.qtbot import QtBot

_LONGEST_MS = 60_000


class PatientBot(QtBot):
    """Gives up after a minute, where Qt's own waits five seconds: a busy machine may take those."""

    def waitSignal(self, signal, *, timeout=_LONGEST_MS, **others):  # noqa: N802 - its name there
        return super().waitSignal(signal, timeout=timeout, **others)

    def waitSignals(self, signals, *, timeout=_LONGEST_MS, **others):  # noqa: N802
        return super().waitSignals(signals, timeout=timeout, **others)

    def waitUntil(self, callback, *, timeout=_LONGEST_MS):  # noqa: N802
        super().waitUntil(callback, timeout=timeout)

    def waitActive(self, widget, *, timeout=_LONGEST_MS):  # noqa: N802
        return super().waitActive(widget, timeout=timeout)

    def waitExposed(self, widget, *, timeout=_LONGEST_MS):  # noqa: N802
        return super().waitExposed(widget, timeout=timeout)

"""What the system tells: its own lock, sleep, the end of the session."""

import ctypes
import os
import shutil
import subprocess
import sys
from ctypes import wintypes
from types import SimpleNamespace

import pytest
from PySide6.QtCore import ClassInfo, Property, QObject, Slot
from PySide6.QtDBus import (
    QDBusConnection,
    QDBusMessage,
    QDBusObjectPath,
    QDBusUnixFileDescriptor,
)

from mesodesk.ui.lock.linux_bus import LinuxBus
from mesodesk.ui.lock.windows_session import WindowsSession

LOGIN = "org.freedesktop.login1"
OURS = "/org/freedesktop/login1/session/_33"
THEIRS = "/org/freedesktop/login1/session/_34"

needs_bus = pytest.mark.skipif(
    sys.platform != "linux" or shutil.which("dbus-daemon") is None,
    reason="no dbus-daemon on this computer",
)


@ClassInfo({"D-Bus Interface": "org.freedesktop.login1.Manager"})
class Login(QObject):
    """Stands for logind."""

    def __init__(self):
        super().__init__()
        self.held = []

    @Slot(str, result=QDBusObjectPath)
    def GetSession(self, session_id):  # noqa: N802
        assert session_id == "33"
        return QDBusObjectPath(OURS)

    @Slot(str, str, str, str, result=QDBusUnixFileDescriptor)
    def Inhibit(self, what, who, why, mode):  # noqa: N802
        assert (what, who, mode) == ("sleep", "Mesodesk", "delay")
        reader, writer = os.pipe()
        os.set_blocking(reader, False)
        self.held.append(reader)
        given = QDBusUnixFileDescriptor(writer)
        os.close(writer)
        return given

    def is_holding(self):
        """Tell whether the last one who asked still holds what was given."""
        try:
            return os.read(self.held[-1], 1) != b""
        except BlockingIOError:
            return True


@ClassInfo({"D-Bus Interface": "org.freedesktop.login1.Session"})
class Session(QObject):
    """Stands for what logind says of our session."""

    active = True

    @Property(bool)
    def Active(self):  # noqa: N802
        return self.active


@pytest.fixture
def bus(request, qapp, qtbot):
    """A bus of this test alone, a logind on it, and the program's ear."""
    daemon = subprocess.Popen(
        ["dbus-daemon", "--session", "--nofork", "--print-address=1"],  # noqa: S607
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )

    def end():
        daemon.terminate()
        daemon.wait(60)
        daemon.stdout.close()

    request.addfinalizer(end)  # noqa: PT021  whatever fails in here
    address = daemon.stdout.readline().strip()
    names = [f"{side}-{os.getpid()}-{id(daemon)}" for side in ("program", "system")]
    program, system = (QDBusConnection.connectToBus(address, name) for name in names)
    assert program.isConnected()
    assert system.registerService(LOGIN)
    login, session = Login(), Session()
    everything = QDBusConnection.RegisterOption.ExportAllContents
    assert system.registerObject("/org/freedesktop/login1", login, everything)
    assert system.registerObject(OURS, session, everything)
    ear = LinuxBus(None, program, program, "33")
    qtbot.waitUntil(lambda: ear._holding is not None and hasattr(ear, "_path"))

    def send(path, interface, member, *words):
        signal = QDBusMessage.createSignal(path, interface, member)
        signal.setArguments(list(words))
        assert system.send(signal)

    yield SimpleNamespace(ear=ear, login=login, session=session, send=send)
    ear.deleteLater()
    for name in names:
        QDBusConnection.disconnectFromBus(name)


@needs_bus
def test_the_lock_of_the_session_is_heard(qtbot, bus):
    with qtbot.waitSignal(bus.ear.locked):
        bus.send(OURS, f"{LOGIN}.Session", "Lock")


@needs_bus
def test_the_lock_of_somebody_else_s_session_is_not_ours(qtbot, bus):
    told = []
    bus.ear.locked.connect(lambda: told.append("locked"))
    bus.send(THEIRS, f"{LOGIN}.Session", "Lock")
    # What is sent later is heard later: by then the first would have been heard.
    with qtbot.waitSignal(bus.ear.sleeps):
        bus.send("/org/freedesktop/login1", f"{LOGIN}.Manager", "PrepareForSleep", True)
    assert told == []


@needs_bus
@pytest.mark.parametrize("active", [True, False])
def test_another_user_in_front_is_a_lock(qtbot, bus, active):
    bus.session.active = active
    told = []
    bus.ear.locked.connect(lambda: told.append("locked"))
    asked = []
    bus.ear._is_active, was = (
        (lambda answer: (asked.append(answer), was(answer))),
        bus.ear._is_active,
    )
    bus.send(OURS, "org.freedesktop.DBus.Properties", "PropertiesChanged", f"{LOGIN}.Session")
    qtbot.waitUntil(lambda: bool(asked))
    assert told == ([] if active else ["locked"])


@needs_bus
@pytest.mark.parametrize("saver", ["org.freedesktop.ScreenSaver", "org.gnome.ScreenSaver"])
def test_the_screen_saver_is_a_lock_and_its_end_is_none(qtbot, bus, saver):
    told = []
    bus.ear.locked.connect(lambda: told.append("locked"))
    bus.send("/any", saver, "ActiveChanged", False)
    with qtbot.waitSignal(bus.ear.locked):
        bus.send("/any", saver, "ActiveChanged", True)
    assert told == ["locked"]


@needs_bus
def test_the_computer_waits_with_sleeping_until_all_is_done(qtbot, bus):
    held = []
    bus.ear.sleeps.connect(lambda: held.append(bus.login.is_holding()))
    bus.send("/org/freedesktop/login1", f"{LOGIN}.Manager", "PrepareForSleep", True)
    qtbot.waitUntil(lambda: bool(held) and not bus.login.is_holding())
    assert held == [True]
    bus.send("/org/freedesktop/login1", f"{LOGIN}.Manager", "PrepareForSleep", False)
    qtbot.waitUntil(lambda: len(bus.login.held) == 2)
    qtbot.waitUntil(lambda: bus.ear._holding is not None)
    assert bus.login.is_holding()


def test_without_a_bus_nothing_is_told_and_nothing_breaks(qapp):
    nowhere = QDBusConnection("there is no such connection")
    LinuxBus(None, nowhere, nowhere, "33").deleteLater()


@pytest.mark.parametrize(
    ("message", "meaning", "told"),
    [
        (0x02B1, 0x7, ["locked"]),
        (0x02B1, 0x8, []),
        (0x02B1, 0x2, ["locked"]),
        (0x0218, 0x4, ["sleeps"]),
        (0x0218, 0x12, []),
        (0x0100, 0x7, []),
    ],
)
def test_messages_of_windows_are_read(qapp, message, meaning, told):
    """Read here as they would come; that Windows sends them is not tried here."""
    heard = []
    session = WindowsSession(0)
    session.locked.connect(lambda: heard.append("locked"))
    session.sleeps.connect(lambda: heard.append("sleeps"))
    sent = wintypes.MSG(message=message, wParam=meaning)
    for kind in (b"windows_generic_MSG", b"xcb_generic_event_t"):
        answer = session.filter.nativeEventFilter(kind, ctypes.addressof(sent))
        assert answer == (False, 0)
    assert heard == told
    session.deleteLater()

"""Says in one sentence why this machine cannot show a window.

Qt ends the process with a stack of plug-in messages when a system library or the display is
missing. Here the same is said in one sentence that names the package to install.
"""

import importlib.util
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

# Debian and Fedora names of the libraries that PySide6's wheels expect of the system.
PACKAGES = {
    "libEGL.so.1": ("libegl1", "libglvnd-egl"),
    "libGL.so.1": ("libgl1", "libglvnd-glx"),
    "libOpenGL.so.0": ("libopengl0", "libglvnd-opengl"),
    "libxkbcommon.so.0": ("libxkbcommon0", "libxkbcommon"),
    "libxkbcommon-x11.so.0": ("libxkbcommon-x11-0", "libxkbcommon-x11"),
    "libdbus-1.so.3": ("libdbus-1-3", "dbus-libs"),
    "libfontconfig.so.1": ("libfontconfig1", "fontconfig"),
    "libfreetype.so.6": ("libfreetype6", "freetype"),
    "libglib-2.0.so.0": ("libglib2.0-0", "glib2"),
    "libxcb-cursor.so.0": ("libxcb-cursor0", "xcb-util-cursor"),
    "libxcb-icccm.so.4": ("libxcb-icccm4", "xcb-util-wm"),
    "libxcb-image.so.0": ("libxcb-image0", "xcb-util-image"),
    "libxcb-keysyms.so.1": ("libxcb-keysyms1", "xcb-util-keysyms"),
    "libxcb-randr.so.0": ("libxcb-randr0", "libxcb"),
    "libxcb-render-util.so.0": ("libxcb-render-util0", "xcb-util-renderutil"),
    "libxcb-shape.so.0": ("libxcb-shape0", "libxcb"),
    "libxcb-shm.so.0": ("libxcb-shm0", "libxcb"),
    "libxcb-sync.so.1": ("libxcb-sync1", "libxcb"),
    "libxcb-xfixes.so.0": ("libxcb-xfixes0", "libxcb"),
    "libxcb-xinerama.so.0": ("libxcb-xinerama0", "libxcb"),
    "libxcb-xkb.so.1": ("libxcb-xkb1", "libxcb"),
    "libX11-xcb.so.1": ("libx11-xcb1", "libX11-xcb"),
}
NO_DISPLAY = (
    "there is no screen to open the window on: start mesodesk from a desktop session, "
    "or under a virtual screen with: xvfb-run mesodesk (package xvfb)"
)


def give_up(messages: Sequence[str]) -> NoReturn:
    """End the process, in the place of Qt's abort.

    Args:
        messages: what Qt has said; shown only if there is no sentence for it.
    """
    sentence = problem()
    for line in messages if sentence is None else (f"mesodesk: {sentence}",):
        print(line, file=sys.stderr)
    sys.stderr.flush()
    os._exit(1)


def problem() -> str | None:
    """Return the one sentence that tells why no window can be shown, or None if all is well."""
    if not sys.platform.startswith("linux"):
        return None
    return _missing_in_widgets() or _screen_problem()


def _missing_in_widgets() -> str | None:
    try:
        import PySide6.QtWidgets  # noqa: F401
    except ImportError as error:
        return missing_library(error)
    return None


def missing_library(error: ImportError) -> str | None:
    """Return what keeps PySide6 from being imported; None if another module is meant."""
    whole = str(error)
    return _sentence(whole) if "PySide6" in whole or ".so" in whole else None


def _screen_problem() -> str | None:
    platform = os.environ.get("QT_QPA_PLATFORM", "")
    if platform and not platform.startswith("xcb"):
        return None
    if not platform and os.environ.get("WAYLAND_DISPLAY"):
        return None
    if not os.environ.get("DISPLAY"):
        return NO_DISPLAY
    import ctypes

    plugin = _plugin_folder() / "libqxcb.so"
    if plugin.exists():
        try:
            ctypes.CDLL(str(plugin))
        except OSError as error:
            return _sentence(str(error))
    return None if _display_answers() else NO_DISPLAY


def _plugin_folder() -> Path:
    spec = importlib.util.find_spec("PySide6")
    origin = spec.origin if spec else None
    return Path(origin or ".").parent / "Qt" / "plugins" / "platforms"


def _display_answers() -> bool:
    """Try to connect as Qt will; an unreachable display would otherwise end in an abort."""
    import ctypes

    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return True  # no way to ask; Qt carries its own message
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connect.argtypes = [ctypes.c_char_p, ctypes.c_void_p]
    xcb.xcb_connection_has_error.argtypes = [ctypes.c_void_p]
    xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(None, None)
    failed = bool(xcb.xcb_connection_has_error(connection))
    xcb.xcb_disconnect(connection)
    return not failed


def _sentence(error: str) -> str:
    found = re.search(r"(lib[\w+.-]+\.so[.\d]*)", error)
    library = found.group(1) if found else ""
    if library in PACKAGES:
        debian, fedora = PACKAGES[library]
        return (
            f"the system library {library} is missing; on Debian or Ubuntu: "
            f"sudo apt install {debian}; on Fedora: sudo dnf install {fedora}"
        )
    if library:
        return f"the system library {library} is missing; install the package that carries it"
    return "PySide6 is not installed in this environment: run make setup"

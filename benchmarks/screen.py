"""A private screen whose picture lies in a mapped file: what is painted is seen without asking.

Xvfb keeps its framebuffer in a file (`-fbdir`) in the XWD format: a header of big-endian 32-bit
words, a X one costs a quarter of a millisecond.
"""

import mmap
import os
import shutil
import struct
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import IO, cast

import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT = 1440, 900
# Words of the XWD header that are used: its own size, bytes a line, entries of the colour table.
_HEADER_SIZE, _BYTES_A_LINE, _COLOURS = 0, 12, 19
_HEADER_WORDS, _COLOUR_BYTES = 25, 12
_PATIENCE_S = 15.0

Pixels = NDArray[np.uint32]


def missing_programs() -> str:
    """Return the sentence that names what this machine lacks for a private screen, or ""."""
    missing = [name for name in ("Xvfb", "xdotool", "openbox") if shutil.which(name) is None]
    if not missing:
        return ""
    return f"needs {', '.join(missing)} (packages xvfb, xdotool, openbox)"


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise FileNotFoundError(name)
    return found


class _Hand:
    """One xdotool that takes its commands from a pipe."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            [_program("xdotool"), "-"],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )
        self._commands = cast("IO[str]", self._process.stdin)
        self._answers = cast("IO[str]", self._process.stdout)

    def send(self, command: str) -> None:
        self._commands.write(command + "\n")
        self._commands.flush()

    def ask(self, command: str) -> str:
        self.send(command)
        return self._answers.readline().strip()

    def close(self) -> None:
        self._commands.close()
        self._process.wait(timeout=_PATIENCE_S)
        self._answers.close()


class Screen:
    """An X server of one's own with a window manager, watched through its framebuffer."""

    def __init__(self, display: int | None = None) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="mesodesk-screen-"))
        self._server, self.display = self._start_server(display)
        self._map = self._map_framebuffer()
        self.pixels = self._find_pixels()
        self.environment = self._environment()
        self._manager = subprocess.Popen(
            [_program("openbox")],
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._hand = _Hand(self.environment)
        time.sleep(0.7)

    def __enter__(self) -> "Screen":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _start_server(self, display: int | None) -> tuple[subprocess.Popen[bytes], str]:
        """Start Xvfb on a free display, or on the one asked for, and wait until it answers."""
        readable, writable = os.pipe()
        command = [_program("Xvfb")] + ([f":{display}"] if display is not None else [])
        command += ["-displayfd", str(writable), "-fbdir", str(self._folder), "-nolisten", "tcp"]
        command += ["-screen", "0", f"{WIDTH}x{HEIGHT}x24", "-noreset"]
        server = subprocess.Popen(command, pass_fds=(writable,), stderr=subprocess.DEVNULL)
        os.close(writable)
        with os.fdopen(readable) as answer:
            number = answer.readline().strip()
        if not number:
            server.wait(timeout=_PATIENCE_S)
            raise RuntimeError("Xvfb did not start")
        return server, f":{number}"

    def _map_framebuffer(self) -> mmap.mmap:
        path = self._folder / "Xvfb_screen0"
        end = time.monotonic() + _PATIENCE_S
        while not (path.exists() and path.stat().st_size > WIDTH * HEIGHT * 4):
            if time.monotonic() > end:
                raise RuntimeError("Xvfb made no framebuffer")
            time.sleep(0.02)
        with path.open("rb") as file:
            return mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)

    def _find_pixels(self) -> Pixels:
        words = struct.unpack(f">{_HEADER_WORDS}I", self._map[: 4 * _HEADER_WORDS])
        start = words[_HEADER_SIZE] + words[_COLOURS] * _COLOUR_BYTES
        columns = words[_BYTES_A_LINE] // 4
        flat = np.frombuffer(self._map, dtype=np.uint32, offset=start, count=columns * HEIGHT)
        return flat.reshape(HEIGHT, columns)[:, :WIDTH]

    def _environment(self) -> dict[str, str]:
        kept = {
            name: value
            for name, value in os.environ.items()
            if name not in ("WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "QT_SCALE_FACTOR")
        }
        return {**kept, "DISPLAY": self.display, "NO_AT_BRIDGE": "1"}

    def key(self, *names: str) -> None:
        """Press keys one after the other, named as X names them, such as `Return` or `ctrl+k`."""
        for name in names:
            self._hand.send(f"key --delay 0 {name}")

    def type(self, text: str) -> None:
        """Type plain text of letters, digits, blanks and hyphens."""
        names = {" ": "space", "-": "minus", ".": "period", ",": "comma"}
        self.key(*(names.get(sign, sign) for sign in text))

    def click(self, x: int, y: int) -> None:
        self._hand.send(f"mousemove {x} {y} click 1")

    def sync(self) -> None:
        """Wait until everything sent so far has reached the X server."""
        self._hand.ask("getmouselocation")

    def snap(self) -> Pixels:
        return self.pixels.copy()

    def save(self, path: Path) -> None:
        """Write the picture as it is now, for somebody who wonders what was measured."""
        from PIL import Image

        channels = self.snap().view(np.uint8).reshape(HEIGHT, WIDTH, 4)[:, :, 2::-1]
        Image.fromarray(np.ascontiguousarray(channels)).save(path)

    def close(self) -> None:
        """End the three programs and drop the framebuffer."""
        self._hand.close()
        for process in (self._manager, self._server):
            process.terminate()
            process.wait(timeout=_PATIENCE_S)
        shutil.rmtree(self._folder, ignore_errors=True)

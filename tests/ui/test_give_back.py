"""What is freed goes back to the system."""

import subprocess
import sys

import pytest

from mesodesk.ui import give_back

# In a process of its own: the setting lasts as long as the process.
_SCRIPT = """
from threading import Thread
from mesodesk.ui.give_back import give_back_promptly

def resident():
    return int(open("/proc/self/statm").read().split()[1]) * 4 // 1024

def burst():
    # Freeing the large piece makes the library keep what the small ones took.
    large = bytes(12 << 20)
    del large
    small = [b"x" * (512 << 10) for _ in range(16)]
    del small

agreed = give_back_promptly()
before = resident()
threads = [Thread(target=burst) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(agreed, resident() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only the C library of Linux is asked")
def test_a_burst_on_threads_leaves_little_behind():
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT], capture_output=True, text=True, check=True
    )
    agreed, grown_mib = done.stdout.split()
    assert agreed == "True"
    assert int(grown_mib) < 6


def test_elsewhere_nothing_is_done(monkeypatch):
    monkeypatch.setattr(sys, "platform", "win32")
    assert not give_back.give_back_promptly()

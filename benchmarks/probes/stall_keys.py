"""`python -m benchmarks.probes.stall_keys FOLDER`: stalls while a backup and a new key are made.

In the real window on a copy of the vault: while a backup is made and read back somebody types into
the search; then the vault's key is changed, behind its page. The copy is removed again.
"""

import shutil
import sys
import tempfile
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPushButton

from benchmarks.bench import PASSWORD
from benchmarks.probes.player import Player, Steps, Wait, play, unlock
from benchmarks.probes.reporting import report
from benchmarks.probes.scenes import ALT
from mesodesk.services.desk import open_desk
from mesodesk.vault.vault import open_vault

BACKUP, KEY_CHANGE, REST = "a backup", "a new key", "at rest"
_told: dict[str, float] = {}


def script(player: Player) -> Steps:
    """Unlock, make a backup, change the key."""
    from mesodesk.ui.backup_watch import BackupWatch

    hand = player.hand
    yield from unlock(hand)
    yield 4.0  # pages are imported and what is late begins
    (watch,) = hand.window.findChildren(BackupWatch)
    hand.doing = "go to the patients"
    hand.key(Qt.Key.Key_2, ALT)
    yield hand.until("patient_search")
    yield Wait("no backup under way", lambda: not watch.running)
    player.take_gaps()
    hand.doing = REST
    for _ in range(20):
        yield from hand.write("m")
        hand.key(Qt.Key.Key_Backspace)
    _told[REST] = player.longest_ms
    player.take_gaps()
    hand.doing = BACKUP
    watch.back_up("asked")
    while watch.running:
        yield from hand.write("ma")
        hand.key(Qt.Key.Key_Backspace)
        hand.key(Qt.Key.Key_Backspace)
    _told[BACKUP] = player.longest_ms
    yield from _change_key(player)


def _change_key(player: Player) -> Steps:
    hand = player.hand
    hand.doing = "go to the people"
    hand.window.open("people")  # type: ignore[attr-defined]
    yield hand.until("key_change")
    yield 1.0
    button = hand.find("key_change")
    if isinstance(button, QPushButton):
        button.click()
    yield hand.until("key_proof_password")
    field = hand.find("key_proof_password")
    if isinstance(field, QLineEdit):
        QTest.keyClicks(field, PASSWORD)
    yield 0.5
    player.take_gaps()
    hand.doing = KEY_CHANGE
    confirm = hand.find("key_proof_confirm")
    if isinstance(confirm, QPushButton):
        confirm.click()
    yield Wait("the new key", lambda: hand.sees("key_change_unlock"))
    _told[KEY_CHANGE] = player.longest_ms


def ended(_player: Player) -> None:
    """Report the longest stall of each, in ms."""
    report({what: [longest] for what, longest in _told.items()})


def main(folder: Path) -> int:
    """Work on a copy of the vault that has a place for backups."""
    with tempfile.TemporaryDirectory(dir=folder.parent) as place:
        copy = Path(shutil.copytree(folder, Path(place) / "vault"))
        (Path(place) / "backups").mkdir()
        desk = open_desk(open_vault(copy, password=PASSWORD))
        desk.backups.add_folder(Path(place) / "backups")
        desk.close()
        return play(copy, script, ended)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))

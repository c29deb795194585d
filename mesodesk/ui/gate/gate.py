"""The gate: finds out what stands in the vault folder and shows the page that fits."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property, partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from mesodesk.ui import theme
from mesodesk.ui.gate.unlock import UnlockPage
from mesodesk.ui.jobs import Jobs, explain, report
from mesodesk.ui.tokens import Kind
from mesodesk.vault.first_look import first_look

if TYPE_CHECKING:
    from pathlib import Path
    from uuid import UUID

    from mesodesk.services.desk import Desk
    from mesodesk.ui.gate.new_password import NewPasswordPage
    from mesodesk.ui.gate.restore import RestoredTo
    from mesodesk.vault.inspection import VaultInspection
    from mesodesk.vault.open_vault import OpenVault
    from mesodesk.vault.opening import Credential
    from mesodesk.vault.registry import Registry


class Gate(QWidget):
    """Leads from a folder to an open desk.

    Args:
        folder: where the vault is or shall be.
        jobs: the threads.
        password: tried at once where it is known already (a password file, the demonstration).

    `told_first` is what went wrong as the window closed before, shown on the first page.
    """

    #: The open desk.
    opened = Signal(object)
    #: The desk that is open already while its password is being chosen.
    held = Signal(object)

    def __init__(
        self, folder: Path, jobs: Jobs, password: str | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("gate")
        self._asked = self._folder = folder
        self._jobs = jobs
        self._password = password
        self._desk: Desk | None = None
        self._kit: Credential | None = None
        self.told_first = ""
        self._stack = QStackedWidget()
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._stack)

    @cached_property
    def _registry(self) -> Registry:
        """Which vaults this computer knows."""
        from mesodesk.vault.registry import Registry, default_registry_path

        return Registry(default_registry_path())

    @Slot(object)
    def look(self, folder: Path | None = None) -> None:
        """Look at the folder and show what fits: first start, password, or trouble.

        A vault that looks whole at a glance gets its password asked for at once; `look_closely`
        makes sure of it once that is on the screen.
        """
        self._folder = folder or self._folder
        self._kit = None
        users = first_look(self._folder)
        if users is not None:
            self._show_unlock(users)
        else:
            self._show_found(*self._inspect(chosen_before=folder is None))

    def ask_again(self, user_id: UUID, sentence: str) -> None:
        """As `look`, after the vault was closed for the sake of safety.

        Args:
            user_id: who was in, and is chosen.
            sentence: what is said of it.
        """
        self.look()
        page = self._stack.currentWidget()
        if isinstance(page, UnlockPage):
            page.choose(str(user_id))
            page.begin(sentence)

    def look_closely(self) -> None:
        """Inspect the folder in the background; trouble found there takes the place of asking."""
        if isinstance(self._stack.currentWidget(), UnlockPage):
            work = partial(self._inspect, chosen_before=False)
            self._jobs.run_aside(self, work, self._looked_closely)

    def _looked_closely(self, found: tuple[Path, VaultInspection]) -> None:
        page = self._stack.currentWidget()
        if not isinstance(page, UnlockPage) or page.is_busy() or found[0] != self._folder:
            return  # by now opening it has told
        if found[1].is_ready and page.users == _names(found[1]):
            return
        self._show_found(*found)

    def _inspect(self, *, chosen_before: bool) -> tuple[Path, VaultInspection]:
        """Return the folder to use and how it stands.

        Where the folder asked for holds no vault and another was chosen for it before, look there.
        """
        from mesodesk.vault.inspection import inspect

        found = inspect(self._folder, self._registry)
        chosen = self._registry.chosen_for(self._folder) if chosen_before else None
        if chosen is not None and not found.is_ready:
            return chosen, inspect(chosen, self._registry)
        return self._folder, found

    def _show_found(self, folder: Path, found: VaultInspection) -> None:
        self._folder = folder
        if found.is_ready:
            self._show_unlock(_names(found))
        elif self.told_first:
            told = (self._first_told(), *found.findings)
            self._show_trouble(told, damaged=_is_damage(found.refusal))
        elif found.is_absent:
            self._show_first_run(found.refusal)
        else:
            self._show_trouble(found.findings, damaged=_is_damage(found.refusal))

    def _show(self, page: QWidget) -> None:
        old = self._stack.currentWidget()
        self._stack.addWidget(page)
        self._stack.setCurrentWidget(page)
        if old is not None:
            # Not taken out of the stack: that would hand it to Python, which deletes it at once,
            # in the middle of the click that led here.
            old.deleteLater()

    def _show_unlock(self, users: tuple[tuple[str, str], ...]) -> None:
        page = UnlockPage(users, self._open, self._recover, self._jobs)
        page.unlocked.connect(self._unlocked)
        page.stopped.connect(self._stopped)
        self._show(page)
        page.begin()
        if self.told_first:
            page.message.show_notice(Kind.STOP, self._first_told())
        if self._password is not None:
            page.password.input.setText(self._password)
            self._password = None
            page.submit()

    def _first_told(self) -> str:
        told, self.told_first = self.told_first, ""
        return told

    def _show_first_run(self, refusal: Exception | None = None) -> None:
        from mesodesk.ui.gate.first_run import FirstRunPage

        theme.lay_sheet()  # only asking for a password looks the same without
        page = FirstRunPage(self._folder, self._jobs)
        page.opened.connect(self._made)
        page.restore_asked.connect(self._show_restore)
        self._show(page)
        if refusal is not None:
            page.say_refused(refusal)

    def _show_trouble(
        self, sentences: tuple[str, ...], *, damaged: bool, in_use: bool = False
    ) -> None:
        from mesodesk.ui.gate.trouble import TroublePage

        theme.lay_sheet()
        page = TroublePage()
        page.folder_chosen.connect(self.look)
        page.restore_asked.connect(self._show_restore)
        page.salvage_asked.connect(self._show_salvage)
        self._show(page)
        page.show_trouble(self._folder, sentences, damaged=damaged)
        page.restore.setVisible(not in_use)  # nothing is wrong with what somebody works on

    @Slot()
    def _show_salvage(self) -> None:
        from mesodesk.ui.gate.salvage import SalvagePage

        page = SalvagePage(self._folder, self._jobs)
        page.left.connect(self._look_again)
        page.folder_chosen.connect(self.look)
        self._show(page)
        page.begin()

    @Slot()
    def _show_restore(self) -> None:
        from mesodesk.ui.gate.restore import RestorePage

        page = RestorePage(self._folder, self._registry.backups_of(self._folder), self._jobs)
        page.left.connect(self._look_again)
        page.restored.connect(self._put_in_place)
        self._show(page)
        page.begin()

    @Slot()
    def _look_again(self) -> None:
        self.look(self._folder)

    @Slot(object)
    def _put_in_place(self, found: RestoredTo) -> None:
        """Let the restored vault stand where the other one stood, which is kept beside it."""
        from mesodesk.domain.clock import SystemClock
        from mesodesk.vault.errors import VaultError
        from mesodesk.vault.replacing import put_in_place

        try:
            put_in_place(found.folder, self._folder, SystemClock().now())
        except VaultError as error:
            page = self._stack.currentWidget()
            say = getattr(page, "say_failed", None)
            if say is not None:
                say(explain(error))
            return
        # What opened the backup opens the records of it: nobody types it twice.
        work = partial(self._open_by, found.credential)
        self._jobs.run(self, work, self._unlocked, self._stopped)

    def _open(self, user_id: str | None, password: str) -> Desk:
        from threading import Thread
        from uuid import UUID

        from mesodesk.services.desk import import_first_page
        from mesodesk.vault.vault import open_vault

        # Deriving the key from the password leaves the interpreter free for a tenth of a second.
        Thread(target=import_first_page, name="first page", daemon=True).start()
        known = None if user_id is None else UUID(user_id)
        vault = open_vault(self._folder, password=password, user_id=known, or_code=True)
        return self._with_far_anchor(vault)

    def _recover(self, typed: str) -> Desk:
        from mesodesk.vault.opening import Credential
        from mesodesk.vault.reset_code import ResetCode, parse_either
        from mesodesk.vault.vault import open_vault

        found = parse_either(typed)
        if isinstance(found, ResetCode):
            return self._with_far_anchor(open_vault(self._folder, code=found))
        return self._open_by(Credential(found.secret, is_recovery=True))

    def _open_by(self, credential: Credential) -> Desk:
        from mesodesk.domain.clock import SystemClock
        from mesodesk.vault.errors import WhoseKitError
        from mesodesk.vault.opening import open_with

        try:
            vault = open_with(self._folder, credential, SystemClock())
        except WhoseKitError:
            self._kit = credential  # typed once: it waits until it is said who comes in
            raise
        return self._with_far_anchor(vault)

    def _ask_whose_kit(self, people: tuple[tuple[UUID, str], ...]) -> None:
        from mesodesk.ui.gate.whose_kit import WhoseKitPage

        page = WhoseKitPage(people)
        page.chosen.connect(self._open_for)
        page.left.connect(self._look_again)
        self._show(page)
        page.who.setFocus()

    @Slot(object)
    def _open_for(self, user_id: UUID) -> None:
        kit, self._kit = self._kit, None
        if kit is not None:
            work = partial(self._open_by, replace(kit, user_id=user_id))
            self._jobs.run(self, work, self._unlocked, self._stopped)

    def _with_far_anchor(self, vault: OpenVault) -> Desk:
        """Compare with what this computer knows of the vault; on the database thread."""
        from mesodesk.services.desk import open_desk
        from mesodesk.unfinished import remove_unfinished
        from mesodesk.vault.registry import far_anchors

        try:
            vault.anchor_far(far_anchors())
            remove_unfinished(vault.vault_id)
        except BaseException:
            vault.close()
            raise
        return open_desk(vault)

    @Slot(object)
    def _made(self, desk: Desk) -> None:
        self._folder = desk.store.vault.folder
        self._finish(desk)

    @Slot(object)
    def _unlocked(self, desk: Desk) -> None:
        if desk.access.needs_password:
            self._ask_new_password(desk)
        else:
            self._finish(desk)

    def _ask_new_password(self, desk: Desk) -> None:
        from mesodesk.ui.gate.new_password import NewPasswordPage

        self._desk = desk
        page = NewPasswordPage(desk.user.name, by_code=not desk.access.by_recovery_key)
        page.chosen.connect(self._set_password)
        self._show(page)
        page.step.begin()
        self.held.emit(desk)

    @Slot(str)
    def _set_password(self, password: str) -> None:
        if self._desk is not None:
            work = partial(self._desk.access.set_password, password)
            self._jobs.run(self, work, self._password_set, self._password_not_set)

    def _password_set(self, _nothing: None) -> None:
        if self._desk is not None:
            self._finish(self._desk)

    def _password_not_set(self, error: Exception) -> None:
        page: NewPasswordPage | QWidget | None = self._stack.currentWidget()
        say = getattr(page, "say_failed", None)
        if say is not None:
            say(explain(error))

    def tell_stopped(self, error: Exception) -> None:
        """Say what keeps people out of a vault that was opened and is closed again."""
        report(error)
        self._stopped(error)

    @Slot(object)
    def _stopped(self, error: Exception) -> None:
        people = getattr(error, "people", None)
        if people:
            self._ask_whose_kit(people)
            return
        from mesodesk.vault.errors import AlreadyOpenError

        in_use = isinstance(error, AlreadyOpenError)
        self._show_trouble((explain(error),), damaged=_is_damage(error), in_use=in_use)

    def _finish(self, desk: Desk) -> None:
        self._desk = None
        self._registry.remember(self._folder, desk.store.vault.vault_id)
        self._registry.remember_choice(self._asked, self._folder)
        self.opened.emit(desk)

    @Slot()
    def let_go(self) -> None:
        """Close what is open already while a new password is being chosen: the window closes."""
        if self._desk is not None:
            self._jobs.run(self, self._desk.close)
            self._jobs.drain()


def _names(found: VaultInspection) -> tuple[tuple[str, str], ...]:
    return tuple((str(user.id), user.name) for user in found.users)


def _is_damage(error: Exception | None) -> bool:
    """Tell whether there are records of which a part may still be read."""
    from mesodesk.vault.errors import DamagedError

    return isinstance(error, DamagedError) or getattr(error, "trouble", None) == "damaged"

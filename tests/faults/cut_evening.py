"""What else a program under test does: backups, also while saves go on, and another vault's key.

Backups go to a folder beside that of the vault, which the judge looks through as well.
"""

from functools import partial
from threading import Event, Thread
from typing import Any

from cut_day import Day
from cut_story import BACKUPS
from harness import PASSWORD

from mesodesk.domain.records.staff import PersonFields
from mesodesk.services.backup_work import PlaceDone, carry_out
from mesodesk.vault import verifying


class Evening(Day):
    """Steps at the desk, as of `Day`, around backups and keys."""

    def backups(self) -> None:
        """Make a backup, go on, and make another while saves go on."""
        with self.at_the_desk(PASSWORD) as is_open:
            if is_open:
                self.add_place()
                self.photograph()
                self.back_up()
                self.write(few=True)
                self.back_up_beside()
                self.write(few=True)

    def another_key(self) -> None:
        """Write, give the vault another key, open it again and go on."""
        with self.at_the_desk(PASSWORD) as is_open:
            if is_open:
                self.add_place()
                self.write(few=True)
                self.change_key()
        with self._teller.within("new key"), self.at_the_desk(PASSWORD) as is_open:
            if is_open:
                self.write(few=True)

    def an_upgrade(self, password: str) -> None:
        """Open a vault of an earlier schema, which is upgraded, write into it and close it."""
        with self._teller.within("upgrade"), self.at_the_desk(password):
            self.save("draft", lambda: self.desk.drafts.put("p", "", {"note": "after it"}))

    def an_evening(self) -> None:
        """A little of everything: for faults that are tried at every single call."""
        with self.at_the_desk(PASSWORD) as is_open:
            if is_open:
                self._step("sign", self.sign)
                self._step("photograph", self.photograph)
                self.add_place()
                self.back_up()
                self.let_in()
                self.change_key()
        with self.at_the_desk(PASSWORD) as is_open:
            if is_open:
                self.write()

    def add_place(self) -> None:
        """Have backups go to the folder beside, and no longer to where the vault was made."""
        for made_with in self.desk.backups.places():
            leave = partial(self.desk.backups.leave_place, made_with.id, made_with.version)
            self.save("leave", leave)
        place = self._folder.parent / BACKUPS
        self.save("place", lambda: self.desk.backups.add_folder(place))

    def let_in(self) -> None:
        self.save("let in", lambda: self.desk.people.add(PersonFields("Ben Okafor"), PASSWORD))

    def back_up(self) -> None:
        """Make a backup as before what cannot be taken back."""
        with self._teller.within("backup"):
            came = self.save("back up", lambda: self.desk.backups.back_up_now("asked"))
            self._told(came)

    def back_up_beside(self) -> None:
        """Make a backup on another thread, as the window does, and save what is typed meanwhile."""
        came: list[tuple[PlaceDone, ...]] = []
        with self._teller.within("backup"):
            job = self.desk.backups.plan("changes")
            clock = self.desk.store.clock
            beside = Thread(target=lambda: came.append(carry_out(job, clock, Event())))
            beside.start()
            self.write(few=True)
            beside.join()
            self.save("back up", lambda: self.desk.backups.keep(job, came[0]))
            self._told(came[0])

    def change_key(self) -> None:
        """Give the vault another key, which closes the desk."""
        with self._teller.within("backup"):
            ready = self.save("back up", self._back_up_first)
        if ready:
            with self._teller.within("key"):
                self.save("key", lambda: self.desk.keys.change(PASSWORD))

    def _back_up_first(self) -> bool:
        self.desk.keys.back_up_first(PASSWORD)
        return True

    def _told(self, came: Any) -> None:
        """Tell of the backups of this vault alone.

        Where to leave the place of the template was refused, another is made there, among those of
        other runs, which clear them away.
        """
        own = self._folder.parent
        for each in came or ():
            if each.made is not None and each.folder.is_relative_to(own):
                self._teller.backed_up(each.made.name)


def read_back_here() -> None:
    """Have backups read back by this process, and noted: a new one takes a second to start."""
    verifying._ask = _answered  # type: ignore[assignment]


def _answered(path: Any, keys: Any, into: Any, _stop: Any) -> verifying.Answer:
    return verifying._answered(path, keys, into)

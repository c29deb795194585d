"""What somebody had typed while the records could not be written, offered to them alone."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from mesodesk.domain.canonical import plain
from mesodesk.domain.changes import Topic
from mesodesk.domain.records.set_aside import AllSetAside, SetAside, Waiting
from mesodesk.domain.rights import Right
from mesodesk.services.errors import RefusedError
from mesodesk.services.store import Store
from mesodesk.vault import set_aside as files

_STILL_THERE: Final = (
    "This was done, but the file in which it was set aside could not be changed, so it is offered"
    " once more. Check that its folder can be written to, and discard it then."
)

_STILL_TOLD: Final = (
    "The damaged file could not be renamed, so it will be told of again. Nothing was changed in it."
    " Check that its folder can be written to, then try again."
)


class SetAsideService:
    """Lists what waits in side files of whoever is in, and lets go of it by their choice."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def mine(self, besides: str = "") -> AllSetAside:
        """Return all that waits for whoever is in, oldest first.

        Args:
            besides: the name of a file that is being written now, and offers nothing yet.
        """
        self._store.need(Right.OWN)
        things: list[SetAside] = []
        unreadable = []
        for opened in self._opened():
            if opened.path.name == besides:
                continue
            if opened.values is None:
                unreadable.append(opened.path)
            else:
                things += [
                    SetAside(opened.path, opened.set_aside_at, waiting)
                    for waiting in from_plain(opened.values)
                ]
        return AllSetAside(tuple(things), tuple(unreadable))

    def settle(self, thing: SetAside, *, kept: bool) -> None:
        """Let go of one thing: it was kept where it belongs, or is discarded on purpose.

        Raises:
            RefusedError: if it is noted, but its file cannot be changed.
        """
        with self._store.write(Right.OWN) as tx:
            waits = thing.waiting
            action = "set_aside.keep" if kept else "set_aside.discard"
            names = sorted(waits.values)
            tx.audit(action, "set_aside", None, form=waits.form, fields=names)
            tx.touch(Topic.DRAFTS)
        vault = self._store.vault
        for opened in self._opened():
            if opened.path != thing.file or opened.values is None:
                continue
            rest = [each for each in from_plain(opened.values) if each != thing.waiting]
            try:
                if rest:
                    files.rewrite(opened, to_plain(rest), vault.keys, vault.user_id)
                else:
                    files.end(vault.folder, opened)
            except OSError as error:
                raise RefusedError(_STILL_THERE) from error

    def put_out_of_the_way(self, damaged: Sequence[Path]) -> None:
        """Keep damaged side files under another name, and tell of them no more.

        Raises:
            RefusedError: if it is noted, but a folder does not let us.
        """
        with self._store.write(Right.OWN) as tx:
            names = [path.name for path in damaged]
            tx.audit("set_aside.damaged", "set_aside", None, files=names)
            tx.touch(Topic.DRAFTS)
        try:
            for path in damaged:
                files.put_out_of_the_way(path)
        except OSError as error:
            raise RefusedError(_STILL_TOLD) from error

    def _opened(self) -> tuple[files.Opened, ...]:
        vault = self._store.vault
        return files.found(vault.folder, vault.keys, vault.user_id)


def to_plain(waiting: list[Waiting]) -> object:
    """Return what a side file holds."""
    return plain({"waiting": waiting})


def from_plain(values: object) -> tuple[Waiting, ...]:
    """Return what a side file held; what a later program put there besides is left out."""
    found: Any = values
    if not isinstance(found, Mapping):
        return ()
    return tuple(
        Waiting(str(each["form"]), str(each["subject"]), each["values"], int(each["version"]))
        for each in found.get("waiting", ())
    )

"""Keeps the gestures of the chart in sight, each in the session that it was made in."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from mesodesk.domain.bodymap.outlines import regions_in
from mesodesk.ui.typed import gesture

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from mesodesk.domain.bodymap.atlas import Atlas
    from mesodesk.domain.bodymap.edits import Edit
    from mesodesk.services.desk import Desk
    from mesodesk.ui.keeper import Aside
    from mesodesk.ui.pages.session_parts.state import SessionState


class ChartKeeping(QObject):
    """Writes gestures in their order and tells how that went.

    What waits while storage fails is still written after another session was opened: it must not
    be taken for that session's.
    """

    #: every gesture of the chart in sight is on record, but for those that were refused.
    settled = Signal()
    #: Exception: the first gesture of the chart in sight that was refused.
    refused = Signal(object)
    #: Exception: a gesture of a chart that is in sight no more was refused.
    refused_elsewhere = Signal(object)
    #: a gesture is on record that was made before this chart was left and read again.
    came_late = Signal()

    def __init__(self, state: SessionState, parent: QObject) -> None:
        super().__init__(parent)
        self._state = state
        self._session_id: UUID | None = None
        self._round = 0
        self._waiting = 0
        self._has_refused = False

    @property
    def is_waiting(self) -> bool:
        """Whether gestures of the chart in sight are on their way."""
        return self._waiting > 0

    def begin(self, session_id: UUID) -> None:
        """Say that a chart was read: what is made from now on is made on it."""
        self._session_id = session_id
        self._round += 1
        self._waiting = 0
        self._has_refused = False

    def append(self, edit: Edit, cursor: int, regions: Mapping[UUID, tuple[str, ...]]) -> None:
        """Keep a gesture that was made after `cursor` others."""
        told = gesture(self._session_id, "append", cursor, edit, regions)
        self._keep(partial(_append, cursor=cursor, edit=edit, regions=regions), told)

    def undo(self, cursor: int) -> None:
        """Keep that the last of `cursor` gestures was taken back."""
        self._keep(partial(_undo, cursor=cursor), gesture(self._session_id, "undo", cursor))

    def redo(self, cursor: int) -> None:
        """Keep that the gesture after `cursor` others was made again."""
        self._keep(partial(_redo, cursor=cursor), gesture(self._session_id, "redo", cursor))

    def _keep(self, work: partial[int], told: Aside) -> None:
        self._waiting += 1
        made_on = (self._session_id, self._round)
        self._state.run_chart_write(
            partial(work, session_id=self._session_id),
            partial(self._kept, made_on),
            partial(self._not_kept, made_on),
            told,
        )

    def _kept(self, made_on: tuple[UUID | None, int], _cursor: int) -> None:
        if made_on == (self._session_id, self._round):
            self._done()
        elif made_on[0] == self._session_id == self._state.session_id:
            self.came_late.emit()

    def _not_kept(self, made_on: tuple[UUID | None, int], error: Exception) -> None:
        here = made_on == (self._session_id, self._round)
        if not here or not self._is_open():
            self.refused_elsewhere.emit(error)
        elif not self._has_refused:
            self._has_refused = True
            self.refused.emit(error)
        if here:
            self._done()

    def _is_open(self) -> bool:
        """Tell whether the page still shows the session: another may be on its way."""
        return self._session_id == self._state.session_id

    def _done(self) -> None:
        self._waiting -= 1
        if not self._waiting and self._is_open():
            self.settled.emit()


def regions_of(atlas: Atlas | None, edit: Edit) -> Mapping[UUID, tuple[str, ...]]:
    """Return the keys of the regions that the points of each changed field lie in."""
    if atlas is None:
        return {}
    found: dict[UUID, tuple[str, ...]] = {}
    for field_id, _, after in edit.changes:
        if after is not None:
            indices = atlas.region_indices(after.points.records["triangle"])
            keys = {atlas.regions[int(index)].key for index in set(indices.tolist())}
            if not keys and after.outline is not None:
                # A zone has no points, only a place.
                keys = set(regions_in(atlas, after.outline))
            found[field_id] = tuple(sorted(keys))
    return found


def _append(
    desk: Desk,
    *,
    session_id: UUID,
    cursor: int,
    edit: Edit,
    regions: Mapping[UUID, tuple[str, ...]],
) -> int:
    return desk.charts.append(session_id, cursor, edit, regions)


def _undo(desk: Desk, *, session_id: UUID, cursor: int) -> int:
    return desk.charts.undo(session_id, cursor)


def _redo(desk: Desk, *, session_id: UUID, cursor: int) -> int:
    return desk.charts.redo(session_id, cursor)

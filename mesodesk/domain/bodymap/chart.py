"""The chart of one session: its fields, and the history of the gestures that made them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from uuid import UUID

from mesodesk.domain.bodymap.edits import Edit, EditLabel
from mesodesk.domain.bodymap.fields import ChartField, PointRef

Observer = Callable[[frozenset[UUID]], None]


class EditConflictError(ValueError):
    """An edit that was made for another state of the chart."""


class ChartDocument:
    """Fields by id, in the order in which they were made, and the edits that led there.

    `edits[:cursor]` are in force, `edits[cursor:]` were undone and can be redone. Undo and redo are
    as long as the history. Observers are told the ids of the fields that changed, after the change.
    """

    def __init__(
        self,
        fields: Iterable[ChartField] = (),
        edits: Iterable[Edit] = (),
        cursor: int | None = None,
    ) -> None:
        """Take up a stored chart: its fields as they are now, all its edits, how many are in force.

        Raises:
            ValueError: if the cursor lies outside the edits.
        """
        self._fields = {field.id: field for field in sorted(fields, key=_made)}
        self._edits = list(edits)
        self._cursor = len(self._edits) if cursor is None else cursor
        self._observers: list[Observer] = []
        if not 0 <= self._cursor <= len(self._edits):
            raise ValueError("the history of the chart is shorter than its cursor")

    @classmethod
    def replayed(cls, edits: Iterable[Edit], cursor: int | None = None) -> "ChartDocument":
        """Build a chart from its edits alone, the first one made on an empty body.

        Raises:
            EditConflictError: if the edits do not follow from one another.
        """
        history = list(edits)
        document = cls()
        for edit in history:
            document.apply(edit)
        while cursor is not None and document.cursor > cursor:
            document._step_back()
        return document

    @property
    def fields(self) -> Mapping[UUID, ChartField]:
        return MappingProxyType(self._fields)

    @property
    def edits(self) -> tuple[Edit, ...]:
        return tuple(self._edits)

    @property
    def cursor(self) -> int:
        return self._cursor

    @property
    def can_undo(self) -> bool:
        """Whether a gesture can be taken back; what an amendment began with is none."""
        return self._cursor > 0 and self._edits[self._cursor - 1].label != EditLabel.AMEND

    @property
    def can_redo(self) -> bool:
        return self._cursor < len(self._edits)

    @property
    def undo_label(self) -> str | None:
        return self._edits[self._cursor - 1].label if self.can_undo else None

    @property
    def redo_label(self) -> str | None:
        return self._edits[self._cursor].label if self.can_redo else None

    @property
    def point_count(self) -> int:
        return sum(len(field.points) for field in self._fields.values())

    def refs(self) -> Iterator[PointRef]:
        """Give every point of the chart, in the order in which they were made."""
        for field in self._fields.values():
            for index in range(len(field.points)):
                yield PointRef(field.id, index)

    def newest_ref(self) -> PointRef | None:
        """Return a point of what was changed last, else of the newest field; None without any."""
        last = self._edits[self._cursor - 1].field_ids if self._cursor else frozenset()
        laid = [field for field in self._fields.values() if len(field.points)]
        touched = [field for field in laid if field.id in last] or laid
        return PointRef(touched[-1].id, len(touched[-1].points) // 2) if touched else None

    def observe(self, observer: Observer) -> Callable[[], None]:
        """Tell the observer of every change from now on; call the result to stop."""
        self._observers.append(observer)

        def stop() -> None:
            if observer in self._observers:
                self._observers.remove(observer)

        return stop

    def apply(self, edit: Edit) -> bool:
        """Make a new edit; what was undone before can no longer be redone.

        Returns False, and keeps the history as it is, if the edit changes nothing.

        Raises:
            EditConflictError: if the fields are not as the edit expects them; nothing is changed.
        """
        if all(before == after for _, before, after in edit.changes):
            return False
        self._swap(edit, forward=True)
        del self._edits[self._cursor :]
        self._edits.append(edit)
        self._cursor += 1
        self._tell(edit.field_ids)
        return True

    def undo(self) -> frozenset[UUID]:
        """Take back the last edit, with those it was merged with; return the changed ids."""
        changed: frozenset[UUID] = frozenset()
        while self.can_undo:
            changed |= self._step_back().field_ids
            if not self._merged_at(self._cursor):
                break
        self._tell(changed)
        return changed

    def redo(self) -> frozenset[UUID]:
        """Make the last undone edit again, with those it was merged with; return changed ids."""
        changed: frozenset[UUID] = frozenset()
        while self.can_redo:
            edit = self._edits[self._cursor]
            self._swap(edit, forward=True)
            self._cursor += 1
            changed |= edit.field_ids
            if not self._merged_at(self._cursor):
                break
        self._tell(changed)
        return changed

    def _step_back(self) -> Edit:
        edit = self._edits[self._cursor - 1]
        self._swap(edit, forward=False)
        self._cursor -= 1
        return edit

    def _merged_at(self, position: int) -> bool:
        """Tell whether the edits on both sides of a position in the history belong together."""
        if not 0 < position < len(self._edits):
            return False
        left, right = self._edits[position - 1], self._edits[position]
        return left.merge_key is not None and left.merge_key == right.merge_key

    def _swap(self, edit: Edit, *, forward: bool) -> None:
        swaps = [(key, b, a) if forward else (key, a, b) for key, b, a in edit.changes]
        for field_id, expected, _ in swaps:
            if self._fields.get(field_id) != expected:
                raise EditConflictError("the chart is not as this edit expects it")
        for field_id, _, wanted in swaps:
            if wanted is None:
                self._fields.pop(field_id, None)
            else:
                self._put(wanted)

    def _put(self, field: ChartField) -> None:
        newest = next(reversed(self._fields.values()), None)
        known = field.id in self._fields
        self._fields[field.id] = field
        # A field that comes back by undo returns to its old place in the order.
        if not known and newest is not None and _made(newest) > _made(field):
            self._fields = dict(sorted(self._fields.items()))

    def _tell(self, changed: frozenset[UUID]) -> None:
        if changed:
            for observer in tuple(self._observers):
                observer(changed)


def _made(field: ChartField) -> UUID:
    """Ids carry their time, so their order is that of making."""
    return field.id

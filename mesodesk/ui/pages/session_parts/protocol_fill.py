"""What the protocol of a session fills in: mixtures without lots, and fields on the chart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from mesodesk.domain.records.favourite import FavouriteRecord
from mesodesk.ui.tokens import Kind
from mesodesk.ui.widgets.cards import Notice

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from mesodesk.domain.favourites import Recipe
    from mesodesk.ui.pages.session_parts.state import SessionState


class ProtocolMixtures(Notice):
    """Fills Prepare with the mixtures of the protocol once, where nothing was drawn up yet."""

    def __init__(self, state: SessionState) -> None:
        super().__init__(object_name="prepare_protocol", closable=True)
        self._state = state
        self._filled: set[UUID] = set()

    def fill(self, put: Callable[[Recipe], object], *, empty: bool) -> None:
        """Put each mixture of the protocol into a syringe, and say so.

        Args:
            put: shows a syringe filled from a recipe.
            empty: whether no syringe was drawn up or begun.
        """
        state, plan = self._state, self._state.plan
        content = None if plan is None else plan.protocol
        if plan is None or content is None or content.injecting is None:
            return
        if not empty or not state.can_edit() or state.record.id in self._filled:
            return
        self._filled.add(state.record.id)
        for recipe in content.injecting.recipes:
            put(recipe)
        words = self.tr("From the protocol “{name}”, version {number}: 1 mixture, without a lot.")
        if content.mixtures > 1:
            words = self.tr(
                "From the protocol “{name}”, version {number}: {count} mixtures, without lots."
            )
        self.show_notice(
            Kind.INFO,
            words.format(
                name=plan.protocol_name, number=plan.protocol_version, count=content.mixtures
            ),
            self.tr("Choose today's lots. What is not wanted today can be put away."),
        )


class ProtocolFields(Notice):
    """Offers the fields of the protocol on a chart that is empty; laying them is a gesture."""

    wanted = Signal(object)
    """A record to place, as a favourite is."""

    def __init__(self, state: SessionState) -> None:
        super().__init__(object_name="chart_protocol", closable=True)
        self._state = state
        self._closed: set[UUID] = set()
        self.acted.connect(self._ask)
        self.dismissed.connect(self._remember)

    def show_for(self, *, empty: bool) -> None:
        """Offer the fields, or nothing where something is charted."""
        state, plan = self._state, self._state.plan
        content = None if plan is None else plan.protocol
        if (
            plan is None
            or content is None
            or not content.fields
            or not empty
            or not state.can_edit()
            or state.record.id in self._closed
        ):
            self.hide()
            return
        words = self.tr("The protocol “{name}” holds 1 field.")
        if content.fields > 1:
            words = self.tr("The protocol “{name}” holds {count} fields.")
        self.show_notice(
            Kind.INFO,
            words.format(name=plan.protocol_name, count=content.fields),
            self.tr("They are laid when you say so; each can be moved and changed afterwards."),
            self.tr("Lay them"),
        )

    def _ask(self) -> None:
        plan = self._state.plan
        if plan is None or plan.protocol is None or plan.protocol.injecting is None:
            return
        self.wanted.emit(
            FavouriteRecord(
                id=plan.plan_id,
                version=1,
                name=plan.protocol_name,
                owner_id=None,
                created_at=self._state.record.started_at,
                archived=False,
                content=plan.protocol.injecting,
            )
        )

    def _remember(self) -> None:
        self._closed.add(self._state.record.id)

"""What Today says of the stock: recalls, reactions that meet, lots to look after, what runs low."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from mesodesk.domain.reaction_terms import told_names
from mesodesk.domain.records.recall import ClusterKind
from mesodesk.domain.rights import Right
from mesodesk.ui.jobs import explain
from mesodesk.ui.numbers import format_date, format_quantity
from mesodesk.ui.pages.today_parts.section import Section
from mesodesk.ui.tokens import Kind, Space
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Card, IconLabel, Notice
from mesodesk.ui.widgets.layouts import nest, row
from mesodesk.ui.widgets.rows import Row
from mesodesk.ui.widgets.text import Body
from mesodesk.ui.widgets.textfields import TextField

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from mesodesk.domain.records.recall import Cluster, OpenRecall
    from mesodesk.domain.records.stock import LowStock
    from mesodesk.domain.records.today import Today
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context

_MOST_CLUSTERS = 3


class StockAlerts(QWidget):
    """Hidden while there is nothing to say."""

    #: (page id, arguments)
    asked = Signal(str, dict)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("stock_alerts")
        self._context = context
        self.recalls: Section[OpenRecall] = Section(
            _tr("Recalled lots"),
            "list_recalls",
            _recall_row,
            kind=Kind.STOP,
            icon_name="alert-octagon",
            most=5,
        )
        self.low: Section[LowStock] = Section(
            _tr("Running low"),
            "list_low",
            _low_row,
            kind=Kind.CAUTION,
            icon_name="flask-empty-outline",
            most=5,
        )
        self.clusters: list[ClusterCard] = []
        self._shown: tuple[Cluster, ...] = ()
        self._cards = QVBoxLayout()
        self._cards.setSpacing(Space.M)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(Space.M)
        nest(whole, self._cards)
        whole.addWidget(self.recalls)
        whole.addWidget(self.low)
        self.recalls.opened.connect(self._open_recall)
        self.low.opened.connect(self._open_product)
        for section in (self.recalls, self.low):
            section.hide()
        self.hide()

    def show_today(self, today: Today) -> bool:
        """Show what waits; tell whether anything does."""
        self.recalls.show_things(today.recalls)
        self.low.show_things(today.low)
        new = tuple(each for each in today.clusters if each.is_new)
        if new != self._shown:
            self._shown = new
            for card in self.clusters:
                self._cards.removeWidget(card)
                card.hide()
                card.deleteLater()
            self.clusters = [ClusterCard(self._context, each) for each in new[:_MOST_CLUSTERS]]
            for card in self.clusters:
                card.asked.connect(self.asked)
                self._cards.addWidget(card)
        anything = bool(today.recalls or today.low or new)
        self.setVisible(anything)
        return anything

    @Slot(object)
    def _open_recall(self, found: OpenRecall) -> None:
        self.asked.emit("recall", {"lot_id": found.recall.lot_id})

    @Slot(object)
    def _open_product(self, low: LowStock) -> None:
        self.asked.emit("stock", {"product_id": low.product.id})


class ClusterCard(Card):
    """Two or more patients who reacted, and what they have in common; a note puts it to rest."""

    #: (page id, arguments)
    asked = Signal(str, dict)

    def __init__(self, context: Context, cluster: Cluster) -> None:
        key = cluster.lot_number or str(cluster.treated_on)
        super().__init__(object_name=f"cluster_{key}", padding=Space.M)
        self._context = context
        self.cluster = cluster
        self.body.setSpacing(Space.S)
        self.notice = Notice(object_name=f"cluster_{key}_notice")
        self.notice.show_notice(Kind.STOP, headline(cluster), what(cluster, context.language))
        self.add(self.notice)
        if cluster.note:
            words = _tr("Looked into at {count} patients by {name}: {note}")
            self.add(
                Body(words.format(count=cluster.noted, name=cluster.noted_by, note=cluster.note))
            )
        self.note = TextField(
            f"cluster_{key}_note", _tr("What was found or done"),
            placeholder=_tr("What was found or done"), longest=400,
        )  # fmt: skip
        self.keep = Button(
            _tr("Note what was found"),
            f"cluster_{key}_keep",
            ButtonKind.QUIET,
            "check",
            compact=True,
        )
        self.treated = Button(
            _tr("Who was treated"), f"cluster_{key}_treated", ButtonKind.SECONDARY,
            "account-search-outline", compact=True,
        )  # fmt: skip
        may = context.may(Right.RECALL)
        self.add(self.note)
        nest(self.body, row(self.treated, self.keep, stretch=True))
        self.note.hide()
        self.keep.setVisible(may)
        self.keep.setToolTip(
            _tr(
                "Put the lot in quarantine if it may be the cause, see the patients, have samples"
                " cultured, tell the authority; then write what was found."
            )
        )
        self.treated.setVisible(cluster.lot_id is not None)
        self.note.edited.connect(self._typed)
        self.keep.clicked.connect(self._keep)
        self.treated.clicked.connect(self._open)

    @Slot()
    def _typed(self) -> None:
        self.keep.setEnabled(bool(self.note.value().strip()))

    @Slot()
    def _keep(self) -> None:
        if self.note.isHidden():
            self.note.show()
            self.keep.setEnabled(False)
            self.note.setFocus()
            return
        self.keep.setEnabled(False)
        each = self.cluster
        work = partial(_note, each.lot_id, each.treated_on, self.note.value())
        self._context.write(self, work, self._kept, self._failed)

    def _kept(self, _clusters: object) -> None:
        self.hide()

    def _failed(self, error: Exception) -> None:
        self.keep.setEnabled(True)
        self.note.set_error(explain(error))

    @Slot()
    def _open(self) -> None:
        self.asked.emit("recall", {"lot_id": self.cluster.lot_id})


def headline(cluster: Cluster) -> str:
    """Return what a cluster is, in one line."""
    count = len(cluster.patients)
    if cluster.kind is ClusterKind.LOT:
        words = _tr("{count} patients reacted after lot {lot} of {product}")
        return words.format(count=count, lot=cluster.lot_number, product=cluster.product_name)
    day = "" if cluster.treated_on is None else format_date(cluster.treated_on)
    return _tr("{count} patients treated on {day} reacted").format(count=count, day=day)


def what(cluster: Cluster, language: str) -> str:
    """Return what was told, by the names of kinds and the short names of the schedule."""
    names = told_names(language)
    told: dict[str, str] = {}  # a kind of reaction and an item of the schedule may have one name
    for each in cluster.what:
        name = names.get(each, each)
        told.setdefault(name.casefold(), name)
    words = ", ".join(told.values())
    return words[:1].upper() + words[1:]


def _recall_row(found: OpenRecall) -> Row:
    facts = [
        _tr("lot {number}").format(number=found.lot_number),
        _tr("{reached} of {patients} told").format(reached=found.reached, patients=found.patients),
    ]
    if found.drafts:
        one, many = _tr("in 1 open session"), _tr("in {count} open sessions")
        facts.append(one if found.drafts == 1 else many.format(count=found.drafts))
    return Row(
        found.product_name,
        " · ".join(facts),
        object_name=f"recall_{found.lot_number}",
        leading=IconLabel("alert-octagon", "stop"),
        trailing=(IconLabel("chevron-right"),),
    )


def _low_row(low: LowStock) -> Row:
    wanted = low.product.fields.low_ml
    words = _tr("{left} left, wanted at least {wanted}")
    return Row(
        low.product.fields.name,
        words.format(
            left=format_quantity(low.left_ml, "mL"),
            wanted="" if wanted is None else format_quantity(wanted, "mL"),
        ),
        object_name=f"low_{low.product.id}",
        leading=IconLabel("flask-empty-outline", "caution"),
        trailing=(IconLabel("chevron-right"),),
    )


def _note(
    lot_id: UUID | None, treated_on: date | None, text: str, desk: Desk
) -> tuple[Cluster, ...]:
    return desk.recalls.note_cluster(lot_id, treated_on, text)


def _tr(text: str) -> str:
    return QCoreApplication.translate("today", text)

"""A consent being prepared, then handed over to be read and signed."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mesodesk.domain.records.consent import ConsentMethod, ConsentState
from mesodesk.domain.strokes import Strokes, pack
from mesodesk.ui.jobs import explain
from mesodesk.ui.keeper import Keeper
from mesodesk.ui.pages.consent_parts.form import ConsentForm
from mesodesk.ui.pages.consent_parts.sheet import ConsentSheet
from mesodesk.ui.pages.consent_parts.signing import SigningPage
from mesodesk.ui.pages.consent_parts.words import missing_words
from mesodesk.ui.pages.patient_parts.conflict import KeptNotice
from mesodesk.ui.tokens import BAR, Kind, Space
from mesodesk.ui.typed import changes, values
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Notice
from mesodesk.ui.widgets.layouts import nest

if TYPE_CHECKING:
    from uuid import UUID

    from mesodesk.domain.records.consent import ConsentFields, ConsentRecord
    from mesodesk.domain.records.stock import ProductRecord
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context


class ConsentDraft(QWidget):
    """The form, and the text beside it. What the patient reads and signs goes over the window."""

    #: It was signed: the record.
    signed = Signal(object)
    #: It was put away.
    discarded = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._record: ConsentRecord | None = None
        self._fields: ConsentFields | None = None
        self._keeper: Keeper | None = None
        self.notice = KeptNotice("consent")
        self.form = ConsentForm(context)
        self.preview = ConsentSheet("consent_preview")
        self.signing = SigningPage(context, self)
        self.pad, self.sign = self.signing.pad, self.signing.sign
        self.lacking = Notice(object_name="consent_missing", action=self.tr("Go there"))
        self.hand_over = Button(
            self.tr("Hand over to read and sign"), "consent_hand_over", ButtonKind.PRIMARY, "pencil"
        )
        self.discard = Button(self.tr("Put it away"), "consent_discard", ButtonKind.QUIET)
        self._build()
        self._connect()

    def _build(self) -> None:
        side = QVBoxLayout()
        side.setSpacing(Space.S)
        side.addWidget(self.form, 1)
        side.addWidget(self.lacking)
        buttons = QHBoxLayout()
        buttons.addWidget(self.discard)
        buttons.addStretch(1)
        buttons.addWidget(self.hand_over)
        nest(side, buttons)
        line = QHBoxLayout()
        line.setSpacing(Space.M)
        nest(line, side, 5)
        line.addWidget(self.preview, 6)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, BAR, 0)
        column.setSpacing(Space.S)
        column.addWidget(self.notice)
        nest(column, line, 1)

    def _connect(self) -> None:
        self.form.edited.connect(self._edited)
        self.form.committed.connect(self.flush)
        self.lacking.acted.connect(self._to_missing)
        self.hand_over.clicked.connect(self._hand_over)
        self.discard.clicked.connect(self._discard)
        self.signing.given_back.connect(self._back)
        self.signing.clear.clicked.connect(self._clear)
        self.sign.clicked.connect(self._sign)
        self.pad.drawn.connect(self._drawn)
        self.notice.theirs_wanted.connect(self._show_theirs)

    # Showing

    def record_id(self) -> UUID | None:
        return None if self._record is None else self._record.id

    def show_draft(self, record: ConsentRecord) -> None:
        """Show an open consent; what is being typed into the same one stays."""
        keeper = self._keeper
        known = self._record is not None and self._record.id == record.id
        if not known or keeper is None:
            self._open(record)
        elif record.version > keeper.version and not keeper.is_pending():
            keeper.open(record.version)
            self._fill(record)
        elif record.version == keeper.version and not keeper.is_pending():
            self._show_kept(record)  # the day, a name or a product may be another

    def _open(self, record: ConsentRecord) -> None:
        self.forget()
        context = self._context
        self._keeper = Keeper(context.jobs, context.status, clock=context.clock, parent=self)
        self._keeper.open(record.version)
        self.notice.follow(self._keeper)
        self._fill(record)
        context.run(self, _products, self.form.products.offer)

    def _fill(self, record: ConsentRecord) -> None:
        self._fields = record.fields
        self.form.show_fields(record.fields)
        self._show_kept(record)

    def _show_kept(self, record: ConsentRecord) -> None:
        """Show the text as it stands, and what is missing."""
        self._record = record
        self.preview.show_text(record.shown)
        self.signing.show_record(record, on_paper=record.fields.method is ConsentMethod.PAPER)
        lacking = [name for name in record.missing if name != "strokes"]
        kind = Kind.CAUTION if lacking else Kind.OK
        words = " ".join(missing_words(name) for name in lacking[:3])
        more = self.tr(" And {count} more.").format(count=len(lacking) - 3)
        headline = (
            words + (more if len(lacking) > 3 else "")
            if lacking
            else self.tr("Everything is told. It can be handed over to be read and signed.")
        )
        self.lacking.show_notice(kind, headline, action=self.tr("Go there") if lacking else "")
        self.hand_over.setEnabled(not lacking)

    def forget(self) -> None:
        """Let go of the consent; what it still holds is written."""
        if self._keeper is not None:
            self._keeper.retire()
        self._keeper = self._record = self._fields = None
        self.notice.hide()
        self.signing.take_away()

    @Slot()
    def flush(self) -> None:
        """Write down what is being typed."""
        if self._keeper is not None:
            self._keeper.flush()

    def first_focus(self) -> QWidget | None:
        if self.signing.is_handed_over():
            return self.signing
        self._to_missing()
        return self.focusWidget() or self.hand_over

    # Typing and drawing

    @Slot(object)
    def _edited(self, fields: ConsentFields) -> None:
        if self._keeper is None or self._record is None:
            return
        self._fields = fields
        write = partial(_save, self._context.desk, self._record.id, fields)
        aside = changes("consent", self._record.id, self._record.fields, fields)
        self._keeper.put("consent", write, self._kept, aside=aside)

    @Slot(object)
    def _drawn(self, strokes: Strokes | None) -> None:
        self._keep_strokes(None if strokes is None else pack(strokes))

    @Slot()
    def _clear(self) -> None:
        self.pad.set_strokes(None)
        self._keep_strokes(None)

    def _keep_strokes(self, strokes: bytes | None) -> None:
        if self._keeper is not None and self._record is not None:
            of = (self._context.desk, self._record.id, strokes, self._record.shown_sha256)
            told = {"strokes": strokes, "shown_sha256": self._record.shown_sha256}
            aside = values("signature", self._record.id, told)
            self._keeper.put("strokes", partial(_draw, *of), self._kept, aside=aside)
            self._keeper.flush()

    def _kept(self, record: ConsentRecord) -> None:
        if self._record is not None and record.id == self._record.id:
            self._show_kept(record)

    @Slot(object)
    def _show_theirs(self, record: ConsentRecord) -> None:
        if record.state is ConsentState.DRAFT:
            self._fill(record)
        else:
            self.forget()
            self.signed.emit(record)

    @Slot()
    def _to_missing(self) -> None:
        for name in self._record.missing if self._record is not None else ():
            place = self.form.place_of(name)
            if place is not None:
                self.form.ensureWidgetVisible(place, 0, 80)
                place.setFocus(Qt.FocusReason.OtherFocusReason)
                return
        self.hand_over.setFocus(Qt.FocusReason.OtherFocusReason)

    # Going on

    @Slot()
    def _hand_over(self) -> None:
        self.flush()
        self.signing.hand_over()

    @Slot()
    def _back(self) -> None:
        self.signing.take_back()
        self.hand_over.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _sign(self) -> None:
        if self._keeper is None or self._record is None or not self.sign.isEnabled():
            return
        self.sign.setEnabled(False)
        write = partial(_sign, self._context.desk, self._record.id, self._record.shown_sha256)
        self._keeper.once(write, self._signed, self._not_signed)

    def _signed(self, record: ConsentRecord) -> None:
        self.signing.take_back()
        self.forget()
        self.signed.emit(record)

    def _not_signed(self, error: Exception) -> None:
        headline = self.tr("The consent was not taken")
        if self.signing.is_handed_over():
            self.signing.refuse(headline, error)
        else:
            self.notice.say(Kind.STOP, headline, explain(error))
        self._read_again()

    def _not_put_away(self, error: Exception) -> None:
        self.notice.say(Kind.STOP, self.tr("The consent was not put away"), explain(error))
        self._read_again()

    def _read_again(self) -> None:
        if self._record is not None:
            self._context.run(self, partial(_read, self._record.id), self._kept)

    @Slot()
    def _discard(self) -> None:
        if self._keeper is not None and self._record is not None:
            write = partial(_discard, self._context.desk, self._record.id)
            self._keeper.once(write, self._put_away, self._not_put_away)

    def _put_away(self, _nothing: object) -> None:
        self.forget()
        self.discarded.emit()


def _products(desk: Desk) -> tuple[ProductRecord, ...]:
    """Return what may be named, first what can be drawn from a lot on the shelf."""
    shelf = {lot.product.id for lot in desk.catalogue.lots(drawable_only=True)}
    return tuple(sorted(desk.catalogue.products(), key=lambda each: each.id not in shelf))


def _read(consent_id: UUID, desk: Desk) -> ConsentRecord:
    return desk.consents.get(consent_id)


def _save(desk: Desk, consent_id: UUID, fields: ConsentFields, version: int) -> ConsentRecord:
    return desk.consents.save(consent_id, version, fields)


def _draw(
    desk: Desk, consent_id: UUID, strokes: bytes | None, shown: str, version: int
) -> ConsentRecord:
    return desk.consents.draw(consent_id, version, strokes, shown)


def _sign(desk: Desk, consent_id: UUID, shown: str, version: int) -> ConsentRecord:
    return desk.consents.sign(consent_id, version, shown)


def _discard(desk: Desk, consent_id: UUID, version: int) -> None:
    desk.consents.discard(consent_id, version)

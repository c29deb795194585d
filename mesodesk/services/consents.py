"""Consents: begun, kept as they are typed, signed, withdrawn, and asked for anew."""

from dataclasses import fields
from datetime import date
from uuid import UUID

from sqlalchemy import func, select

from mesodesk.db.models.consent import ConsentRow
from mesodesk.db.models.stock import ProductRow
from mesodesk.domain.changes import Topic
from mesodesk.domain.clock import local_date
from mesodesk.domain.consent_rules import (
    ConsentOverview,
    ConsentStanding,
    against,
    photo_decisions,
    standing_of,
)
from mesodesk.domain.ids import new_id
from mesodesk.domain.records.consent import (
    ConsentFields,
    ConsentRecord,
    ConsentState,
    ConsentText,
    ConsentTextFields,
    DemandKind,
    PhotoDecision,
    PhotoPurpose,
    TextKey,
    WithdrawalScope,
)
from mesodesk.domain.rights import Right
from mesodesk.services.clinic import clinic_row
from mesodesk.services.consent_begin import first_fields
from mesodesk.services.consent_facts import consent_facts, session_standing
from mesodesk.services.consent_input import checked_consent, need_strokes
from mesodesk.services.consent_rows import (
    consent_fields,
    consent_record,
    consents_of,
    find_consent,
    write_consent,
)
from mesodesk.services.consent_signing import demand_consent, sign_consent, withdraw_consent
from mesodesk.services.consent_texts import add_version, own_versions, texts_in_force
from mesodesk.services.errors import ConflictError, RefusedError
from mesodesk.services.patient_rows import find_patient, touch_patient
from mesodesk.services.session_rows import find_session
from mesodesk.services.store import Store, Transaction, mark_edited


class ConsentService:
    """Keeps what patients consent to; a signed consent never changes again."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def overview(self, patient_id: UUID) -> ConsentOverview:
        """Return everything that is known of a patient's consent, seals checked.

        Raises:
            NotFoundError: if there is no such patient, or none that who acts may see.
        """
        with self._store.view(Right.RECORD_READ, "patient", patient_id) as tx:
            find_patient(tx, patient_id)
            return overview_of(tx, patient_id)

    def standing(self, session_id: UUID) -> ConsentStanding | None:
        """Return whether a consent covers a session in draft; None where none is asked for.

        Raises:
            NotFoundError: if there is no such session.
        """
        with self._store.view(Right.RECORD_READ, "session", session_id) as tx:
            return session_standing(tx, find_session(tx, session_id))

    def photo_decisions(self, patient_id: UUID) -> dict[PhotoPurpose, PhotoDecision]:
        """Return for what photographs of a patient may be used now; nothing is taken for a yes.

        Raises:
            NotFoundError: if there is no such patient, or none that who acts may see.
        """
        with self._store.view(Right.RECORD_READ, "patient", patient_id) as tx:
            find_patient(tx, patient_id)
            return photo_decisions(consent_facts(tx, patient_id).given)

    def get(self, consent_id: UUID) -> ConsentRecord:
        """Return a consent; the seal of a signed one is checked against its rows.

        Raises:
            NotFoundError: if there is no such consent.
        """
        with self._store.view(Right.RECORD_READ, "consent", consent_id) as tx:
            return consent_record(tx, find_consent(tx, consent_id))

    def start(self, patient_id: UUID) -> ConsentRecord:
        """Begin a consent, or return the one that is open.

        It begins with the products and areas of the open session and of the last consent; what was
        decided is asked anew.

        Raises:
            NotFoundError: if there is no such patient.
            RefusedError: if the patient is archived.
        """
        with self._store.write(Right.CONSENT_EDIT) as tx:
            patient = find_patient(tx, patient_id)
            for opened in consents_of(tx, patient_id, ConsentState.DRAFT):
                tx.look("consent", opened.id, opened.version, once=True)
                return consent_record(tx, opened)
            if patient.archived_at is not None:
                raise RefusedError(
                    "This patient is archived, so no consent was begun. Restore the patient first."
                )
            row = _new_draft(tx, patient_id)
            return _kept(tx, row, "consent.start", number=row.number)

    def save(self, consent_id: UUID, version: int, typed: ConsentFields) -> ConsentRecord:
        """Keep what was typed into an open consent; gaps are allowed.

        A signature that was drawn under other words counts no more, and is asked for again.

        Raises:
            NotFoundError: if there is no such consent.
            ConflictError: if it was changed since `version`.
            RefusedError: if it is signed: that one never changes again.
            InvalidError: if a value cannot be taken.
        """
        with self._store.write(Right.CONSENT_EDIT) as tx:
            row = _open_draft(tx, consent_id, version)
            before, today = consent_fields(row), _today(tx)
            checked = checked_consent(typed, tx.db.scalars(select(ProductRow.id)).all(), today)
            if checked == before:
                return consent_record(tx, row)
            write_consent(tx, row, checked)
            mark_edited(row)
            return _kept(tx, row, "consent.save", changed=_changed(before, checked))

    def draw(
        self, consent_id: UUID, version: int, strokes: bytes | None, shown_sha256: str
    ) -> ConsentRecord:
        """Keep a signature as far as it is drawn, or clear it.

        Args:
            consent_id: an open consent.
            version: as last read.
            strokes: packed as `domain.strokes` says, None to clear.
            shown_sha256: of the text that it was drawn under.

        Raises:
            NotFoundError: if there is no such consent.
            ConflictError: if it was changed since `version`.
            RefusedError: if it is signed, or these are no strokes.
        """
        with self._store.write(Right.CONSENT_EDIT) as tx:
            row = _open_draft(tx, consent_id, version)
            if strokes is not None:
                need_strokes(strokes)
            row.strokes, row.strokes_for = strokes, "" if strokes is None else shown_sha256
            return _kept(tx, row, "consent.draw", drawn=strokes is not None)

    def sign(self, consent_id: UUID, version: int, shown_sha256: str) -> ConsentRecord:
        """Close a consent for ever: what was shown is frozen with the signature, and sealed.

        Args:
            consent_id: an open consent.
            version: as last read.
            shown_sha256: of the text that the patient had in front of them.

        Raises:
            NotFoundError: if there is no such consent.
            ConflictError: if it was changed since `version`.
            RefusedError: if something is missing, or the text is not the one that was shown.
            SigningKeyError: if the vault was opened with the recovery key.
        """
        with self._store.write(Right.CONSENT_SIGN) as tx:
            draft = _open_draft(tx, consent_id, version)
            row = sign_consent(tx, draft, shown_sha256, self._store.vault)
            touch_patient(tx, row.patient_id)
            tx.touch(Topic.CONSENTS)
            return consent_record(tx, row)

    def discard(self, consent_id: UUID, version: int) -> None:
        """Put away a consent that was begun and not signed; it stays on record as that.

        Raises:
            NotFoundError: if there is no such consent.
            ConflictError: if it was changed since `version`.
            RefusedError: if it is signed.
        """
        with self._store.write(Right.CONSENT_EDIT) as tx:
            row = _open_draft(tx, consent_id, version)
            row.state = ConsentState.DISCARDED
            _kept(tx, row, "consent.discard")

    def withdraw(
        self, consent_id: UUID, scope: WithdrawalScope, reason: str, withdrawn_on: date
    ) -> ConsentRecord:
        """Record that a patient withdrew consent, all of it or photographs for one purpose.

        The consent stays as it was signed; what is withdrawn stands beside it, signed by who
        recorded it.

        Raises:
            NotFoundError: if there is no such consent.
            InvalidError: if the reason or the day cannot be taken.
            RefusedError: if it is not signed, or that was withdrawn before or never given.
            SigningKeyError: if the vault was opened with the recovery key.
        """
        with self._store.write(Right.CONSENT_EDIT) as tx:
            row = find_consent(tx, consent_id)
            withdraw_consent(tx, row, scope, reason, withdrawn_on, self._store.vault)
            touch_patient(tx, row.patient_id)
            tx.touch(Topic.CONSENTS)
            return consent_record(tx, find_consent(tx, consent_id))

    def demand(
        self, patient_id: UUID, kind: DemandKind, reason: str, grade: int | None = None
    ) -> ConsentOverview:
        """Ask for a new consent, whatever was signed before; photographs stay as decided.

        Args:
            patient_id: of whom.
            kind: a reaction, or anything else.
            reason: why, in words.
            grade: of a reaction, 1 to 5.

        Raises:
            NotFoundError: if there is no such patient.
            InvalidError: if the reason or the grade cannot be taken.
        """
        with self._store.write(Right.CONSENT_EDIT) as tx:
            find_patient(tx, patient_id)
            demand_consent(tx, patient_id, kind, reason, grade)
            return overview_of(tx, patient_id)

    def texts(self) -> tuple[ConsentText, ...]:
        """Return each text in each language as it is given now."""
        with self._store.read(Right.CLINIC_READ) as tx:
            return texts_in_force(tx.db)

    def text_versions(self, text_id: str, language: str) -> tuple[ConsentText, ...]:
        """Return the clinic's own versions of a text, the latest first."""
        with self._store.read(Right.CLINIC_READ) as tx:
            return own_versions(tx.db, text_id, language)

    def keep_text(
        self, text_id: str, language: str, after: TextKey, typed: ConsentTextFields
    ) -> ConsentText:
        """Keep a version of a text of the clinic's own; what was signed stays as it was signed.

        Raises:
            NotFoundError: if there is no such text.
            RefusedError: if somebody wrote a later version than `after` meanwhile.
            InvalidError: if it cannot be taken, or lacks what has to be signed.
        """
        with self._store.write(Right.CONSENT_TEXT) as tx:
            made = add_version(tx, text_id, language, after, typed)
            tx.touch(Topic.CONSENTS)
            return made


def overview_of(tx: Transaction, patient_id: UUID) -> ConsentOverview:
    """Return everything that is known of a patient's consent."""
    facts = consent_facts(tx, patient_id)
    signed = consents_of(tx, patient_id, ConsentState.SIGNED)
    drafts = consents_of(tx, patient_id, ConsentState.DRAFT)
    return ConsentOverview(
        required=clinic_row(tx.db).consent_required,
        standing=standing_of(facts),
        signed=tuple(consent_record(tx, row) for row in signed),
        against={each.id: found for each in facts.given if (found := against(each, facts))},
        photos=photo_decisions(facts.given),
        demands=facts.demands,
        draft=next((consent_record(tx, row) for row in drafts), None),
    )


def _new_draft(tx: Transaction, patient_id: UUID) -> ConsentRow:
    own = select(func.max(ConsentRow.number)).where(ConsentRow.patient_id == patient_id)
    typed = first_fields(tx, patient_id)
    row = ConsentRow(
        id=new_id(),
        patient_id=patient_id,
        number=(tx.db.scalar(own) or 0) + 1,
        state=ConsentState.DRAFT,
        started_at=tx.now,
        started_by=tx.actor.name,
        text_id=typed.text_id,
        language=typed.language,
        products=[],
        withdrawals=[],
        seal=None,
    )
    write_consent(tx, row, typed)
    tx.db.add(row)
    return row


def _today(tx: Transaction) -> date:
    return local_date(tx.now, clinic_row(tx.db).zone)


def _open_draft(tx: Transaction, consent_id: UUID, version: int) -> ConsentRow:
    row = find_consent(tx, consent_id)
    if row.state is not ConsentState.DRAFT:
        raise RefusedError(
            "This consent is closed and stays as it is. Nothing was changed. Begin a new one to"
            " record what is different now."
        )
    if row.version != version:
        raise ConflictError(consent_record(tx, row))
    return row


def _changed(before: ConsentFields, after: ConsentFields) -> list[str]:
    """Return the names of what changed, never what it says."""
    names = [each.name for each in fields(ConsentFields)]
    return [name for name in names if getattr(before, name) != getattr(after, name)]


def _kept(tx: Transaction, row: ConsentRow, action: str, **details: object) -> ConsentRecord:
    touch_patient(tx, row.patient_id)
    tx.db.flush()
    tx.audit(action, "consent", row.id, row.version, **details)
    tx.touch(Topic.CONSENTS)
    return consent_record(tx, find_consent(tx, row.id))

"""What screening says of what was drawn up: lots that are closed meanwhile, and mixtures."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select

from mesodesk.db.models.session import SessionRow, SyringeComponentRow, SyringeRow
from mesodesk.db.models.stock import (
    LotHoldRow,
    LotOpeningRow,
    LotRow,
    ProductRow,
    RecallRow,
)
from mesodesk.domain.answers import Answer
from mesodesk.domain.findings import Evidence, Finding, FindingKind, Override, Severity
from mesodesk.domain.mixing import (
    MIXTURE_RULE,
    Mixed,
    MixedPart,
    MixingFinding,
    evaluate,
    load_mixing,
    rules_in_force,
)
from mesodesk.domain.records.session import SyringeRecord
from mesodesk.domain.records.stock import LotRecord, LotState
from mesodesk.domain.texts import LocalText, day_text
from mesodesk.services.clinic import clinic_record, clinic_row
from mesodesk.services.lot_records import lot_records
from mesodesk.services.session_rows import kept_syringes, syringe_record
from mesodesk.services.session_versions import link_of
from mesodesk.services.store import Transaction

LOT_RULE_VERSION: Final = 1

_EXPIRED: Final = LocalText.of(
    {
        "en": "Lot {lot} of {product} expired on {day}.",
        "fr": "Le lot {lot} de {product} est périmé depuis le {day}.",
        "it": "Il lotto {lot} di {product} è scaduto il {day}.",
        "es": "El lote {lot} de {product} caducó el {day}.",
    }
)
_RECALLED: Final = LocalText.of(
    {
        "en": "Lot {lot} of {product} was recalled: {why}.",
        "fr": "Le lot {lot} de {product} a été rappelé : {why}.",
        "it": "Il lotto {lot} di {product} è stato richiamato: {why}.",
        "es": "El lote {lot} de {product} fue retirado: {why}.",
    }
)
_HELD: Final = LocalText.of(
    {
        "en": "Lot {lot} of {product} is in quarantine: {why}.",
        "fr": "Le lot {lot} de {product} est en quarantaine : {why}.",
        "it": "Il lotto {lot} di {product} è in quarantena: {why}.",
        "es": "El lote {lot} de {product} está en cuarentena: {why}.",
    }
)
_PAST_USE: Final = LocalText.of(
    {
        "en": "The opened container of lot {lot} of {product} was good until {day}.",
        "fr": "Le flacon entamé du lot {lot} de {product} était utilisable jusqu'au {day}.",
        "it": "Il flacone aperto del lotto {lot} di {product} era utilizzabile fino al {day}.",
        "es": "El envase abierto del lote {lot} de {product} era utilizable hasta el {day}.",
    }
)
_ACTION: Final = LocalText.of(
    {
        "en": "Draw up from another lot. If it was injected before that day, write so.",
        "fr": "Préparez à partir d'un autre lot. S'il a été injecté avant ce jour, écrivez-le.",
        "it": "Prepari da un altro lotto. Se è stato iniettato prima di quel giorno, lo scriva.",
        "es": "Prepare con otro lote. Si se inyectó antes de ese día, escríbalo.",
    }
)
_STOP_NOW: Final = LocalText.of(
    {
        "en": "Do not inject it. If some was injected already, write so: it stays on record.",
        "fr": "Ne l'injectez pas. Si une partie l'a déjà été, écrivez-le : cela reste au dossier.",
        "it": "Non lo inietti. Se una parte è già stata iniettata, lo scriva: resta agli atti.",
        "es": "No lo inyecte. Si ya se inyectó una parte, escríbalo: queda registrado.",
    }
)
_SOURCE: Final = LocalText.of(
    {
        "en": "Expiry date on the label, as entered",
        "fr": "Date de péremption de l'étiquette, telle que saisie",
        "it": "Data di scadenza sull'etichetta, come inserita",
        "es": "Fecha de caducidad de la etiqueta, tal como se anotó",
    }
)
_IN_STOCK: Final = LocalText.of(
    {
        "en": "Entered in Stock",
        "fr": "Saisi dans le stock",
        "it": "Inserito in magazzino",
        "es": "Anotado en existencias",
    }
)


def closed_lots(
    tx: Transaction, row: SessionRow, today: date, language: str
) -> tuple[Finding, ...]:
    """Return a finding for each lot that was good when drawn up and is closed since.

    What was injected in time and is signed later must not be locked out for ever: as a finding it
    takes a typed reason, which is sealed with the session. An amendment tells of an earlier day:
    only the expiry counts for it.
    """
    wanted = (
        select(LotRow)
        .where(
            LotRow.id.in_(
                select(SyringeComponentRow.lot_id)
                .join(SyringeRow, SyringeRow.id == SyringeComponentRow.syringe_id)
                .where(SyringeRow.session_id == row.id, SyringeRow.removed.is_(False))
            ),
            _may_be_closed(today),
        )
        .order_by(LotRow.expires_on, LotRow.id)
    )
    found = tx.db.scalars(wanted).all()
    lots = lot_records(tx, found) if found else ()
    amends = link_of(tx.db, row.id) is not None
    return tuple(
        finding for lot in lots for finding in _of_lot(lot, today, language, amends=amends)
    )


def _may_be_closed(today: date) -> ColumnElement[bool]:
    """Return the condition of lots worth a look: most drafts have none, and are asked often."""
    hold, recall, opening = LotHoldRow, RecallRow, LotOpeningRow
    return or_(
        LotRow.expires_on < today,
        LotRow.id.in_(select(hold.lot_id).where(hold.released_at.is_(None))),
        LotRow.id.in_(select(recall.lot_id).where(recall.withdrawn_at.is_(None))),
        LotRow.id.in_(select(opening.lot_id).where(opening.ended_on.is_(None))),
    )


def _of_lot(lot: LotRecord, today: date, language: str, *, amends: bool) -> Iterator[Finding]:
    expires_on = lot.fields.expires_on
    if expires_on < today:
        words = _said(_EXPIRED, lot, language, day=day_text(expires_on, language))
        yield _closed("lot_expired", lot, words, expires_on.isoformat(), language)
    if amends:
        return
    if lot.recalled_on is not None:
        words = _said(_RECALLED, lot, language, why=lot.recall_reason)
        yield _closed("lot_recalled", lot, words, lot.recalled_on.isoformat(), language)
    elif lot.held is not None:
        words = _said(_HELD, lot, language, why=lot.held.reason)
        yield _closed("lot_held", lot, words, lot.held.at.date().isoformat(), language)
    elif lot.state is LotState.PAST_USE and lot.opening is not None:
        words = _said(_PAST_USE, lot, language, day=day_text(lot.opening.use_by, language))
        yield _closed("lot_past_use", lot, words, lot.opening.use_by.isoformat(), language)


def _said(text: LocalText, lot: LotRecord, language: str, **values: str) -> str:
    return text.get(language).format(
        lot=lot.fields.number, product=lot.product.fields.name, **values
    )


def _closed(rule: str, lot: LotRecord, words: str, since: str, language: str) -> Finding:
    now = rule in ("lot_recalled", "lot_held")
    return Finding(
        rule_id=f"{rule}.{lot.id}",
        rule_version=LOT_RULE_VERSION,
        severity=Severity.STOP,
        kind=FindingKind.TRIGGERED,
        message=words,
        action=(_STOP_NOW if now else _ACTION).get(language),
        source=(_SOURCE if rule == "lot_expired" else _IN_STOCK).get(language),
        override=Override.ALLOWED,
        scope="all",
        evidence=(Evidence("lot", Answer.YES, f"{lot.fields.number} {since}"),),
        rule_severity=Severity.STOP,
    )


def mixture_findings(tx: Transaction, row: SessionRow, language: str) -> tuple[Finding, ...]:
    """Return a finding for each rule of mixtures that a syringe of the session breaks."""
    syringes = [syringe_record(each, each.components) for each in kept_syringes(row)]
    if not any(len(each.components) > 1 for each in syringes):
        return ()
    clinic = clinic_record(clinic_row(tx.db)).fields
    rules = rules_in_force(load_mixing(), clinic.limits)
    mixed = mixed_of(syringes, _forbidden(tx, syringes))
    return tuple(_mixture(each, language) for each in evaluate(rules, mixed, clinic.jurisdiction))


def mixed_of(
    syringes: Sequence[SyringeRecord], forbidden: frozenset[UUID] = frozenset()
) -> tuple[Mixed, ...]:
    """Return syringes as the rules of mixtures look at them.

    Args:
        syringes: of the session.
        forbidden: products whose own label forbids to mix them.
    """
    return tuple(
        Mixed(
            each.digit,
            tuple(
                MixedPart(
                    part.product_name,
                    part.product_class,
                    part.diluent,
                    part.actives,
                    part.product_id in forbidden,
                )
                for part in each.components
            ),
        )
        for each in syringes
    )


def _forbidden(tx: Transaction, syringes: Sequence[SyringeRecord]) -> frozenset[UUID]:
    products = {part.product_id for each in syringes for part in each.components}
    return frozenset(
        tx.db.scalars(
            select(ProductRow.id).where(
                ProductRow.id.in_(products), ProductRow.mixing_forbidden.is_(True)
            )
        )
    )


def _mixture(found: MixingFinding, language: str) -> Finding:
    rule, phrases = found.rule, load_mixing().phrases
    syringe = phrases["syringe"].get(language).format(digit=found.digit)
    return Finding(
        rule_id=f"{MIXTURE_RULE}{rule.id}.{found.digit}",
        rule_version=rule.version,
        severity=rule.severity,
        kind=FindingKind.TRIGGERED,
        message=f"{syringe}: {found.words(language)}",
        action=phrases["action"].get(language),
        source=rule.source.get(language),
        override=Override.ALLOWED,
        scope="all",
        evidence=(Evidence("mixture", Answer.YES, ", ".join(found.products)),),
        rule_severity=rule.severity,
    )

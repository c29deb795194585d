"""What a therapist types at a session, for tests of every layer."""

from decimal import Decimal

from mesodesk.domain.answers import Answer
from mesodesk.domain.records.session import SessionFields
from mesodesk.domain.vocabulary import load_vocabulary


def finished_fields() -> SessionFields:
    """Return everything typed that a session needs, with nothing unusual."""
    vocabulary = load_vocabulary()
    return SessionFields(
        anything_changed=Answer.NO,
        reaction_to_last=Answer.NO,
        emergency_kit=Answer.YES,
        weight_kg=Decimal("61.5"),
        skin_preparation=vocabulary.skin_preparations[0].id,
        aseptic_steps={step.id: Answer.YES for step in vocabulary.aseptic_steps},
        pain=2,
        reactions={each.id: Answer.NO for each in vocabulary.immediate_reactions},
        observation_min=20,
        aftercare_id="general",
        aftercare_version=1,
        aftercare_language="en",
        aftercare_given=Answer.YES,
        no_next_session=True,
    )

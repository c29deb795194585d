"""Add the tables of reactions: what was known of each when, where, the lots suspected, who was told."""

import sqlalchemy as sa
from alembic import op

from mesodesk.db import types

TRIGGERS = (
    "CREATE TRIGGER reaction_kept_update BEFORE UPDATE OF id, created_at, patient_id, follow_up_id, items ON reaction FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'a reaction stays on record'); END",
    "CREATE TRIGGER reaction_error_once BEFORE UPDATE ON reaction FOR EACH ROW WHEN OLD.error_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'an error is marked once'); END",
    "CREATE TRIGGER reaction_no_delete BEFORE DELETE ON reaction FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'a reaction stays on record'); END",
    "CREATE TRIGGER reaction_version_no_update BEFORE UPDATE ON reaction_version FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'reaction_version is append-only'); END",
    "CREATE TRIGGER reaction_version_no_delete BEFORE DELETE ON reaction_version FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'reaction_version is append-only'); END",
    "CREATE TRIGGER reaction_place_no_update BEFORE UPDATE ON reaction_place FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'reaction_place is append-only'); END",
    "CREATE TRIGGER reaction_place_no_delete BEFORE DELETE ON reaction_place FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'reaction_place is append-only'); END",
    "CREATE TRIGGER reaction_suspect_no_update BEFORE UPDATE ON reaction_suspect FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'reaction_suspect is append-only'); END",
    "CREATE TRIGGER reaction_suspect_no_delete BEFORE DELETE ON reaction_suspect FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'reaction_suspect is append-only'); END",
    "CREATE TRIGGER reaction_report_no_update BEFORE UPDATE ON reaction_report FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'reaction_report is append-only'); END",
    "CREATE TRIGGER reaction_report_no_delete BEFORE DELETE ON reaction_report FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'reaction_report is append-only'); END",
)


def upgrade() -> None:
    op.create_table('reaction',
    sa.Column('id', types.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', types.UtcDateTime(), nullable=False),
    sa.Column('changed_at', types.UtcDateTime(), nullable=False),
    sa.Column('patient_id', types.Uuid(), nullable=False),
    sa.Column('follow_up_id', types.Uuid(), nullable=True),
    sa.Column('items', types.Json(), nullable=False),
    sa.Column('error_at', types.UtcDateTime(), nullable=True),
    sa.Column('error_by', types.Uuid(), nullable=True),
    sa.Column('error_by_name', sa.String(), nullable=False),
    sa.Column('error_reason', sa.String(), nullable=False),
    sa.CheckConstraint("(error_at IS NULL) = (error_reason = '') AND (error_at IS NULL) = (error_by IS NULL)", name=op.f('ck_reaction_error_reasoned')),
    sa.CheckConstraint("(follow_up_id IS NULL) = (items = '[]')", name=op.f('ck_reaction_told_by_items')),
    sa.ForeignKeyConstraint(['error_by'], ['app_user.id'], name=op.f('fk_reaction_error_by_app_user'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['follow_up_id'], ['follow_up.id'], name=op.f('fk_reaction_follow_up_id_follow_up'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['patient_id'], ['patient.id'], name=op.f('fk_reaction_patient_id_patient'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reaction'))
    )
    op.create_index('ix_reaction_follow_up', 'reaction', ['follow_up_id'], unique=False)
    op.create_index('ix_reaction_patient', 'reaction', ['patient_id'], unique=False)
    op.create_table('reaction_version',
    sa.Column('id', types.Uuid(), nullable=False),
    sa.Column('reaction_id', types.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('session_id', types.Uuid(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('what', sa.String(), nullable=False),
    sa.Column('scale', sa.String(), nullable=False),
    sa.Column('scale_name', sa.String(), nullable=False),
    sa.Column('grade', sa.Integer(), nullable=True),
    sa.Column('grade_label', sa.String(), nullable=False),
    sa.Column('serious', sa.Enum('yes', 'no', 'not_asked', name='serious', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('criteria', types.Json(), nullable=False),
    sa.Column('onset_precision', sa.Enum('time', 'day', 'about', 'month', 'unknown', name='onset_precision', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('onset_on', sa.Date(), nullable=True),
    sa.Column('onset_minute', sa.Integer(), nullable=True),
    sa.Column('ended', sa.Enum('yes', 'no', 'not_asked', name='ended', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('end_precision', sa.Enum('time', 'day', 'about', 'month', 'unknown', name='end_precision', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('end_on', sa.Date(), nullable=True),
    sa.Column('end_minute', sa.Integer(), nullable=True),
    sa.Column('relatedness', sa.String(), nullable=False),
    sa.Column('actions', types.Json(), nullable=False),
    sa.Column('action_note', sa.String(), nullable=False),
    sa.Column('outcome', sa.String(), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('demand_id', types.Uuid(), nullable=True),
    sa.Column('author_id', types.Uuid(), nullable=False),
    sa.Column('author_name', sa.String(), nullable=False),
    sa.Column('written_at', types.UtcDateTime(), nullable=False),
    sa.CheckConstraint("(end_precision = 'unknown') = (end_on IS NULL) AND (end_precision = 'time') = (end_minute IS NOT NULL)", name=op.f('ck_reaction_version_end_dated')),
    sa.CheckConstraint("(number = 1) = (reason = '')", name=op.f('ck_reaction_version_change_reasoned')),
    sa.CheckConstraint("(onset_precision = 'unknown') = (onset_on IS NULL) AND (onset_precision = 'time') = (onset_minute IS NOT NULL)", name=op.f('ck_reaction_version_onset_dated')),
    sa.CheckConstraint("ended = 'yes' OR end_precision = 'unknown'", name=op.f('ck_reaction_version_end_of_ended')),
    sa.CheckConstraint("grade IS NULL OR (scale <> '' AND scale_name <> '')", name=op.f('ck_reaction_version_grade_scaled')),
    sa.CheckConstraint("kind <> ''", name=op.f('ck_reaction_version_named')),
    sa.CheckConstraint("serious = 'yes' OR criteria = '[]'", name=op.f('ck_reaction_version_criteria_serious')),
    sa.CheckConstraint('end_minute IS NULL OR (end_minute BETWEEN 0 AND 1439)', name=op.f('ck_reaction_version_end_minute_range')),
    sa.CheckConstraint('grade BETWEEN 1 AND 5', name=op.f('ck_reaction_version_grade_range')),
    sa.CheckConstraint('number > 0', name=op.f('ck_reaction_version_number_positive')),
    sa.CheckConstraint('onset_minute IS NULL OR (onset_minute BETWEEN 0 AND 1439)', name=op.f('ck_reaction_version_onset_minute_range')),
    sa.ForeignKeyConstraint(['author_id'], ['app_user.id'], name=op.f('fk_reaction_version_author_id_app_user'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['demand_id'], ['consent_demand.id'], name=op.f('fk_reaction_version_demand_id_consent_demand'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['reaction_id'], ['reaction.id'], name=op.f('fk_reaction_version_reaction_id_reaction'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['session_id'], ['session.id'], name=op.f('fk_reaction_version_session_id_session'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reaction_version'))
    )
    op.create_index('ix_reaction_version_demand', 'reaction_version', ['demand_id'], unique=False)
    op.create_index('ix_reaction_version_session', 'reaction_version', ['session_id'], unique=False)
    op.create_index('uq_reaction_version_number', 'reaction_version', ['reaction_id', 'number'], unique=True)
    op.create_table('reaction_place',
    sa.Column('version_id', types.Uuid(), nullable=False),
    sa.Column('position', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('atlas_id', sa.String(), nullable=False),
    sa.Column('body_sex', sa.Enum('female', 'male', name='body_sex', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('triangle', sa.Integer(), nullable=False),
    sa.Column('u', sa.Double(), nullable=False),
    sa.Column('v', sa.Double(), nullable=False),
    sa.Column('region', sa.String(), nullable=False),
    sa.CheckConstraint('triangle >= 0', name=op.f('ck_reaction_place_triangle_not_negative')),
    sa.CheckConstraint('u >= 0 AND v >= 0 AND u + v <= 1.000001', name=op.f('ck_reaction_place_in_triangle')),
    sa.ForeignKeyConstraint(['version_id'], ['reaction_version.id'], name=op.f('fk_reaction_place_version_id_reaction_version'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('version_id', 'position', name=op.f('pk_reaction_place'))
    )
    op.create_table('reaction_suspect',
    sa.Column('version_id', types.Uuid(), nullable=False),
    sa.Column('position', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('lot_id', types.Uuid(), nullable=False),
    sa.Column('product_id', types.Uuid(), nullable=False),
    sa.Column('product_name', sa.String(), nullable=False),
    sa.Column('lot_number', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['lot_id'], ['lot.id'], name=op.f('fk_reaction_suspect_lot_id_lot'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['product_id'], ['product.id'], name=op.f('fk_reaction_suspect_product_id_product'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['version_id'], ['reaction_version.id'], name=op.f('fk_reaction_suspect_version_id_reaction_version'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('version_id', 'position', name=op.f('pk_reaction_suspect'))
    )
    op.create_index('ix_reaction_suspect_lot', 'reaction_suspect', ['lot_id'], unique=False)
    op.create_table('reaction_report',
    sa.Column('id', types.Uuid(), nullable=False),
    sa.Column('reaction_id', types.Uuid(), nullable=False),
    sa.Column('recipient', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('reference', sa.String(), nullable=False),
    sa.Column('reported_on', sa.Date(), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('author_id', types.Uuid(), nullable=False),
    sa.Column('author_name', sa.String(), nullable=False),
    sa.Column('noted_at', types.UtcDateTime(), nullable=False),
    sa.CheckConstraint("recipient <> ''", name=op.f('ck_reaction_report_named')),
    sa.ForeignKeyConstraint(['author_id'], ['app_user.id'], name=op.f('fk_reaction_report_author_id_app_user'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['reaction_id'], ['reaction.id'], name=op.f('fk_reaction_report_reaction_id_reaction'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reaction_report'))
    )
    op.create_index('ix_reaction_report_reaction', 'reaction_report', ['reaction_id'], unique=False)
    for statement in TRIGGERS:
        op.execute(statement)

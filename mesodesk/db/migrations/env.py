"""Runs migrations on the connection that `mesodesk.db.upgrade` hands over, in its transaction."""

from alembic import context

connection = context.config.attributes["connection"]

if context.config.attributes.get("autogenerate"):
    # Only when a migration is being written: importing every model costs start-up time.
    from mesodesk.db.metadata import full_metadata, is_ours

    context.configure(
        connection=connection,
        target_metadata=full_metadata(),
        include_object=is_ours,
        compare_type=True,
        render_as_batch=True,
        user_module_prefix="types.",
        transactional_ddl=True,
    )
else:
    context.configure(connection=connection, render_as_batch=True, transactional_ddl=True)

with context.begin_transaction():
    context.run_migrations()

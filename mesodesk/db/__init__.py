"""The encrypted database: engine, tables, migrations. Nothing is imported here: start-up depends on it."""

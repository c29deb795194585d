"""The encrypted database: engine, tables, migrations. Importing it must import nothing more."""

"""The parts of the schema that hold a course of treatment; one migration makes them all."""

"""For migrations: the database itself refuses to change or delete rows, whoever writes past the door."""

from __future__ import annotations

from typing import Any

from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState


class AppendOnly(Operation):
    """Rows of these tables can be added only; `words` is what the database says to the rest.

    No RunPython: that one renders all models of the project first, though this needs none of them.
    """

    reversible = True

    def __init__(self, *tables: str, words: str) -> None:
        self.tables, self.words = tables, words

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """No model is changed."""

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for table in self.tables:
            for statement in _statements(schema_editor.connection.vendor, table, self.words):
                schema_editor.execute(statement)

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """The triggers go with their tables."""


def _statements(vendor: str, table: str, words: str) -> list[str]:
    if vendor == "postgresql":
        return [
            f"""CREATE FUNCTION {table}_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN RAISE EXCEPTION '{words}'; END $$""",
            f"""CREATE TRIGGER {table}_is_kept BEFORE UPDATE OR DELETE ON {table}
                FOR EACH ROW EXECUTE FUNCTION {table}_is_append_only()""",
        ]
    return [
        f"""CREATE TRIGGER {table}_is_kept_from_{deed.lower()} BEFORE {deed} ON {table}
            BEGIN SELECT RAISE(ABORT, '{words}'); END"""
        for deed in ("UPDATE", "DELETE")
    ]

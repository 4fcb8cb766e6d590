"""For migrations: the database itself refuses to change or delete rows, whoever writes past the door."""

from __future__ import annotations

from typing import Any

from django.db import migrations


def append_only(*tables: str, words: str) -> migrations.RunPython:
    """An operation that lets rows of these tables be added only; `words` is what the database says to the rest."""

    def put(_apps: Any, editor: Any) -> None:
        for table in tables:
            for statement in _statements(editor.connection.vendor, table, words):
                editor.execute(statement)

    return migrations.RunPython(put, migrations.RunPython.noop)


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

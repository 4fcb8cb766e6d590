"""The database itself refuses to change or delete what the audit tells: undo and independence rely on it."""

from django.db import migrations

TABLES = ("actions_auditentry", "actions_auditchange")
FUNCTION = """CREATE FUNCTION refuse_change_of_the_audit() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'the audit is never changed or deleted'; END $$"""


def put_triggers(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(FUNCTION)
        for table in TABLES:
            schema_editor.execute(
                f"""CREATE TRIGGER {table}_is_kept BEFORE UPDATE OR DELETE ON {table}
                    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_the_audit()"""
            )
        return
    for table in TABLES:
        for deed in ("UPDATE", "DELETE"):
            schema_editor.execute(
                f"""CREATE TRIGGER {table}_is_kept_from_{deed.lower()} BEFORE {deed} ON {table}
                    BEGIN SELECT RAISE(ABORT, 'the audit is never changed or deleted'); END"""
            )


class Migration(migrations.Migration):
    dependencies = [("actions", "0001_initial")]
    operations = [migrations.RunPython(put_triggers, migrations.RunPython.noop)]

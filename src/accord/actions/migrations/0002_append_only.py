"""The database itself refuses to change or delete what the audit tells: undo and independence rely on it."""

from django.db import migrations

from accord.ledger.triggers import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("actions", "0001_initial")]
    operations = [AppendOnly("actions_auditentry", "actions_auditchange", words="the audit is never changed or deleted")]

"""The database itself refuses to change or delete what the ledger holds."""

from django.db import migrations

from accord.ledger.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [append_only("ledger_ledgerentry", words="the ledger is append-only")]

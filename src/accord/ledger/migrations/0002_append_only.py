"""The database itself refuses to change or delete what the ledger holds."""

from django.db import migrations

from accord.ledger.triggers import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [AppendOnly("ledger_ledgerentry", words="the ledger is append-only")]

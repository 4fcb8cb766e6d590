"""The database itself refuses to change or delete the number of an offer."""

from django.db import migrations

from accord.ledger.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [("proposals", "0001_initial")]
    operations = [append_only("proposals_offernumber", words="the number of an offer never changes")]

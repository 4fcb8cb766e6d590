"""The database itself refuses to change or delete an offer's number, what a client said by a link, and what was replied."""

from django.db import migrations

from accord.ledger.triggers import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("proposals", "0001_initial")]
    operations = [
        AppendOnly("proposals_offernumber", words="the number of an offer never changes"),
        AppendOnly("proposals_answer", "proposals_reply", words="what a client said is never changed or deleted"),
    ]

"""The database itself refuses to change or delete what a client said by a link, and what the firm replied."""

from django.db import migrations

from accord.ledger.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [("proposals", "0001_initial")]
    operations = [append_only("proposals_answer", "proposals_reply", words="what a client said is never changed or deleted")]

"""The database itself refuses to change or delete what was said, and that it was taken back."""

from django.db import migrations

from accord.ledger.triggers import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("engagements", "0001_initial")]
    operations = [
        AppendOnly("engagements_expectation", "engagements_withdrawal", words="what was said is never changed or deleted"),
        AppendOnly("engagements_pastbelief", words="what was believed is never changed or deleted"),
        AppendOnly("engagements_policy", "engagements_override", words="what was decided is never changed or deleted"),
    ]

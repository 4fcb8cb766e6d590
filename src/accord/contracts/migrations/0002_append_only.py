"""The database itself refuses to change or delete votes, questions, answers, signatures, constraints and acceptances."""

from django.db import migrations

from accord.ledger.triggers import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("contracts", "0001_initial")]
    operations = [
        AppendOnly("contracts_vote", "contracts_question", "contracts_answer", words="what was decided is never changed or deleted"),
        AppendOnly("contracts_signature", "contracts_constraint", "contracts_constraintvalue", words="what was signed is never changed or deleted"),
        AppendOnly(
            "contracts_acceptance", "contracts_handoverquestion", "contracts_handoveranswer",
            words="what delivery asked, was answered and accepted is never changed or deleted",
        ),
    ]

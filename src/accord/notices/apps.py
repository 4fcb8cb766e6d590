from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "accord.notices"

    def ready(self) -> None:
        from django.db.models.signals import post_save

        from accord.actions.models import AuditEntry
        from accord.notices.rounds import something_was_done

        # Every action leaves one, of whatever room: any may have put something on a desk.
        post_save.connect(something_was_done, AuditEntry, dispatch_uid="accord.notices.something_was_done")

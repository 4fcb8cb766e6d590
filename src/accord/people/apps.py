from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "accord.people"

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in

        from accord.people.accounts import note_session

        user_logged_in.connect(note_session, dispatch_uid="accord.people.note_session")

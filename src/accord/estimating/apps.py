from django.apps import AppConfig


class EstimatingConfig(AppConfig):
    name = "accord.estimating"

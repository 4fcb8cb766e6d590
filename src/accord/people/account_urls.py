"""Addresses of the accounts library that Accord answers otherwise: nobody signs up or changes their own mail address."""

from django.urls import path
from django.views.generic import RedirectView

from accord.people import views

urlpatterns = [
    path("signup/", RedirectView.as_view(pattern_name="account_login")),
    path("email/", RedirectView.as_view(pattern_name="people:account")),
    path("sessions/<int:pk>/end/", views.end_session, name="end_session"),
]

from django.urls import path

from accord.demo import views

app_name = "demo"
urlpatterns = [
    path("", views.people, name="people"),
    path("checks/", views.checks, name="checks"),
    path("client/", views.client, name="client"),
    path("be/<int:pk>/", views.be, name="be"),
]

from django.urls import path

from accord.notices import views

app_name = "notices"
urlpatterns = [
    path("", views.choose, name="choose"),
    path("undelivered/", views.undelivered, name="undelivered"),
]

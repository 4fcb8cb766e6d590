from django.urls import path

from accord.planning import views

app_name = "planning"
urlpatterns = [
    path("of/<int:pk>/", views.plan, name="plan"),
    path("of/<int:pk>/check/", views.check, name="check"),
]

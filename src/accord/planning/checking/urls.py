from django.urls import path

from accord.planning.checking import views

urlpatterns = [path("of/<int:pk>/check/", views.check, name="check")]

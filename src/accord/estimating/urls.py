from django.urls import path

from accord.estimating import views

app_name = "estimating"
urlpatterns = [path("of/<int:pk>/", views.estimates, name="estimates")]

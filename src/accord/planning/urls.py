from django.urls import path

from accord.planning import views
from accord.planning.checking import urls as checking

app_name = "planning"
urlpatterns = [path("of/<int:pk>/", views.plan, name="plan"), *checking.urlpatterns]

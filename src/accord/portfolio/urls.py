from django.urls import path

from accord.portfolio import views

app_name = "portfolio"
urlpatterns = [path("over-sold/", views.over_sold, name="over_sold")]

from django.urls import path

from accord.people import views

app_name = "people"
urlpatterns = [
    path("", views.members, name="members"),
    path("<int:pk>/", views.member, name="member"),
    path("account/", views.account, name="account"),
]

from django.urls import path

from accord.relationships import views

app_name = "relationships"
urlpatterns = [
    path("begin/", views.begin, name="begin"),
    path("<int:pk>/contacts/add/", views.add_contact, name="add_contact"),
    path("<int:pk>/record/", views.record, name="record"),
    path("<int:pk>/health/", views.judge_health, name="judge_health"),
]

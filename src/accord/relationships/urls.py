from django.urls import path

from accord.relationships import views

app_name = "relationships"
urlpatterns = [
    path("begin/", views.begin, name="begin"),
    path("<int:pk>/contacts/add/", views.add_contact, name="add_contact"),
    path("contacts/<int:pk>/change/", views.change_contact, name="change_contact"),
    path("attachments/<int:pk>/", views.attachment, name="attachment"),
    path("<int:pk>/change/", views.change, name="change"),
    path("<int:pk>/hand-over/", views.hand_over, name="hand_over"),
    path("<int:pk>/record/", views.record, name="record"),
    path("<int:pk>/health/", views.judge_health, name="judge_health"),
]

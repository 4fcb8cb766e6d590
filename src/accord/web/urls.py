from django.urls import path

from accord.web import views

app_name = "web"
urlpatterns = [
    path("", views.desk, name="desk"),
    path("palette/", views.palette, name="palette"),
    path("relationships/", views.relationships, name="relationships"),
    path("relationships/<int:pk>/", views.relationship, name="relationship"),
    path("engagements/<int:pk>/", views.engagement, name="engagement"),
    path("first-administrator/", views.first_administrator, name="first_administrator"),
]

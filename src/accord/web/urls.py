from django.urls import path

from accord.web import pages, views

app_name = "web"
urlpatterns = [
    path("", pages.desk, name="desk"),
    path("desk/<int:part>/", pages.desk_part, name="desk_part"),
    path("desk/count/", pages.desk_count, name="desk_count"),
    path("palette/", pages.palette, name="palette"),
    path("people/<int:pk>/work/", pages.work, name="work"),
    path("relationships/", pages.relationships, name="relationships"),
    path("relationships/<int:pk>/", pages.relationship, name="relationship"),
    path("relationships/contacts/<int:pk>/", pages.contact, name="contact"),
    path("engagements/<int:pk>/", views.engagement, name="engagement"),
    path("first-administrator/", views.first_administrator, name="first_administrator"),
]

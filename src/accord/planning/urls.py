from django.urls import path

from accord.planning import views
from accord.planning.checking import urls as checking

app_name = "planning"
urlpatterns = [
    path("of/<int:pk>/", views.plan, name="plan"),
    path("of/<int:pk>/picture/", views.picture, name="picture"),
    path("of/<int:pk>/make/", views.make, name="make"),
    path("of/<int:pk>/settings/", views.settings, name="settings"),
    path("of/<int:pk>/add/", views.add, name="add"),
    path("of/<int:pk>/link/", views.link, name="link"),
    path("of/<int:pk>/undo/", views.undo, name="undo"),
    path("of/<int:pk>/follow/", views.follow, name="follow"),
    path("of/<int:pk>/reschedule/", views.reschedule, name="reschedule"),
    path("activities/<int:pk>/", views.activity, name="activity"),
    path("activities/<int:pk>/move/", views.move, name="move"),
    path("activities/<int:pk>/remove/", views.remove, name="remove"),
    path("links/<int:pk>/remove/", views.unlink, name="unlink"),
    path("promises/<int:pk>/aim/", views.aim, name="aim"),
    path("load/", views.people_load, name="load"),
    path("load/<slug:who>/<slug:week>/", views.booked, name="booked"),
    *checking.urlpatterns,
]

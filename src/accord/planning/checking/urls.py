from django.urls import path

from accord.planning.checking import views

urlpatterns = [
    path("of/<int:pk>/check/", views.check, name="check"),
    path("of/<int:pk>/check/ask/", views.ask, name="ask_check"),
    path("of/<int:pk>/check/line/", views.try_line, name="try_line"),
    path("of/<int:pk>/check/what-if/", views.what_if, name="what_if"),
    path("checks/<int:pk>/progress/", views.progress, name="check_progress"),
    path("checks/<int:pk>/renewed/", views.renewed, name="check_renewed"),
    path("checks/<int:pk>/ways-out/", views.ways_out, name="ways_out"),
    path("checks/<int:pk>/try/<int:number>/", views.try_way, name="try_way"),
    path("scenarios/<int:pk>/", views.scenario, name="scenario"),
    path("scenarios/<int:pk>/adopt/", views.adopt, name="adopt_scenario"),
]

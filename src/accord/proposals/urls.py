from django.urls import path

from accord.proposals import views

app_name = "proposals"
urlpatterns = [
    path("of/<int:pk>/", views.proposals, name="proposals"),
    path("of/<int:pk>/begin/", views.begin, name="begin"),
    path("<int:pk>/", views.proposal, name="proposal"),
    path("<int:pk>/change/", views.change, name="change"),
    path("<int:pk>/pdf/", views.as_pdf, name="pdf"),
    path("<int:pk>/compare/<int:other>/", views.compare, name="compare"),
    path("<int:pk>/new-version/", views.new_version, name="new_version"),
    path("<int:pk>/send/", views.send, name="send"),
    path("<int:pk>/override/", views.let_pass, name="override"),
    path("<int:pk>/withdraw/", views.withdraw, name="withdraw"),
]

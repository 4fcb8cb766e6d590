from django.urls import path

from accord.portal import views

app_name = "portal"
urlpatterns = [
    path("<str:token>/", views.offer, name="offer"),
    path("<str:token>/pdf/", views.as_pdf, name="pdf"),
    path("<str:token>/comment/", views.comment, name="comment"),
    path("<str:token>/accept/", views.accept, name="accept"),
    path("<str:token>/decline/", views.decline, name="decline"),
]

from django.urls import path

from accord.contracts.handing_over import views

app_name = "handing_over"
urlpatterns = [
    path("of/<int:pk>/", views.hand_overs, name="hand_overs"),
    path("of/<int:pk>/begin/", views.begin, name="begin"),
    path("of/<int:pk>/override/", views.overrule, name="override"),
    path("<int:pk>/", views.hand_over, name="hand_over"),
    path("<int:pk>/change/", views.change, name="change"),
    path("<int:pk>/offer/", views.offer, name="offer"),
    path("<int:pk>/accept/", views.accept, name="accept"),
    path("<int:pk>/send-back/", views.send_back, name="send_back"),
    path("<int:pk>/pdf/", views.as_pdf, name="pdf"),
    path("questions/<int:pk>/answer/", views.answer, name="answer"),
]

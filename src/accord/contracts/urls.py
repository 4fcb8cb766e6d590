from django.urls import path

from accord.contracts.reviewing import views

app_name = "contracts"
urlpatterns = [
    path("of/<int:pk>/", views.reviews, name="reviews"),
    path("of/<int:pk>/call/<slug:kind>/", views.call, name="call"),
    path("<int:pk>/", views.review, name="review"),
    path("<int:pk>/take/<slug:seat>/", views.take, name="take_seat"),
    path("<int:pk>/seat/<slug:seat>/", views.seat, name="seat_member"),
    path("<int:pk>/ask/", views.ask, name="ask"),
    path("<int:pk>/renew/", views.renew, name="renew"),
    path("<int:pk>/extend/", views.extend, name="extend"),
    path("<int:pk>/call-off/", views.call_off, name="call_off"),
    path("<int:pk>/override/", views.overrule, name="override"),
    path("<int:pk>/minutes/", views.as_pdf, name="minutes"),
    path("seats/<int:pk>/vote/", views.vote, name="vote"),
    path("seats/<int:pk>/stand-in/", views.stand_in, name="stand_in"),
    path("seats/<int:pk>/leave/", views.leave, name="leave_seat"),
    path("seats/<int:pk>/condition/", views.condition, name="raise_condition"),
    path("questions/<int:pk>/answer/", views.answer, name="answer"),
    path("conditions/<int:pk>/confirm/", views.confirm, name="confirm"),
]

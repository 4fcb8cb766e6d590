from django.urls import path

from accord.engagements import views

app_name = "engagements"
urlpatterns = [
    path("", views.engagements, name="engagements"),
    path("board/", views.board, name="board"),
    path("begin/", views.begin, name="begin"),
    path("<int:pk>/said/", views.said, name="said"),
    path("<int:pk>/said/record/", views.record, name="record"),
    path("<int:pk>/history/", views.history, name="history"),
    path("<int:pk>/move/", views.move, name="move"),
    path("<int:pk>/next-step/", views.next_step, name="next_step"),
    path("<int:pk>/end/", views.end, name="end"),
    path("expectations/<int:pk>/", views.expectation, name="expectation"),
    path("expectations/<int:pk>/restate/", views.restate, name="restate"),
    path("expectations/<int:pk>/withdraw/", views.withdraw, name="withdraw"),
]

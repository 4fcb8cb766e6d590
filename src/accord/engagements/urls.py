from django.urls import path

from accord.engagements import list_views, views
from accord.engagements.policies import views as policy_views

app_name = "engagements"
urlpatterns = [
    path("", list_views.engagements, name="engagements"),
    path("board/", list_views.board, name="board"),
    path("choices/", views.choices, name="choices"),
    path("begin/", views.begin, name="begin"),
    path("record/", views.record_anywhere, name="record_anywhere"),
    path("together/part/", list_views.give_part_in_each, name="give_part_in_each"),
    path("together/next-step/", list_views.plan_next_step_of_each, name="plan_next_step_of_each"),
    path("views/save/", list_views.save_view, name="save_view"),
    path("views/<int:pk>/rename/", list_views.rename_view, name="rename_view"),
    path("views/<int:pk>/delete/", list_views.delete_view, name="delete_view"),
    path("<int:pk>/said/", views.said, name="said"),
    path("<int:pk>/said/record/", views.record, name="record"),
    path("<int:pk>/people/", views.people, name="people"),
    path("<int:pk>/history/", views.history, name="history"),
    path("<int:pk>/move/", views.move, name="move"),
    path("<int:pk>/board/", list_views.move_on_board, name="move_on_board"),
    path("<int:pk>/change/", views.change, name="change"),
    path("<int:pk>/profile/", policy_views.profile, name="profile"),
    path("<int:pk>/profile/choose/", policy_views.change_profile, name="change_profile"),
    path("<int:pk>/profile/leave/", policy_views.leave_profile, name="leave_profile"),
    path("<int:pk>/profile/judge/", policy_views.judge, name="judge"),
    path("<int:pk>/parts/give/", views.give_part, name="give_part"),
    path("<int:pk>/parts/take/", views.take_part, name="take_part"),
    path("<int:pk>/next-step/", views.next_step, name="next_step"),
    path("<int:pk>/end/", views.end, name="end"),
    path("<int:pk>/reopen/", views.reopen, name="reopen"),
    path("expectations/<int:pk>/", views.expectation, name="expectation"),
    path("expectations/<int:pk>/restate/", views.restate, name="restate"),
    path("expectations/<int:pk>/withdraw/", views.withdraw, name="withdraw"),
]

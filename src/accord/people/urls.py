from django.urls import path

from accord.people import views

app_name = "people"
urlpatterns = [
    path("", views.members, name="members"),
    path("add/", views.add, name="add"),
    path("<int:pk>/", views.member, name="member"),
    path("<int:pk>/history/", views.history, name="history"),
    path("<int:pk>/change/", views.change, name="change"),
    path("<int:pk>/access/", views.access, name="access"),
    path("<int:pk>/skills/set/", views.set_skill, name="set_skill"),
    path("<int:pk>/skills/<int:skill>/remove/", views.remove_skill, name="remove_skill"),
    path("<int:pk>/absences/record/", views.record_absence, name="record_absence"),
    path("absences/<int:pk>/cancel/", views.cancel_absence, name="cancel_absence"),
    path("<int:pk>/rates/set/", views.set_member_rate, name="set_member_rate"),
    path("<int:pk>/invite/", views.invite, name="invite"),
    path("<int:pk>/deactivate/", views.deactivate, name="deactivate"),
    path("<int:pk>/reactivate/", views.reactivate, name="reactivate"),
    path("teams/", views.teams, name="teams"),
    path("teams/make/", views.make_team, name="make_team"),
    path("teams/<int:pk>/join/", views.join_team, name="join_team"),
    path("teams/<int:pk>/lead/", views.lead_team, name="lead_team"),
    path("teams/<int:pk>/leave/<int:member>/", views.leave_team, name="leave_team"),
    path("roles/", views.roles, name="roles"),
    path("roles/add/", views.add_role, name="add_role"),
    path("roles/<int:pk>/rates/set/", views.set_role_rate, name="set_role_rate"),
    path("skills/", views.skills, name="skills"),
    path("skills/add/", views.add_skill, name="add_skill"),
    path("firm/", views.firm, name="firm"),
    path("firm/set-up/", views.set_up_firm, name="set_up_firm"),
    path("firm/logo/", views.set_logo, name="set_logo"),
    path("firm/logo/remove/", views.remove_logo, name="remove_logo"),
    path("parts-of-country/", views.parts_of_country, name="parts_of_country"),
    path("account/", views.account, name="account"),
    path("join/<str:token>/", views.join, name="join"),
]

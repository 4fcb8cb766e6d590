from django.urls import path

from accord.engagements.policies import views

app_name = "policies"
urlpatterns = [
    path("", views.policy, name="policy"),
    path("change/", views.change_policy, name="change"),
    path("<int:version>/", views.policy_version, name="version"),
]

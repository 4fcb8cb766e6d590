from django.urls import path

from accord.proposals import views
from accord.proposals.answering import views as answering

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
    path("<int:pk>/withdraw/", views.withdraw, name="withdraw"),
    path("links/<int:pk>/revoke/", answering.revoke, name="revoke_link"),
    path("links/<int:pk>/renew/", answering.renew, name="renew_link"),
    path("comments/<int:pk>/answer/", answering.answer, name="answer_comment"),
]

from django.urls import path

from accord.proposals import standards_views, views
from accord.proposals.answering import views as answering

app_name = "proposals"
urlpatterns = [
    path("clauses/", standards_views.clauses, name="clauses"),
    path("clauses/new/", standards_views.new_clause, name="new_clause"),
    path("clauses/<int:pk>/change/", standards_views.change_clause, name="change_clause"),
    path("clauses/<int:pk>/retire/", standards_views.retire_clause, name="retire_clause"),
    path("rate-cards/", standards_views.rate_cards, name="rate_cards"),
    path("rate-cards/new/", standards_views.new_rate_card, name="new_rate_card"),
    path("rate-cards/<int:pk>/change/", standards_views.change_rate_card, name="change_rate_card"),
    path("sendings/<int:pk>/again/", views.mail_again, name="mail_again"),
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
    path("links/<int:pk>/revoke/", answering.revoke, name="revoke_link"),
    path("links/<int:pk>/renew/", answering.renew, name="renew_link"),
    path("comments/<int:pk>/answer/", answering.answer, name="answer_comment"),
]

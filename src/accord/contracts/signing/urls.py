from django.urls import path

from accord.contracts.signing import amendment_views, views

app_name = "signing"
urlpatterns = [
    path("of/<int:pk>/", views.contracts, name="contracts"),
    path("of/<int:pk>/prepare/", views.prepare, name="prepare"),
    path("of/<int:pk>/let-pass/", views.let_pass, name="let_pass"),
    path("<int:pk>/", views.contract, name="contract"),
    path("<int:pk>/sign/", views.sign, name="sign"),
    path("<int:pk>/client-signature/", views.client_signature, name="client_signature"),
    path("<int:pk>/conditions/", views.let_conditions_pass, name="let_conditions_pass"),
    path("<int:pk>/start/", views.start, name="start"),
    path("<int:pk>/end/", views.end, name="end"),
    path("<int:pk>/pdf/", views.as_pdf, name="pdf"),
    path("<int:pk>/amend/", amendment_views.begin, name="amend"),
    path("constraints/<int:pk>/", views.constraint, name="constraint"),
    path("copies/<int:pk>/", views.copy, name="copy"),
    path("amendments/<int:pk>/", amendment_views.amendment, name="amendment"),
    path("amendments/<int:pk>/behind/", amendment_views.behind, name="amendment_behind"),
    path("amendments/<int:pk>/promise/", amendment_views.promise, name="promise_amendment"),
    path("amendments/<int:pk>/change/", amendment_views.change, name="change_amendment"),
    path("amendments/<int:pk>/sign/", amendment_views.sign, name="sign_amendment"),
    path("amendments/<int:pk>/let-pass/", amendment_views.let_pass, name="let_amendment_pass"),
    path(
        "amendments/<int:pk>/client-signature/",
        amendment_views.client_signature,
        name="client_signature_of_amendment",
    ),
    path("amendments/<int:pk>/drop/", amendment_views.drop, name="drop_amendment"),
    path("amendments/<int:pk>/pdf/", amendment_views.as_pdf, name="amendment_pdf"),
]

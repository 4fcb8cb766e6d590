from django.urls import path

from accord.estimating import file_views, noting_views, reconciling_views, views

app_name = "estimating"
urlpatterns = [
    path("of/<int:pk>/", views.estimates, name="estimates"),
    path("of/<int:pk>/ask/", views.ask, name="ask"),
    path("of/<int:pk>/copy/", views.copy, name="copy"),
    path("covers/<int:pk>/", noting_views.cover, name="cover"),
    path("<int:pk>/", views.estimate, name="estimate"),
    path("<int:pk>/rows/", views.rows, name="rows"),
    path("<int:pk>/question/", views.question, name="question"),
    path("<int:pk>/estimators/", views.add_estimator, name="add_estimator"),
    path("<int:pk>/estimators/<int:member>/release/", views.release_estimator, name="release_estimator"),
    path("<int:pk>/step-back/", views.step_back, name="step_back"),
    path("<int:pk>/reconcile/", reconciling_views.reconcile, name="reconcile"),
    path("<int:pk>/compare/<int:other>/", reconciling_views.compare, name="compare"),
    path("<int:pk>/history/", views.history, name="history"),
    path("<int:pk>/done/", views.done, name="done"),
    path("<int:pk>/again/", views.again, name="again"),
    path("<int:pk>/deliver/", views.deliver, name="deliver"),
    path("<int:pk>/approve/", views.approve, name="approve"),
    path("<int:pk>/send-back/", views.send_back, name="send_back"),
    path("<int:pk>/new-version/", views.new_version, name="new_version"),
    path("<int:pk>/assumptions/", noting_views.add_assumption, name="add_assumption"),
    path("<int:pk>/assumptions/<int:noted>/drop/", noting_views.drop_assumption, name="drop_assumption"),
    path("<int:pk>/risks/", noting_views.add_risk, name="add_risk"),
    path("<int:pk>/risks/<int:noted>/drop/", noting_views.drop_risk, name="drop_risk"),
    path("<int:pk>/template/", views.use_template, name="use_template"),
    path("<int:pk>/keep/", views.keep_as_template, name="keep_as_template"),
    path("<int:pk>/import/", file_views.upload, name="upload"),
    path("<int:pk>/import/take/", file_views.take, name="take"),
    path("<int:pk>/export.<str:kind>", file_views.export, name="export"),
]

"""The addresses as they are where the sample firm runs, whatever the settings said at the start."""

from django.urls import include, path

from accord import urls

urlpatterns = [p for p in urls.urlpatterns if getattr(p, "app_name", "") != "demo"]
urlpatterns.append(path("demo/", include("accord.demo.urls")))
handler403, handler404, handler500 = urls.handler403, urls.handler404, urls.handler500

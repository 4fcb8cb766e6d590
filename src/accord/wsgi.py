"""What an application server serves."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from accord.serving import settle

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "accord.settings")
application = get_wsgi_application()
get_resolver().url_patterns  # noqa: B018  # every room is loaded before the first page is asked for
settle()

from django.urls import path

from benchmarks.bare import fifty_rows
from contactcentre import urls
from contactcentre.urls import *  # noqa: F403 - the handlers of errors too

urlpatterns = [path("bare/", fifty_rows), *urls.urlpatterns]

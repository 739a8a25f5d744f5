"""Addresses of version 1."""

from __future__ import annotations

from django.urls import include, path, re_path
from rest_framework.routers import SimpleRouter

from apps.api.views.behind import CampaignViewSet, EstimateList, InquiryAnswer, InquiryList
from apps.api.views.canned import CannedReplyViewSet
from apps.api.views.cases import CaseViewSet
from apps.api.views.customers import CustomerViewSet
from apps.api.views.files import AttachmentView, RawView
from apps.api.views.inbound import InboundView
from apps.api.views.interactions import EventList, InteractionList
from apps.api.views.me import AbsenceViewSet, MeView, WishView
from apps.api.views.notifications import NotificationViewSet
from apps.api.views.nowhere import Nowhere
from apps.api.views.preferences import PreferenceViewSet
from apps.api.views.promises import AttemptList, PromiseViewSet
from apps.api.views.teams import TeamViewSet

app_name = "api"

router = SimpleRouter(use_regex_path=False)
router.register("customers", CustomerViewSet)
router.register("cases", CaseViewSet)
router.register("campaigns", CampaignViewSet)
router.register("canned-replies", CannedReplyViewSet)
router.register("notifications", NotificationViewSet)
router.register("preferences", PreferenceViewSet)
router.register("promises", PromiseViewSet)
router.register("teams", TeamViewSet)
router.register("me/absences", AbsenceViewSet)

urlpatterns = [
    path("", include(router.urls)),
    path("me/", MeView.as_view(), name="me"),
    path("me/notifications/", WishView.as_view(), name="wish"),
    path("cases/<str:number>/interactions/", InteractionList.as_view(), name="interactions"),
    path("cases/<str:number>/inquiries/", InquiryList.as_view(), name="inquiries"),
    path(
        "cases/<str:number>/inquiries/<int:pk>/answer/",
        InquiryAnswer.as_view(),
        name="inquiry-answer",
    ),
    path("cases/<str:number>/estimates/", EstimateList.as_view(), name="estimates"),
    path("cases/<str:number>/events/", EventList.as_view(), name="events"),
    path("promises/<int:pk>/attempts/", AttemptList.as_view(), name="attempts"),
    path("attachments/<int:pk>/", AttachmentView.as_view(), name="attachment"),
    path("inbound/<int:pk>/raw/", RawView.as_view(), name="raw"),
    path("channels/<str:account>/inbound/", InboundView.as_view(), name="inbound"),
    re_path("", Nowhere.as_view()),
]

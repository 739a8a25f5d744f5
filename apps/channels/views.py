"""The address to which services post what arrived for an account (webhooks)."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from apps.channels import registry
from apps.channels.domain.intake import Outage, receive_many
from apps.channels.doors import NotGenuine, Posted
from apps.channels.driver import Unreadable
from apps.channels.models import Account

CHALLENGE = 'Basic realm="webhook"'


@csrf_exempt  # a program without session: the driver checks what proves the post genuine
@require_http_methods(["HEAD", "POST"])
def webhook(request: HttpRequest, channel: str, account: str) -> HttpResponse:
    """Store what a service posts, then answer 200. Without proof every account is nowhere."""
    if request.method == "HEAD":  # some try the address when it is set up
        return HttpResponse()
    try:
        _take(request, channel, account)
    except NotGenuine:
        return _refuse(request)
    except Unreadable as error:
        return HttpResponse(error.reason, status=400, content_type="text/plain; charset=utf-8")
    except Outage:
        return HttpResponse(status=503, headers={"Retry-After": "60"})
    return HttpResponse()


def _take(request: HttpRequest, channel: str, name: str) -> None:
    try:
        driver = registry.get(channel)
    except registry.UnknownChannel:
        raise NotGenuine from None
    if not isinstance(driver, Posted) or not name.isprintable():
        raise NotGenuine
    found = Account.objects.enabled().filter(channel=driver.slug, name=name)
    account = found.select_related("team").first()
    if account is None:
        raise NotGenuine
    raws: Sequence[bytes] = driver.read_post(account.as_view(), request)
    if raws:
        receive_many(account, raws, driver.content_types[0])


def _refuse(request: HttpRequest) -> HttpResponse:
    """Amazon's SNS shows its password only when it is asked, whatever the account."""
    if "X-Amz-Sns-Message-Type" in request.headers and "Authorization" not in request.headers:
        return HttpResponse(status=401, headers={"WWW-Authenticate": CHALLENGE})
    return HttpResponseNotFound()

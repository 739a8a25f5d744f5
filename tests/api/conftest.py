"""Clients of the API, each with a token of its own."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import time_machine
from django.test import Client

from apps.accounts.models import Team, User
from apps.api.domain import issue_token
from apps.channels.models import Account
from tests.cast import NOON


class ApiClient(Client):
    """Speaks JSON with a token; paths are relative to /api/v1/."""

    def __init__(self, token: str = "", **kwargs):
        headers = {"Authorization": f"Token {token}"} if token else {}
        super().__init__(headers=headers, **kwargs)

    def at(self, method: str, path: str, data: object = None, **kwargs):
        path = path if path.startswith(("/", "http")) else f"/api/v1/{path}"
        body = {} if data is None else {"data": data, "content_type": "application/json"}
        return getattr(self, method)(path, **(body | kwargs))


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def api_of(db: None) -> Callable[[User], ApiClient]:
    return lambda user: ApiClient(issue_token(user=user))


@pytest.fixture
def ana(api_of, ana_agent: User) -> ApiClient:
    return api_of(ana_agent)


@pytest.fixture
def sam(api_of, sam_supervisor: User) -> ApiClient:
    return api_of(sam_supervisor)


@pytest.fixture
def outsider(api_of, stranger: User) -> ApiClient:
    return api_of(stranger)


@pytest.fixture
def chief(api_of, root: User) -> ApiClient:
    return api_of(root)


@pytest.fixture
def mailbox(lamps: Team) -> Account:
    return Account.objects.create(
        channel="email", name="support", address="help@lamps.example", team=lamps, is_default=True
    )

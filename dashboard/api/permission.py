"""Who may read a route: whoever is logged in and may hear its topic, over a socket as over REST."""

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from dashboard.people.roles import may_operate
from dashboard.protocol.topics import OF_STAFF, Topic
from dashboard.sockets.identity import Identity


class LoggedIn(BasePermission):
    """Everybody who has a login or a token, whatever they are for."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return bool(request.user.is_authenticated)


class MayHear(BasePermission):
    """A view says its `topic`. A token that is for other topics is refused, whatever its owner may."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if not request.user.is_authenticated:
            return False
        topic = Topic(view.topic)
        if isinstance(request.auth, Identity):
            self.message = f"This token is not for {topic}."
            return topic in request.auth.topics
        self.message = "Only operators may see this."
        return topic not in OF_STAFF or may_operate(request.user)


class MayAs(BasePermission):
    """A view says the `right` of Django's that it takes. Of people alone: what a token is for is topics."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if not request.user.is_authenticated:
            return False
        if isinstance(request.auth, Identity):
            self.message = "This is not for tokens: come with a session."
            return False
        self.message = f"This needs the permission {view.right}."
        return request.user.has_perm(view.right)

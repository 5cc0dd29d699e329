"""/api/v1/clients/: who is connected over sockets, and to send one away. For people, with a session."""

from typing import Any, Final

from asgiref.sync import async_to_sync
from django.utils.decorators import method_decorator
from django.views.decorators.cache import cache_control
from drf_spectacular.utils import extend_schema
from msgspec import structs
from rest_framework import serializers
from rest_framework.exceptions import APIException, NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from dashboard.api.permission import MayAs
from dashboard.sockets.client import ClientState
from dashboard.sockets.dismissal import send_away
from dashboard.sockets.herald import read_all
from feeds.api.row import Moment, RowSerializer

_NEVER_KEPT: Final = cache_control(private=True, no_store=True)


class Unknown(APIException):
    """Redis is away."""

    status_code = 503
    default_detail = "The store of live data does not answer, so nobody knows. Try again."


class ClientRow(RowSerializer):
    id = serializers.CharField()
    kind = serializers.ChoiceField(["dashboard", "client"], help_text="A page, or a program.")
    state = serializers.ChoiceField([state.value for state in ClientState])
    user_id = serializers.IntegerField()
    username = serializers.CharField()
    address = serializers.CharField()
    connected_at = Moment()
    last_message_at = Moment(allow_null=True)
    message_count = serializers.IntegerField(help_text="What it said.")
    error_count = serializers.IntegerField(help_text="How often it could not be understood.")
    last_error_at = Moment(allow_null=True)
    sent_frames = serializers.IntegerField()
    sent_bytes = serializers.IntegerField()
    topics = serializers.ListField(child=serializers.CharField())
    close_code = serializers.IntegerField(allow_null=True)
    closed_at = Moment(allow_null=True)
    process = serializers.CharField(help_text="Such as web:1.")


class ToldRow(serializers.Serializer[Any]):
    client = serializers.CharField()


@method_decorator(_NEVER_KEPT, name="dispatch")
class Clients(APIView):
    permission_classes = (MayAs,)
    right = "dashboard.view_liveclient"

    @extend_schema(summary="Who is connected, in all processes", responses={200: ClientRow(many=True)})
    def get(self, request: Request) -> Response:
        """The newest first; as many as may be connected."""
        lines = async_to_sync(read_all)()
        if lines is None:
            raise Unknown
        return Response(ClientRow([structs.asdict(line) for line in lines], many=True).data)


@method_decorator(_NEVER_KEPT, name="dispatch")
class Disconnect(APIView):
    permission_classes = (MayAs,)
    right = "dashboard.disconnect_liveclient"

    @extend_schema(summary="Send a client away", request=None, responses={202: ToldRow})
    def post(self, request: Request, client_id: str) -> Response:
        """Its socket is closed within a moment, with 4001."""
        if not send_away(client_id, request.user.get_username()):
            raise NotFound("No client of this name is connected.")
        return Response({"client": client_id}, 202)

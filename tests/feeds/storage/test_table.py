"""A batch of trades becomes rows, whatever the database allows."""

from django.db import connection

from feeds.models import Trade
from feeds.storage import table
from tests.feeds.samples import logged
from tests.postgres_server import PostgresServer


def test_database_without_temporary_tables_takes_a_batch(own_postgres: PostgresServer) -> None:
    """D3: a hardened PostgreSQL; known ids are ignored there as well."""
    with connection.cursor() as cursor:
        cursor.execute(f'REVOKE TEMPORARY ON DATABASE "{connection.settings_dict["NAME"]}" FROM PUBLIC')
        cursor.execute("CREATE ROLE plain")
        cursor.execute("GRANT ALL ON ALL TABLES IN SCHEMA public TO plain")
        cursor.execute("SET ROLE plain")
        cursor.execute("SELECT has_database_privilege(current_database(), 'TEMP')")
        assert cursor.fetchone() == (False,)
        table.store([logged(1), logged(2)])
        table.store([logged(2), logged(3)])
        assert Trade.objects.count() == 3
        cursor.execute("RESET ROLE")
        cursor.execute("DROP OWNED BY plain; DROP ROLE plain")
        cursor.execute(f'GRANT TEMPORARY ON DATABASE "{connection.settings_dict["NAME"]}" TO PUBLIC')

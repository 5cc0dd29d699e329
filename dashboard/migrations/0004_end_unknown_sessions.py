from django.db import migrations


def end_unknown_sessions(apps, schema_editor):
    """Those from before logins were noted: nobody could end them, so whoever has one logs in once more."""
    noted = apps.get_model("usersessions", "UserSession").objects.values("session_key")
    apps.get_model("sessions", "Session").objects.exclude(session_key__in=noted).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("dashboard", "0003_people"),
        ("sessions", "0001_initial"),
        ("usersessions", "0001_initial"),
    ]

    operations = [
        migrations.RunPython(end_unknown_sessions, migrations.RunPython.noop),
    ]

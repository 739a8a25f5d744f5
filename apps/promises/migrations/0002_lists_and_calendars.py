import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_team_assignment_rule'),
        ('promises', '0001_promises'),
    ]

    operations = [
        migrations.CreateModel(
            name='CalendarFeed',
            fields=[
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='calendar_feed', serialize=False, to=settings.AUTH_USER_MODEL, verbose_name='user')),
                ('key', models.CharField(editable=False, max_length=43, unique=True, verbose_name='key')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='created at')),
            ],
            options={
                'verbose_name': 'calendar subscription',
                'verbose_name_plural': 'calendar subscriptions',
            },
        ),
        migrations.AddIndex(
            model_name='promise',
            index=models.Index(condition=models.Q(('settled_at__isnull', True)), fields=['deadline', 'line_since', 'id'], name='promise_owed_first'),
        ),
    ]

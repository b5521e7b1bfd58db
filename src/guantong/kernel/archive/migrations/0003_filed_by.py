from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("archive", "0002_need_to_know")]

    operations = [migrations.RenameField("volume", "checked_by", "filed_by")]

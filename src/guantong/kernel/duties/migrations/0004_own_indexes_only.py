"""Indexes of duties that others serve as well are dropped: every act writes duties."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("duties", "0003_duty_adoption"),
        ("matters", "0001_initial"),
        ("measures", "0001_initial"),
        ("organs", "0001_initial"),
    ]

    operations = [
        migrations.AlterField(
            model_name="duty",
            name="claimant",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="organs.organ",
            ),
        ),
        migrations.AlterField(
            model_name="duty",
            name="holder",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="organs.organ",
            ),
        ),
        migrations.AlterField(
            model_name="duty",
            name="matter",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="duties",
                to="matters.matter",
            ),
        ),
        migrations.AlterField(
            model_name="duty",
            name="measure_version",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="measures.measureversion",
            ),
        ),
    ]

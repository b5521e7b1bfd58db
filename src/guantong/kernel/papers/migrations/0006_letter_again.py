"""Whether a body has a letter already is looked up by its number, not among all that it has received."""

from django.db import migrations, models

TAKE_IN = """
CREATE OR REPLACE FUNCTION guantong_take_in(
    body bigint, in_year int, of_paper uuid, from_sender text, with_number text, of_date date,
    OUT known text, OUT serial int
) LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('received/' || body, 8));
    IF of_paper IS NOT NULL THEN
        SELECT i.number INTO known FROM papers_incoming i
        WHERE i.organ_id = body AND i.paper_id = of_paper LIMIT 1;
    ELSIF with_number <> '' THEN
        SELECT i.number INTO known FROM papers_incoming i
        WHERE i.organ_id = body AND i.paper_id IS NULL AND i.letter_number <> '' AND i.letter_number = with_number
            AND i.sender = from_sender AND i.letter_date IS NOT DISTINCT FROM of_date
        LIMIT 1;
    END IF;
    IF known IS NULL THEN
        INSERT INTO matters_counter AS c (organ_id, series, year, last) VALUES (body, 'received', in_year, 1)
        ON CONFLICT (organ_id, series, year) DO UPDATE SET last = c.last + 1
        RETURNING c.last INTO serial;
    END IF;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("papers", "0005_take_in")]

    operations = [
        migrations.AddIndex(
            "incoming",
            models.Index(
                fields=["organ", "letter_number"],
                condition=models.Q(paper__isnull=True) & ~models.Q(letter_number=""),
                name="incoming_by_letter",
            ),
        ),
        migrations.RunSQL([TAKE_IN], migrations.RunSQL.noop),
    ]

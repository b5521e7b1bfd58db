"""Taking a letter in: whether a body has it already, or else its next number, one act after the other."""

from django.db import migrations

TAKE_IN = """
CREATE FUNCTION guantong_take_in(
    body bigint, in_year int, of_paper uuid, from_sender text, with_number text, of_date date,
    OUT known text, OUT serial int
) LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('received/' || body, 8));
    SELECT i.number INTO known FROM papers_incoming i
    WHERE i.organ_id = body AND CASE
        WHEN of_paper IS NOT NULL THEN i.paper_id = of_paper
        ELSE i.paper_id IS NULL AND with_number <> '' AND i.sender = from_sender
            AND i.letter_number = with_number AND i.letter_date IS NOT DISTINCT FROM of_date
        END
    LIMIT 1;
    IF known IS NULL THEN
        INSERT INTO matters_counter AS c (organ_id, series, year, last) VALUES (body, 'received', in_year, 1)
        ON CONFLICT (organ_id, series, year) DO UPDATE SET last = c.last + 1
        RETURNING c.last INTO serial;
    END IF;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("papers", "0004_one_letter_one_number"), ("matters", "0004_party_roles")]

    operations = [
        migrations.RunSQL(
            [TAKE_IN, "GRANT EXECUTE ON FUNCTION guantong_take_in TO guantong_app"],
            "DROP FUNCTION guantong_take_in",
        )
    ]

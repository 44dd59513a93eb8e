"""Rights and scope of what was received; a row's cells and a file's identity never change."""

from django.db import migrations

from minzheng.kernel.storage.guards import enable_scope, grant_web, statement, written_by_posts


class Migration(migrations.Migration):
    dependencies = [("sources", "0001_initial"), ("access", "0002_guards")]

    operations = [
        grant_web("sources_feedfile", "SELECT, INSERT, UPDATE"),
        grant_web("sources_feedrow", "SELECT, INSERT, UPDATE"),
        grant_web("sources_reviewitem", "SELECT, INSERT, UPDATE"),
        written_by_posts("sources_feedfile"),
        enable_scope("sources_feedrow", person_column="person_id"),
        enable_scope("sources_reviewitem"),
        statement(
            """
            CREATE FUNCTION sources_keep_received() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
              RAISE EXCEPTION '% 收到的内容不可修改 (what was received cannot be changed)', TG_TABLE_NAME
                USING ERRCODE = 'restrict_violation';
            END $$;
            CREATE TRIGGER sources_feedrow_received BEFORE UPDATE ON sources_feedrow FOR EACH ROW
              WHEN ((OLD.raw, OLD.file_id, OLD.sheet, OLD.line) IS DISTINCT FROM
                    (NEW.raw, NEW.file_id, NEW.sheet, NEW.line))
              EXECUTE FUNCTION sources_keep_received();
            CREATE TRIGGER sources_feedfile_received BEFORE UPDATE ON sources_feedfile FOR EACH ROW
              WHEN ((OLD.sha256, OLD.size) IS DISTINCT FROM (NEW.sha256, NEW.size))
              EXECUTE FUNCTION sources_keep_received();
            """,
            """
            DROP TRIGGER sources_feedrow_received ON sources_feedrow;
            DROP TRIGGER sources_feedfile_received ON sources_feedfile;
            DROP FUNCTION sources_keep_received();
            """,
        ),
    ]

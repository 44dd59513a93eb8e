"""Tables kept in one partition a year, for records that grow by millions: a year is a table of its own underneath.

The key carries the year (20220000000017), so the key alone says where a row lies, foreign keys need no second column,
and a query by key touches one partition.
"""

from __future__ import annotations

from django.db import migrations

from minzheng.kernel.storage.guards import statement

FIRST_YEAR, LAST_YEAR = 2021, 2030
YEAR = 10_000_000_000


def partition_by_year(table: str, *, key: str, primary_key: str) -> migrations.RunSQL:
    """Turns a table that was just created, and is empty, into one partitioned by the year in `key`.

    Put it directly after the table's CreateModel, before anything points at it. Where the primary key is more than the
    column `id`, `id` gets a sequence. Years outside FIRST_YEAR to LAST_YEAR go to a default partition.
    """
    numbered = (
        f"""
        CREATE SEQUENCE {table}_id_seq OWNED BY {table}.id;
        ALTER TABLE {table} ALTER COLUMN id SET DEFAULT nextval('{table}_id_seq');"""
        if primary_key != "id"
        else ""
    )
    years = "".join(
        f"""
        CREATE TABLE {table}_{year} PARTITION OF {table} FOR VALUES FROM ({year * YEAR}) TO ({(year + 1) * YEAR});"""
        for year in range(FIRST_YEAR, LAST_YEAR + 1)
    )
    return statement(
        f"""
        ALTER TABLE {table} RENAME TO {table}_plain;
        CREATE TABLE {table} (LIKE {table}_plain INCLUDING DEFAULTS INCLUDING CONSTRAINTS) PARTITION BY RANGE ({key});
        DROP TABLE {table}_plain;
        ALTER TABLE {table} ADD PRIMARY KEY ({primary_key});
        {numbered}
        {years}
        CREATE TABLE {table}_other PARTITION OF {table} DEFAULT;
        """
    )

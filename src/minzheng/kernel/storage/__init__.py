"""Where records live: the PostgreSQL server, its roles, the folders of files, bulk reading and writing, guards.

`server` finds or starts PostgreSQL; `paths` names the folders; `bulk` moves many rows by COPY; `guards` writes the SQL
that keeps tables append-only and their rows within the reader's scope.
"""

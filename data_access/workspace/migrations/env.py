"""Runs the migrations on the connection that `data_access.workspace.database.migrate` hands over."""

from alembic import context
from data_access.workspace.loop.plan_tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()

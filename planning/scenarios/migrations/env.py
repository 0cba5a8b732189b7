"""Run the changes of the database's form on the connection that the store hands over."""

from alembic import context

from planning.scenarios.database import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()

"""Changes of the form of the database, run by Alembic."""

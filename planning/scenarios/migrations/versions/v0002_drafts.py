"""Drafts: what a browser session works on and has not saved."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "draft",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("saved_at", sa.String(32), nullable=False),
        sa.Column("scenario_id", sa.String(32)),
        sa.Column("number", sa.Integer),
        sa.Column("document", sa.Text, nullable=False),
    )
    op.create_index("ix_draft_saved_at", "draft", ["saved_at"])

"""How much everybody has had within a minute."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision: str | None = "0003"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "quotas",
        sa.Column("whose", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("minute", sa.Integer(), nullable=False),
        sa.Column("had", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("whose", "kind", name="pk_quotas"),
    )
    op.create_index("ix_quotas_minute", "quotas", ["minute"])

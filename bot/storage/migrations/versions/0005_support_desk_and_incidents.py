"""Support desk and incidents."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to this revision."""
    op.execute("CREATE SEQUENCE destruction_number")
    op.execute("CREATE SEQUENCE incident_number")
    op.execute("CREATE SEQUENCE maintenance_number")
    op.execute("CREATE SEQUENCE ticket_number")
    op.create_table(
        "canned_answer",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("text_kk", sa.String(), nullable=False),
        sa.Column("text_ru", sa.String(), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_canned_answer")),
    )
    op.create_table(
        "desk_group",
        sa.Column("chat_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("chat_id", name=op.f("pk_desk_group")),
    )
    op.create_table(
        "destruction_act",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "number",
            sa.BigInteger(),
            server_default=sa.text("nextval('destruction_number')"),
            nullable=False,
        ),
        sa.Column("ground", sa.String(length=32), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("executor", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_destruction_act")),
        sa.UniqueConstraint("number", name=op.f("uq_destruction_act_number")),
    )
    op.create_table(
        "heartbeat",
        sa.Column("part", sa.String(length=32), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("part", name=op.f("pk_heartbeat")),
    )
    op.create_table(
        "incident",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "number",
            sa.BigInteger(),
            server_default=sa.text("nextval('incident_number')"),
            nullable=False,
        ),
        sa.Column("regime", sa.String(length=8), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("source", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("level", sa.String(length=8), nullable=True),
        sa.Column("level_state", sa.String(length=16), nullable=False),
        sa.Column("level_note", sa.String(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("planned_mending_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("scope", sa.String(length=8), nullable=False),
        sa.Column("scope_of", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("facts", sa.String(), nullable=False),
        sa.Column("measures", sa.String(), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
        sa.UniqueConstraint("number", name=op.f("uq_incident_number")),
    )
    op.create_index(op.f("ix_incident_state"), "incident", ["state"], unique=False)
    op.create_table(
        "health_gap",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("part", sa.String(length=32), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("incident_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name=op.f("fk_health_gap_incident_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_health_gap")),
    )
    op.create_index(op.f("ix_health_gap_began_at"), "health_gap", ["began_at"], unique=False)
    op.create_table(
        "maintenance",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "number",
            sa.BigInteger(),
            server_default=sa.text("nextval('maintenance_number')"),
            nullable=False,
        ),
        sa.Column("regime", sa.String(length=8), nullable=False),
        sa.Column("text_kk", sa.String(), nullable=False),
        sa.Column("text_ru", sa.String(), nullable=False),
        sa.Column("emergency", sa.String(), nullable=False),
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("announced_by", sa.BigInteger(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["announced_by"], ["person.id"], name=op.f("fk_maintenance_announced_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maintenance")),
        sa.UniqueConstraint("number", name=op.f("uq_maintenance_number")),
    )
    op.create_index(op.f("ix_maintenance_state"), "maintenance", ["state"], unique=False)
    op.create_table(
        "shift",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_given_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_shift_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift")),
    )
    op.create_index(
        "ix_shift_open", "shift", ["person_id"], unique=True, postgresql_where="ended_at IS NULL"
    )
    op.create_table(
        "support_mute",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_by", sa.BigInteger(), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_support_mute_person_id")
        ),
        sa.ForeignKeyConstraint(["set_by"], ["person.id"], name=op.f("fk_support_mute_set_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_support_mute")),
    )
    op.create_index(op.f("ix_support_mute_person_id"), "support_mute", ["person_id"], unique=False)
    op.create_table(
        "incident_effect",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("cause", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=96), nullable=False),
        sa.Column("kind", sa.String(length=48), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("clause", sa.String(length=32), nullable=False),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("old", sa.DateTime(timezone=True), nullable=True),
        sa.Column("new", sa.DateTime(timezone=True), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["order_id"], ["purchase_order.id"], name=op.f("fk_incident_effect_order_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_effect")),
        sa.UniqueConstraint(
            "cause",
            "subject",
            "kind",
            "round",
            name=op.f("uq_incident_effect_cause_subject_kind_round"),
        ),
    )
    op.create_index(op.f("ix_incident_effect_cause"), "incident_effect", ["cause"], unique=False)
    op.create_index(
        op.f("ix_incident_effect_order_id"), "incident_effect", ["order_id"], unique=False
    )
    op.create_table(
        "ticket",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "number",
            sa.BigInteger(),
            server_default=sa.text("nextval('ticket_number')"),
            nullable=False,
        ),
        sa.Column("regime", sa.String(length=8), nullable=False),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("company_id", sa.BigInteger(), nullable=True),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=True),
        sa.Column("incident_id", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("priority", sa.String(length=8), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("promised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("assignee_id", sa.BigInteger(), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("escalation", sa.Integer(), nullable=False),
        sa.Column("first_answer_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("result", sa.String(length=16), nullable=True),
        sa.Column("result_text", sa.String(), nullable=False),
        sa.Column("merged_into_id", sa.BigInteger(), nullable=True),
        sa.Column("rating", sa.Integer(), nullable=True),
        sa.Column("rating_text", sa.String(), nullable=False),
        sa.Column("rated_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["assignee_id"], ["person.id"], name=op.f("fk_ticket_assignee_id")),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_ticket_company_id")),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name=op.f("fk_ticket_incident_id")
        ),
        sa.ForeignKeyConstraint(
            ["merged_into_id"], ["ticket.id"], name=op.f("fk_ticket_merged_into_id")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["purchase_order.id"], name=op.f("fk_ticket_order_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_ticket_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket")),
        sa.UniqueConstraint("number", name=op.f("uq_ticket_number")),
    )
    op.create_index("ix_ticket_address", "ticket", ["address", "id"], unique=False)
    op.create_index(op.f("ix_ticket_assignee_id"), "ticket", ["assignee_id"], unique=False)
    op.create_index("ix_ticket_company", "ticket", ["company_id", "id"], unique=False)
    op.create_index(op.f("ix_ticket_incident_id"), "ticket", ["incident_id"], unique=False)
    op.create_index("ix_ticket_person", "ticket", ["person_id", "id"], unique=False)
    op.create_index(
        "ix_ticket_queue",
        "ticket",
        ["promised_at", "id"],
        unique=False,
        postgresql_where="state <> 'closed'",
    )
    op.create_table(
        "desk_topic",
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("thread_id", sa.BigInteger(), nullable=True),
        sa.Column("card_id", sa.BigInteger(), nullable=True),
        sa.Column("shown_revision", sa.Integer(), nullable=False),
        sa.Column("shown_position", sa.Integer(), nullable=False),
        sa.Column("behind_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_desk_topic_ticket_id")),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_desk_topic")),
        sa.UniqueConstraint("chat_id", "thread_id", name=op.f("uq_desk_topic_chat_id_thread_id")),
    )
    op.create_index(
        op.f("ix_desk_topic_behind_since"), "desk_topic", ["behind_since"], unique=False
    )
    op.create_table(
        "dispute_mark",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("ground", sa.String(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_by", sa.BigInteger(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["set_by"], ["person.id"], name=op.f("fk_dispute_mark_set_by")),
        sa.ForeignKeyConstraint(
            ["settled_by"], ["person.id"], name=op.f("fk_dispute_mark_settled_by")
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name=op.f("fk_dispute_mark_ticket_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute_mark")),
    )
    op.create_index(op.f("ix_dispute_mark_ticket_id"), "dispute_mark", ["ticket_id"], unique=False)
    op.create_table(
        "incident_report",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("incident_id", sa.BigInteger(), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=True),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("company_id", sa.BigInteger(), nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("contacts", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_incident_report_company_id")
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name=op.f("fk_incident_report_incident_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_incident_report_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name=op.f("fk_incident_report_ticket_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_report")),
    )
    op.create_index(
        "ix_incident_report_incident", "incident_report", ["incident_id", "id"], unique=False
    )
    op.create_index(
        op.f("ix_incident_report_person_id"), "incident_report", ["person_id"], unique=False
    )
    op.create_index(
        op.f("ix_incident_report_ticket_id"), "incident_report", ["ticket_id"], unique=False
    )
    op.create_table(
        "ticket_message",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("author", sa.String(length=8), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("chat_id", sa.BigInteger(), nullable=True),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_ticket_message_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name=op.f("fk_ticket_message_ticket_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_message")),
        sa.UniqueConstraint(
            "ticket_id", "position", name=op.f("uq_ticket_message_ticket_id_position")
        ),
    )
    op.create_table(
        "desk_post",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("post_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["ticket_message.id"], name=op.f("fk_desk_post_message_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_post")),
        sa.UniqueConstraint("chat_id", "post_id", name=op.f("uq_desk_post_chat_id_post_id")),
    )
    op.create_index(op.f("ix_desk_post_message_id"), "desk_post", ["message_id"], unique=False)
    op.create_table(
        "ticket_file",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("mime", sa.String(length=128), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("duration", sa.Integer(), nullable=True),
        sa.Column("telegram_file_id", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("transcript", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["message_id"], ["ticket_message.id"], name=op.f("fk_ticket_file_message_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_file")),
        sa.UniqueConstraint(
            "message_id", "position", name=op.f("uq_ticket_file_message_id_position")
        ),
    )
    op.create_index("ix_ticket_file_sha256", "ticket_file", ["sha256"], unique=False)
    op.create_index(
        "ix_ticket_file_waiting",
        "ticket_file",
        ["retry_at"],
        unique=False,
        postgresql_where="state = 'waiting'",
    )
    op.create_table(
        "recording",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("file_id", sa.BigInteger(), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("collected_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("keep_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("act_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["act_id"], ["destruction_act.id"], name=op.f("fk_recording_act_id")
        ),
        sa.ForeignKeyConstraint(["file_id"], ["ticket_file.id"], name=op.f("fk_recording_file_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_recording_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recording")),
        sa.UniqueConstraint("file_id", name=op.f("uq_recording_file_id")),
    )
    op.create_index(op.f("ix_recording_act_id"), "recording", ["act_id"], unique=False)
    op.create_index(
        "ix_recording_keep",
        "recording",
        ["keep_until"],
        unique=False,
        postgresql_where="state = 'kept'",
    )
    op.create_index(op.f("ix_recording_ticket_id"), "recording", ["ticket_id"], unique=False)
    op.create_table(
        "recording_step",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("recording_id", sa.BigInteger(), nullable=False),
        sa.Column("step", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("detail", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_recording_step_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["recording_id"], ["recording.id"], name=op.f("fk_recording_step_recording_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recording_step")),
    )
    op.create_index(
        op.f("ix_recording_step_recording_id"), "recording_step", ["recording_id"], unique=False
    )


def downgrade() -> None:
    """Go back to the revision before."""
    op.drop_index(op.f("ix_recording_step_recording_id"), table_name="recording_step")
    op.drop_table("recording_step")
    op.drop_index(op.f("ix_recording_ticket_id"), table_name="recording")
    op.drop_index("ix_recording_keep", table_name="recording", postgresql_where="state = 'kept'")
    op.drop_index(op.f("ix_recording_act_id"), table_name="recording")
    op.drop_table("recording")
    op.drop_index(
        "ix_ticket_file_waiting", table_name="ticket_file", postgresql_where="state = 'waiting'"
    )
    op.drop_index("ix_ticket_file_sha256", table_name="ticket_file")
    op.drop_table("ticket_file")
    op.drop_index(op.f("ix_desk_post_message_id"), table_name="desk_post")
    op.drop_table("desk_post")
    op.drop_table("ticket_message")
    op.drop_index(op.f("ix_incident_report_ticket_id"), table_name="incident_report")
    op.drop_index(op.f("ix_incident_report_person_id"), table_name="incident_report")
    op.drop_index("ix_incident_report_incident", table_name="incident_report")
    op.drop_table("incident_report")
    op.drop_index(op.f("ix_dispute_mark_ticket_id"), table_name="dispute_mark")
    op.drop_table("dispute_mark")
    op.drop_index(op.f("ix_desk_topic_behind_since"), table_name="desk_topic")
    op.drop_table("desk_topic")
    op.drop_index("ix_ticket_queue", table_name="ticket", postgresql_where="state <> 'closed'")
    op.drop_index("ix_ticket_person", table_name="ticket")
    op.drop_index(op.f("ix_ticket_incident_id"), table_name="ticket")
    op.drop_index("ix_ticket_company", table_name="ticket")
    op.drop_index(op.f("ix_ticket_assignee_id"), table_name="ticket")
    op.drop_index("ix_ticket_address", table_name="ticket")
    op.drop_table("ticket")
    op.drop_index(op.f("ix_incident_effect_order_id"), table_name="incident_effect")
    op.drop_index(op.f("ix_incident_effect_cause"), table_name="incident_effect")
    op.drop_table("incident_effect")
    op.drop_index(op.f("ix_support_mute_person_id"), table_name="support_mute")
    op.drop_table("support_mute")
    op.drop_index("ix_shift_open", table_name="shift", postgresql_where="ended_at IS NULL")
    op.drop_table("shift")
    op.drop_index(op.f("ix_maintenance_state"), table_name="maintenance")
    op.drop_table("maintenance")
    op.drop_index(op.f("ix_health_gap_began_at"), table_name="health_gap")
    op.drop_table("health_gap")
    op.drop_index(op.f("ix_incident_state"), table_name="incident")
    op.drop_table("incident")
    op.drop_table("heartbeat")
    op.drop_table("destruction_act")
    op.drop_table("desk_group")
    op.drop_table("canned_answer")
    op.execute("DROP SEQUENCE ticket_number")
    op.execute("DROP SEQUENCE maintenance_number")
    op.execute("DROP SEQUENCE incident_number")
    op.execute("DROP SEQUENCE destruction_number")

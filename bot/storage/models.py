"""Every mapped class, imported: whoever needs the whole metadata imports this module."""

from __future__ import annotations

import domain.audit
import domain.awards.model
import domain.broadcasts.model
import domain.channels.model
import domain.contracts.model
import domain.deadlines
import domain.duty.model
import domain.escalations.model
import domain.files
import domain.goods_lists.model
import domain.incidents.model
import domain.integrations.model
import domain.leases
import domain.notices.model
import domain.offers.model
import domain.orders.model
import domain.people.model
import domain.preferences.model
import domain.reconciliation.model
import domain.registry.model
import domain.support.mail_rows
import domain.support.model
import domain.webhooks.model
import domain.working_time.model  # noqa: F401 - imported for the classes it maps
from bot.storage.tables import FsmState, InboxUpdate
from domain.base import Base

METADATA = Base.metadata

__all__ = ["METADATA", "FsmState", "InboxUpdate"]

"""All use cases of the domain, wired once: who answers for which deadline is decided here."""

from __future__ import annotations

from domain.awards.service import Awards
from domain.broadcasts.service import Broadcasts
from domain.channels.joining import Joining
from domain.channels.service import Addresses
from domain.channels.unchatty import Unchatty
from domain.contracts.service import Contracts
from domain.duty.service import Duty
from domain.escalations.service import Escalations
from domain.firing import Deadlines
from domain.goods_lists.service import GoodsLists
from domain.incidents.evidence import EvidenceReading
from domain.incidents.health import Health
from domain.incidents.maintenance import MaintenanceWork
from domain.incidents.service import Incidents
from domain.integrations.service import Integrations
from domain.integrations.uploads import Uploads
from domain.notices.dead import DeadLetters
from domain.notices.opened import Openings
from domain.notices.queue import NoticeQueue
from domain.notices.receipts import Receipts
from domain.notices.service import Notices
from domain.offers.service import Offers
from domain.orders.closing import register_closing
from domain.orders.service import Orders
from domain.people.service import People
from domain.preferences.calendars import Calendars
from domain.preferences.digests import Digests
from domain.preferences.reminders import Reminders
from domain.preferences.service import Preferences
from domain.reconciliation.service import Reconciliation
from domain.registry.service import Registry
from domain.restored import Restored
from domain.support.mirror import Desk
from domain.support.outbox import Outbox
from domain.support.recordings import Recordings
from domain.support.service import Support
from domain.webhooks.service import Webhooks
from domain.work import Site
from domain.working_time.service import WorkingTime


class Services:
    """One object for those who act: handlers, the HTTP API, the command line, the sweeps."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.deadlines = Deadlines(site)
        self.notices = Notices(site)
        self.addresses = Addresses(site)
        self.joining = Joining(site)
        self.unchatty = Unchatty(site, self.addresses)
        self.notice_queue = NoticeQueue(site)
        self.dead_letters = DeadLetters(site)
        self.receipts = Receipts(site)
        self.openings = Openings(site)
        self.preferences = Preferences(site)
        self.digests = Digests(site)
        self.calendars = Calendars(site)
        self.people = People(site)
        self.registry = Registry(site)
        self.goods_lists = GoodsLists(site)
        self.integrations = Integrations(site)
        self.uploads = Uploads(site)
        self.webhooks = Webhooks(site)
        self.working_time = WorkingTime(site)
        self.duty = Duty(site)
        self.escalations = Escalations(site, self.deadlines)
        self.reminders = Reminders(site, self.deadlines)
        self.orders = Orders(site, self.deadlines)
        self.offers = Offers(site)
        self.awards = Awards(site, self.deadlines)
        self.contracts = Contracts(site, self.deadlines)
        self.support = Support(site, self.deadlines)
        self.desk = Desk(site)
        self.outbox = Outbox(site)
        self.recordings = Recordings(site, self.deadlines)
        self.incidents = Incidents(site, self.deadlines)
        self.maintenance = MaintenanceWork(site, self.deadlines)
        self.health = Health(site)
        self.evidence = EvidenceReading(site)
        self.restored = Restored(site)
        self.reconciliation = Reconciliation(site, self.deadlines)
        self.broadcasts = Broadcasts(site, self.deadlines)
        register_closing(self.deadlines)

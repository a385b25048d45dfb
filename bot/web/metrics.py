"""``GET /metrics``: what a monitoring system asks, in the text format of Prometheus.

Numbers only, and labels of few values each: no person, chat, order or address stands in them.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable, Iterator
from ipaddress import ip_address

from aiohttp import hdrs, web
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.pool import QueuePool

from bot.health import AILMENTS, Health
from bot.storage.pool import TimedPool
from bot.telegram.limits import Limits, Urgency
from bot.web.figures import BROADCASTS, CHANNELS, LANES, Counting, Waiting
from domain.webhooks.views import OUTCOME_NAMES
from domain.work import Site
from scheduler.watch import Watch

PATH = "/metrics"

# Seconds. Within a second a statutory notice has to be sent; a broadcast waits for minutes.
_WAITS = (0.01, 0.05, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 60.0, 300.0)
_ACQUIRES = (0.001, 0.01, 0.1, 1.0, 5.0, 30.0)
OUTCOMES = ("sent", "retry", "unknown", "unreachable", "dead", "other")
ANSWERS = ("ok", "400", "401", "403", "404", "409", "413", "429", "5xx", "no_answer", "other")
HOOK_OUTCOMES = (*OUTCOME_NAMES, "other")
_FORWARDED = ("X-Forwarded-For", "Forwarded", "X-Real-IP")


class Metrics:
    """All metrics of one process; parts tell it what happens, the rest is read when asked."""

    def __init__(self, site: Site, watch: Watch, health: Health, engine: AsyncEngine) -> None:
        self.registry = CollectorRegistry()
        self.counting = Counting(site)
        self._sends = Counter(
            "tapsyrys_notice_sends",
            "Attempts to send a notice, by channel and outcome.",
            ("channel", "outcome"),
            registry=self.registry,
        )
        self._sending = Histogram(
            "tapsyrys_notice_send_seconds",
            "How long an attempt to send a notice took, its turn within the limits included.",
            ("channel",),
            buckets=_WAITS,
            registry=self.registry,
        )
        self._hooks = Counter(
            "tapsyrys_webhook_attempts",
            "Attempts to deliver an event to a webhook, by outcome.",
            ("outcome",),
            registry=self.registry,
        )
        self._waits = Histogram(
            "tapsyrys_limiter_wait_seconds",
            "How long a message waited for its turn within Telegram's limits, by urgency.",
            ("urgency",),
            buckets=_WAITS,
            registry=self.registry,
        )
        self._calls = Counter(
            "tapsyrys_telegram_calls",
            "Calls of the Bot API, by what was answered (429: too many).",
            ("answer",),
            registry=self.registry,
        )
        self._acquires = Histogram(
            "tapsyrys_database_pool_acquire_seconds",
            "How long a connection of the pool was waited for.",
            buckets=_ACQUIRES,
            registry=self.registry,
        )
        self._owner = Gauge(
            "tapsyrys_sending_owner",
            "Whether this process is the one that sends notices.",
            registry=self.registry,
        )
        self._watch_engine(engine)
        # Zero, not nothing: an alert on a rate needs the series to be there from the start.
        for answer in ANSWERS:
            self._calls.labels(answer)
        for outcome in OUTCOMES:
            self._sends.labels("telegram", outcome)
        for outcome in HOOK_OUTCOMES:
            self._hooks.labels(outcome)
        self.registry.register(_OfTables(self.counting))
        self.registry.register(_OfParts(watch, health))
        self.registry.register(_OfPool(engine))
        ProcessCollector(registry=self.registry)

    def sent(self, channel: str, outcome: str, seconds: float) -> None:
        """An attempt to send a notice has ended."""
        known = channel if channel in CHANNELS else "other"
        self._sends.labels(known, outcome if outcome in OUTCOMES else "other").inc()
        self._sending.labels(known).observe(seconds)

    def delivered(self, outcome: str) -> None:
        """An attempt to deliver to a webhook has ended; ``outcome`` is one of ``HOOK_OUTCOMES``."""
        self._hooks.labels(outcome if outcome in HOOK_OUTCOMES else "other").inc()

    def answered(self, answer: str) -> None:
        """Telegram has answered a call, or has not; ``answer`` is one of ``ANSWERS``."""
        self._calls.labels(answer if answer in ANSWERS else "other").inc()

    def watch_limits(self, limits: Limits) -> None:
        """Note how long messages wait for their turn."""
        by_urgency = {each: self._waits.labels(each.name.lower()) for each in Urgency}
        limits.on_wait = lambda urgency, seconds: by_urgency[urgency].observe(seconds)

    def watch_owner(self, held: Callable[[], bool]) -> None:
        """Ask, when metrics are asked for, whether this process holds the lease of sending."""
        self._owner.set_function(lambda: float(held()))

    async def text(self) -> bytes:
        """Everything, in the text format; the tables are asked at most every few seconds."""
        await self.counting.refresh()
        return generate_latest(self.registry)

    def _watch_engine(self, engine: AsyncEngine) -> None:
        pool = engine.sync_engine.pool
        if isinstance(pool, TimedPool):
            pool.on_wait = self._acquires.observe


def _gauge(name: str, says: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"tapsyrys_{name}", says, labels=labels)


class _OfTables(Collector):
    """What stands in the tables, as it was counted last."""

    def __init__(self, counting: Counting) -> None:
        self._counting = counting

    def collect(self) -> Iterator[Metric]:
        """The figures as gauges."""
        up = _gauge("database_up", "Whether the tables could be counted.")
        up.add_metric((), float(self._counting.up))
        yield up
        age = self._counting.age
        if age is None:
            return
        aged = _gauge("figures_age_seconds", "How old the counts of the tables are.")
        aged.add_metric((), age)
        yield aged
        yield from self._notices()
        figures = self._counting.figures
        yield from _queue(
            "inbox_waiting",
            "Updates that wait or are worked.",
            "inbox_oldest_seconds",
            figures.inbox,
        )
        yield from _queue(
            "deadlines_overdue",
            "Deadlines that are due and have not been fired.",
            "deadlines_oldest_overdue_seconds",
            figures.overdue,
        )
        yield from _queue(
            "webhooks_waiting",
            "Deliveries of webhooks that are not over.",
            "webhooks_oldest_seconds",
            figures.webhooks,
        )
        broadcasts = _gauge("broadcasts", "Broadcasts that are not over, by state.", "state")
        for state in BROADCASTS:
            broadcasts.add_metric((state,), figures.broadcasts.get(state, 0))
        yield broadcasts

    def _notices(self) -> Iterator[Metric]:
        figures = self._counting.figures
        waiting = _gauge("notices_waiting", "Notices that wait to be sent.", "channel", "lane")
        oldest = _gauge(
            "notices_oldest_seconds",
            "For how long the oldest notice that may be sent waits.",
            "channel",
            "lane",
        )
        for channel in CHANNELS:
            for lane in LANES.values():
                found = figures.notices.get((channel, lane), Waiting())
                waiting.add_metric((channel, lane), found.count)
                oldest.add_metric((channel, lane), found.oldest)
        sending = _gauge("notices_sending", "Notices that are being sent.", "channel")
        dead = _gauge("dead_letters", "Notices that were refused or given up.", "channel")
        for channel in CHANNELS:
            sending.add_metric((channel,), figures.sending.get(channel, 0))
            dead.add_metric((channel,), figures.dead.get(channel, 0))
        yield from (waiting, oldest, sending, dead)


def _queue(name: str, says: str, age: str, found: Waiting) -> Iterable[Metric]:
    count = _gauge(name, says)
    count.add_metric((), found.count)
    oldest = _gauge(age, "For how long the oldest of them has waited in vain.")
    oldest.add_metric((), found.oldest)
    return (count, oldest)


class _OfParts(Collector):
    """Heartbeats, and what ails the process."""

    def __init__(self, watch: Watch, health: Health) -> None:
        self._watch = watch
        self._health = health

    def collect(self) -> Iterator[Metric]:
        """Each part's age and whether it is silent; each ailment."""
        age = _gauge("part_age_seconds", "Since a part last came through.", "part")
        silent = _gauge("part_silent", "Whether a part does not come through.", "part")
        for pulse in self._watch.pulses:
            if pulse.age is not None:
                age.add_metric((pulse.name,), pulse.age)
            silent.add_metric((pulse.name,), float(pulse.late))
        ill = _gauge("ailment", "Whether this ails the process.", "what")
        now = self._health.ailments
        for name in AILMENTS:
            ill.add_metric((name,), float(name in now))
        yield from (age, silent, ill)


class _OfPool(Collector):
    """The pool of connections to the database."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    def collect(self) -> Iterator[Metric]:
        """Its size, and how many connections are in use."""
        pool = self._engine.sync_engine.pool
        if not isinstance(pool, QueuePool):
            return
        size = _gauge("database_pool_size", "Connections that the pool keeps.")
        size.add_metric((), pool.size())
        used = _gauge("database_pool_used", "Connections in use, those over its size included.")
        used.add_metric((), pool.checkedout())
        yield from (size, used)


def add_metrics(app: web.Application, metrics: Metrics, token: str | None) -> None:
    """Answer at ``PATH``: with the token if one is set, else only to this machine itself."""

    async def answer(request: web.Request) -> web.Response:
        _check(request, token)
        return web.Response(
            body=await metrics.text(), headers={hdrs.CONTENT_TYPE: CONTENT_TYPE_LATEST}
        )

    app.router.add_get(PATH, answer)


def _check(request: web.Request, token: str | None) -> None:
    if token is not None:
        given = request.headers.get(hdrs.AUTHORIZATION, "")
        if not hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
            raise web.HTTPUnauthorized(headers={hdrs.WWW_AUTHENTICATE: "Bearer"})
    elif not _is_local(request):
        raise web.HTTPForbidden


def _is_local(request: web.Request) -> bool:
    """Whether this machine itself asks, and not a proxy on it for somebody else."""
    if request.remote is None or any(name in request.headers for name in _FORWARDED):
        return False
    try:
        return ip_address(request.remote.partition("%")[0]).is_loopback
    except ValueError:
        return False

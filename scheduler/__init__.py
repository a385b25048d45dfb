"""What time brings about: sweeps over tables, woken by APScheduler."""

from scheduler.dispatcher import Dispatcher, Send
from scheduler.lease import Lease
from scheduler.sweeps import Sweeper

__all__ = ["Dispatcher", "Lease", "Send", "Sweeper"]

"""A simulation that breaks everything around the bot, and checks that what was promised holds.

    make torture ARGS="--seeds 50"      so many seeds, and the table of faults
    make torture ARGS="--seed 17"       one seed again, with all that happened
    make torture ARGS="--town 300"      one town with so many orders, for volume
    make torture ARGS="--flood 20000"   so many windows that came due while nothing ran

A seed is drawn whole before it runs (``plan``): lives of orders, requests and reports, and the
faults that strike between and in them (``faults``, ``outer_faults``). Real processes (``process``:
`tapsyrys run`, one to three) work it against the sandbox over HTTP (``doors``) and a PostgreSQL
behind wires that can be cut (``wires``), a mail server, a gateway of SMS and programs that take
webhooks (``sinks``); all share one clock that stands until the driver moves it (``board``). The
driver keeps what it was answered (``model``), lets the faults end, waits until nothing waits, and
compares from outside (``checks``).

The order of acts and faults, their places and their numbers are the same whenever a seed is played;
how processes interleave between them is not.
"""

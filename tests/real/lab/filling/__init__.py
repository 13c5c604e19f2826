"""What the releases' own servers are given through their HTTP API, and how 0.12.4 shows it.

Every thing of THINGS is since some release; make(site) makes it on that release's server and answers what is to be seen of it
later, and seen(site, made) asks 0.12.4 for the same. What is made is plain JSON, so it can wait in the cache beside its database.
"""
import typing

from lab.filling import accounts, chats, shared, written
from lab.filling.site import SETTINGS, Site  # noqa: F401


class Thing(typing.NamedTuple):
    since: str
    make: typing.Callable
    seen: typing.Callable


# In the order in which they can be made.
THINGS = {
    "accounts": Thing("0.3.35", accounts.make_accounts, accounts.seen_accounts),
    "settings": Thing("0.3.35", accounts.make_settings, accounts.seen_settings),
    "info": Thing("0.3.35", accounts.make_info, accounts.seen_info),
    "API key": Thing("0.3.35", accounts.make_api_key, accounts.seen_api_key),
    "group": Thing("0.4.8", shared.make_group, shared.seen_group),
    "chats": Thing("0.3.35", chats.make_chats, chats.seen_chats),
    "prompts": Thing("0.3.35", shared.make_prompts, shared.seen_prompts),
    "models": Thing("0.3.35", shared.make_models, shared.seen_models),
    "tools": Thing("0.3.35", shared.make_tools, shared.seen_tools),
    "functions": Thing("0.3.35", shared.make_functions, shared.seen_functions),
    "knowledge": Thing("0.3.35", written.make_knowledge, written.seen_knowledge),
    "memory": Thing("0.3.35", written.make_memory, written.seen_memory),
    "feedback": Thing("0.3.35", written.make_feedback, written.seen_feedback),
    "config": Thing("0.3.35", written.make_config, written.seen_config),
    "channel": Thing("0.5.20", written.make_channel, written.seen_channel),
    "note": Thing("0.6.18", written.make_note, written.seen_note),
    "skill": Thing("0.8.12", written.make_skill, written.seen_skill),
}


def fill(server):
    """What was made, by its name in THINGS."""
    site = Site(server)
    return {name: thing.make(site) for name, thing in THINGS.items() if site.has(thing.since)}


def seen(server, made):
    """The same of a server of 0.12.4; equal to `made` if nothing was lost."""
    site = Site(server)
    return {name: THINGS[name].seen(site, was) for name, was in made.items()}

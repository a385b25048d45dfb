"""Recordings heard and handed over, and a person's own requests about what is kept."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

from domain.actor import Actor
from domain.clock import ManualClock, astana
from domain.errors import AccessDenied, Conflict, NotFound, RuleBroken
from domain.roles import Role
from domain.support.model import TicketMessage
from domain.support.views import NewFile
from domain.work import Site
from tests.domain.support.recording_stage import RecordingStage
from tests.support.factories import again, integration_actor, make_person


@pytest.fixture
def stage(site: Site, clock: ManualClock) -> RecordingStage:
    """No recordings yet; Friday, 20 November 2026, 10:00 in Astana."""
    return RecordingStage(site, clock)


@pytest.mark.clause("366-20")
@pytest.mark.clause("366-21.1")
async def test_every_step_of_a_recording_is_on_record_with_who_took_it(
    stage: RecordingStage,
) -> None:
    user = await make_person(stage.site)
    voice = await stage.voice(person=user)
    operator = await make_person(stage.site, role=Role.SUPPORT, name="Оператор Дана")
    authority = await make_person(stage.site, role=Role.AUTHORITY, name="Өкіл Ерлан")
    info, content = await stage.recordings.content(operator, voice.id)
    assert (content, info.mime, info.sha256) == (b"voice", "audio/ogg", voice.sha256)
    await stage.recordings.transferred(again(operator), voice.id, "Комитет", "запрос № 7")
    await stage.recordings.content(authority, voice.id)
    await stage.until("2027-11-20 00:01")
    steps = await stage.recordings.steps(again(authority), voice.id)
    assert [(step.step, step.name) for step in steps] == [
        ("collected", "Айгүл Сәрсен"),
        ("stored", "Айгүл Сәрсен"),
        ("listened", "Оператор Дана"),
        ("transferred", "Оператор Дана"),
        ("listened", "Өкіл Ерлан"),
        ("destroyed", ""),
    ]
    assert steps[3].detail == "Комитет: запрос № 7"


@pytest.mark.clause("366-21.1")
async def test_nobody_else_hears_a_recording(stage: RecordingStage) -> None:
    user = await make_person(stage.site, role=Role.OBSERVER)
    voice = await stage.voice(person=user)
    for actor in (user, await make_person(stage.site), integration_actor(), stage.cli()):
        with pytest.raises(AccessDenied):
            await stage.recordings.content(actor, voice.id)
    operator = await make_person(stage.site, role=Role.SUPPORT)
    assert len(await stage.recordings.steps(operator, voice.id)) == 2


@pytest.mark.clause("366-21.1")
async def test_a_machine_that_writes_down_what_is_said_is_on_record_first(
    stage: RecordingStage,
) -> None:
    voice = await stage.voice()
    _, file = await stage.row(voice)
    for _ in range(2):
        await stage.services.support.machine_listens(file.id, "speech.example.kz")
    admin = await make_person(stage.site, role=Role.ADMIN)
    last = (await stage.recordings.steps(admin, voice.id))[-1]
    assert (last.step, last.detail, last.name) == ("transferred", "speech.example.kz", "")
    assert len(await stage.recordings.steps(admin, voice.id)) == 3
    stage.clock.set(stage.clock.now().replace(year=2027))
    await stage.recordings.destroy_due(stage.cli(), stage.chat)
    with pytest.raises(NotFound):
        await stage.services.support.machine_listens(file.id, "other.example.kz")


@pytest.mark.clause("366-20")
@pytest.mark.clause("366-21.2")
async def test_the_year_of_a_call_runs_from_the_call_not_from_its_registration(
    stage: RecordingStage,
) -> None:
    operator = await make_person(stage.site, role=Role.SUPPORT)
    sha256 = await stage.site.files.put(b"call")
    call = NewFile("call", "call.mp3", "audio/mpeg", 4, 60, sha256=sha256)
    at = stage.clock.now() - timedelta(days=9)
    view = await stage.services.support.register_call(
        again(operator), "Айгүл", "+77011234567", at, "Не открывается", call
    )
    (kept,) = await stage.recordings.of_ticket(operator, view.number)
    assert kept.collected_at == at
    assert kept.until is not None
    assert f"{astana(kept.until):%Y-%m-%d %H:%M}" == "2027-11-11 00:00"
    steps = await stage.recordings.steps(operator, kept.id)
    assert [(step.step, step.at) for step in steps] == [
        ("collected", stage.clock.now()),
        ("stored", stage.clock.now()),
    ]


@pytest.mark.clause("366-20")
async def test_sound_that_comes_by_e_mail_is_a_recording_like_any_other(
    stage: RecordingStage,
) -> None:
    sha256 = await stage.site.files.put(b"memo")
    files = [
        NewFile("audio", "memo.m4a", "audio/mp4", 4, sha256=sha256),
        NewFile("document", "act.pdf", "application/pdf", 4, sha256=sha256),
    ]
    taken = await stage.services.support.email_in(
        "a@example.kz", "Айгүл", "Вопрос", "Слушайте", files, message_id="<1@example.kz>"
    )
    operator = await make_person(stage.site, role=Role.SUPPORT)
    (kept,) = await stage.recordings.of_ticket(operator, taken.number)
    assert (kept.kind, kept.stored) == ("audio", True)


async def test_what_cannot_be_given_is_not_said_to_have_been_heard(stage: RecordingStage) -> None:
    voice = await stage.voice()
    await stage.site.files.drop(voice.sha256)
    operator = await make_person(stage.site, role=Role.SUPPORT)
    with pytest.raises(Conflict, match="recording_not_stored"):
        await stage.recordings.content(operator, voice.id)
    with pytest.raises(Conflict, match="recording_not_stored"):
        await stage.recordings.hand_over(again(operator), voice.id, "Комитет", "запрос № 7")
    steps = await stage.recordings.steps(operator, voice.id)
    assert [step.step for step in steps] == ["collected", "stored"]


async def test_the_same_press_is_one_hearing(stage: RecordingStage) -> None:
    voice = await stage.voice()
    operator = await make_person(stage.site, role=Role.SUPPORT)
    for _ in range(2):
        await stage.recordings.content(operator, voice.id)
    assert len(await stage.recordings.steps(operator, voice.id)) == 3


@pytest.mark.clause("366-21.3")
async def test_a_destroyed_recording_names_its_act(stage: RecordingStage) -> None:
    voice = await stage.voice()
    await stage.until("2027-11-20 00:01")
    operator = await make_person(stage.site, role=Role.SUPPORT)
    with pytest.raises(Conflict) as refused:
        await stage.recordings.content(operator, voice.id)
    assert (refused.value.code, refused.value.params) == ("recording_destroyed", {"act": 1})
    assert (await stage.recordings.act_pdf(operator, 1)).startswith(b"%PDF-")


async def test_what_is_unknown_or_says_nothing_is_refused(stage: RecordingStage) -> None:
    voice = await stage.voice()
    operator = await make_person(stage.site, role=Role.SUPPORT)
    for number in (0, voice.id + 1, 2**70):
        with pytest.raises(NotFound):
            await stage.recordings.content(again(operator), number)
    with pytest.raises(RuleBroken) as refused:
        await stage.recordings.transferred(again(operator), voice.id, " ", "запрос")
    assert (refused.value.code, refused.value.params["field"]) == ("text_missing", "to_whom")
    with pytest.raises(NotFound):
        await stage.recordings.of_ticket(operator, voice.ticket + 1)
    (shown,) = await stage.recordings.of_ticket(operator, voice.ticket)
    assert shown.until is not None
    assert astana(shown.until).date() == date(2027, 11, 20)


async def test_bytes_that_are_lost_are_told(stage: RecordingStage) -> None:
    voice = await stage.voice()
    await stage.site.files.drop(voice.sha256)
    operator = await make_person(stage.site, role=Role.SUPPORT)
    with pytest.raises(Conflict) as refused:
        await stage.recordings.content(operator, voice.id)
    assert refused.value.code == "recording_not_stored"


async def test_a_person_gets_all_that_is_kept_and_nothing_of_others(stage: RecordingStage) -> None:
    user = await make_person(stage.site)
    voice = await stage.voice(b"mine", person=user)
    other = await stage.voice(b"other", person=await make_person(stage.site))
    operator = await make_person(stage.site, role=Role.SUPPORT, name="Оператор Дана")
    await stage.recordings.content(operator, voice.id)
    async with stage.site.sessions.begin() as session:
        (file,) = [(await stage.row(voice))[1]]
        message = await session.get_one(TicketMessage, file.message_id)
        for position, author in ((2, "note"), (3, "operator")):
            session.add(
                TicketMessage(
                    ticket_id=message.ticket_id,
                    position=position,
                    author=author,
                    person_id=operator.person_id,
                    at=stage.clock.now(),
                    text=f"said by {author}",
                )
            )
    shown = json.dumps(await stage.recordings.my_data(user), ensure_ascii=False)
    assert voice.sha256 in shown
    assert "said by operator" in shown
    assert "listened" in shown
    assert json.loads(shown)["tickets"][0]["promised_at"]
    admin = await make_person(stage.site, role=Role.ADMIN)
    assert user.person_id is not None
    term = stage.clock.now() + timedelta(hours=24)
    await stage.services.support.mute(admin, user.person_id, "Брань в сообщениях", term)
    (mute,) = json.loads(json.dumps(await stage.recordings.my_data(again(user))))["mutes"]
    assert mute["reason"] == "Брань в сообщениях"
    for secret in (other.sha256, "said by note", "Оператор Дана"):
        assert secret not in shown
    with pytest.raises(AccessDenied):
        await stage.recordings.my_data(Actor.system("test"))


async def test_what_operators_say_is_no_recording_of_the_person(stage: RecordingStage) -> None:
    user = await make_person(stage.site)
    operator = await make_person(stage.site, role=Role.SUPPORT)
    support, sha256 = stage.services.support, await stage.site.files.put(b"said")
    voice = NewFile("voice", "v.ogg", "audio/ogg", 4, 60, sha256=sha256)
    call = NewFile("call", "c.mp3", "audio/mpeg", 4, 60, sha256=sha256)
    number = (await support.open(again(user), "voice", "", [voice])).number
    await support.note(again(operator), number, "", [voice])
    await support.answer(again(operator), number, "", [voice])
    await support.follow_up(again(operator), number, "call", "answered", "Сказал", recording=call)
    assert len(await stage.recordings.of_ticket(operator, number)) == 4
    assert [each.kind for each in await stage.recordings.mine(user)] == ["call", "voice"]
    exported = json.loads(json.dumps(await stage.recordings.my_data(user)))
    assert len(exported["recordings"]) == 2
    assert len((await stage.recordings.ask_deletion(again(user))).recordings) == 2


async def test_a_request_for_deletion_is_answered_by_what_the_law_lets(
    stage: RecordingStage,
) -> None:
    user = await make_person(stage.site)
    voice, held = await stage.voice(b"1", person=user), await stage.voice(b"2", person=user)
    await stage.mark(held)
    answer = await stage.recordings.ask_deletion(user)
    assert (answer.account_kept, answer.register_years, answer.tickets) == (True, 3, 2)
    assert [(each.id, each.until is None) for each in answer.recordings] == [
        (voice.id, False),
        (held.id, True),
    ]
    # Nothing has gone before its term.
    assert await stage.has(voice)
    stage.clock.advance(timedelta(minutes=1))
    assert await stage.recordings.ask_deletion(user) == answer

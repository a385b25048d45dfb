"""The support desk in the demo's story: its group, what was asked, a fault, planned works."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from bot.sandbox import acts
from bot.sandbox.demo import story
from bot.sandbox.media import Upload
from bot.sandbox.records import Chat, Person
from bot.sandbox.voice import SECONDS, VOICE
from bot.sandbox.world import World
from domain.actor import Actor
from domain.clock import astana
from domain.incidents.said import Said
from domain.incidents.views import Scope
from domain.services import Services

_TITLE = "Tapsyrys: қолдау қызметі"
_OLGA, _ASKHAT = 103, 106
_SATURDAY = 5
# Title for operators, text in Kazakh, text in Russian.
READY_ANSWERS = (
    (
        "Кіру · Вход",
        "Сәлеметсіз бе! Ботқа <b>/start</b> жіберіп, «Нөмірімді жіберу» түймесін басыңыз.",
        "Здравствуйте! Отправьте боту <b>/start</b> и нажмите кнопку «Отправить мой номер».",
    ),
    (
        "Файл қосу · Файлы",
        "Сәлеметсіз бе! «Құжаттар» қадамында файлдарды бірінен соң бірін жіберіңіз.",
        "Здравствуйте! На шаге «Документы» отправьте файлы один за другим.",
    ),
    (
        "Қабылдадық · Приняли",
        "Сәлеметсіз бе! Өтінішіңізді қарап жатырмыз, жауапты осы чатқа жазамыз.",
        "Здравствуйте! Разбираемся с Вашим обращением, ответ пришлем в этот чат.",
    ),
)
# Works are announced so many days before, which both regimes allow.
_NOTICE = timedelta(days=3)


def desk_of(world: World) -> Chat | None:
    """The group of the operators: the first forum of the demo's Telegram."""
    return next((chat for chat in world.chats.values() if chat.is_forum), None)


@dataclass
class Desk:
    """What happens at the desk, by what people press and write wherever they would."""

    services: Services
    world: World
    caught_up: Callable[[], Awaitable[None]]

    async def open(self) -> None:
        """The group becomes the desk, and the operators begin their shifts."""
        operators = (story.OPERATOR, story.SECOND_OPERATOR)
        chat = acts.add_group(self.world, _TITLE, [story.ADMIN, *operators], is_forum=True)
        await self.caught_up()
        await self._say(story.ADMIN, "/desk kk", chat)
        for ready in READY_ANSWERS:
            await self.services.support.add_canned(await self._actor(story.ADMIN), *ready)
        for operator in operators:
            await self.services.support.begin_shift(await self._actor(operator))

    async def answered(self) -> None:
        """Olga asked in working hours, was answered and was content."""
        await self._say(_OLGA, "/support")
        await self._say(
            _OLGA, "Здравствуйте! Как приложить к предложению сертификат СТ-KZ на двух страницах?"
        )
        chat = self._group()
        thread = int(list(chat.topics)[-1])
        await self._say(story.SECOND_OPERATOR, "// у Ольги два файла, оба читаются", chat, thread)
        await self._say(
            story.SECOND_OPERATOR,
            "Здравствуйте, Ольга! На шаге «Документы» отправьте обе страницы подряд, затем "
            "нажмите «Готово»: они уйдут вместе с предложением.",
            chat,
            thread,
        )
        (ticket,) = (await self.services.support.mine(await self._actor(_OLGA))).tickets
        await self.services.support.rate(await self._actor(_OLGA), ticket.number, 5)

    async def voice_at_night(self) -> None:
        """Askhat left a voice message after the hours; it waits for the morning."""
        person = self._person(_ASKHAT)
        upload = Upload("voice.ogg", "audio/ogg", VOICE)
        acts.send_file(
            self.world,
            self.world.chats[person.id],
            person,
            kind="voice",
            upload=upload,
            options={"duration": SECONDS},
        )
        await self._done()

    async def fault_reported(self, order: int) -> int:
        """Olga could not hand in an offer for the order; the number of the incident."""
        now = self.services.site.clock.now()
        reported = await self.services.incidents.report(
            await self._actor(_OLGA),
            f"При подаче предложения по заказу № {order} страница файлов не открывалась.",
            now - timedelta(minutes=8),
            "+7 705 333 44 55",
            orders=(order,),
        )
        return reported.incident

    async def fault_confirmed(self, incident: int) -> None:
        """The operator confirms it and proposes a level; the authority agrees."""
        now = self.services.site.clock.now()
        incidents = self.services.incidents
        await incidents.confirm(
            await self._actor(story.OPERATOR),
            incident,
            Said(
                "Файл қоймасы 9:20-дан бері жауап бермейді, файлы бар ұсыныстар қабылданбайды.",
                "Хранилище файлов не отвечает с 9:20, предложения с файлами не принимаются.",
            ),
            now - timedelta(minutes=25),
            Scope("module", modules=("offers",)),
            "medium",
            title=Said("Ұсынысқа файл қосылмады", "К предложению не прикладывались файлы"),
        )
        await incidents.agree_level(await self._actor(story.AUTHORITY), incident)

    async def fault_applied(self, incident: int) -> None:
        """The operator moves what the fault touched, and it is mended soon after."""
        incidents, operator = self.services.incidents, await self._actor(story.OPERATOR)
        seen = await incidents.preview(operator, incident)
        await incidents.apply(await self._actor(story.OPERATOR), incident, seen.digest)
        await incidents.mend(
            await self._actor(story.OPERATOR),
            incident,
            self.services.site.clock.now() - timedelta(minutes=3),
            Said("Файл қоймасы қалпына келтірілді.", "Хранилище файлов восстановлено."),
        )

    async def works_announced(self) -> None:
        """Planned works in the night of a Saturday, far enough ahead."""
        now = self.services.site.clock.now()
        starts = saturday_night(now + _NOTICE)
        await self.services.maintenance.announce(
            await self._actor(story.OPERATOR),
            starts,
            starts + timedelta(hours=2),
            "Жүйе жаңартылады. Осы уақытта тапсырыстар мен ұсыныстар қабылданбайды.",
            "Обновление системы. В это время заказы и предложения не принимаются.",
        )

    def _group(self) -> Chat:
        chat = desk_of(self.world)
        if chat is None:
            raise LookupError("the desk is not open yet")
        return chat

    def _person(self, number: int) -> Person:
        return acts.find_person(self.world, number)

    async def _say(
        self, number: int, text: str, chat: Chat | None = None, thread: int | None = None
    ) -> None:
        where = chat or self.world.chats[number]
        acts.say(self.world, where, self._person(number), text, thread_id=thread)
        await self._done()

    async def _done(self) -> None:
        self.world.flush()
        await self.caught_up()

    async def _actor(self, number: int) -> Actor:
        actor, _ = await self.services.people.actor_for(number, f"story:{uuid.uuid4()}")
        return actor


def saturday_night(after: datetime) -> datetime:
    """22:00 of the first Saturday that is not before ``after``, in Astana."""
    day = astana(after)
    day += timedelta(days=(_SATURDAY - day.weekday()) % 7)
    return datetime.combine(day.date(), time(22), tzinfo=day.tzinfo)

"""What the form of a broadcast asks, and its review."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from domain.broadcasts.rules import LABEL_LIMIT, TEXT_LIMIT, Audience, Content
from domain.broadcasts.views import Reach, content_json
from domain.notices.views import NoticeView
from handlers.views import faults_words
from handlers.views import format as fmt
from handlers.views.broadcasts import audience_lines, extras, reach_lines
from handlers.views.notices import render
from handlers.views.parts import CAPTION_LIMIT, MESSAGE_LIMIT, cut
from handlers.views.shown import Shown, bold
from handlers.views.split import visible_length
from handlers.views.terms import ROLES
from handlers.views.translator import Html, Lazy, Translator, join, lazy, plain, translator

_SHOWN = 600
_CHOSEN, _LABEL = "\N{CHECK MARK} ", 30
# Numbers of notices grow: what is measured is measured with a long one.
_LONG_NUMBER = 999_999_999
_MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
_LOCALES = {"text_kk": "kk", "text_ru": "ru"}

_QUESTIONS: Mapping[str, Lazy] = {
    "text_kk": lazy("Type the message in Kazakh, as people will read it."),
    "text_ru": lazy("Type the message in Russian, as people will read it."),
    "file": lazy("Send one photo or one file that goes with the message, or go on without it."),
    "button": lazy("Which button shall stand under the message?"),
    "url": lazy("Type the address that the button opens. It begins with https://"),
    "label_kk": lazy("What shall stand on the button in Kazakh?"),
    "label_ru": lazy("What shall stand on the button in Russian?"),
    "roles": lazy("Which roles is the message for? Press those you need."),
    "language": lazy("Readers of which language is the message for?"),
    "region": lazy(
        "Only for companies whose registered goods are made in a certain region? Press it, or "
        "type the code of KATO, for example 71 or 7110."
    ),
    "code": lazy(
        "Only for companies with certain goods in the registry? Type the code of ENS TRU or of "
        "AGSK-3, whole or its beginning, for example {ens} or {agsk}."
    ),
    "when": lazy("When shall the message go out?"),
}
_AUDIENCE = ("roles", "language", "region", "code")
_TEXTS, _LABELS = ("text_kk", "text_ru"), ("label_kk", "label_ru")


def question(t: Translator, step: str, reached: Reach | None = None) -> Html:
    """One question of the form; those about the audience say how many people it has so far."""
    examples = {"ens": "2420", "agsk": "241-101"} if step == "code" else {}
    notes = []
    if step in _TEXTS:
        notes = [
            t("At most {limit} characters.", limit=fmt.number(t, TEXT_LIMIT)),
            _with_file(t, _LOCALES[step]),
            t("Bold, italics, links and other formatting of Telegram are kept."),
        ]
    elif step in _LABELS:
        notes = [t("At most {limit} characters.", limit=fmt.number(t, LABEL_LIMIT))]
    elif step == "when":
        notes = [faults_words.ask_moment(t)]
    elif step in _AUDIENCE and reached is not None:
        notes = [join([t("For whom it is so far:"), reach_lines(t, reached)])]
    asked = bold(t(_QUESTIONS[step], **examples))
    return join([t("New broadcast"), asked, join(notes)], "\n\n")


def role_button(t: Translator, role: str, chosen: bool) -> str:
    """A role to choose, marked when it is chosen."""
    return (_CHOSEN if chosen else "") + cut(plain(t(ROLES[role])), _LABEL)


def review(
    t: Translator, content: Content, audience: Audience, starts: datetime | None, reached: Reach
) -> Html:
    """Everything at a glance, before the last press."""
    when = t("When: {moment}", moment=fmt.moment(t, starts)) if starts else t("When: at once")
    return join(
        [
            bold(t("New broadcast")),
            join(
                [
                    t("In Kazakh: {text}", text=_cut(content.text_kk)),
                    t("In Russian: {text}", text=_cut(content.text_ru)),
                    *extras(t, content),
                    *too_long(t, content),
                ]
            ),
            join([audience_lines(t, audience), reach_lines(t, reached)]),
            when,
            t("Nothing is sent yet. Look at it as people will see it, or send it to yourself."),
        ],
        "\n\n",
    )


def as_read(t: Translator, content: Content, number: int = 0, notice: int = 1) -> Shown:
    """The message of a reader; the number of their own ``notice`` is not known yet."""
    return render(
        t,
        NoticeView(
            number=notice,
            person_id=0,
            kind="broadcast.news",
            subject=f"broadcast:{number}",
            params={"number": number, **content_json(content)},
            created_at=_MOMENT,
            state="queued",
            sent_at=None,
            read_at=None,
            attempts=0,
        ),
        _MOMENT,
    )


def _length(locale: str, content: Content) -> int:
    """With the headline and the line of the number, as Telegram counts."""
    return visible_length(as_read(translator(locale), content, notice=_LONG_NUMBER).text)


def _with_file(t: Translator, locale: str) -> Html:
    # Without one, every text that is taken fits: the headline and the number are short.
    frame = _length(locale, Content(".", ".")) - 1
    return t(
        "With its headline and number, one message with a photo or a file holds {caption} of "
        "them: what is longer comes in several messages.",
        caption=fmt.number(t, CAPTION_LIMIT - frame),
    )


def too_long(t: Translator, content: Content) -> list[Html]:
    """For each language in which readers get more than one message: by how much it is too long."""
    limit = MESSAGE_LIMIT if content.file is None else CAPTION_LIMIT
    said = {
        "kk": lazy("In Kazakh it comes in several messages: characters too many for one: {over}"),
        "ru": lazy("In Russian it comes in several messages: characters too many for one: {over}"),
    }
    over = {locale: _length(locale, content) - limit for locale in said}
    return [t(said[each], over=fmt.number(t, more)) for each, more in over.items() if more > 0]


def _cut(text: str) -> str:
    return cut(plain(Html(text)), _SHOWN)


def preview_head(t: Translator, language: str) -> Html:
    """Stands above a preview."""
    shown = {
        "kk": lazy("This is how people who read Kazakh will see it:"),
        "ru": lazy("This is how people who read Russian will see it:"),
    }
    return t(shown[language])


def test_sent(t: Translator) -> Html:
    """After a test to oneself."""
    return t("It is on its way to you, and to nobody else.")


def done(t: Translator, card: Shown, *, later: bool) -> Shown:
    """The card with what was just done on top."""
    said = t("The broadcast is scheduled.") if later else t("The broadcast has begun.")
    return Shown(join([bold(said), card.text], "\n\n"), card.keyboard)

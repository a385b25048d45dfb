"""What a newcomer to the demo is advised to do, in the languages of the page."""

TASKS = (
    {
        "en": "In Daniyar's chat order pipes from the goods list and publish the order.",
        "kk": "Даниярдың чатында тауарлар тізімінен құбырға тапсырыс жасап, жариялаңыз.",
        "ru": "В чате Данияра сделайте заказ на трубы из перечня товаров и опубликуйте его.",
    },
    {
        "en": "Nurlan (in Kazakh) and Olga (in Russian) are invited: submit price offers.",
        "kk": "Нұрлан мен Ольгаға шақыру келді: екеуінің атынан баға ұсынысын беріңіз.",
        "ru": "Нурлан и Ольга получили приглашение: подайте ценовые предложения от обоих.",
    },
    {
        "en": "Press the clock's button \u201cnext deadline\u201d until the window closes.",
        "kk": "Қабылдау мерзімі аяқталғанша, сағаттағы «келесі мерзім» түймесін басыңыз.",
        "ru": "Нажимайте на часах «К сроку», пока не закроется приём предложений.",
    },
    {
        "en": "Daniyar receives the summary: choose suppliers.",
        "kk": "Даниярға ұсыныстар жиынтығы келеді: өнім берушіні таңдаңыз.",
        "ru": "Данияр получает сводку: выберите поставщиков.",
    },
    {
        "en": "The chosen suppliers confirm or refuse; the protocol of results comes to all.",
        "kk": "Таңдалған өнім беруші растайды немесе бас тартады; хаттама бәріне келеді.",
        "ru": "Выбранные подтверждают заказ или отказываются; протокол итогов приходит всем.",
    },
    {
        "en": "Enter the contract on one side, agree on the other: the order is done.",
        "kk": "Бір тарап шартты енгізеді, екіншісі келіседі: тапсырыс аяқталады.",
        "ru": "Одна сторона вносит договор, другая согласует его: заказ завершен.",
    },
    {
        "en": "Ruslan is not registered: press Start in his chat and register his company.",
        "kk": "Руслан тіркелмеген: оның чатында «Бастау» басып, компаниясын тіркеңіз.",
        "ru": "Руслан не зарегистрирован: нажмите «Старт» в его чате и пройдите регистрацию.",
    },
    {
        "en": "Press \u201cFri 18:31\u201d on the clock. In Nurlan's chat send a voice message "
        "by the microphone: the bot promises when it will be worked.",
        "kk": "Сағаттағы «Жұма 18:31» түймесін басыңыз. Нұрланның чатында микрофонмен дауыстық "
        "хабарлама жіберіңіз: бот қашан жауап берілетінін айтады.",
        "ru": "Нажмите на часах «Пт 18:31». В чате Нурлана отправьте голосовое сообщение "
        "микрофоном: бот пообещает срок ответа.",
    },
    {
        "en": "Press \u201cWorking day 9:00\u201d. In the support group open Nurlan's topic, "
        "listen and write an answer to Nurlan. A line that begins with // stays among operators.",
        "kk": "«Жұмыс күні 9:00» түймесін басыңыз. Қолдау тобында Нұрланның тақырыбын ашып, "
        "тыңдаңыз да, жауап жазыңыз: ол Нұрланға барады. // деп басталған жол операторлар "
        "арасында қалады.",
        "ru": "Нажмите «Рабочий день 9:00». В группе поддержки откройте тему Нурлана, послушайте "
        "и напишите ответ: он придёт Нурлану. Строка, начатая с //, останется у операторов.",
    },
    {
        "en": "Nurlan opens the request and rates the answer with stars.",
        "kk": "Нұрлан өтінішті ашып, жауапты жұлдызшалармен бағалайды.",
        "ru": "Нурлан открывает обращение и оценивает ответ звёздами.",
    },
    {
        "en": "A fault of this morning moved a window: in Olga's chat open that order and press "
        "\u201c?\u201d: the receipt of the term shows the extension and its ground.",
        "kk": "Таңертеңгі іркіліске байланысты баға ұсынысын қабылдау мерзімі ұзартылды: Ольганың "
        "чатында сол тапсырысты ашып, «?» түймесін басыңыз: ұзарту мен оның негізі көрінеді.",
        "ru": "Утренний сбой продлил приём предложений: в чате Ольги откройте этот заказ и "
        "нажмите «?»: расчёт срока покажет продление и его основание.",
    },
    {
        "en": "The same desk as a web page, and the public status page with planned works: links "
        "above.",
        "kk": "Сол қолдау қызметі веб-бетте, ал жоспарлы жұмыстар ашық жай-күй бетінде: сілтемелер "
        "жоғарыда.",
        "ru": "Та же служба поддержки есть на веб-странице, а плановые работы видны на открытой "
        "странице состояния: ссылки выше.",
    },
)

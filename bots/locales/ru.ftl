# Слова чатов по-русски. `.slash` — имя команды в Discord.
# В предложениях команды названы по-английски: так их понимают везде.

## Команды

cmd-watch = Смотреть вместе: включает видео или ставит в очередь, если уже что-то идёт.
    .slash = смотреть
    .link = Ссылка или слова для поиска
    .mode = Как теперь упорядочена очередь
    .title = Как теперь называется комната
    .when = Когда начало: 20:30, tomorrow 20:30 или in 2h
cmd-queue = Что будет дальше.
    .slash = очередь
cmd-queue-list = Показать, что идёт и что будет дальше.
    .slash = список
cmd-queue-add = Поставить в конец очереди.
    .slash = добавить
    .link = Ссылка, несколько ссылок или слова для поиска
cmd-queue-next = Поставить в начало очереди.
    .slash = следующим
    .link = Ссылка, несколько ссылок или слова для поиска
cmd-queue-remove = Убрать из очереди.
    .slash = убрать
    .item = Номер в списке
cmd-queue-move = Переставить на другое место.
    .slash = переставить
    .item = Номер в списке
    .to = Новый номер
cmd-queue-shuffle = Перемешать очередь.
    .slash = перемешать
cmd-queue-clear = Очистить очередь; то, что идёт, продолжится.
    .slash = очистить
cmd-queue-import = Поставить в очередь целый список: плейлист или текст со ссылками.
    .slash = импорт
    .link = Ссылка на список или сами ссылки
cmd-queue-export = Получить очередь файлом.
    .slash = экспорт
    .form = По ссылке в строке или JSON со всеми сведениями
cmd-play = Продолжить для всех.
    .slash = продолжить
cmd-pause = Поставить на паузу для всех.
    .slash = пауза
cmd-seek = Перейти к моменту: 1:30, +30 или 50%.
    .slash = перейти
    .time = Момент: 1:30, +30, -1m или 50%
cmd-forward = Перемотать вперёд на несколько секунд.
    .slash = вперёд
    .length = На сколько: 30 или 1:30; если не указать, 10 секунд
cmd-rewind = Перемотать назад на несколько секунд.
    .slash = назад
    .length = На сколько: 30 или 1:30; если не указать, 10 секунд
cmd-skip = Перейти к следующему или проголосовать за это.
    .slash = пропустить
cmd-back = Вернуться к предыдущему.
    .slash = предыдущее
cmd-now = Показать, что идёт и на каком месте.
    .slash = сейчас
cmd-mode = Показать или изменить порядок очереди.
    .slash = режим
    .mode = Как теперь упорядочена очередь
cmd-speed = Изменить скорость.
    .slash = скорость
    .speed = Скорость, например 1.25
cmd-vote = Проголосовать или предложить то, что нельзя сделать самому.
    .slash = голос
    .what = skip, pause, play, seek 1:30, номер в очереди, yes или no
cmd-history = Показать, что уже шло.
    .slash = история
    .count = Сколько
cmd-playlist = Сохранённые плейлисты.
    .slash = плейлист
cmd-playlist-list = Показать сохранённые плейлисты.
    .slash = список
cmd-playlist-save = Сохранить то, что идёт и что будет дальше, как плейлист.
    .slash = сохранить
    .name = Как его назвать
cmd-playlist-load = Поставить в очередь весь сохранённый плейлист.
    .slash = загрузить
    .playlist = Какой
cmd-playlist-delete = Удалить сохранённый плейлист.
    .slash = удалить
    .playlist = Какой
cmd-invite = Показать ссылку, по которой можно войти.
    .slash = пригласить
cmd-who = Показать, кто здесь.
    .slash = кто
cmd-role = Дать участнику комнаты другую роль.
    .slash = роль
    .person = Кому
    .role = Какую роль
cmd-kick = Выгнать из комнаты; вернуться можно.
    .slash = выгнать
    .person = Кого
cmd-ban = Закрыть кому-то вход в комнату.
    .slash = бан
    .person = Кого
    .length = На сколько: 2h или 7d; если не указать, навсегда
    .reason = Почему
cmd-unban = Снова пустить в комнату.
    .slash = разбан
    .person = Кого
cmd-settings = Показать или изменить настройки комнаты и этого чата.
    .slash = настройки
    .setting = Какая настройка
    .value = Новое значение
cmd-schedule = Показать или изменить, когда комната открывается и закрывается.
    .slash = расписание
    .when = Когда откроется: 20:30, tomorrow 20:30 или in 2h; off — отменить
    .until = Когда закроется
cmd-link = Связать этот чат с комнатой из другого места или свои профили в Discord и Telegram.
    .slash = связать
    .to = Ссылка-приглашение или код с другой стороны; оставьте пустым, чтобы получить код
cmd-unlink = Отвязать этот чат от комнаты; сама комната останется.
    .slash = отвязать
cmd-end = Закончить и закрыть комнату для всех.
    .slash = закончить
cmd-help = Показать все команды или одну.
    .slash = помощь
    .command = Какую

## Как называются параметры и слова на выбор

opt-link = ссылка
opt-mode = режим
opt-title = название
opt-when = когда
opt-item = номер
opt-to = куда
opt-form = формат
opt-time = момент
opt-length = длительность
opt-speed = скорость
opt-what = что
opt-count = количество
opt-name = имя
opt-playlist = плейлист
opt-person = участник
opt-role = роль
opt-reason = причина
opt-setting = настройка
opt-value = значение
opt-until = до
opt-command = команда

choice-manual = вручную
choice-vote = по голосам
choice-loop = по кругу
choice-dj = диджей
choice-fair = по очереди
choice-guest = гость
choice-trusted = доверенный
choice-moderator = модератор
choice-cohost = соведущий
choice-host = ведущий
choice-links = ссылки
choice-json = JSON
choice-yes = да
choice-no = нет
choice-now = сейчас
choice-today = сегодня
choice-tomorrow = завтра

## Кнопки

button-open = Открыть комнату
button-pause = Пауза
button-play = Пуск
button-skip = Дальше
button-back = Назад
button-back10 = −10 с
button-forward10 = +10 с
button-queue = Очередь
button-more = Ещё
button-coming = Я приду
button-pick = Включить сейчас
button-propose = На голосование
button-ask-host = Спросить ведущего
button-ask = Спросить: { $name }
button-yes = Да
button-no = Нет
button-sure-clear = Очистить очередь
button-sure-end = Закрыть комнату
button-sure-unlink = Отвязать чат
button-sure-ban = Забанить
button-sure-delete = Удалить
button-never = Отмена
button-queue-that = В очередь
button-undo = Отменить

## Чего не хватает или что не так

hint-missing = Чего-то не хватает: { $usage }
hint-subcommand = Напишите одно из: { $all }.
hint-number = Укажите номер из /queue list, например 2.
hint-seek = Укажите, куда перейти: /seek 1:30, /seek +30 или /seek 50%.
hint-mode = Очередь бывает такой: manual, vote, loop, dj, fair.
hint-role = Роли бывают такие: guest, trusted, moderator, cohost, host.
hint-vote = Укажите, за что голосовать: /vote skip, /vote seek 1:30, /vote 2, /vote yes или /vote no.
hint-when = { $input } — это не время. Напишите 20:30, tomorrow 20:30, 2026-12-31 20:30 или in 2h.
hint-old-card = Эта карточка от прежней комнаты. Возьмите самую новую или напишите /now.
fault = У нас что-то сломалось (код { $trace }). Попробуйте ещё раз.

## Ответы

never = Всё осталось как было.
people = { $count ->
    [0] пока никого
    [one] { $count } человек
    [few] { $count } человека
   *[many] { $count } человек
}
until-viewer = когда кто-нибудь откроет комнату
until-start = когда комната откроется
until-ready = когда у всех загрузится
until-stall = когда у всех снова загрузится
paused = Пауза на { $at }.
starts = Начнётся, { $when }.
playing-from = Идёт с { $at }.
now-at = Теперь на { $at }.
now-playing = Сейчас идёт { $title }.
that-was-the-last = Это было последнее. Добавьте что-нибудь: /watch и ссылка.
speed-is = Скорость: { $rate }.
removed = Убрано: { $title }.
shuffled = { $count ->
    [1] В очереди одно видео, перемешивать нечего.
    [one] Очередь перемешана: { $count } видео.
    [few] Очередь перемешана: { $count } видео.
   *[many] Очередь перемешана: { $count } видео.
}
cleared = Очередь пуста. То, что идёт, продолжается.
queued-as = В очереди под номером { $number }: { $title }.
queued = Поставлено в очередь.
come-and-watch = Смотрим вместе: { $link }
at = на { $at }
at-of = на { $at } из { $length }
at-live = прямой эфир
now-playing-for = Идёт, { $at }. Здесь { $people }.
now-starts = Начнётся, { $when }, { $at }.
now-paused = Пауза, { $at }.
next-is = Дальше { $title }, в очереди { $count }.
nothing-next = Дальше ничего нет.
queue-line = { $title }, добавил(а) { $name }
and-more = И ещё { $count }.

## Карточка

card-nothing = Сейчас ничего не идёт
card-add-something = Добавьте что-нибудь: /watch и ссылка.
card-live = Прямой эфир, здесь { $people }
card-playing = Идёт, здесь { $people }
card-starts = Начнётся, { $when }
card-starts-at = Начнётся с { $at }, { $when }
card-paused = Пауза на { $at }
card-paused-of = Пауза на { $at } из { $length }
card-added-by = Добавил(а) { $name }.

## Ядро: что отвечают команды

# Промежутки времени
span-seconds = { $count ->
    [one] { $count } секунду
    [few] { $count } секунды
   *[many] { $count } секунд
}
span-minutes = { $count ->
    [one] { $count } минуту
    [few] { $count } минуты
   *[many] { $count } минут
}
span-hours = { $minutes ->
    [0] { $hours ->
        [one] { $hours } час
        [few] { $hours } часа
       *[many] { $hours } часов
    }
   *[other] { $hours } ч { $minutes } мин
}
span-days = { $count ->
    [one] { $count } день
    [few] { $count } дня
   *[many] { $count } дней
}

# Очередь
starts-in = Начнётся примерно через { $time }.
queued-many = Поставлено в очередь: { $count }, начиная с номера { $number }. Первое — { $title }.
queued-more = { $count ->
    [one] В очередь поставлено ещё { $count } видео.
    [few] В очередь поставлено ещё { $count } видео.
   *[many] В очередь поставлено ещё { $count } видео.
}
left-out = Пропущено: { $link }. { $why }
left-out-more = Пропущено ещё: { $count }.
room-called = Теперь комната называется { $title }.
moved = { $title } теперь под номером { $number }.
exported = { $count ->
    [1] Одно видео файлом.
    [one] Вся очередь файлом: { $count } видео.
    [few] Вся очередь файлом: { $count } видео.
   *[many] Вся очередь файлом: { $count } видео.
}
sure-clear = { $count ->
    [one] Очистить очередь ({ $count } видео)? То, что идёт, продолжится.
    [few] Очистить очередь ({ $count } видео)? То, что идёт, продолжится.
   *[many] Очистить очередь ({ $count } видео)? То, что идёт, продолжится.
}
queue-votes = { $count ->
    [one] { $count } голос
    [few] { $count } голоса
   *[many] { $count } голосов
}
queue-in = примерно через { $time }
mode-manual = Очередь идёт в том порядке, в каком её собрали.
mode-vote = Порядок очереди решают голоса: /vote и номер.
mode-loop = Очередь идёт по кругу: что прошло, становится в конец.
mode-dj = То, что идёт, повторяется, пока кто-нибудь не выберет другое.
mode-fair = Все чередуются: никто не ждёт, пока пройдут двадцать видео одного человека.
or-the-code = Или введите этот код на начальной странице: { $code }
history-line = { $title }, добавил(а) { $name }, { $time } назад
history-line-now = { $title }, добавил(а) { $name }, только что
history-none = Пока ничего не шло.
taken-back = Отменено.

# Кому можно и что ещё можно сделать
only-who = Здесь это ({ $what }) могут только: { $who }. Вынесите на голосование: /vote.
only-who-ask = Здесь это ({ $what }) могут только: { $who }. К кому обратиться: { $host }. Или вынесите на голосование: /vote.
who-the-host = ведущий
who-registered = участники с учётной записью
who-trusted = { $host } и доверенные
who-moderators = { $host } и модераторы
who-cohosts = { $host } и соведущие

# Голосования
vote-tally = { $what }: { $yes } из { $needed }. Закончится через { $time }.
vote-against = { $count ->
    [one] Против: { $count }.
    [few] Против: { $count }.
   *[many] Против: { $count }.
}
vote-rejected = { $what }: слишком многие против. Всё остаётся как было.
vote-expired = { $what }: вовремя проголосовало слишком мало.
vote-void = { $what }: это уже позади, и голосование тоже.
vote-over = Это голосование закончено.
no-votes = Сейчас ни за что не голосуют. Начните сами: /vote skip или /vote seek 1:30.
voted = { $count ->
    [one] Ваш голос за { $title } учтён: { $count } голос.
    [few] Ваш голос за { $title } учтён: { $count } голоса.
   *[many] Ваш голос за { $title } учтён: { $count } голосов.
}
voted-not = { $count ->
    [0] Ваш голос за { $title } снят.
    [one] Ваш голос за { $title } снят: остался { $count } голос.
    [few] Ваш голос за { $title } снят: осталось { $count } голоса.
   *[many] Ваш голос за { $title } снят: осталось { $count } голосов.
}
votes-do-not-order = Пока голоса не меняют порядок очереди: это включает /mode vote.
button-yes-to = Да: { $what }
button-no-to = Нет: { $what }
motion-play = Продолжить
motion-pause = Пауза
motion-skip = Пропустить
motion-back = Вернуться к предыдущему
motion-seek = Перейти на { $what }
motion-forward = Вперёд на { $what }
motion-rewind = Назад на { $what }
motion-speed = Скорость { $what }
motion-pick = Включить { $what }
motion-remove = Убрать { $what }
motion-shuffle = Перемешать очередь
motion-clear = Очистить очередь
asks-play = { $name } просит продолжить.
asks-pause = { $name } просит паузу.
asks-skip = { $name } просит это пропустить.
asks-back = { $name } просит вернуться к предыдущему.
asks-seek = { $name } просит перейти на { $what }.
asks-forward = { $name } просит перемотать вперёд на { $what }.
asks-rewind = { $name } просит перемотать назад на { $what }.
asks-speed = { $name } просит скорость { $what }.
asks-pick = { $name } просит включить { $what }.
asks-remove = { $name } просит убрать { $what }.
asks-shuffle = { $name } просит перемешать очередь.
asks-clear = { $name } просит очистить очередь.
is-that-fine = { $names }, не возражаете?
hint-voice = Здесь голосуют только те, кто в голосовом канале. Зайдите туда и проголосуйте ещё раз.

# Участники
who-nobody = В комнате пока никого.
who-here = { $count ->
    [one] В комнате { $count } человек:
    [few] В комнате { $count } человека:
   *[many] В комнате { $count } человек:
}
who-line = { $name }, { $door }
who-line-role = { $name }, { $role }, { $door }
who-coming = { $count ->
    [1] Придёт: { $names }.
    [one] Придут { $count }: { $names }.
    [few] Придут { $count }: { $names }.
   *[many] Придут { $count }: { $names }.
}
door-viewer = на странице
door-api = через программу
door-discord = в Discord
door-telegram = в Telegram
door-opentogethertube = через OpenTogetherTube
door-watch2gether = через Watch2Gether
door-watchers = через watchers.io
door-clipper = через Clipper
door-room = сама комната
role-is = { $name }: теперь роль — { $role }.
role-already = { $name }: роль уже такая — { $role }.
role-none = { $name }: своей роли больше нет.
role-host = { $name } теперь ведёт комнату. Прежний ведущий остаётся соведущим.
kicked = { $name } больше не в комнате, но вернуться можно; /ban закрывает вход.
sure-ban = Закрыть вход навсегда: { $name }? На время — /ban с именем и length:2h.
banned = { $name }: вход закрыт. /unban снова откроет его.
banned-for = { $name }: вход закрыт на { $time }. /unban откроет его раньше.
unbanned = { $name } снова может войти.
you-as = { $name } (вы)
hint-not-banned = { $name }: вход и так открыт.
hint-unknown-person = Этого человека в комнате никогда не было. Посмотрите, кто здесь: /who.
hint-several-people = Под это подходят несколько человек: { $names }. Напишите имя полнее или упомяните человека.

# Плейлисты
playlists-of-room = Плейлисты комнаты:
playlists-of-you = Ваши собственные:
playlists-none = Плейлистов пока нет. Сохраните то, что идёт и что будет дальше: /playlist save и имя.
playlist-line = { $name } ({ $count })
playlist-saved = { $count ->
    [one] Сохранено как { $name }: { $count } видео.
    [few] Сохранено как { $name }: { $count } видео.
   *[many] Сохранено как { $name }: { $count } видео.
}
playlist-saved-own = { $count ->
    [one] Сохранено как { $name }, только для вас: { $count } видео.
    [few] Сохранено как { $name }, только для вас: { $count } видео.
   *[many] Сохранено как { $name }, только для вас: { $count } видео.
}
playlist-loaded = { $count ->
    [one] Поставлено в очередь из { $name }: { $count } видео.
    [few] Поставлено в очередь из { $name }: { $count } видео.
   *[many] Поставлено в очередь из { $name }: { $count } видео.
}
playlist-deleted = Плейлист { $name } удалён.
sure-delete = { $count ->
    [one] Удалить плейлист { $name } ({ $count } видео)?
    [few] Удалить плейлист { $name } ({ $count } видео)?
   *[many] Удалить плейлист { $name } ({ $count } видео)?
}

# Расписание
opens-at = Комната откроется в { $at } ({ $zone }), через { $time }.
closes-at = Она закроется в { $at } ({ $zone }), через { $time }.
open-now = Комната открыта.
open-already = Комната уже открыта.
schedule-none = Комната открыта, ничего не назначено. Напишите /schedule 20:30, /schedule tomorrow 20:30 или /schedule in 2h.
schedule-ended = Комната закончила работу. Открыть снова: /schedule now.
schedule-closed = Комната закрыта. Открыть снова: /schedule now.
zone-hint = Время здесь по UTC, пока кто-нибудь не выберет другой пояс, например /settings timezone Europe/Moscow.
coming-count = { $count ->
    [one] Придёт { $count } человек.
    [few] Придут { $count } человека.
   *[many] Придут { $count } человек.
}
you-are-coming = { $count ->
    [1] Вы придёте, пока первым из всех.
    [one] Вы придёте, всего вас { $count }.
    [few] Вы придёте, всего вас { $count }.
   *[many] Вы придёте, всего вас { $count }.
}
you-are-not-coming = Вы всё-таки не придёте.
moment-choice = { $input }: { $at }, через { $time }
hint-when-past = Это время уже прошло. Укажите будущее: tomorrow 20:30 или in 2h.
hint-when-far = До этого больше года. Укажите время пораньше.
hint-when-bad = Такого дня или времени нет. Напишите 20:30, tomorrow 20:30, 2026-12-31 20:30 или in 2h.
after-part = После части «{ $what }» ({ $at })

# Комнаты и чаты
link-code = Напишите с другой стороны /link { $code }: нашему боту в Discord или Telegram или в чат комнаты, и здесь вы станете одним человеком. Код только для вас и действует { $time }. Чтобы связать этот чат с комнатой, напишите /link и её ссылку-приглашение.
linked-selves = Готово: теперь на обеих сторонах вы один человек, { $name }.
tied = Теперь этот чат связан с комнатой { $title }.
tied-as-guests = Все отсюда там гости, даже те, кто управляет этим чатом: вы не соведущий той комнаты.
tied-before = Раньше он был связан с комнатой { $title }; она остаётся сама по себе.
sure-unlink = Отвязать этот чат от комнаты { $title }? Комната останется, а настройки этого чата будут забыты.
untied = Чат отвязан от комнаты { $title }. Начать заново: /watch и ссылка.
sure-end = { $count ->
    [0] Закрыть комнату { $title } для всех?
    [one] Закрыть комнату { $title } для всех? Там { $count } человек.
    [few] Закрыть комнату { $title } для всех? Там { $count } человека.
   *[many] Закрыть комнату { $title } для всех? Там { $count } человек.
}
ended = Комната { $title } закончила работу. Начать заново: /watch и ссылка.
hint-room-ended = Эта комната закончила работу. Начните новую: /watch и ссылка. Или откройте эту снова: /schedule now.
hint-link = Это не ведёт ни в одну комнату этого сервера. Вставьте ссылку-приглашение или код с другой стороны.
hint-chat-only = Это можно только в чате Discord или Telegram.
hint-steward = Менять это могут только те, кто управляет этим чатом. Обратитесь к администратору.
hint-leads = Что значат роли этого сервера, решает только тот, кто им управляет. Обратитесь к тому, у кого есть право «Управлять сервером».

# Настройки
settings-of-room = Комната:
settings-of-chat = Этот чат:
settings-how = Чтобы изменить, напишите /settings, название и значение, например /settings vote_skip on.
setting-line = { $name }: { $value }
setting-title = Как называется комната.
setting-about = Что комната говорит о себе.
setting-visibility = Кого пускают: всех (public — и в списках; unlisted), тех, у кого есть ссылка-приглашение (invite), или только их, и больше никто о комнате не знает (private).
setting-password = Что нужно ввести тем, кто приходит со стороны.
setting-capacity = Сколько человек может быть в комнате одновременно.
setting-preset = Кому что можно: everyone — все управляют и добавляют; open — все меняют и настройки; hosts — всё это только у ведущих и соведущих.
setting-vote_skip = Пропускают ли только голосованием.
setting-vote_percent = Сколько голосов из ста нужно, чтобы предложение прошло.
setting-duplicates = Может ли одна ссылка стоять в очереди дважды.
setting-items_per_person = Сколько видео одного человека может ждать одновременно.
setting-minutes_per_person = Сколько минут одного человека может ждать одновременно.
setting-wait = Кого ждёт фильм, пока загружается плеер: никого, ведущего или всех.
setting-ready = Начинается ли фильм только тогда, когда у всех загрузится.
setting-skip_segments = Какие части видео пропускаются.
setting-slow_mode = Пауза между двумя сообщениями одного человека в чате комнаты.
setting-moderation = Нельзя ли гостям отправлять ссылки, а всем — одно и то же дважды подряд.
setting-profanity = Скрывается ли брань.
setting-restore = Что с очередью, когда все ушли: остаётся (always), вернувшихся спрашивают (prompt) или пропадает (never).
setting-language = На каком языке карточка и уведомления этого чата.
setting-timezone = По какому поясу понимать время в этом чате.
setting-bridge = Идут ли сообщения этого чата в комнату, а сообщения комнаты — сюда.
setting-chat_in = Идут ли сообщения этого чата в комнату.
setting-chat_out = Приходят ли сообщения комнаты в этот чат.
setting-notices = Сообщать ли этому чату, что делают в комнате.
setting-threads = Есть ли у каждого просмотра своя ветка.
setting-voice = Голосуют ли только те, кто в голосовом канале.
setting-polls = Проходят ли голосования опросами Telegram.
setting-dj = Кем становятся в комнатах те, у кого есть роль этого сервера.
can-be-switch = Возможно on или off.
can-be-one-of = Возможно одно из: { $all }.
can-be-some = Возможно all, off или что-то из: { $all }.
can-be-number = Возможно число или off.
can-be-percent = Возможно от 1 до 100 процентов.
can-be-length = Возможен промежуток, например 30s или 5m, или off.
can-be-text = Возможны любые слова; off, если ничего не нужно.
can-be-zone = Возможен пояс, например Europe/Moscow или America/New_York, или UTC.
can-be-rank = Возможна роль и кем она делает, например @DJ moderator: guest, trusted, moderator или cohost. @DJ off убирает это, off убирает всё.
hint-setting = Такой настройки нет. Есть такие: { $all }.
hint-other-platform = Эта настройка другой платформы.
hint-switch = Напишите on или off.
hint-one-of = Напишите одно из: { $all }.
hint-count = Напишите число от 1 или off.
hint-percent = Напишите от 1 до 100, например 50%.
hint-length = Напишите промежуток, например 30s, 5m или 2h, или off.
hint-zone = Такого пояса нет. Напишите, например, Europe/Moscow, America/New_York или UTC.
hint-dj = Напишите роль и кем она делает, например @DJ moderator: guest, trusted, moderator или cohost.
hint-no-roles = Такие роли есть только на серверах Discord: это можно только там.
cannot-read-discord = Но читать, что здесь пишут, мне нельзя. Тому, кто держит этот сервер, нужно включить боту «Message Content Intent» на портале разработчиков Discord и перезапустить сервер.
cannot-read-telegram = Но читать, что здесь пишут, мне нельзя. Тому, кто держит этот сервер, нужно написать @BotFather /setprivacy, выбрать Disable, убрать меня из этой группы и добавить снова.

# Ещё слова на выбор
choice-on = вкл.
choice-off = выкл.
choice-in = сюда
choice-none = ничего
choice-never = никогда
choice-all = все
choice-always = всегда
choice-prompt = спросить
choice-public = открытая
choice-unlisted = не в списках
choice-invite = по приглашению
choice-private = закрытая
choice-everyone = все
choice-open = открыто
choice-hosts = только ведущие
choice-own = свои правила
choice-registered = с учётной записью
choice-sponsor = реклама
choice-intro = заставка
choice-outro = титры
choice-interaction = призывы
choice-selfpromo = самореклама
choice-music_offtopic = не музыка
choice-preview = анонс

## Discord: что говорится только там

discord-ends = { $status }, закончится { $when }
discord-open-at = Открыть комнату: { $link }
discord-menu-queue = Поставить в очередь
discord-menu-invite = Пригласить на просмотр
discord-launch = запустить
discord-no-link = В этом сообщении нет ссылки.
discord-no-bots = Это бот. Приглашайте людей.
discord-add-several = Добавить несколько
discord-add-title = Добавить несколько ссылок
discord-links = Ссылки
discord-links-hint = По одной в строке
discord-rooms = { $count ->
    [one] { $count } комната
    [few] { $count } комнаты
   *[many] { $count } комнат
}
discord-lacking = Здесь мне можно не всё. Тому, кто управляет этим сервером, нужно разрешить мне: { $permission }.
discord-permission-view = Просматривать канал
discord-permission-send = Отправлять сообщения
discord-permission-send-in-threads = Отправлять сообщения в ветках
discord-permission-threads = Создавать публичные ветки
discord-permission-events = Создавать события

## Карточки: ещё

card-opens = Откроется
card-not-open = Ещё не открыта
card-first-is = Первое — { $title }.
card-coming = { $count ->
    [one] Придёт { $count } человек.
    [few] Придут { $count } человека.
   *[many] Придут { $count } человек.
}
card-ended = Эта комната закончила работу
card-skip-votes-of = Дальше, { $votes } из { $needed }

## Мост: что говорится чату

bridge-dropped = { $count ->
    [one] … и ещё { $count } сообщение
    [few] … и ещё { $count } сообщения
   *[many] … и ещё { $count } сообщений
}
bridge-begins = { $title } начинается.
bridge-begins-for = { $title } начинается. { $names }: приходите смотреть.
bridge-and-others = { $count ->
    [one] ещё { $count }
    [few] ещё { $count }
   *[many] ещё { $count }
}
notice-paused = { $name }: пауза на { $at }.
notice-played = { $name }: продолжаем с { $at }.
notice-seeked = { $name }: переход на { $at }.
notice-skipped = { $name }: дальше, к { $title }.
notice-skipped-last = { $name }: последнее видео пропущено.
notice-back = { $name }: назад, к { $title }.
notice-picked = { $name } включает { $title }.
notice-rate = { $name }: скорость теперь { $rate }.
notice-added = { $name } добавляет { $title }.
notice-added-many = { $name } добавляет { $count } видео, первое — { $title }.
notice-removed = { $name } убирает { $title }.
notice-moved = { $name } ставит { $title } под номер { $number }.
notice-shuffled = { $name }: очередь перемешана.
notice-cleared = { $name }: очередь очищена.
notice-unshelved = { $name } возвращает прежнюю очередь.
notice-role = { $name } меняет роль: { $whom } — { $role }.
notice-kicked = { $name } удаляет из комнаты: { $whom }.
notice-banned = { $name } закрывает вход: { $whom }.
notice-unbanned = { $name } снова открывает вход: { $whom }.
notice-opened = Комната открыта.
notice-ended = Комната закончила работу.
notice-ended-by = { $name } закрывает комнату.

## Telegram

telegram-menu = Смотреть вместе
telegram-hello = Пришлите мне ссылку, и я сделаю комнату, где все видят одно и то же в один момент.
telegram-chatter = Пришлите мне ссылку, чтобы смотреть вместе, или /help, чтобы увидеть все команды.
telegram-invited = Вас приглашают в комнату { $title }.
telegram-add = Добавить в группу
telegram-remote = Пульт в личном чате
telegram-old-button = Эта кнопка от старой версии. Напишите /now, чтобы увидеть, что идёт.
telegram-offer = Поставить в очередь для всех?
telegram-gone = Ссылка пропала. Напишите /watch и ссылку.
telegram-link-alone = Здесь код прочтут другие. Напишите мне /link наедине, в личном чате.
telegram-link-sure = Чтобы стать здесь одним человеком с тем, кто дал вам эту ссылку, напишите /link { $code }. Делайте это, только если это были вы: он сможет всё, что можете вы.
telegram-file = Telegram не даёт на файл ссылки, по которой его могли бы смотреть другие. Выложите файл в интернет и напишите /watch и ссылку на него.
telegram-to = { $name }: { $text }
telegram-card-ends = {", "}закончится в { $at } UTC
telegram-inline-watch = Смотреть вместе
telegram-photo = фото
telegram-video = видео
telegram-animation = анимация
telegram-document = файл
telegram-voice = голосовое сообщение
telegram-audio = музыка
telegram-sticker = стикер
telegram-poll = опрос
telegram-location = место
telegram-contact = контакт

## Почему нет. { $who } — имя или английское выражение.

refusal-no-such-room = Такой комнаты нет. Попросите новую ссылку-приглашение.
refusal-no-such-invite = Эта ссылка-приглашение больше не действует. Попросите новую.
refusal-no-room-here = В этом чате пока ничего не идёт. Начните с /watch и ссылки.
refusal-not-a-member = В эту комнату входят по приглашению. Попросите ссылку у кого-нибудь из неё.
refusal-not-allowed = Здесь это можно не всем: { $what }. К кому обратиться: { $who }.
refusal-no-such-person = Никого с таким именем в комнате нет. Посмотрите, кто здесь.
refusal-role-too-high = Менять можно только роли ниже своей. Обратитесь к ведущему.
refusal-room-password-needed = Эта комната с паролем. Введите его при входе или попросите ссылку у кого-нибудь из неё.
refusal-wrong-room-password = Это не тот пароль. Спросите у кого-нибудь из комнаты.
refusal-banned = Вход в эту комнату для вас закрыт. Обратитесь к её ведущему.
refusal-muted = Сейчас вам нельзя здесь писать. Обратитесь к модератору.
refusal-slow-mode = Здесь включён медленный режим. Подождите { $seconds } с и напишите снова.
refusal-no-links-here = Гостям нельзя отправлять сюда ссылки. Попросите модератора сделать вас доверенным участником или уберите ссылку.
refusal-said-already = Вы только что это написали. Напишите что-нибудь другое.
refusal-room-full = Мест больше нет (всего { $limit }). Попробуйте, когда кто-нибудь выйдет.
refusal-room-ended = Эта комната закончила работу. Её ведущий может открыть её снова.
refusal-room-closed = Эта комната закрыта. Обратитесь к её ведущему.
refusal-has-host = У этой комнаты уже есть ведущий: { $host }. Обратитесь к нему.
refusal-grant-too-high = Нельзя разрешить то, чего не можете сами: { $what }. Обратитесь к ведущему.
refusal-ends-before-start = Конец должен быть позже начала.
refusal-bad-rate = Скорость бывает от 0,25 до 4.
refusal-bad-subtitles = Субтитры — это ссылка на файл .vtt или .srt.
refusal-already-queued = Это уже есть в очереди.
refusal-your-share-is-full = Больше ваших видео здесь ждать не может (предел: { $limit }). Подождите, пока пройдёт одно из них, или уберите одно.
refusal-nothing-before = До этого ничего не шло.
refusal-nothing-to-undo = Отменять нечего, или это уже отменено.
refusal-nothing-to-restore = Прежней очереди, которую можно вернуть, нет.
refusal-no-such-proposal = Это голосование закончено, или их несколько: укажите нужное.
refusal-too-many-proposals = Уже идёт столько ваших голосований: { $limit }, или много чужих. Подождите, пока они закончатся.
refusal-not-here = Голосуют те, кто смотрит или недавно что-то делал в чате. Сначала откройте комнату.
refusal-no-such-playlist = Такого плейлиста нет. Посмотрите список.
refusal-too-many-playlists = Плейлистов уже { $limit }. Сначала удалите один.
refusal-name-taken = Имя { $name } уже занято. Выберите другое.
refusal-no-such-webhook = Такого вебхука у вас нет. Посмотрите список.
refusal-too-many-webhooks = Вебхуков у вас уже { $limit }. Сначала удалите один.
refusal-no-webhooks = Этот сервер не отправляет вебхуки. Их может разрешить тот, кто его держит: webhooks.enabled.
refusal-no-library = На этом сервере нет своих фильмов. Это может изменить тот, кто его держит: media.dir.
refusal-no-such-file = Такого фильма на сервере нет. Посмотрите список.
refusal-uploads-off = Здесь нельзя ничего загружать. Это может разрешить тот, кто держит сервер: media.uploads.
refusal-no-such-upload = Этой загрузки больше нет. Начните её заново.
refusal-too-many-uploads = Незаконченных загрузок у вас { $limit }. Сначала закончите или отмените одну.
refusal-wrong-offset = Следующий байт — номер { $offset }. Продолжайте оттуда.
refusal-file-too-large = Файл здесь может занимать { $limit } МБ. Возьмите поменьше.
refusal-quota-full = Места осталось на { $left } МБ. Удалите один из своих файлов или возьмите поменьше.
refusal-not-playable = Браузеры не проигрывают этот файл. Подойдут MP4, WebM, MP3, Ogg, M4A, FLAC и субтитры SRT или VTT.
refusal-link-expired = Эта ссылка больше не действует. Обновите страницу.
refusal-no-such-line = Этого сообщения больше нет.
refusal-nothing-playing = Сейчас ничего не идёт. Добавьте что-нибудь: /watch и ссылка.
refusal-queue-empty = Очередь пуста. Добавьте что-нибудь: /watch и ссылка.
refusal-queue-full = Очередь заполнена (предел: { $limit }). Сначала уберите что-нибудь.
refusal-no-such-item = Этого нет в очереди. Посмотрите /queue list.
refusal-seek-past-end = Это дальше конца: длительность { $duration }. К следующему — /skip.
refusal-seek-live = Это прямой эфир: перематывать некуда.
refusal-length-unknown = Длительность пока неизвестна. Перейдите к моменту, например 1:30.
refusal-bad-time = { $input } — это не время. Напишите 1:30, 90, +30, -1m или 50%.
refusal-text-empty = Здесь нет текста. Сначала напишите что-нибудь.
refusal-text-too-long = Слишком длинно. Предел в символах: { $limit }.
refusal-bad-link = Это не ссылка. Вставьте такую, которая начинается с https://.
refusal-bad-scheme = Смотреть можно только по ссылкам http и https.
refusal-private-address = Этот адрес не из открытого интернета. Его может разрешить тот, кто держит этот сервер: resolve.allow_private.
refusal-link-unreachable = Эта ссылка недоступна. Проверьте её в браузере и попробуйте ещё раз.
refusal-link-broken = Эта ссылка отвечает { $status }. Проверьте её в браузере.
refusal-not-media = По этой ссылке нечего проигрывать. Подойдут видеофайл, поток HLS или DASH, YouTube, Vimeo, Twitch и Dailymotion.
refusal-site-refused = { $site } не разрешает показывать свои видео на других страницах. Возьмите другой источник.
refusal-site-protected = { $site } защищает свои фильмы: их показывают только его собственные страницы. Возьмите другой источник.
refusal-embed-link-needed = Для видео с { $site } нужна ссылка для встраивания. На его странице выберите «Поделиться», затем «Встроить» и вставьте ссылку оттуда.
refusal-video-unavailable = На { $site } нет такого видео, или оно закрыто. Попробуйте другое.
refusal-no-search = Поиск по словам на этом сервере не настроен. Вставьте ссылку.
refusal-no-lists = Для плейлистов { $site } нужен ключ этого сайта, а на этом сервере он не настроен. Вставьте видео по одному.
refusal-provider-down = { $site } сейчас не отвечает. Попробуйте позже.
refusal-not-signed-in = Сначала представьтесь: войдите или отправьте свой токен.
refusal-bad-token = Этот токен больше не действует. Войдите заново.
refusal-wrong-login = Учётной записи с таким именем и паролем нет. Проверьте их или запросите новый пароль.
refusal-wrong-password = Это не ваш текущий пароль. Введите его ещё раз или запросите новый.
refusal-password-needed = Для этого нужен ваш текущий пароль.
refusal-password-too-short = Пароль слишком короткий. Нужно символов не меньше: { $limit }.
refusal-bad-email = Это не адрес электронной почты. Напишите, например, ana@example.com.
refusal-username-taken = Такое имя пользователя уже занято. Выберите другое.
refusal-email-taken = Учётная запись с этим адресом уже есть. Войдите в неё или не указывайте адрес.
refusal-already-registered = У вас уже есть учётная запись. Чтобы создать ещё одну, сначала выйдите.
refusal-needs-account = Для этого нужна учётная запись. Сначала создайте её.
refusal-needs-session = С ключом API это нельзя. Войдите сами.
refusal-scope-missing = Для этого нужен ключ с областью { $scope }. Попросите его у того, кто держит этот сервер.
refusal-no-such-recovery = Эта ссылка действует один раз и десять минут, и это время прошло. Запросите новую.
refusal-no-such-link-code = Этот код не действует или уже не действует. Возьмите новый на другой стороне.
refusal-two-accounts = Учётные записи есть на обеих сторонах: вторая — { $other }. Сначала удалите одну из них.
refusal-no-telegram = У этого сервера нет бота в Telegram, поэтому Telegram не может сказать, кто вы. Откройте комнату в браузере.
refusal-bad-init-data = Это не то, что Telegram сообщил о вас. Закройте это окно и откройте комнату из Telegram ещё раз.
refusal-init-data-expired = То, что Telegram сообщил о вас, действует час, и он прошёл. Закройте это окно и откройте комнату из Telegram ещё раз.
refusal-init-data-used = То, что Telegram сообщил о вас, действует один раз и уже использовано. Закройте это окно и откройте комнату из Telegram ещё раз.
refusal-no-such-session = Такого сеанса у вас нет. Посмотрите список своих сеансов.
refusal-no-such-key = Такого ключа нет. Посмотрите список ключей.
refusal-activity-off = На этом сервере комнаты не открываются внутри Discord. Это может настроить тот, кто его держит: discord.activity; в браузере они открываются как всегда.
refusal-code-refused = Discord не принимает этот вход или уже не принимает. Закройте активность и откройте её снова.
refusal-not-in-instance = Discord не видит вас в этой активности. Закройте её и откройте снова.
refusal-bad-signature = Этот запрос подписан не так, как подписывает Discord. Закройте активность и откройте её снова.
refusal-admin-off = Отсюда этим сервером пока никто не может управлять. Задайте auth.bootstrap_key в его настройках и перезапустите его или создайте ключ командой onecouch key create --name me --scope admin.
refusal-address-banned = Этот сервер не принимает подключений с вашего адреса. Если это ошибка, напишите тому, кто его ведёт.
refusal-bans-yourself = { $network } — это откуда вы пришли: вы закроете доступ себе. Пришлите force, чтобы всё же сделать это.
refusal-no-such-ban = Такого запрета нет или уже нет. Посмотрите список.
refusal-slow-down = Слишком много сразу. Подождите { $seconds } с и попробуйте снова.
refusal-too-many-sockets = Открыто соединений: { $limit }, больше нельзя. Закройте одно и подождите { $seconds } с.
refusal-busy = Комната перегружена. Попробуйте через минуту.
refusal-maybe-done = Возможно, это выполнено, а возможно, и нет. Проверьте и, если нет, попробуйте ещё раз.
refusal-stopping = Сервер перезапускается. Вернитесь через несколько секунд.
refusal-not-stored = Это не удалось сохранить, поэтому ничего не произошло. Попробуйте ещё раз; причину тот, кто держит сервер, найдёт в журнале.
refusal-not-read = Сейчас это не удаётся посмотреть. Попробуйте ещё раз через несколько секунд; причину тот, кто держит сервер, найдёт в журнале.
refusal-idempotency-key-reused = Этот Idempotency-Key уже использован для другого запроса. Возьмите новый.
refusal-no-such-command = Команды { $command } нет. Посмотрите /help.

## Что нужно разрешить, как это стоит в refusal-not-allowed

permission-playback = включать и ставить на паузу
permission-skip = переходить к следующему
permission-seek = перематывать
permission-add = добавлять в очередь
permission-remove = убирать из очереди
permission-order = переставлять в очереди
permission-vote = голосовать
permission-chat = писать здесь
permission-title = менять название
permission-about = менять описание комнаты
permission-visibility = менять, кого пускают
permission-queue_mode = менять порядок очереди
permission-grant_moderators = менять, что можно модераторам
permission-grant_trusted = менять, что можно доверенным
permission-grant_registered = менять, что можно тем, у кого есть учётная запись
permission-grant_guests = менять, что можно гостям
permission-promote_cohost = назначать соведущих
permission-demote_cohost = снимать соведущих
permission-promote_moderator = назначать модераторов
permission-demote_moderator = снимать модераторов
permission-promote_trusted = делать участников доверенными
permission-demote_trusted = лишать участников доверия
permission-settings = менять настройки
permission-rate = менять скорость
permission-kick = выгонять из комнаты
permission-play_now = выбирать, что идёт
permission-edit = менять то, что в очереди
permission-ban = банить
permission-mute = лишать голоса в чате
permission-moderate = модерировать чат
permission-invite = управлять приглашениями
permission-access = менять пароль и число мест
permission-schedule = менять расписание
permission-end = закрывать комнату
permission-audit = смотреть, кто что делал
permission-propose = предлагать
permission-own = передавать и удалять комнату
permission-upload = загружать фильмы

# Las palabras de los chats en español. `.slash` es el nombre de un comando en Discord.
# En las frases los comandos van en inglés: así se entienden en todas partes.

## Comandos

cmd-watch = Ver algo juntos: lo reproduce o lo pone en cola si ya hay algo en marcha.
    .slash = ver
    .link = Un enlace o palabras para buscar
    .mode = Cómo se ordena la cola a partir de ahora
    .title = Cómo se llama la sala a partir de ahora
    .when = Cuándo empieza, p. ej. 20:30, tomorrow 20:30 o in 2h
cmd-queue = Lo que viene después.
    .slash = cola
cmd-queue-list = Muestra lo que hay en marcha y lo que viene después.
    .slash = lista
cmd-queue-add = Añadir algo al final de la cola.
    .slash = añadir
    .link = Un enlace, varios enlaces o palabras para buscar
cmd-queue-next = Poner algo al principio de la cola.
    .slash = siguiente
    .link = Un enlace, varios enlaces o palabras para buscar
cmd-queue-remove = Quitar algo de la cola.
    .slash = quitar
    .item = Su número en la lista
cmd-queue-move = Mover algo a otro puesto.
    .slash = mover
    .item = Su número en la lista
    .to = Su nuevo número
cmd-queue-shuffle = Mezclar la cola.
    .slash = mezclar
cmd-queue-clear = Vaciar la cola; lo que está en marcha sigue.
    .slash = vaciar
cmd-queue-import = Poner en cola una lista entera: una lista de reproducción o un texto con enlaces.
    .slash = importar
    .link = El enlace de la lista o los propios enlaces
cmd-queue-export = Obtener la cola como archivo.
    .slash = exportar
    .form = Un enlace por línea o JSON con todos los datos
cmd-play = Reanudar para todos.
    .slash = reanudar
cmd-pause = Pausar para todos.
    .slash = pausar
cmd-seek = Ir a un momento, p. ej. 1:30, +30 o 50%.
    .slash = ir
    .time = Un momento, p. ej. 1:30, +30, -1m o 50%
cmd-forward = Avanzar unos segundos.
    .slash = avanzar
    .length = Cuánto, p. ej. 30 o 1:30; si no dices nada, 10 segundos
cmd-rewind = Retroceder unos segundos.
    .slash = retroceder
    .length = Cuánto, p. ej. 30 o 1:30; si no dices nada, 10 segundos
cmd-skip = Pasar al siguiente o votar para hacerlo.
    .slash = saltar
cmd-back = Volver al anterior.
    .slash = anterior
cmd-now = Muestra lo que hay en marcha y por dónde va.
    .slash = ahora
cmd-mode = Muestra o cambia cómo se ordena la cola.
    .slash = modo
    .mode = Cómo se ordena a partir de ahora
cmd-speed = Cambiar la velocidad.
    .slash = velocidad
    .speed = Una velocidad, p. ej. 1.25
cmd-vote = Votar, o someter a votación lo que no puedes hacer por tu cuenta.
    .slash = votar
    .what = skip, pause, play, seek 1:30, un número de la cola, yes o no
cmd-history = Muestra lo que ya se ha visto.
    .slash = historial
    .count = Cuántos
cmd-playlist = Listas de reproducción guardadas.
    .slash = listas
cmd-playlist-list = Muestra las listas guardadas.
    .slash = todas
cmd-playlist-save = Guarda lo que hay en marcha y lo que viene como lista.
    .slash = guardar
    .name = Cómo se llama
cmd-playlist-load = Poner en cola una lista guardada entera.
    .slash = cargar
    .playlist = Cuál
cmd-playlist-delete = Borrar una lista guardada.
    .slash = borrar
    .playlist = Cuál
cmd-invite = Muestra el enlace para entrar.
    .slash = invitar
cmd-who = Muestra quién está.
    .slash = quién
cmd-role = Dar a alguien otro rol en la sala.
    .slash = rol
    .person = A quién
    .role = Qué rol
cmd-kick = Echar a alguien; puede volver.
    .slash = echar
    .person = A quién
cmd-ban = Impedir a alguien que entre en la sala.
    .slash = vetar
    .person = A quién
    .length = Cuánto tiempo, p. ej. 2h o 7d; si no dices nada, para siempre
    .reason = Por qué
cmd-unban = Dejar entrar a alguien de nuevo.
    .slash = readmitir
    .person = A quién
cmd-settings = Muestra o cambia los ajustes de la sala y de este chat.
    .slash = ajustes
    .setting = Qué ajuste
    .value = El nuevo valor
cmd-schedule = Muestra o cambia cuándo abre y cierra la sala.
    .slash = horario
    .when = Cuándo abre, p. ej. 20:30, tomorrow 20:30 o in 2h; off lo quita
    .until = Cuándo cierra
cmd-link = Vincular este chat a una sala de otro sitio, o tus perfiles de Discord y Telegram.
    .slash = vincular
    .to = Un enlace de invitación o el código del otro lado; nada para obtener un código
cmd-unlink = Desvincular este chat de su sala; la sala sigue.
    .slash = desvincular
cmd-end = Cerrar la sala para todos.
    .slash = terminar
cmd-help = Muestra todos los comandos o uno.
    .slash = ayuda
    .command = Cuál

## Cómo se llaman las opciones y palabras para elegir

opt-link = enlace
opt-mode = modo
opt-title = título
opt-when = cuándo
opt-item = número
opt-to = destino
opt-form = formato
opt-time = momento
opt-length = duración
opt-speed = velocidad
opt-what = qué
opt-count = cantidad
opt-name = nombre
opt-playlist = lista
opt-person = persona
opt-role = rol
opt-reason = motivo
opt-setting = ajuste
opt-value = valor
opt-until = hasta
opt-command = comando

choice-manual = manual
choice-vote = por votos
choice-loop = en bucle
choice-dj = DJ
choice-fair = por turnos
choice-guest = invitado
choice-trusted = de confianza
choice-moderator = moderador
choice-cohost = coanfitrión
choice-host = anfitrión
choice-links = enlaces
choice-json = JSON
choice-yes = sí
choice-no = no
choice-now = ahora
choice-today = hoy
choice-tomorrow = mañana

## Botones

button-open = Abrir la sala
button-pause = Pausa
button-play = Reproducir
button-skip = Saltar
button-back = Anterior
button-back10 = −10 s
button-forward10 = +10 s
button-queue = Cola
button-more = Más
button-coming = Me apunto
button-pick = Ver ahora
button-propose = Someter a votación
button-ask-host = Preguntar al anfitrión
button-ask = Preguntar a { $name }
button-yes = Sí
button-no = No
button-sure-clear = Vaciar la cola
button-sure-end = Cerrar la sala
button-sure-unlink = Desvincular el chat
button-sure-ban = Vetar
button-sure-delete = Borrar
button-never = Cancelar
button-queue-that = Poner en cola
button-undo = Deshacer

## Lo que falta o no está bien

hint-missing = Falta algo: { $usage }
hint-subcommand = Escribe una de estas: { $all }.
hint-number = Di cuál por su número en /queue list, p. ej. 2.
hint-seek = Di adónde ir, p. ej. /seek 1:30, /seek +30 o /seek 50%.
hint-mode = Una cola se ordena de una de estas formas: manual, vote, loop, dj, fair.
hint-role = Los roles son estos: guest, trusted, moderator, cohost, host.
hint-vote = Di qué se vota, p. ej. /vote skip, /vote seek 1:30, /vote 2, /vote yes o /vote no.
hint-when = { $input } no es una hora. Escribe 20:30, tomorrow 20:30, 2026-12-31 20:30 o in 2h.
hint-old-card = Esta tarjeta es de una sala anterior. Usa la más reciente o escribe /now.
fault = Algo ha fallado por nuestra parte (referencia { $trace }). Inténtalo otra vez.

## Respuestas

never = Se queda como estaba.
people = { $count ->
    [0] nadie todavía
    [one] 1 persona
   *[other] { $count } personas
}
until-viewer = cuando alguien abra la sala
until-start = cuando abra la sala
until-ready = cuando todos lo tengan cargado
until-stall = de nuevo cuando todos lo tengan cargado
paused = En pausa en { $at }.
starts = Empieza { $when }.
playing-from = En marcha desde { $at }.
now-at = Ahora en { $at }.
now-playing = Ahora: { $title }.
that-was-the-last = Era lo último. Añade algo con /watch y un enlace.
speed-is = La velocidad es { $rate }.
removed = Quitado: { $title }.
shuffled = { $count ->
    [one] Con una sola cosa en la cola no hay nada que mezclar.
   *[other] Los { $count } de la cola están mezclados.
}
cleared = La cola está vacía. Lo que está en marcha sigue.
queued-as = En cola con el número { $number }: { $title }.
queued = En cola.
come-and-watch = Ven a verlo: { $link }
at = en { $at }
at-of = en { $at } de { $length }
at-live = en directo
now-playing-for = En marcha, { $at }. Viéndolo: { $people }.
now-starts = Empieza { $when }, { $at }.
now-paused = En pausa, { $at }.
next-is = Después { $title }, { $count } en la cola.
nothing-next = Después no hay nada.
queue-line = { $title }, de { $name }
and-more = Y { $count } más.

## La tarjeta

card-nothing = No hay nada en marcha
card-add-something = Añade algo con /watch y un enlace.
card-live = En directo · { $people }
card-playing = En marcha · { $people }
card-starts = Empieza { $when }
card-starts-at = Empieza en { $at } { $when }
card-paused = En pausa en { $at }
card-paused-of = En pausa en { $at } de { $length }
card-added-by = Añadido por { $name }.

## Núcleo: lo que responden los comandos

# Duraciones
span-seconds = { $count ->
    [one] 1 segundo
   *[other] { $count } segundos
}
span-minutes = { $count ->
    [one] 1 minuto
   *[other] { $count } minutos
}
span-hours = { $minutes ->
    [0] { $hours ->
        [one] 1 hora
       *[other] { $hours } horas
    }
   *[other] { $hours } h { $minutes } min
}
span-days = { $count ->
    [one] 1 día
   *[other] { $count } días
}

# Poner en cola
starts-in = Empieza dentro de unos { $time }.
queued-many = { $count } en cola, a partir del número { $number }. Lo primero es { $title }.
queued-more = { $count ->
    [one] Hay uno más en cola.
   *[other] Hay { $count } más en cola.
}
left-out = Se queda fuera { $link }. { $why }
left-out-more = Se quedan fuera { $count } más.
room-called = La sala se llama { $title } a partir de ahora.
moved = { $title } tiene ahora el número { $number }.
exported = { $count ->
    [one] El único que hay, como archivo.
   *[other] Los { $count }, como archivo.
}
sure-clear = { $count ->
    [one] ¿Vaciar la cola, que tiene uno? Lo que está en marcha sigue.
   *[other] ¿Vaciar la cola, que tiene { $count }? Lo que está en marcha sigue.
}
queue-votes = { $count ->
    [one] 1 voto
   *[other] { $count } votos
}
queue-in = dentro de unos { $time }
mode-manual = La cola va en el orden en que se ha llenado.
mode-vote = La cola se ordena por votos: /vote y un número.
mode-loop = La cola da vueltas: lo que se ha visto pasa al final.
mode-dj = Lo que está en marcha se repite hasta que alguien elige otra cosa.
mode-fair = Todos se turnan: nadie espera detrás de los veinte de otra persona.
or-the-code = O escribe este código en la página de inicio: { $code }
history-line = { $title }, de { $name }, hace { $time }
history-line-now = { $title }, de { $name }, ahora mismo
history-none = Aún no se ha visto nada.
taken-back = Deshecho.

# Quién puede, y qué más se puede hacer
only-who = Aquí solo puede { $what } alguien de estos: { $who }. Somételo a votación con /vote.
only-who-ask = Aquí solo puede { $what } alguien de estos: { $who }. Pregunta a { $host } o somételo a votación con /vote.
who-the-host = quien dirige la sala
who-registered = personas con cuenta
who-trusted = { $host } y las personas de confianza
who-moderators = { $host } y los moderadores
who-cohosts = { $host } y los coanfitriones

# Votaciones
vote-tally = { $what }: { $yes } de { $needed }. Termina dentro de { $time }.
vote-against = { $count ->
    [one] 1 en contra.
   *[other] { $count } en contra.
}
vote-rejected = { $what }: hay demasiados en contra. Se queda como está.
vote-expired = { $what }: han votado muy pocos a tiempo.
vote-void = { $what }: eso ya pasó, y la votación también.
vote-over = Esa votación ha terminado.
no-votes = No hay ninguna votación. Empieza una con /vote skip o /vote seek 1:30.
voted = { $count ->
    [one] Has votado por { $title }: 1 voto.
   *[other] Has votado por { $title }: { $count } votos.
}
voted-not = { $count ->
    [0] Has retirado tu voto por { $title }.
    [one] Has retirado tu voto por { $title }: queda 1 voto.
   *[other] Has retirado tu voto por { $title }: quedan { $count } votos.
}
votes-do-not-order = Los votos todavía no ordenan la cola: eso lo cambia /mode vote.
button-yes-to = Sí: { $what }
button-no-to = No: { $what }
motion-play = Reanudar
motion-pause = Pausar
motion-skip = Saltar
motion-back = Volver al anterior
motion-seek = Ir a { $what }
motion-forward = Avanzar { $what }
motion-rewind = Retroceder { $what }
motion-speed = Velocidad { $what }
motion-pick = Ver ahora { $what }
motion-remove = Quitar { $what }
motion-shuffle = Mezclar la cola
motion-clear = Vaciar la cola
asks-play = { $name } pide reanudar.
asks-pause = { $name } pide una pausa.
asks-skip = { $name } pide saltar esto.
asks-back = { $name } pide volver al anterior.
asks-seek = { $name } pide ir a { $what }.
asks-forward = { $name } pide avanzar { $what }.
asks-rewind = { $name } pide retroceder { $what }.
asks-speed = { $name } pide la velocidad { $what }.
asks-pick = { $name } pide ver ahora { $what }.
asks-remove = { $name } pide quitar { $what }.
asks-shuffle = { $name } pide mezclar la cola.
asks-clear = { $name } pide vaciar la cola.
is-that-fine = { $names }, ¿de acuerdo?
hint-voice = Aquí solo vota quien está en el canal de voz. Entra en él y vota otra vez.

# Personas
who-nobody = Aún no hay nadie en la sala.
who-here = { $count ->
    [one] Hay una persona en la sala:
   *[other] Hay { $count } personas en la sala:
}
who-line = { $name }, { $door }
who-line-role = { $name }, { $role }, { $door }
who-coming = { $count ->
    [one] Vendrá: { $names }.
   *[other] Vendrán { $count }: { $names }.
}
door-viewer = en la página
door-api = con un programa
door-discord = en Discord
door-telegram = en Telegram
door-opentogethertube = con OpenTogetherTube
door-watch2gether = con Watch2Gether
door-watchers = con watchers.io
door-clipper = con Clipper
door-room = la propia sala
role-is = { $name } tiene ahora el rol de { $role }.
role-already = { $name } ya tiene el rol de { $role }.
role-none = { $name } ya no tiene un rol propio.
role-host = { $name } dirige ahora la sala. El anfitrión anterior queda como coanfitrión.
kicked = { $name } ya no está en la sala. Puede volver; /ban impide la entrada.
sure-ban = ¿Impedir para siempre la entrada a { $name }? Para un tiempo, escribe /ban con un nombre y length:2h.
banned = { $name } no puede entrar. Con /unban podrá de nuevo.
banned-for = { $name } no puede entrar durante { $time }. Con /unban podrá antes.
unbanned = { $name } puede entrar de nuevo.
you-as = { $name } (tú)
hint-not-banned = { $name } no tiene vetada la entrada.
hint-unknown-person = Esa persona nunca ha estado en esta sala. Mira quién está con /who.
hint-several-people = Eso puede ser más de una persona: { $names }. Escribe más del nombre o menciónala.

# Listas
playlists-of-room = Listas de la sala:
playlists-of-you = Las tuyas:
playlists-none = Aún no hay listas. Guarda lo que hay en marcha y lo que viene con /playlist save y un nombre.
playlist-line = { $name } ({ $count })
playlist-saved = { $count ->
    [one] 1 guardado como { $name }.
   *[other] { $count } guardados como { $name }.
}
playlist-saved-own = { $count ->
    [one] 1 guardado como { $name }, solo para ti.
   *[other] { $count } guardados como { $name }, solo para ti.
}
playlist-loaded = { $count ->
    [one] 1 en cola de { $name }.
   *[other] { $count } en cola de { $name }.
}
playlist-deleted = La lista { $name } está borrada.
sure-delete = { $count ->
    [one] ¿Borrar la lista { $name }, que tiene 1?
   *[other] ¿Borrar la lista { $name }, que tiene { $count }?
}

# Horario
opens-at = La sala abre a las { $at } ({ $zone }), dentro de { $time }.
closes-at = Cierra a las { $at } ({ $zone }), dentro de { $time }.
open-now = La sala está abierta.
open-already = La sala ya está abierta.
schedule-none = La sala está abierta y no hay nada programado. Escribe /schedule 20:30, /schedule tomorrow 20:30 o /schedule in 2h.
schedule-ended = La sala ha terminado. Ábrela de nuevo con /schedule now.
schedule-closed = La sala está cerrada. Ábrela de nuevo con /schedule now.
zone-hint = Las horas van aquí en UTC hasta que alguien ponga otra zona, p. ej. /settings timezone Europe/Madrid.
coming-count = { $count ->
    [one] Vendrá 1 persona.
   *[other] Vendrán { $count } personas.
}
you-are-coming = { $count ->
    [one] Te apuntas; por ahora, solo tú.
   *[other] Te apuntas; van { $count }.
}
you-are-not-coming = Al final no vienes.
moment-choice = { $input }: { $at }, dentro de { $time }
hint-when-past = Esa hora ya ha pasado. Di una que esté por venir, p. ej. tomorrow 20:30 o in 2h.
hint-when-far = Falta más de un año. Di una fecha más cercana.
hint-when-bad = Ese día o esa hora no existe. Escribe 20:30, tomorrow 20:30, 2026-12-31 20:30 o in 2h.
after-part = Después de la parte «{ $what }» ({ $at })

# Salas y chats
link-code = Escribe /link { $code } en el otro lado: a nuestro bot de Discord o Telegram o en el chat de una sala. Así serás aquí la misma persona. El código vale { $time } y solo para ti. Para vincular este chat a una sala, escribe /link y su enlace de invitación.
linked-selves = Hecho: ahora eres la misma persona en los dos lados, { $name }.
tied = Este chat está vinculado ahora a { $title }.
tied-as-guests = Todos los de aquí son invitados allí, también quienes administran este chat, porque no eres coanfitrión de esa sala.
tied-before = Antes estaba vinculado a { $title }, que sigue por su cuenta.
sure-unlink = ¿Desvincular este chat de { $title }? La sala sigue, y los ajustes de este chat se olvidan.
untied = Este chat ya no está vinculado a { $title }. Empieza de nuevo con /watch y un enlace.
sure-end = { $count ->
    [0] ¿Cerrar { $title } para todos?
    [one] ¿Cerrar { $title } para todos? Hay una persona.
   *[other] ¿Cerrar { $title } para todos? Hay { $count } personas.
}
ended = { $title } ha terminado. Empieza de nuevo con /watch y un enlace.
hint-room-ended = Esta sala ha terminado. Empieza otra con /watch y un enlace, o ábrela de nuevo con /schedule now.
hint-link = Eso no lleva a ninguna sala de este servidor. Pega un enlace de invitación o el código del otro lado.
hint-chat-only = Esto solo funciona en un chat de Discord o Telegram.
hint-steward = Eso solo lo cambia quien administra este chat. Pregunta a un administrador.
hint-leads = Solo quien administra este servidor decide qué valen sus roles. Pregunta a alguien con el permiso Gestionar servidor.

# Ajustes
settings-of-room = La sala:
settings-of-chat = Este chat:
settings-how = Cambia uno con /settings, su nombre y un valor, p. ej. /settings vote_skip on.
setting-line = { $name }: { $value }
setting-title = Cómo se llama la sala.
setting-about = Lo que la sala dice de sí misma.
setting-visibility = Quién puede entrar: todos (public, también en listas; unlisted), quien tenga el enlace de invitación (invite), o quien lo tenga sin que nadie más sepa de la sala (private).
setting-password = Lo que tiene que escribir quien viene de fuera.
setting-capacity = Cuántas personas puede haber a la vez en la sala.
setting-preset = Quién puede qué: con everyone todos reproducen y añaden; con open todos cambian también los ajustes; con hosts solo lo hacen anfitriones y coanfitriones.
setting-vote_skip = Si solo se salta por votación.
setting-vote_percent = Cuántos de cada cien votantes hacen falta para aprobar algo.
setting-duplicates = Si el mismo enlace puede estar dos veces en la cola.
setting-items_per_person = Cuánto de una misma persona puede esperar a la vez.
setting-minutes_per_person = Cuántos minutos de una misma persona pueden esperar a la vez.
setting-wait = A quién espera la película mientras carga su reproductor: a nadie, al anfitrión o a todos.
setting-ready = Si una película empieza solo cuando todos la tienen cargada.
setting-skip_segments = Qué partes de los vídeos se saltan.
setting-slow_mode = La pausa entre dos mensajes de una persona en el chat de la sala.
setting-moderation = Si los invitados no pueden publicar enlaces ni nadie el mismo mensaje dos veces.
setting-profanity = Si se ocultan las palabrotas.
setting-restore = Qué pasa con la cola cuando todos se han ido: se queda (always), se pregunta a quien vuelve (prompt) o desaparece (never).
setting-language = En qué idioma están la tarjeta y los avisos de este chat.
setting-timezone = Qué significa una hora en este chat.
setting-bridge = Si los mensajes de este chat van a la sala y los de la sala vienen aquí.
setting-chat_in = Si los mensajes de este chat van a la sala.
setting-chat_out = Si los mensajes de la sala vienen a este chat.
setting-notices = Si se avisa a este chat de lo que se hace en la sala.
setting-threads = Si cada sesión tiene su propio hilo.
setting-voice = Si solo vota quien está en el canal de voz.
setting-polls = Si las votaciones son encuestas de Telegram.
setting-dj = Lo que son en sus salas las personas con un rol de este servidor.
can-be-switch = Puede ser on u off.
can-be-one-of = Puede ser uno de estos: { $all }.
can-be-some = Puede ser all, off o algunos de estos: { $all }.
can-be-number = Puede ser un número u off.
can-be-percent = Puede ser de 1 a 100 por ciento.
can-be-length = Puede ser una duración como 30s o 5m, u off.
can-be-text = Puede ser cualquier texto; off donde no haga falta ninguno.
can-be-zone = Puede ser una zona como Europe/Madrid o America/New_York, o UTC.
can-be-rank = Puede ser un rol y en qué convierte, p. ej. @DJ moderator: guest, trusted, moderator o cohost. @DJ off lo quita, off quita todos.
hint-setting = Ese ajuste no existe. Hay estos: { $all }.
hint-other-platform = Ese ajuste es de otra plataforma.
hint-switch = Escribe on u off.
hint-one-of = Escribe uno de estos: { $all }.
hint-count = Escribe un número a partir de 1, u off.
hint-percent = Escribe de 1 a 100, p. ej. 50%.
hint-length = Escribe una duración como 30s, 5m o 2h, u off.
hint-zone = Esa zona horaria no existe. Escribe una como Europe/Madrid, America/New_York o UTC.
hint-dj = Escribe un rol y en qué convierte, p. ej. @DJ moderator: guest, trusted, moderator o cohost.
hint-no-roles = Esos roles son de los servidores de Discord: esto solo funciona allí.
cannot-read-discord = Pero no puedo leer lo que se escribe aquí. Quien administra este servidor tiene que activar «Message Content Intent» para el bot en el portal de desarrolladores de Discord y reiniciar el servidor.
cannot-read-telegram = Pero no puedo leer lo que se escribe aquí. Quien administra este servidor tiene que escribir /setprivacy a @BotFather, elegir Disable, sacarme de este grupo y añadirme de nuevo.

# Más palabras para elegir
choice-on = sí
choice-off = no
choice-in = de entrada
choice-none = nada
choice-never = nunca
choice-all = todo
choice-always = siempre
choice-prompt = preguntar
choice-public = pública
choice-unlisted = fuera de las listas
choice-invite = por invitación
choice-private = privada
choice-everyone = todos
choice-open = abierta
choice-hosts = solo anfitriones
choice-own = reglas propias
choice-registered = con cuenta
choice-sponsor = publicidad
choice-intro = cabecera
choice-outro = créditos
choice-interaction = peticiones
choice-selfpromo = autopromoción
choice-music_offtopic = sin música
choice-preview = avance

## Discord: lo que solo se dice allí

discord-ends = { $status }, termina { $when }
discord-open-at = Abrir la sala: { $link }
discord-menu-queue = Poner este vídeo en cola
discord-menu-invite = Invitar a la sala
discord-launch = abrir
discord-no-link = En ese mensaje no hay ningún enlace.
discord-no-bots = Eso es un bot. Invita a personas.
discord-add-several = Añadir varios
discord-add-title = Añadir varios enlaces
discord-links = Enlaces
discord-links-hint = Uno por línea
discord-rooms = { $count ->
    [one] 1 sala
   *[other] { $count } salas
}
discord-lacking = Aquí no puedo hacerlo todo. Quien administra este servidor tiene que darme: { $permission }.
discord-permission-view = Ver canal
discord-permission-send = Enviar mensajes
discord-permission-send-in-threads = Enviar mensajes en hilos
discord-permission-threads = Crear hilos públicos
discord-permission-events = Crear eventos

## Tarjetas: más

card-opens = Abre
card-not-open = Aún no está abierta
card-first-is = Lo primero es { $title }.
card-coming = { $count ->
    [one] Vendrá 1 persona.
   *[other] Vendrán { $count } personas.
}
card-ended = Esta sala ha terminado
card-skip-votes-of = Saltar, { $votes } de { $needed }

## Puente: lo que se dice a un chat

bridge-dropped = { $count ->
    [one] … y 1 mensaje más
   *[other] … y { $count } mensajes más
}
bridge-begins = { $title } empieza ahora.
bridge-begins-for = { $title } empieza ahora. { $names }: a verlo.
bridge-and-others = { $count ->
    [one] 1 más
   *[other] { $count } más
}
notice-paused = { $name } ha pausado en { $at }.
notice-played = { $name } ha reanudado desde { $at }.
notice-seeked = { $name } ha ido a { $at }.
notice-skipped = { $name } ha saltado a { $title }.
notice-skipped-last = { $name } ha saltado lo último.
notice-back = { $name } ha vuelto a { $title }.
notice-picked = { $name } ha puesto { $title }.
notice-rate = { $name } ha puesto la velocidad en { $rate }.
notice-added = { $name } ha añadido { $title }.
notice-added-many = { $name } ha añadido { $count }; lo primero es { $title }.
notice-removed = { $name } ha quitado { $title }.
notice-moved = { $name } ha movido { $title } al número { $number }.
notice-shuffled = { $name } ha mezclado la cola.
notice-cleared = { $name } ha vaciado la cola.
notice-unshelved = { $name } ha recuperado la cola de antes.
notice-role = { $name } ha dado a { $whom } el rol de { $role }.
notice-kicked = { $name } ha echado a { $whom }.
notice-banned = { $name } ha vetado a { $whom }.
notice-unbanned = { $name } deja entrar de nuevo a { $whom }.
notice-opened = La sala está abierta.
notice-ended = La sala ha terminado.
notice-ended-by = { $name } ha cerrado la sala.

## Telegram

telegram-menu = Ver juntos
telegram-hello = Envíame un enlace y haré una sala en la que todos ven el mismo momento.
telegram-chatter = Envíame un enlace para verlo juntos, o /help para ver todos los comandos.
telegram-invited = Te invitan a { $title }.
telegram-add = Añadirme a un grupo
telegram-remote = Mando a distancia en un chat privado
telegram-old-button = Este botón es de una versión anterior. Escribe /now para ver lo que hay en marcha.
telegram-offer = ¿Ponerlo en cola para todos?
telegram-gone = El enlace ya no está. Escribe /watch y el enlace.
telegram-link-alone = Aquí otros leerían el código. Escríbeme /link a solas, en nuestro chat privado.
telegram-link-sure = Para ser aquí la misma persona que quien te dio este enlace, escribe /link { $code }. Hazlo solo si fuiste tú: podría hacer todo lo que tú puedes.
telegram-file = Telegram no da un enlace al archivo con el que otros puedan verlo. Sube el archivo a la web y escribe /watch y su enlace.
telegram-to = { $name }: { $text }
telegram-card-ends = {", "}termina a las { $at } UTC
telegram-inline-watch = Ver juntos
telegram-photo = foto
telegram-video = vídeo
telegram-animation = animación
telegram-document = archivo
telegram-voice = mensaje de voz
telegram-audio = música
telegram-sticker = sticker
telegram-poll = encuesta
telegram-location = lugar
telegram-contact = contacto

## Por qué no. { $who } es un nombre o una expresión en inglés.

refusal-no-such-room = Esa sala no existe. Pide un nuevo enlace de invitación.
refusal-no-such-invite = Este enlace de invitación ya no sirve. Pide uno nuevo.
refusal-no-room-here = En este chat aún no hay nada en marcha. Empieza con /watch y un enlace.
refusal-not-a-member = A esta sala se entra por invitación. Pide el enlace a alguien de dentro.
refusal-not-allowed = Aquí no todos pueden { $what }. Pregunta a { $who }.
refusal-no-such-person = En esta sala no hay nadie con ese nombre. Mira quién está.
refusal-role-too-high = Solo puedes cambiar roles por debajo del tuyo. Pregunta al anfitrión.
refusal-room-password-needed = Esta sala tiene contraseña. Entra con ella o pide el enlace a alguien de dentro.
refusal-wrong-room-password = Esa no es la contraseña. Pregunta a alguien de dentro.
refusal-banned = Tienes vetada la entrada a esta sala. Habla con su anfitrión.
refusal-muted = Ahora mismo no puedes escribir aquí. Habla con un moderador.
refusal-slow-mode = Aquí está activado el modo lento. Espera { $seconds } s y escribe de nuevo.
refusal-no-links-here = Los invitados no pueden publicar enlaces aquí. Pide a un moderador que confíe en ti o quita el enlace.
refusal-said-already = Acabas de decir eso. Escribe otra cosa.
refusal-room-full = Está completa con { $limit }. Inténtalo cuando alguien se haya ido.
refusal-room-ended = Esta sala ha terminado. Su anfitrión puede abrirla de nuevo.
refusal-room-closed = Esta sala está cerrada. Pregunta a su anfitrión.
refusal-has-host = Esta sala ya es de { $host }. Habla con esa persona.
refusal-grant-too-high = No puedes permitir lo que tú no puedes hacer: { $what }. Pregunta al anfitrión.
refusal-ends-before-start = El final tiene que ser posterior al principio.
refusal-bad-rate = La velocidad va de 0,25 a 4.
refusal-bad-subtitles = Los subtítulos son un enlace a un archivo .vtt o .srt.
refusal-already-queued = Eso ya está en la cola.
refusal-your-share-is-full = No puedes tener más esperando aquí (límite: { $limit }). Espera a que pase algo tuyo o quita algo.
refusal-nothing-before = Antes de esto no había nada.
refusal-nothing-to-undo = No hay nada que deshacer, o ya se deshizo.
refusal-nothing-to-restore = No hay una cola anterior que recuperar.
refusal-no-such-proposal = Esa votación ha terminado, o hay varias: di cuál.
refusal-too-many-proposals = Ya hay { $limit } votaciones tuyas, o muchas de otros. Espera a que terminen.
refusal-not-here = Solo vota quien está viendo o ha hecho algo en el chat hace poco. Abre antes la sala.
refusal-no-such-playlist = Esa lista no existe. Mira cuáles hay.
refusal-too-many-playlists = Ya hay { $limit } listas. Borra antes una.
refusal-name-taken = Ya hay algo que se llama { $name }. Elige otro nombre.
refusal-no-such-webhook = No tienes ese webhook. Mira la lista.
refusal-too-many-webhooks = Ya tienes { $limit } webhooks. Borra antes uno.
refusal-no-webhooks = Este servidor no envía webhooks. Quien lo administra puede permitirlos con webhooks.enabled.
refusal-no-library = Este servidor no tiene películas propias. Quien lo administra puede cambiarlo con media.dir.
refusal-no-such-file = Esa película no está en este servidor. Mira la lista.
refusal-uploads-off = Aquí no se puede subir nada. Quien administra el servidor puede permitirlo con media.uploads.
refusal-no-such-upload = Esa subida ya no está. Empiézala de nuevo.
refusal-too-many-uploads = { $limit } subidas tuyas están sin terminar. Termina o cancela antes una.
refusal-wrong-offset = El siguiente byte es el número { $offset }. Sigue enviando desde ahí.
refusal-file-too-large = Aquí un archivo puede tener { $limit } MB. Usa uno más pequeño.
refusal-quota-full = Queda sitio para { $left } MB. Borra uno de tus archivos o usa uno más pequeño.
refusal-not-playable = Los navegadores no pueden reproducir este archivo. Usa MP4, WebM, MP3, Ogg, M4A o FLAC, o subtítulos en SRT o VTT.
refusal-link-expired = Este enlace ya no vale. Vuelve a cargar la página.
refusal-no-such-line = Ese mensaje ya no está.
refusal-nothing-playing = No hay nada en marcha. Añade algo con /watch y un enlace.
refusal-queue-empty = La cola está vacía. Añade algo con /watch y un enlace.
refusal-queue-full = La cola está llena con { $limit }. Quita antes algo.
refusal-no-such-item = Eso no está en la cola. Mira /queue list.
refusal-seek-past-end = Eso pasa del final: dura { $duration }. Pasa al siguiente con /skip.
refusal-seek-live = Es en directo: no hay adónde ir.
refusal-length-unknown = Aún no se sabe cuánto dura. Ve a un momento como 1:30.
refusal-bad-time = { $input } no es un momento. Escribe 1:30, 90, +30, -1m o 50%.
refusal-text-empty = No hay texto. Escribe algo antes.
refusal-text-too-long = Es demasiado largo: { $limit } caracteres como máximo.
refusal-bad-link = Eso no es un enlace. Pega uno que empiece por https://.
refusal-bad-scheme = Solo se pueden ver enlaces http y https.
refusal-private-address = Esa dirección no está en el internet público. Quien administra este servidor puede permitirla con resolve.allow_private.
refusal-link-unreachable = No se puede llegar a ese enlace. Ábrelo en un navegador para comprobarlo e inténtalo otra vez.
refusal-link-broken = Ese enlace responde { $status }. Ábrelo en un navegador para comprobarlo.
refusal-not-media = En ese enlace no hay nada que reproducir. Usa un archivo de vídeo, una emisión HLS o DASH, YouTube, Vimeo, Twitch o Dailymotion.
refusal-site-refused = { $site } no deja que otras páginas reproduzcan sus vídeos. Usa otra fuente.
refusal-site-protected = { $site } protege sus películas, y solo sus propias páginas pueden reproducirlas. Usa otra fuente.
refusal-embed-link-needed = Un vídeo de { $site } necesita el enlace para insertarlo. En su página elige «Compartir», luego «Insertar», y pega el enlace que aparece.
refusal-video-unavailable = { $site } no tiene ese vídeo, o es privado. Prueba con otro.
refusal-no-search = La búsqueda por palabras no está configurada en este servidor. Pega un enlace.
refusal-no-lists = Las listas de { $site } necesitan una clave de ese sitio que no está configurada en este servidor. Pega los vídeos uno a uno.
refusal-provider-down = { $site } no responde ahora. Inténtalo más tarde.
refusal-not-signed-in = Di antes quién eres: inicia sesión o envía tu token.
refusal-bad-token = Este token ya no vale. Inicia una sesión nueva.
refusal-wrong-login = No hay ninguna cuenta con ese nombre y contraseña. Revisa ambos o pide una contraseña nueva.
refusal-wrong-password = Esa no es tu contraseña actual. Escríbela otra vez o pide una nueva.
refusal-password-needed = Para esto hace falta tu contraseña actual.
refusal-password-too-short = Esa contraseña es demasiado corta. Usa una de { $limit } caracteres o más.
refusal-bad-email = Eso no es una dirección de correo. Escribe una como ana@example.com.
refusal-username-taken = Alguien tiene ya ese nombre de usuario. Elige otro.
refusal-email-taken = Ya hay una cuenta con ese correo. Inicia sesión en ella o no pongas el correo.
refusal-already-registered = Ya tienes una cuenta. Cierra sesión antes de crear otra.
refusal-needs-account = Para esto hace falta una cuenta. Crea una antes.
refusal-needs-session = Con una clave de la API no se puede. Inicia sesión en persona.
refusal-scope-missing = Para esto hace falta una clave con el ámbito { $scope }. Pídela a quien administra este servidor.
refusal-no-such-recovery = Este enlace vale una vez y diez minutos, y ya no vale. Pide uno nuevo.
refusal-no-such-link-code = Ese código no vale, o ya no. Pide uno nuevo en el otro lado.
refusal-two-accounts = Tienes cuenta en los dos lados: la otra es { $other }. Borra antes una de ellas.
refusal-no-telegram = Este servidor no tiene bot de Telegram, así que Telegram no puede decir quién eres. Abre la sala en un navegador.
refusal-bad-init-data = Esto no es lo que Telegram dijo de ti. Cierra esta ventana y abre la sala otra vez desde Telegram.
refusal-init-data-expired = Lo que Telegram dijo de ti vale una hora, y ya ha pasado. Cierra esta ventana y abre la sala otra vez desde Telegram.
refusal-init-data-used = Lo que Telegram dijo de ti vale una sola vez, y ya se usó. Cierra esta ventana y abre la sala otra vez desde Telegram.
refusal-no-such-session = No tienes esa sesión. Mira la lista de tus sesiones.
refusal-no-such-key = Esa clave no existe. Mira la lista de claves.
refusal-activity-off = En este servidor las salas no se abren dentro de Discord. Quien lo administra puede configurarlo con discord.activity; en el navegador se abren como siempre.
refusal-code-refused = Discord no acepta este inicio de sesión, o ya no. Cierra la actividad y ábrela otra vez.
refusal-not-in-instance = Discord no te ve en esta actividad. Ciérrala y ábrela otra vez.
refusal-bad-signature = Esta petición no está firmada como firma Discord. Cierra la actividad y ábrela otra vez.
refusal-admin-off = Desde aquí nadie puede administrar todavía este servidor. Pon auth.bootstrap_key en su configuración y reinícialo, o crea una clave con onecouch key create --name me --scope admin.
refusal-address-banned = Este servidor no acepta conexiones desde tu dirección. Si es un error, escribe a quien lo administra.
refusal-bans-yourself = { $network } es de donde vienes: te dejarías fuera. Envía force para hacerlo de todos modos.
refusal-no-such-ban = Ese bloqueo no existe, o ya no. Mira la lista.
refusal-slow-down = Eso ha sido mucho de golpe. Espera { $seconds } s e inténtalo otra vez.
refusal-too-many-sockets = Ya hay { $limit } conexiones abiertas y no puede haber más. Cierra una y espera { $seconds } s.
refusal-busy = La sala está ocupada. Inténtalo dentro de un momento.
refusal-maybe-done = Puede que se haya hecho, o puede que no. Míralo e inténtalo de nuevo si no se hizo.
refusal-stopping = El servidor se está reiniciando. Vuelve en unos segundos.
refusal-not-stored = No se ha podido guardar, así que no ha pasado nada. Inténtalo otra vez; quien administra el servidor encontrará el motivo en el registro.
refusal-not-read = Ahora mismo no se puede consultar. Inténtalo otra vez en unos segundos; quien administra el servidor encontrará el motivo en el registro.
refusal-idempotency-key-reused = Esta Idempotency-Key ya se usó para otra petición. Usa una nueva.
refusal-no-such-command = No hay ningún comando { $command }. Mira /help.

## Lo que hay que poder hacer, como va en refusal-not-allowed

permission-playback = reproducir y pausar
permission-skip = saltar
permission-seek = ir a otro momento
permission-add = añadir a la cola
permission-remove = quitar de la cola
permission-order = ordenar la cola
permission-vote = votar
permission-chat = escribir
permission-title = cambiar el título
permission-about = cambiar la descripción de la sala
permission-visibility = cambiar quién puede entrar
permission-queue_mode = cambiar cómo funciona la cola
permission-grant_moderators = cambiar lo que pueden los moderadores
permission-grant_trusted = cambiar lo que pueden las personas de confianza
permission-grant_registered = cambiar lo que pueden las personas con cuenta
permission-grant_guests = cambiar lo que pueden los invitados
permission-promote_cohost = nombrar coanfitriones
permission-demote_cohost = destituir a coanfitriones
permission-promote_moderator = nombrar moderadores
permission-demote_moderator = destituir a moderadores
permission-promote_trusted = dar confianza a otros
permission-demote_trusted = retirar la confianza a otros
permission-settings = cambiar los ajustes
permission-rate = cambiar la velocidad
permission-kick = echar a otros
permission-play_now = elegir lo que se ve
permission-edit = cambiar lo que está en cola
permission-ban = vetar a otros
permission-mute = silenciar a otros
permission-moderate = moderar el chat
permission-invite = gestionar invitaciones
permission-access = cambiar la contraseña y el aforo
permission-schedule = cambiar el horario
permission-end = cerrar la sala
permission-audit = leer quién hizo qué
permission-propose = proponer cosas
permission-own = ceder o borrar la sala
permission-upload = subir películas

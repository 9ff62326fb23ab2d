# Die Wörter der Chats auf Deutsch. `.slash` ist der Name eines Befehls auf Discord.
# In Sätzen stehen die englischen Namen der Befehle: sie werden überall verstanden.

## Befehle

cmd-watch = Gemeinsam etwas ansehen: spielt es ab oder reiht es ein, wenn schon etwas läuft.
    .slash = schauen
    .link = Ein Link oder Suchwörter
    .mode = Wie die Warteschlange ab jetzt sortiert wird
    .title = Wie der Raum ab jetzt heißt
    .when = Wann es losgeht, z. B. 20:30, tomorrow 20:30 oder in 2h
cmd-queue = Was als Nächstes kommt.
    .slash = warteschlange
cmd-queue-list = Zeigt, was läuft und was als Nächstes kommt.
    .slash = liste
cmd-queue-add = Hinten an die Warteschlange anhängen.
    .slash = hinzufügen
    .link = Ein Link, mehrere Links oder Suchwörter
cmd-queue-next = Ganz vorn in die Warteschlange einreihen.
    .slash = als-nächstes
    .link = Ein Link, mehrere Links oder Suchwörter
cmd-queue-remove = Etwas aus der Warteschlange nehmen.
    .slash = entfernen
    .item = Die Nummer in der Liste
cmd-queue-move = Etwas an eine andere Stelle schieben.
    .slash = verschieben
    .item = Die Nummer in der Liste
    .to = Die neue Nummer
cmd-queue-shuffle = Die Warteschlange mischen.
    .slash = mischen
cmd-queue-clear = Die Warteschlange leeren; was läuft, läuft weiter.
    .slash = leeren
cmd-queue-import = Eine ganze Liste einreihen: eine Playlist oder einen Text mit Links.
    .slash = importieren
    .link = Der Link der Liste oder die Links selbst
cmd-queue-export = Die Warteschlange als Datei herunterladen.
    .slash = exportieren
    .form = Ein Link pro Zeile oder JSON mit allen Angaben
cmd-play = Für alle weiterspielen.
    .slash = weiter
cmd-pause = Für alle anhalten.
cmd-seek = Zu einer Stelle springen, z. B. 1:30, +30 oder 50%.
    .slash = springen
    .time = Eine Stelle, z. B. 1:30, +30, -1m oder 50%
cmd-forward = Ein paar Sekunden vorspulen.
    .slash = vorspulen
    .length = Wie weit, z. B. 30 oder 1:30; ohne Angabe 10 Sekunden
cmd-rewind = Ein paar Sekunden zurückspulen.
    .slash = zurückspulen
    .length = Wie weit, z. B. 30 oder 1:30; ohne Angabe 10 Sekunden
cmd-skip = Zum nächsten Titel gehen oder dafür stimmen.
    .slash = überspringen
cmd-back = Zum vorigen Titel zurückgehen.
    .slash = zurück
cmd-now = Zeigt, was gerade läuft und an welcher Stelle.
    .slash = jetzt
cmd-mode = Zeigt oder ändert, wie die Warteschlange sortiert wird.
    .slash = modus
    .mode = Wie sie ab jetzt sortiert wird
cmd-speed = Die Geschwindigkeit ändern.
    .slash = tempo
    .speed = Eine Geschwindigkeit, z. B. 1.25
cmd-vote = Abstimmen oder zur Abstimmung stellen, was du nicht allein darfst.
    .slash = abstimmen
    .what = skip, pause, play, seek 1:30, eine Nummer der Warteschlange, yes oder no
cmd-history = Zeigt, was schon lief.
    .slash = verlauf
    .count = Wie viele
cmd-playlist = Gespeicherte Playlists.
cmd-playlist-list = Zeigt die gespeicherten Playlists.
    .slash = liste
cmd-playlist-save = Speichert, was läuft und was kommt, als Playlist.
    .slash = speichern
    .name = Wie sie heißen soll
cmd-playlist-load = Eine gespeicherte Playlist ganz einreihen.
    .slash = laden
    .playlist = Welche
cmd-playlist-delete = Eine gespeicherte Playlist löschen.
    .slash = löschen
    .playlist = Welche
cmd-invite = Zeigt den Link, über den andere hereinkommen.
    .slash = einladen
cmd-who = Zeigt, wer da ist.
    .slash = wer
cmd-role = Jemandem im Raum eine andere Rolle geben.
    .slash = rolle
    .person = Wem
    .role = Welche Rolle
cmd-kick = Jemanden hinauswerfen; wiederkommen ist erlaubt.
    .person = Wen
cmd-ban = Jemanden aus dem Raum aussperren.
    .slash = bannen
    .person = Wen
    .length = Wie lange, z. B. 2h oder 7d; ohne Angabe für immer
    .reason = Warum
cmd-unban = Jemanden wieder hereinlassen.
    .slash = entbannen
    .person = Wen
cmd-settings = Zeigt oder ändert die Einstellungen des Raums und dieses Chats.
    .slash = einstellungen
    .setting = Welche Einstellung
    .value = Neuer Wert
cmd-schedule = Zeigt oder ändert, wann der Raum öffnet und schließt.
    .slash = zeitplan
    .when = Wann er öffnet, z. B. 20:30, tomorrow 20:30 oder in 2h; off hebt es auf
    .until = Wann er schließt
cmd-link = Diesen Chat mit einem Raum verbinden oder deine Profile auf Discord und Telegram miteinander.
    .slash = verbinden
    .to = Ein Einladungslink oder der Code von der anderen Seite; leer lassen, um einen Code zu bekommen
cmd-unlink = Diesen Chat von seinem Raum trennen; der Raum bleibt bestehen.
    .slash = trennen
cmd-end = Den Raum für alle beenden.
    .slash = beenden
cmd-help = Zeigt alle Befehle oder einen.
    .slash = hilfe
    .command = Welchen

## Optionen, wie sie heißen, und Wörter zur Auswahl

opt-link = link
opt-mode = modus
opt-title = titel
opt-when = wann
opt-item = nummer
opt-to = ziel
opt-form = format
opt-time = stelle
opt-length = länge
opt-speed = tempo
opt-what = was
opt-count = anzahl
opt-name = name
opt-playlist = playlist
opt-person = person
opt-role = rolle
opt-reason = grund
opt-setting = einstellung
opt-value = wert
opt-until = bis
opt-command = befehl

choice-manual = von Hand
choice-vote = Abstimmung
choice-loop = Endlosschleife
choice-dj = DJ
choice-fair = reihum
choice-guest = Gast
choice-trusted = Vertrauensperson
choice-moderator = Moderator
choice-cohost = Co-Host
choice-host = Host
choice-links = Links
choice-json = JSON
choice-yes = ja
choice-no = nein
choice-now = jetzt
choice-today = heute
choice-tomorrow = morgen

## Knöpfe

button-open = Raum öffnen
button-pause = Pause
button-play = Abspielen
button-skip = Weiter
button-back = Zurück
button-back10 = −10 s
button-forward10 = +10 s
button-queue = Warteschlange
button-more = Mehr
button-coming = Ich bin dabei
button-pick = Jetzt abspielen
button-propose = Abstimmen lassen
button-ask-host = Host fragen
button-ask = { $name } fragen
button-yes = Ja
button-no = Nein
button-sure-clear = Warteschlange leeren
button-sure-end = Raum beenden
button-sure-unlink = Chat trennen
button-sure-ban = Bannen
button-sure-delete = Löschen
button-never = Abbrechen
button-queue-that = Einreihen
button-undo = Rückgängig

## Was fehlt oder nicht stimmt

hint-missing = Da fehlt etwas: { $usage }
hint-subcommand = Schreib eines davon: { $all }.
hint-number = Nenne die Nummer aus /queue list, z. B. 2.
hint-seek = Sag, wohin: z. B. /seek 1:30, /seek +30 oder /seek 50%.
hint-mode = Eine Warteschlange kann so sortiert sein: manual, vote, loop, dj, fair.
hint-role = Diese Rollen gibt es: guest, trusted, moderator, cohost, host.
hint-vote = Sag, worüber abgestimmt wird, z. B. /vote skip, /vote seek 1:30, /vote 2, /vote yes oder /vote no.
hint-when = { $input } ist keine Zeit. Schreib 20:30, tomorrow 20:30, 2026-12-31 20:30 oder in 2h.
hint-old-card = Diese Karte gehört zu einem früheren Raum. Nimm die neueste oder schreib /now.
fault = Bei uns ist etwas schiefgegangen (Kennung { $trace }). Versuch es noch einmal.

## Antworten

never = Alles bleibt, wie es ist.
people = { $count ->
    [0] noch niemand
    [one] 1 Person
   *[other] { $count } Personen
}
until-viewer = sobald jemand den Raum öffnet
until-start = sobald der Raum öffnet
until-ready = sobald bei allen geladen ist
until-stall = sobald wieder bei allen geladen ist
paused = Angehalten bei { $at }.
starts = Los geht es, { $when }.
playing-from = Läuft ab { $at }.
now-at = Jetzt bei { $at }.
now-playing = Jetzt läuft { $title }.
that-was-the-last = Das war der letzte Titel. Nachschub gibt es mit /watch und einem Link.
speed-is = Die Geschwindigkeit ist jetzt { $rate }.
removed = { $title } ist entfernt.
shuffled = { $count ->
    [one] Mit nur einem Titel gibt es nichts zu mischen.
   *[other] Die { $count } Titel der Warteschlange sind gemischt.
}
cleared = Die Warteschlange ist leer. Was läuft, läuft weiter.
queued-as = Eingereiht als Nummer { $number }: { $title }.
queued = Eingereiht.
come-and-watch = Komm und schau mit: { $link }
at = bei { $at }
at-of = bei { $at } von { $length }
at-live = live
now-playing-for = Läuft, { $at }. Dabei: { $people }.
now-starts = Los geht es, { $when }, { $at }.
now-paused = Angehalten, { $at }.
next-is = Als Nächstes { $title }, { $count } in der Warteschlange.
nothing-next = Danach kommt nichts mehr.
queue-line = { $title }, von { $name }
and-more = Und { $count } weitere.

## Die Karte

card-nothing = Gerade läuft nichts
card-add-something = Bring etwas mit /watch und einem Link.
card-live = Live · { $people }
card-playing = Läuft · { $people }
card-starts = Los geht es, { $when }
card-starts-at = Los geht es bei { $at }, { $when }
card-paused = Angehalten bei { $at }
card-paused-of = Angehalten bei { $at } von { $length }
card-added-by = Hinzugefügt von { $name }.

## Core: was Befehle antworten

# Zeitspannen
span-seconds = { $count ->
    [one] 1 Sekunde
   *[other] { $count } s
}
span-minutes = { $count ->
    [one] 1 Minute
   *[other] { $count } Minuten
}
span-hours = { $minutes ->
    [0] { $hours ->
        [one] 1 Stunde
       *[other] { $hours } Stunden
    }
   *[other] { $hours } h { $minutes } min
}
span-days = { $count ->
    [one] 1 Tag
   *[other] { $count } d
}

# Einreihen
starts-in = Läuft in etwa { $time }.
queued-many = { $count } eingereiht, ab Nummer { $number }. Der erste Titel ist { $title }.
queued-more = { $count ->
    [one] Ein weiterer ist eingereiht.
   *[other] { $count } weitere sind eingereiht.
}
left-out = Ausgelassen: { $link }. { $why }
left-out-more = { $count } weitere ausgelassen.
room-called = Der Raum heißt ab jetzt { $title }.
moved = { $title } ist jetzt Nummer { $number }.
exported = { $count ->
    [one] Der eine Titel als Datei.
   *[other] Alle { $count } Titel als Datei.
}
sure-clear = { $count ->
    [one] Die Warteschlange mit einem Titel leeren? Was läuft, läuft weiter.
   *[other] Die Warteschlange mit { $count } Titeln leeren? Was läuft, läuft weiter.
}
queue-votes = { $count ->
    [one] 1 Stimme
   *[other] { $count } Stimmen
}
queue-in = in etwa { $time }
mode-manual = Die Warteschlange läuft in der Reihenfolge, in der sie gefüllt wurde.
mode-vote = Die Warteschlange richtet sich nach den Stimmen: /vote und eine Nummer.
mode-loop = Die Warteschlange läuft im Kreis: Was gelaufen ist, kommt ans Ende.
mode-dj = Was läuft, läuft immer wieder, bis jemand etwas anderes wählt.
mode-fair = Alle kommen reihum dran: Niemand wartet hinter den zwanzig Titeln eines anderen.
or-the-code = Oder gib auf der Startseite diesen Code ein: { $code }
history-line = { $title }, von { $name }, vor { $time }
history-line-now = { $title }, von { $name }, gerade eben
history-none = Bisher lief noch nichts.
taken-back = Rückgängig gemacht.

# Wer darf, und was sonst geht
only-who = Das geht hier nur für { $who }: { $what }. Lass mit /vote darüber abstimmen.
only-who-ask = Das geht hier nur für { $who }: { $what }. Frag { $host } oder lass mit /vote darüber abstimmen.
who-the-host = den Host
who-registered = Personen mit Konto
who-trusted = { $host } und Vertrauenspersonen
who-moderators = { $host } und Moderatoren
who-cohosts = { $host } und Co-Hosts

# Abstimmungen
vote-tally = { $what }: { $yes } von { $needed }. Endet in { $time }.
vote-against = { $count ->
    [one] 1 ist dagegen.
   *[other] { $count } sind dagegen.
}
vote-rejected = { $what }: Zu viele sind dagegen. Es bleibt, wie es ist.
vote-expired = { $what }: Es haben nicht rechtzeitig genug abgestimmt.
vote-void = { $what }: Das hat sich erledigt, die Abstimmung auch.
vote-over = Diese Abstimmung ist vorbei.
no-votes = Es läuft keine Abstimmung. Starte eine mit /vote skip oder /vote seek 1:30.
voted = { $count ->
    [one] Du hast für { $title } gestimmt: 1 Stimme.
   *[other] Du hast für { $title } gestimmt: { $count } Stimmen.
}
voted-not = { $count ->
    [0] Deine Stimme für { $title } ist zurückgenommen.
    [one] Deine Stimme für { $title } ist zurückgenommen: 1 Stimme bleibt.
   *[other] Deine Stimme für { $title } ist zurückgenommen: { $count } Stimmen bleiben.
}
votes-do-not-order = Noch ordnen Stimmen die Warteschlange nicht: Das ändert /mode vote.
button-yes-to = Ja: { $what }
button-no-to = Nein: { $what }
motion-play = Weiterspielen
motion-pause = Pause
motion-skip = Weiterschalten
motion-back = Zum vorigen Titel
motion-seek = Zu { $what } springen
motion-forward = { $what } vorspulen
motion-rewind = { $what } zurückspulen
motion-speed = Geschwindigkeit { $what }
motion-pick = { $what } jetzt abspielen
motion-remove = { $what } entfernen
motion-shuffle = Warteschlange mischen
motion-clear = Warteschlange leeren
asks-play = { $name } möchte weiterspielen.
asks-pause = { $name } möchte anhalten.
asks-skip = { $name } möchte das überspringen.
asks-back = { $name } möchte zum vorigen Titel zurück.
asks-seek = { $name } möchte zu { $what } springen.
asks-forward = { $name } möchte { $what } vorspulen.
asks-rewind = { $name } möchte { $what } zurückspulen.
asks-speed = { $name } möchte Geschwindigkeit { $what }.
asks-pick = { $name } möchte jetzt { $what } abspielen.
asks-remove = { $name } möchte { $what } entfernen.
asks-shuffle = { $name } möchte die Warteschlange mischen.
asks-clear = { $name } möchte die Warteschlange leeren.
is-that-fine = { $names }, ist das in Ordnung?
hint-voice = Hier stimmt nur ab, wer im Sprachkanal ist. Tritt ihm bei und stimm dann noch einmal ab.

# Personen
who-nobody = Noch ist niemand im Raum.
who-here = { $count ->
    [one] Eine Person ist im Raum:
   *[other] { $count } Personen sind im Raum:
}
who-line = { $name }, { $door }
who-line-role = { $name }, { $role }, { $door }
who-coming = { $count ->
    [one] Kommt: { $names }.
   *[other] { $count } kommen: { $names }.
}
door-viewer = auf der Seite
door-api = über ein Programm
door-discord = auf Discord
door-telegram = auf Telegram
door-opentogethertube = über OpenTogetherTube
door-watch2gether = über Watch2Gether
door-watchers = über watchers.io
door-clipper = über Clipper
door-room = der Raum selbst
role-is = { $name } hat jetzt die Rolle { $role }.
role-already = { $name } hat die Rolle { $role } schon.
role-none = { $name } hat keine eigene Rolle mehr.
role-host = { $name } ist jetzt Host. Der bisherige Host bleibt Co-Host.
kicked = { $name } ist hinausgeworfen, darf aber wiederkommen; /ban hält jemanden draußen.
sure-ban = { $name } für immer aussperren? Für eine begrenzte Zeit: /ban mit dem Namen und length:2h.
banned = { $name } ist ausgesperrt. /unban lässt wieder herein.
banned-for = { $name } ist ausgesperrt, Dauer: { $time }. /unban lässt früher wieder herein.
unbanned = { $name } darf wieder herein.
you-as = { $name } (du)
hint-not-banned = { $name } ist nicht ausgesperrt.
hint-unknown-person = Diese Person war nie in diesem Raum. Sieh mit /who nach, wer da ist.
hint-several-people = Damit können mehrere gemeint sein: { $names }. Schreib mehr vom Namen oder erwähne die Person.

# Playlists
playlists-of-room = Playlists des Raums:
playlists-of-you = Deine eigenen:
playlists-none = Noch gibt es keine Playlist. Speichere, was läuft und was kommt, mit /playlist save und einem Namen.
playlist-line = { $name } ({ $count })
playlist-saved = { $count ->
    [one] 1 Titel als { $name } gespeichert.
   *[other] { $count } Titel als { $name } gespeichert.
}
playlist-saved-own = { $count ->
    [one] 1 Titel als { $name } gespeichert, nur für dich.
   *[other] { $count } Titel als { $name } gespeichert, nur für dich.
}
playlist-loaded = { $count ->
    [one] 1 Titel aus { $name } eingereiht.
   *[other] { $count } Titel aus { $name } eingereiht.
}
playlist-deleted = Die Playlist { $name } ist gelöscht.
sure-delete = { $count ->
    [one] Die Playlist { $name } mit 1 Titel löschen?
   *[other] Die Playlist { $name } mit { $count } Titeln löschen?
}

# Zeitplan
opens-at = Der Raum öffnet um { $at } ({ $zone }), in { $time }.
closes-at = Er schließt um { $at } ({ $zone }), in { $time }.
open-now = Der Raum ist offen.
open-already = Der Raum ist schon offen.
schedule-none = Der Raum ist offen, und nichts ist geplant. Schreib /schedule 20:30, /schedule tomorrow 20:30 oder /schedule in 2h.
schedule-ended = Der Raum ist beendet. Öffne ihn wieder mit /schedule now.
schedule-closed = Der Raum ist geschlossen. Öffne ihn wieder mit /schedule now.
zone-hint = Uhrzeiten gelten hier in UTC, bis jemand eine andere Zeitzone einstellt, z. B. /settings timezone Europe/Berlin.
coming-count = { $count ->
    [one] 1 Person kommt.
   *[other] { $count } Personen kommen.
}
you-are-coming = { $count ->
    [one] Du bist dabei, bisher als Erste oder Erster.
   *[other] Du bist dabei, ihr seid { $count }.
}
you-are-not-coming = Du kommst doch nicht.
moment-choice = { $input }: { $at }, in { $time }
hint-when-past = Diese Zeit ist vorbei. Nenne eine, die noch kommt, z. B. tomorrow 20:30 oder in 2h.
hint-when-far = Das ist mehr als ein Jahr hin. Nenne eine frühere Zeit.
hint-when-bad = Diesen Tag oder diese Uhrzeit gibt es nicht. Schreib 20:30, tomorrow 20:30, 2026-12-31 20:30 oder in 2h.
after-part = Hinter den Abschnitt „{ $what }“ ({ $at })

# Räume und Chats
link-code = Schreib auf der anderen Seite /link { $code }: an unseren Bot auf Discord oder Telegram oder in den Chat eines Raums. Dann seid ihr hier eine Person. Der Code gilt nur für dich und nur so lange: { $time }. Um diesen Chat mit einem Raum zu verbinden, schreib /link und seinen Einladungslink.
linked-selves = Fertig: Du bist jetzt auf beiden Seiten dieselbe Person, { $name }.
tied = Dieser Chat ist jetzt mit { $title } verbunden.
tied-as-guests = Alle hier sind dort Gäste, auch wer diesen Chat verwaltet, denn du bist in dem Raum kein Co-Host.
tied-before = Vorher war er mit { $title } verbunden; jener Raum besteht weiter.
sure-unlink = Diesen Chat von { $title } trennen? Der Raum bleibt bestehen, die Einstellungen dieses Chats gehen verloren.
untied = Dieser Chat ist von { $title } getrennt. Fang mit /watch und einem Link neu an.
sure-end = { $count ->
    [0] { $title } für alle beenden?
    [one] { $title } für alle beenden? Eine Person ist da.
   *[other] { $title } für alle beenden? { $count } Personen sind da.
}
ended = { $title } ist beendet. Fang mit /watch und einem Link neu an.
hint-room-ended = Dieser Raum ist beendet. Fang mit /watch und einem Link einen neuen an oder öffne ihn wieder mit /schedule now.
hint-link = Das führt zu keinem Raum dieses Servers. Füge einen Einladungslink ein oder den Code von der anderen Seite.
hint-chat-only = Das geht nur in einem Chat auf Discord oder Telegram.
hint-steward = Das kann nur ändern, wer diesen Chat verwaltet. Frag einen Administrator.
hint-leads = Was Rollen dieses Servers wert sind, sagt nur, wer den Server verwaltet. Frag jemanden mit dem Recht „Server verwalten“.

# Einstellungen
settings-of-room = Der Raum:
settings-of-chat = Dieser Chat:
settings-how = Ändere eine mit /settings, ihrem Namen und einem Wert, z. B. /settings vote_skip on.
setting-line = { $name }: { $value }
setting-title = Wie der Raum heißt.
setting-about = Was der Raum über sich sagt.
setting-visibility = Wer hereinkommt: alle (public, auch in Listen; unlisted), wer den Einladungslink hat (invite), oder wer den Link hat, ohne dass sonst jemand vom Raum weiß (private).
setting-password = Was andere eingeben müssen, um hereinzukommen.
setting-capacity = Wie viele gleichzeitig im Raum sein dürfen.
setting-preset = Wer was darf: everyone spielt ab und reiht ein; bei open ändern alle auch die Einstellungen; bei hosts tun das nur Hosts und Co-Hosts.
setting-vote_skip = Ob über das Überspringen nur abgestimmt wird.
setting-vote_percent = Wie viele von hundert für einen Antrag stimmen müssen.
setting-duplicates = Ob derselbe Link zweimal in der Warteschlange stehen darf.
setting-items_per_person = Wie viele Titel einer Person gleichzeitig warten dürfen.
setting-minutes_per_person = Wie viele Minuten einer Person gleichzeitig warten dürfen.
setting-wait = Auf wen der Film wartet, solange dessen Player lädt: auf niemanden, den Host oder alle.
setting-ready = Ob ein Film erst anfängt, wenn er bei allen geladen ist.
setting-skip_segments = Welche Teile von Videos übersprungen werden.
setting-slow_mode = Die Pause zwischen zwei Nachrichten einer Person im Chat des Raums.
setting-moderation = Ob Gäste keine Links und alle nichts zweimal hintereinander posten dürfen.
setting-profanity = Ob Schimpfwörter verdeckt werden.
setting-restore = Was mit der Warteschlange geschieht, wenn alle gegangen sind: Sie bleibt (always), wer wiederkommt, wird gefragt (prompt), oder sie ist weg (never).
setting-language = In welcher Sprache Karte und Meldungen dieses Chats sind.
setting-timezone = Was eine Uhrzeit in diesem Chat bedeutet.
setting-bridge = Ob Nachrichten dieses Chats in den Raum gehen und Nachrichten des Raums hierher kommen.
setting-chat_in = Ob Nachrichten dieses Chats in den Raum gehen.
setting-chat_out = Ob Nachrichten des Raums in diesen Chat kommen.
setting-notices = Ob dieser Chat erfährt, was Leute im Raum tun.
setting-threads = Ob jede Party einen eigenen Thread bekommt.
setting-voice = Ob nur abstimmt, wer im Sprachkanal ist.
setting-polls = Ob Abstimmungen Umfragen von Telegram sind.
setting-dj = Was Leute mit einer Rolle dieses Servers in seinen Räumen sind.
can-be-switch = Möglich sind on und off.
can-be-one-of = Möglich ist eines davon: { $all }.
can-be-some = Möglich sind all, off oder einige davon: { $all }.
can-be-number = Möglich sind eine Zahl oder off.
can-be-percent = Möglich sind 1 bis 100 Prozent.
can-be-length = Möglich sind eine Dauer wie 30s oder 5m oder off.
can-be-text = Möglich sind beliebige Wörter; off, wo es keine braucht.
can-be-zone = Möglich sind eine Zeitzone wie Europe/Berlin oder America/New_York oder UTC.
can-be-rank = Möglich sind eine Rolle und wozu sie macht, z. B. @DJ moderator: guest, trusted, moderator oder cohost. @DJ off nimmt das weg, off nimmt alles weg.
hint-setting = Diese Einstellung gibt es nicht. Es gibt: { $all }.
hint-other-platform = Diese Einstellung gehört zu einer anderen Plattform.
hint-switch = Schreib on oder off.
hint-one-of = Schreib eines davon: { $all }.
hint-count = Schreib eine Zahl ab 1 oder off.
hint-percent = Schreib 1 bis 100, z. B. 50%.
hint-length = Schreib eine Dauer wie 30s, 5m oder 2h oder off.
hint-zone = Diese Zeitzone gibt es nicht. Schreib eine wie Europe/Berlin, America/New_York oder UTC.
hint-dj = Schreib eine Rolle und wozu sie macht, z. B. @DJ moderator: guest, trusted, moderator oder cohost.
hint-no-roles = Solche Rollen gibt es nur auf Discord-Servern: Das geht nur dort.
cannot-read-discord = Ich kann aber nicht lesen, was hier geschrieben wird. Wer diesen Server betreibt, muss dafür im Entwicklerportal von Discord beim Bot „Message Content Intent“ einschalten und den Server neu starten.
cannot-read-telegram = Ich kann aber nicht lesen, was hier geschrieben wird. Wer diesen Server betreibt, muss dafür /setprivacy an @BotFather schreiben, Disable wählen, mich aus dieser Gruppe entfernen und wieder hinzufügen.

# Weitere Wörter zur Auswahl
choice-on = an
choice-off = aus
choice-in = herein
choice-none = nichts
choice-never = nie
choice-all = alle
choice-always = immer
choice-prompt = nachfragen
choice-public = öffentlich
choice-unlisted = nicht gelistet
choice-invite = mit Einladung
choice-private = privat
choice-everyone = alle
choice-open = offen
choice-hosts = nur Hosts
choice-own = eigene Regeln
choice-registered = mit Konto
choice-sponsor = Werbung
choice-intro = Vorspann
choice-outro = Abspann
choice-interaction = Aufrufe
choice-selfpromo = Eigenwerbung
choice-music_offtopic = ohne Musik
choice-preview = Vorschau

## Discord: was nur dort gesagt wird

discord-ends = { $status }, endet { $when }
discord-open-at = Raum öffnen: { $link }
discord-menu-queue = Video einreihen
discord-menu-invite = Zur Party einladen
discord-launch = starten
discord-no-link = In dieser Nachricht ist kein Link.
discord-no-bots = Das ist ein Bot. Lade Menschen ein.
discord-add-several = Mehrere hinzufügen
discord-add-title = Mehrere Links hinzufügen
discord-links = Links
discord-links-hint = Einer pro Zeile
discord-rooms = { $count ->
    [one] 1 Raum
   *[other] { $count } Räume
}
discord-lacking = Das geht hier nicht ganz. Wer diesen Server verwaltet, muss mir noch erlauben: { $permission }.
discord-permission-view = Kanal ansehen
discord-permission-send = Nachrichten senden
discord-permission-send-in-threads = Nachrichten in Threads senden
discord-permission-threads = Öffentliche Threads erstellen
discord-permission-events = Events erstellen

## Karten: mehr davon

card-opens = Öffnet
card-not-open = Noch nicht offen
card-first-is = Zuerst { $title }.
card-coming = { $count ->
    [one] 1 Person kommt.
   *[other] { $count } Personen kommen.
}
card-ended = Dieser Raum ist beendet
card-skip-votes-of = Weiter, { $votes } von { $needed }

## Brücke: was einem Chat gesagt wird

bridge-dropped = { $count ->
    [one] … und 1 weitere Nachricht
   *[other] … und { $count } weitere Nachrichten
}
bridge-begins = { $title } geht jetzt los.
bridge-begins-for = { $title } geht jetzt los. { $names }: Kommt und schaut mit.
bridge-and-others = { $count ->
    [one] 1 weitere Person
   *[other] { $count } weitere
}
notice-paused = { $name } hat bei { $at } angehalten.
notice-played = { $name } spielt ab { $at } weiter.
notice-seeked = { $name } ist zu { $at } gesprungen.
notice-skipped = { $name } hat zu { $title } weitergeschaltet.
notice-skipped-last = { $name } hat den letzten Titel übersprungen.
notice-back = { $name } ist zu { $title } zurückgegangen.
notice-picked = { $name } hat { $title } aufgelegt.
notice-rate = { $name } hat die Geschwindigkeit auf { $rate } gestellt.
notice-added = { $name } hat { $title } hinzugefügt.
notice-added-many = { $name } hat { $count } Titel hinzugefügt, der erste ist { $title }.
notice-removed = { $name } hat { $title } entfernt.
notice-moved = { $name } hat { $title } auf Nummer { $number } geschoben.
notice-shuffled = { $name } hat die Warteschlange gemischt.
notice-cleared = { $name } hat die Warteschlange geleert.
notice-unshelved = { $name } hat die frühere Warteschlange zurückgeholt.
notice-role = { $name } hat { $whom } diese Rolle gegeben: { $role }.
notice-kicked = { $name } hat { $whom } hinausgeworfen.
notice-banned = { $name } hat { $whom } ausgesperrt.
notice-unbanned = { $name } lässt { $whom } wieder herein.
notice-opened = Der Raum ist offen.
notice-ended = Der Raum ist beendet.
notice-ended-by = { $name } hat den Raum beendet.

## Telegram

telegram-menu = Zusammen schauen
telegram-hello = Schick mir einen Link, und ich mache einen Raum, in dem alle denselben Moment sehen.
telegram-chatter = Schick mir einen Link, um ihn gemeinsam anzusehen, oder /help für alle Befehle.
telegram-invited = Du bist zu { $title } eingeladen.
telegram-add = Zu einer Gruppe hinzufügen
telegram-remote = Fernbedienung im privaten Chat
telegram-old-button = Dieser Knopf stammt aus einer älteren Version. Schreib /now und sieh, was läuft.
telegram-offer = Für alle einreihen?
telegram-gone = Der Link ist weg. Schreib /watch und den Link.
telegram-link-alone = Hier würden andere den Code mitlesen. Schreib mir /link allein, in unserem privaten Chat.
telegram-link-sure = Um hier eine Person zu sein mit dem, der dir diesen Link gab, schreib /link { $code }. Tu das nur, wenn du es selbst warst: er könnte alles, was du kannst.
telegram-file = Telegram gibt für eine Datei keinen Link, über den andere mitschauen könnten. Stell die Datei ins Netz und schreib /watch und ihren Link.
telegram-to = { $name }: { $text }
telegram-card-ends = {", "}endet um { $at } UTC
telegram-inline-watch = Zusammen schauen
telegram-photo = Foto
telegram-video = Video
telegram-animation = Animation
telegram-document = Datei
telegram-voice = Sprachnachricht
telegram-audio = Musik
telegram-sticker = Sticker
telegram-poll = Umfrage
telegram-location = Ort
telegram-contact = Kontakt

## Warum nicht. { $who } ist ein Name oder ein englischer Ausdruck.

refusal-no-such-room = Diesen Raum gibt es nicht. Bitte um einen neuen Einladungslink.
refusal-no-such-invite = Dieser Einladungslink gilt nicht mehr. Bitte um einen neuen.
refusal-no-room-here = In diesem Chat läuft noch nichts. Fang mit /watch und einem Link an.
refusal-not-a-member = In diesen Raum kommt man nur mit Einladung. Bitte jemanden darin um den Link.
refusal-not-allowed = Das darf hier nicht jeder: { $what }. Frag { $who }.
refusal-no-such-person = So heißt niemand in diesem Raum. Sieh nach, wer da ist.
refusal-role-too-high = Du kannst nur Rollen unterhalb deiner eigenen ändern. Frag den Host.
refusal-room-password-needed = Dieser Raum hat ein Passwort. Gib es beim Betreten ein oder bitte jemanden darin um den Link.
refusal-wrong-room-password = Das ist nicht das Passwort. Frag jemanden im Raum.
refusal-banned = Du bist aus diesem Raum ausgesperrt. Wende dich an den Host.
refusal-muted = Du kannst hier gerade nicht schreiben. Wende dich an einen Moderator.
refusal-slow-mode = Hier ist der langsame Modus an. Warte { $seconds } s, dann kannst du wieder schreiben.
refusal-no-links-here = Gäste können hier keine Links posten. Bitte einen Moderator, dich zur Vertrauensperson zu machen, oder lass den Link weg.
refusal-said-already = Das hast du gerade schon geschrieben. Schreib etwas anderes.
refusal-room-full = Mit { $limit } Personen ist es hier voll. Versuch es wieder, wenn jemand gegangen ist.
refusal-room-ended = Dieser Raum ist beendet. Der Host kann ihn wieder öffnen.
refusal-room-closed = Dieser Raum ist geschlossen. Frag den Host.
refusal-has-host = Dieser Raum gehört schon { $host }. Frag dort nach.
refusal-grant-too-high = Du kannst nicht erlauben, was du selbst nicht darfst: { $what }. Frag den Host.
refusal-ends-before-start = Das Ende muss nach dem Anfang liegen.
refusal-bad-rate = Möglich ist das 0,25- bis 4-Fache.
refusal-bad-subtitles = Untertitel sind ein Link zu einer .vtt- oder .srt-Datei.
refusal-already-queued = Das steht schon in der Warteschlange.
refusal-your-share-is-full = Mehr darf von dir hier nicht warten (Grenze: { $limit }). Warte, bis etwas von dir gelaufen ist, oder nimm etwas heraus.
refusal-nothing-before = Davor lief nichts.
refusal-nothing-to-undo = Es gibt nichts rückgängig zu machen, oder es ist schon geschehen.
refusal-nothing-to-restore = Es gibt keine frühere Warteschlange, die man zurückholen könnte.
refusal-no-such-proposal = Diese Abstimmung ist vorbei, oder es laufen mehrere: nenne die, die du meinst.
refusal-too-many-proposals = Es laufen schon { $limit } Abstimmungen von dir oder viele von anderen. Warte, bis sie zu Ende sind.
refusal-not-here = Abstimmen kann, wer zuschaut oder gerade im Chat dabei war. Öffne zuerst den Raum.
refusal-no-such-playlist = Diese Playlist gibt es nicht. Sieh in der Liste nach.
refusal-too-many-playlists = Es gibt schon { $limit } Playlists. Lösche zuerst eine.
refusal-name-taken = { $name } gibt es schon. Wähle einen anderen Namen.
refusal-no-such-webhook = Diesen Webhook hast du nicht. Sieh in der Liste nach.
refusal-too-many-webhooks = Du hast schon { $limit } Webhooks. Lösche zuerst einen.
refusal-no-webhooks = Dieser Server sendet keine Webhooks. Wer ihn betreibt, kann sie mit webhooks.enabled erlauben.
refusal-no-library = Dieser Server hat keine eigenen Filme. Wer ihn betreibt, kann das mit media.dir ändern.
refusal-no-such-file = Diesen Film gibt es auf dem Server nicht. Sieh in der Liste nach.
refusal-uploads-off = Hier lässt sich nichts hochladen. Wer den Server betreibt, kann es mit media.uploads erlauben.
refusal-no-such-upload = Dieses Hochladen gibt es nicht mehr. Beginne es noch einmal.
refusal-too-many-uploads = { $limit } deiner Uploads sind noch nicht fertig. Beende oder verwirf zuerst einen.
refusal-wrong-offset = Das nächste Byte ist Nummer { $offset }. Sende von dort an weiter.
refusal-file-too-large = Eine Datei darf hier { $limit } MB haben. Nimm eine kleinere.
refusal-quota-full = Es ist noch Platz für { $left } MB. Lösche eine deiner Dateien, oder nimm eine kleinere.
refusal-not-playable = Diese Datei können Browser nicht abspielen. Nimm MP4, WebM, MP3, Ogg, M4A oder FLAC, oder Untertitel als SRT oder VTT.
refusal-link-expired = Dieser Link gilt nicht mehr. Lade die Seite neu.
refusal-no-such-line = Diese Nachricht gibt es nicht mehr.
refusal-nothing-playing = Gerade läuft nichts. Bring etwas mit /watch und einem Link.
refusal-queue-empty = Die Warteschlange ist leer. Bring etwas mit /watch und einem Link.
refusal-queue-full = Die Warteschlange ist mit { $limit } Titeln voll. Nimm zuerst einen heraus.
refusal-no-such-item = Dieser Titel steht nicht in der Warteschlange. Sieh in /queue list nach.
refusal-seek-past-end = Das liegt hinter dem Ende: Die Länge ist { $duration }. Zum nächsten Titel geht es mit /skip.
refusal-seek-live = Das ist live: Springen geht hier nicht.
refusal-length-unknown = Die Länge ist noch nicht bekannt. Spring zu einer Stelle wie 1:30.
refusal-bad-time = { $input } ist keine Zeit. Schreib 1:30, 90, +30, -1m oder 50%.
refusal-text-empty = Da steht nichts. Schreib zuerst etwas.
refusal-text-too-long = Das ist zu lang: höchstens { $limit } Zeichen.
refusal-bad-link = Das ist kein Link. Füge einen ein, der mit https:// beginnt.
refusal-bad-scheme = Nur Links mit http und https lassen sich ansehen.
refusal-private-address = Diese Adresse ist nicht im öffentlichen Internet. Wer diesen Server betreibt, kann sie mit resolve.allow_private erlauben.
refusal-link-unreachable = Dieser Link ist nicht erreichbar. Öffne ihn zur Probe im Browser und versuch es dann noch einmal.
refusal-link-broken = Dieser Link antwortet mit { $status }. Öffne ihn zur Probe im Browser.
refusal-not-media = Hinter diesem Link ist nichts, was sich abspielen lässt. Nimm eine Videodatei, einen HLS- oder DASH-Stream, YouTube, Vimeo, Twitch oder Dailymotion.
refusal-site-refused = { $site } lässt seine Videos nicht auf anderen Seiten abspielen. Nimm eine andere Quelle.
refusal-site-protected = { $site } schützt seine Filme, sodass nur die eigenen Seiten sie abspielen. Nimm eine andere Quelle.
refusal-embed-link-needed = Ein Video von { $site } braucht den Link zum Einbetten. Wähle auf seiner Seite „Teilen“, dann „Einbetten“, und füge den Link ein, der dort steht.
refusal-video-unavailable = { $site } hat dieses Video nicht, oder es ist privat. Versuch ein anderes.
refusal-no-search = Die Suche nach Wörtern ist auf diesem Server nicht eingerichtet. Füge einen Link ein.
refusal-no-lists = Für Playlists von { $site } braucht dieser Server einen Schlüssel, der nicht eingerichtet ist. Füge die Videos einzeln ein.
refusal-provider-down = { $site } antwortet gerade nicht. Versuch es später noch einmal.
refusal-not-signed-in = Sag zuerst, wer du bist: Melde dich an oder sende dein Token.
refusal-bad-token = Dieses Token gilt nicht mehr. Melde dich neu an.
refusal-wrong-login = Ein Konto mit diesem Namen und Passwort gibt es nicht. Prüfe beides oder fordere ein neues Passwort an.
refusal-wrong-password = Das ist nicht dein jetziges Passwort. Gib es noch einmal ein oder fordere ein neues an.
refusal-password-needed = Dazu gehört dein jetziges Passwort.
refusal-password-too-short = Dieses Passwort ist zu kurz. Nimm eines mit mindestens { $limit } Zeichen.
refusal-bad-email = Das ist keine E-Mail-Adresse. Schreib eine wie ana@example.com.
refusal-username-taken = Diesen Benutzernamen hat schon jemand. Wähle einen anderen.
refusal-email-taken = Mit dieser E-Mail-Adresse gibt es schon ein Konto. Melde dich dort an oder lass die Adresse weg.
refusal-already-registered = Du hast schon ein Konto. Melde dich zuerst ab, um noch eines anzulegen.
refusal-needs-account = Dafür brauchst du ein Konto. Leg zuerst eines an.
refusal-needs-session = Mit einem API-Schlüssel geht das nicht. Melde dich selbst an.
refusal-scope-missing = Dafür braucht der Schlüssel den Bereich { $scope }. Bitte die Person darum, die diesen Server betreibt.
refusal-no-such-recovery = Dieser Link gilt zehn Minuten und nur einmal, jetzt nicht mehr. Fordere einen neuen an.
refusal-no-such-link-code = Dieser Code gilt nicht oder nicht mehr. Hol dir auf der anderen Seite einen neuen.
refusal-two-accounts = Du hast auf beiden Seiten ein Konto: Das andere heißt { $other }. Lösche zuerst eines davon.
refusal-no-telegram = Dieser Server hat keinen Telegram-Bot, darum kann Telegram nicht sagen, wer du bist. Öffne den Raum im Browser.
refusal-bad-init-data = Das ist nicht, was Telegram über dich gesagt hat. Schließe dieses Fenster und öffne den Raum noch einmal in Telegram.
refusal-init-data-expired = Was Telegram über dich gesagt hat, gilt eine Stunde und ist älter. Schließe dieses Fenster und öffne den Raum noch einmal in Telegram.
refusal-init-data-used = Was Telegram über dich gesagt hat, gilt einmal und wurde schon benutzt. Schließe dieses Fenster und öffne den Raum noch einmal in Telegram.
refusal-no-such-session = Diese Sitzung hast du nicht. Sieh in der Liste deiner Sitzungen nach.
refusal-no-such-key = Diesen Schlüssel gibt es nicht. Sieh in der Liste nach.
refusal-activity-off = Auf diesem Server öffnen sich Räume nicht in Discord. Wer ihn betreibt, kann das mit discord.activity einrichten; im Browser öffnen sie sich wie immer.
refusal-code-refused = Discord nimmt diese Anmeldung nicht an, oder nicht mehr. Schließ die Aktivität und öffne sie noch einmal.
refusal-not-in-instance = Discord sieht dich nicht in dieser Aktivität. Schließ sie und öffne sie noch einmal.
refusal-bad-signature = Diese Anfrage ist nicht so signiert, wie Discord signiert. Schließ die Aktivität und öffne sie noch einmal.
refusal-admin-off = Von hier aus kann noch niemand diesen Server verwalten. Setze auth.bootstrap_key in seiner Konfiguration und starte ihn neu, oder mach einen Schlüssel mit onecouch key create --name me --scope admin.
refusal-address-banned = Dieser Server nimmt von deiner Adresse keine Verbindungen an. Wenn das ein Irrtum ist, schreib der Person, die ihn betreibt.
refusal-bans-yourself = { $network } ist, woher du kommst: Du würdest dich aussperren. Schick force mit, um es trotzdem zu tun.
refusal-no-such-ban = Diese Sperre gibt es nicht oder nicht mehr. Sieh in der Liste nach.
refusal-slow-down = Das war viel auf einmal. Warte { $seconds } s und versuch es dann noch einmal.
refusal-too-many-sockets = Es sind schon { $limit } Verbindungen offen, mehr dürfen es nicht sein. Schließe eine und warte { $seconds } s.
refusal-busy = Der Raum ist gerade ausgelastet. Versuch es gleich noch einmal.
refusal-maybe-done = Vielleicht ist das geschehen, vielleicht nicht. Sieh nach und versuch es noch einmal, wenn nicht.
refusal-stopping = Der Server startet neu. Komm in ein paar Sekunden wieder.
refusal-not-stored = Das ließ sich nicht speichern und ist deshalb nicht geschehen. Versuch es noch einmal; den Grund findet der Betreiber im Protokoll.
refusal-not-read = Das lässt sich gerade nicht nachsehen. Versuch es in ein paar Sekunden noch einmal; den Grund findet der Betreiber im Protokoll.
refusal-idempotency-key-reused = Dieser Idempotency-Key wurde schon für eine andere Anfrage benutzt. Nimm einen neuen.
refusal-no-such-command = Einen Befehl { $command } gibt es nicht. Sieh in /help nach.

## Was man dürfen muss, wie es in refusal-not-allowed steht

permission-playback = abspielen und anhalten
permission-skip = weiterschalten
permission-seek = springen
permission-add = etwas einreihen
permission-remove = etwas aus der Warteschlange nehmen
permission-order = die Warteschlange umsortieren
permission-vote = abstimmen
permission-chat = hier schreiben
permission-title = den Titel ändern
permission-about = die Beschreibung des Raums ändern
permission-visibility = ändern, wer hereinkommt
permission-queue_mode = ändern, wie die Warteschlange funktioniert
permission-grant_moderators = ändern, was Moderatoren dürfen
permission-grant_trusted = ändern, was Vertrauenspersonen dürfen
permission-grant_registered = ändern, was Personen mit Konto dürfen
permission-grant_guests = ändern, was Gäste dürfen
permission-promote_cohost = jemanden zum Co-Host machen
permission-demote_cohost = jemanden als Co-Host absetzen
permission-promote_moderator = jemanden zum Moderator machen
permission-demote_moderator = jemanden als Moderator absetzen
permission-promote_trusted = jemanden zur Vertrauensperson machen
permission-demote_trusted = jemandem das Vertrauen entziehen
permission-settings = die Einstellungen ändern
permission-rate = die Geschwindigkeit ändern
permission-kick = jemanden hinauswerfen
permission-play_now = bestimmen, was läuft
permission-edit = Eingereihtes ändern
permission-ban = jemanden aussperren
permission-mute = jemanden stummschalten
permission-moderate = den Chat moderieren
permission-invite = Einladungen verwalten
permission-access = Passwort und Platzzahl ändern
permission-schedule = den Zeitplan ändern
permission-end = den Raum beenden
permission-audit = nachlesen, wer was getan hat
permission-propose = etwas vorschlagen
permission-own = den Raum übergeben oder löschen
permission-upload = Filme hochladen

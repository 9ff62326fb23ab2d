//! One of its clients on a socket of ours.

use axum::{extract::State, http::HeaderMap, response::Response};
use engine::{
    command::{Actor, Command, Deed, SeekTo},
    event::{Door, EventKind, Out},
    ids::{PersonId, RoomId},
    limits::whole_seconds,
    media::Item,
    refusal::{Code, No, Refusal},
    room::{self, Role, RoomView},
    rooms::Done,
};

use super::{
    access,
    auth::{self, Asker},
    commands::{self, Asked, Film},
    error::ClipperError,
    notice::{Notice, kind},
    party,
    rate::{self, Rate},
};
use crate::{
    app::App,
    dialects::Dialect,
    http::{
        error::internal,
        extract::{FirstText, origin_allowed},
    },
    opened::{Introduced, Opened},
    socket::{self, End, Line, Talk, Visitor, Why},
    websocket::{NoUpgrade, Packet, Upgrade, Utf8Bytes, WebSocket, close_code},
};

/// Their token is good no more.
const BAD_TOKEN: u16 = 4401;

/// Opens the socket of a party for who takes part in it.
pub(super) async fn open(
    State(app): State<App>,
    asker: Asker,
    FirstText(party): FirstText,
    headers: HeaderMap,
    upgrade: Result<Upgrade, NoUpgrade>,
) -> Result<Response, ClipperError> {
    if asker.by_cookie && !origin_allowed(&headers, &app) {
        return Err(ClipperError::forbidden("A page of another origin cannot act by cookie."));
    }
    asker.pay(&app, app.costs.read)?;
    let room: RoomId = party.parse().map_err(|_| ClipperError::invalid("Invalid party ID"))?;
    let view = party::seen(&app, room).await?.filter(|view| !party::is_over(view));
    let view = view.ok_or_else(|| ClipperError::not_found("Watch party not found or has ended"))?;
    let actor = asker.actor(&app, room).await?;
    if !may_connect(&view, &actor) {
        if access::is_hidden(&view) {
            return Err(ClipperError::not_found("Watch party not found or has ended"));
        }
        return Err(ClipperError::forbidden("Not a participant of this watch party"));
    }
    let upgrade = upgrade.map_err(|error| ClipperError::invalid(format!("This path is a WebSocket: {error}")))?;
    if let Some(capacity) = view.settings.capacity.filter(|_| view.is_full_for(Some(actor.person))) {
        return Err(Refusal::new(Code::RoomFull).with("limit", capacity).into());
    }
    if asker.caller.granted.is_none() {
        // Taken again when they are in: here only their status is better than a close code.
        drop(app.engine.limits.seat_of(actor.person)?);
    }
    let seat = app.engine.limits.seat_from(&asker.address)?;
    let address = asker.address.as_str().into();
    let visitor = Box::new(Visitor { caller: None, token: None, door: Door::Clipper, address, seat });
    let served = app.clone();
    let upgrade = upgrade.protocol(auth::echo(&headers).as_deref());
    let asker = Box::new(asker);
    Ok(socket::upgrade(&app, upgrade, move |ws| serve(served, ws, room, asker, visitor)))
}

/// Whether somebody takes part, or may at any time: hosts and co-hosts need no place.
fn may_connect(view: &RoomView, actor: &Actor) -> bool {
    let runs = actor.granted >= Some(Role::Cohost);
    (runs || party::takes_part(view, actor.person)) && room::may_enter(view, actor).is_ok()
}

async fn serve(app: App, mut ws: WebSocket, room: RoomId, asker: Box<Asker>, visitor: Box<Visitor>) {
    let greeted = Box::pin(Session::enter(&app, room, &asker, &visitor, &mut ws)).await;
    let Visitor { seat: _seat, .. } = *visitor;
    drop(asker);
    let greeted = greeted.map(Box::new).map_err(|no| Some(ended_by(&app, room, &no)));
    socket::serve(&app, ws, greeted).await;
}

/// A frame about a room as it is now.
fn notice(app: &App, room: RoomId, kind: &'static str) -> Notice {
    let s = app.engine.clock.play_time();
    match app.engine.rooms.awake(room) {
        Some(view) => Notice::new(kind, &view, s),
        None => Notice::of_none(kind, room, s),
    }
}

fn refused(app: &App, room: RoomId, refusal: &Refusal) -> Utf8Bytes {
    notice(app, room, kind::ERROR).refusal(refusal).text()
}

/// The same for what did not go well for another reason, which is in the log.
fn not_done(app: &App, room: RoomId, no: &No) -> Utf8Bytes {
    match no {
        No::Refusal(refusal) => refused(app, room, refusal),
        No::Fault(fault) => notice(app, room, kind::ERROR).coded("INTERNAL_ERROR", internal(fault).message).text(),
    }
}

fn party_ended(app: &App, room: RoomId) -> End {
    let told = Some(notice(app, room, kind::ENDED).stopped().text());
    End { told, ..End::new(close_code::NORMAL, "The party has ended.") }
}

/// Its clients come back by themselves unless the code is 1000.
fn come_back(reason: &str) -> End {
    End::new(close_code::AGAIN, reason)
}

fn ended_by(app: &App, room: RoomId, no: &No) -> End {
    let No::Refusal(refusal) = no else {
        return End { told: Some(not_done(app, room, no)), ..End::new(close_code::ERROR, "Something went wrong.") };
    };
    let code = match refusal.code {
        Code::NotSignedIn | Code::BadToken => BAD_TOKEN,
        Code::NoSuchRoom | Code::RoomEnded => return party_ended(app, room),
        Code::Stopping => close_code::RESTART,
        Code::SlowDown | Code::TooManySockets | Code::RoomFull => close_code::AGAIN,
        code if code.passes() => close_code::AGAIN,
        _ => close_code::NORMAL,
    };
    End { told: Some(refused(app, room, refusal)), ..End::new(code, refusal.to_string()) }
}

struct Session {
    /// What is asked for comes to a frame for who asked, or to none.
    line: Line<Option<Utf8Bytes>>,
    /// Who they were told to be.
    person: PersonId,
}

impl Session {
    async fn enter(app: &App, room: RoomId, asker: &Asker, visitor: &Visitor, ws: &mut WebSocket) -> Result<Self, No> {
        let (opened, caller) = Opened::by(app, &asker.token, None).await?;
        let before = app.engine.rooms.view(room).await?;
        let (line, done, joined) =
            Line::open(app, room, (opened, &caller), visitor, (Dialect::Clipper, ws.wire()), true, None).await?;
        let person = caller.person.id;
        let mut greeting = vec![joined.whole.room];
        if !before.has_place(person) && !before.is_here(person) {
            greeting.push(came(&done.view, &line.actor, joined.s));
        }
        // A write that fails here shows itself again as soon as the session runs.
        let _ = ws.greet(greeting.into_iter().map(Packet::from)).await;
        Ok(Self { line, person })
    }

    fn notice(&self, kind: &'static str) -> Notice {
        notice(&self.line.app, self.line.room, kind)
    }

    /// Does what can be done at once, and begins the rest.
    fn perform(&mut self, asked: Asked) -> Result<Option<Utf8Bytes>, Refusal> {
        match &asked {
            Asked::Ping => return Ok(Some(self.notice(kind::PONG).text())),
            Asked::Sync => {
                let Line { app, room, .. } = &self.line;
                let view = app.engine.rooms.awake(*room).ok_or(Code::NoSuchRoom)?;
                return Ok(Some(Notice::of_film(kind::SYNC, &view, app.engine.clock.play_time()).text()));
            }
            Asked::Type(typing) => {
                let Line { app, room, actor, only_looks, .. } = &self.line;
                if *typing && only_looks.is_none() {
                    app.engine.rooms.tell(*room, actor.clone(), Command::Type);
                }
                return Ok(None);
            }
            Asked::Film(_) | Asked::Say(_) | Asked::React(_) => {}
        }
        let line = &mut self.line;
        let (app, room, actor, from) = (line.app.clone(), line.room, line.actor.clone(), line.address.clone());
        if let Some(refusal) = &line.only_looks {
            return Ok(Some(refused(&app, room, refusal)));
        }
        line.take_command()?;
        let counted: Option<(Rate, &str)> = match asked {
            Asked::Say(_) => Some((rate::CHAT, "chat")),
            Asked::React(_) => Some((rate::REACT, "reaction")),
            _ => None,
        };
        let standing = counted.and_then(|(rate, what)| rate.spend(&app, &(what, room, actor.person)));
        if let Some(wait) = standing.and_then(|standing| standing.retry_after) {
            return Ok(Some(self.notice(kind::ERROR).too_many(whole_seconds(wait).unsigned_abs()).text()));
        }
        line.begin(async move {
            let done = carry_out(&app, room, actor, &from, asked).await;
            done.unwrap_or_else(|no| Some(not_done(&app, room, &no)))
        });
        Ok(None)
    }

    fn strike(&mut self, refusal: &Refusal) -> Result<Option<Utf8Bytes>, End> {
        if self.line.strike() {
            return Err(End::new(close_code::POLICY, refusal.to_string()));
        }
        Ok(Some(refused(&self.line.app, self.line.room, refusal)))
    }

    /// The end of somebody whom others sent away.
    fn sent_away(&self, code: &'static str, said: &str) -> End {
        let told = Some(self.notice(kind::ERROR).coded(code, said).text());
        End { told, ..End::new(close_code::NORMAL, said) }
    }
}

/// What somebody who comes is told of themself; the others hear it when the room says so.
fn came(view: &RoomView, actor: &Actor, s: engine::time::PlayTime) -> Utf8Bytes {
    let role = party::role_of(view, actor.person);
    Notice::new(kind::JOINED, view, s).about(actor.person, &actor.name, role).text()
}

/// Does it. Who asked hears what came of it as all do; but where the film goes on as before they are told so alone.
async fn carry_out(app: &App, room: RoomId, actor: Actor, from: &str, asked: Asked) -> Result<Option<Utf8Bytes>, No> {
    let engine = &app.engine;
    let film = match asked {
        Asked::Say(text) => return engine.say(room, actor, Some(from), text).await.map(|_| None),
        Asked::React(emoji) => return engine.rooms.command(room, actor, Command::React { emoji }).await.map(|_| None),
        Asked::Film(film) => film,
        // These were done at once.
        Asked::Ping | Asked::Sync | Asked::Type(_) => return Ok(None),
    };
    let deed = match film {
        Film::Play => Deed::PLAY,
        Film::Pause => Deed::Pause,
        Film::Seek(to) => Deed::Seek { to },
        Film::Skip(None) => Deed::Skip,
        Film::Skip(Some(item)) => {
            let view = engine.rooms.view(room).await?;
            // What is on begins again.
            let on = view.current.as_deref().filter(|current| current.id == item).map(Item::begins);
            on.map_or(Deed::Pick { item, keep: false }, |begins| Deed::Seek { to: SeekTo::At(begins) })
        }
    };
    let Done { events, view } = engine.rooms.command(room, actor, deed.into()).await?;
    let told = events.iter().any(|event| matches!(event.kind, EventKind::Playback { .. }));
    Ok((!told).then(|| Notice::of_film(kind::SYNC, &view, engine.clock.play_time()).text()))
}

impl Talk for Session {
    type Outcome = Option<Utf8Bytes>;

    fn line(&mut self) -> &mut Line<Self::Outcome> {
        &mut self.line
    }

    fn hear(&mut self, text: &str) -> Result<Option<Utf8Bytes>, End> {
        if let Err(refusal) = self.line.take_frame() {
            return self.strike(&refusal);
        }
        let asked = commands::read(text, self.line.room);
        match asked.and_then(|asked| self.perform(asked)) {
            Ok(answer) => {
                self.line.forgive();
                Ok(answer)
            }
            Err(refusal) => self.strike(&refusal),
        }
    }

    fn hear_bytes(&mut self) -> Result<Option<Utf8Bytes>, End> {
        self.strike(&Refusal::input("Send text frames: each is one JSON object."))
    }

    fn settle(&mut self, outcome: Self::Outcome) -> Result<Option<Utf8Bytes>, End> {
        Ok(outcome)
    }

    /// Somebody else who takes part by this socket alone is told so, as who comes is.
    fn introduced(&mut self, Introduced { actor, view, .. }: Introduced) -> Option<Utf8Bytes> {
        let before = std::mem::replace(&mut self.person, actor.person);
        let first = view.presence.values().find(|seat| seat.who.person == actor.person);
        let alone = first.is_some_and(|seat| seat.connection == self.line.connection);
        let new = before != actor.person && alone && !view.has_place(actor.person);
        new.then(|| came(&view, &actor, self.line.app.engine.clock.play_time()))
    }

    fn refused(&self, no: &No) -> End {
        ended_by(&self.line.app, self.line.room, no)
    }

    fn end(&self, why: Why) -> End {
        match why {
            Why::Stopping => End::new(close_code::RESTART, "The server restarts. Come back."),
            Why::Moved => come_back("The room moved. Come back."),
            Why::TooSlow => come_back("You read too slowly. Come back."),
            Why::Silent => come_back("Nothing was heard from you for too long. Come back."),
            Why::Stuck => come_back("Nothing could be written to you for 10 seconds. Come back."),
            Why::SignedOut | Why::Out(Out::Forgotten) => self.refused(&Code::BadToken.into()),
            Why::Out(Out::Left) => End::new(close_code::NORMAL, "You left."),
            Why::Out(Out::Kicked) => self.sent_away("KICKED", "You were shown the door. You may join again."),
            Why::Out(Out::Banned) => self.sent_away("BANNED", Code::Banned.sentence()),
            Why::Out(Out::Barred) => self.refused(&Code::AddressBanned.into()),
            Why::Out(Out::Closed) => self.refused(&Code::RoomClosed.into()),
            Why::Out(Out::Ended | Out::Deleted) => party_ended(&self.line.app, self.line.room),
        }
    }
}

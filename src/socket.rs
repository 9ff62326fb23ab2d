//! The native socket: reads a client's frames, writes what its outbox holds.
//!
//! One task per socket. What is queued goes out together, in writes of about 4 KiB; a reader that takes nothing for ten
//! seconds is let go.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, close_code};
use bots::Locale;
use engine::{
    command::{Actor, Command, Deed, Spot},
    event::{Door, Out},
    ids::{ConnectionId, RoomId},
    limits::{Rule, Seat},
    people::Caller,
    refusal::{Code, No, Refusal},
    rooms::Done,
};
use futures_util::{FutureExt, SinkExt, StreamExt, future::BoxFuture, stream::FuturesUnordered};
use serde::Serialize;

use crate::{
    app::App,
    dialects::{
        Dialect,
        native::{
            frames::{self, ClientFrame, CommandFrame, Do, Hello, Other, ReportFrame},
            wire::{self, event::YouWire},
        },
    },
    fanout::{Hub, Outbox, Parcel},
    http::error::{ErrorWire, internal},
};

/// The largest frame a client may send, in bytes.
pub const FRAME_LIMIT: usize = 64 * 1024;
/// The library's read buffer per socket: its own default of 128 KiB is zero-filled at every read attempt.
pub const READ_BUFFER: usize = 4 * 1024;
/// After how much the library writes what is queued: its buffer never shrinks, so it must not grow.
pub const WRITE_BUFFER: usize = 4 * 1024;
/// How long a client may take to say who it is.
const HELLO: Duration = Duration::from_secs(5);
/// How long a write may make no progress.
const WRITE: Duration = Duration::from_secs(10);
/// How long commands under way have when their socket ends.
const FINISH: Duration = Duration::from_secs(1);
/// How long a client may take to close its half.
const GOODBYE: Duration = Duration::from_secs(2);
/// The same where the server stops.
const STOP_GOODBYE: Duration = Duration::from_millis(250);
/// How many commands of one socket may be under way at once.
const UNDER_WAY: usize = 32;
/// After how many frames that were too many, or not understood, a socket is closed.
const PATIENCE: u32 = 200;

/// Why a socket ends, and what its client should do.
#[derive(Debug, Clone, PartialEq, Eq)]
struct End {
    code: u16,
    reason: String,
    /// The refusal that ends it, as a frame: a close frame has no room for a code and a whole sentence.
    told: Option<Utf8Bytes>,
}

impl End {
    fn new(code: u16, reason: impl Into<String>) -> Self {
        Self { code, reason: reason.into(), told: None }
    }

    /// An end whose refusal is told before it.
    fn refused(code: u16, refusal: &Refusal, locale: Locale) -> Self {
        let told = Some(refused(None, ErrorWire::new(refusal, locale)));
        Self { code, reason: refusal.to_string(), told }
    }

    fn come_back(reason: &str) -> Self {
        Self::new(close_code::AGAIN, reason)
    }

    fn no(no: &No, locale: Locale) -> Self {
        match no {
            No::Refusal(refusal) => {
                let code = match refusal.code {
                    Code::NoSuchRoom => 4404,
                    Code::RoomPasswordNeeded => 4411,
                    Code::NotAMember | Code::NotAllowed | Code::Banned | Code::RoomClosed | Code::RoomFull => 4403,
                    Code::NotSignedIn | Code::BadToken => 4401,
                    Code::SlowDown | Code::TooManySockets => 4429,
                    Code::Stopping => close_code::RESTART,
                    Code::Busy | Code::NotStored => close_code::AGAIN,
                    _ => 4400,
                };
                Self::refused(code, refusal, locale)
            }
            No::Fault(fault) => Self::new(close_code::ERROR, internal(fault).message),
        }
    }
}

/// Who comes in by a handshake.
pub struct Visitor {
    /// Who the handshake's credential says they are, where it had one.
    pub caller: Option<Caller>,
    /// The browser's page, or somebody's program.
    pub door: Door,
    /// Where they come from.
    pub address: Arc<str>,
    /// Their place among the sockets of that address, kept until the socket is gone.
    pub seat: Seat,
}

/// Serves one socket until it ends.
pub async fn serve(app: App, mut ws: WebSocket, room: RoomId, visitor: Visitor) {
    let end = match greet(&app, &mut ws, room, &visitor).await {
        Ok(mut session) => {
            let end = session.run(&mut ws).await;
            session.finish(&mut ws).await;
            session.leave().await;
            end
        }
        Err(end) => end,
    };
    if let Some(End { code, reason, told }) = end {
        // A close frame holds 123 bytes of reason.
        let reason: String = reason.chars().take(100).collect();
        let close = Message::Close(Some(CloseFrame { code, reason: reason.into() }));
        let goodbye = async {
            if let Some(told) = told {
                let _ = ws.feed(Message::Text(told)).await;
            }
            let _ = ws.send(close).await;
            // The client's own close frame ends it; what it sends before that is of no matter.
            while let Some(Ok(_)) = ws.next().await {}
        };
        // A stop does not wait for laptops that sleep.
        let patience = if app.stop.is_cancelled() { STOP_GOODBYE } else { GOODBYE };
        let _ = tokio::time::timeout(patience, goodbye).await;
    }
}

type Refused = Option<End>;

/// Why somebody must go, and whether they may come back.
fn out(why: Out, locale: Locale) -> End {
    match why {
        Out::Kicked => End::new(4410, "You were shown the door. You may come again."),
        Out::Banned => End::refused(4403, &Code::Banned.into(), locale),
        Out::Closed => End::refused(4403, &Code::RoomClosed.into(), locale),
        Out::Deleted => End::refused(4404, &Code::NoSuchRoom.into(), locale),
    }
}

/// The first frame: who is it, and what do they know?
async fn greet(app: &App, ws: &mut WebSocket, room: RoomId, visitor: &Visitor) -> Result<Session, Refused> {
    let hello = tokio::select! {
        () = app.stop.cancelled() => return Err(Some(restarting())),
        hello = tokio::time::timeout(HELLO, hello(ws)) => {
            hello.map_err(|_| Some(End::new(4408, "Say hello within 5 seconds.")))??
        }
    };
    let locale = Locale::of(&hello.locale);
    let caller = match (&hello.token, &visitor.caller) {
        (Some(token), _) => {
            app.engine.people.by_token(token.reveal()).await.map_err(|no| Some(End::no(&no, locale)))?
        }
        (None, Some(caller)) => caller.clone(),
        (None, None) => return Err(Some(End::no(&Code::NotSignedIn.into(), locale))),
    };
    let session = Session::enter(app, room, &caller, visitor, &hello, ws).await;
    session.map_err(|no| Some(End::no(&no, locale)))
}

async fn hello(ws: &mut WebSocket) -> Result<Hello, Refused> {
    loop {
        match ws.next().await {
            Some(Ok(Message::Text(text))) => {
                return match frames::read(&text) {
                    Ok(ClientFrame::Hello(hello)) => Ok(hello),
                    Ok(_) => Err(Some(End::new(4400, "The first frame must be a hello."))),
                    Err(refusal) => Err(Some(End::new(4400, refusal.to_string()))),
                };
            }
            Some(Ok(Message::Binary(_))) => return Err(Some(binary())),
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
            Some(Ok(Message::Close(_))) | None => return Err(None),
            Some(Err(error)) => return Err(broken(&error)),
        }
    }
}

fn binary() -> End {
    End::new(close_code::UNSUPPORTED, "Send text frames: each is one JSON object.")
}

/// What a failed read means: only a frame that is too large deserves an answer.
fn broken(error: &axum::Error) -> Option<End> {
    let text = error.to_string();
    (text.contains("too long") || text.contains("too large") || text.contains("too big"))
        .then(|| End::new(close_code::SIZE, "That frame is too large: 64 KiB at most."))
}

type Answer = BoxFuture<'static, Utf8Bytes>;

struct Session {
    app: App,
    room: RoomId,
    actor: Actor,
    /// Whom a chat vouches for: what that is worth is looked up for each command, for the chat may be tied elsewhere meanwhile.
    vouched: Option<Arc<Caller>>,
    connection: ConnectionId,
    hub: Arc<Hub>,
    outbox: Arc<Outbox>,
    /// Commands under way; each becomes one answer.
    under_way: FuturesUnordered<Answer>,
    /// Frames too many or not understood; forgiven one by one.
    strikes: u32,
    /// Where they come from: what they write and add counts for it too.
    address: Arc<str>,
    /// The language they are answered in.
    locale: Locale,
    /// Their place among the sockets of this person.
    _seat: Option<Seat>,
    /// Why they may only look on, where they may.
    only_looks: Option<Refusal>,
}

impl Session {
    async fn enter(
        app: &App,
        room: RoomId,
        caller: &Caller,
        visitor: &Visitor,
        hello: &Hello,
        ws: &mut WebSocket,
    ) -> Result<Self, No> {
        // The key of who runs the server listens to as many rooms as it likes.
        let seat = match caller.granted {
            Some(_) => None,
            None => Some(app.engine.limits.seat_of(caller.person.id)?),
        };
        let connection = app.engine.rooms.connection();
        let mut actor = app.engine.actor(caller, room, visitor.door).await?;
        actor.connection = Some(connection);
        let only_looks = caller.may_change().err();
        // Who only looks on is nobody for whom a film begins or waits, and has no vote.
        let watches = hello.watches && only_looks.is_none();
        let arrive = Command::Arrive { connection, watches };
        let done = app.engine.rooms.command(room, actor.clone(), arrive).await?;
        let outbox = Arc::new(Outbox::default());
        let resume = hello.resume.map(|position| (position.epoch, position.seq));
        let joined = app.fanout.join(room, Dialect::Native, connection, &outbox, resume).await;
        let (hub, joined) = match joined {
            Ok(joined) => joined,
            Err(no) => {
                app.engine.rooms.tell_surely(room, actor, Command::Depart { connection }).await;
                return Err(no);
            }
        };
        let you = YouWire::new(&done.view, &actor, connection);
        let greeting = match joined.missed {
            Some(mut missed) => {
                missed.extend(wire::resumed(&you, &joined.view, joined.s));
                missed
            }
            None => wire::welcome(&you, &joined.whole, joined.s),
        };
        let session = Self {
            app: app.clone(),
            room,
            actor,
            vouched: caller.vouched.is_some().then(|| Arc::new(caller.clone())),
            connection,
            hub,
            outbox,
            under_way: FuturesUnordered::new(),
            strikes: 0,
            address: visitor.address.clone(),
            locale: Locale::of(&hello.locale),
            _seat: seat,
            only_looks,
        };
        // A write that fails here shows itself again as soon as the session runs.
        let _ = write(ws, greeting.into()).await;
        Ok(session)
    }

    /// What was asked for is done and answered before the socket ends, whoever ends it.
    async fn finish(&mut self, ws: &mut WebSocket) {
        let answers = async {
            while let Some(answer) = self.under_way.next().await {
                // Nobody may be there to read it; the command is done all the same.
                let _ = write(ws, [answer].into()).await;
            }
        };
        let _ = tokio::time::timeout(FINISH, answers).await;
    }

    async fn leave(self) {
        for rule in [Rule::Frames, Rule::Commands] {
            self.app.engine.limits.forget(rule, &self.connection);
        }
        self.hub.leave(self.connection);
        let depart = Command::Depart { connection: self.connection };
        self.app.engine.rooms.tell_surely(self.room, self.actor, depart).await;
    }

    async fn run(&mut self, ws: &mut WebSocket) -> Option<End> {
        let stop = self.app.stop.clone();
        loop {
            let written = tokio::select! {
                () = stop.cancelled() => return Some(restarting()),
                Some(answer) = self.under_way.next(), if !self.under_way.is_empty() => {
                    let mut answers = VecDeque::from([answer]);
                    while let Some(Some(answer)) = self.under_way.next().now_or_never() {
                        answers.push_back(answer);
                    }
                    write(ws, answers).await
                }
                message = ws.next() => {
                    self.outbox.heard_from();
                    match message {
                        Some(Ok(Message::Text(text))) => match self.hear(&text) {
                            Ok(Some(answer)) => write(ws, [answer].into()).await,
                            Ok(None) => Ok(()),
                            Err(end) => return Some(end),
                        },
                        Some(Ok(Message::Binary(_))) => return Some(binary()),
                        Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(()),
                        Some(Ok(Message::Close(_))) | None => return None,
                        Some(Err(error)) => return broken(&error),
                    }
                }
                parcel = self.outbox.next() => match parcel {
                    Parcel::Frames(frames) => write(ws, frames).await,
                    Parcel::Snapshot => {
                        let s = self.app.engine.clock.play_time();
                        let snapshot = self.hub.snapshot_for(&self.outbox, s);
                        write(ws, snapshot.into()).await
                    }
                    Parcel::Ping => ping(ws).await,
                    Parcel::TooSlow => return Some(End::come_back("You read too slowly. Come back.")),
                    // At a stop the rooms end too, and may do so first.
                    Parcel::Ended if stop.is_cancelled() => return Some(restarting()),
                    Parcel::Ended => return Some(End::come_back("The room moved. Come back.")),
                    Parcel::Out(why) => return Some(out(why, self.locale)),
                    Parcel::Dead => return Some(End::come_back("Nothing was heard from you for a minute. Come back.")),
                },
            };
            if written.is_err() {
                return Some(End::come_back("Nothing could be written to you for 10 seconds. Come back."));
            }
        }
    }

    /// One frame of the client's. What can be answered at once is; a command goes under way.
    fn hear(&mut self, text: &str) -> Result<Option<Utf8Bytes>, End> {
        let now = self.app.engine.clock.play_time();
        let limits = &self.app.engine.limits;
        if let Err(refusal) = limits.take(Rule::Frames, &self.connection, now) {
            return self.strike(text, &refusal);
        }
        let frame = match frames::read(text) {
            Ok(frame) => frame,
            Err(refusal) => return self.strike(text, &refusal),
        };
        match frame {
            ClientFrame::Ping { c } => {
                let (epoch, seq) = self.hub.position();
                let pong = Pong { r#type: "pong", c, s: self.app.engine.clock.play_time().0, epoch, seq };
                return Ok(Some(wire::text(&pong)));
            }
            ClientFrame::Hello(_) => return self.strike(text, &Refusal::input("Hello was said already.")),
            ClientFrame::Report(_) | ClientFrame::Typing if self.only_looks.is_some() => {}
            ClientFrame::Command(command) if let Some(refusal) = &self.only_looks => {
                return Ok(Some(refused(Some(command.id), ErrorWire::new(refusal, self.locale))));
            }
            ClientFrame::Report(report) => self.report(report),
            ClientFrame::Locale { locale } => self.locale = Locale::of(&locale),
            ClientFrame::Typing => self.app.engine.rooms.tell(self.room, self.actor.clone(), Command::Type),
            ClientFrame::Command(command) => {
                let full = self.under_way.len() >= UNDER_WAY;
                let allowed = limits.take(Rule::Commands, &self.connection, now);
                let allowed = allowed.and(if full { Err(Code::Busy.into()) } else { Ok(()) });
                if let Err(refusal) = allowed {
                    return self.strike(text, &refusal);
                }
                let (app, room, from, locale) = (self.app.clone(), self.room, self.address.clone(), self.locale);
                let (actor, vouched) = (self.actor.clone(), self.vouched.clone());
                self.under_way.push(
                    async move {
                        match now_is(&app, room, actor, vouched.as_deref()).await {
                            Ok(actor) => carry_out(app, room, actor, from, locale, command).await,
                            Err(No::Refusal(refusal)) => refused(Some(command.id), ErrorWire::new(&refusal, locale)),
                            Err(No::Fault(fault)) => refused(Some(command.id), internal(&fault)),
                        }
                    }
                    .boxed(),
                );
            }
        }
        self.strikes = self.strikes.saturating_sub(1);
        Ok(None)
    }

    fn report(&self, report: ReportFrame) {
        let command = Command::Report { connection: self.connection, report: report.into() };
        self.app.engine.rooms.tell(self.room, self.actor.clone(), command);
    }

    fn strike(&mut self, text: &str, refusal: &Refusal) -> Result<Option<Utf8Bytes>, End> {
        self.strikes += 1;
        if self.strikes > PATIENCE {
            let code = if refusal.code == Code::SlowDown { 4429 } else { 4400 };
            return Err(End::new(code, refusal.to_string()));
        }
        Ok(Some(refused(frames::id_of(text), ErrorWire::new(refusal, self.locale))))
    }
}

/// Who somebody is in the room at this moment: as when they came, but for what a chat vouches for.
async fn now_is(app: &App, room: RoomId, actor: Actor, vouched: Option<&Caller>) -> Result<Actor, No> {
    let Some(caller) = vouched else { return Ok(actor) };
    let connection = actor.connection;
    Ok(Actor { connection, ..app.engine.actor(caller, room, actor.door).await? })
}

/// Does a command and makes its answer.
async fn carry_out(
    app: App,
    room: RoomId,
    actor: Actor,
    from: Arc<str>,
    locale: Locale,
    frame: CommandFrame,
) -> Utf8Bytes {
    let CommandFrame { id, what } = frame;
    if let Do::Other(other) = &what
        && let Other::Say { text } = &**other
        && text.trim_start().starts_with('/')
    {
        let reply = app.slash(room, actor, from, locale, text.trim()).await;
        return wire::text(&ReplyFrame { r#type: "reply", id: &id, text: &reply.text, refused: reply.refused });
    }
    let done = perform(&app, room, actor, &from, what).await;
    match done {
        Ok(done) => {
            let seq = done.events.last().map_or(done.view.seq, |event| event.seq);
            wire::text(&Ack { r#type: "ack", id: &id, seq })
        }
        Err(No::Refusal(refusal)) => refused(Some(id), ErrorWire::new(&refusal, locale)),
        Err(No::Fault(fault)) => refused(Some(id), internal(&fault)),
    }
}

async fn perform(app: &App, room: RoomId, actor: Actor, from: &str, what: Do) -> Result<Done, No> {
    let engine = &app.engine;
    let other = match what {
        Do::Deed(fields) => {
            let deed = Deed::try_from(fields)?;
            return engine.rooms.command(room, actor, Command::Do(deed)).await;
        }
        Do::Other(other) => other,
    };
    if let Some(command) = other.command(engine.clock.now().wall)? {
        return engine.rooms.command(room, actor, command).await;
    }
    match *other {
        Other::Add { url, spot } => {
            Ok(engine.intake.queue_from(room, &actor, Some(from), &url, Spot::from(spot)).await?.done)
        }
        Other::Say { text } => engine.say(room, actor, Some(from), text).await,
        Other::Erase { line } => engine.erase(room, &actor, line).await,
        Other::Reword { line, text } => engine.reword(room, &actor, Some(from), line, text).await,
        Other::Change(change) => engine.change(room, actor, app.changes(*change).await?).await,
        Other::RenewInvite => engine.renew_invite(room, &actor).await,
        other => Err(Refusal::input(format_args!("{other:?} is not a command of its own.")).into()),
    }
}

#[derive(Serialize)]
struct Pong {
    r#type: &'static str,
    c: serde_json::Number,
    s: i64,
    epoch: u64,
    seq: u64,
}

#[derive(Serialize)]
struct Ack<'a> {
    r#type: &'static str,
    id: &'a str,
    seq: u64,
}

#[derive(Serialize)]
struct ReplyFrame<'a> {
    r#type: &'static str,
    id: &'a str,
    text: &'a str,
    refused: bool,
}

fn refused(id: Option<String>, error: ErrorWire) -> Utf8Bytes {
    #[derive(Serialize)]
    struct RefusedFrame {
        r#type: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<String>,
        #[serde(flatten)]
        error: ErrorWire,
    }
    wire::text(&RefusedFrame { r#type: "refused", id, error })
}

/// A peer that is gone, or takes nothing.
struct Stuck;

/// Everything that waits, in one write.
async fn write(ws: &mut WebSocket, frames: VecDeque<Utf8Bytes>) -> Result<(), Stuck> {
    metrics::counter!("onecouch_frames_written_total").increment(frames.len() as u64);
    for frame in frames {
        in_time(ws.feed(Message::Text(frame))).await?;
    }
    in_time(ws.flush()).await
}

async fn ping(ws: &mut WebSocket) -> Result<(), Stuck> {
    in_time(ws.send(Message::Ping(axum::body::Bytes::new()))).await
}

async fn in_time(write: impl Future<Output = Result<(), axum::Error>>) -> Result<(), Stuck> {
    match tokio::time::timeout(WRITE, write).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) | Err(_) => Err(Stuck),
    }
}

/// The server stops: come back, each after another while, so that not all come at once.
#[expect(clippy::disallowed_methods, reason = "spreads reconnects; no identity is made of it")]
fn restarting() -> End {
    let after = rand::random_range(250..5_000);
    End::new(close_code::RESTART, format!(r#"{{"retry_after_ms":{after}}}"#))
}

//! A native client on its socket: what it may say, and what it is answered.

use std::{sync::Arc, time::Duration};

use bots::Locale;
use engine::{
    command::{Actor, Command, Deed, Spot},
    event::Out,
    ids::RoomId,
    people::Caller,
    refusal::{Code, No, Refusal},
    rooms::Done,
};
use serde::Serialize;

use super::{
    frames::{self, ClientFrame, CommandFrame, Do, Hello, Other, ReportFrame},
    wire::{self, event::YouWire},
};
use crate::{
    app::App,
    dialects::Dialect,
    http::error::{ErrorWire, internal},
    opened::{Introduced, Opened},
    socket::{self, End, Line, Talk, Visitor, Why},
    websocket::{Message, Packet, Utf8Bytes, WebSocket, close_code},
};

/// How long a client may take to say who it is.
const HELLO: Duration = Duration::from_secs(5);

/// Serves one socket until it ends.
pub async fn serve(app: App, mut ws: WebSocket, room: RoomId, visitor: Box<Visitor>) {
    let greeted = Box::pin(greet(&app, &mut ws, room, &visitor)).await;
    let Visitor { seat: _seat, .. } = *visitor;
    socket::serve(&app, ws, greeted).await;
}

/// An end whose refusal is told before it.
fn refused_end(code: u16, refusal: &Refusal, locale: Locale) -> End {
    let told = Some(refused(None, ErrorWire::new(refusal, locale)));
    End { code, reason: refusal.to_string(), told }
}

fn come_back(reason: &str) -> End {
    End::new(close_code::AGAIN, reason)
}

fn ended_by(no: &No, locale: Locale) -> End {
    match no {
        No::Refusal(refusal) => {
            let code = match refusal.code {
                Code::NoSuchRoom => 4404,
                Code::RoomPasswordNeeded => 4411,
                Code::NotAMember
                | Code::NotAllowed
                | Code::Banned
                | Code::AddressBanned
                | Code::RoomClosed
                | Code::RoomFull => 4403,
                Code::NotSignedIn | Code::BadToken => 4401,
                Code::SlowDown | Code::TooManySockets => 4429,
                Code::Stopping => close_code::RESTART,
                code if code.passes() => close_code::AGAIN,
                _ => 4400,
            };
            refused_end(code, refusal, locale)
        }
        No::Fault(fault) => End::new(close_code::ERROR, internal(fault).message),
    }
}

type Refused = Option<End>;

/// Why somebody must go, and whether they may come back.
fn out(why: Out, locale: Locale) -> End {
    match why {
        Out::Left => End::new(close_code::NORMAL, "You left."),
        Out::Kicked => End::new(4410, "You were shown the door. You may come again."),
        Out::Banned => refused_end(4403, &Code::Banned.into(), locale),
        Out::Ended => refused_end(4403, &Code::RoomEnded.into(), locale),
        Out::Closed => refused_end(4403, &Code::RoomClosed.into(), locale),
        Out::Deleted => refused_end(4404, &Code::NoSuchRoom.into(), locale),
        Out::Barred => ended_by(&Code::AddressBanned.into(), locale),
        Out::Forgotten => ended_by(&Code::BadToken.into(), locale),
    }
}

/// The first frame: who is it, and what do they know?
async fn greet(app: &App, ws: &mut WebSocket, room: RoomId, visitor: &Visitor) -> Result<Box<Session>, Refused> {
    let hello = tokio::select! {
        () = app.stop.cancelled() => return Err(Some(restarting())),
        hello = tokio::time::timeout(HELLO, hello(ws)) => {
            hello.map_err(|_| Some(End::new(4408, "Say hello within 5 seconds.")))??
        }
    };
    let locale = Locale::of(&hello.locale);
    let (token, acts_for) = match (&hello.token, &visitor.token, &visitor.caller) {
        (Some(token), ..) => (token, None),
        (None, Some(token), Some(caller)) => (token, caller.acting.then_some(caller)),
        _ => return Err(Some(ended_by(&Code::NotSignedIn.into(), locale))),
    };
    let opened = Opened::by(app, token, acts_for).await.map_err(|no| Some(ended_by(&no, locale)))?;
    let session = Session::enter(app, room, opened, visitor, &hello, ws).await;
    session.map(Box::new).map_err(|no| Some(ended_by(&no, locale)))
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
            Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => {}
            Some(Ok(Message::Close(_))) | None => return Err(None),
            Some(Err(error)) => return Err(End::unread(&error)),
        }
    }
}

fn binary() -> End {
    End::new(close_code::UNSUPPORTED, "Send text frames: each is one JSON object.")
}

struct Session {
    line: Line<Utf8Bytes>,
    /// Whom a chat vouches for: what that is worth is looked up for each command, for the chat may be tied elsewhere meanwhile.
    vouched: Option<Arc<Caller>>,
    /// The language they are answered in.
    locale: Locale,
}

impl Session {
    async fn enter(
        app: &App,
        room: RoomId,
        (opened, caller): (Opened, Caller),
        visitor: &Visitor,
        hello: &Hello,
        ws: &mut WebSocket,
    ) -> Result<Self, No> {
        let resume = hello.resume.map(|position| (position.epoch, position.seq));
        let (line, done, joined) =
            Line::open(app, room, (opened, &caller), visitor, (Dialect::Native, ws.wire()), hello.watches, resume)
                .await?;
        let you = YouWire::new(&done.view, &line.actor, line.connection);
        let greeting = match joined.missed {
            Some(mut missed) => {
                missed.extend(wire::resumed(&you, &joined.view, joined.s));
                missed
            }
            None => wire::welcome(&you, &joined.whole, joined.s),
        };
        // A write that fails here shows itself again as soon as the session runs.
        let _ = ws.greet(greeting.into_iter().map(Packet::from)).await;
        let vouched = caller.vouched.is_some().then(|| Arc::new(caller));
        Ok(Self { line, vouched, locale: Locale::of(&hello.locale) })
    }

    fn report(&self, report: ReportFrame) {
        let command = Command::Report { connection: self.line.connection, report: report.into() };
        self.line.app.engine.rooms.tell(self.line.room, self.line.actor.clone(), command);
    }

    fn strike(&mut self, text: &str, refusal: &Refusal) -> Result<Option<Utf8Bytes>, End> {
        if self.line.strike() {
            let code = if refusal.code == Code::SlowDown { 4429 } else { 4400 };
            return Err(End::new(code, refusal.to_string()));
        }
        Ok(Some(refused(frames::id_of(text), ErrorWire::new(refusal, self.locale))))
    }
}

impl Talk for Session {
    type Outcome = Utf8Bytes;

    fn line(&mut self) -> &mut Line<Utf8Bytes> {
        &mut self.line
    }

    /// What can be answered at once is; a command goes under way.
    fn hear(&mut self, text: &str) -> Result<Option<Utf8Bytes>, End> {
        let line = &mut self.line;
        if let Err(refusal) = line.take_frame() {
            return self.strike(text, &refusal);
        }
        let frame = match frames::read(text) {
            Ok(frame) => frame,
            Err(refusal) => return self.strike(text, &refusal),
        };
        match frame {
            ClientFrame::Ping { c } => {
                let (epoch, seq) = line.position();
                let pong = Pong { r#type: "pong", c, s: line.app.engine.clock.play_time().0, epoch, seq };
                return Ok(Some(wire::text(&pong)));
            }
            ClientFrame::Hello(_) => return self.strike(text, &Refusal::input("Hello was said already.")),
            ClientFrame::Report(_) | ClientFrame::Typing if line.only_looks.is_some() => {}
            ClientFrame::Command(command) if let Some(refusal) = &line.only_looks => {
                return Ok(Some(refused(Some(command.id), ErrorWire::new(refusal, self.locale))));
            }
            ClientFrame::Report(report) => self.report(report),
            ClientFrame::Locale { locale } => self.locale = Locale::of(&locale),
            ClientFrame::Typing => line.app.engine.rooms.tell(line.room, line.actor.clone(), Command::Type),
            ClientFrame::Command(command) => {
                if let Err(refusal) = line.take_command() {
                    return self.strike(text, &refusal);
                }
                let (app, room, from, locale) = (line.app.clone(), line.room, line.address.clone(), self.locale);
                let (actor, vouched) = (line.actor.clone(), self.vouched.clone());
                line.begin(async move {
                    match now_is(&app, room, actor, vouched.as_deref()).await {
                        Ok(actor) => carry_out(app, room, actor, from, locale, command).await,
                        Err(No::Refusal(refusal)) => refused(Some(command.id), ErrorWire::new(&refusal, locale)),
                        Err(No::Fault(fault)) => refused(Some(command.id), internal(&fault)),
                    }
                });
            }
        }
        self.line.forgive();
        Ok(None)
    }

    fn hear_bytes(&mut self) -> Result<Option<Utf8Bytes>, End> {
        Err(binary())
    }

    fn settle(&mut self, outcome: Utf8Bytes) -> Result<Option<Utf8Bytes>, End> {
        Ok(Some(outcome))
    }

    fn introduced(&mut self, introduced: Introduced) -> Option<Utf8Bytes> {
        let Introduced { caller, actor, view } = introduced;
        self.vouched = caller.vouched.is_some().then(|| Arc::new(caller));
        let s = self.line.app.engine.clock.play_time();
        Some(wire::you(&YouWire::new(&view, &actor, self.line.connection), s))
    }

    fn refused(&self, no: &No) -> End {
        ended_by(no, self.locale)
    }

    fn end(&self, why: Why) -> End {
        match why {
            Why::Stopping => restarting(),
            Why::Moved => come_back("The room moved. Come back."),
            Why::TooSlow => come_back("You read too slowly. Come back."),
            Why::Silent => come_back("Nothing was heard from you for too long. Come back."),
            Why::Stuck => come_back("Nothing could be written to you for 10 seconds. Come back."),
            Why::SignedOut => ended_by(&Code::BadToken.into(), self.locale),
            Why::Out(why) => out(why, self.locale),
        }
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
    metrics::counter!("onecouch_refusals_total", "by" => "socket", "code" => error.code.clone()).increment(1);
    wire::text(&RefusedFrame { r#type: "refused", id, error })
}

/// The server stops: come back, each after another while, so that not all come at once.
#[expect(clippy::disallowed_methods, reason = "spreads reconnects; no identity is made of it")]
fn restarting() -> End {
    let after = rand::random_range(250..5_000);
    End::new(close_code::RESTART, format!(r#"{{"retry_after_ms":{after}}}"#))
}

//! One of its clients on a socket of ours.

use std::time::Duration;

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use engine::{
    command::{Command, Report},
    event::{Door, Out, Phase},
    refusal::{Code, No, Refusal},
    secret::Secret,
};
use serde_json::{Value, json};

use super::{error::OttError, events, ids, requests, room, sync, users};
use crate::{
    app::App,
    dialects::Dialect,
    http::{
        error::internal,
        extract::{ClientAddress, FirstText},
    },
    opened::{Introduced, Opened},
    socket::{self, End, Line, Talk, Visitor, Why},
    websocket::{Message, NoUpgrade, Packet, Upgrade, Utf8Bytes, WebSocket, close_code},
};

/// How long a client may take to show its token.
const AUTH: Duration = Duration::from_secs(20);

/// Something nobody has a word for.
const UNKNOWN: u16 = 4000;
/// That is no name of a room.
const BAD_NAME: u16 = 4001;
/// There is no such room, or none that they may know of.
const NO_SUCH_ROOM: u16 = 4002;
/// The room is gone.
const UNLOADED: u16 = 4003;
/// No token, or none that is good.
const BAD_TOKEN: u16 = 4004;
/// Somebody showed them the door.
const KICKED: u16 = 4005;

/// Before what answers requests for a room: one that wants to be a socket becomes one in the room of that name. Whether
/// there is such a room is said on the socket.
pub async fn or_socket(
    State(app): State<App>,
    ClientAddress(from): ClientAddress,
    FirstText(name): FirstText,
    upgrade: Result<Upgrade, NoUpgrade>,
    request: Request,
    next: Next,
) -> Response {
    let Ok(upgrade) = upgrade else { return next.run(request).await };
    let seat = match app.engine.limits.seat_from(&from) {
        Ok(seat) => seat,
        Err(refusal) => return OttError::from(refusal).into_response(),
    };
    let visitor =
        Box::new(Visitor { caller: None, token: None, door: Door::OpenTogetherTube, address: from.into(), seat });
    let served = app.clone();
    socket::upgrade(&app, upgrade, move |ws| serve(served, ws, name, visitor))
}

async fn serve(app: App, mut ws: WebSocket, name: String, visitor: Box<Visitor>) {
    let greeted = Box::pin(greet(&app, &mut ws, &name, &visitor)).await;
    let Visitor { seat: _seat, .. } = *visitor;
    socket::serve(&app, ws, greeted).await;
}

type Refused = Option<End>;

/// The first frame shows who it is, and nothing is done before.
async fn greet(app: &App, ws: &mut WebSocket, name: &str, visitor: &Visitor) -> Result<Box<Session>, Refused> {
    if !room::is_name(name) {
        return Err(Some(End::new(BAD_NAME, "Invalid room name")));
    }
    let token = tokio::select! {
        () = app.stop.cancelled() => return Err(Some(away("The server stops. Come back."))),
        token = tokio::time::timeout(AUTH, token(ws)) => {
            token.map_err(|_| Some(End::new(BAD_TOKEN, "Send an auth message within 20 seconds.")))??
        }
    };
    Session::enter(app, name, token, visitor, ws).await.map(Box::new).map_err(|no| Some(ended_by(&no)))
}

async fn token(ws: &mut WebSocket) -> Result<Secret, Refused> {
    let missing = || Some(End::new(BAD_TOKEN, "Missing or invalid token. Send an auth message first."));
    loop {
        match ws.next().await {
            Some(Ok(Message::Text(text))) => {
                let frame: Value = serde_json::from_str(&text).map_err(|_| missing())?;
                let auth = frame.get("action").and_then(Value::as_str) == Some("auth");
                let token = frame.get("token").and_then(Value::as_str).filter(|token| auth && !token.is_empty());
                return token.map(Secret::new).ok_or_else(missing);
            }
            Some(Ok(Message::Binary(_))) => return Err(missing()),
            Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => {}
            Some(Ok(Message::Close(_))) | None => return Err(None),
            Some(Err(error)) => return Err(End::unread(&error)),
        }
    }
}

/// Its clients come back by themselves after this.
fn away(reason: &str) -> End {
    End::new(close_code::AWAY, reason)
}

fn ended_by(no: &No) -> End {
    match no {
        No::Refusal(refusal) => {
            let code = match refusal.code {
                Code::NotSignedIn | Code::BadToken => BAD_TOKEN,
                Code::Stopping => close_code::AWAY,
                Code::SlowDown | Code::TooManySockets | Code::RoomFull => close_code::AGAIN,
                code if code.passes() => close_code::AGAIN,
                // Whom a room does not let in is not told that it is there.
                Code::NoSuchRoom
                | Code::NotAMember
                | Code::RoomPasswordNeeded
                | Code::RoomClosed
                | Code::Banned
                | Code::RoomEnded => return End::new(NO_SUCH_ROOM, "Room not found"),
                _ => UNKNOWN,
            };
            End::new(code, refusal.to_string())
        }
        No::Fault(fault) => End::new(close_code::ERROR, internal(fault).message),
    }
}

/// Of what came of a request its clients are told nothing.
struct Session {
    line: Line<()>,
}

impl Session {
    async fn enter(app: &App, name: &str, token: Secret, visitor: &Visitor, ws: &mut WebSocket) -> Result<Self, No> {
        let (opened, caller) = Opened::by(app, &token, None).await?;
        let room = room::named(app, name).await?.ok_or(Code::NoSuchRoom)?;
        let (line, done, joined) =
            Line::open(app, room, (opened, &caller), visitor, (Dialect::OpenTogetherTube, ws.wire()), true, None)
                .await?;
        let connection = line.connection;
        let own = done.view.presence.get(&connection).map(|seat| users::of_connection(seat, &done.view));
        // Who came lately is here already, though the hub tells of them a little later.
        let here = app.engine.rooms.awake(room).unwrap_or_else(|| joined.view.clone());
        let mut greeting = vec![joined.whole.room];
        greeting.extend(own.as_ref().map(events::joined));
        greeting.push(sync::position(&joined.view, joined.s));
        greeting.extend(own.as_ref().map(users::update));
        greeting.push(users::init(&users::all(&here)));
        greeting.push(sync::text(&json!({ "action": "you", "info": { "id": ids::client_id(connection) } })));
        // A write that fails here shows itself again as soon as the session runs.
        let _ = ws.greet(greeting.into_iter().map(Packet::from)).await;
        Ok(Self { line })
    }

    /// A frame that is understood; a refusal where it is none.
    fn frame(&mut self, frame: Value) -> Result<Result<(), Refusal>, End> {
        match frame.get("action").and_then(Value::as_str) {
            Some("req") => return Ok(self.request(frame)),
            Some("status") => return Ok(self.status(&frame)),
            Some("kickme") => {
                let asked = frame.get("reason").and_then(Value::as_u64);
                // A close frame takes only these.
                let code = asked.filter(|code| *code == 1000 || (3000..5000).contains(code));
                let code = code.and_then(|code| u16::try_from(code).ok()).unwrap_or(UNKNOWN);
                return Err(End::new(code, "You asked for it."));
            }
            // One that shows its token again, and what is not known, is let be. So is who notifies of another name: the
            // room knew it at once.
            Some(_) => {}
            None => return Ok(Err(Refusal::input("Send one JSON object with an action."))),
        }
        Ok(Ok(()))
    }

    fn request(&mut self, mut frame: Value) -> Result<(), Refusal> {
        let line = &mut self.line;
        line.take_command()?;
        let Some(request) = frame.get_mut("request").map(Value::take).filter(Value::is_object) else {
            return Err(Refusal::input("A request is an object."));
        };
        if let Some(refusal) = &line.only_looks {
            note(refusal);
            return Ok(());
        }
        let (app, room, actor, from) = (line.app.clone(), line.room, line.actor.clone(), line.address.clone());
        line.begin(async move {
            match requests::perform(&app, room, actor, from, request).await {
                Ok(()) => {}
                Err(No::Refusal(refusal)) => note(&refusal),
                // Its clients have no word for it; it is in the log.
                Err(No::Fault(fault)) => drop(internal(&fault)),
            }
        });
        Ok(())
    }

    fn status(&self, frame: &Value) -> Result<(), Refusal> {
        let word = frame.get("status").and_then(Value::as_str);
        let phase = word.and_then(users::phase).ok_or_else(|| Refusal::input("That is no status of a player."))?;
        let line = &self.line;
        if line.only_looks.is_none() {
            // It speaks of what is on; whoever heard of that too late says soon how it is with the next.
            let item = line.app.engine.rooms.awake(line.room).and_then(|view| view.playback.item);
            let item = item.filter(|_| phase != Phase::Idle);
            let report = Report { item, phase, ..Report::default() };
            let command = Command::Report { connection: line.connection, report };
            line.app.engine.rooms.tell(line.room, line.actor.clone(), command);
        }
        Ok(())
    }

    fn strike(&mut self, refusal: &Refusal) -> Result<Option<Utf8Bytes>, End> {
        note(refusal);
        if self.line.strike() {
            return Err(End::new(UNKNOWN, refusal.to_string()));
        }
        Ok(None)
    }
}

/// Its clients are told of no refusal: who runs the server can see them.
fn note(refusal: &Refusal) {
    let code = refusal.code.name();
    metrics::counter!("onecouch_refusals_total", "by" => "opentogethertube", "code" => code).increment(1);
    tracing::debug!(%refusal, "refused on an OpenTogetherTube socket");
}

impl Talk for Session {
    type Outcome = ();

    fn line(&mut self) -> &mut Line<()> {
        &mut self.line
    }

    fn hear(&mut self, text: &str) -> Result<Option<Utf8Bytes>, End> {
        if let Err(refusal) = self.line.take_frame() {
            return self.strike(&refusal);
        }
        let heard = match serde_json::from_str(text) {
            Ok(frame) => self.frame(frame)?,
            Err(error) => Err(Refusal::input(format_args!("This frame is not understood: {error}."))),
        };
        match heard {
            Ok(()) => {
                self.line.forgive();
                Ok(None)
            }
            Err(refusal) => self.strike(&refusal),
        }
    }

    fn hear_bytes(&mut self) -> Result<Option<Utf8Bytes>, End> {
        self.strike(&Refusal::input("Send text frames: each is one JSON object."))
    }

    fn settle(&mut self, (): ()) -> Result<Option<Utf8Bytes>, End> {
        Ok(None)
    }

    /// It hears of itself as everybody does.
    fn introduced(&mut self, _: Introduced) -> Option<Utf8Bytes> {
        None
    }

    fn refused(&self, no: &No) -> End {
        ended_by(no)
    }

    fn end(&self, why: Why) -> End {
        match why {
            Why::Stopping => away("The server stops. Come back."),
            Why::Moved => away("The room moved. Come back."),
            Why::TooSlow => away("You read too slowly. Come back."),
            Why::Silent => away("Nothing was heard from you for too long. Come back."),
            Why::Stuck => away("Nothing could be written to you for 10 seconds. Come back."),
            Why::SignedOut | Why::Out(Out::Forgotten) => ended_by(&Code::BadToken.into()),
            // Only the door that they left by hears of it, and its clients have no way to say so.
            Why::Out(Out::Left | Out::Kicked | Out::Banned | Out::Barred) => End::new(KICKED, "You were kicked."),
            Why::Out(Out::Ended | Out::Closed | Out::Deleted) => End::new(UNLOADED, "The room was unloaded."),
        }
    }
}

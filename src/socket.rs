//! A socket in a room, whatever dialect it speaks: reads its client's frames, writes what its outbox holds.
//!
//! One task per socket, which sleeps while its room is told: that is written by the room's hub, and by the task only where the line is
//! full. A reader that takes nothing for ten seconds is let go. What the frames mean is the dialect's: it [talks](Talk).

use std::{pin::pin, sync::Arc, time::Duration};

use axum::response::Response;
use engine::{
    acts::Asked,
    command::{Actor, Command},
    event::{Door, Out},
    ids::{ConnectionId, RoomId},
    limits::{Rule, Seat},
    people::{Caller, Told},
    refusal::{Code, No, Refusal},
    rooms::Done,
    secret::Secret,
};
use futures_util::{FutureExt, StreamExt, future::BoxFuture, stream::FuturesUnordered};

use crate::{
    app::App,
    dialects::Dialect,
    fanout::{Hub, Joined, Outbox, Parcel},
    http::extract::ClientAddress,
    opened::{Introduced, Opened},
    websocket::{self, Message, Packet, Upgrade, Utf8Bytes, WebSocket, Wire},
};

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

/// With what a socket ends, and what its client should do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    /// The close code.
    pub code: u16,
    /// One sentence.
    pub reason: String,
    /// What is told before it: a close frame has no room for a code and a whole sentence.
    pub told: Option<Utf8Bytes>,
}

impl End {
    /// An end that says why by itself.
    pub fn new(code: u16, reason: impl Into<String>) -> Self {
        Self { code, reason: reason.into(), told: None }
    }

    /// After a read that failed; none where nobody is there to be told.
    pub fn unread(error: &websocket::Error) -> Option<Self> {
        websocket::fault(error).map(|(code, reason)| Self::new(code, reason))
    }
}

/// Why a socket ends, whatever its dialect says then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// The server stops.
    Stopping,
    /// The room's life here ended; it may have another.
    Moved,
    /// The client does not take what it is told.
    TooSlow,
    /// Nothing was heard of it for a minute.
    Silent,
    /// Nothing could be written to it for ten seconds.
    Stuck,
    /// That by which it is open is good no more.
    SignedOut,
    /// Its person must go.
    Out(Out),
}

/// Who comes in by a handshake.
pub struct Visitor {
    /// Who the handshake's credential says they are, where it had one.
    pub caller: Option<Caller>,
    /// That credential.
    pub token: Option<Secret>,
    /// The browser's page, or somebody's program.
    pub door: Door,
    /// Where they come from.
    pub address: Arc<str>,
    /// Their place among the sockets of that address, kept until the socket is gone.
    pub seat: Seat,
}

/// What a dialect makes of a socket.
pub trait Talk: Send {
    /// What a command comes to that was under way.
    type Outcome: Send;

    /// Its line to the room.
    fn line(&mut self) -> &mut Line<Self::Outcome>;

    /// A frame of the client's: what is answered at once, if anything.
    fn hear(&mut self, text: &str) -> Result<Option<Utf8Bytes>, End>;

    /// The same for one of bytes.
    fn hear_bytes(&mut self) -> Result<Option<Utf8Bytes>, End>;

    /// What a command came to: what is answered, if anything.
    fn settle(&mut self, outcome: Self::Outcome) -> Result<Option<Utf8Bytes>, End>;

    /// Somebody else is on its line, or the same under another name, as the room knows by now: what is told of that, if
    /// anything.
    fn introduced(&mut self, introduced: Introduced) -> Option<Utf8Bytes>;

    /// How it ends.
    fn end(&self, why: Why) -> End;

    /// How it ends where the room, or the server, said no to whom it is for.
    fn refused(&self, no: &No) -> End;
}

/// A socket's line to its room.
pub struct Line<O> {
    /// What handlers and sockets share.
    pub app: App,
    /// The room.
    pub room: RoomId,
    /// Who is on it, as when they came.
    pub actor: Actor,
    /// Its number.
    pub connection: ConnectionId,
    /// Where they come from: what they write and add counts for it too.
    pub address: Arc<str>,
    /// Why they may only look on, where they may.
    pub only_looks: Option<Refusal>,
    hub: Arc<Hub>,
    outbox: Arc<Outbox>,
    /// Commands under way; each comes to one outcome.
    under_way: FuturesUnordered<BoxFuture<'static, O>>,
    /// Frames too many or not understood; forgiven one by one.
    strikes: u32,
    /// Their place among the sockets of this person.
    seat: Option<Seat>,
    /// By what they came in.
    opened: Opened,
}

impl<O: Send + 'static> Line<O> {
    /// Comes into a room: from here on nothing is missed, and held back until the socket is [greeted](WebSocket::greet). `watches` says whether the film is shown, and `resume` is the
    /// position that is known.
    pub async fn open(
        app: &App,
        room: RoomId,
        (opened, caller): (Opened, &Caller),
        visitor: &Visitor,
        (dialect, wire): (Dialect, &Arc<Wire>),
        watches: bool,
        resume: Option<(u64, u64)>,
    ) -> Result<(Self, Done, Joined), No> {
        let seat = seat_of(app, caller)?;
        note_operator(app, room, caller, visitor).await?;
        let connection = app.engine.rooms.connection();
        let mut actor = app.engine.actor(caller, room, visitor.door).await?;
        actor.connection = Some(connection);
        let only_looks = caller.may_change().err();
        // Who only looks on is nobody for whom a film begins or waits, and has no vote.
        let arrive = Command::Arrive { connection, watches: watches && only_looks.is_none() };
        let done = app.engine.rooms.command(room, actor.clone(), arrive).await?;
        let from = ClientAddress::ip(&visitor.address);
        let outbox = Arc::new(Outbox::new(wire.clone(), from));
        let (hub, joined) = match app.fanout.join(room, dialect, connection, &outbox, resume).await {
            Ok(joined) => joined,
            Err(no) => {
                // There is no greeting to wait for, and they are told why.
                wire.release([]);
                app.engine.rooms.tell_surely(room, actor, Command::Depart { connection }).await;
                return Err(no);
            }
        };
        // Whoever keeps their address out in this moment either finds them in the hub, or is found here.
        if from.is_some_and(|from| app.engine.addresses.is_banned(from)) {
            outbox.out(Out::Barred);
        }
        let line = Self {
            app: app.clone(),
            room,
            actor,
            connection,
            address: visitor.address.clone(),
            only_looks,
            hub,
            outbox,
            under_way: FuturesUnordered::new(),
            strikes: 0,
            seat,
            opened,
        };
        Ok((line, done, joined))
    }

    /// Looks again who is on it, and says so in the room; nothing where they are who they were.
    async fn introduce(&mut self) -> Result<Option<Introduced>, No> {
        let door = self.actor.door;
        let introduced = self.opened.introduce(&self.app, self.room, door, self.connection).await?;
        if introduced.actor.person != self.actor.person {
            self.seat = seat_of(&self.app, &introduced.caller)?;
        }
        self.only_looks = introduced.caller.may_change().err();
        let before = std::mem::replace(&mut self.actor, introduced.actor.clone());
        Ok((before != introduced.actor).then_some(introduced))
    }

    /// The room's last position.
    pub fn position(&self) -> (u64, u64) {
        self.hub.position()
    }

    /// A frame more: refused where they were too many.
    pub fn take_frame(&self) -> Result<(), Refusal> {
        self.app.engine.limits.take(Rule::Frames, &self.connection, self.app.engine.clock.play_time())
    }

    /// A command more: refused where they were too many, or too many are under way.
    pub fn take_command(&self) -> Result<(), Refusal> {
        let full = self.under_way.len() >= UNDER_WAY;
        self.app.engine.limits.take(Rule::Commands, &self.connection, self.app.engine.clock.play_time())?;
        if full { Err(Code::Busy.into()) } else { Ok(()) }
    }

    /// Something begins that comes to an outcome.
    pub fn begin(&mut self, work: impl Future<Output = O> + Send + 'static) {
        self.under_way.push(work.boxed());
    }

    /// A frame that was understood makes up for one that was not.
    pub fn forgive(&mut self) {
        self.strikes = self.strikes.saturating_sub(1);
    }

    /// A frame that was too many, or not understood; whether they are past all patience.
    pub fn strike(&mut self) -> bool {
        self.strikes += 1;
        self.strikes > PATIENCE
    }

    async fn leave(&mut self) {
        for rule in [Rule::Frames, Rule::Commands] {
            self.app.engine.limits.forget(rule, &self.connection);
        }
        self.hub.leave(self.connection);
        let depart = Command::Depart { connection: self.connection };
        self.app.engine.rooms.tell_surely(self.room, self.actor.clone(), depart).await;
    }
}

/// That who runs the server listens in a room, or acts there, stands in their log; what they do there, in the room's.
async fn note_operator(app: &App, room: RoomId, caller: &Caller, visitor: &Visitor) -> Result<(), No> {
    let Some(key) = caller.key.as_ref().filter(|_| caller.is_admin()) else { return Ok(()) };
    let asked =
        Asked { act: "rooms.enter".to_owned(), on: Some(room.to_string()), from: Some(visitor.address.to_string()) };
    app.engine.acts.note(key.id.clone(), asked).await
}

/// A place among somebody's sockets. The key of who runs the server listens to as many rooms as it likes.
fn seat_of(app: &App, caller: &Caller) -> Result<Option<Seat>, Refusal> {
    match caller.granted {
        Some(_) => Ok(None),
        None => app.engine.limits.seat_of(caller.person.id).map(Some),
    }
}

/// Lets a handshake become a socket, and serves it.
pub fn upgrade<F, Fut>(app: &App, upgrade: Upgrade, serve: F) -> Response
where
    F: FnOnce(WebSocket) -> Fut + Send + 'static,
    Fut: Future<Output = ()> + Send + 'static,
{
    let (answer, socket) = upgrade.accept();
    app.tasks.spawn(async move {
        if let Some(socket) = socket.await {
            serve(socket).await;
        }
    });
    answer
}

/// Serves a socket that was greeted, or not, until it ends.
///
/// Ten thousand of them wait for something all the time, so their tasks are as small as that wait; the rest is put aside.
pub async fn serve<T: Talk<Outcome: 'static>>(app: &App, mut ws: WebSocket, greeted: Result<Box<T>, Option<End>>) {
    let end = match greeted {
        Ok(mut talk) => {
            let end = run(&mut ws, &mut *talk).await;
            let leaves = async {
                finish(&mut ws, &mut *talk).await;
                talk.line().leave().await;
            };
            Box::pin(leaves).await;
            end
        }
        Err(end) => end,
    };
    // A stop does not wait for laptops that sleep.
    let patience = if app.stop.is_cancelled() { STOP_GOODBYE } else { GOODBYE };
    let _ = tokio::time::timeout(patience, Box::pin(goodbye(&mut ws, end))).await;
}

/// Tells how it ends; where the client ended it, hears it out, which is told that it was heard.
async fn goodbye(ws: &mut WebSocket, end: Option<End>) {
    let Some(End { code, reason, told }) = end else { return ws.drain().await };
    if let Some(told) = told
        && ws.write([told.into()]).await.is_err()
    {
        return;
    }
    // A close frame holds 123 bytes of reason.
    ws.close(code, reason.chars().take(100).collect()).await;
}

async fn run<T: Talk<Outcome: 'static>>(ws: &mut WebSocket, talk: &mut T) -> Option<End> {
    let stop = talk.line().app.stop.clone();
    // Waited for once and not anew for each frame: all sockets wait on the same.
    let mut stopped = pin!(stop.cancelled());
    loop {
        let line = talk.line();
        let written = tokio::select! {
            () = &mut stopped => return Some(talk.end(Why::Stopping)),
            told = line.opened.told() => match told {
                Told::Ended => return Some(talk.end(Why::SignedOut)),
                // What is rare is put aside: what a socket may wait for is what its task is as large as.
                Told::Changed => match Box::pin(line.introduce()).await {
                    Ok(introduced) => {
                        let told = introduced.and_then(|introduced| talk.introduced(introduced));
                        ws.write(told.map(Packet::from)).await
                    }
                    // Who was let in stays while nobody can say who they are.
                    Err(no) if talk.line().opened.looks_again_for(&no) => Ok(()),
                    Err(no) => return Some(talk.refused(&no)),
                },
            },
            Some(outcome) = line.under_way.next(), if !line.under_way.is_empty() => {
                let mut outcomes = vec![outcome];
                while let Some(Some(outcome)) = talk.line().under_way.next().now_or_never() {
                    outcomes.push(outcome);
                }
                let mut answers = Vec::new();
                for outcome in outcomes {
                    match talk.settle(outcome) {
                        Ok(Some(answer)) => answers.push(answer.into()),
                        Ok(None) => {}
                        Err(end) => return Some(end),
                    }
                }
                ws.write(answers).await
            }
            message = ws.next() => {
                line.outbox.heard_from();
                match message {
                    Some(Ok(message @ (Message::Text(_) | Message::Binary(_)))) => {
                        let heard = match &message {
                            Message::Text(text) => talk.hear(text),
                            _ => talk.hear_bytes(),
                        };
                        match heard {
                            Ok(Some(answer)) => ws.write([answer.into()]).await,
                            Ok(None) => Ok(()),
                            Err(end) => return Some(end),
                        }
                    }
                    Some(Ok(Message::Ping(_))) => ws.answer().await,
                    Some(Ok(Message::Pong(_) | Message::Frame(_))) => Ok(()),
                    Some(Ok(Message::Close(_))) | None => return None,
                    Some(Err(error)) => return End::unread(&error),
                }
            }
            parcel = line.outbox.next() => match parcel {
                Parcel::Frames => ws.wire().flushed().await,
                Parcel::Snapshot => {
                    line.hub.begin_anew(&line.outbox, line.app.engine.clock.play_time());
                    ws.wire().flushed().await
                }
                Parcel::Ping => ws.write([Packet::ping()]).await,
                Parcel::TooSlow => return Some(talk.end(Why::TooSlow)),
                // At a stop the rooms end too, and may do so first.
                Parcel::Ended if stop.is_cancelled() => return Some(talk.end(Why::Stopping)),
                Parcel::Ended => return Some(talk.end(Why::Moved)),
                Parcel::Out(why) => return Some(talk.end(Why::Out(why))),
                Parcel::Dead => return Some(talk.end(Why::Silent)),
            },
        };
        if written.is_err() {
            return Some(talk.end(Why::Stuck));
        }
    }
}

/// What was asked for is done and answered before the socket ends, whoever ends it.
async fn finish<T: Talk<Outcome: 'static>>(ws: &mut WebSocket, talk: &mut T) {
    let answers = async {
        while let Some(outcome) = talk.line().under_way.next().await {
            // Nobody may be there to read it; the command is done all the same.
            if let Ok(Some(answer)) = talk.settle(outcome) {
                let _ = ws.write([answer.into()]).await;
            }
        }
    };
    let _ = tokio::time::timeout(FINISH, answers).await;
}

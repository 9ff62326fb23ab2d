//! Runs a command for somebody and says what came of it. Never fails: what goes wrong becomes words.

use std::sync::Arc;

use engine::{
    Engine,
    command::{Actor, Command, Deed, SeekTo, Spot},
    ids::{Entropy, ItemId, RoomId},
    limits::Rule,
    records::PlaceId,
    refusal::{Code, No, Refusal},
    room::{RoomView, Waiting, clock_text, may_enter, settings::TITLE_LIMIT},
    text,
};
use url::Url;

use crate::{
    commands, grammar,
    reply::{Action, Button, Reply, label, people},
};

/// How many entries of the queue an answer shows; what a message may hold is more, what people read is less.
const QUEUE_SHOWN: usize = 15;

/// Who asks, from where. Built by a frontend, never by the core.
#[derive(Debug, Clone)]
pub struct Asker {
    /// The person, with what their door grants them.
    pub actor: Actor,
    /// The room they are in, where they ask from its own chat box.
    pub room: Option<RoomId>,
    /// The chat they ask from.
    pub place: Option<PlaceId>,
    /// What that chat is called: a room made for it is called the same.
    pub place_name: Option<String>,
    /// The network address they ask from, where the frontend knows it: what they may do counts for it too.
    pub address: Option<Arc<str>>,
}

/// A command as a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    /// Play this, or queue it where something is on; makes the chat's room where there is none.
    Watch {
        /// A link, or words to search for.
        link: String,
    },
    /// Queue this.
    QueueAdd {
        /// A link, or words to search for.
        link: String,
    },
    /// Show what comes next.
    QueueList,
    /// Take this out of the queue.
    QueueRemove {
        /// As people see it, from 1.
        number: usize,
    },
    /// Pause.
    Pause,
    /// Play on.
    Play,
    /// Go elsewhere.
    Seek(SeekTo),
    /// On to the next.
    Skip,
    /// Show what is on.
    Now,
    /// Show the way in.
    Invite,
    /// Show all commands.
    Help,
}

/// The commands behind every frontend. Cloning it is a few reference counts.
#[derive(Clone)]
pub struct Core {
    engine: Engine,
    public_url: Arc<Url>,
}

impl Core {
    /// Commands on an engine. `public_url` is where people's browsers find the server.
    pub fn new(engine: Engine, public_url: Url) -> Self {
        Self { engine, public_url: Arc::new(public_url) }
    }

    /// The engine behind it.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The link that lets people into a room.
    pub fn invite_link(&self, view: &RoomView) -> String {
        format!("{}/j/{}", self.public_url.as_str().trim_end_matches('/'), view.invite)
    }

    /// Reads a line such as `/seek 1:30`, does it and answers.
    pub async fn run(&self, asker: &Asker, line: &str) -> Reply {
        match grammar::parse(line) {
            Ok(ask) => self.ask(asker, ask).await,
            Err(refusal) => refused(&refusal),
        }
    }

    /// Does what is asked and answers. Waits for a link at most some two seconds, for all else not at all.
    pub async fn ask(&self, asker: &Asker, ask: Ask) -> Reply {
        self.attempt(asker, ask).await.unwrap_or_else(|no| answer(&no))
    }

    /// Does what a button says, in the chat it hangs in.
    pub async fn press(&self, asker: &Asker, action: Action, room: RoomId) -> Reply {
        let tied = match self.room(asker).await {
            Ok(tied) => tied,
            Err(no) => return answer(&no),
        };
        if tied != room {
            // A card of an earlier room, or a client that made up the button: what the chat grants counts for its own
            // room only.
            return refused(&Refusal::input("This card is of an earlier room. Use the newest one, or write /now."));
        }
        let reply = self.ask(asker, action.ask()).await;
        Reply { private: true, ..reply }
    }

    async fn attempt(&self, asker: &Asker, ask: Ask) -> Result<Reply, No> {
        self.engine.limits.take(Rule::Commands, &asker.actor.person, self.engine.clock.play_time())?;
        match ask {
            Ask::Help => Ok(Reply { private: true, ..say(commands::help()) }),
            Ask::Watch { link } | Ask::QueueAdd { link } => self.queue(asker, &link).await,
            Ask::QueueList => {
                let view = self.seen(asker).await?;
                Ok(Reply { room: Some(view.id), ..say(queue_text(&view)) })
            }
            Ask::Now => {
                let view = self.seen(asker).await?;
                let buttons = vec![Button::open(self.invite_link(&view))];
                Ok(Reply { buttons, room: Some(view.id), ..say(self.now_text(&view)) })
            }
            Ask::Invite => {
                let view = self.seen(asker).await?;
                let link = self.invite_link(&view);
                let buttons = vec![Button::open(link.clone())];
                Ok(Reply { buttons, room: Some(view.id), ..say(format!("Come and watch: {link}")) })
            }
            Ask::QueueRemove { number } => {
                let view = self.seen(asker).await?;
                let item = number.checked_sub(1).and_then(|index| view.queue.get(index)).ok_or(Code::NoSuchItem)?;
                self.command(asker, view.id, Deed::Remove { item: item.id }).await?;
                Ok(about(view.id, format!("Removed {}.", label(item.media.label()))))
            }
            Ask::Pause => {
                let view = self.here(asker, Deed::Pause).await?;
                Ok(about(view.id, format!("Paused at {}.", clock_text(view.playback.position))))
            }
            Ask::Play => {
                let view = self.here(asker, Deed::PLAY).await?;
                let at = clock_text(view.position(self.engine.clock.play_time()));
                Ok(about(view.id, format!("Playing from {at}.")))
            }
            Ask::Seek(to) => {
                let view = self.here(asker, Deed::Seek { to }).await?;
                Ok(about(view.id, format!("Now at {}.", clock_text(view.playback.position))))
            }
            Ask::Skip => {
                let view = self.here(asker, Deed::Skip).await?;
                Ok(about(
                    view.id,
                    match &view.current {
                        Some(item) => format!("Now playing {}.", label(item.media.label())),
                        None => "That was the last one. Add something with /watch and a link.".to_owned(),
                    },
                ))
            }
        }
    }

    /// The room that is asked about.
    async fn room(&self, asker: &Asker) -> Result<RoomId, No> {
        match (&asker.room, &asker.place) {
            (Some(room), _) => Ok(*room),
            (None, Some(place)) => self.engine.room_of(place).await,
            (None, None) => Err(Code::NoRoomHere.into()),
        }
    }

    /// The room that is asked about, as somebody may see it who may be in it.
    async fn seen(&self, asker: &Asker) -> Result<Arc<RoomView>, No> {
        let view = self.engine.rooms.view(self.room(asker).await?).await?;
        may_enter(&view, &asker.actor)?;
        Ok(view)
    }

    async fn here(&self, asker: &Asker, deed: Deed) -> Result<Arc<RoomView>, No> {
        let room = self.room(asker).await?;
        self.command(asker, room, deed).await
    }

    async fn command(&self, asker: &Asker, room: RoomId, deed: Deed) -> Result<Arc<RoomView>, No> {
        Ok(self.engine.rooms.command(room, asker.actor.clone(), Command::Do(deed)).await?.view)
    }

    /// Queues a link, in a room that is made now where a chat has none: a link that cannot be watched makes no room.
    async fn queue(&self, asker: &Asker, link: &str) -> Result<Reply, No> {
        let (intake, from) = (&self.engine.intake, asker.address.as_deref());
        let queued = match (self.room(asker).await, &asker.place) {
            (Err(No::Refusal(Refusal { code: Code::NoRoomHere, .. })), Some(place)) => {
                let found = intake.look(&asker.actor, from, link).await?;
                let title = asker.place_name.as_deref().and_then(|name| text::clipped(name, TITLE_LIMIT));
                let room = self.engine.room_for(place, &asker.actor, title).await?;
                intake.add(room, &asker.actor, found, Spot::End).await?
            }
            (room, _) => intake.queue_from(room?, &asker.actor, from, link, Spot::End).await?,
        };
        let view = &queued.done.view;
        let buttons = vec![Button::open(self.invite_link(view))];
        Ok(Reply { buttons, ..about(view.id, queued_text(view, queued.item)) })
    }

    fn now_text(&self, view: &RoomView) -> String {
        let Some(item) = &view.current else {
            return Refusal::new(Code::NothingPlaying).to_string();
        };
        let at = clock_text(view.position(self.engine.clock.play_time()));
        let length = item.media.duration.map(|length| format!(" of {}", clock_text(length))).unwrap_or_default();
        let state = match (view.playback.playing, view.playback.waiting) {
            (true, _) => format!("Playing for {}", people(view.watching())),
            (false, Some(waiting)) => format!("Starts {}", until(waiting)),
            (false, None) => "Paused".to_owned(),
        };
        let at = if item.media.live { "live".to_owned() } else { format!("at {at}{length}") };
        let next = match view.queue.first() {
            Some(next) => format!("Next is {}, {} in the queue.", label(next.media.label()), view.queue.len()),
            None => "Nothing comes next.".to_owned(),
        };
        format!("{}\n{state}, {at}.\n{next}", label(item.media.label()))
    }
}

/// When a film starts that waits.
pub(crate) fn until(waiting: Waiting) -> &'static str {
    match waiting {
        Waiting::Viewer => "when the first person opens the room",
        Waiting::Start => "when the room opens",
        Waiting::Ready => "when everybody has loaded it",
        Waiting::Stall => "again when everybody has loaded it",
    }
}

/// What became of a queued item.
fn queued_text(view: &RoomView, id: ItemId) -> String {
    let title = |item: &engine::media::Item| {
        let length = item.media.duration.map(|length| format!(" ({})", clock_text(length))).unwrap_or_default();
        format!("{}{length}", label(item.media.label()))
    };
    match (&view.current, view.queue.iter().position(|item| item.id == id)) {
        (_, Some(index)) => format!("Queued as number {}: {}.", index + 1, title(&view.queue[index])),
        (Some(item), None) if item.id == id && view.playback.waiting == Some(Waiting::Viewer) => {
            format!("Now playing {}. It starts {}.", title(item), until(Waiting::Viewer))
        }
        (Some(item), None) if item.id == id => format!("Now playing {}.", title(item)),
        _ => "Queued.".to_owned(),
    }
}

fn queue_text(view: &RoomView) -> String {
    let mut lines = Vec::new();
    if let Some(item) = &view.current {
        lines.push(format!("Now playing {}.", label(item.media.label())));
    }
    if view.queue.is_empty() {
        lines.push(Refusal::new(Code::QueueEmpty).to_string());
    }
    for (index, item) in view.queue.iter().take(QUEUE_SHOWN).enumerate() {
        let length = item.media.duration.map(|length| format!(" ({})", clock_text(length))).unwrap_or_default();
        lines.push(format!("{}. {}{length}, from {}", index + 1, label(item.media.label()), item.added_by.name));
    }
    if let Some(more) = view.queue.len().checked_sub(QUEUE_SHOWN).filter(|more| *more > 0) {
        lines.push(format!("And {more} more."));
    }
    lines.join("\n")
}

fn say(text: String) -> Reply {
    Reply { text, refused: false, private: false, buttons: Vec::new(), room: None }
}

fn about(room: RoomId, text: String) -> Reply {
    Reply { room: Some(room), ..say(text) }
}

fn refused(refusal: &Refusal) -> Reply {
    Reply { refused: true, private: true, ..say(refusal.to_string()) }
}

/// Words for either kind of no. The one place of the frontends where a fault is logged.
pub(crate) fn answer(no: &No) -> Reply {
    match no {
        No::Refusal(refusal) => refused(refusal),
        No::Fault(fault) => {
            // The end of a version 7 identity is random; its beginning is the time.
            let trace = &Entropy.item().0.simple().to_string()[24..];
            tracing::error!(trace, %fault, "a command failed");
            let text = format!("Something went wrong on our side (trace {trace}). Try again.");
            Reply { refused: true, private: true, ..say(text) }
        }
    }
}

#[cfg(test)]
mod stories;

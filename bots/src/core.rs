//! Runs a command for somebody and says what came of it. Never fails: what goes wrong becomes words.
//!
//! Here is what all commands share; the groups of them stand beside it: [`play`], [`queue`], [`votes`], [`people`],
//! [`playlists`], [`settings`], [`schedule`], [`places`], and [`show`] for what is only looked at. [`complete`] finishes
//! what somebody types.

mod complete;
mod motions;
mod people;
mod places;
mod play;
mod playlists;
mod queue;
mod schedule;
mod settings;
mod show;
mod votes;

pub use self::complete::CHOICES;
pub(crate) use self::{
    motions::{asks_words, factor, motion_words},
    show::next_text,
};

use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicBool, Ordering},
};

use engine::{
    Engine,
    command::{Actor, Command, Spot},
    ids::{Entropy, RoomId},
    limits::Rule,
    records::{Place, PlaceId, Platform},
    refusal::{Code, No},
    room::{RoomView, Waiting, may_enter},
    rooms::Done,
    time::Millis,
};
use url::Url;

use crate::{
    Ask, commands, grammar,
    reply::{Action, Button, Reply},
    say,
    standing::{Standing, Stands},
    words::{self, Locale},
};

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
    /// The community that the chat is part of, where the platform has such: a guild of Discord.
    pub community: Option<i64>,
    /// Whether the platform lets them manage that chat: then they decide what it is tied to and set to.
    pub steward: bool,
    /// Whether the platform lets them manage the whole community: then they decide what its roles are worth in rooms.
    pub leads: bool,
    /// Whether they are in a voice channel, where the platform knows.
    pub in_voice: Option<bool>,
    /// Their language.
    pub locale: Locale,
    /// The language of the chat, as far as the platform knows it: for its card, until somebody sets another.
    pub place_locale: Locale,
    /// The network address they ask from, where the frontend knows it: what they may do counts for it too.
    pub address: Option<Arc<str>>,
}

impl Asker {
    /// Whether an answer to them can hold the button that says they are sure: the chat box of the page shows words alone,
    /// and what is asked there is done at once.
    fn can_confirm(&self) -> bool {
        self.place.is_some()
    }
}

/// The commands behind every frontend. Cloning it is a few reference counts.
#[derive(Clone)]
pub struct Core {
    engine: Engine,
    public_url: Arc<Url>,
    /// Whether the platforms let their bots read what people write.
    reads: Arc<[AtomicBool; 2]>,
    /// What the platforms know our bots by, once they are there.
    known: Arc<[OnceLock<String>; 2]>,
    /// How their lines stand.
    lines: Arc<[Stands; 2]>,
}

/// What most commands come to.
type Answer = Result<Reply, No>;

impl Core {
    /// Commands on an engine. `public_url` is where people's browsers find the server.
    pub fn new(engine: Engine, public_url: Url) -> Self {
        Self {
            engine,
            public_url: Arc::new(public_url),
            reads: Arc::default(),
            known: Arc::default(),
            lines: Arc::default(),
        }
    }

    /// Whether a platform lets its bot read what people write, as the frontend found.
    pub fn set_reads(&self, platform: Platform, reads: bool) {
        self.reads[platform as usize].store(reads, Ordering::Relaxed);
    }

    /// Whether a platform lets its bot read what people write: else the bridge can carry nothing from there.
    pub fn reads(&self, platform: Platform) -> bool {
        self.reads[platform as usize].load(Ordering::Relaxed)
    }

    /// Remembers what a platform knows its bot by: Discord the application's id, Telegram a username. The bot is there.
    pub fn is_known_as(&self, platform: Platform, name: &str) {
        self.remember_known_as(platform, name);
        self.stands(platform, Standing::Up);
    }

    /// The same of a bot that another node has.
    pub fn remember_known_as(&self, platform: Platform, name: &str) {
        // A bot that starts again is the same one.
        let _ = self.known[platform as usize].set(name.to_owned());
    }

    /// Notes how the line of a platform's bot stands, as its frontend found.
    pub fn stands(&self, platform: Platform, standing: Standing) {
        self.lines[platform as usize].set(standing);
    }

    /// How the line of a platform's bot stands.
    pub fn stand_of(&self, platform: Platform) -> Standing {
        self.lines[platform as usize].get()
    }

    /// What a platform knows its bot by; nothing before the bot is there.
    pub fn known_as(&self, platform: Platform) -> Option<String> {
        self.known[platform as usize].get().cloned()
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
            Err(refusal) => answer(asker.locale, &refusal.into()),
        }
    }

    /// Does what is asked and answers. Waits for a link at most some two seconds, for all else not at all.
    pub async fn ask(&self, asker: &Asker, ask: Ask) -> Reply {
        self.attempt(asker, ask).await.unwrap_or_else(|no| answer(asker.locale, &no))
    }

    /// Does what a button says, in the chat it hangs in.
    pub async fn press(&self, asker: &Asker, action: Action, room: RoomId) -> Reply {
        let reply = self.attempt_press(asker, action, room).await.unwrap_or_else(|no| answer(asker.locale, &no));
        // What is put to the vote everybody must see; a vote itself shows on what it is pressed below.
        let begins = !matches!(action, Action::Ballot(..)) && !reply.refused && reply.takes_votes();
        Reply { private: !begins, ..reply }
    }

    async fn attempt_press(&self, asker: &Asker, action: Action, room: RoomId) -> Answer {
        if self.room(asker).await? != room {
            // A card of an earlier room, or a client that made up the button: what the chat grants counts for its own
            // room only.
            return Err(words::hint("hint-old-card").into());
        }
        if let Some(ask) = action.ask() {
            return self.attempt(asker, ask).await;
        }
        self.engine.limits.take(Rule::Commands, &asker.actor.person, self.engine.clock.play_time())?;
        let here = &self.here(asker).await?;
        match action {
            Action::Propose(motion) => self.propose(here, motion.deed()).await,
            Action::AskHost(motion) => self.ask_host(here, motion).await,
            Action::Undo(seq) => self.undo(here, seq).await,
            // The frontend takes the question away, or has read the link that was meant.
            _ => Ok(say(say!(asker.locale, "never"))),
        }
    }

    async fn attempt(&self, asker: &Asker, ask: Ask) -> Answer {
        self.engine.limits.take(Rule::Commands, &asker.actor.person, self.engine.clock.play_time())?;
        let here = self.here(asker).await?;
        Box::pin(self.dispatch(&here, ask)).await.map_err(|no| match no {
            // In a chat the next step is another one than that of who came by a link.
            No::Refusal(refusal) if refusal.code == Code::RoomEnded && asker.place.is_some() => {
                words::hint("hint-room-ended").into()
            }
            no => no,
        })
    }

    /// The same asker, in the room that their chat is tied to, with no more than that chat may vouch for.
    async fn here(&self, asker: &Asker) -> Result<Asker, No> {
        let mut here = asker.clone();
        if let (None, Some(place)) = (&asker.room, &asker.place)
            && let Some(tied) = self.engine.places.get(place).await?
        {
            here.room = Some(tied.room);
            here.actor = tied.settings.vouched(here.actor);
        }
        Ok(here)
    }

    async fn dispatch(&self, asker: &Asker, ask: Ask) -> Answer {
        match ask {
            Ask::Watch { link, mode, title, when } => {
                self.queue(asker, &link, Spot::End, queue::Wanted { mode, title, when, whole_list: false }).await
            }
            Ask::QueueAdd { links, next } => {
                let spot = if next { Spot::Next } else { Spot::End };
                self.queue(asker, &links, spot, queue::Wanted::default()).await
            }
            Ask::QueueList { page } => self.queue_list(asker, page).await,
            Ask::QueueRemove { .. } | Ask::QueueShuffle | Ask::QueueClear { sure: true } | Ask::Pick { .. } => {
                self.do_deed(asker, &ask).await
            }
            Ask::Play | Ask::Pause | Ask::Seek(_) | Ask::Forward(_) | Ask::Rewind(_) | Ask::Skip | Ask::Back => {
                self.do_deed(asker, &ask).await
            }
            Ask::Speed(_) => self.do_deed(asker, &ask).await,
            Ask::QueueClear { sure: false } => self.queue_clear(asker).await,
            Ask::QueueMove { item, to } => self.queue_move(asker, item, to).await,
            Ask::QueueImport { from } => {
                let wanted = queue::Wanted { whole_list: true, ..queue::Wanted::default() };
                self.queue(asker, &from, Spot::End, wanted).await
            }
            Ask::QueueExport { json } => self.queue_export(asker, json).await,
            Ask::Mode(mode) => self.mode(asker, mode).await,
            Ask::Now => self.now(asker).await,
            Ask::Vote(vote) => self.vote(asker, vote).await,
            Ask::History { count } => self.history(asker, count).await,
            Ask::PlaylistList => self.playlist_list(asker).await,
            Ask::PlaylistSave { name } => self.playlist_save(asker, &name).await,
            Ask::PlaylistLoad { playlist } => self.playlist_load(asker, &playlist).await,
            Ask::PlaylistDelete { playlist, sure } => self.playlist_delete(asker, &playlist, sure).await,
            Ask::Invite => self.invite(asker).await,
            Ask::Who => self.who(asker).await,
            Ask::Role { person, role } => self.role(asker, &person, role).await,
            Ask::Kick { person } => self.kick(asker, &person).await,
            Ask::Ban { person, length, reason, sure } => self.ban(asker, &person, length, reason, sure).await,
            Ask::Unban { person } => self.unban(asker, &person).await,
            Ask::Settings => self.settings(asker).await,
            Ask::Set { name, value } => self.set(asker, &name, value.as_deref()).await,
            Ask::ShowSchedule => self.show_schedule(asker).await,
            Ask::Schedule { start, end } => self.schedule(asker, start, end).await,
            Ask::Coming => self.coming(asker).await,
            Ask::Link { to } => self.link(asker, to.as_deref()).await,
            Ask::Unlink { sure } => self.unlink(asker, sure).await,
            Ask::End { sure } => self.end(asker, sure).await,
            Ask::Help { about } => {
                let text = commands::help_about(asker.locale, about.as_deref())?;
                Ok(Reply { private: true, ..say(text) })
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

    /// The room of the chat that somebody asks from: the one that goes on there, else one that is made now.
    pub async fn room_here(&self, asker: &Asker) -> Result<RoomId, No> {
        let here = self.here(asker).await?;
        match self.standing(&here).await? {
            Some(view) => {
                may_enter(&view, &here.actor)?;
                Ok(view.id)
            }
            None => self.new_room(&here).await,
        }
    }

    /// The room that is asked about, as somebody may see it who may be in it.
    async fn seen(&self, asker: &Asker) -> Result<Arc<RoomView>, No> {
        let view = self.engine.rooms.view(self.room(asker).await?).await?;
        may_enter(&view, &asker.actor)?;
        Ok(view)
    }

    /// Does something to the room that is asked about.
    async fn command(&self, asker: &Asker, room: RoomId, command: impl Into<Command>) -> Result<Done, No> {
        self.engine.rooms.command(room, asker.actor.clone(), command.into()).await
    }

    /// What the chat is that is asked from, if a room is tied to it.
    async fn tied(&self, asker: &Asker) -> Result<Option<Place>, No> {
        match &asker.place {
            Some(place) => self.engine.places.get(place).await,
            None => Ok(None),
        }
    }

    /// The language in which a whole chat is spoken to.
    async fn place_locale(&self, asker: &Asker) -> Result<Locale, No> {
        let set = self.tied(asker).await?.and_then(|place| Locale::known(&place.settings.locale?));
        Ok(set.unwrap_or(if asker.place.is_some() { asker.place_locale } else { asker.locale }))
    }

    /// The way in, as a button.
    fn open(&self, locale: Locale, view: &RoomView) -> Button {
        Button::open(locale, self.invite_link(view))
    }
}

/// When a film starts that waits.
pub(crate) fn until(locale: Locale, waiting: Waiting) -> String {
    let id = match waiting {
        Waiting::Viewer => "until-viewer",
        Waiting::Start => "until-start",
        Waiting::Ready => "until-ready",
        Waiting::Stall => "until-stall",
    };
    say!(locale, id)
}

fn say(text: String) -> Reply {
    Reply { text, ..Reply::default() }
}

fn about(room: RoomId, text: String) -> Reply {
    Reply { room: Some(room), ..say(text) }
}

/// A way back for what was just done, where the room knows one.
fn undo(locale: Locale, done: &Done) -> Option<Button> {
    let undoable = done.view.undo.iter().rev().find(|known| done.events.iter().any(|event| event.seq == known.seq));
    undoable.map(|known| Button::act(locale, Action::Undo(known.seq)))
}

/// A length of time in words: "40 seconds", "12 minutes", "2 hours", "1 h 20 min", "3 days".
pub(crate) fn span(locale: Locale, length: Millis) -> String {
    let seconds = (length.0.max(0) + 500) / 1000;
    let (minutes, hours) = ((seconds + 30) / 60, (seconds + 30) / 3600);
    if seconds < 60 {
        say!(locale, "span-seconds", count = seconds)
    } else if minutes < 60 {
        say!(locale, "span-minutes", count = minutes)
    } else if hours < 48 {
        say!(locale, "span-hours", hours = hours, minutes = minutes % 60)
    } else {
        say!(locale, "span-days", count = (hours + 12) / 24)
    }
}

/// Words for either kind of no. The one place of the frontends where a fault is logged.
pub(crate) fn answer(locale: Locale, no: &No) -> Reply {
    let text = match no {
        No::Refusal(refusal) => words::refusal(locale, refusal),
        No::Fault(fault) => {
            // The end of a version 7 identity is random; its beginning is the time.
            let trace = &Entropy.item().0.simple().to_string()[24..];
            tracing::error!(trace, %fault, "a command failed");
            say!(locale, "fault", trace = trace)
        }
    };
    Reply { refused: true, private: true, ..say(text) }
}

#[cfg(test)]
mod stories;

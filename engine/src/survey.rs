//! What who runs the server sees of it: all rooms and all people, in pages, and how much there is.
//!
//! Lists read what is stored about rooms and never load one. What is searched for is looked for page by page, from the newest on:
//! names are compared as people read them, which no index of a database does.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use serde::{Deserialize, Serialize};

use crate::{
    Engine,
    ids::{PersonId, RoomId},
    people::Caller,
    ports::{RoomHead, Totals},
    records::{Account, AliasKind, ApiKey, HandleKind, Identity, Key, Person, Platform, Record, Session},
    refusal::{Code, No, Refusal},
    room::{RoomView, Status},
};

/// How many rooms or people are looked at together where something is searched for.
const CHUNK: usize = 1_000;
/// How many people of a name are taken for hosts of rooms that are searched for.
const HOSTS: usize = 500;

/// Which rooms.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Which {
    /// All that are stored.
    #[default]
    All,
    /// Those that are in memory, on whichever node.
    Awake,
    /// Those that play.
    Playing,
    /// Those with somebody in them.
    Attended,
    /// Those that are on disk alone.
    Asleep,
}

/// A room in a list.
#[derive(Debug, Clone)]
pub struct ListedRoom {
    /// What is stored of it.
    pub head: RoomHead,
    /// What its host is called.
    pub host_name: Option<Arc<str>>,
    /// How it is, where it is in memory, on whichever node.
    pub awake: Option<Glance>,
    /// The address of the node that has it, where there are several.
    pub node: Option<Arc<str>>,
}

/// How a room is at a moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Glance {
    /// What lists show of it.
    pub head: RoomHead,
    /// How many people are there.
    pub people: usize,
    /// How many connections they have.
    pub connections: usize,
    /// Whether it plays.
    pub playing: bool,
    /// What is on.
    pub title: Option<String>,
    /// Whether it is open.
    pub status: Status,
}

impl Glance {
    /// Of a room.
    pub fn of(view: &RoomView) -> Self {
        Self {
            head: view.head(),
            people: view.people(),
            connections: view.presence.len(),
            playing: view.playback.playing,
            title: view.current.as_ref().map(|item| item.media.label().to_owned()),
            status: view.schedule.status,
        }
    }

    fn is_of(&self, which: Which) -> bool {
        match which {
            Which::All | Which::Awake => true,
            Which::Asleep => false,
            Which::Playing => self.playing,
            Which::Attended => self.connections > 0,
        }
    }
}

/// What rooms are looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Sought {
    /// In their title, without regard to case; all where empty.
    words: String,
    /// Those that are called so otherwise.
    named: BTreeSet<RoomId>,
    /// Those of these hosts.
    hosts: BTreeSet<PersonId>,
    which: Which,
    /// Behind this one, the newest first.
    before: Option<RoomId>,
    limit: usize,
}

impl Sought {
    fn is_sought(&self, head: &RoomHead) -> bool {
        self.words.is_empty()
            || self.named.contains(&head.id)
            || head.host.is_some_and(|host| self.hosts.contains(&host))
            || folded(&head.title).contains(&self.words)
    }

    /// Those of these rooms that are sought, in order.
    pub(crate) fn among(&self, rooms: impl IntoIterator<Item = Glance>) -> Vec<Glance> {
        let behind = |room: &Glance| self.before.is_none_or(|before| room.head.id < before);
        let wanted = |room: &Glance| behind(room) && room.is_of(self.which) && self.is_sought(&room.head);
        let mut found: Vec<_> = rooms.into_iter().filter(wanted).collect();
        found.sort_by_key(|room| std::cmp::Reverse(room.head.id));
        // A room that several nodes follow is told by each.
        found.dedup_by_key(|room| room.head.id);
        found.truncate(self.limit);
        found
    }
}

/// Somebody, with all ways in that they have.
#[derive(Debug, Clone)]
pub struct Known {
    /// Who.
    pub person: Person,
    /// Their account.
    pub account: Option<Account>,
    /// Who they are on chat platforms.
    pub identities: Vec<Identity>,
    /// Their sessions.
    pub sessions: Vec<Session>,
    /// Keys that act in their name.
    pub keys: Vec<ApiKey>,
}

impl Engine {
    /// How much is stored.
    pub async fn totals(&self) -> Result<Totals, No> {
        Ok(self.rooms.store().totals().await?)
    }

    /// Rooms, the newest first, behind `before` in that order: those whose title or host's name has these words in it, or that are
    /// called so by identity, invite, code or number.
    pub async fn survey_rooms(
        &self,
        search: &str,
        which: Which,
        before: Option<RoomId>,
        limit: usize,
    ) -> Result<Vec<ListedRoom>, No> {
        let words = folded(search);
        let mut named = BTreeSet::new();
        let mut hosts = BTreeSet::new();
        if !words.is_empty() {
            named = self.rooms_called(search.trim()).await?;
            hosts = self.survey_people(search, None, HOSTS).await?.into_iter().map(|person| person.id).collect();
        }
        let sought = Sought { words, named, hosts, which, before, limit };
        let mut found = Vec::new();
        let mut awake = HashMap::new();
        if matches!(which, Which::All | Which::Asleep) {
            let chunk = if sought.words.is_empty() && which == Which::All { limit } else { CHUNK };
            let mut behind = before;
            while found.len() < limit {
                let mut heads = self.rooms.store().last_rooms(behind, chunk).await?;
                behind = heads.last().map(|head| head.id);
                let last = heads.len() < chunk;
                heads.retain(|head| sought.is_sought(head));
                if which == Which::All {
                    heads.truncate(limit - found.len());
                }
                let glances = self.rooms.glances(heads.iter().map(|head| head.id).collect()).await;
                heads.retain(|head| which == Which::All || !glances.contains_key(&head.id));
                heads.truncate(limit - found.len());
                awake.extend(glances);
                found.extend(heads);
                if last {
                    break;
                }
            }
        } else {
            let glances = self.rooms.all_awake_anywhere(sought).await;
            found = glances.iter().map(|glance| glance.head.clone()).collect();
            awake = glances.into_iter().map(|glance| (glance.head.id, glance)).collect();
        }
        let ids: Vec<RoomId> = found.iter().map(|head| head.id).collect();
        let nodes: HashMap<_, _> = self.rooms.store().owners(&ids).await?.into_iter().collect();
        let mut listed = Vec::with_capacity(found.len());
        for head in found {
            let host_name = match head.host {
                Some(host) => self.people.called(host).await?,
                None => None,
            };
            let (awake, node) = (awake.remove(&head.id), nodes.get(&head.id).cloned());
            listed.push(ListedRoom { head, host_name, awake, node });
        }
        Ok(listed)
    }

    /// The rooms that have exactly this for a name.
    async fn rooms_called(&self, name: &str) -> Result<BTreeSet<RoomId>, No> {
        let mut rooms: BTreeSet<RoomId> = name.parse().into_iter().collect();
        let aliases = [
            (AliasKind::Invite, name.to_owned()),
            (AliasKind::Code, name.to_ascii_uppercase()),
            (AliasKind::OpenTogetherTube, name.to_ascii_lowercase()),
            (AliasKind::Watch2Gether, name.to_owned()),
            (AliasKind::Number, name.to_owned()),
        ];
        for (kind, value) in aliases {
            if let Some(Record::Alias(alias)) = self.rooms.store().get(Key::Alias(kind, value)).await? {
                rooms.insert(alias.room);
            }
        }
        Ok(rooms)
    }

    /// People, the newest first, behind `before` in that order: those whose name has these words in it, or that are called so by
    /// identity, username, e-mail address, or platform (`discord:1234`).
    pub async fn survey_people(&self, search: &str, before: Option<PersonId>, limit: usize) -> Result<Vec<Person>, No> {
        let words = folded(search);
        let named = if words.is_empty() { BTreeSet::new() } else { self.people_called(search.trim()).await? };
        let is_wanted =
            |person: &Person| words.is_empty() || named.contains(&person.id) || folded(&person.name).contains(&words);
        let chunk = if words.is_empty() { limit } else { CHUNK };
        let mut behind = before.map(|before| before.to_string());
        let mut found: Vec<Person> = Vec::new();
        while found.len() < limit {
            let records = self.rooms.store().last_records("person", behind.as_deref(), chunk).await?;
            behind = records.last().map(|record| record.key().text());
            let last = records.len() < chunk;
            let person = |record| if let Record::Person(person) = record { Some(person) } else { None };
            let wanted = records.into_iter().filter_map(person).filter(&is_wanted);
            found.extend(wanted.take(limit - found.len()));
            if last {
                break;
            }
        }
        Ok(found)
    }

    async fn people_called(&self, name: &str) -> Result<BTreeSet<PersonId>, No> {
        let store = self.rooms.store();
        let mut people: BTreeSet<PersonId> = name.parse().into_iter().collect();
        for kind in [HandleKind::Username, HandleKind::Email] {
            if let Some(Record::Handle(handle)) = store.get(Key::Handle(kind, name.to_lowercase())).await? {
                people.insert(handle.person);
            }
        }
        let platform = match name.split_once(':') {
            Some(("discord", id)) => Some((Platform::Discord, id)),
            Some(("telegram", id)) => Some((Platform::Telegram, id)),
            _ => None,
        };
        if let Some((platform, id)) = platform
            && let Some(Record::Identity(identity)) = store.get(Key::Identity(platform, id.to_owned())).await?
        {
            people.insert(identity.person);
        }
        Ok(people)
    }

    /// Somebody, with all ways in that they have.
    ///
    /// # Errors
    ///
    /// `no_such_person`.
    pub async fn known(&self, person: PersonId) -> Result<Known, No> {
        let people = &self.people;
        let Some(Record::Person(record)) = self.rooms.store().get(Key::Person(person)).await? else {
            return Err(Refusal::new(Code::NoSuchPerson).into());
        };
        Ok(Known {
            person: record,
            account: people.account(person).await?,
            identities: people.identities(person).await?,
            sessions: people.sessions(person).await?,
            keys: people.keys_under(person).await?,
        })
    }

    /// Whether anybody can run this server from elsewhere: a bootstrap key is configured, or some key has the scope.
    pub async fn has_operator(&self) -> Result<bool, No> {
        Ok(self.people.has_bootstrap() || self.people.keys(&Caller::operator()).await?.iter().any(ApiKey::is_admin))
    }
}

/// As people compare names: without regard to case, and to space around.
fn folded(text: &str) -> String {
    text.trim().to_lowercase()
}

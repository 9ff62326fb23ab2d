//! Who somebody is: guests, their sessions, and their selves on chat platforms.

use std::{hash::Hash, sync::Arc, time::Duration};

use moka::sync::Cache;
use sha2::{Digest, Sha256};

use crate::{
    command::Actor,
    event::Door,
    ids::{Entropy, PersonId, RoomId},
    ports::Store,
    records::{Admission, Answer, Identity, Key, Person, Platform, Record, Session},
    refusal::{Code, Fault, No},
    room::Role,
    secret::Secret,
    text,
    time::{Clock, Millis, WallTime},
};

/// How long a guest's session is good.
pub const SESSION: Millis = Millis::seconds(90 * 24 * 3600);

/// A guest who was just made.
#[derive(Debug, Clone)]
pub struct NewGuest {
    /// Who.
    pub person: Person,
    /// The token, which is told once and stored nowhere.
    pub token: Secret,
    /// Until when it is good.
    pub expires_at: WallTime,
}

/// Somebody who showed a credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// Who.
    pub person: Person,
    /// What the credential itself grants, in every room: the bootstrap key makes a host.
    pub granted: Option<Role>,
}

impl Caller {
    /// The same, as somebody who asks a room through a door.
    pub fn actor(&self, door: Door) -> Actor {
        Actor { person: self.person.id, name: self.person.name.clone(), door, connection: None, granted: self.granted }
    }
}

/// All people.
#[derive(Clone)]
pub struct People {
    store: Arc<dyn Store>,
    clock: Clock,
    entropy: Entropy,
    /// Hash of the configured key that may do everything.
    bootstrap: Option<Arc<str>>,
    /// Sessions that were shown lately, by the hash of their token: every request shows one.
    sessions: Cache<String, Session>,
    /// People who acted lately.
    known: Cache<PersonId, Person>,
    /// Who was found to be let in lately. Who is not is looked up each time: they may be let in at any moment.
    admitted: Cache<(RoomId, PersonId), ()>,
}

/// How many sessions, people and admissions are remembered, each.
const REMEMBERED: u64 = 100_000;
/// How long, at most: what another process changes is seen after that.
const REMEMBERED_FOR: Duration = Duration::from_secs(30);

fn memory<K, V>() -> Cache<K, V>
where
    K: Hash + Eq + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    Cache::builder().max_capacity(REMEMBERED).time_to_live(REMEMBERED_FOR).build()
}

impl People {
    /// People on a store. `bootstrap_key`, where there is one, is a credential with every right.
    pub fn new(store: Arc<dyn Store>, clock: Clock, bootstrap_key: Option<&str>) -> Self {
        let bootstrap = bootstrap_key.map(|key| hash(key).into());
        let (sessions, known, admitted) = (memory(), memory(), memory());
        Self { store, clock, entropy: Entropy, bootstrap, sessions, known, admitted }
    }

    /// Makes a guest.
    pub async fn guest(&self, name: &str) -> Result<NewGuest, No> {
        let now = self.clock.now().wall;
        let person = Person { id: self.entropy.person(), name: text::name(name)?.into(), made_at: now };
        let token = self.entropy.token();
        let expires_at = now + SESSION;
        let session = Session { token_hash: hash(&token), person: person.id, expires_at };
        self.store.put(vec![Record::Person(person.clone()), Record::Session(session)]).await?;
        Ok(NewGuest { person, token: Secret::new(token), expires_at })
    }

    /// Who shows this token.
    ///
    /// The store finds it by its hash, so how long the search takes tells nothing about how much of a guess was right.
    pub async fn by_token(&self, token: &str) -> Result<Caller, No> {
        let token_hash = hash(token);
        if self.bootstrap.as_deref() == Some(token_hash.as_str()) {
            return Ok(Caller { person: bootstrap_person(), granted: Some(Role::Host) });
        }
        let session = match self.sessions.get(&token_hash) {
            Some(session) => session,
            None => match self.store.get(Key::Session(token_hash.clone())).await? {
                Some(Record::Session(session)) => {
                    self.sessions.insert(token_hash, session.clone());
                    session
                }
                _ => return Err(Code::BadToken.into()),
            },
        };
        if session.expires_at <= self.clock.now().wall {
            return Err(Code::BadToken.into());
        }
        let person = self.person(session.person).await?;
        let person =
            person.ok_or_else(|| Fault(format!("a session speaks of person {}, who is not there", session.person)))?;
        Ok(Caller { person, granted: None })
    }

    async fn person(&self, id: PersonId) -> Result<Option<Person>, No> {
        if let Some(person) = self.known.get(&id) {
            return Ok(Some(person));
        }
        let Some(Record::Person(person)) = self.store.get(Key::Person(id)).await? else { return Ok(None) };
        self.known.insert(id, person.clone());
        Ok(Some(person))
    }

    /// Makes a token invalid.
    pub async fn sign_out(&self, token: &str) -> Result<(), No> {
        let token_hash = hash(token);
        self.store.delete(Key::Session(token_hash.clone())).await?;
        // After the store: who asks in between must not put it back.
        self.sessions.invalidate(&token_hash);
        Ok(())
    }

    /// Gives somebody another name.
    pub async fn rename(&self, person: &Person, name: &str) -> Result<Person, No> {
        let person = Person { name: text::name(name)?.into(), ..person.clone() };
        self.store.put(vec![Record::Person(person.clone())]).await?;
        self.known.insert(person.id, person.clone());
        Ok(person)
    }

    /// Who somebody on a chat platform is here: the same person each time, under the name they have there now.
    pub async fn by_identity(&self, platform: Platform, subject: &str, name: &str) -> Result<Person, No> {
        let name = text::clipped(name, text::NAME_LIMIT).unwrap_or_else(|| platform.name().to_owned());
        let key = Key::Identity(platform, subject.to_owned());
        // Two first messages of one person at the same moment: the second claim fails and finds the first.
        loop {
            if let Some(Record::Identity(identity)) = self.store.get(key.clone()).await? {
                let known = self.person(identity.person).await?;
                let known = known.ok_or_else(|| Fault(format!("identity {} has no person", identity.subject)))?;
                return if *known.name == *name { Ok(known) } else { self.rename(&known, &name).await };
            }
            let made_at = self.clock.now().wall;
            let person = Person { id: self.entropy.person(), name: name.as_str().into(), made_at };
            let identity = Identity { platform, subject: subject.to_owned(), person: person.id };
            if self.store.claim(vec![Record::Identity(identity), Record::Person(person.clone())]).await? {
                return Ok(person);
            }
        }
    }

    /// An answer that was kept under this key.
    pub async fn answer(&self, key: &str) -> Result<Option<Answer>, No> {
        match self.store.get(Key::Answer(key.to_owned())).await? {
            Some(Record::Answer(answer)) => Ok(Some(answer)),
            _ => Ok(None),
        }
    }

    /// Keeps an answer, to be given again when the same is asked again.
    pub async fn keep_answer(&self, answer: Answer) -> Result<(), No> {
        Ok(self.store.put(vec![Record::Answer(answer)]).await?)
    }

    /// Lets somebody into a room for good.
    pub async fn admit(&self, room: RoomId, person: PersonId) -> Result<(), No> {
        let at = self.clock.now().wall;
        Ok(self.store.put(vec![Record::Admission(Admission { room, person, at })]).await?)
    }

    /// Whether somebody was let into a room before.
    pub async fn is_admitted(&self, room: RoomId, person: PersonId) -> Result<bool, No> {
        if self.admitted.contains_key(&(room, person)) {
            return Ok(true);
        }
        let admitted = self.store.get(Key::Admission(room, person)).await?.is_some();
        if admitted {
            self.admitted.insert((room, person), ());
        }
        Ok(admitted)
    }
}

/// Who the bootstrap key is, in rooms and logs.
fn bootstrap_person() -> Person {
    Person { id: PersonId(uuid::Uuid::from_u128(1)), name: "bootstrap".into(), made_at: WallTime(0) }
}

/// What is stored of a credential.
pub fn hash(token: &str) -> String {
    use std::fmt::Write as _;
    Sha256::digest(token.as_bytes()).iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

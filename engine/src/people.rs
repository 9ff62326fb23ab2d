//! Who somebody is: guests and accounts, their sessions, keys, and their selves on chat platforms.
//!
//! One handle, [`People`], with a file per concern: [`caller`] is who showed a credential, [`accounts`] and [`recovery`] are
//! names with passwords, [`sessions`] and [`keys`] the credentials, [`identities`] who chat platforms and programs say that
//! somebody is, [`platforms`] accounts on their word, [`links`] makes two selves one, [`data`] shows and deletes all of it,
//! [`endings`] tells open lines what becomes of their credential and its holder. [`passwords`] is slow on purpose.

mod accounts;
mod caller;
mod data;
mod endings;
mod identities;
mod keys;
mod links;
mod passwords;
mod platforms;
mod recovery;
mod sessions;
mod subjects;

use std::{
    collections::BTreeSet,
    hash::Hash,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use moka::sync::Cache;
use sha2::{Digest, Sha256};

pub use self::{
    accounts::{AccountChange, NewAccount, Registered},
    caller::{Caller, ShownKey},
    data::Export,
    endings::{Ending, Told},
    keys::NewKey,
    links::{LinkCodeMade, Linked},
    passwords::{PASSWORD_LEAST, PASSWORD_LIMIT},
    recovery::{RECOVERY, RecoveryMade},
    sessions::{NewSession, SESSION},
};
use self::{endings::Endings, passwords::Passwords, sessions::Way};
use crate::{
    changes::{Change, Lines, Others},
    ids::{Entropy, PersonId, RoomId},
    limits::{Limits, Rule},
    ports::{Held, Store},
    records::{Admission, Answer, Find, Key, Person, Record},
    refusal::{Fault, No, Refusal},
    secret::Secret,
    text,
    time::{Clock, Millis, WallTime},
    turns::Turns,
};

/// What a host sets about people.
#[derive(Debug, Clone)]
pub struct PeopleSettings {
    /// A credential with every right, where one is configured.
    pub bootstrap_key: Option<Secret>,
    /// How long a session is good.
    pub session: Millis,
}

impl Default for PeopleSettings {
    fn default() -> Self {
        Self { bootstrap_key: None, session: SESSION }
    }
}

/// All people.
#[derive(Clone)]
pub struct People {
    store: Arc<dyn Store>,
    clock: Clock,
    entropy: Entropy,
    /// Guesses at passwords and codes are paid for here, so that no door forgets it.
    limits: Arc<Limits>,
    /// Hash of the configured key that may do everything.
    bootstrap: Option<Arc<str>>,
    /// How long a session is good.
    session: Millis,
    passwords: Passwords,
    /// Sessions and keys that were shown lately, by the hash of their secret: every request shows one.
    ways: Cache<String, Way>,
    /// Who keeps a line open by a credential, and hears of its end.
    endings: Endings,
    /// Counts what was taken away from the memory of ways and people: what was read before must not be remembered after.
    taken_away: Arc<AtomicU64>,
    /// Keys whose use was noted in the last minute.
    noted: Cache<String, ()>,
    /// People who acted lately.
    known: Cache<PersonId, Known>,
    /// Who was found to be let in lately. Who is not is looked up each time: they may be let in at any moment.
    admitted: Cache<(RoomId, PersonId), ()>,
    /// Held while an account is read, changed and written: rare enough to do one after the other.
    changing: Arc<Turns>,
    /// Who is told what changes.
    others: Others,
}

/// Somebody, and whether they have an account.
#[derive(Debug, Clone)]
struct Known {
    person: Person,
    registered: bool,
}

/// How many sessions, people and admissions are remembered, each.
const REMEMBERED: u64 = 100_000;
/// How long, at most: what another process changes is seen after that.
const REMEMBERED_FOR: Duration = Duration::from_secs(30);
/// How long an answer is waited for that another node works at: some look at links, which takes seconds.
const ANSWERING: Duration = Duration::from_secs(15);
/// How often the use of a key is written down, at most.
const NOTED_EVERY: Duration = Duration::from_mins(1);

/// Remembers so many, each for `time` at most.
pub(crate) fn memory<K, V>(time: Duration) -> Cache<K, V>
where
    K: Hash + Eq + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    Cache::builder().max_capacity(REMEMBERED).time_to_live(time).build()
}

impl People {
    /// People on a store.
    pub fn new(store: Arc<dyn Store>, clock: Clock, limits: Arc<Limits>, settings: &PeopleSettings) -> Self {
        let changing = Arc::new(Turns::one(store.clone(), "people"));
        Self {
            store,
            clock,
            entropy: Entropy,
            limits,
            bootstrap: settings.bootstrap_key.as_ref().map(|key| hash(key.reveal()).into()),
            session: settings.session,
            passwords: Passwords::default(),
            ways: memory(REMEMBERED_FOR),
            endings: Endings::default(),
            taken_away: Arc::default(),
            noted: memory(NOTED_EVERY),
            known: memory(REMEMBERED_FOR),
            admitted: memory(REMEMBERED_FOR),
            changing,
            others: Others::default(),
        }
    }

    /// The same as one of several nodes.
    #[must_use]
    pub(crate) fn among(mut self, others: Others) -> Self {
        self.others = others;
        self
    }

    /// What somebody is called, if there is such a person.
    pub async fn called(&self, id: PersonId) -> Result<Option<Arc<str>>, No> {
        Ok(self.person(id).await?.map(|known| known.person.name))
    }

    /// Whether a key with every right is configured.
    pub fn has_bootstrap(&self) -> bool {
        self.bootstrap.is_some()
    }

    async fn person(&self, id: PersonId) -> Result<Option<Known>, No> {
        if let Some(known) = self.known.get(&id) {
            return Ok(Some(known));
        }
        let before = self.taken_away.load(Ordering::SeqCst);
        let Some(Record::Person(person)) = self.store.get(Key::Person(id)).await? else { return Ok(None) };
        let registered = self.store.get(Key::Account(id)).await?.is_some();
        let known = Known { person, registered };
        if self.taken_away.load(Ordering::SeqCst) == before {
            self.known.insert(id, known.clone());
        }
        Ok(Some(known))
    }

    /// Gives somebody another name.
    pub async fn rename(&self, person: &Person, name: &str) -> Result<Person, No> {
        let person = Person { name: text::name(name)?.into(), ..person.clone() };
        self.store.put(vec![Record::Person(person.clone())]).await?;
        self.forget(person.id);
        Ok(person)
    }

    /// An answer that was kept under this key.
    pub async fn answer(&self, key: &str) -> Result<Option<Answer>, No> {
        match self.store.get(Key::Answer(key.to_owned())).await? {
            Some(Record::Answer(answer)) => Ok(Some(answer)),
            _ => Ok(None),
        }
    }

    /// Waits until no other node works at the answer to this key, and has it then until what is given back is dropped.
    ///
    /// # Errors
    ///
    /// `busy` where another one does for a quarter of a minute, `not_stored` where the store is away.
    pub async fn answering(&self, key: &str) -> Result<Box<dyn Held>, No> {
        self.store.exclusive(&format!("answers/{key}"), ANSWERING).await
    }

    /// Keeps an answer, to be given again when the same is asked again.
    pub async fn keep_answer(&self, answer: Answer) -> Result<(), No> {
        self.store.put(vec![Record::Answer(answer)]).await
    }

    /// Lets somebody into a room for good.
    pub async fn admit(&self, room: RoomId, person: PersonId) -> Result<(), No> {
        let at = self.clock.now().wall;
        self.store.put(vec![Record::Admission(Admission { room, person, at })]).await
    }

    /// Lets several people into a room for good.
    pub async fn admit_all(&self, room: RoomId, people: BTreeSet<PersonId>) -> Result<(), No> {
        let at = self.clock.now().wall;
        let records = people.into_iter().map(|person| Record::Admission(Admission { room, person, at }));
        self.store.put(records.collect()).await
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

    /// The rooms that somebody was let into, and when.
    pub async fn admissions(&self, person: PersonId) -> Result<Vec<(RoomId, WallTime)>, No> {
        let found = self.store.find(Find::AdmissionsOf(person)).await?;
        let admission = |record| match record {
            Record::Admission(admission) => Some((admission.room, admission.at)),
            _ => None,
        };
        Ok(found.into_iter().filter_map(admission).collect())
    }

    /// Counts a guess against an address, before it is looked at.
    fn pay(&self, rule: Rule, key: &str) -> Result<(), Refusal> {
        self.limits.take(rule, key, self.clock.play_time())
    }

    /// Forgets how somebody was, after the store did, and tells the lines that are open for them to look again.
    fn forget(&self, person: PersonId) {
        self.change(&Change::Person(person));
    }

    /// Forgets that somebody was let into rooms, after the store did.
    fn forget_admissions(&self, person: PersonId, rooms: Vec<RoomId>) {
        self.change(&Change::Admissions(person, rooms));
    }

    /// Forgets credentials that are good no more, after the store did, and tells the lines that are open by them.
    fn end_ways(&self, hashes: impl IntoIterator<Item = String>) {
        self.change(&Change::Credentials(hashes.into_iter().collect(), Lines::End));
    }

    /// Forgets what credentials open, after the store did, and tells the lines that are open by them to look again.
    fn forget_ways(&self, hashes: impl IntoIterator<Item = String>) {
        self.change(&Change::Credentials(hashes.into_iter().collect(), Lines::Look));
    }

    /// Forgets what credentials open, after the store did.
    fn drop_ways(&self, hashes: &[String]) {
        self.change(&Change::Credentials(hashes.to_vec(), Lines::Stay));
    }

    fn change(&self, change: &Change) {
        self.heed(change);
        self.others.tell(change);
    }

    /// Forgets what the store has otherwise by now, whoever changed it, and tells the lines that are open. Who asks in between must not put it back.
    pub(crate) fn heed(&self, change: &Change) {
        self.taken_away.fetch_add(1, Ordering::SeqCst);
        match change {
            Change::Person(person) => {
                self.known.invalidate(person);
                self.endings.person_changed(*person);
            }
            Change::Credentials(hashes, lines) => {
                for hash in hashes {
                    self.ways.invalidate(hash);
                    match lines {
                        Lines::Stay => {}
                        Lines::Look => self.endings.changed(hash),
                        Lines::End => self.endings.tell(hash),
                    }
                }
            }
            Change::Admissions(person, rooms) => {
                for room in rooms {
                    self.admitted.invalidate(&(*room, *person));
                }
            }
            Change::Addresses | Change::Webhooks | Change::Guess(_) => {}
        }
    }

    /// Remembers nothing any more, and has all lines that are open look again whose they are.
    pub(crate) fn forget_all(&self) {
        self.taken_away.fetch_add(1, Ordering::SeqCst);
        self.ways.invalidate_all();
        self.known.invalidate_all();
        self.admitted.invalidate_all();
        self.endings.all_changed();
    }
}

/// What is stored of a credential that cannot be guessed. What can be, such as a password, needs a slow hash.
pub fn hash(token: &str) -> String {
    hex(&Sha256::digest(token.as_bytes()))
}

/// Digit by digit and past the formatter, which took longer than the hash: every call that shows a credential comes by here.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        text.extend([byte >> 4, byte & 0xf].map(|digit| DIGITS[usize::from(digit)]));
    }
    text
}

/// A fault of ours: a record speaks of somebody who is not there.
fn nobody(what: &str, person: PersonId) -> Fault {
    Fault::new(format!("{what} speaks of person {person}, who is not there"))
}

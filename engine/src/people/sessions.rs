//! Sessions: made for guests and at every sign-in, shown, listed, ended.

use std::sync::{Arc, atomic::Ordering};

use uuid::Uuid;

use super::{Caller, Ending, Known, People, ShownKey, hash, nobody};
use crate::{
    acts,
    ids::PersonId,
    ports::Change,
    records::{Admission, ApiKey, Find, Key, Person, Record, Scope, Session, Vouched},
    refusal::{Code, No},
    room::Role,
    secret::Secret,
    text,
    time::{Millis, WallTime},
};

/// How long a session is good where nobody says otherwise: 90 days.
pub const SESSION: Millis = Millis::seconds(90 * 24 * 3600);

/// A session that was just made.
#[derive(Debug, Clone)]
pub struct NewSession {
    /// Who.
    pub person: Person,
    /// The token, which is told once and stored nowhere.
    pub token: Secret,
    /// Until when it is good.
    pub expires_at: WallTime,
}

/// What a secret opens.
#[derive(Debug, Clone)]
pub(super) enum Way {
    Session(Session),
    Key(ApiKey),
}

impl People {
    /// How long a session is good, from its making.
    pub fn session_length(&self) -> Millis {
        self.session
    }

    /// Makes a guest.
    pub async fn guest(&self, name: &str) -> Result<NewSession, No> {
        let now = self.clock.now().wall;
        let person = Person { id: self.entropy.person(), name: text::name(name)?.into(), made_at: now };
        let (record, session) = self.new_session(&person, now);
        self.store.put(vec![Record::Person(person), record]).await?;
        Ok(session)
    }

    /// One more session of somebody, yet to be written.
    pub(super) fn new_session(&self, person: &Person, now: WallTime) -> (Record, NewSession) {
        self.new_session_for(person, now, self.session)
    }

    /// The same, good for so long at most.
    pub(super) fn new_session_for(&self, person: &Person, now: WallTime, good_for: Millis) -> (Record, NewSession) {
        let token = self.entropy.token();
        let expires_at = now + good_for.min(self.session);
        let session = Session { token_hash: hash(&token), person: person.id, expires_at, made_at: now, vouched: None };
        (Record::Session(session), NewSession { person: person.clone(), token: Secret::new(token), expires_at })
    }

    /// A session for somebody who came in from within a chat, good for so long at most. In the room that the chat is tied to
    /// they are what it vouches for.
    pub async fn sign_in_from(&self, person: &Person, good_for: Millis, vouched: Vouched) -> Result<NewSession, No> {
        let (mut record, session) = self.new_session_for(person, self.clock.now().wall, good_for);
        if let Record::Session(session) = &mut record {
            session.vouched = Some(vouched);
        }
        self.store.put(vec![record]).await?;
        Ok(session)
    }

    /// Who shows this token: that of a session, or the secret of a key.
    ///
    /// The store finds it by its hash, so how long the search takes tells nothing about how much of a guess was right.
    pub async fn by_token(&self, token: &str) -> Result<Caller, No> {
        let token_hash = hash(token);
        if self.bootstrap.as_deref() == Some(token_hash.as_str()) {
            let operator = Caller::operator();
            acts::shown(&operator).await?;
            return Ok(operator);
        }
        match self.way(token_hash).await? {
            Some(Way::Session(session)) if session.expires_at > self.clock.now().wall => {
                let known = self.person(session.person).await?;
                let Known { person, registered } = known.ok_or_else(|| nobody("a session", session.person))?;
                Ok(Caller { registered, vouched: session.vouched, ..Caller::new(person) })
            }
            Some(Way::Key(key)) => self.with_key(key).await,
            Some(Way::Session(_)) | None => Err(Code::BadToken.into()),
        }
    }

    /// Somebody as they are while they show nothing: for what goes on in their name. What a key grants in every room counts
    /// as long as it is theirs.
    pub async fn by_id(&self, person: PersonId) -> Result<Option<Caller>, No> {
        if Caller::is_operator(person) {
            return Ok(self.bootstrap.is_some().then(Caller::operator));
        }
        let Some(Known { person, registered }) = self.person(person).await? else { return Ok(None) };
        let keys = self.keys_of(person.id).await?;
        let granted = keys.iter().any(|key| key.scopes.contains(&Scope::Admin)).then_some(Role::Host);
        Ok(Some(Caller { granted, registered, ..Caller::new(person) }))
    }

    /// Who shows a key by its public id and its secret, as some programs do.
    pub async fn by_key(&self, public_id: &str, secret: &str) -> Result<Caller, No> {
        match self.way(hash(secret)).await? {
            Some(Way::Key(key)) if key.id == public_id => self.with_key(key).await,
            _ => Err(Code::BadToken.into()),
        }
    }

    async fn with_key(&self, key: ApiKey) -> Result<Caller, No> {
        self.note_use(&key).await;
        let known = self.person(key.person).await?;
        let Known { person, registered } = known.ok_or_else(|| nobody("a key", key.person))?;
        let granted = key.scopes.contains(&Scope::Admin).then_some(Role::Host);
        let shown = ShownKey { id: key.id.into(), scopes: Arc::new(key.scopes) };
        let caller = Caller { granted, registered, key: Some(shown), ..Caller::new(person) };
        acts::shown(&caller).await?;
        Ok(caller)
    }

    async fn way(&self, secret_hash: String) -> Result<Option<Way>, No> {
        if let Some(way) = self.ways.get(&secret_hash) {
            return Ok(Some(way));
        }
        let before = self.taken_away.load(Ordering::SeqCst);
        let way = match self.store.get(Key::Session(secret_hash.clone())).await? {
            Some(Record::Session(session)) => Way::Session(session),
            _ => match self.store.get(Key::ApiKey(secret_hash.clone())).await? {
                Some(Record::ApiKey(key)) => Way::Key(key),
                _ => return Ok(None),
            },
        };
        if self.taken_away.load(Ordering::SeqCst) == before {
            self.ways.insert(secret_hash, way.clone());
        }
        Ok(Some(way))
    }

    /// Makes a session somebody else's, under the token that it has: for programs that go on with the token they began
    /// with when somebody logs in or out. It is good for as long as a new one. What a chat vouched for ends with it.
    ///
    /// # Errors
    ///
    /// `bad_token` where the token is that of no session.
    pub(super) async fn hand_over(&self, token: &str, person: PersonId) -> Result<(), No> {
        let session = self.session_under(token, person);
        let token_hash = session.token_hash.clone();
        let held = vec![Key::Session(token_hash.clone())];
        let change = Change { held, put: vec![Record::Session(session)], ..Change::default() };
        if !self.store.change(change).await? {
            return Err(Code::BadToken.into());
        }
        self.forget_ways([token_hash]);
        Ok(())
    }

    /// The same for who logs in. Where they were a guest until now, they stay let in wherever the guest was.
    pub(super) async fn log_into(&self, token: &str, person: PersonId) -> Result<(), No> {
        let before = self.by_token(token).await?;
        before.themself()?;
        if !before.registered && before.person.id != person {
            let admissions = self.store.find(Find::AdmissionsOf(before.person.id)).await?;
            let theirs = |record| match record {
                Record::Admission(known) => Some(Record::Admission(Admission { person, ..known })),
                _ => None,
            };
            self.store.put(admissions.into_iter().filter_map(theirs).collect()).await?;
        }
        self.hand_over(token, person).await
    }

    /// A session of somebody's under a token that is there already, yet to be written.
    pub(super) fn session_under(&self, token: &str, person: PersonId) -> Session {
        let now = self.clock.now().wall;
        Session { token_hash: hash(token), person, expires_at: now + self.session, made_at: now, vouched: None }
    }

    /// Makes a session that of a guest who was never here, under the token that it has.
    pub async fn become_guest(&self, token: &str, name: &str) -> Result<Person, No> {
        let person =
            Person { id: self.entropy.person(), name: text::name(name)?.into(), made_at: self.clock.now().wall };
        self.store.put(vec![Record::Person(person.clone())]).await?;
        self.hand_over(token, person.id).await?;
        Ok(person)
    }

    /// Hears when a token is good no more: ended from anywhere, or its person deleted. What ended before is heard by asking who
    /// shows it once more, after this: [`holder`](Self::holder) does.
    pub fn until_ended(&self, token: &str) -> Ending {
        self.endings.of(hash(token))
    }

    /// For whom a line is open by this token, as they are in this moment; `ending` tells of what changes from now on.
    /// `acted_for` is who the line is for, where the token is a key that acts for them.
    ///
    /// # Errors
    ///
    /// `bad_token` where the token is good no more.
    pub async fn holder(&self, ending: &mut Ending, token: &str, acted_for: Option<&Caller>) -> Result<Caller, No> {
        loop {
            let holder = self.by_token(token).await?;
            let caller = match acted_for {
                Some(other) => {
                    let known = self.person(other.person.id).await?;
                    let Known { person, registered } = known.ok_or_else(|| nobody("a line", other.person.id))?;
                    Caller { person, registered, ..other.clone() }
                }
                None => holder,
            };
            // Looked at once more from when on changes are heard: nothing is missed in between.
            if !ending.follow(caller.person.id) {
                return Ok(caller);
            }
        }
    }

    /// Makes a token invalid. The secret of a key stays good: keys are revoked.
    pub async fn sign_out(&self, token: &str) -> Result<(), No> {
        let token_hash = hash(token);
        self.store.delete(Key::Session(token_hash.clone())).await?;
        self.end_ways([token_hash]);
        Ok(())
    }

    /// Somebody's sessions, the newest first.
    pub async fn sessions(&self, person: PersonId) -> Result<Vec<Session>, No> {
        let found = self.store.find(Find::SessionsOf(person)).await?;
        let session = |record| if let Record::Session(session) = record { Some(session) } else { None };
        let mut sessions: Vec<Session> = found.into_iter().filter_map(session).collect();
        sessions.sort_by_key(|session| std::cmp::Reverse((session.made_at, session.id())));
        Ok(sessions)
    }

    /// Whether a session is the one that this token belongs to.
    pub fn is_of(&self, session: &Session, token: &str) -> bool {
        session.token_hash == hash(token)
    }

    /// Ends one session of somebody's, by its [`Session::id`].
    pub async fn end_session(&self, person: PersonId, id: Uuid) -> Result<(), No> {
        let ended = self.end_sessions(person, |session| session.id() == id).await?;
        if ended == 0 { Err(Code::NoSuchSession.into()) } else { Ok(()) }
    }

    /// Ends all sessions of somebody's, for who runs the server; says how many.
    pub async fn end_all_sessions(&self, person: PersonId) -> Result<usize, No> {
        self.end_sessions(person, |_| true).await
    }

    /// Ends all sessions of somebody's but the one of this token; says how many.
    pub async fn end_other_sessions(&self, person: PersonId, token: &str) -> Result<usize, No> {
        self.end_sessions(person, |session| !self.is_of(session, token)).await
    }

    pub(super) async fn end_sessions(&self, person: PersonId, which: impl Fn(&Session) -> bool) -> Result<usize, No> {
        let sessions = self.sessions(person).await?;
        let hashes: Vec<_> = sessions.into_iter().filter(which).map(|session| session.token_hash).collect();
        let delete = hashes.iter().cloned().map(Key::Session).collect();
        self.store.change(Change { delete, ..Change::default() }).await?;
        let ended = hashes.len();
        self.end_ways(hashes);
        Ok(ended)
    }
}

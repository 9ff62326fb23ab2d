//! Who somebody on a chat platform, or in somebody else's program, is here.

use super::{Caller, Known, NewSession, People, hash, nobody};
use crate::{
    ids::PersonId,
    records::{Answer, Find, Identity, Key, Person, Platform, Record, Scope, Subject},
    refusal::{Fault, No, Refusal},
    text,
    time::{Millis, WallTime},
};

/// The longest name that a program has for somebody, in characters.
const SUBJECT_LIMIT: usize = 255;

impl People {
    /// Who somebody on a chat platform is here: the same person each time, under the name they have there now. Somebody with
    /// an account is called as their account is; somebody who is on two platforms, as the one calls them where their name
    /// changed last.
    pub async fn by_identity(&self, platform: Platform, subject: &str, name: &str) -> Result<Person, No> {
        Ok(self.on_platform(platform, subject, name).await?.person)
    }

    /// The same, as somebody who asks: with an account, if they have one.
    pub async fn on_platform(&self, platform: Platform, subject: &str, name: &str) -> Result<Caller, No> {
        let name = text::clipped(name, text::NAME_LIMIT).unwrap_or_else(|| platform.name().to_owned());
        let Known { person, registered } = self.identified(platform, subject, Some(&name)).await?;
        Ok(Caller { registered, ..Caller::new(person) })
    }

    /// A session for somebody whom their chat platform vouched for in this moment, good for so long at most.
    pub async fn sign_in(
        &self,
        platform: Platform,
        subject: &str,
        name: &str,
        good_for: Millis,
    ) -> Result<NewSession, No> {
        let person = self.by_identity(platform, subject, name).await?;
        let (record, session) = self.new_session_for(&person, self.clock.now().wall, good_for);
        self.store.put(vec![record]).await?;
        Ok(session)
    }

    /// Whether what is good once is used for the first time; remembered until then, also over a restart.
    pub async fn first_use(&self, of: &str, until: WallTime) -> Result<bool, No> {
        let used = Answer {
            key: hash(&format!("used\n{of}")),
            request: String::new(),
            status: 204,
            body: String::new(),
            expires_at: until,
        };
        self.store.claim(vec![Record::Answer(used)]).await
    }

    /// Who somebody on a chat platform is here, if they ever were.
    pub async fn known_as(&self, platform: Platform, subject: &str) -> Result<Option<PersonId>, No> {
        match self.store.get(Key::Identity(platform, subject.to_owned())).await? {
            Some(Record::Identity(identity)) => Ok(Some(identity.person)),
            _ => Ok(None),
        }
    }

    async fn identified(&self, platform: Platform, subject: &str, name: Option<&str>) -> Result<Known, No> {
        let key = Key::Identity(platform, subject.to_owned());
        // Two first messages of one person at the same moment: the second claim fails and finds the first.
        loop {
            if let Some(Record::Identity(identity)) = self.store.get(key.clone()).await? {
                let known = self.person(identity.person).await?;
                let known = known.ok_or_else(|| Fault::new(format!("identity {} has no person", identity.subject)))?;
                return match name {
                    Some(name) if identity.name.as_deref() != Some(name) => {
                        self.now_called(identity, known, name).await
                    }
                    _ => Ok(known),
                };
            }
            let name = name.unwrap_or(platform.name());
            let person = self.new_person(name);
            let (subject, seen) = (subject.to_owned(), Some(name.into()));
            let identity = Identity { platform, subject, person: person.id, name: seen };
            if self.store.claim(vec![Record::Identity(identity), Record::Person(person.clone())]).await? {
                return Ok(Known { person, registered: false });
            }
        }
    }

    async fn now_called(&self, identity: Identity, known: Known, name: &str) -> Result<Known, No> {
        let identity = Identity { name: Some(name.into()), ..identity };
        if known.registered || *known.person.name == *name {
            self.store.put(vec![Record::Identity(identity)]).await?;
            return Ok(known);
        }
        let person = Person { name: name.into(), ..known.person };
        self.store.put(vec![Record::Identity(identity), Record::Person(person.clone())]).await?;
        self.forget(person.id);
        Ok(Known { person, ..known })
    }

    fn new_person(&self, name: &str) -> Person {
        Person { id: self.entropy.person(), name: name.into(), made_at: self.clock.now().wall }
    }

    /// The chat platforms that somebody is known on.
    pub async fn identities(&self, person: PersonId) -> Result<Vec<Identity>, No> {
        let found = self.store.find(Find::IdentitiesOf(person)).await?;
        let identity = |record| if let Record::Identity(identity) = record { Some(identity) } else { None };
        Ok(found.into_iter().filter_map(identity).collect())
    }

    /// The caller as somebody for whom their key acts: the same person for the same subject each time, under the name that
    /// is given. The key grants them nothing.
    ///
    /// Needs the scope `act`. A subject `discord:ID` or `telegram:ID` is that platform's person, for who has the scope
    /// `platforms` too.
    pub async fn act_for(&self, caller: &Caller, subject: &str, name: Option<&str>) -> Result<Caller, No> {
        caller.needs(Scope::Act)?;
        // `needs` lets no session through.
        let Some(key) = caller.key.clone() else { return Err(Refusal::input("Only a key acts for others.").into()) };
        let length = subject.chars().count();
        if !(1..=SUBJECT_LIMIT).contains(&length) || subject.chars().any(char::is_control) {
            return Err(Refusal::input("Onecouch-Act-For has 1 to 255 characters: your own id of the person.").into());
        }
        let name = name.map(text::name).transpose()?;
        let platform = match subject.split_once(':') {
            Some(("discord", id)) => Some((Platform::Discord, id)),
            Some(("telegram", id)) => Some((Platform::Telegram, id)),
            _ => None,
        };
        let known = match platform {
            Some((platform, id)) => {
                caller.needs(Scope::Platforms)?;
                if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_digit()) {
                    return Err(Refusal::input("A platform's person is named by number, such as discord:123.").into());
                }
                self.identified(platform, id, name.as_deref()).await?
            }
            None => self.subject(&key.id, subject, name.as_deref()).await?,
        };
        let Known { person, registered } = known;
        Ok(Caller { registered, key: Some(key), acting: true, ..Caller::new(person) })
    }

    async fn subject(&self, key: &str, subject: &str, name: Option<&str>) -> Result<Known, No> {
        let at = Key::Subject(key.to_owned(), subject.to_owned());
        loop {
            if let Some(Record::Subject(found)) = self.store.get(at.clone()).await? {
                let known = self.person(found.person).await?.ok_or_else(|| nobody("a subject", found.person))?;
                return match name {
                    Some(name) if !known.registered && *known.person.name != *name => {
                        Ok(Known { person: self.rename(&known.person, name).await?, ..known })
                    }
                    _ => Ok(known),
                };
            }
            let person = self.new_person(name.unwrap_or("Somebody"));
            let (key, subject) = (key.to_owned(), subject.to_owned());
            let record = Record::Subject(Subject { key, subject, person: person.id });
            if self.store.claim(vec![record, Record::Person(person.clone())]).await? {
                return Ok(Known { person, registered: false });
            }
        }
    }
}

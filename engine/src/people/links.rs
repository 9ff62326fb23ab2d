//! Two selves of one person made one: a code is asked for on one side and typed on the other.

use super::{People, nobody};
use crate::{
    ids::{PersonId, RoomId},
    limits::Rule,
    ports::Change,
    records::{Account, Admission, ApiKey, Barred, Find, Identity, Key, LinkCode, Person, Record, Session, Subject},
    refusal::{Code, No, Refusal},
    secret::Secret,
    time::{Millis, WallTime},
    turns::Turn,
    uploads::Upload,
    webhooks::Webhook,
};

/// How long a code is good: 10 minutes.
const GOOD_FOR: Millis = Millis::seconds(10 * 60);
/// The length of a code, in symbols.
const SYMBOLS: usize = 6;

/// A code that was just made.
#[derive(Debug, Clone)]
pub struct LinkCodeMade {
    /// 6 symbols that can be read aloud, told once and stored nowhere.
    pub code: Secret,
    /// Until when it is good.
    pub expires_at: WallTime,
}

/// Two who became one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Linked {
    /// Who they are now.
    pub person: Person,
    /// Who is no more: nothing leads to them.
    pub gone: PersonId,
    /// Rooms that the one who is gone was let into. A role that they have there stays theirs until the room gives it to
    /// `person`; roles elsewhere, such as in rooms that they made, are known to those rooms alone.
    pub rooms: Vec<RoomId>,
}

/// What becomes of the sessions, keys and webhooks of who goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ways {
    /// They lead to who stays: both said that they are one.
    Stay,
    /// They end: a platform said it, and whoever else came in as who goes must not come into the account.
    End,
}

impl People {
    /// A code by which `person` can be made one with whoever types it elsewhere. An earlier one is good no more.
    pub async fn link_code(&self, person: PersonId) -> Result<LinkCodeMade, No> {
        let code = self.entropy.spoken_code();
        let expires_at = self.clock.now().wall + GOOD_FOR;
        let code_hash = self.passwords.code(&code).await?;
        let earlier = self.store.find(Find::LinkCodesOf(person)).await?;
        let new = vec![Record::LinkCode(LinkCode { code_hash, person, expires_at })];
        let change = Change { new, delete: earlier.iter().map(Record::key).collect(), ..Change::default() };
        if !self.store.change(change).await? {
            // The same six symbols as somebody else's: one in a thousand million.
            return Err(Code::Busy.into());
        }
        Ok(LinkCodeMade { code: Secret::new(code), expires_at })
    }

    /// Makes `person` one with whoever asked for this code. `from` is the guesser's address, or who they are on a chat
    /// platform: guesses are paid for before they are looked at, and given back where they were right.
    ///
    /// Who types the code stays where they have an account, else who asked for it. Sessions, identities, keys, webhooks
    /// and admissions move over.
    pub async fn redeem(&self, person: PersonId, code: &str, from: &str) -> Result<Linked, No> {
        let code: String = code.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
        let code = code.to_ascii_uppercase();
        self.pay(Rule::WrongInvites, from)?;
        if let Err(refusal) = self.pay(Rule::WrongInvitesOfAll, "") {
            self.limits.give_back(Rule::WrongInvites, from, self.clock.play_time());
            return Err(refusal.into());
        }
        if code.len() != SYMBOLS {
            return Err(Code::NoSuchLinkCode.into());
        }
        let key = Key::LinkCode(self.passwords.code(&code).await?);
        let Some(Record::LinkCode(found)) = self.store.get(key.clone()).await? else {
            return Err(Code::NoSuchLinkCode.into());
        };
        self.limits.give_back(Rule::WrongInvites, from, self.clock.play_time());
        self.limits.give_back(Rule::WrongInvitesOfAll, "", self.clock.play_time());
        let maker = found.person;
        if maker == person {
            return Err(Refusal::input("This is your own code. Type it where you want to be the same person.").into());
        }

        let turn = self.changing.next().await?;
        let accounts = (self.account(person).await?, self.account(maker).await?);
        let (stays, gone) = match accounts {
            (Some(_), Some(Account { username, .. })) => {
                return Err(Refusal::new(Code::TwoAccounts).with("other", username).into());
            }
            (Some(_), None) => (person, maker),
            (None, _) => (maker, person),
        };
        let linked = self.unite(stays, gone, vec![key.clone()], vec![key], Ways::Stay, &turn).await?;
        linked.ok_or_else(|| Code::NoSuchLinkCode.into())
    }

    /// Everything that leads to `gone` leads to `stays` from now on, on condition that all of `held` is there; `used` goes
    /// with it. Nothing where the condition does not hold.
    pub(super) async fn unite(
        &self,
        stays: PersonId,
        gone: PersonId,
        held: Vec<Key>,
        used: Vec<Key>,
        ways: Ways,
        turn: &Turn<'_>,
    ) -> Result<Option<Linked>, No> {
        let person = self.person(stays).await?.ok_or_else(|| nobody("a link", stays))?.person;
        let mut change = Change { held, delete: used, ..Change::default() };
        let (mut rooms, mut hashes) = (Vec::new(), Vec::new());
        for record in self.all_of(gone).await? {
            match record {
                Record::Session(session) if ways == Ways::End => {
                    change.delete.push(Key::Session(session.token_hash.clone()));
                    hashes.push(session.token_hash);
                }
                Record::ApiKey(key) if ways == Ways::End => {
                    change.delete.push(Key::ApiKey(key.secret_hash.clone()));
                    hashes.push(key.secret_hash);
                }
                webhook @ (Record::Webhook(_) | Record::WebhookCursor(_)) if ways == Ways::End => {
                    change.delete.push(webhook.key());
                }
                Record::Session(session) => {
                    hashes.push(session.token_hash.clone());
                    change.put.push(Record::Session(Session { person: stays, ..session }));
                }
                Record::ApiKey(key) => {
                    hashes.push(key.secret_hash.clone());
                    change.put.push(Record::ApiKey(ApiKey { person: stays, ..key }));
                }
                Record::Identity(identity) => {
                    change.put.push(Record::Identity(Identity { person: stays, ..identity }));
                }
                Record::Webhook(webhook) => {
                    change.put.push(Record::Webhook(Box::new(Webhook { person: stays, ..*webhook })));
                }
                // It belongs to a webhook, which is told on where it was.
                Record::WebhookCursor(_) => {}
                Record::Upload(upload) => change.put.push(Record::Upload(Upload { person: stays, ..upload })),
                Record::Subject(subject) => change.put.push(Record::Subject(Subject { person: stays, ..subject })),
                Record::Barred(barred) => change.put.push(Record::Barred(Barred { person: stays, ..barred })),
                Record::Admission(admission) => {
                    rooms.push(admission.room);
                    change.delete.push(Key::Admission(admission.room, gone));
                    change.put.push(Record::Admission(Admission { person: stays, ..admission }));
                }
                other => change.delete.push(other.key()),
            }
        }
        turn.still().await?;
        if !self.store.change(change).await? {
            return Ok(None);
        }
        match ways {
            Ways::Stay => self.drop_ways(&hashes),
            Ways::End => self.end_ways(hashes),
        }
        self.forget(stays);
        self.forget_admissions(gone, rooms.clone());
        Ok(Some(Linked { person, gone, rooms }))
    }

    /// Tells the lines that were open for who is gone that they are somebody else's: once the rooms know it, or these would
    /// not let them in.
    pub(crate) fn united(&self, linked: &Linked) {
        self.forget(linked.gone);
    }

    /// All records that belong to somebody, except the person and the account.
    pub(super) async fn all_of(&self, person: PersonId) -> Result<Vec<Record>, No> {
        let mut all = Vec::new();
        for find in [
            Find::SessionsOf(person),
            Find::KeysOf(person),
            Find::IdentitiesOf(person),
            Find::SubjectsOf(person),
            Find::BarredOf(person),
            Find::AdmissionsOf(person),
            Find::RecoveriesOf(person),
            Find::LinkCodesOf(person),
            Find::UploadsOf(person),
        ] {
            all.extend(self.store.find(find).await?);
        }
        for webhook in self.store.find(Find::WebhooksOf(person)).await? {
            if let Record::Webhook(webhook) = &webhook {
                all.extend(self.store.find(Find::CursorsUnder(webhook.id)).await?);
            }
            all.push(webhook);
        }
        Ok(all)
    }
}

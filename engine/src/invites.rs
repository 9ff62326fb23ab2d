//! Ways into a room: links, spoken codes, passwords; who makes them, sees them and takes them back.

use std::sync::Arc;

use crate::{
    Engine,
    command::{Actor, Command},
    ids::{Entropy, PersonId, RoomId},
    limits::Rule,
    records::{Alias, AliasKind, Key, Record},
    refusal::{Code, No, Refusal},
    room::{Changes, Permission, RoomView, Visibility, roles},
    rooms::Done,
    text,
    time::WallTime,
};

/// How many invites a room may have at once, beside its own.
const INVITES: usize = 100;
/// How many characters the password of a room may have. Clipper's validation.
const PASSWORD: std::ops::RangeInclusive<usize> = 4..=100;
/// How many characters the note of an invite may have.
const NOTE_LIMIT: usize = 100;

impl Engine {
    /// The room that an invite token names. A wrong guess costs `from`, the guesser's address.
    pub async fn invited(&self, token: &str, from: &str) -> Result<Arc<RoomView>, No> {
        let room = self.named(AliasKind::Invite, token, from).await?.ok_or(Code::NoSuchInvite)?;
        let view = self.rooms.view(room).await?;
        if *view.invite != *token && !self.rooms.is_one_more(token).await? {
            return Err(Code::NoSuchInvite.into());
        }
        Ok(view)
    }

    /// The room that a spoken code names. To a private room the code alone is not enough.
    pub async fn spoken(&self, code: &str, from: &str) -> Result<Arc<RoomView>, No> {
        // People type it as they heard it.
        let code = code.to_ascii_uppercase();
        let room = self.named(AliasKind::Code, &code, from).await?.ok_or(Code::NoSuchInvite)?;
        let view = self.rooms.view(room).await?;
        let taken_back = *view.code != *code;
        if taken_back || view.settings.visibility == Visibility::Private && view.settings.password.is_none() {
            return Err(Code::NoSuchInvite.into());
        }
        Ok(view)
    }

    /// The room that somebody names by something that could be guessed.
    ///
    /// Each guess is paid for before it is looked at, and given back where it was right: so guesses sent at once cost as
    /// much as guesses one after the other. There is a budget per address, and for spoken codes one for all addresses
    /// together. A link is too long to be guessed from however many addresses, and those who try must not close the door to
    /// everybody who has one.
    pub async fn named(&self, kind: AliasKind, value: &str, from: &str) -> Result<Option<RoomId>, No> {
        let now = self.clock.play_time();
        let is_short = !matches!(kind, AliasKind::Invite | AliasKind::Watch2Gether);
        if is_short {
            self.guess(from)?;
        } else {
            self.limits.take(Rule::WrongInvites, from, now)?;
        }
        let found = self.rooms.find(kind, value).await;
        if !matches!(found, Ok(None)) {
            self.limits.give_back(Rule::WrongInvites, from, now);
            if is_short {
                self.limits.give_back(Rule::WrongInvitesOfAll, "", now);
            }
        }
        found
    }

    /// Pays for a guess at something short: a spoken code, a password.
    fn guess(&self, from: &str) -> Result<(), Refusal> {
        let now = self.clock.play_time();
        self.limits.take(Rule::WrongInvites, from, now)?;
        self.limits.take(Rule::WrongInvitesOfAll, "", now).inspect_err(|_| {
            self.limits.give_back(Rule::WrongInvites, from, now);
        })
    }

    /// Lets somebody into a room: who was invited, and into an open room anybody. Where a password is asked for, with that;
    /// a wrong one costs `from`, the guesser's address.
    pub async fn admit(
        &self,
        view: &RoomView,
        person: PersonId,
        invited: bool,
        password: Option<&str>,
        from: &str,
    ) -> Result<(), No> {
        if view.bans.contains_key(&person) {
            return Err(Code::Banned.into());
        }
        let member = view.members.contains_key(&person) || self.people.is_admitted(view.id, person).await?;
        if member {
            return Ok(());
        }
        self.may_come(view, invited, password, from).await?;
        self.people.admit(view.id, person).await
    }

    /// Whether somebody who is nothing in a room yet may come in.
    pub async fn may_come(&self, view: &RoomView, invited: bool, password: Option<&str>, from: &str) -> Result<(), No> {
        match (&view.settings.password, password) {
            (Some(hash), Some(given)) => {
                self.guess(from)?;
                if !self.people.verify_password(hash, given).await? {
                    return Err(Code::WrongRoomPassword.into());
                }
                let now = self.clock.play_time();
                self.limits.give_back(Rule::WrongInvites, from, now);
                self.limits.give_back(Rule::WrongInvitesOfAll, "", now);
            }
            (Some(_), None) => return Err(Code::RoomPasswordNeeded.into()),
            (None, _) if !invited && !view.settings.visibility.is_open() => return Err(roles::keeps_out(view).into()),
            (None, _) => {}
        }
        Ok(())
    }

    /// What a room is set to that shall ask for this password.
    pub async fn room_password(&self, password: &str) -> Result<Arc<str>, No> {
        if !PASSWORD.contains(&password.chars().count()) {
            return Err(Refusal::input("A password has 4 to 100 characters.").into());
        }
        Ok(self.people.hash_password(password).await?.into())
    }

    /// Changes settings. A room that was open to everybody and is not any more gets a new link: those who saw the old one
    /// were not invited. Who is in it at that moment stays let in, and who closed it.
    pub async fn change(&self, room: RoomId, actor: Actor, changes: Changes) -> Result<Done, No> {
        let before = self.rooms.view(room).await?.settings.visibility;
        let by = actor.person;
        let done = self.rooms.command(room, actor, Command::Change(Box::new(changes))).await?;
        if before.is_open() && !done.view.settings.visibility.is_open() {
            let here = done.view.presence.values().map(|seat| seat.who.person);
            self.people.admit_all(room, here.chain([by]).collect()).await?;
        }
        if before == Visibility::Public && !done.view.settings.visibility.is_open() {
            return self.renew_invite(room, &crate::room::hand()).await;
        }
        Ok(done)
    }

    /// Takes the room's own invite link and spoken code back, and makes others.
    pub async fn renew_invite(&self, room: RoomId, actor: &Actor) -> Result<Done, No> {
        let view = self.rooms.view(room).await?;
        roles::require(&view, actor, Permission::Invite)?;
        let (invite, code) = self.rooms.name_room(room).await?;
        let renew = Command::RenewInvite { invite: invite.clone().into(), code: code.clone().into() };
        let done = self.rooms.command(room, actor.clone(), renew).await;
        let gone = match &done {
            // What the room had at that moment, whoever else renewed it meanwhile.
            Ok(_) => [view.invite.to_string(), view.code.to_string()],
            Err(_) => [invite, code],
        };
        for (kind, value) in [AliasKind::Invite, AliasKind::Code].into_iter().zip(gone) {
            self.rooms.forget_name(kind, value).await?;
        }
        done
    }

    /// The invites of a room, its own among them, for who manages them.
    pub async fn invites(&self, view: &RoomView, actor: &Actor) -> Result<Vec<Alias>, No> {
        roles::require(view, actor, Permission::Invite)?;
        let known = self.rooms.names(view.id).await?;
        let good = |alias: &Alias| alias.by.is_some() || *alias.value == *view.invite;
        Ok(known.into_iter().filter(|alias| alias.kind == AliasKind::Invite && good(alias)).collect())
    }

    /// Makes one more invite link, which may end by itself.
    pub async fn make_invite(
        &self,
        view: &RoomView,
        actor: &Actor,
        until: Option<WallTime>,
        note: Option<&str>,
    ) -> Result<Alias, No> {
        let known = self.invites(view, actor).await?;
        if known.len() > INVITES {
            return Err(Refusal::new(Code::RoomFull).with("limit", INVITES).into());
        }
        if until.is_some_and(|until| until <= self.clock.now().wall) {
            return Err(Refusal::input("That time has passed. Name one in the future, or none.").into());
        }
        let note = note.map(|note| text::line(note, NOTE_LIMIT)).transpose()?;
        let (kind, value) = (AliasKind::Invite, Entropy.invite());
        let alias = Alias { kind, value, room: view.id, until, by: Some(actor.person), note, written: None };
        if self.rooms.claim_name(alias.clone()).await? { Ok(alias) } else { Err(Code::Busy.into()) }
    }

    /// Takes an invite back; of the room's own another is made.
    pub async fn revoke_invite(&self, view: &RoomView, actor: &Actor, token: &str) -> Result<(), No> {
        roles::require(view, actor, Permission::Invite)?;
        if *view.invite == *token {
            return self.renew_invite(view.id, actor).await.map(drop);
        }
        if self.rooms.find(AliasKind::Invite, token).await? != Some(view.id) {
            return Err(Code::NoSuchInvite.into());
        }
        self.rooms.forget_name(AliasKind::Invite, token.to_owned()).await
    }
}

impl crate::rooms::Rooms {
    /// Whether an invite is one that somebody made beside the room's own. One of the room's own that was taken back is
    /// still stored where the server ended in that moment.
    async fn is_one_more(&self, token: &str) -> Result<bool, No> {
        let found = self.store().get(Key::Alias(AliasKind::Invite, token.to_owned())).await?;
        Ok(matches!(found, Some(Record::Alias(Alias { by: Some(_), .. }))))
    }
}

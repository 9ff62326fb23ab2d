//! The names that rooms are found by: unique by kind and value, whoever gives them.

use super::Rooms;
use crate::{
    ids::RoomId,
    records::{Alias, AliasKind, Find, Key, Record},
    refusal::{Code, Fault, No, Refusal},
};

/// What a dialect calls a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DialectName {
    /// Whose kind of name it is.
    pub kind: AliasKind,
    /// What it is found by, in the kind's own spelling.
    pub value: String,
    /// How it is written.
    pub written: String,
}

impl Rooms {
    /// The room that an alias names.
    pub async fn find(&self, kind: AliasKind, value: &str) -> Result<Option<RoomId>, No> {
        match self.shared.store.get(Key::Alias(kind, value.to_owned())).await? {
            Some(Record::Alias(alias)) => Ok(Some(alias.room)),
            _ => Ok(None),
        }
    }

    /// What a dialect calls a room whose names it draws itself: the one that the room has, else one that is drawn now.
    pub async fn name_drawn(
        &self,
        room: RoomId,
        kind: AliasKind,
        draw: impl Fn() -> String + Send,
    ) -> Result<String, No> {
        if let Some(name) = self.name_of(room, kind).await? {
            return Ok(name);
        }
        // Of two who ask at once the second is told what the first has drawn.
        let turn = self.shared.naming.next().await?;
        if let Some(name) = self.name_of(room, kind).await? {
            return Ok(name);
        }
        for _ in 0..16 {
            let alias = Alias { kind, value: draw(), room, until: None, by: None, note: None, written: None };
            turn.still().await?;
            if self.claim_name(alias.clone()).await? {
                return Ok(alias.value);
            }
        }
        Err(Fault::new(format!("sixteen {} names in a row were taken", kind.name())).into())
    }

    /// The rooms whose names of a kind begin so, by the order of the names.
    pub async fn named_under(&self, kind: AliasKind, begin: &str) -> Result<Vec<RoomId>, No> {
        let found = self.shared.store.find(Find::AliasesUnder(kind, begin.to_owned())).await?;
        let room = |record| if let Record::Alias(alias) = record { Some(alias.room) } else { None };
        Ok(found.into_iter().filter_map(room).collect())
    }

    /// All names of a room.
    pub(crate) async fn names(&self, room: RoomId) -> Result<Vec<Alias>, No> {
        let found = self.shared.store.find(Find::AliasesOf(room)).await?;
        let alias = |record| if let Record::Alias(alias) = record { Some(alias) } else { None };
        Ok(found.into_iter().filter_map(alias).collect())
    }

    /// Gives a room a name, if it is free.
    pub(crate) async fn claim_name(&self, alias: Alias) -> Result<bool, No> {
        self.shared.store.claim(vec![Record::Alias(alias)]).await
    }

    pub(crate) async fn forget_name(&self, kind: AliasKind, value: String) -> Result<(), No> {
        self.shared.store.delete(Key::Alias(kind, value)).await
    }

    /// Takes an invite token and a spoken code for a room. The code is short: a taken one is drawn again.
    pub(crate) async fn name_room(&self, room: RoomId) -> Result<(String, String), No> {
        for _ in 0..16 {
            let (invite, code) = (self.shared.entropy.invite(), self.shared.entropy.spoken_code());
            let alias = |kind, value: &str| {
                Record::Alias(Alias {
                    kind,
                    value: value.to_owned(),
                    room,
                    until: None,
                    by: None,
                    note: None,
                    written: None,
                })
            };
            let records = vec![alias(AliasKind::Invite, &invite), alias(AliasKind::Code, &code)];
            if self.shared.store.claim(records).await? {
                return Ok((invite, code));
            }
        }
        Err(Fault::new("sixteen spoken codes in a row were taken").into())
    }

    /// Takes a dialect's name for a room.
    pub(super) async fn claim_dialect_name(&self, room: RoomId, name: &DialectName) -> Result<(), No> {
        let DialectName { kind, value, written } = name.clone();
        let alias = Alias { kind, value, room, until: None, by: None, note: None, written: Some(written) };
        let key = Key::Alias(alias.kind, alias.value.clone());
        for _ in 0..2 {
            if self.shared.store.claim(vec![Record::Alias(alias.clone())]).await? {
                return Ok(());
            }
            let Some(holder) = self.find(name.kind, &name.value).await? else { continue };
            match self.view(holder).await {
                // The name of a room that never came to be, because the server died between the two.
                Err(No::Refusal(refusal)) if refusal.code == Code::NoSuchRoom => {
                    self.shared.store.delete(key.clone()).await?;
                }
                Err(no) => return Err(no),
                Ok(_) => break,
            }
        }
        Err(Refusal::new(Code::NameTaken).with("name", &name.written).into())
    }

    /// What a dialect calls a room, as it is written; nothing where it has no such name.
    pub async fn name_of(&self, room: RoomId, kind: AliasKind) -> Result<Option<String>, No> {
        let name = self.names(room).await?.into_iter().find(|alias| alias.kind == kind);
        Ok(name.map(|alias| alias.written.unwrap_or(alias.value)))
    }
}

//! Files that people bring onto the server: who may, how much, and whose they are.
//!
//! Space is reserved when an upload begins, by its record, so that two who bring at once cannot have more together than there
//! is, and so that a restart forgets nothing. The bytes are the host's affair.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use crate::{
    command::Actor,
    ids::{PersonId, RoomId, UploadId},
    ports::{HELD_PATIENCE, Held, Store},
    records::{Find, Key, Record},
    refusal::{Code, No, Refusal},
    room,
    rooms::Rooms,
    time::{Clock, WallTime},
    turns::Turns,
};
use serde::{Deserialize, Serialize};

/// How many of one person may be unfinished at a time: a film, its subtitles, and one that broke off.
pub const OPEN: usize = 3;
/// Bytes of the megabytes in which limits are written and told.
pub const MB: u64 = 1_000_000;
/// Bytes as which a file counts at least: so that limits of space limit how many files there are, too.
pub const LEAST: u64 = MB;

/// What a host sets about uploads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UploadsSettings {
    /// Whether there are any.
    pub enabled: bool,
    /// Whether somebody without an account may. A guest is a new person as often as they like, and so has no quota.
    pub guests: bool,
    /// Bytes of one file at most.
    pub file: u64,
    /// Bytes of one person's files at most.
    pub per_person: u64,
    /// Bytes of everybody's files at most.
    pub total: u64,
}

/// None; where there are any, a few films each.
impl Default for UploadsSettings {
    fn default() -> Self {
        Self { enabled: false, guests: false, file: 4_000 * MB, per_person: 10_000 * MB, total: 100_000 * MB }
    }
}

/// A file that somebody brings, or brought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upload {
    /// Its identity.
    pub id: UploadId,
    /// Who brings it.
    pub person: PersonId,
    /// What they were called then.
    pub by: Arc<str>,
    /// The room in which they had the right to.
    pub room: RoomId,
    /// The name of the file, as they gave it and the host made it harmless.
    pub name: String,
    /// How many bytes it has when it is whole.
    pub bytes: u64,
    /// When it began.
    pub at: WallTime,
    /// Where it stands among the host's files; none until it is whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
}

/// A file that somebody wants to bring.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewUpload {
    /// Its identity, chosen by the host: it may have to know it before anybody else can.
    pub id: UploadId,
    /// As in [`Upload`].
    pub name: String,
    /// As in [`Upload`].
    pub bytes: u64,
    /// Whether whoever brings it has an account, or is a program with a key.
    pub lasting: bool,
}

/// All uploads.
#[derive(Clone)]
pub struct Uploads {
    store: Arc<dyn Store>,
    rooms: Rooms,
    clock: Clock,
    settings: UploadsSettings,
    /// Held while space is counted and reserved.
    reserving: Arc<Turns>,
    /// People who are being deleted by this process: nothing begins in their name.
    leaving: Arc<Mutex<HashSet<PersonId>>>,
}

/// Somebody who is being deleted: as long as this lives, nothing begins in their name.
#[derive(Debug)]
pub struct Leaving {
    all: Arc<Mutex<HashSet<PersonId>>>,
    person: PersonId,
    /// The same for other nodes.
    _elsewhere: Box<dyn Held>,
}

impl Drop for Leaving {
    fn drop(&mut self) {
        self.all.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.person);
    }
}

/// Under what a process has somebody who is being deleted by it.
fn of_leaving(person: PersonId) -> String {
    format!("leaving/{person}")
}

impl Uploads {
    pub(crate) fn new(store: Arc<dyn Store>, rooms: Rooms, clock: Clock, settings: UploadsSettings) -> Self {
        let reserving = Arc::new(Turns::one(store.clone(), "uploads"));
        Self { store, rooms, clock, settings, reserving, leaving: Arc::default() }
    }

    /// What is set.
    pub fn settings(&self) -> &UploadsSettings {
        &self.settings
    }

    /// Reserves room for a file. `free` says how many bytes the host's disk has left for uploads, and is asked when nobody else
    /// reserves.
    ///
    /// # Errors
    ///
    /// `bad_token` where they are being deleted; `uploads_off`; what keeps them from uploading in the room; `needs_account`; `file_too_large`; `too_many_uploads`;
    /// `quota_full`.
    pub async fn begin(
        &self,
        room: RoomId,
        actor: &Actor,
        new: NewUpload,
        free: impl FnOnce() -> u64 + Send,
    ) -> Result<Upload, No> {
        let NewUpload { id, name, bytes, lasting } = new;
        let settings = &self.settings;
        if !settings.enabled {
            return Err(Code::UploadsOff.into());
        }
        let view = self.rooms.view(room).await?;
        room::may_upload(&view, actor)?;
        if !lasting && !settings.guests {
            return Err(Code::NeedsAccount.into());
        }
        if bytes == 0 {
            return Err(Refusal::input("That file is empty. Choose another one.").into());
        }
        if bytes > settings.file {
            return Err(Refusal::new(Code::FileTooLarge).with("limit", settings.file / MB).into());
        }
        let turn = self.reserving.next().await?;
        if self.leaving.lock().unwrap_or_else(PoisonError::into_inner).contains(&actor.person) {
            return Err(Code::BadToken.into());
        }
        let _stays = match self.store.exclusive(&of_leaving(actor.person), Duration::ZERO).await {
            Err(No::Refusal(refusal)) if refusal.code == Code::Busy => return Err(Code::BadToken.into()),
            stays => stays?,
        };
        let own = self.of(actor.person).await?;
        if own.iter().filter(|upload| upload.path.is_none()).count() >= OPEN {
            return Err(Refusal::new(Code::TooManyUploads).with("limit", OPEN).into());
        }
        let mut all = self.all().await?;
        let left = |limit: u64, uploads: &[Upload]| limit.saturating_sub(counted(uploads));
        let left = left(settings.per_person, &own).min(left(settings.total, &all));
        // What was promised to others and did not come yet is as good as written. Looked at before the disk is, so that what
        // arrives in between counts twice and not never.
        all.retain(|upload| upload.path.is_none());
        let left = left.min(free().saturating_sub(used(&all)));
        if bytes.max(LEAST) > left {
            return Err(Refusal::new(Code::QuotaFull).with("left", left / MB).into());
        }
        let upload = Upload {
            id,
            person: actor.person,
            by: actor.name.clone(),
            room,
            name,
            bytes,
            at: self.clock.now().wall,
            path: None,
        };
        turn.still().await?;
        self.store.put(vec![Record::Upload(upload.clone())]).await?;
        Ok(upload)
    }

    /// What somebody brought or brings who is being deleted, the oldest first. Nothing is added to it while the other lives.
    pub async fn leave(&self, person: PersonId) -> Result<(Vec<Upload>, Leaving), No> {
        // Before anybody waits for it: where another node deletes them too, nobody else is kept from bringing anything.
        let elsewhere = self.store.exclusive(&of_leaving(person), HELD_PATIENCE).await?;
        // Behind everybody who found that they may, and is not written down yet.
        let _turn = self.reserving.next().await?;
        self.leaving.lock().unwrap_or_else(PoisonError::into_inner).insert(person);
        let leaving = Leaving { all: self.leaving.clone(), person, _elsewhere: elsewhere };
        Ok((self.of(person).await?, leaving))
    }

    /// Somebody's, the oldest first.
    pub async fn of(&self, person: PersonId) -> Result<Vec<Upload>, No> {
        Ok(uploads(self.store.find(Find::UploadsOf(person)).await?))
    }

    /// Everybody's, the oldest first.
    pub async fn all(&self) -> Result<Vec<Upload>, No> {
        Ok(uploads(self.store.find(Find::Uploads).await?))
    }

    /// One of them.
    pub async fn get(&self, id: UploadId) -> Result<Option<Upload>, No> {
        match self.store.get(Key::Upload(id)).await? {
            Some(Record::Upload(upload)) => Ok(Some(upload)),
            _ => Ok(None),
        }
    }

    /// Notes where the whole file stands; false where the upload was ended meanwhile.
    pub async fn place(&self, upload: &Upload, path: String) -> Result<bool, No> {
        let placed = Record::Upload(Upload { path: Some(path), ..upload.clone() });
        let change =
            crate::ports::Change { held: vec![placed.key()], put: vec![placed], ..crate::ports::Change::default() };
        self.store.change(change).await
    }

    /// Frees what it reserved.
    pub async fn end(&self, id: UploadId) -> Result<(), No> {
        self.store.delete(Key::Upload(id)).await
    }
}

/// How many bytes they have together.
pub fn used(uploads: &[Upload]) -> u64 {
    uploads.iter().fold(0, |sum, upload| sum.saturating_add(upload.bytes))
}

/// As how many bytes they count against limits together: each as [`LEAST`] at least.
fn counted(uploads: &[Upload]) -> u64 {
    uploads.iter().fold(0, |sum, upload| sum.saturating_add(upload.bytes.max(LEAST)))
}

fn uploads(records: Vec<Record>) -> Vec<Upload> {
    let upload = |record| if let Record::Upload(upload) = record { Some(upload) } else { None };
    let mut uploads: Vec<Upload> = records.into_iter().filter_map(upload).collect();
    uploads.sort_by_key(|upload| upload.id);
    uploads
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::Entropy;

    fn upload(bytes: u64) -> Upload {
        Upload {
            id: Entropy.upload(),
            person: Entropy.person(),
            by: "Ana".into(),
            room: Entropy.room(),
            name: "a.mp4".to_owned(),
            bytes,
            at: WallTime(0),
            path: None,
        }
    }

    #[test]
    fn tiny_files_count_as_a_megabyte_each() {
        let files = [upload(1), upload(100), upload(3 * MB)];
        assert_eq!((used(&files), counted(&files)), (3 * MB + 101, 5 * MB));
        assert_eq!(counted(&[upload(u64::MAX), upload(1)]), u64::MAX);
        assert_eq!(counted(&[]), 0);
    }
}

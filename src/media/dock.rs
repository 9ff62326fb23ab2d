//! Where people bring films: piece by piece into a hidden part, looked at, and moved into the library when whole.
//!
//! An upload goes on where it broke off: its record reserves the space, and the length of its part says how far it came, both
//! after a restart too. Nobody sees a part, and what is moved is a film, a sound or subtitles by its content, not by its name.

use std::{
    fs::{self, OpenOptions},
    io::{self, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, SystemTime},
};

use axum::body::BodyDataStream;
use dashmap::{DashMap, Entry};
use engine::{
    command::Actor,
    ids::{Entropy, PersonId, RoomId, UploadId},
    media::Player,
    refusal::{Code, Fault, No, Refusal},
    text,
    time::WallTime,
    uploads::{Leaving, NewUpload, Upload, Uploads},
};
use futures_util::StreamExt;
use tokio::{
    sync::Notify,
    time::{interval, timeout},
};
use tokio_util::sync::CancellationToken;

use super::{
    facts,
    format::{self, Role},
    library::Library,
    place::Place,
    webvtt::webvtt,
};
use crate::resolve::kind::{self, Verdict};

/// The folder of the library in which parts lie: a hidden one, so nothing of it is ever served.
const PARTS: &str = ".parts";
/// The folder of the library in which what was brought lies.
const BROUGHT: &str = "uploads";
/// Bytes of one call: a broken call costs no more, and proxies let as much through.
pub const CALL: u64 = 64 << 20;
/// Bytes that are gathered for one write.
const WRITE: usize = 512 * 1024;
/// How long a call may bring nothing.
const STALL: Duration = Duration::from_secs(30);
/// How long a refused call is read on.
const DRAIN: Duration = Duration::from_secs(10);
/// How long a call waits for another one of the same upload, or for who tidies up.
const SEAT_WAIT: Duration = Duration::from_secs(1);
/// How long a part that nobody goes on with is kept.
const KEPT: Duration = Duration::from_secs(24 * 3_600);
/// How often old parts are looked for.
const ROUND: Duration = Duration::from_secs(3_600);
/// Bytes after which it shows what a file is.
const TELLS: u64 = 4_096;
/// Bytes of the beginning that are looked at.
const HEAD: u64 = 512 * 1024;
/// Bytes of subtitles.
const SUBTITLES: u64 = 4 << 20;
/// How many characters a name may have.
const NAME: usize = 120;
/// How many films may have the same name.
const ALIKE: u32 = 1_000;

/// How far an upload is.
#[derive(Debug, Clone)]
pub struct Progress {
    /// What is brought.
    pub upload: Upload,
    /// The next byte; all of them when it is whole.
    pub offset: u64,
    /// Until when its part is kept; none when it is whole.
    pub until: Option<WallTime>,
}

/// Where people bring films. Cheap to clone.
#[derive(Clone)]
pub struct Dock {
    library: Arc<Library>,
    uploads: Uploads,
    /// Bytes of the disk that stay free.
    keep_free: u64,
    /// Uploads that somebody is at work on at this moment.
    seats: Arc<Seats>,
}

/// The seats that are taken: one for each upload that somebody is at work on.
#[derive(Default)]
struct Seats {
    /// Cancelled where whoever sits there is to stop.
    taken: DashMap<UploadId, CancellationToken>,
    /// One became free.
    freed: Notify,
}

impl Dock {
    /// On a library; uploads leave so many bytes of the disk free.
    pub fn new(library: Arc<Library>, uploads: Uploads, keep_free: u64) -> Self {
        Self { library, uploads, keep_free, seats: Arc::default() }
    }

    /// The films.
    pub fn library(&self) -> &Arc<Library> {
        &self.library
    }

    /// The rules.
    pub fn uploads(&self) -> &Uploads {
        &self.uploads
    }

    /// Begins an upload. `not_playable` where the name is none of a film, a sound or subtitles; what the rules refuse;
    /// `quota_full` where the disk is too full.
    pub async fn begin(
        &self,
        room: RoomId,
        actor: &Actor,
        lasting: bool,
        name: &str,
        bytes: u64,
    ) -> Result<Progress, No> {
        let name = named(name).ok_or(Code::NotPlayable)?;
        let id = Entropy.upload();
        // Taken before there is a record: who tidies up would take one without a part for one whose part is gone.
        let _at_work = self.seat(id).ok_or(Code::Busy)?;
        let free = || free(self.library.root()).saturating_sub(self.keep_free);
        let upload = self.uploads.begin(room, actor, NewUpload { id, name, bytes, lasting }, free).await?;
        let part = self.part(upload.id);
        let made = aside(move || {
            fs::create_dir_all(part.parent().unwrap_or(&part))?;
            OpenOptions::new().write(true).create_new(true).open(&part).map(drop)
        });
        if let Err(error) = made.await {
            self.uploads.end(upload.id).await?;
            return Err(unwritten(&error));
        }
        self.progress(upload).await
    }

    /// Somebody's upload. `no_such_upload` where there is none of theirs.
    pub async fn own(&self, person: PersonId, id: UploadId) -> Result<Upload, No> {
        let upload = self.uploads.get(id).await?.filter(|upload| upload.person == person);
        upload.ok_or_else(|| Code::NoSuchUpload.into())
    }

    /// How far it is.
    pub async fn progress(&self, upload: Upload) -> Result<Progress, No> {
        if upload.path.is_some() {
            return Ok(Progress { offset: upload.bytes, until: None, upload });
        }
        let part = self.part(upload.id);
        let about = aside(move || fs::metadata(part)).await.map_err(|_| Refusal::new(Code::NoSuchUpload))?;
        Ok(Progress { offset: about.len(), until: Some(until(&about)), upload })
    }

    /// Writes what a call brings, from `offset` on; with the last byte the file takes its place among the films. What arrived
    /// is kept though the call breaks off.
    ///
    /// # Errors
    ///
    /// `wrong_offset`, `busy` where another call of the same upload is at work, `bad_input` for too many bytes, `not_playable`,
    /// which ends the upload, and `not_stored`.
    pub async fn write(&self, upload: Upload, offset: u64, body: BodyDataStream) -> Result<Progress, No> {
        let at_work = self.seat_soon(upload.id).await.ok_or(Code::Busy)?;
        // On its own: were it dropped with a call that breaks off, a write could still be on its way when the next call
        // looks how far it came.
        let dock = self.clone();
        let work = tokio::spawn(async move {
            let mut body = body;
            let taken = dock.take(upload, offset, &mut body, &at_work.stop).await;
            drop(at_work);
            if taken.is_err() {
                drain(&mut body).await;
            }
            taken
        });
        work.await.unwrap_or_else(|error| Err(Fault::new(format!("an upload failed: {error}")).into()))
    }

    async fn take(
        &self,
        upload: Upload,
        offset: u64,
        body: &mut BodyDataStream,
        stop: &CancellationToken,
    ) -> Result<Progress, No> {
        // As it is now, and not as it was before somebody else was at work.
        let upload = self.uploads.get(upload.id).await?.ok_or(Code::NoSuchUpload)?;
        let known = self.progress(upload.clone()).await?;
        if known.offset != offset || upload.path.is_some() {
            return Err(Refusal::new(Code::WrongOffset).with("offset", known.offset).into());
        }
        let room = (upload.bytes - offset).min(CALL);
        let (mut at, mut gathered, mut broken) = (offset, Vec::new(), false);
        loop {
            let piece = tokio::select! {
                biased;
                () = stop.cancelled() => return Err(Code::NoSuchUpload.into()),
                piece = timeout(STALL, body.next()) => piece,
            };
            let piece = match piece {
                Ok(Some(Ok(piece))) => piece,
                Ok(None) => break,
                Ok(Some(Err(_))) | Err(_) => {
                    broken = true;
                    break;
                }
            };
            if at - offset + (gathered.len() + piece.len()) as u64 > room {
                let said = if upload.bytes - offset > CALL {
                    "a call may bring 64 MiB"
                } else {
                    "the file was said to be shorter"
                };
                return Err(Refusal::input(format_args!("That is too much: {said}. Send what is missing.")).into());
            }
            gathered.extend_from_slice(&piece);
            if gathered.len() >= WRITE {
                at = self.append(upload.id, at, std::mem::take(&mut gathered)).await?;
            }
        }
        at = self.append(upload.id, at, gathered).await?;
        if offset < TELLS && (at >= TELLS || at == upload.bytes) && !self.looks_right(&upload).await {
            self.remove(&upload).await?;
            return Err(Code::NotPlayable.into());
        }
        if at == upload.bytes {
            return self.finish(upload).await;
        }
        if broken {
            return Err(Refusal::input(format_args!("The call broke off. Send on from byte {at}.")).into());
        }
        self.progress(upload).await
    }

    async fn append(&self, id: UploadId, at: u64, bytes: Vec<u8>) -> Result<u64, No> {
        let (part, next) = (self.part(id), at + bytes.len() as u64);
        let written = aside(move || {
            let mut file = OpenOptions::new().write(true).open(part)?;
            file.seek(SeekFrom::Start(at))?;
            file.write_all(&bytes)
        });
        written.await.map_err(|error| unwritten(&error))?;
        Ok(next)
    }

    /// Whether the content is of the kind that the name says.
    async fn looks_right(&self, upload: &Upload) -> bool {
        let Some((_, role)) = format::of(&upload.name) else { return false };
        if role == Role::Captions {
            return upload.bytes <= SUBTITLES;
        }
        let Some((head, _)) = facts::piece(&self.part(upload.id), 0, HEAD).await else { return false };
        let plays = matches!(kind::by_bytes(&head), Verdict::Plays(Player::Video | Player::Audio));
        plays && format::is_playable(&head)
    }

    /// Moves what is whole to its place.
    async fn finish(&self, upload: Upload) -> Result<Progress, No> {
        let part = self.part(upload.id);
        if format::of(&upload.name).is_some_and(|(_, role)| role == Role::Captions) {
            let is_text = match facts::piece(&part, 0, SUBTITLES).await {
                Some((text, _)) => aside(move || Ok(webvtt(&text).is_some())).await.unwrap_or(false),
                None => false,
            };
            if !is_text {
                self.remove(&upload).await?;
                return Err(Code::NotPlayable.into());
            }
        } else if !self.looks_right(&upload).await {
            self.remove(&upload).await?;
            return Err(Code::NotPlayable.into());
        }
        let (root, name, whole) = (self.library.root().to_owned(), upload.name.clone(), part.clone());
        let place = aside(move || {
            fs::File::open(&whole)?.sync_all()?;
            open_to_all(&whole)?;
            reserve(&root, &name)
        });
        let place = place.await.map_err(|error| unwritten(&error))?;
        let target = place.under(self.library.root());
        if !self.uploads.place(&upload, place.as_str().to_owned()).await? {
            let _ = aside(move || fs::remove_file(target)).await;
            return Err(Code::NoSuchUpload.into());
        }
        aside(move || moved(&part, &target)).await.map_err(|error| unwritten(&error))?;
        self.library.changed();
        tracing::info!(upload = %upload.id, person = %upload.person, %place, bytes = upload.bytes, "a film was uploaded");
        let upload = Upload { path: Some(place.as_str().to_owned()), ..upload };
        self.progress(upload).await
    }

    /// Ends an upload, or deletes the file that it became. `busy` where a call is at work on it.
    pub async fn end(&self, upload: &Upload) -> Result<(), No> {
        let (at_work, dock, upload) = (self.seat_soon(upload.id).await, self.clone(), upload.clone());
        // On its own, as writing is: the seat is taken until the files are gone, though the call breaks off.
        let work = tokio::spawn(async move {
            // As it is now: it may have become a file since it was read.
            if let Some(upload) = dock.uploads.get(upload.id).await? {
                let _at_work = at_work.ok_or(Code::Busy)?;
                return dock.remove(&upload).await;
            }
            // Who brought it left: nothing becomes of it any more, whoever is at work on it. Its place may be another's by now.
            let is_anothers =
                upload.path.is_some() && dock.uploads.all().await?.iter().any(|one| one.path == upload.path);
            let path = upload.path.clone().filter(|_| !is_anothers);
            dock.remove(&Upload { path, ..upload }).await
        });
        work.await.unwrap_or_else(|error| Err(Fault::new(format!("an upload could not be ended: {error}")).into()))
    }

    /// Takes away all that somebody brought or brings who is being deleted: calls that are at work are cut off. Nothing begins
    /// in their name while what this gives back lives.
    pub async fn clear(&self, person: PersonId) -> Result<Leaving, No> {
        let (brought, leaving) = self.uploads.leave(person).await?;
        for upload in brought {
            let _at_work = self.seat_surely(upload.id).await;
            // As it is now: it may have become a file, or somebody else's, or have been ended.
            if let Some(upload) = self.uploads.get(upload.id).await?.filter(|upload| upload.person == person) {
                self.remove(&upload).await?;
            }
        }
        Ok(leaving)
    }

    /// The seat of who works on an upload; none where it is taken.
    fn seat(&self, id: UploadId) -> Option<AtWork> {
        let Entry::Vacant(free) = self.seats.taken.entry(id) else { return None };
        let stop = CancellationToken::new();
        free.insert(stop.clone());
        Some(AtWork { seats: self.seats.clone(), id, stop })
    }

    /// The same, where whoever has it is done in a moment, as who tidies up is.
    async fn seat_soon(&self, id: UploadId) -> Option<AtWork> {
        let waits = async {
            loop {
                let freed = self.seats.freed.notified();
                if let Some(seat) = self.seat(id) {
                    return seat;
                }
                freed.await;
            }
        };
        timeout(SEAT_WAIT, waits).await.ok()
    }

    /// The same, once whoever has it was told to stop.
    async fn seat_surely(&self, id: UploadId) -> AtWork {
        loop {
            // Listened to from here on, so that no seat becomes free unheard.
            let freed = self.seats.freed.notified();
            if let Some(seat) = self.seat(id) {
                return seat;
            }
            if let Some(stop) = self.seats.taken.get(&id) {
                stop.cancel();
            }
            freed.await;
        }
    }

    /// Takes away all of an upload, for who has its seat.
    async fn remove(&self, upload: &Upload) -> Result<(), No> {
        let part = self.part(upload.id);
        let file = upload.path.as_deref().and_then(Place::new).map(|place| place.under(self.library.root()));
        let removed = aside(move || {
            for path in [Some(part), file].into_iter().flatten() {
                gone(fs::remove_file(path))?;
            }
            Ok(())
        });
        removed.await.map_err(|error| unwritten(&error))?;
        self.uploads.end(upload.id).await?;
        self.library.changed();
        Ok(())
    }

    /// Looks for what nobody goes on with, now and each hour.
    pub async fn keep_tidy(self, stop: CancellationToken) {
        let mut round = interval(ROUND);
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                _ = round.tick() => {}
            }
            if let Err(no) = self.tidy(KEPT).await {
                tracing::warn!(%no, "old uploads could not be looked for");
            }
        }
    }

    /// Ends uploads whose part lay there for so long, finishes those that a crash kept from their place, and forgets files
    /// that somebody took away.
    pub async fn tidy(&self, kept: Duration) -> Result<(), No> {
        let all = self.uploads.all().await?;
        for upload in &all {
            let Some(_at_work) = self.seat(upload.id) else { continue };
            // As it is now: somebody may have been at work on it since all were read.
            let Some(upload) = self.uploads.get(upload.id).await? else { continue };
            let part = self.part(upload.id);
            match upload.path.as_deref().and_then(Place::new) {
                Some(place) => {
                    let target = place.under(self.library.root());
                    let is_there = aside(move || {
                        if part.exists() {
                            moved(&part, &target)?;
                        }
                        Ok(target.exists())
                    });
                    if is_there.await.is_ok_and(|is_there| !is_there) {
                        self.uploads.end(upload.id).await?;
                    }
                }
                None => {
                    let is_old =
                        aside(move || Ok(fs::metadata(part)?.modified()?.elapsed().is_ok_and(|age| age > kept)));
                    // A part that is gone is as old as can be.
                    if is_old.await.unwrap_or(true) {
                        self.remove(&upload).await?;
                    }
                }
            }
        }
        let (folder, known) = (self.library.root().join(PARTS), all);
        let strays = aside(move || {
            let Ok(entries) = fs::read_dir(folder) else { return Ok(()) };
            for entry in entries.flatten() {
                let name = entry.file_name();
                let is_known = known.iter().any(|upload| name.to_str() == Some(upload.id.to_string().as_str()));
                let is_old = entry
                    .metadata()
                    .and_then(|about| about.modified())
                    .is_ok_and(|at| at.elapsed().is_ok_and(|age| age > kept));
                if !is_known && is_old {
                    let _ = fs::remove_file(entry.path());
                }
            }
            Ok(())
        });
        strays.await.map_err(|error| unwritten(&error))
    }

    fn part(&self, id: UploadId) -> PathBuf {
        self.library.root().join(PARTS).join(id.to_string())
    }
}

/// Reads what is on its way: a client that is still sending when the answer comes would see a broken connection instead.
pub async fn drain(body: &mut BodyDataStream) {
    let rest = async { while let Some(Ok(_)) = body.next().await {} };
    let _ = timeout(DRAIN, rest).await;
}

/// One call at a time writes to an upload.
struct AtWork {
    seats: Arc<Seats>,
    id: UploadId,
    /// Cancelled where it is to be given up.
    stop: CancellationToken,
}

impl Drop for AtWork {
    fn drop(&mut self) {
        self.seats.taken.remove(&self.id);
        self.seats.freed.notify_waiters();
    }
}

/// Work on files, off the threads that answer.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| Err(io::Error::other(error)))
}

/// What a disk that does not take it is to whoever brought it; the reason is for the log.
fn unwritten(error: &io::Error) -> No {
    tracing::warn!(%error, "an upload cannot be written");
    Code::NotStored.into()
}

/// Taking away what is not there is done.
fn gone(removed: io::Result<()>) -> io::Result<()> {
    match removed {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

fn until(about: &fs::Metadata) -> WallTime {
    let at = about.modified().unwrap_or(SystemTime::UNIX_EPOCH) + KEPT;
    let millis = at.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_millis();
    WallTime(i64::try_from(millis).unwrap_or(i64::MAX))
}

/// A name without what is not one, of a file that may be brought.
fn named(name: &str) -> Option<String> {
    let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let harmless: String = name.chars().filter(|c| !matches!(c, ':' | '"' | '<' | '>' | '|' | '?' | '*')).collect();
    let name = text::clipped(&harmless, 1_000)?;
    let name = name.trim().trim_start_matches('.').trim();
    let (stem, ending) = name.rsplit_once('.')?;
    let stem: String = stem.chars().take(NAME).collect();
    let name = format!("{}.{}", stem.trim_end(), ending.to_lowercase());
    let (_, role) = format::of(&name)?;
    let may_be = matches!(role, Role::Plays(Player::Video | Player::Audio) | Role::Captions);
    (may_be && !stem.trim().is_empty() && Place::new(&name).is_some()).then_some(name)
}

/// Takes a name for a file, by an empty one: nobody else gets it, and nothing that is there is written over.
fn reserve(root: &Path, name: &str) -> io::Result<Place> {
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    fs::create_dir_all(root.join(BROUGHT))?;
    for count in 1..ALIKE {
        let name = if count == 1 { name.to_owned() } else { format!("{stem} {count}.{ending}") };
        let Some(place) = Place::new(&format!("{BROUGHT}/{name}")) else { break };
        match OpenOptions::new().write(true).create_new(true).open(place.under(root)) {
            Ok(_) => return Ok(place),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::new(io::ErrorKind::AlreadyExists, "too many files of that name"))
}

/// Moves a part to its place, surely.
fn moved(part: &Path, target: &Path) -> io::Result<()> {
    fs::rename(part, target)?;
    // The name is on the disk when its folder is. Where folders cannot be opened, as on Windows, it is all the same.
    if let Some(folder) = target.parent().and_then(|folder| fs::File::open(folder).ok()) {
        let _ = folder.sync_all();
    }
    Ok(())
}

/// Readable like the films around it, and never a program.
#[cfg(unix)]
fn open_to_all(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn open_to_all(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Bytes that are free on the disk of a directory; as many as one likes where the system does not say.
#[cfg(unix)]
pub fn free(path: &Path) -> u64 {
    rustix::fs::statvfs(path).map_or(u64::MAX, |about| about.f_bavail.saturating_mul(about.f_frsize))
}

/// Bytes that are free on the disk of a directory; as many as one likes where the system does not say.
#[cfg(not(unix))]
pub fn free(_: &Path) -> u64 {
    u64::MAX
}

#[cfg(test)]
mod tests {
    use axum::body::{Body, Bytes};
    use engine::{
        Engine, Settings,
        event::Door,
        memory::MemoryStore,
        people::Caller,
        ports::Store,
        records::{Key, Record},
        room::Role,
        rooms::NewRoom,
        table::Table,
        time::Clock,
        uploads::UploadsSettings,
    };

    use super::*;

    #[tokio::test]
    async fn what_is_being_written_is_not_ended_and_what_it_became_is_taken_away_with_it() {
        let dir = tempfile::tempdir().unwrap();
        let store = Arc::new(MemoryStore::new());
        let engine = Engine::new(store.clone(), Arc::new(Table::default()), Clock::start(), &Settings::default());
        let library = Arc::new(Library::open(dir.path(), "https://couch.example/").unwrap());
        let dock = Dock::new(library, engine.uploads.clone(), 0);
        let upload = Upload {
            id: Entropy.upload(),
            person: Entropy.person(),
            by: "Ana".into(),
            room: Entropy.room(),
            name: "a.mp4".to_owned(),
            bytes: 1,
            at: WallTime(0),
            path: None,
        };
        store.put(vec![Record::Upload(upload.clone())]).await.unwrap();
        let at_work = dock.seat(upload.id).unwrap();
        assert!(matches!(dock.end(&upload).await, Err(No::Refusal(refusal)) if refusal.code == Code::Busy));
        // Its part is gone, which is older than can be; but somebody is at work.
        dock.tidy(Duration::ZERO).await.unwrap();
        assert!(engine.uploads.get(upload.id).await.unwrap().is_some());

        // It becomes a file while who ends it holds what they read before.
        let place = reserve(dir.path(), &upload.name).unwrap();
        assert!(engine.uploads.place(&upload, place.as_str().to_owned()).await.unwrap());
        drop(at_work);
        dock.end(&upload).await.unwrap();
        assert!(!place.under(dir.path()).exists());
        assert_eq!(engine.uploads.get(upload.id).await.unwrap(), None);

        // Who left took the record along, and the place is somebody else's by now.
        let file = reserve(dir.path(), &upload.name).unwrap();
        let left = Upload { path: Some(file.as_str().to_owned()), ..upload };
        let other = Upload { id: Entropy.upload(), ..left.clone() };
        store.put(vec![Record::Upload(other.clone())]).await.unwrap();
        dock.end(&left).await.unwrap();
        assert!(file.under(dir.path()).exists());
        store.delete(Key::Upload(other.id)).await.unwrap();
        dock.end(&left).await.unwrap();
        assert!(!file.under(dir.path()).exists());
    }

    /// A dock that lets anybody bring anything into a room, and how it knows them there.
    async fn open(dir: &Path) -> (Engine, Dock, RoomId, Actor) {
        let settings = UploadsSettings { enabled: true, guests: true, ..UploadsSettings::default() };
        let settings = Settings { uploads: settings, ..Settings::default() };
        let engine = Engine::new(Arc::new(MemoryStore::new()), Arc::new(Table::default()), Clock::start(), &settings);
        let library = Arc::new(Library::open(dir, "https://couch.example/").unwrap());
        let dock = Dock::new(library, engine.uploads.clone(), 0);
        let ana = engine.people.guest("Ana").await.unwrap().person;
        let actor = Caller::new(ana).actor(Door::Api).granted(Role::Host);
        let room = engine.rooms.create(&actor, NewRoom::default()).await.unwrap().id;
        (engine, dock, room, actor)
    }

    fn files(dir: &Path) -> usize {
        fs::read_dir(dir).map_or(0, Iterator::count)
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn who_tidies_up_while_uploads_begin_ends_none_of_them() {
        let dir = tempfile::tempdir().unwrap();
        let (_engine, dock, room, actor) = open(dir.path()).await;
        let stop = CancellationToken::new();
        let (tidying, stopped) = (dock.clone(), stop.clone());
        let tidier = tokio::spawn(async move {
            while !stopped.is_cancelled() {
                tidying.tidy(KEPT).await.unwrap();
                tokio::task::yield_now().await;
            }
        });
        for _ in 0..500 {
            let begun = dock.begin(room, &actor, true, "a.mp4", 100).await.unwrap();
            let upload = dock.own(actor.person, begun.upload.id).await.unwrap();
            // It may be looked at by who tidies up.
            while dock.end(&upload).await.is_err() {
                tokio::task::yield_now().await;
            }
        }
        stop.cancel();
        tidier.await.unwrap();
    }

    #[tokio::test]
    async fn who_is_being_deleted_leaves_nothing_and_begins_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let (engine, dock, room, actor) = open(dir.path()).await;
        let text = b"1\n00:00:01,000 --> 00:00:02,000\nHello\n";
        let begin = async |name| dock.begin(room, &actor, true, name, text.len() as u64).await;
        let whole = begin("whole.srt").await.unwrap().upload;
        let body = |bytes: &'static [u8]| Body::from(bytes).into_data_stream();
        assert!(dock.write(whole, 0, body(text)).await.unwrap().upload.path.is_some());
        begin("begun.srt").await.unwrap();
        let open = begin("open.srt").await.unwrap().upload;
        let (line, bytes) = tokio::sync::mpsc::channel::<io::Result<Bytes>>(1);
        let bytes = futures_util::stream::unfold(bytes, async |mut bytes| Some((bytes.recv().await?, bytes)));
        let (busy, held) = (dock.clone(), open.clone());
        let writing =
            tokio::spawn(async move { busy.write(held, 0, Body::from_stream(bytes).into_data_stream()).await });
        line.send(Ok(Bytes::from_static(&text[..10]))).await.unwrap();

        let leaving = dock.clear(actor.person).await.unwrap();
        // What is still on its way comes too late.
        line.send(Ok(Bytes::from_static(&text[10..]))).await.unwrap();
        drop(line);
        assert!(matches!(writing.await.unwrap(), Err(No::Refusal(refusal)) if refusal.code == Code::NoSuchUpload));
        assert_eq!(engine.uploads.all().await.unwrap(), []);
        assert_eq!((files(&dir.path().join(PARTS)), files(&dir.path().join(BROUGHT))), (0, 0));
        assert!(matches!(begin("late.srt").await, Err(No::Refusal(refusal)) if refusal.code == Code::BadToken));
        drop(leaving);
        begin("again.srt").await.unwrap();
    }

    #[test]
    fn names_are_made_harmless_and_only_films_sounds_and_subtitles_have_one() {
        assert_eq!(named("Big Buck Bunny.MP4").as_deref(), Some("Big Buck Bunny.mp4"));
        assert_eq!(named("C:\\films\\a.mp4").as_deref(), Some("a.mp4"));
        assert_eq!(named("../../etc/a.mp4").as_deref(), Some("a.mp4"));
        assert_eq!(named("...hidden.mp4").as_deref(), Some("hidden.mp4"));
        assert_eq!(named("what? \"this\": a*.webm").as_deref(), Some("what this a.webm"));
        assert_eq!(named("film.en.srt").as_deref(), Some("film.en.srt"));
        assert_eq!(named(&format!("{}.mp4", "ä".repeat(300))).map(|name| name.chars().count()), Some(124));
        for bad in [
            "",
            "a",
            ".mp4",
            "..mp4",
            "page.html",
            "film.mp4.exe",
            "a.svg",
            "list.m3u8",
            "a.jpg",
            "a.ts",
            "/",
            "  .mp4",
        ] {
            assert_eq!(named(bad), None, "{bad}");
        }
    }

    #[test]
    fn two_films_of_one_name_stand_side_by_side() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(reserve(dir.path(), "a.mp4").unwrap().as_str(), "uploads/a.mp4");
        assert_eq!(reserve(dir.path(), "a.mp4").unwrap().as_str(), "uploads/a 2.mp4");
        assert_eq!(reserve(dir.path(), "b.mp4").unwrap().as_str(), "uploads/b.mp4");
    }
}

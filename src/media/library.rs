//! The directory of films: what is in it, what it is called, and opening a file of it without leaving it.

use std::{
    collections::{HashMap, HashSet},
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use anyhow::Context;
use engine::{
    media::{Caption, Media, Player},
    refusal::{Code, Refusal},
    text,
};
use moka::sync::Cache;
use tokio::time::Instant;
use url::Url;

use super::{
    facts::{self, Known},
    format::{self, Role},
    place::Place,
};
use crate::{links::FILES, resolve::TITLE_LIMIT};

/// How long a walk through the directory is good; what this server itself changes shows at once.
const FRESH: Duration = Duration::from_secs(10);
/// How soon after a walk another one may be made for what was not found.
const AGAIN: Duration = Duration::from_secs(1);
/// Files that are looked at in one walk: what is beyond is not listed, and can be fetched.
const FILES_LIMIT: usize = 50_000;
/// Subtitles of one film.
const CAPTIONS: usize = 40;
/// Films whose length is remembered.
const REMEMBERED: u64 = 20_000;
/// Names by which a stream's manifest stands for its folder.
const MANIFESTS: [&str; 4] = ["master", "index", "playlist", "manifest"];
/// What stands behind a film's name besides its language.
const LABELS: [&str; 6] = ["forced", "sdh", "cc", "full", "signs", "commentary"];

/// A film or a sound in the directory, with what stands beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Film {
    /// Where.
    pub place: Place,
    /// What plays it.
    pub player: Player,
    /// Its title, out of its name.
    pub title: String,
    /// Its size.
    pub bytes: u64,
    /// When it was changed last.
    modified: SystemTime,
    /// Its subtitles.
    captions: Vec<Track>,
    /// A still of it.
    picture: Option<Place>,
}

/// Subtitles beside a film.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Track {
    place: Place,
    language: Option<String>,
    label: Option<String>,
}

/// A file that may be served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// Where it is, without symbolic links.
    pub path: PathBuf,
    /// Its media type.
    pub kind: &'static str,
    /// What it is.
    pub role: Role,
    /// Its size.
    pub bytes: u64,
    /// Changes when it changes.
    pub tag: String,
}

/// What one walk found, in the order of their places.
#[derive(Debug, Default)]
struct Index {
    films: Vec<Arc<Film>>,
    by_place: HashMap<Place, usize>,
}

/// The directory.
#[derive(Debug)]
pub struct Library {
    root: PathBuf,
    /// What its links begin with.
    base: String,
    index: Mutex<Option<(Instant, Arc<Index>)>>,
    /// One walk at a time.
    walking: tokio::sync::Mutex<()>,
    known: Cache<(Place, SystemTime, u64), Known>,
}

impl Library {
    /// A directory that is there, on a server that people reach at `public_url`.
    pub fn open(dir: &Path, public_url: &str) -> anyhow::Result<Self> {
        let root = dir.canonicalize().with_context(|| {
            format!("media.dir: {} is no directory that can be read. Make it, or name another one", dir.display())
        })?;
        anyhow::ensure!(root.is_dir(), "media.dir: {} is no directory. Name one", dir.display());
        Ok(Self {
            root,
            base: format!("{}{FILES}", public_url.trim_end_matches('/')),
            index: Mutex::default(),
            walking: tokio::sync::Mutex::default(),
            known: Cache::new(REMEMBERED),
        })
    }

    /// The directory itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The link of a file.
    pub fn link(&self, place: &Place) -> String {
        format!("{}{}", self.base, place.link())
    }

    /// Whether a link leads here, and to which file; `no_such_file` where it is no file's.
    pub fn place_of(&self, link: &Url) -> Option<Result<Place, Refusal>> {
        let path = link.as_str().strip_prefix(&self.base)?;
        let path = path.split(['?', '#']).next().unwrap_or(path);
        Some(Place::of_link(path).ok_or_else(|| Code::NoSuchFile.into()))
    }

    /// Opens a file: one of a kind that is served, and in the directory after all symbolic links. `no_such_file` for all else.
    pub async fn file(&self, place: &Place) -> Result<Opened, Refusal> {
        let (kind, role) = format::of(place.name()).ok_or(Code::NoSuchFile)?;
        let (root, path) = (self.root.clone(), place.under(&self.root));
        let found = tokio::task::spawn_blocking(move || within(&root, &path)).await.ok().flatten();
        let (path, about) = found.ok_or(Code::NoSuchFile)?;
        let modified = about.modified().unwrap_or(UNIX_EPOCH);
        let nanos = modified.duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
        let tag = format!("\"{nanos:x}-{:x}\"", about.len());
        Ok(Opened { path, kind, role, bytes: about.len(), tag })
    }

    /// What a link of ours leads to, by its name alone.
    pub fn guess(&self, place: &Place) -> Result<Media, Refusal> {
        match format::of(place.name()) {
            Some((_, Role::Plays(player))) => {
                Ok(Media { title: title_of(place), ..Media::bare(self.link(place), player) })
            }
            _ => Err(Code::NotMedia.into()),
        }
    }

    /// What a link of ours leads to. `no_such_file`, `not_playable`, and `not_media` for what is no film.
    pub async fn look(&self, place: &Place) -> Result<Media, Refusal> {
        let guess = self.guess(place)?;
        let opened = self.file(place).await?;
        let Some(film) = self.film(place).await else {
            // Not in the list: a variant of a stream, or more than is looked at.
            let known = facts::read(&opened.path, guess.player).await;
            return if known.unplayable { Err(Code::NotPlayable.into()) } else { Ok(of(guess, known)) };
        };
        let known = self.known(&film).await;
        if known.unplayable {
            return Err(Code::NotPlayable.into());
        }
        Ok(of(self.media(&film), known))
    }

    /// A film as it can be queued, without what its content says.
    pub fn media(&self, film: &Film) -> Media {
        let captions = film.captions.iter().map(|track| Caption {
            url: self.link(&track.place),
            language: track.language.clone(),
            label: track.label.clone(),
        });
        Media {
            title: Some(film.title.clone()),
            thumbnail: film.picture.as_ref().map(|picture| self.link(picture)),
            captions: captions.collect(),
            ..Media::bare(self.link(&film.place), film.player)
        }
    }

    /// What a film's content says.
    pub async fn known(&self, film: &Film) -> Known {
        let key = (film.place.clone(), film.modified, film.bytes);
        if let Some(known) = self.known.get(&key) {
            return known;
        }
        let known = match self.file(&film.place).await {
            Ok(opened) => facts::read(&opened.path, film.player).await,
            Err(_) => return Known::default(),
        };
        self.known.insert(key, known);
        known
    }

    /// The film at a place, if one is listed there.
    pub async fn film(&self, place: &Place) -> Option<Arc<Film>> {
        for patience in [FRESH, AGAIN] {
            let index = self.index(patience).await;
            if let Some(at) = index.by_place.get(place) {
                return index.films.get(*at).cloned();
            }
        }
        None
    }

    /// Films whose path has all of these words, behind the place `after`, in the order of their places; and whether
    /// there are more.
    pub async fn find(&self, words: &str, after: Option<&str>, limit: usize) -> (Vec<Arc<Film>>, bool) {
        let index = self.index(FRESH).await;
        let words: Vec<String> = words.split_whitespace().map(str::to_lowercase).collect();
        let has_all = |film: &&Arc<Film>| {
            let text = film.place.as_str().to_lowercase();
            words.iter().all(|word| text.contains(word))
        };
        let mut found = index.films.iter().filter(|film| after.is_none_or(|after| film.place.as_str() > after));
        let mut found = found.by_ref().filter(has_all);
        let page: Vec<_> = found.by_ref().take(limit).cloned().collect();
        (page, found.next().is_some())
    }

    /// Has the next look see what was changed.
    pub fn changed(&self) {
        *self.index.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn kept(&self, patience: Duration) -> Option<Arc<Index>> {
        let index = self.index.lock().unwrap_or_else(PoisonError::into_inner);
        index.as_ref().filter(|(at, _)| at.elapsed() < patience).map(|(_, index)| index.clone())
    }

    async fn index(&self, patience: Duration) -> Arc<Index> {
        if let Some(index) = self.kept(patience) {
            return index;
        }
        let _one_by_one = self.walking.lock().await;
        if let Some(index) = self.kept(patience) {
            return index;
        }
        let root = self.root.clone();
        let walked = tokio::task::spawn_blocking(move || walk(&root)).await;
        let index = Arc::new(walked.unwrap_or_default());
        *self.index.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), index.clone()));
        index
    }
}

/// A medium with what its content says.
fn of(media: Media, known: Known) -> Media {
    Media { duration: known.duration, live: known.live, ..media }
}

/// The file that a path leads to, if that is a file within the directory, and no hidden one.
fn within(root: &Path, path: &Path) -> Option<(PathBuf, fs::Metadata)> {
    let path = path.canonicalize().ok()?;
    Place::below(root, &path)?;
    let about = fs::metadata(&path).ok()?;
    about.is_file().then_some((path, about))
}

/// What people call it: a stream is called as its folder is.
fn title_of(place: &Place) -> Option<String> {
    let stem = place.stem();
    let stream = matches!(format::of(place.name()), Some((_, Role::Plays(Player::Hls | Player::Dash))));
    let folder = place.folder().and_then(|folder| folder.rsplit('/').next());
    let name = folder.filter(|_| stream && stands_for_folder(stem)).unwrap_or(stem);
    // Underscores and full stops are spaces to those who have none.
    let spaced = if name.contains(' ') { name.to_owned() } else { name.replace(['_', '.'], " ") };
    text::clipped(&spaced, TITLE_LIMIT)
}

fn stands_for_folder(stem: &str) -> bool {
    MANIFESTS.iter().any(|name| stem.eq_ignore_ascii_case(name))
}

fn walk(root: &Path) -> Index {
    let mut films = Vec::new();
    let (mut folders, mut seen) = (vec![root.to_owned()], 0);
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        let (mut served, mut below) = (Vec::new(), Vec::new());
        for entry in entries.flatten() {
            seen += 1;
            if seen > FILES_LIMIT {
                tracing::warn!(limit = FILES_LIMIT, "media.dir holds more files than are listed");
                folders.clear();
                break;
            }
            let Some(place) = Place::below(root, &entry.path()) else { continue };
            let Ok(kind) = entry.file_type() else { continue };
            if kind.is_dir() {
                below.push(entry.path());
                continue;
            }
            let Some((_, role)) = format::of(place.name()) else { continue };
            // A symbolic link is followed to a file, and only within; to a folder it could lead in circles.
            let Some((_, about)) = within(root, &entry.path()) else { continue };
            served.push((place, role, about));
        }
        // A stream's folder is one film: what lies around its manifest are its pieces.
        let manifest = served.iter().find(|(place, role, _)| {
            folder != root && matches!(role, Role::Plays(Player::Hls | Player::Dash)) && stands_for_folder(place.stem())
        });
        match manifest.map(|(place, ..)| place.clone()) {
            Some(manifest) => {
                served.retain(|(place, role, _)| *place == manifest || !matches!(role, Role::Plays(_)));
            }
            None => folders.append(&mut below),
        }
        films.extend(films_of(served));
    }
    films.sort_by(|a: &Arc<Film>, b| a.place.cmp(&b.place));
    let by_place = films.iter().enumerate().map(|(at, film)| (film.place.clone(), at)).collect();
    Index { films, by_place }
}

/// The films of a folder, with what is called as they are.
fn films_of(entries: Vec<(Place, Role, fs::Metadata)>) -> Vec<Arc<Film>> {
    let (mut films, mut beside) = (Vec::new(), Vec::new());
    for (place, role, about) in entries {
        let Role::Plays(player) = role else {
            beside.push((place, role));
            continue;
        };
        let title = title_of(&place).unwrap_or_else(|| place.name().to_owned());
        let modified = about.modified().unwrap_or(UNIX_EPOCH);
        let (captions, picture) = (Vec::new(), None);
        films.push(Film { place, player, title, bytes: about.len(), modified, captions, picture });
    }
    beside.sort_by(|(a, _), (b, _)| a.cmp(b));
    for (place, role) in beside {
        // Of "film" and "film.part2", what is called "film.part2.en" belongs to the longer.
        let stem = place.stem();
        let longest = films
            .iter()
            .filter_map(|film| Some((film.place.stem().len(), behind(stem, film.place.stem())?.to_owned())))
            .max_by_key(|(length, _)| *length);
        let Some((length, rest)) = longest else { continue };
        let owners =
            films.iter_mut().filter(|film| film.place.stem().len() == length && stem.starts_with(film.place.stem()));
        for film in owners {
            match role {
                Role::Captions if film.captions.len() < CAPTIONS => {
                    let (language, label) = read_tags(&rest);
                    film.captions.push(Track { place: place.clone(), language, label });
                }
                Role::Picture if rest.is_empty() && film.picture.is_none() => film.picture = Some(place.clone()),
                _ => {}
            }
        }
    }
    for film in &mut films {
        // The same track in two forms is one: WebVTT needs no making.
        film.captions.sort_by(|a, b| {
            let key =
                |track: &Track| (track.language.clone(), track.label.clone(), track.place.name().ends_with("srt"));
            key(a).cmp(&key(b))
        });
        let mut seen = HashSet::new();
        film.captions.retain(|track| seen.insert((track.language.clone(), track.label.clone())));
    }
    films.into_iter().map(Arc::new).collect()
}

/// What stands behind a film's name in the name of what lies beside it.
fn behind<'a>(name: &'a str, film: &str) -> Option<&'a str> {
    let rest = name.strip_prefix(film)?;
    if rest.is_empty() { Some(rest) } else { rest.strip_prefix('.') }
}

/// A language and a label out of `en`, `pt-BR.forced`, `commentary`.
fn read_tags(rest: &str) -> (Option<String>, Option<String>) {
    let (mut language, mut labels) = (None, Vec::new());
    for part in rest.split('.').filter(|part| !part.is_empty()) {
        let known = LABELS.iter().any(|label| part.eq_ignore_ascii_case(label));
        if !known && language.is_none() && is_language(part) {
            language = Some(part.to_owned());
        } else {
            labels.push(part);
        }
    }
    let label = text::clipped(&labels.join(" "), 60);
    (language, label)
}

/// Whether it reads as a language tag: two or three letters, then short parts.
fn is_language(text: &str) -> bool {
    let mut parts = text.split('-');
    let first = parts.next().unwrap_or_default();
    (2..=3).contains(&first.len())
        && first.bytes().all(|b| b.is_ascii_alphabetic())
        && parts.all(|part| (2..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn library(files: &[&str]) -> (tempfile::TempDir, Library) {
        let dir = tempfile::tempdir().unwrap();
        for file in files {
            let path = dir.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, b"x").unwrap();
        }
        let library = Library::open(dir.path(), "https://couch.example/").unwrap();
        (dir, library)
    }

    async fn listed(library: &Library, words: &str) -> Vec<String> {
        library.find(words, None, 100).await.0.iter().map(|film| film.place.to_string()).collect()
    }

    #[tokio::test]
    async fn films_are_listed_with_what_lies_beside_them_and_nothing_else_is() {
        let (_dir, library) = library(&[
            "Big_Buck.Bunny.mp4",
            "Big_Buck.Bunny.en.srt",
            "Big_Buck.Bunny.en.vtt",
            "Big_Buck.Bunny.pt-BR.forced.srt",
            "Big_Buck.Bunny.srt",
            "Big_Buck.Bunny.jpg",
            "notes.txt",
            "page.html",
            ".hidden.mp4",
            ".parts/one.mp4",
            "sounds/A song.mp3",
            "show/master.m3u8",
            "show/init.mp4",
            "show/720p/index.m3u8",
            "show/720p/1.ts",
        ]);
        assert_eq!(listed(&library, "").await, ["Big_Buck.Bunny.mp4", "show/master.m3u8", "sounds/A song.mp3"]);
        assert_eq!(listed(&library, "bunny BUCK").await, ["Big_Buck.Bunny.mp4"]);
        assert_eq!(listed(&library, "bunny song").await, Vec::<String>::new());
        let (first, more) = library.find("", None, 1).await;
        assert!(more);
        let (second, more) = library.find("", Some(first[0].place.as_str()), 2).await;
        assert_eq!((second.len(), more), (2, false));

        let media = library.media(&first[0]);
        assert_eq!(media.title.as_deref(), Some("Big Buck Bunny"));
        assert_eq!(media.url, "https://couch.example/media/files/Big_Buck.Bunny.mp4");
        assert_eq!(media.thumbnail.as_deref(), Some("https://couch.example/media/files/Big_Buck.Bunny.jpg"));
        let tracks: Vec<_> = media
            .captions
            .iter()
            .map(|track| (track.language.as_deref(), track.label.as_deref(), track.url.ends_with("vtt")))
            .collect();
        assert_eq!(tracks, [(None, None, false), (Some("en"), None, true), (Some("pt-BR"), Some("forced"), false)]);
        assert_eq!(library.media(&second[0]).title.as_deref(), Some("show"));
    }

    #[tokio::test]
    async fn a_link_of_ours_is_known_and_one_of_others_is_not() {
        let (_dir, library) = library(&["a/film.mp4"]);
        let place = |link: &str| library.place_of(&link.parse().unwrap());
        assert_eq!(place("https://couch.example/media/files/a/film.mp4").unwrap().unwrap().as_str(), "a/film.mp4");
        assert_eq!(
            place("https://couch.example/media/files/a/%2e%2e%2ffilm.mp4").unwrap().unwrap_err().code,
            Code::NoSuchFile
        );
        assert!(place("https://couch.example.evil.example/media/files/a/film.mp4").is_none());
        assert!(place("https://couch.example/r/x").is_none());
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_symbolic_link_leads_to_nothing_outside_and_to_nothing_hidden() {
        use std::os::unix::fs::symlink;
        let (dir, library) = library(&["film.mp4", ".parts/half.mp4"]);
        let outside = tempfile::tempdir().unwrap();
        fs::write(outside.path().join("secret.mp4"), b"x").unwrap();
        symlink(outside.path().join("secret.mp4"), dir.path().join("out.mp4")).unwrap();
        symlink(outside.path(), dir.path().join("folder")).unwrap();
        symlink(dir.path().join(".parts/half.mp4"), dir.path().join("half.mp4")).unwrap();
        symlink(dir.path().join("film.mp4"), dir.path().join("again.mp4")).unwrap();
        symlink(dir.path(), dir.path().join("round")).unwrap();
        assert_eq!(listed(&library, "").await, ["again.mp4", "film.mp4"]);
        for (path, is_there) in [
            ("film.mp4", true),
            ("again.mp4", true),
            ("round/film.mp4", true),
            ("out.mp4", false),
            ("folder/secret.mp4", false),
            ("half.mp4", false),
            ("none.mp4", false),
        ] {
            let place = Place::new(path).unwrap();
            assert_eq!(library.file(&place).await.is_ok(), is_there, "{path}");
        }
    }

    #[test]
    fn tags_of_subtitles_are_read_as_people_write_them() {
        let tags = |rest: &str| {
            let (language, label) = read_tags(rest);
            (language.unwrap_or_default(), label.unwrap_or_default())
        };
        assert_eq!(tags(""), (String::new(), String::new()));
        assert_eq!(tags("de"), ("de".into(), String::new()));
        assert_eq!(tags("eng.sdh"), ("eng".into(), "sdh".into()));
        assert_eq!(tags("sdh"), (String::new(), "sdh".into()));
        assert_eq!(tags("zh-Hans.forced"), ("zh-Hans".into(), "forced".into()));
        assert_eq!(tags("director"), (String::new(), "director".into()));
    }
}

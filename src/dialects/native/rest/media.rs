//! Films that this server keeps: the list of them, bringing more, and subtitles of what is queued.

use std::collections::HashMap;

use axum::{
    Json,
    extract::{Request, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use engine::{
    media::Item,
    refusal::{Code, Refusal},
    room::RoomView,
    uploads::{Upload, used},
};
use futures_util::StreamExt;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    Data, PAGE, PAGE_LIMIT, Page, actor,
    refused::{DeedRefused, OwnReadRefused, ReadRefused, WriteRefused},
    spend, visible,
};
use crate::{
    app::App,
    dialects::native::wire::CaptionWire,
    http::{
        error::{ApiError, ErrorBody},
        extract::{Body, FirstText, InRoom, Params, SecondText, Who},
    },
    media::{
        dock::{CALL, Dock, Progress, drain},
        library::{Film, Library},
        place::Place,
    },
};

/// How many characters of a search count.
const SEARCH: usize = 100;
/// How many words of a search count.
const WORDS: usize = 8;

/// A film or a sound that this server keeps.
#[derive(Debug, Serialize, ToSchema)]
pub struct FileWire {
    /// Where it stands; also what the next page begins behind.
    path: String,
    /// Its link, to be queued.
    url: String,
    /// Its title, out of its name.
    title: String,
    /// `video`, `audio`, `hls` or `dash`.
    player: &'static str,
    /// Its size; of a stream that of its manifest.
    bytes: u64,
    /// Its length, where it says so.
    duration_ms: Option<i64>,
    /// A still picture beside it.
    thumbnail: Option<String>,
    /// Whether browsers have its codecs.
    playable: bool,
    /// Its subtitles.
    captions: Vec<CaptionWire>,
    /// Who brought it: told to them, and to who runs this server. Null to everybody else.
    uploaded: Option<UploadedWire>,
}

/// Who brought a film.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct UploadedWire {
    /// What it is deleted by.
    id: Uuid,
    /// Who.
    person: Uuid,
    /// What they were called then.
    name: String,
    /// When, in Unix milliseconds.
    at: i64,
}

/// Which films.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListFiles {
    /// Only those whose path has all of these words.
    q: Option<String>,
    /// 1 to 100, 50 by default.
    limit: Option<usize>,
    /// Only those behind this path.
    after: Option<String>,
}

/// A file to bring.
#[derive(Debug, Deserialize, ToSchema)]
pub struct BeginUpload {
    /// Its name, with an ending that says what it is.
    #[schema(example = "Big Buck Bunny.mp4")]
    name: String,
    /// Its size.
    #[schema(example = 158_008_374)]
    bytes: u64,
}

/// How far an upload is.
#[derive(Debug, Serialize, ToSchema)]
pub struct UploadWire {
    /// Its identity.
    id: Uuid,
    /// The name of the file, made harmless.
    name: String,
    /// Its size.
    bytes: u64,
    /// The next byte; all of them when it is whole.
    offset: u64,
    /// Until when its part is kept if nothing more comes, in Unix milliseconds; null when it is whole.
    until: Option<i64>,
    /// What it became, when it is whole. Subtitles stand with their film.
    file: Option<FileWire>,
}

/// What somebody may bring, and brought.
#[derive(Debug, Serialize, ToSchema)]
pub struct UploadsWire {
    /// Whether anything can be brought at all.
    on: bool,
    /// Whether one needs an account.
    needs_account: bool,
    /// Bytes of one file at most.
    file_bytes: u64,
    /// Bytes of one person's files at most.
    quota_bytes: u64,
    /// Bytes of one's own files, with what is reserved for those that are not whole.
    used_bytes: u64,
    /// Bytes of one call at most.
    call_bytes: u64,
    /// One's own, the oldest first.
    uploads: Vec<UploadWire>,
}

/// From where on.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Offset {
    /// The number of the first byte; 0 by default.
    offset: Option<u64>,
}

/// Which subtitles.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct WhichTrack {
    /// As in the item's `captions`; 0 by default.
    track: Option<usize>,
}

/// Films of this server
#[utoipa::path(get, path = "/api/v1/media", tag = "media", security(("token" = [])), params(ListFiles),
    responses((status = 200, body = Page<FileWire>), (status = 404, body = ErrorBody), OwnReadRefused))]
pub(super) async fn list(
    State(app): State<App>,
    who: Who,
    Params(query): Params<ListFiles>,
) -> Result<Page<FileWire>, ApiError> {
    let library = library(&app)?;
    let limit = query.limit.unwrap_or(PAGE);
    if !(1..=PAGE_LIMIT).contains(&limit) {
        return Err(Refusal::input("limit is 1 to 100.").into());
    }
    let words = searched(query.q.as_deref().unwrap_or_default());
    let (films, more) = library.find(&words, query.after.as_deref(), limit).await;
    let brought = app.engine.uploads.all().await?;
    let brought: HashMap<&str, &Upload> =
        brought.iter().filter_map(|upload| Some((upload.path.as_deref()?, upload))).collect();
    // A few at a time: the length of each may have to be read from the disk.
    let told = futures_util::stream::iter(films)
        .map(|film| {
            let upload = brought.get(film.place.as_str()).copied();
            // Who brings what is their own affair, and that of who may take it away.
            let upload = upload.filter(|upload| upload.person == who.caller.person.id || who.caller.is_admin());
            async move { file(library, &film, upload).await }
        })
        .buffered(4);
    let data: Vec<FileWire> = told.collect().await;
    let next = data.last().filter(|_| more).map(|last| last.path.clone());
    Ok(Page { data, next })
}

/// What is looked for: each word costs a look through all paths, so there are only so many.
fn searched(words: &str) -> String {
    let words: String = words.chars().take(SEARCH).collect();
    words.split_whitespace().take(WORDS).collect::<Vec<_>>().join(" ")
}

async fn file(library: &Library, film: &Film, upload: Option<&Upload>) -> FileWire {
    let (media, known) = (library.media(film), library.known(film).await);
    FileWire {
        path: film.place.as_str().to_owned(),
        url: media.url,
        title: film.title.clone(),
        player: media.player.name(),
        bytes: film.bytes,
        duration_ms: known.duration.map(|duration| duration.0),
        thumbnail: media.thumbnail,
        playable: !known.unplayable,
        captions: CaptionWire::list(media.captions.into_iter()),
        uploaded: upload.map(|upload| UploadedWire {
            id: upload.id.0,
            person: upload.person.0,
            name: upload.by.to_string(),
            at: upload.at.0,
        }),
    }
}

/// What I may upload, and did
#[utoipa::path(get, path = "/api/v1/media/uploads", tag = "media", security(("token" = [])),
    responses((status = 200, body = Data<UploadsWire>), (status = 404, body = ErrorBody), OwnReadRefused))]
pub(super) async fn uploads(State(app): State<App>, who: Who) -> Result<Data<UploadsWire>, ApiError> {
    let dock = dock(&app)?;
    let own = dock.uploads().of(who.caller.person.id).await?;
    let (settings, used_bytes) = (dock.uploads().settings(), used(&own));
    let mut uploads = Vec::new();
    for upload in own {
        // One whose part is being swept away at this moment is none any more.
        match dock.progress(upload).await {
            Ok(progress) => uploads.push(told(dock, progress).await),
            Err(no) => drop(no.decided()?),
        }
    }
    let data = UploadsWire {
        on: settings.enabled,
        needs_account: !settings.guests && !is_lasting(&who),
        file_bytes: settings.file,
        quota_bytes: settings.per_person,
        used_bytes,
        call_bytes: CALL,
        uploads,
    };
    Ok(Data { data })
}

/// Begin an upload
#[utoipa::path(post, path = "/api/v1/rooms/{id}/uploads", tag = "media", security(("token" = [])),
    request_body(content = BeginUpload, example = json!({ "name": "Big Buck Bunny.mp4", "bytes": 158_008_374 })),
    params(("id" = String, Path, description = "Identity, invite token or spoken code")),
    responses((status = 201, body = Data<UploadWire>), WriteRefused))]
pub(super) async fn begin(
    State(app): State<App>,
    who: Who,
    InRoom(room): InRoom,
    Body(new, _): Body<BeginUpload>,
) -> Result<Response, ApiError> {
    spend(&app, &who)?;
    let dock = dock(&app)?;
    let actor = actor(&app, &who, room).await?;
    let progress = dock.begin(room, &actor, is_lasting(&who), &new.name, new.bytes).await?;
    Ok((StatusCode::CREATED, Json(Data { data: told(dock, progress).await })).into_response())
}

/// Bring bytes of an upload
#[utoipa::path(put, path = "/api/v1/media/uploads/{upload}", tag = "media", security(("token" = [])),
    request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "Up to 64 MiB, from the offset on"),
    params(("upload" = Uuid, Path, description = "Which"), Offset),
    responses((status = 200, body = Data<UploadWire>), WriteRefused))]
pub(super) async fn bring(
    State(app): State<App>,
    who: Who,
    FirstText(id): FirstText,
    Params(query): Params<Offset>,
    request: Request,
) -> Result<Data<UploadWire>, ApiError> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let is_octets = kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/octet-stream");
    let mut body = request.into_body().into_data_stream();
    let begun = async {
        spend(&app, &who)?;
        let dock = dock(&app)?;
        if !is_octets {
            return Err(ApiError::Http {
                status: StatusCode::UNSUPPORTED_MEDIA_TYPE,
                code: "bad_content_type",
                message: "Send the bytes, with Content-Type: application/octet-stream.".into(),
            });
        }
        let id = id.parse().map_err(|_| Refusal::new(Code::NoSuchUpload))?;
        Ok((dock, dock.own(who.caller.person.id, id).await?))
    };
    match begun.await {
        Ok((dock, upload)) => {
            let progress = dock.write(upload, query.offset.unwrap_or_default(), body).await?;
            Ok(Data { data: told(dock, progress).await })
        }
        Err(no) => {
            drain(&mut body).await;
            Err(no)
        }
    }
}

/// How far an upload is
#[utoipa::path(get, path = "/api/v1/media/uploads/{upload}", tag = "media", security(("token" = [])),
    params(("upload" = Uuid, Path, description = "Which")),
    responses((status = 200, body = Data<UploadWire>), ReadRefused))]
pub(super) async fn progress(
    State(app): State<App>,
    who: Who,
    FirstText(id): FirstText,
) -> Result<Data<UploadWire>, ApiError> {
    let dock = dock(&app)?;
    let id = id.parse().map_err(|_| Refusal::new(Code::NoSuchUpload))?;
    let progress = dock.progress(dock.own(who.caller.person.id, id).await?).await?;
    Ok(Data { data: told(dock, progress).await })
}

/// End an upload, or delete its file
#[utoipa::path(delete, path = "/api/v1/media/uploads/{upload}", tag = "media", security(("token" = [])),
    params(("upload" = Uuid, Path, description = "Which")),
    responses((status = 204), DeedRefused))]
pub(super) async fn end(State(app): State<App>, who: Who, FirstText(id): FirstText) -> Result<Response, ApiError> {
    spend(&app, &who)?;
    let dock = dock(&app)?;
    let id = id.parse().map_err(|_| Refusal::new(Code::NoSuchUpload))?;
    let upload = if who.caller.is_admin() {
        dock.uploads().get(id).await?.ok_or(Refusal::new(Code::NoSuchUpload))?
    } else {
        dock.own(who.caller.person.id, id).await?
    };
    dock.end(&upload).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// An item's subtitles, as WebVTT
#[utoipa::path(get, path = "/api/v1/rooms/{id}/items/{item}/subtitles.vtt", tag = "queue", security(("token" = [])),
    params(("id" = String, Path, description = "Identity, invite token or spoken code"),
        ("item" = String, Path, description = "The item, or `current`"), WhichTrack),
    responses((status = 200, body = String, content_type = "text/vtt"), (status = 422, body = ErrorBody), ReadRefused))]
pub(super) async fn subtitles(
    State(app): State<App>,
    who: Who,
    InRoom(room): InRoom,
    SecondText(item): SecondText,
    Params(query): Params<WhichTrack>,
) -> Result<Response, ApiError> {
    let (view, _) = visible(&app, &who, room).await?;
    let item = item_named(&view, &item).ok_or(Refusal::new(Code::NoSuchItem))?;
    let caption = item.captions().nth(query.track.unwrap_or_default()).ok_or(Refusal::new(Code::BadSubtitles))?;
    let text = app.captions.webvtt(&caption.url).await?;
    let headers = [(header::CONTENT_TYPE, "text/vtt; charset=utf-8"), (header::CACHE_CONTROL, "private, max-age=300")];
    Ok((headers, text).into_response())
}

/// An item that is on, queued, shelved, or was on.
fn item_named<'a>(view: &'a RoomView, name: &str) -> Option<&'a Item> {
    if name == "current" {
        return view.current.as_deref();
    }
    let id = Uuid::parse_str(name).ok()?;
    let items = view.current.iter().chain(view.queue.iter()).chain(view.shelf.iter());
    let items = items.chain(view.played.iter().map(|played| &played.item));
    items.map(|item| &**item).find(|item| item.id.0 == id)
}

async fn told(dock: &Dock, progress: Progress) -> UploadWire {
    let Progress { upload, offset, until } = progress;
    let place = upload.path.as_deref().and_then(Place::new);
    let film = match &place {
        Some(place) => dock.library().film(place).await,
        None => None,
    };
    let became = match film {
        Some(film) => Some(file(dock.library(), &film, Some(&upload)).await),
        None => None,
    };
    UploadWire {
        id: upload.id.0,
        name: upload.name.clone(),
        bytes: upload.bytes,
        offset,
        until: until.map(|until| until.0),
        file: became,
    }
}

/// Whether who asks is somebody whose files can be counted: with an account, or a program's.
fn is_lasting(who: &Who) -> bool {
    who.caller.registered || who.caller.key.is_some()
}

fn library(app: &App) -> Result<&Library, Refusal> {
    app.library.as_deref().ok_or_else(|| Code::NoLibrary.into())
}

fn dock(app: &App) -> Result<&Dock, Refusal> {
    app.dock.as_ref().ok_or_else(|| Code::NoLibrary.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_is_bounded_in_words_and_characters() {
        assert_eq!(searched("  big \t buck "), "big buck");
        assert_eq!(searched("1 2 3 4 5 6 7 8 9 10"), "1 2 3 4 5 6 7 8");
        assert_eq!(searched(&"ä".repeat(300)), "ä".repeat(100));
        assert_eq!(searched(""), "");
    }
}

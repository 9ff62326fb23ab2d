//! Parties: made, read, changed, ended; and the clips in them.

use axum::{extract::State, response::Response};
use engine::{
    command::{Command, Spot},
    event::Door,
    ids::PlaylistId,
    intake::Wish,
    limits::Rule,
    playlists::Playlist,
    refusal::No,
    room::{Changes, Preset, RoomView, Status, Visibility},
    rooms::NewRoom,
    text,
};
use serde_json::json;

use super::{
    access,
    answer::{done, made, said},
    auth::{Asker, MaybeAsker},
    body::Fields,
    error::ClipperError,
    party::{Clip, Party, code_url, invite_code, invite_url, is_over, visibility},
};
use crate::{app::App, http::extract::FirstText};

/// How many characters a title may have.
const TITLE: usize = 200;
/// How many people a party that is made without a word on it holds.
const USUAL: u32 = 100;

/// What a body says of how a party shall be; what it does not name is nothing.
struct Wanted<'a> {
    title: Option<String>,
    /// Its word for who is let in, and what that is.
    visibility: Option<(&'a str, Visibility)>,
    capacity: Option<u32>,
    password: Password<'a>,
}

/// What becomes of the password.
#[derive(Clone, Copy)]
enum Password<'a> {
    /// What it was.
    Same,
    /// It is asked for no more.
    Gone,
    /// It is this from now on.
    New(&'a str),
}

impl<'a> Wanted<'a> {
    fn of(fields: &'a Fields) -> Result<Self, ClipperError> {
        let title = fields.line("title", 1..=TITLE)?;
        let word = fields.text("visibility")?.filter(|word| !word.is_empty());
        let visibility =
            word.map(|word| visibility(word).map(|visibility| (word, visibility)).ok_or_else(unknown_word));
        let password = match fields.text("password")? {
            _ if !fields.has("password") => Password::Same,
            None | Some("") => Password::Gone,
            Some(_) => fields.line("password", 4..=100)?.map_or(Password::Gone, Password::New),
        };
        Ok(Self {
            title: title.map(|title| text::line(title, TITLE)).transpose()?,
            visibility: visibility.transpose()?,
            capacity: fields.number("max_participants")?.map(capacity).transpose()?,
            password,
        })
    }

    /// The same as changes of settings, of a room where there is one. Hashing a password takes its time.
    async fn changes(self, app: &App, room: Option<&RoomView>) -> Result<Changes, No> {
        let password = match self.password {
            Password::Same => None,
            Password::Gone => Some(None),
            Password::New(password) => Some(Some(app.engine.room_password(password).await?)),
        };
        // Of two kinds that are told by one word the room keeps its own: one is closed more tightly than the other.
        let stays = |wanted: Visibility| {
            wanted == Visibility::Invite && room.is_some_and(|room| room.settings.visibility == Visibility::Private)
        };
        let visibility = self.visibility.filter(|(_, visibility)| !stays(*visibility));
        Ok(Changes {
            title: self.title.map(Into::into),
            visibility: visibility.map(|(_, visibility)| visibility),
            audience: visibility.map(|(word, _)| Some(word.into())),
            capacity: self.capacity.map(Some),
            password,
            ..Changes::default()
        })
    }
}

/// How many may take part by a body, where it is understood.
#[cfg(any(test, fuzzing))]
pub(super) fn fuzzed(fields: &Fields) -> Option<u32> {
    Wanted::of(fields).ok()?.capacity
}

fn unknown_word() -> ClipperError {
    ClipperError::invalid("visibility must be private, public, friends or invite")
}

fn capacity(people: f64) -> Result<u32, ClipperError> {
    if people.fract() != 0.0 || !(2.0..=1000.0).contains(&people) {
        return Err(ClipperError::invalid("max_participants must be a whole number from 2 to 1000"));
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "2 to 1000, and whole")]
    Ok(people as u32)
}

/// Makes a party; whoever makes it hosts it and takes part.
pub(super) async fn create(State(app): State<App>, asker: Asker, fields: Fields) -> Result<Response, ClipperError> {
    let wanted = Wanted::of(&fields)?;
    if wanted.title.is_none() {
        return Err(ClipperError::invalid("title must be 1 to 200 characters"));
    }
    let playlist = playlist(&app, &asker, &fields).await?;
    let engine = &app.engine;
    engine.limits.take_for(Rule::Rooms, asker.person(), Some(&asker.address), engine.clock.play_time())?;
    let changes = wanted.changes(&app, None).await?;
    let changes = Changes {
        visibility: changes.visibility.or(Some(Visibility::Invite)),
        audience: changes.audience.or(Some(Some("private".into()))),
        capacity: changes.capacity.or(Some(Some(USUAL))),
        playlist: Some(playlist.as_ref().map(|playlist| playlist.id)),
        ..changes
    };
    let actor = asker.caller.actor(Door::Clipper);
    let made_room =
        engine.rooms.create(&actor, NewRoom { changes, preset: Preset::Hosts, ..NewRoom::default() }).await?;
    let mut view = engine.rooms.command(made_room.id, actor.clone(), Command::Join).await?.view;
    if let Some(playlist) = playlist.filter(|playlist| !playlist.entries.is_empty()) {
        match engine.load_playlist(playlist.id, view.id, &asker.caller, Door::Clipper, Spot::End).await {
            Ok(done) => view = done.view,
            // More than a queue holds here, or gone in this moment: then no party was made.
            Err(no) => {
                engine.rooms.command(view.id, actor, Command::Delete).await?;
                return Err(no.into());
            }
        }
    }
    Ok(made(json!({
        "id": view.id.0,
        "invite_code": invite_code(&view),
        "invite_url": invite_url(&app.public_url, &view),
        "party": Party::whole(&view, engine.clock.play_time()),
    })))
}

/// The saved playlist that a body names, where whoever asks may read it. To all others there is none.
async fn playlist(app: &App, asker: &Asker, fields: &Fields) -> Result<Option<Playlist>, ClipperError> {
    let Some(id) = fields.text("playlist_id")?.filter(|id| !id.is_empty()) else { return Ok(None) };
    let id: PlaylistId = id.parse().map_err(|_| ClipperError::invalid("playlist_id must be a UUID"))?;
    match app.engine.playlist(id, &asker.caller, Door::Clipper).await {
        Ok(playlist) => Ok(Some(playlist)),
        Err(no) => {
            no.decided()?;
            Err(ClipperError::not_found("playlist not found"))
        }
    }
}

/// A party by its code, for who wants to see where they are asked to before they join.
pub(super) async fn by_code(
    State(app): State<App>,
    by: MaybeAsker,
    FirstText(code): FirstText,
) -> Result<Response, ClipperError> {
    by.pay(&app, app.costs.read)?;
    let view = access::invited(&app, &code, &by.address).await?;
    let s = app.engine.clock.play_time();
    let inside = access::may_look(&app, &view, by.asker.as_ref()).await?;
    // Who has the code of a room that is for those with its link, and its password not, is not told the link.
    let (party, link) = if inside {
        (Party::whole(&view, s), invite_url(&app.public_url, &view))
    } else {
        let told = if code.eq_ignore_ascii_case(&view.code) { &view.code } else { code.as_str() };
        (Party::outside(&view, told, s), code_url(&app.public_url, told))
    };
    Ok(done(json!({
        "party": party,
        "invite_url": link,
        "password_required": view.settings.password.is_some(),
    })))
}

/// A party as it stands, or stood at its end.
pub(super) async fn read(
    State(app): State<App>,
    by: MaybeAsker,
    FirstText(id): FirstText,
) -> Result<Response, ClipperError> {
    by.pay(&app, app.costs.read)?;
    let view = access::readable(&app, &id, &by).await?;
    Ok(done(Party::whole(&view, app.engine.clock.play_time())))
}

/// Ends a party for good. It can be looked at as before.
pub(super) async fn end(
    State(app): State<App>,
    asker: Asker,
    FirstText(id): FirstText,
) -> Result<Response, ClipperError> {
    asker.pay(&app, app.costs.write)?;
    let (view, actor) = access::as_host(&app, &id, &asker, "end the party").await?;
    if !is_over(&view) {
        app.engine.rooms.command(view.id, actor, Command::SetStatus { status: Status::Ended }).await?;
    }
    Ok(said("Watch party ended successfully"))
}

/// Changes what a party is called, who is let in, by what, and how many.
pub(super) async fn settings(
    State(app): State<App>,
    asker: Asker,
    FirstText(id): FirstText,
    fields: Fields,
) -> Result<Response, ClipperError> {
    let (view, actor) = access::as_host(&app, &id, &asker, "update settings").await?;
    let wanted = Wanted::of(&fields)?;
    if is_over(&view) {
        return Err(ClipperError::invalid("party has ended"));
    }
    let changes = wanted.changes(&app, Some(&view)).await?;
    app.engine.change(view.id, actor, changes).await?;
    Ok(said("Settings updated successfully"))
}

/// The clips of a party: what is on, then what comes.
pub(super) async fn clips(
    State(app): State<App>,
    by: MaybeAsker,
    FirstText(id): FirstText,
) -> Result<Response, ClipperError> {
    by.pay(&app, app.costs.read)?;
    let view = access::readable(&app, &id, &by).await?;
    let clips: Vec<Clip> = view.current.iter().chain(view.queue.iter()).map(|item| Clip::of(item)).collect();
    Ok(done(json!({ "count": clips.len(), "clips": clips })))
}

/// Puts a clip into the queue by its link.
pub(super) async fn add_clip(
    State(app): State<App>,
    asker: Asker,
    FirstText(id): FirstText,
    fields: Fields,
) -> Result<Response, ClipperError> {
    asker.pay(&app, app.costs.link)?;
    let link = fields.text("url")?.ok_or_else(|| ClipperError::invalid("url must be a string"))?;
    let wish = Wish { link: link.to_owned(), title: fields.text("title")?.map(str::to_owned), ..Wish::default() };
    let (view, actor) = access::as_participant(&app, &id, &asker).await?;
    let queued = app.engine.intake.queue_from(view.id, &actor, Some(&asker.address), wish, Spot::End).await?;
    let clip = queued.done.view.item(queued.item).map(|item| Clip::of(item));
    Ok(made(json!({ "clip": clip })))
}

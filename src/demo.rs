//! `onecouch demo`: a room that plays already, with two guests who pause, seek and chat. Nothing of it is kept.

use std::{path::Path, time::Duration};

use axum::Router;
use engine::{
    Engine,
    command::{Actor, Command, Deed, SeekTo, Spot},
    event::Door,
    ids::{Entropy, RoomId},
    media::{Media, Player},
    refusal::No,
    room::{Changes, Visibility},
    rooms::NewRoom,
    time::Millis,
};
use tower_http::services::ServeFile;

use crate::{config::Config, host::Host};

/// The clip's length.
const LENGTH: Millis = Millis::seconds(60);
/// Between two deeds of a guest.
const PAUSE: Duration = Duration::from_secs(7);

/// The clip, in the binary: a demo needs no network and no file.
const CLIP: &[u8] = include_bytes!("../assets/demo.mp4");

/// The configuration of a demo: as it was, but with a database of its own that goes with it.
pub fn config(config: &Config, place: &Path) -> Config {
    let mut config = config.clone();
    config.database.url = format!("sqlite://{}", place.join("demo.db").display());
    config
}

/// The clip's address, with ranges: without them a browser cannot seek.
pub async fn routes(place: &Path) -> std::io::Result<Router> {
    let clip = place.join("clip.mp4");
    tokio::fs::write(&clip, CLIP).await?;
    Ok(Router::new().route_service("/demo/clip.mp4", ServeFile::new(clip)))
}

/// Makes the room and lets the guests in, who act until the server ends; the room's invite link.
pub async fn start(host: &Host) -> anyhow::Result<String> {
    let engine = host.engine.clone();
    let ada = guest(&engine, "Ada").await?;
    let ben = guest(&engine, "Ben").await?;
    let room = NewRoom {
        changes: Changes { title: Some("Demo".into()), visibility: Some(Visibility::Public), ..Changes::default() },
        ..NewRoom::default()
    };
    let view = engine.rooms.create(&ada, room).await?;
    let link = format!("{}/demo/clip.mp4", host.public_url.as_str().trim_end_matches('/'));
    queue(&engine, view.id, &ada, &link).await?;
    let invite = crate::dialects::native::wire::invite_url(host.public_url.as_str(), &view.invite);
    tokio::spawn(async move {
        if let Err(no) = play(&engine, view.id, &ada, &ben, &link).await {
            tracing::info!(%no, "the demo's guests went home");
        }
    });
    Ok(invite)
}

async fn guest(engine: &Engine, name: &str) -> Result<Actor, No> {
    let guest = engine.people.guest(name).await?;
    Ok(Actor {
        person: guest.person.id,
        name: guest.person.name,
        door: Door::Viewer,
        connection: Some(engine.rooms.connection()),
        granted: None,
        registered: false,
    })
}

async fn queue(engine: &Engine, room: RoomId, actor: &Actor, link: &str) -> Result<(), No> {
    let media =
        Media { title: Some("Test picture".to_owned()), duration: Some(LENGTH), ..Media::bare(link, Player::Video) };
    let add = Command::add(Entropy.item(), media, actor, engine.clock.now().wall, Spot::End);
    engine.rooms.command(room, actor.clone(), add).await.map(drop)
}

/// What the guests do, again and again.
async fn play(engine: &Engine, room: RoomId, ada: &Actor, ben: &Actor, link: &str) -> Result<(), No> {
    for actor in [ada, ben] {
        if let Some(connection) = actor.connection {
            let arrive = Command::Arrive { connection, watches: true };
            engine.rooms.command(room, actor.clone(), arrive).await?;
        }
    }
    for turn in 0.. {
        let (by_ada, deed) = deed(turn);
        tokio::time::sleep(PAUSE).await;
        let view = engine.rooms.view(room).await?;
        if view.current.is_none() {
            queue(engine, room, ada, link).await?;
        }
        let actor = if by_ada { ada } else { ben };
        match engine.rooms.command(room, actor.clone(), deed).await {
            // Somebody else may have skipped or stopped the film meanwhile: that is what a room is for.
            Ok(_) | Err(No::Refusal(_)) => {}
            Err(fault) => return Err(fault),
        }
    }
    Ok(())
}

/// Who does what in a turn: Ada where the first is true, else Ben.
fn deed(turn: usize) -> (bool, Command) {
    let say = |text: &str| Command::Say { id: Entropy.message(), text: text.to_owned() };
    match turn % 8 {
        0 => (true, say("Hello! Open this page in a second window: both stand on the same frame.")),
        1 => (false, say("Watch the timecode. I am going to pause.")),
        2 => (false, Deed::Pause.into()),
        3 => (true, Deed::PLAY.into()),
        4 => (true, say("And now everybody jumps to the tenth second.")),
        5 => (true, Deed::Seek { to: SeekTo::At(Millis::seconds(10)) }.into()),
        6 => (false, say("Type /seek 0:30 here, or /help.")),
        _ => (false, Deed::Seek { to: SeekTo::By(Millis::seconds(5)) }.into()),
    }
}

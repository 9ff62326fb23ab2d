//! `onecouch check`, `backup` and `restore`: looking after the database from the command line.

use std::path::Path;

use crate::{
    config::Config,
    mail::Mailer,
    resolve::Resolver,
    store::{self, Schema},
    telemetry,
};

/// Looks whether this version could serve with the configuration and the database that there are. Changes nothing, and is
/// what a server asks the version that is to take its place.
pub async fn check(config: &Config) -> anyhow::Result<String> {
    telemetry::filter(&config.log)?;
    Mailer::new(&config.mail)?;
    Resolver::new(config.resolve.settings())?;
    let found = store::look(&config.database.url).await?;
    let (version, database) = (env!("CARGO_PKG_VERSION"), store::shown(&config.database.url));
    Ok(match found {
        Some(Schema { migration, rooms }) => {
            format!("onecouch {version} can go on with {database} (migration {migration}, rooms: {rooms})")
        }
        None => format!("onecouch {version} can begin: {database} will be made"),
    })
}

/// Copies the database, and says what came of it.
pub async fn backup(config: &Config, to: &Path, replace: bool) -> anyhow::Result<Vec<String>> {
    let copied = store::backup(&config.database.url, to, replace).await?;
    let mut said = vec![format!(
        "{} is copied to {}: rooms: {}, {:.1} MB, sound",
        store::shown(&config.database.url),
        to.display(),
        copied.schema.rooms,
        megabytes(copied.bytes),
    )];
    if let Some(films) = &config.media.dir {
        said.push(format!("Not in it are the films of media.dir, {}: copy that directory too", films.display()));
    }
    said.push("It has what people wrote, and hashes of their passwords: keep it as you keep the server".to_owned());
    Ok(said)
}

/// Puts a copy in the place of the database, and says what came of it.
pub async fn restore(config: &Config, from: &Path) -> anyhow::Result<Vec<String>> {
    let restored = store::restore(&config.database.url, from).await?;
    let rooms = restored.schema.rooms;
    let mut said =
        vec![format!("{} is what {} was: rooms: {rooms}", store::shown(&config.database.url), from.display())];
    if let Some(aside) = restored.aside {
        said.push(format!("What was there before is {}: delete it when you do not need it", aside.display()));
    }
    said.push("Start the server".to_owned());
    Ok(said)
}

fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

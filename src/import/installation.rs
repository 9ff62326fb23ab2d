//! `onecouch import FILE` where the file is a SQLite database: all of an installation moves from there to PostgreSQL.

use std::path::Path;

use anyhow::ensure;

use super::progress::{Shown, rate};
use crate::{
    config::Config,
    store::{self, moving},
};

/// Whether it is a SQLite database, or the address of one, that is to be imported and no export.
pub fn is_installation(from: &Path) -> bool {
    from.to_str().is_some_and(store::is_database)
}

/// Moves it into the database of the configuration, showing how far it is, and says what came of it.
pub async fn run(config: &Config, from: &Path, new_ids: bool) -> anyhow::Result<Vec<String>> {
    ensure!(
        !new_ids,
        "--new-ids is for what onecouch export printed: an installation that moves is the same one, and keeps all identities"
    );
    let mut shown = Shown::new();
    let from = from.to_str().unwrap_or_default();
    let moved = {
        let tell = &mut |progress| shown.tell(progress);
        moving::installation(from, &config.database.url, config.retention.audit(), tell).await
    };
    shown.ends();
    let moved = moved?;
    let moving::Moved { file, database, people, .. } = &moved;
    let mut said = Vec::new();
    if moved.before {
        said.push(format!("{file} is moved to {database} already, and nothing of it changed since"));
    } else {
        let (took, all) = (shown.took(), moved.all());
        said.push(format!(
            "{file} is moved to {database}: rooms: {}, people: {people}, records: {}, events: {}, lines: {}, played: {}, visits: {}",
            moved.of("rooms"),
            moved.of("records"),
            moved.of("journal"),
            moved.of("chat"),
            moved.of("history"),
            moved.of("visits"),
        ));
        let how = match all - moved.written {
            0 => format!("{} a second", rate(all, took)),
            before => format!("{before} of which were there before"),
        };
        said.push(format!("It took {:.1} s for {all} rows, {how}", took.as_secs_f64()));
        let counts: Vec<_> = moved.rows.iter().map(|(table, rows)| format!("{table} {rows}")).collect();
        said.push(format!("Both were read again and are the same, in number and in content: {}", counts.join(", ")));
    }
    if let Some(films) = &config.media.dir {
        said.push(format!("Films are no part of either, and stay where they are: media.dir is {}", films.display()));
    }
    said.push(format!("Start the server. {file} is as it was: keep it until you do not need it"));
    Ok(said)
}

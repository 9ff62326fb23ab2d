//! The directory of films, and what may be brought into it.

use std::path::Path;

use engine::uploads::MB;

use super::Finding;
use crate::{config::Config, media::dock};

/// What there is to say of films.
pub(super) fn look(config: &Config) -> Vec<Finding> {
    let media = &config.media;
    let mut findings = Vec::new();
    match &media.dir {
        None => {
            findings.push(Finding::Note("media.dir is not set: this server keeps no films of its own".to_owned()));
        }
        Some(dir) => findings.push(readable(dir)),
    }
    if media.uploads
        && let Some(dir) = &media.dir
    {
        findings.push(writable(dir));
        findings.push(room(dir, media.keep_free_mb, media.total_mb));
    }
    if media.relay {
        findings.push(Finding::Note(format!(
            "media.relay is on: up to {} streams pass through this server's line, in and out",
            media.relay_streams
        )));
    }
    findings
}

fn readable(dir: &Path) -> Finding {
    match std::fs::read_dir(dir) {
        Ok(_) => Finding::Good(format!("films are kept in {}", dir.display())),
        Err(error) => Finding::Bad(format!(
            "media.dir: {}: {error}. Make the directory, and let the server's user read it",
            dir.display()
        )),
    }
}

/// As an upload does it, and taken away again.
fn writable(dir: &Path) -> Finding {
    match tempfile::Builder::new().prefix(".doctor-").tempfile_in(dir) {
        Ok(_) => Finding::Good("uploads can be written".to_owned()),
        Err(error) => Finding::Bad(format!(
            "media.uploads: {} cannot be written: {error}. Let the server's user write there, or set media.uploads = false",
            dir.display()
        )),
    }
}

fn room(dir: &Path, keep_free: u64, total: u64) -> Finding {
    let free = dock::free(dir) / MB;
    if free <= keep_free {
        return Finding::Bad(format!(
            "media.uploads: {free} MB of the disk are free and media.keep_free_mb leaves {keep_free}: nothing can be uploaded. \
             Make room, or leave less"
        ));
    }
    let left = free - keep_free;
    if left < total {
        return Finding::Note(format!(
            "uploads may have media.total_mb = {total} MB together, and the disk has room for {left}"
        ));
    }
    Finding::Good(format!("the disk has room for {left} MB of uploads"))
}

//! What breaks around the server, and what people notice of it.
//!
//! By noun: `disk` (full, read-only, locked, failing at any write), `lines` (cut anywhere, silent, slow), `clocks`, `load`
//! (every command is answered, an orderly end under load), `platforms` (Discord and Telegram away).
//!
//! The program is the real one in a process of its own where the disk or the clock is to break; `faults.c` stands between it
//! and the system then. What cannot run here says so on standard error and passes: `./check` lists it as skipped.

mod clocks;
mod disk;
mod lines;
mod load;
mod platforms;
mod proxy;

use std::{path::PathBuf, sync::OnceLock};

use tokio::process::Command;

use crate::{
    chance::{Dice, count},
    process::program,
};

/// The faults as a library to load, made once; nothing where there is no C compiler or this is no Linux.
fn faults() -> Option<PathBuf> {
    static MADE: OnceLock<Option<PathBuf>> = OnceLock::new();
    let made = MADE.get_or_init(|| {
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/fault_stories/faults.c");
        let library = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("faults-{}.so", std::process::id()));
        let cc = std::process::Command::new("cc")
            .args(["-shared", "-fPIC", "-O1", "-o"])
            .args([library.as_os_str(), source.as_ref()])
            .args(["-ldl", "-lpthread"])
            .status();
        (cfg!(target_os = "linux") && cc.is_ok_and(|status| status.success())).then_some(library)
    });
    if made.is_none() {
        eprintln!("SKIPPED: faults of disk and clock need Linux and a C compiler (apt-get install gcc)");
    }
    made.clone()
}

/// The program with faults below it.
fn faulty(library: &PathBuf, settings: &[(&str, String)]) -> Command {
    let mut command = program();
    command.env("LD_PRELOAD", library).envs(settings.iter().map(|(name, value)| (*name, value)));
    command
}

//! Films that this server keeps, and films that pass through it.
//!
//! The [`library`] is a directory of films; the [`dock`] is where people bring more. [`captions`] answers subtitles, made
//! into WebVTT ([`webvtt`]) from wherever they are. The [`relay`] fetches through the guarded client what browsers cannot
//! fetch by themselves, and rewrites [`playlist`]s so that all they name comes the same way.

pub mod captions;
pub mod dock;
mod facts;
pub mod format;
pub mod library;
pub mod place;
pub mod playlist;
pub mod relay;
pub mod webvtt;

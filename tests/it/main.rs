//! Stories: what people see of a whole server, told through its real doors.

#![expect(clippy::unwrap_used, reason = "a story that cannot go on ends there")]

mod clipper;
mod command_stories;
mod crash_stories;
mod discord_stories;
mod doctor_stories;
mod fake_discord;
mod fake_mail;
mod fake_receiver;
mod fake_telegram;
mod fake_web;
mod fault_stories;
mod hostile_stories;
mod keeping_stories;
mod language_stories;
mod limit_stories;
mod listen_stories;
mod many_places_stories;
mod media_stories;
mod metrics_stories;
mod mini_app_stories;
mod openapi_stories;
mod opentogethertube;
mod operator_stories;
mod people_stories;
mod process;
mod resolve_stories;
mod rest_stories;
mod security;
mod socket_stories;
mod stage;
mod store_conformance;
mod telegram_stories;
mod threshold_stories;
mod together_stories;
mod unfurl_stories;
mod upkeep_stories;
mod viewer;
mod watch2gether;
mod watchers;
mod webhook_stories;
mod websocket_stories;
mod wire_stories;
mod world;

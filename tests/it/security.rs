//! What this server promises to hold against those who mean harm, told through the doors that they would try. `docs/SECURITY.md`
//! names each of these stories beside the promise that it proves.

mod addresses;
mod guard;
mod guesses;
mod headers;
mod operator;
mod origins;
mod page;
mod privacy;
mod sandbox;
mod secrets;
mod verdicts;

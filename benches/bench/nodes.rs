//! Several nodes beside one: what a command costs that crosses, how long it takes, what a viewer costs who just watches, what the
//! database takes, and how long a room is without an owner.
//!
//! PostgreSQL (as it writes by default: `fsync` on) and NATS are started here, on loopback, of the programs that are installed or unpacked in
//! `target/tools/debian`. Where they are missing, nothing is measured and that is said.

pub mod bus;
pub mod crossing;
pub mod crowd;
mod house;
pub mod takeover;
pub mod watching;
pub mod writing;

pub use house::House;

//! Our own dialect: REST under `/api/v1`, and a socket per room. `docs/API.md` is its contract.

pub mod frames;
#[cfg(any(test, fuzzing))]
pub mod fuzzing;
pub mod rest;
pub mod session;
pub mod wire;

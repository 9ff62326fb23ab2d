//! Three nodes as they are run: processes of the real program over a real PostgreSQL and a real NATS, which are killed, stopped, cut
//! off and started again while people watch and talk.
//!
//! By noun: `house` (servers and nodes), `line` (what is cut), `crowd` (who is there, and what must be true of it in the end), made of
//! `watcher` (a socket that applies what it hears, as the page does) and `asker` (who does things and notes what was answered). The
//! stories stand in `deaths`, `servers` and `cuts`.

mod asker;
mod crowd;
mod cuts;
mod deaths;
mod house;
mod line;
mod servers;
mod watcher;

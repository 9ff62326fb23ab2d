//! The [`Bus`] port in memory: several nodes in one process, whose lines can be cut, and which can be made to lose and delay.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use tokio::{
    sync::{mpsc, watch},
    time::{Instant, sleep_until, timeout},
};

use super::lock;
use crate::ports::{Bus, Hearing, Letter, Line, Pending, Unheard};

/// One node's line to a bus in memory. Clones are the same line.
#[derive(Debug, Clone)]
pub struct MemoryBus {
    exchange: Arc<Exchange>,
    /// Which line this is.
    line: usize,
}

#[derive(Debug, Default)]
struct Exchange {
    table: Mutex<Table>,
    /// The last subject that an answer was awaited on.
    asked: AtomicU64,
}

#[derive(Debug, Default)]
struct Table {
    ears: HashMap<String, Vec<Ear>>,
    lines: Vec<watch::Sender<Line>>,
    weather: Weather,
    /// State of the chance by which letters are lost and late.
    chance: u64,
    /// How many letters were carried.
    carried: u64,
}

/// One who hears a subject.
#[derive(Debug)]
struct Ear {
    line: usize,
    /// What is on its way, and when it arrives.
    sender: mpsc::UnboundedSender<(Instant, Letter)>,
    /// When the last one arrives: the next comes after it.
    last: Instant,
}

/// What becomes of letters on their way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Weather {
    /// How many of a thousand are lost.
    pub lost: u64,
    /// How long one takes at most, in ms; never before one that was told earlier.
    pub delay: u64,
}

impl Default for MemoryBus {
    fn default() -> Self {
        Self::new()
    }
}

impl MemoryBus {
    /// The first line to a new bus.
    pub fn new() -> Self {
        Self { exchange: Arc::default(), line: 0 }.joined()
    }

    /// Another node's line to the same bus.
    #[must_use]
    pub fn line_of_another(&self) -> Self {
        Self { exchange: self.exchange.clone(), line: 0 }.joined()
    }

    fn joined(mut self) -> Self {
        let mut table = lock(&self.exchange.table);
        self.line = table.lines.len();
        table.lines.push(watch::Sender::new(Line { up: true, generation: 1 }));
        drop(table);
        self
    }

    /// Cuts this line, or mends it. What is said meanwhile is lost on both sides.
    pub fn cut(&self, cut: bool) {
        lock(&self.exchange.table).lines[self.line].send_if_modified(|line| {
            let changes = line.up == cut;
            if changes {
                *line = Line { up: !cut, generation: line.generation + u64::from(!cut) };
            }
            changes
        });
    }

    /// This node is gone for ever: nobody hears what only it heard.
    pub fn end(&self) {
        self.cut(true);
        for ears in lock(&self.exchange.table).ears.values_mut() {
            ears.retain(|ear| ear.line != self.line);
        }
    }

    /// What becomes of letters from now on, by the chance that `seed` begins.
    pub fn weather(&self, weather: Weather, seed: u64) {
        let mut table = lock(&self.exchange.table);
        (table.weather, table.chance) = (weather, seed);
    }

    /// How many letters were carried so far, each once however many heard it.
    pub fn carried(&self) -> u64 {
        lock(&self.exchange.table).carried
    }

    /// Puts a letter on its way.
    fn send(&self, subject: &str, letter: &Letter) -> Result<(), Unheard> {
        let mut table = lock(&self.exchange.table);
        if !table.lines[self.line].borrow().up {
            return Err(Unheard::Cut);
        }
        let Table { ears, lines, weather, chance, carried } = &mut *table;
        *carried += 1;
        let Some(ears) = ears.get_mut(subject) else { return Err(Unheard::Nobody) };
        ears.retain(|ear| !ear.sender.is_closed());
        if ears.is_empty() {
            return Err(Unheard::Nobody);
        }
        for ear in ears {
            // A letter to a node that is cut off is lost; that it was there a moment ago the bus still believes.
            let lost = !lines[ear.line].borrow().up || draw(chance) % 1_000 < weather.lost;
            if !lost {
                let late = Duration::from_millis(draw(chance) % (weather.delay + 1));
                ear.last = ear.last.max(Instant::now() + late);
                let _ = ear.sender.send((ear.last, letter.clone()));
            }
        }
        Ok(())
    }

    fn listen(&self, subject: &str) -> Result<Hearing, Unheard> {
        let mut table = lock(&self.exchange.table);
        let mut line = table.lines[self.line].subscribe();
        if !line.borrow_and_update().up {
            return Err(Unheard::Cut);
        }
        let (sender, receiver) = mpsc::unbounded_channel();
        let ears = table.ears.entry(subject.to_owned()).or_default();
        ears.retain(|ear| !ear.sender.is_closed());
        ears.push(Ear { line: self.line, sender, last: Instant::now() });
        let heard = stream::unfold((receiver, line), async |(mut receiver, line)| {
            loop {
                let (at, letter) = receiver.recv().await?;
                sleep_until(at).await;
                if line.borrow().up {
                    return Some((letter, (receiver, line)));
                }
            }
        });
        Ok(heard.boxed())
    }
}

/// The next of a row of numbers without order (splitmix64): what a seed began comes the same way again.
fn draw(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[async_trait]
impl Bus for MemoryBus {
    fn ask(&self, subject: &str, body: Bytes, patience: Duration) -> Pending<Result<Bytes, Unheard>> {
        let number = self.exchange.asked.fetch_add(1, Ordering::Relaxed);
        let reply_to = format!("answer.{number}");
        let sent = self.listen(&reply_to).and_then(|answers| {
            self.send(subject, &Letter { body, reply_to: Some(reply_to.clone()) })?;
            Ok(answers)
        });
        let exchange = self.exchange.clone();
        Box::pin(async move {
            let answer = match sent {
                Ok(mut answers) => match timeout(patience, answers.next()).await {
                    Ok(Some(letter)) => Ok(letter.body),
                    Ok(None) | Err(_) => Err(Unheard::Late),
                },
                Err(unheard) => Err(unheard),
            };
            lock(&exchange.table).ears.remove(&reply_to);
            answer
        })
    }

    fn tell(&self, subject: &str, body: Bytes) {
        // Whoever tells does not wait for anybody to hear it.
        let _ = self.send(subject, &Letter { body, reply_to: None });
    }

    async fn hear(&self, subject: &str) -> Result<Hearing, Unheard> {
        self.listen(subject)
    }

    fn line(&self) -> watch::Receiver<Line> {
        lock(&self.exchange.table).lines[self.line].subscribe()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Duration = Duration::from_secs(1);

    #[tokio::test(start_paused = true)]
    async fn who_asks_is_answered_or_told_why_not() {
        let one = MemoryBus::new();
        let other = one.line_of_another();
        let ask = |text: &'static str| one.ask("house", Bytes::from_static(text.as_bytes()), PATIENCE);
        assert_eq!(ask("anybody?").await, Err(Unheard::Nobody));
        let mut heard = other.hear("house").await.unwrap();
        let asked = ask("first");
        let letter = heard.next().await.unwrap();
        letter.answer(&other, Bytes::from_static(b"yes"));
        assert_eq!((&letter.body[..], asked.await), (&b"first"[..], Ok(Bytes::from_static(b"yes"))));
        assert_eq!(ask("unanswered").await, Err(Unheard::Late));
        one.cut(true);
        assert_eq!(ask("cut").await, Err(Unheard::Cut));
        one.cut(false);
        assert_eq!(*one.line().borrow(), Line { up: true, generation: 2 });
        other.end();
        assert_eq!(ask("gone").await, Err(Unheard::Nobody));
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_told_arrives_in_order_or_is_lost() {
        let one = MemoryBus::new();
        let mut heard = one.line_of_another().hear("house").await.unwrap();
        one.weather(Weather { lost: 300, delay: 50 }, 7);
        for n in 0..100_u8 {
            one.tell("house", Bytes::copy_from_slice(&[n]));
        }
        let mut told = Vec::new();
        while let Ok(Some(letter)) = timeout(PATIENCE, heard.next()).await {
            told.push(letter.body[0]);
        }
        assert!(told.is_sorted() && (50..90).contains(&told.len()), "{told:?}");
    }
}

//! Letters larger than the server takes at once: sent in parts, put together again by whoever hears them.
//!
//! What one node says on a subject arrives in that order, so the parts of a letter come one after another; only those of other
//! senders' letters may lie between them. A part that is missing loses its letter, as any letter may be lost.

use std::collections::HashMap;

use async_nats::{Client, HeaderMap, Message, PublishError};
use bytes::{Bytes, BytesMut};

/// Which part of which letter a message is: the sender's number, the letter's, from 0 the part's, and how many there are.
const PART: &str = "Onecouch-Part";
/// How much of what a message may hold is left to its headers.
const HEADERS: usize = 4_096;
/// How many letters may be half here at once. Those who fell silent in the middle of one are forgotten for it.
const HALF_HERE: usize = 64;
/// How large a letter may be: many times the largest room.
const LARGEST: usize = 64 * 1024 * 1024;

/// Sends a letter, in as many messages as it takes. The last of them says where the answer goes.
pub(super) async fn publish(
    client: &Client,
    subject: String,
    reply_to: Option<String>,
    mut body: Bytes,
    number: u64,
) -> Result<(), PublishError> {
    let most = client.max_payload().saturating_sub(HEADERS).max(1_024);
    if body.len() <= most {
        return match reply_to {
            Some(reply_to) => client.publish_with_reply(subject, reply_to, body).await,
            None => client.publish(subject, body).await,
        };
    }
    let sender = client.server_info().client_id;
    let count = body.len().div_ceil(most);
    for part in 0..count {
        let mut headers = HeaderMap::new();
        headers.insert(PART, format!("{sender} {number} {part} {count}"));
        let some = body.split_to(most.min(body.len()));
        match reply_to.as_ref().filter(|_| part + 1 == count) {
            Some(reply_to) => {
                let (subject, reply_to) = (subject.clone(), reply_to.clone());
                client.publish_with_reply_and_headers(subject, reply_to, headers, some).await?;
            }
            None => client.publish_with_headers(subject.clone(), headers, some).await?,
        }
    }
    Ok(())
}

/// Letters that are here in part.
#[derive(Debug, Default)]
pub(super) struct Letters {
    half: HashMap<(u64, u64), Half>,
    /// For which is the oldest.
    begun: u64,
}

#[derive(Debug)]
struct Half {
    begun: u64,
    next: usize,
    body: BytesMut,
}

impl Letters {
    /// Takes a message; gives a letter that is whole by it.
    pub(super) fn take(&mut self, message: Message) -> Option<Message> {
        let part = message.headers.as_ref().and_then(|headers| headers.get(PART));
        let Some(part) = part else { return Some(message) };
        let numbers: Vec<u64> = part.as_str().split(' ').filter_map(|number| number.parse().ok()).collect();
        let [sender, number, part, count] = numbers[..] else { return None };
        let body = self.part((sender, number), (part, count), &message.payload)?;
        Some(Message { payload: body, ..message })
    }

    fn part(&mut self, letter: (u64, u64), (part, count): (u64, u64), some: &[u8]) -> Option<Bytes> {
        if part == 0 {
            self.begun += 1;
            let half = Half { begun: self.begun, next: 0, body: BytesMut::new() };
            self.half.insert(letter, half);
            if self.half.len() > HALF_HERE {
                let oldest = self.half.iter().min_by_key(|(_, half)| half.begun).map(|(letter, _)| *letter);
                oldest.and_then(|oldest| self.half.remove(&oldest));
            }
        }
        let half = self.half.get_mut(&letter)?;
        if half.next as u64 != part || half.body.len() + some.len() > LARGEST {
            self.half.remove(&letter);
            return None;
        }
        half.next += 1;
        half.body.extend_from_slice(some);
        if half.next as u64 == count { self.half.remove(&letter).map(|half| half.body.freeze()) } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_is_whole_when_all_its_parts_came_in_order() {
        let mut letters = Letters::default();
        let (one, other) = ((1, 7), (2, 7));
        assert_eq!(letters.part(one, (0, 3), b"ab"), None);
        assert_eq!(letters.part(other, (0, 2), b"x"), None, "of another sender, in between");
        assert_eq!(letters.part(one, (1, 3), b"cd"), None);
        assert_eq!(letters.part(other, (1, 2), b"y").as_deref(), Some(&b"xy"[..]));
        assert_eq!(letters.part(one, (2, 3), b"e").as_deref(), Some(&b"abcde"[..]));
        assert!(letters.half.is_empty());
    }

    #[test]
    fn a_letter_of_which_a_part_is_missing_is_lost_and_nothing_of_it_is_kept() {
        let mut letters = Letters::default();
        assert_eq!(letters.part((1, 1), (0, 3), b"ab"), None);
        assert_eq!(letters.part((1, 1), (2, 3), b"e"), None);
        assert_eq!(letters.part((1, 2), (1, 2), b"b"), None, "its beginning never came");
        assert!(letters.half.is_empty());
        for number in 0..1_000 {
            assert_eq!(letters.part((2, number), (0, 2), b"a"), None);
        }
        assert_eq!(letters.half.len(), HALF_HERE);
        assert_eq!(letters.part((2, 999), (1, 2), b"b").as_deref(), Some(&b"ab"[..]), "the youngest is here");
    }
}

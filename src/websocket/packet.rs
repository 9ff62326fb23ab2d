//! Frames as bytes, ready to be written: what many get is encoded once, and none of them holds a copy.

use std::{collections::VecDeque, io::IoSlice};

use axum::body::Bytes;
use tokio_tungstenite::tungstenite::Utf8Bytes;

/// The first byte of a whole frame of text.
const TEXT: u8 = 0x81;
/// The same of a ping.
const PING: u8 = 0x89;

/// Up to how many bytes a payload is put behind its head, so that both are one piece; a longer one stays where it is.
const SHORT: usize = 1024;
/// For how many a queue keeps its memory.
const FEW: usize = 4;

/// One frame, unmasked, as servers send them. Cloning it copies no payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packet {
    /// First byte and length, as in RFC 6455, section 5.2; and the payload, where it is short.
    head: Bytes,
    /// The payload, where it is not.
    rest: Bytes,
}

impl Packet {
    fn new(first: u8, payload: Bytes) -> Self {
        let mut head = Vec::with_capacity(10 + if payload.len() <= SHORT { payload.len() } else { 0 });
        head.push(first);
        match (u8::try_from(payload.len()), u16::try_from(payload.len())) {
            (Ok(short @ 0..=125), _) => head.push(short),
            (_, Ok(medium)) => {
                head.push(126);
                head.extend(medium.to_be_bytes());
            }
            _ => {
                head.push(127);
                head.extend((payload.len() as u64).to_be_bytes());
            }
        }
        if payload.len() > SHORT {
            return Self { head: head.into(), rest: payload };
        }
        head.extend_from_slice(&payload);
        Self { head: head.into(), rest: Bytes::new() }
    }

    /// Asks whether anybody is there.
    pub fn ping() -> Self {
        Self { head: Bytes::from_static(&[PING, 0]), rest: Bytes::new() }
    }

    /// Bytes that are frames already.
    pub fn raw(bytes: Bytes) -> Self {
        Self { head: bytes, rest: Bytes::new() }
    }

    fn len(&self) -> usize {
        self.head.len() + self.rest.len()
    }

    /// What is left behind its first bytes.
    fn parts(&self, sent: usize) -> [&[u8]; 2] {
        match sent.checked_sub(self.head.len()) {
            Some(sent) => [&[], &self.rest[sent..]],
            None => [&self.head[sent..], &self.rest],
        }
    }
}

impl From<Utf8Bytes> for Packet {
    fn from(text: Utf8Bytes) -> Self {
        Self::new(TEXT, text.into())
    }
}

/// Frames that are written one behind the other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Packets {
    waiting: VecDeque<Packet>,
    /// How much of the first is written.
    sent: usize,
}

impl Packets {
    /// How many are not written, or not to their end.
    pub fn len(&self) -> usize {
        self.waiting.len()
    }

    /// Whether all are written.
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Puts one behind the others.
    pub fn push(&mut self, packet: Packet) {
        self.waiting.push_back(packet);
    }

    /// Takes away what waits, but for a packet that is written in part: nothing else may come behind its first half.
    pub fn take_untouched(&mut self) -> VecDeque<Packet> {
        self.waiting.split_off(usize::from(self.sent > 0).min(self.waiting.len()))
    }

    /// What is left, where it is in one piece.
    pub fn only_piece(&self) -> Option<&[u8]> {
        match (self.waiting.front(), self.len()) {
            (Some(only), 1) => match only.parts(self.sent) {
                [piece, []] | [[], piece] => Some(piece),
                _ => None,
            },
            _ => None,
        }
    }

    /// What is left, in pieces, the first ones of them; how many there are now in `into`.
    pub fn pieces<'a>(&'a self, into: &mut [IoSlice<'a>]) -> usize {
        let mut filled = 0;
        let mut sent = self.sent;
        for packet in &self.waiting {
            for part in packet.parts(std::mem::take(&mut sent)) {
                if filled == into.len() {
                    return filled;
                }
                if !part.is_empty() {
                    into[filled] = IoSlice::new(part);
                    filled += 1;
                }
            }
        }
        filled
    }

    /// So many bytes of it are written; how many packets that ended.
    pub fn advance(&mut self, count: usize) -> u64 {
        self.sent += count;
        let mut ended = 0;
        while let Some(first) = self.waiting.front()
            && self.sent >= first.len()
        {
            self.sent -= first.len();
            self.waiting.pop_front();
            ended += 1;
        }
        ended
    }

    /// Gives back the memory of a burst.
    pub fn shrink(&mut self) {
        if self.waiting.capacity() > FEW {
            self.waiting.shrink_to(FEW);
        }
    }
}

impl Extend<Packet> for Packets {
    fn extend<I: IntoIterator<Item = Packet>>(&mut self, packets: I) {
        self.waiting.extend(packets);
    }
}

#[cfg(test)]
mod tests {
    use tokio_tungstenite::tungstenite::{
        Message,
        protocol::{Role, WebSocket},
    };

    use super::*;

    /// What a client reads of these bytes.
    fn read(bytes: Vec<u8>) -> Vec<Message> {
        let mut client = WebSocket::from_raw_socket(Both(std::io::Cursor::new(bytes)), Role::Client, None);
        std::iter::from_fn(|| client.read().ok()).collect()
    }

    struct Both(std::io::Cursor<Vec<u8>>);

    impl std::io::Read for Both {
        fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
            std::io::Read::read(&mut self.0, into)
        }
    }

    impl std::io::Write for Both {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn texts() -> Vec<String> {
        [0, 1, 125, 126, 127, 65_535, 65_536, 70_000].map(|long| "é".repeat(long / 2) + &"x".repeat(long % 2)).into()
    }

    fn packets() -> Packets {
        let mut packets = Packets::default();
        packets.extend(texts().into_iter().map(|text| Utf8Bytes::from(text).into()));
        packets.push(Packet::ping());
        packets
    }

    fn expected() -> Vec<Message> {
        let texts = texts().into_iter().map(Message::text);
        texts.chain([Message::Ping(Bytes::new())]).collect()
    }

    #[test]
    fn a_client_reads_what_was_written_whatever_its_length() {
        let mut packets = packets();
        let mut pieces = [IoSlice::new(&[]); 64];
        let count = packets.pieces(&mut pieces);
        let bytes: Vec<u8> = pieces[..count].iter().flat_map(|piece| piece.to_vec()).collect();
        assert_eq!(packets.advance(bytes.len()), expected().len() as u64);
        assert_eq!(read(bytes), expected());
        assert!(packets.is_empty() && packets.pieces(&mut [IoSlice::new(&[])]) == 0);
    }

    #[test]
    fn nothing_is_lost_where_a_line_takes_a_part_at_a_time() {
        for piece in [1, 2, 3, 7, 124, 128, 4_093, 66_000, 300_000] {
            for slices in [1, 2, 3, 64] {
                if piece < 100 && slices > 3 {
                    continue;
                }
                let (mut packets, mut written) = (packets(), Vec::new());
                while !packets.is_empty() {
                    let mut into = vec![IoSlice::new(&[]); slices];
                    let filled = packets.pieces(&mut into);
                    let all: Vec<u8> = into[..filled].iter().flat_map(|slice| slice.to_vec()).take(piece).collect();
                    assert!(!all.is_empty());
                    written.extend_from_slice(&all);
                    packets.advance(all.len());
                }
                assert_eq!(read(written), expected(), "{piece} bytes in {slices} slices");
            }
        }
    }

    #[test]
    fn what_is_taken_away_leaves_the_second_half_of_a_frame() {
        let mut packets = packets();
        packets.advance(2 + 3 + 60);
        let taken = packets.take_untouched();
        assert_eq!((packets.len(), taken.len()), (1, expected().len() - 3));
        let rest = packets.only_piece().unwrap().to_vec();
        assert_eq!((rest.len(), packets.advance(rest.len())), (127 - 60, 1));
        assert!(packets.take_untouched().is_empty());
    }

    #[test]
    fn what_many_get_is_one_piece_or_is_not_copied() {
        for long in [1_000, SHORT, SHORT + 1, 100_000] {
            let text = Utf8Bytes::from("x".repeat(long));
            let (one, own) = (Packet::from(text.clone()), Bytes::from(text));
            let clone = one.clone();
            assert_eq!((one.head.as_ptr(), one.rest.as_ptr()), (clone.head.as_ptr(), clone.rest.as_ptr()));
            assert_eq!(one.rest.is_empty(), long <= SHORT);
            assert!(one.rest.is_empty() || one.rest.as_ptr() == own.as_ptr());
        }
    }
}

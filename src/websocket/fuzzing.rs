//! Frames of clients, and ours to them: see [`crate::fuzzing`].

use std::io::{self, Read, Write};

use tokio_tungstenite::tungstenite::protocol::{Role, WebSocket};

use super::{Error, FRAME_LIMIT, Message, Packet, Utf8Bytes, config, fault, packet::Packets};

/// A line on which bytes come in pieces of this length.
struct Line<'a> {
    bytes: &'a [u8],
    piece: usize,
    written: Vec<u8>,
}

impl Read for Line<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let long = self.piece.min(into.len()).min(self.bytes.len());
        into[..long].copy_from_slice(&self.bytes[..long]);
        self.bytes = &self.bytes[long..];
        Ok(long)
    }
}

impl Write for Line<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.written.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What is read of these bytes, how that ends, and what is answered by itself.
fn read(bytes: &[u8], piece: usize, role: Role) -> (Vec<Message>, Error, Vec<u8>) {
    let line = Line { bytes, piece, written: Vec::new() };
    let mut socket = WebSocket::from_raw_socket(line, role, Some(config()));
    let mut heard = Vec::new();
    loop {
        match socket.read() {
            Ok(message) => heard.push(message),
            Err(error) => return (heard, error, std::mem::take(&mut socket.get_mut().written)),
        }
        assert!(heard.len() <= bytes.len(), "messages of nothing");
    }
}

/// What a client sends is read the same in whatever pieces it comes, is bounded, and is answered by frames.
pub fn websocket(data: &[u8]) {
    let (heard, end, answered) = read(data, usize::MAX, Role::Server);
    assert!(heard.iter().all(|message| message.len() <= FRAME_LIMIT));
    for piece in [1, 7] {
        let (again, other, answers) = read(data, piece, Role::Server);
        assert_eq!((&again, &answers), (&heard, &answered), "in pieces of {piece}");
        assert_eq!(fault(&other), fault(&end), "in pieces of {piece}");
    }
    let (answers, _, _) = read(&answered, usize::MAX, Role::Client);
    assert!(answers.iter().all(|message| matches!(message, Message::Pong(_) | Message::Close(_))), "{answers:?}");
}

/// What we write is read by a client as it was, however much of it the line takes at a time. Three bytes are a frame and how
/// much is taken next.
pub fn packets(data: &[u8]) {
    let mut packets = Packets::default();
    let mut told = Vec::new();
    for chunk in data.chunks_exact(3).take(12) {
        let long = usize::from(u16::from_be_bytes([chunk[0], chunk[1]])) % FRAME_LIMIT;
        if chunk[2] == 0 {
            packets.push(Packet::ping());
            told.push(Message::Ping(bytes::Bytes::new()));
        } else {
            let text = char::from(b'a' + chunk[2] % 26).to_string().repeat(long);
            told.push(Message::text(text.clone()));
            packets.push(Utf8Bytes::from(text).into());
        }
    }
    let mut written = Vec::new();
    let mut bites = data.iter().copied().cycle();
    while !packets.is_empty() {
        let mut slices = [io::IoSlice::new(&[]); 5];
        let filled = packets.pieces(&mut slices);
        let all: Vec<u8> = slices[..filled].iter().flat_map(|slice| slice.to_vec()).collect();
        let bite = 1 + usize::from(bites.next().unwrap_or(255)) * 300;
        let taken = bite.min(all.len());
        assert!(taken > 0, "nothing to write, though something waits");
        written.extend_from_slice(&all[..taken]);
        packets.advance(taken);
    }
    assert!(packets.is_empty());
    assert_eq!(read(&written, usize::MAX, Role::Client).0, told);
}

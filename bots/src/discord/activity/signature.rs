//! What Discord's proxy signs of the requests that it passes on, where an application asked it to.
//!
//! Three headers: a payload of JSON in base64, when it was made, and an Ed25519 signature of the payload's bytes. As Discord
//! describes it: <https://docs.discord.com/developers/activities/development-guides/multiplayer-experience>.

use std::str::FromStr;

use base64::{
    Engine as _,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use ring::signature::{ED25519, UnparsedPublicKey};
use serde::Deserialize;

/// The header with the signature.
pub const SIGNATURE: &str = "x-signature-ed25519";
/// The header with the payload's time.
pub const TIMESTAMP: &str = "x-signature-timestamp";
/// The header with the payload.
pub const PAYLOAD: &str = "x-discord-proxy-payload";

/// Discord writes it with padding; whoever passes headers on may not.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// An application's public key: 32 bytes, which the developer portal shows as 64 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublicKey([u8; 32]);

/// Not the text of a public key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a public key: it has 64 hexadecimal digits")]
pub struct NotAKey;

impl FromStr for PublicKey {
    type Err = NotAKey;

    fn from_str(text: &str) -> Result<Self, NotAKey> {
        hex(text.trim()).and_then(|bytes| bytes.try_into().ok()).map(Self).ok_or(NotAKey)
    }
}

/// The three headers as they came; one that is missing is empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signed<'a> {
    /// [`SIGNATURE`], in base64; in hexadecimal it is understood too, since Discord's own samples disagree.
    pub signature: &'a str,
    /// [`TIMESTAMP`], in Unix seconds.
    pub timestamp: &'a str,
    /// [`PAYLOAD`], in base64.
    pub payload: &'a str,
}

/// Why a request is not taken for one of the proxy's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unsigned {
    /// A header is missing or cannot be read.
    #[error("a header is missing or cannot be read")]
    Unreadable,
    /// The signature is not that of the payload by this key.
    #[error("the signature is not that of the payload by this key")]
    Forged,
    /// The payload says another time than the header.
    #[error("the payload says another time than the header")]
    OtherTime,
    /// The payload is good no longer.
    #[error("the payload is good no longer")]
    Expired,
}

/// What is read of the payload: times in Unix seconds. It says more, about the user, which nothing here relies on.
#[derive(Debug, Deserialize)]
struct Payload {
    created_at: i64,
    expires_at: i64,
}

impl Signed<'_> {
    /// Checks what Discord asks to check; `now` is in Unix seconds.
    pub fn check(&self, key: &PublicKey, now: i64) -> Result<(), Unsigned> {
        let payload = BASE64.decode(self.payload).map_err(|_| Unsigned::Unreadable)?;
        let signature = hex(self.signature).or_else(|| BASE64.decode(self.signature).ok());
        let signature = signature.filter(|bytes| bytes.len() == 64).ok_or(Unsigned::Unreadable)?;
        // Before anything in it is looked at.
        UnparsedPublicKey::new(&ED25519, key.0).verify(&payload, &signature).map_err(|_| Unsigned::Forged)?;
        let Payload { created_at, expires_at } = serde_json::from_slice(&payload).map_err(|_| Unsigned::Unreadable)?;
        if created_at.to_string() != self.timestamp {
            return Err(Unsigned::OtherTime);
        }
        if expires_at < now {
            return Err(Unsigned::Expired);
        }
        Ok(())
    }
}

fn hex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes();
    if digits.is_empty() || !digits.len().is_multiple_of(2) {
        return None;
    }
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    digits.chunks(2).map(|pair| Some(digit(pair[0])? << 4 | digit(pair[1])?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret key of RFC 8032's first test vector (section 7.1), and its public key.
    const SECRET: &str = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
    const PUBLIC: &str = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
    const PAYLOAD_TEXT: &str =
        r#"{"application_id":"1","user_id":"2","created_at":1790000000,"expires_at":1790000300}"#;
    const NOW: i64 = 1_790_000_100;

    fn key() -> PublicKey {
        PUBLIC.parse().unwrap()
    }

    fn sign(payload: &str) -> Vec<u8> {
        let pair = ring::signature::Ed25519KeyPair::from_seed_unchecked(&hex(SECRET).unwrap()).unwrap();
        assert_eq!(ring::signature::KeyPair::public_key(&pair).as_ref(), hex(PUBLIC).unwrap(), "the vector's pair");
        pair.sign(payload.as_bytes()).as_ref().to_vec()
    }

    fn checked(signature: &str, timestamp: &str, payload: &str) -> Result<(), Unsigned> {
        Signed { signature, timestamp, payload }.check(&key(), NOW)
    }

    #[test]
    fn the_published_vector_is_of_this_key() {
        // RFC 8032, 7.1, test 1: the empty message.
        let signature = "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd\
                         25bf5f0595bbe24655141438e7a100b";
        let signature = hex(signature).unwrap();
        UnparsedPublicKey::new(&ED25519, key().0).verify(b"", &signature).unwrap();
    }

    #[test]
    fn what_discord_signed_is_taken_in_base64_and_in_hexadecimal() {
        let (signature, payload) = (sign(PAYLOAD_TEXT), BASE64.encode(PAYLOAD_TEXT));
        checked(&BASE64.encode(&signature), "1790000000", &payload).unwrap();
        let digits: Vec<String> = signature.iter().map(|byte| format!("{byte:02x}")).collect();
        let digits = digits.concat();
        checked(&digits, "1790000000", &payload).unwrap();
        checked(&BASE64.encode(&signature), "1790000000", payload.trim_end_matches('=')).unwrap();
    }

    #[test]
    fn no_bit_of_signature_or_payload_can_be_another() {
        let (signature, payload) = (sign(PAYLOAD_TEXT), PAYLOAD_TEXT.as_bytes().to_vec());
        let flipped = |bytes: &[u8], bit: usize| {
            let mut bytes = bytes.to_vec();
            bytes[bit / 8] ^= 1 << (bit % 8);
            BASE64.encode(bytes)
        };
        for bit in 0..signature.len() * 8 {
            let found = checked(&flipped(&signature, bit), "1790000000", &BASE64.encode(&payload));
            assert_eq!(found, Err(Unsigned::Forged), "bit {bit} of the signature");
        }
        for bit in 0..payload.len() * 8 {
            let found = checked(&BASE64.encode(&signature), "1790000000", &flipped(&payload, bit));
            assert_eq!(found, Err(Unsigned::Forged), "bit {bit} of the payload");
        }
        let other: PublicKey = PUBLIC.replacen('d', "e", 1).parse().unwrap();
        let signed = BASE64.encode(&signature);
        let payload = BASE64.encode(&payload);
        let signed = Signed { signature: &signed, timestamp: "1790000000", payload: &payload };
        assert_eq!(signed.check(&other, NOW), Err(Unsigned::Forged));
    }

    #[test]
    fn what_is_old_or_of_another_time_is_not_taken() {
        let (signature, payload) = (BASE64.encode(sign(PAYLOAD_TEXT)), BASE64.encode(PAYLOAD_TEXT));
        assert_eq!(checked(&signature, "1790000001", &payload), Err(Unsigned::OtherTime));
        let signed = Signed { signature: &signature, timestamp: "1790000000", payload: &payload };
        assert_eq!(signed.check(&key(), 1_790_000_300), Ok(()));
        assert_eq!(signed.check(&key(), 1_790_000_301), Err(Unsigned::Expired));
    }

    #[test]
    fn what_is_missing_or_no_signature_is_told_so() {
        let (signature, payload) = (BASE64.encode(sign(PAYLOAD_TEXT)), BASE64.encode(PAYLOAD_TEXT));
        for (signature, payload) in
            [("", &*payload), (&*signature, ""), ("é", &*payload), (&*signature, "%%"), ("00", &*payload)]
        {
            let found = checked(signature, "1790000000", payload);
            assert!(matches!(found, Err(Unsigned::Unreadable | Unsigned::Forged)), "{signature} {payload}: {found:?}");
        }
        let nonsense = "[]";
        let found = checked(&BASE64.encode(sign(nonsense)), "0", &BASE64.encode(nonsense));
        assert_eq!(found, Err(Unsigned::Unreadable), "signed, but not what it should be");
        for text in ["", "00", &PUBLIC[1..], &PUBLIC.replacen('d', "g", 1)] {
            assert_eq!(text.parse::<PublicKey>(), Err(NotAKey));
        }
    }
}

//! The links by which media are relayed: made here, and known again by their signature.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use engine::{
    ids::Entropy,
    ports::Store,
    records::{Key, Record, SigningKey},
    refusal::{Code, No, Refusal},
    time::WallTime,
};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use url::Url;

/// Where relayed media are, below the public address.
pub const RELAY: &str = "/media/relay/";

/// Links change once a day, and are good for the day after that and the next one.
const DAY: i64 = 24 * 3_600 * 1_000;
/// Bytes of a signature: 128 bits.
const SIGNATURE: usize = 16;
/// What the key is stored as.
const PURPOSE: &str = "relay";

/// Makes links and knows them again.
pub struct Signer {
    key: Vec<u8>,
}

impl Signer {
    /// With the key of this database, made now where there is none: links outlive a restart.
    pub async fn open(store: &dyn Store) -> Result<Self, No> {
        let fresh = SigningKey { purpose: PURPOSE.to_owned(), secret: Entropy.token() };
        store.claim(vec![Record::SigningKey(fresh)]).await?;
        match store.get(Key::SigningKey(PURPOSE.to_owned())).await? {
            Some(Record::SigningKey(key)) => Ok(Self::new(&key.secret)),
            _ => Err(engine::refusal::Fault::new("the key that signs relayed links cannot be kept").into()),
        }
    }

    /// With this key.
    pub fn new(secret: &str) -> Self {
        Self { key: secret.as_bytes().to_vec() }
    }

    /// The path by which a link is relayed: the same one all day.
    pub fn path(&self, link: &Url, now: WallTime) -> String {
        let until = (now.0.div_euclid(DAY) + 3) * DAY;
        self.path_until(link, until)
    }

    /// The path by which a link is relayed up to a moment.
    pub(super) fn path_until(&self, link: &Url, until: i64) -> String {
        let link = URL_SAFE_NO_PAD.encode(link.as_str());
        let signature = URL_SAFE_NO_PAD.encode(&self.sign(until, &link).finalize().into_bytes()[..SIGNATURE]);
        format!("{RELAY}{until}/{signature}/{link}")
    }

    /// The link of such a path, and until when it is good. `link_expired` where it is not, or was not made here.
    pub(super) fn read(&self, path: &str, now: WallTime) -> Result<(Url, i64), Refusal> {
        let expired = || Refusal::new(Code::LinkExpired);
        let mut parts = path.splitn(3, '/');
        let (Some(until), Some(signature), Some(link)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(expired());
        };
        let until: i64 = until.parse().map_err(|_| expired())?;
        let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| expired())?;
        if signature.len() != SIGNATURE || self.sign(until, link).verify_truncated_left(&signature).is_err() {
            return Err(expired());
        }
        if now.0 >= until {
            return Err(expired());
        }
        let link = URL_SAFE_NO_PAD.decode(link).ok().and_then(|link| String::from_utf8(link).ok());
        let link = link.and_then(|link| Url::parse(&link).ok()).ok_or_else(expired)?;
        Ok((link, until))
    }

    fn sign(&self, until: i64, link: &str) -> Hmac<Sha256> {
        // HMAC takes keys of any length.
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key).expect("HMAC takes keys of any length");
        mac.update(format!("{until}/{link}").as_bytes());
        mac
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_good_for_two_days_at_least_and_three_at_most_and_the_same_all_day() {
        let signer = Signer::new("a key");
        let link: Url = "http://films.example/a.mp4?token=1".parse().unwrap();
        let morning = WallTime(20_000 * DAY);
        let path = signer.path(&link, morning);
        assert_eq!(path, signer.path(&link, WallTime(morning.0 + DAY - 1)));
        assert_ne!(path, signer.path(&link, WallTime(morning.0 + DAY)));
        let rest = path.strip_prefix(RELAY).unwrap();
        let read = |days: i64| signer.read(rest, WallTime(morning.0 + days * DAY)).map(|(link, _)| link);
        assert_eq!(read(0), Ok(link.clone()));
        assert_eq!(read(2), Ok(link.clone()));
        assert_eq!(read(3), Err(Code::LinkExpired.into()));
    }

    #[test]
    fn nothing_of_a_link_can_be_changed_and_no_other_key_makes_one() {
        let signer = Signer::new("a key");
        let now = WallTime(20_000 * DAY);
        let link: Url = "http://films.example/a.mp4".parse().unwrap();
        let path = signer.path(&link, now);
        let rest = path.strip_prefix(RELAY).unwrap();
        assert!(signer.read(rest, now).is_ok());
        assert!(Signer::new("another key").read(rest, now).is_err());
        for at in 0..rest.len() {
            let mut changed = rest.as_bytes().to_vec();
            changed[at] = if changed[at] == b'1' { b'2' } else { b'1' };
            assert!(signer.read(std::str::from_utf8(&changed).unwrap(), now).is_err(), "byte {at}");
        }
        let [until, signature, link] = <[&str; 3]>::try_from(rest.split('/').collect::<Vec<_>>()).unwrap();
        for bad in [
            String::new(),
            "//".to_owned(),
            format!("{until}//{link}"),
            format!("{until}/{}/{link}", &signature[..4]),
            format!("{}/{signature}/{link}", i64::MAX),
            format!("{until}/{signature}"),
            format!("{until}/{signature}/{link}/more"),
        ] {
            assert!(signer.read(&bad, now).is_err(), "{bad}");
        }
    }
}

//! Addresses that are kept out of everything, whatever the door.
//!
//! The list is stored, and whole in memory: whether an address is on it is one load of a pointer while the list is empty, and a
//! look into a table for each length of prefix that is on it else.

use std::{collections::HashMap, net::IpAddr, sync::Arc};

use arc_swap::ArcSwap;
use ipnet::{IpNet, Ipv6Net};
use tokio::sync::watch;

use crate::{
    changes::Others,
    ports::{Change, Store},
    records::{AddressBan, Find, Key, Record},
    refusal::{Code, No, Refusal},
    text,
    time::{Clock, WallTime},
    turns::Turns,
};

/// The longest prefix of IPv6: whoever has one address in a /64 has all of them.
const LONGEST_V6: u8 = 64;
/// How many networks may be kept out.
const MOST: usize = 10_000;
/// The longest reason, in characters.
const REASON: usize = 200;

/// The addresses that are kept out.
#[derive(Clone)]
pub struct Addresses {
    store: Arc<dyn Store>,
    clock: Clock,
    table: Arc<ArcSwap<Table>>,
    /// Held while the list is changed: rare enough to do one after the other.
    changing: Arc<Turns>,
    /// Who is told when it is another.
    others: Others,
    /// Whoever here wants to know that it is another.
    changed: Arc<watch::Sender<()>>,
}

/// What is looked into.
#[derive(Debug, Default)]
struct Table {
    /// The lengths of prefixes there are, of IPv4 and of IPv6.
    lengths: [Vec<u8>; 2],
    /// By network, until when.
    nets: HashMap<IpNet, Option<WallTime>>,
}

impl Table {
    fn of(bans: &[AddressBan]) -> Self {
        let nets: HashMap<_, _> = bans.iter().map(|ban| (ban.net, ban.until)).collect();
        let lengths = [true, false].map(|v4| {
            let mut lengths: Vec<u8> =
                nets.keys().filter(|net| net.addr().is_ipv4() == v4).map(IpNet::prefix_len).collect();
            lengths.sort_unstable();
            lengths.dedup();
            lengths
        });
        Self { lengths, nets }
    }

    /// The ends of the bans that an address falls under.
    fn matching(&self, address: IpAddr) -> impl Iterator<Item = Option<WallTime>> {
        let lengths = &self.lengths[usize::from(address.is_ipv6())];
        let net = move |length: &u8| IpNet::new(address, *length).ok().map(|net| net.trunc());
        lengths.iter().filter_map(net).filter_map(|net| self.nets.get(&net).copied())
    }
}

impl Addresses {
    /// None are kept out until [`load`](Self::load) has read who is.
    pub fn new(store: Arc<dyn Store>, clock: Clock) -> Self {
        let changing = Arc::new(Turns::one(store.clone(), "addresses"));
        Self { store, clock, table: Arc::default(), changing, others: Others::default(), changed: Arc::default() }
    }

    /// The same as one of several nodes.
    #[must_use]
    pub(crate) fn among(mut self, others: Others) -> Self {
        self.others = others;
        self
    }

    /// Reads the list.
    pub async fn load(&self) -> Result<(), No> {
        let bans = self.list().await?;
        let table = Arc::new(Table::of(&bans));
        let before = self.table.swap(table.clone());
        if before.nets != table.nets {
            self.changed.send_replace(());
        }
        Ok(())
    }

    /// Tells each time that others are kept out than before, whichever node was told to.
    pub fn changes(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }

    /// Whether nobody is kept out, which spares finding out where somebody comes from.
    pub fn is_empty(&self) -> bool {
        self.table.load().nets.is_empty()
    }

    /// Whether who comes from there is kept out.
    pub fn is_banned(&self, address: IpAddr) -> bool {
        let table = self.table.load();
        if table.nets.is_empty() {
            return false;
        }
        let mut ends = table.matching(address.to_canonical());
        // The clock is read for who is on the list alone.
        ends.any(|until| until.is_none_or(|until| until > self.clock.now().wall))
    }

    /// The list, the newest first.
    pub async fn list(&self) -> Result<Vec<AddressBan>, No> {
        let found = self.store.find(Find::AddressBans).await?;
        let ban = |record| if let Record::AddressBan(ban) = record { Some(ban) } else { None };
        let mut bans: Vec<AddressBan> = found.into_iter().filter_map(ban).collect();
        bans.sort_by_key(|ban| (std::cmp::Reverse(ban.at), ban.net));
        Ok(bans)
    }

    /// Keeps a network out from now on. One that is kept out already gets this reason and end.
    ///
    /// # Errors
    ///
    /// `bans_yourself` where `from`, which is where this is asked from, falls under it and it is not `forced`; `bad_input` where the
    /// end is past, or the list is full.
    pub async fn ban(&self, ban: NewBan<'_>, by: Arc<str>, from: IpAddr, forced: bool) -> Result<AddressBan, No> {
        let NewBan { network, reason, until } = ban;
        let net = network_of(network)?;
        let at = self.clock.now().wall;
        if until.is_some_and(|until| until <= at) {
            return Err(Refusal::input(
                "The end of a ban must be in the future: leave until out for one without an end.",
            )
            .into());
        }
        if net.contains(&from.to_canonical()) && !forced {
            return Err(Refusal::new(Code::BansYourself).with("network", net).into());
        }
        let reason = if reason.trim().is_empty() { String::new() } else { text::lines(reason, REASON)? };
        let ban = AddressBan { net, reason: reason.into(), by, at, until };
        let turn = self.changing.next().await?;
        if self.list().await?.len() >= MOST {
            return Err(Refusal::input(format_args!("{MOST} networks are kept out already. Lift a ban first.")).into());
        }
        turn.still().await?;
        self.store.put(vec![Record::AddressBan(ban.clone())]).await?;
        self.others.tell(&crate::changes::Change::Addresses);
        self.load().await?;
        drop(turn);
        crate::acts::about(Some(ban.id().to_string()), &net.to_string());
        Ok(ban)
    }

    /// Lifts a ban, by its [`AddressBan::id`].
    ///
    /// # Errors
    ///
    /// `no_such_ban`.
    pub async fn lift(&self, id: uuid::Uuid) -> Result<(), No> {
        let turn = self.changing.next().await?;
        let ban = self.list().await?.into_iter().find(|ban| ban.id() == id);
        let ban = ban.ok_or(Refusal::new(Code::NoSuchBan))?;
        let delete = vec![Key::AddressBan(ban.net.to_string())];
        turn.still().await?;
        self.store.change(Change { delete, ..Change::default() }).await?;
        self.others.tell(&crate::changes::Change::Addresses);
        self.load().await?;
        drop(turn);
        crate::acts::about(None, &ban.net.to_string());
        Ok(())
    }
}

/// A network that shall be kept out.
#[derive(Debug, Clone, Copy)]
pub struct NewBan<'a> {
    /// An address, or a network such as `203.0.113.0/24`.
    pub network: &'a str,
    /// Why, in up to 200 characters, or nothing.
    pub reason: &'a str,
    /// Until when; for ever where none.
    pub until: Option<WallTime>,
}

/// A network as it is kept: an address alone is one of its own, of IPv6 its /64; what is written as IPv6 and is IPv4 is that.
fn network_of(text: &str) -> Result<IpNet, Refusal> {
    let text = text.trim();
    let bad =
        || Refusal::input("That is no address and no network: send 203.0.113.7, 203.0.113.0/24 or 2001:db8:1:2::/64.");
    let net = match text.parse::<IpNet>() {
        Ok(net) => net,
        Err(_) => IpNet::from(text.parse::<IpAddr>().map_err(|_| bad())?),
    };
    let net = match net {
        IpNet::V6(v6) => match (v6.addr().to_ipv4_mapped(), v6.prefix_len().checked_sub(96)) {
            (Some(v4), Some(length)) => IpNet::new(v4.into(), length).map_err(|_| bad())?,
            _ => Ipv6Net::new(v6.addr(), v6.prefix_len().min(LONGEST_V6)).map_err(|_| bad())?.into(),
        },
        v4 @ IpNet::V4(_) => v4,
    };
    Ok(net.trunc())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{memory::MemoryStore, time::Millis};

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn new(network: &str) -> NewBan<'_> {
        NewBan { network, reason: "", until: None }
    }

    #[test]
    fn a_network_is_read_as_it_is_meant() {
        for (written, kept) in [
            ("203.0.113.7", "203.0.113.7/32"),
            (" 203.0.113.7/24 ", "203.0.113.0/24"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("2001:db8:1:2:3:4:5:6/128", "2001:db8:1:2::/64"),
            ("2001:db8::/32", "2001:db8::/32"),
            ("::ffff:203.0.113.7", "203.0.113.7/32"),
            ("::ffff:203.0.113.7/120", "203.0.113.0/24"),
        ] {
            assert_eq!(network_of(written).unwrap().to_string(), kept, "{written}");
        }
        for bad in ["", "x", "203.0.113.7/33", "203.0.113", "::/129", "203.0.113.7/"] {
            assert!(network_of(bad).is_err(), "{bad}");
        }
    }

    #[tokio::test]
    async fn who_comes_from_there_is_kept_out_and_nobody_else() {
        let store = MemoryStore::new();
        let addresses = Addresses::new(Arc::new(store.clone()), Clock::start());
        let (by, me): (Arc<str>, _) = ("bootstrap".into(), ip("198.51.100.1"));
        for network in ["203.0.113.0/24", "192.0.2.7", "2001:db8:1:2::1"] {
            addresses.ban(new(network), by.clone(), me, false).await.unwrap();
        }
        let kept_out = |text: &str| addresses.is_banned(ip(text));
        for inside in ["203.0.113.0", "203.0.113.255", "192.0.2.7", "2001:db8:1:2:ffff::9", "::ffff:203.0.113.9"] {
            assert!(kept_out(inside), "{inside}");
        }
        for outside in ["203.0.114.0", "192.0.2.8", "2001:db8:1:3::1", "198.51.100.1", "::1"] {
            assert!(!kept_out(outside), "{outside}");
        }
        // Another process finds the same.
        let next = Addresses::new(Arc::new(store.reopen()), Clock::start());
        assert!(next.is_empty() && !next.is_banned(ip("192.0.2.7")));
        next.load().await.unwrap();
        assert!(next.is_banned(ip("192.0.2.7")));
        let id = addresses.list().await.unwrap().iter().find(|ban| ban.net.addr().is_ipv6()).unwrap().id();
        addresses.lift(id).await.unwrap();
        assert!(!addresses.is_banned(ip("2001:db8:1:2::1")) && addresses.is_banned(ip("192.0.2.7")));
        assert!(matches!(addresses.lift(id).await, Err(No::Refusal(no)) if no.code == Code::NoSuchBan));
    }

    #[tokio::test]
    async fn nobody_keeps_themself_out_unawares() {
        let addresses = Addresses::new(Arc::new(MemoryStore::new()), Clock::start());
        let me = ip("198.51.100.1");
        for mine in ["198.51.100.1", "198.51.0.0/16", "0.0.0.0/0", "::ffff:198.51.100.1"] {
            let no = addresses.ban(new(mine), "bootstrap".into(), me, false).await;
            assert!(matches!(no, Err(No::Refusal(no)) if no.code == Code::BansYourself), "{mine}");
        }
        assert!(addresses.is_empty());
        addresses.ban(new("198.51.100.1"), "bootstrap".into(), me, true).await.unwrap();
        assert!(addresses.is_banned(me));
    }

    #[tokio::test]
    async fn a_ban_ends_by_itself() {
        let clock = Clock::start();
        let addresses = Addresses::new(Arc::new(MemoryStore::new()), clock);
        let now = clock.now().wall;
        let until = |at| NewBan { until: Some(at), ..new("192.0.2.7") };
        let past = addresses.ban(until(now), "bootstrap".into(), ip("::1"), false).await;
        assert!(matches!(past, Err(No::Refusal(no)) if no.code == Code::BadInput));
        addresses.ban(until(now + Millis::seconds(60)), "bootstrap".into(), ip("::1"), false).await.unwrap();
        assert!(addresses.is_banned(ip("192.0.2.7")));
        // As it is when that minute is over, without waiting for it.
        let past = [AddressBan { until: Some(now), ..addresses.list().await.unwrap().remove(0) }];
        addresses.table.store(Arc::new(Table::of(&past)));
        assert!(!addresses.is_banned(ip("192.0.2.7")));
    }
}

//! How many connections are open from where, so that no single address takes all seats.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use ipnet::IpNet;

use crate::http::extract::network;

/// Counts connections by the address that they come from: an IPv4 address, or the /64 of an IPv6 one. Proxies of ours are
/// not counted: everybody comes from there, and what their clients do is counted by the address that they tell.
#[derive(Debug)]
pub struct Crowd {
    limit: u32,
    proxies: Vec<IpNet>,
    /// As many entries as there are connections at most, and those are bounded by the listener.
    open: Mutex<HashMap<IpAddr, u32>>,
}

/// A connection that is open. It counts until this is dropped.
#[derive(Debug)]
pub struct Place {
    /// None where it is not counted.
    counted: Option<(Arc<Crowd>, IpAddr)>,
}

impl Crowd {
    /// At most `limit` connections from one address, none of `proxies`.
    pub fn new(limit: u32, proxies: &[IpNet]) -> Arc<Self> {
        Arc::new(Self { limit, proxies: proxies.to_vec(), open: Mutex::default() })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<IpAddr, u32>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A place for a connection from this address, where fewer than the limit are open.
    pub fn enter(self: &Arc<Self>, peer: IpAddr) -> Option<Place> {
        if self.proxies.iter().any(|net| net.contains(&peer.to_canonical())) {
            return Some(Place { counted: None });
        }
        let from = network(peer);
        let mut all = self.lock();
        let open = all.entry(from).or_default();
        if *open >= self.limit.max(1) {
            return None;
        }
        *open += 1;
        Some(Place { counted: Some((self.clone(), from)) })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let Some((crowd, from)) = self.counted.take() else { return };
        let mut all = crowd.lock();
        if let Some(open) = all.get_mut(&from) {
            *open -= 1;
            if *open == 0 {
                all.remove(&from);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn an_address_and_a_whole_ipv6_network_have_so_many_and_leave_nothing_behind() {
        let crowd = Crowd::new(2, &["10.0.0.0/8".parse().unwrap()]);
        let first = crowd.enter(ip("1.2.3.4")).unwrap();
        let second = crowd.enter(ip("::ffff:1.2.3.4")).unwrap();
        assert!(crowd.enter(ip("1.2.3.4")).is_none());
        let six = [crowd.enter(ip("2001:db8::1")).unwrap(), crowd.enter(ip("2001:db8::2")).unwrap()];
        assert!(crowd.enter(ip("2001:db8::3")).is_none());
        let other = crowd.enter(ip("2001:db8:0:1::3")).unwrap();
        let proxy: Vec<_> = (0..5).map(|_| crowd.enter(ip("10.0.0.7")).unwrap()).collect();
        drop(first);
        let third = crowd.enter(ip("1.2.3.4")).unwrap();
        drop((second, third, six, other, proxy));
        assert!(crowd.lock().is_empty());
    }
}

//! Users: to OpenTogetherTube each connection is a user of its own, whom it knows by a UUID.

use std::sync::LazyLock;

use engine::ids::{ConnectionId, Entropy};
use uuid::{Builder, Uuid};

/// What all ids of this process begin with, so that one of an earlier process names nobody.
static BEGIN: LazyLock<u64> = LazyLock::new(|| Entropy.seed());
/// What of a UUID's second half is left beside its variant.
const NUMBER: u64 = (1 << 62) - 1;

/// What a connection is called.
pub fn client_id(connection: ConnectionId) -> Uuid {
    let bytes = Uuid::from_u64_pair(*BEGIN, connection.0).into_bytes();
    Builder::from_random_bytes(bytes).into_uuid()
}

/// Which connection that is; nothing where it is none of this process.
pub fn connection_of(client: Uuid) -> Option<ConnectionId> {
    let connection = ConnectionId(client.as_u64_pair().1 & NUMBER);
    (client_id(connection) == client).then_some(connection)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_is_found_by_what_it_is_called_and_nothing_else_is() {
        for number in [1, 2, 77, 1 << 40] {
            let id = client_id(ConnectionId(number));
            assert_eq!(id.get_version_num(), 4);
            assert_eq!(connection_of(id), Some(ConnectionId(number)));
        }
        assert_eq!(connection_of(Uuid::nil()), None);
        assert_eq!(connection_of(Uuid::from_u128(7 << 70 | 5)), None);
    }
}

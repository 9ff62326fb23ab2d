//! Rows as PostgreSQL takes them in one piece, exactly as they are:
//! <https://www.postgresql.org/docs/current/sql-copy.html#id-1.9.3.55.9.4>.

use super::tables::Cell;

/// What stands before the first row: a signature, no flags, nothing more.
const HEAD: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
/// What stands behind the last.
const TAIL: [u8; 2] = (-1_i16).to_be_bytes();

/// Nothing is there.
const NOTHING: [u8; 4] = (-1_i32).to_be_bytes();

/// The longest text that a database could take, and the largest number of columns, are far below these.
#[derive(Debug, thiserror::Error)]
#[error("a text of {0} bytes is longer than PostgreSQL takes")]
pub(in crate::store) struct TooLong(usize);

/// Rows that are written at once.
#[derive(Debug)]
pub(in crate::store) struct Packed {
    bytes: Vec<u8>,
    /// How many rows.
    pub(in crate::store) rows: u64,
}

impl Packed {
    pub(in crate::store) fn new() -> Self {
        Self { bytes: HEAD.to_vec(), rows: 0 }
    }

    pub(in crate::store) fn push(&mut self, row: &[Cell]) -> Result<(), TooLong> {
        self.rows += 1;
        put(&mut self.bytes, row)
    }

    /// How large it is by now.
    pub(in crate::store) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// All of it.
    pub(in crate::store) fn finished(mut self) -> Vec<u8> {
        self.bytes.extend(TAIL);
        self.bytes
    }
}

/// Puts a row behind others.
pub(super) fn put(bytes: &mut Vec<u8>, row: &[Cell]) -> Result<(), TooLong> {
    let count = i16::try_from(row.len()).map_err(|_| TooLong(row.len()))?;
    bytes.extend(count.to_be_bytes());
    for cell in row {
        match cell {
            Cell::Nothing => bytes.extend(NOTHING),
            Cell::Id(id) => field(bytes, id.as_bytes())?,
            Cell::Number(number) => field(bytes, &number.to_be_bytes())?,
            Cell::Truth(truth) => field(bytes, &[u8::from(*truth)])?,
            // As the store writes it there: PostgreSQL's texts have one sign less than others.
            Cell::Text(text) if text.contains('\0') => field(bytes, text.replace('\0', "\u{fffd}").as_bytes())?,
            Cell::Text(text) => field(bytes, text.as_bytes())?,
        }
    }
    Ok(())
}

fn field(bytes: &mut Vec<u8>, value: &[u8]) -> Result<(), TooLong> {
    let length = i32::try_from(value.len()).map_err(|_| TooLong(value.len()))?;
    bytes.extend(length.to_be_bytes());
    bytes.extend(value);
    Ok(())
}
